"""PostgreSQL's own programs for dumps: Huiyin's where they are new enough, else the system's."""

import errno
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from huiyin.ops import processes
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres.layout import wheel_binaries

_ENVIRONMENT = {
    "dbname": "PGDATABASE",
    "host": "PGHOST",
    "password": "PGPASSWORD",
    "port": "PGPORT",
    "sslmode": "PGSSLMODE",
    "sslrootcert": "PGSSLROOTCERT",
    "user": "PGUSER",
}


def find(name: str, server_version: int) -> Path:
    """Return a program at least as new as the server (180006 means 18.6). Raises OperatorError."""
    major = server_version // 10_000
    candidates: list[Path] = []
    with suppress(OperatorError):  # not on this system; the system's programs follow
        candidates.append(wheel_binaries() / name)
    candidates += sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    on_path = shutil.which(name)
    if on_path:
        candidates.append(Path(on_path))
    for program in candidates:
        if _major(program) >= major:
            return program
    raise OperatorError(
        f"The database is PostgreSQL {major} and no {name} of that version is here: "
        f"install it (Debian: postgresql-client-{major}), then run the same command again."
    )


def run(program: Path, arguments: Sequence[str], *, url: str) -> tuple[int, str]:
    """Run a program on the database of `url`; return exit code and messages.

    The password goes by the environment, which other users cannot read. The program is killed when
    this process is.
    """
    parts = conninfo_to_dict(url)
    env = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
    for key, value in parts.items():
        if key in _ENVIRONMENT and value is not None:
            env[_ENVIRONMENT[key]] = str(value)
    code, messages = processes.run([str(program), *arguments], env=env, cwd=Path.cwd())
    if code == -signal.SIGXFSZ:  # the limit of this user or file system for one file
        messages += os.strerror(errno.EFBIG)
    return code, messages.strip()


def failure(what: str, messages: str) -> OperatorError:
    """Turn a program's messages into one sentence."""
    if "No space left on device" in messages or os.strerror(errno.EFBIG) in messages:
        return OperatorError(f"{what}: the disk is full; make room and run the same command again.")
    if "lock timeout" in messages:
        return OperatorError(f"{what}: somebody uses the database; stop web server and worker.")
    lines = [line for line in messages.splitlines() if "error:" in line.lower()] or ["no reason"]
    return OperatorError(f"{what} ({lines[0].strip()}): nothing was changed.")


def _major(program: Path) -> int:
    try:
        done = subprocess.run(
            [str(program), "--version"], check=True, capture_output=True, text=True
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found.group(1)) if found else 0
