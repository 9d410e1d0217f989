"""The real server and worker on the benchmark's database, as a city runs them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from huiyin.config import demo_keys
from huiyin.ops.bench.client import Voice, Wire
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres.cluster import APP_ROLE
from huiyin.ops.processes import spawn, stop
from huiyin.ops.serving import claimed_port

READY_SECONDS: Final = 300  # on a busy machine; a server that ends is noticed at once
FIRST_PORT: Final = 18_700
STEPS: Final = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True, slots=True)
class Stage:
    """A running city: where it listens, and its processes."""

    port: int
    pids: tuple[int, ...]

    def memory_mb(self) -> float:
        """Return the resident memory of server and worker, what they share counted once."""
        return sum(_proportional_kb(pid) for pid in _family(self.pids)) / 1_024

    def cpu_seconds(self) -> float:
        """Return the processor time they have used so far."""
        return sum(_cpu(pid) for pid in _family(self.pids))


@contextmanager
def stage(found: Grounds, *, with_gateway: bool = False) -> Iterator[Stage]:
    """Run web server and worker with production settings until the end. Raises OperatorError.

    `with_gateway`: with an SMS gateway that takes every message; else there is none to be reached.
    """
    with (
        claimed_port(FIRST_PORT) as port,
        claimed_port(port + 1) as gateway,
        _running(found, port, gateway if with_gateway else None) as running,
    ):
        yield running


@contextmanager
def _running(found: Grounds, port: int, gateway: int | None) -> Iterator[Stage]:
    env = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("HUIYIN_", "DATABASE_URL"))
    }
    env |= {
        "HUIYIN_MODE": "production",
        "HUIYIN_VAR": str(found.folder),
        "HUIYIN_PORT": str(port),
        "HUIYIN_PUBLIC_URL": f"http://localhost:{port}",
        "HUIYIN_SECURE_COOKIES": "no",
        "HUIYIN_RATE_PER_MINUTE": "1000000",
        "HUIYIN_APP_ROLE": APP_ROLE,
        "HUIYIN_SMS_URL": "http://127.0.0.1:9/",
        "DATABASE_URL": found.urls.app,
        **demo_keys(found.folder),
    }
    commands = [
        [sys.executable, "-m", "huiyin.ops.cli", "serve"],
        [sys.executable, "-m", "huiyin.ops.cli", "worker"],
    ]
    if gateway is not None:
        env["HUIYIN_SMS_URL"] = f"http://127.0.0.1:{gateway}/"
        commands.append(
            [
                *(sys.executable, "-m", "huiyin.ops.fake_sms", "--port", str(gateway)),
                *("--outbox", str(found.folder / "sms.jsonl")),
                *("--reports", f"http://127.0.0.1:{port}/notices/sms/report"),
            ]
        )
    log = (found.folder / "server.log").open("ab")
    started = []
    try:
        for command in commands:
            started.append(
                spawn(
                    command,
                    env=env,
                    cwd=found.folder,
                    death_signal=signal.SIGTERM,
                    stdout=log,
                    stderr=log,
                )
            )
        _wait(port, found.folder / "server.log", started)
        yield Stage(port, tuple(one.pid for one in started[:2]))
    finally:
        for one in reversed(started):
            stop(one, STEPS)
        log.close()


def _wait(port: int, log: Path, started: Sequence[subprocess.Popen[bytes]]) -> None:
    until = time.monotonic() + READY_SECONDS
    wire, ready = Wire(port), Voice().get("/ready")
    while time.monotonic() < until:
        try:
            if wire.ask(ready).status == HTTPStatus.OK:
                wire.close()
                return
        except (OSError, ValueError):
            pass
        if any(one.poll() is not None for one in started):
            raise OperatorError(f"Server or worker has ended: see {log}.")
        time.sleep(0.2)
    raise OperatorError(f"The server did not become ready: see {log}.")


def _family(pids: tuple[int, ...]) -> list[int]:
    """Return processes with all their children."""
    above: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                text = (entry / "stat").read_text()
            except OSError:
                continue
            above.setdefault(int(text.rpartition(")")[2].split()[1]), []).append(int(entry.name))
    found, waiting = [], list(pids)
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        waiting += above.get(pid, [])
    return found


def _proportional_kb(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def _cpu(pid: int) -> float:
    try:
        parts = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
