"""The web server: granian in front of huiyin.wsgi."""

import errno
import importlib
import logging
import os
import shutil
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from huiyin.config import Config
from huiyin.ops import fingerprints
from huiyin.ops.errors import OperatorError
from huiyin.ops.processes import collect_seldom, forks_die_with_us, keep_memory_small
from huiyin.ops.progress import say
from huiyin.ops.room import threads

STOP_SECONDS = 10
PORTS_TRIED = 100
NOT_SERVED = ["i18n"]  # sixty languages of a control that the registers do not use


def serve(config: Config) -> None:
    """Serve until told to stop; DATABASE_URL is in the environment. Raises OperatorError."""
    refuse_taken_port(config)
    keep_memory_small()
    share_metrics(config.var / "metrics")
    collect_static_files(config)
    logging.getLogger("_granian").setLevel(logging.WARNING)
    logging.getLogger("_granian").addFilter(_is_news)
    # Imported once here: the processes forked from this one share it and are up at once.
    importlib.import_module("huiyin.wsgi")
    importlib.import_module(settings.ROOT_URLCONF)
    collect_seldom()
    forks_die_with_us(signal.SIGTERM)  # else they would go on holding the port
    Granian(
        "huiyin.wsgi:application",
        address=config.host,
        port=config.port,
        interface=Interfaces.WSGI,
        workers=config.workers,
        # As many as can work, wait and be told to come later; only the first have a database
        # connection (admission), and those that are not needed end again.
        blocking_threads=threads(config.most_waiting),
        blocking_threads_idle_timeout=60,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_SECONDS,
        log_enabled=True,
        log_level=LogLevels.warning,
    ).serve()


def _is_news(record: logging.LogRecord) -> bool:
    """Tell whether a line of the web server's is worth a line: most threads only wait (`room`)."""
    return "Python threads" not in record.getMessage()


def share_metrics(folder: Path) -> None:
    """Let the server's processes count together in `folder`, emptied of what earlier ones left.

    prometheus_client looks at the variable when it is imported, so nothing may import it before.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("*.db"):
        leftover.unlink(missing_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def refuse_taken_port(config: Config) -> None:
    """Try the address the server will listen on. Raises OperatorError."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
            probe.listen(1)
    except socket.gaierror as error:
        raise OperatorError(
            f"{config.host} is no address of this machine: correct HUIYIN_HOST."
        ) from error
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise OperatorError(
                f"Port {config.port} is taken by another program: stop that one, or set "
                "HUIYIN_PORT to a free port."
            ) from error
        if error.errno == errno.EACCES:
            raise OperatorError(
                f"This user may not open port {config.port}: set HUIYIN_PORT to 1024 or higher."
            ) from error
        if error.errno == errno.EADDRNOTAVAIL:
            raise OperatorError(
                f"{config.host} is no address of this machine: correct HUIYIN_HOST."
            ) from error
        raise


def free_port(wish: int) -> int:
    """Return `wish` when it is free on this machine, else any free port."""
    for port in (wish, 0):
        if found := _bound(port):
            return found
    raise OperatorError("No port is free on this machine: stop some programs.")


@contextmanager
def claimed_port(wish: int) -> Iterator[int]:
    """Return the first free port from `wish` on, and keep others of us from choosing it as well.

    A port is free until its server listens, seconds after it was chosen; and of two servers that
    were started at once both would listen at it, because servers share a port among their
    processes. What is held meanwhile is a name in the kernel, which goes with its holder.
    """
    for port in range(wish, wish + PORTS_TRIED):
        with socket.socket(socket.AF_UNIX) as claim:
            try:
                claim.bind(f"\0huiyin-port-{port}")
            except OSError:
                continue
            if _bound(port):
                yield port
                return
    raise OperatorError("No port is free on this machine: stop some programs.")


def _bound(port: int) -> int:
    """Return the port a program could listen at: this one or, of 0, any; 0 where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError):
            return 0
        return int(probe.getsockname()[1])


def collect_static_files(config: Config) -> None:
    """Gather the files for browsers once per version; killed half-way, it is done again."""
    folder = config.var / "static"
    mark = config.var / "static.fingerprint"
    wanted = fingerprints.of_static_files()
    if folder.exists() and mark.exists() and mark.read_text(encoding="ascii") == wanted:
        return
    _refuse_missing_build()
    say("Collecting files for the browser …")
    mark.unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.settings")
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED)
    mark.write_text(wanted, encoding="ascii")


def _refuse_missing_build() -> None:
    build: Path = fingerprints.PACKAGE / "ui" / "static" / "build"
    if not build.exists():
        raise OperatorError("The files for the browser are not built: run make setup.")
