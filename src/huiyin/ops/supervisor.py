"""Several processes in the foreground as one: merged logs, one way to stop, none left behind.

One thread: the kernel ties "die with your parent" to the thread that started the child.
"""

import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from huiyin.ops.errors import OperatorError
from huiyin.ops.processes import send_group, spawn

COLOURS = (36, 32, 33, 35, 34)
NAME_WIDTH = 8
STOP_SECONDS = 15.0


@dataclass(slots=True)
class _Child:
    name: str
    process: subprocess.Popen[bytes]
    colour: int
    rest: bytes = b""


class Supervisor:
    """Starts processes, shows their lines with their name, stops them in reverse order."""

    def __init__(self) -> None:
        self._children: list[_Child] = []
        self._selector = selectors.DefaultSelector()
        self._followed: tuple[Path, int] | None = None
        self._stop_asked = 0
        self._coloured = sys.stderr.isatty() and "NO_COLOR" not in os.environ

    def __enter__(self) -> "Supervisor":
        """Take over the signals that mean stop."""
        for what in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(what, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything that was started."""
        self.stop()

    @property
    def is_stopping(self) -> bool:
        """Tell whether somebody asked to stop."""
        return self._stop_asked > 0

    def start(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        """Start one process."""
        process = spawn(
            command,
            env=env,
            cwd=Path.cwd(),
            # We were killed: the database goes too, so there is nothing to finish in peace.
            death_signal=signal.SIGKILL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        child = _Child(name, process, COLOURS[len(self._children) % len(COLOURS)])
        assert process.stdout is not None  # noqa: S101 asked for above
        os.set_blocking(process.stdout.fileno(), False)
        self._selector.register(process.stdout, selectors.EVENT_READ, child)
        self._children.append(child)

    def follow(self, log: Path) -> None:
        """Show what is appended to PostgreSQL's log from now on."""
        self._followed = (log, log.stat().st_size if log.exists() else 0)

    def wait_until(self, done: Callable[[], bool], *, seconds: float, what: str) -> None:
        """Show logs until `done` or until somebody asks to stop. Raises OperatorError."""
        deadline = time.monotonic() + seconds
        while not self.is_stopping:
            self._show(0.1)
            self._refuse_ended()
            if done():
                return
            if time.monotonic() > deadline:
                raise OperatorError(f"{what} did not come up in {seconds:.0f} seconds: see above.")

    def run_to_end(
        self, name: str, command: Sequence[str], env: Mapping[str, str], *, seconds: float
    ) -> None:
        """Run one process to its end before anything else. Raises OperatorError when it fails."""
        self.start(name, command, env)
        child = self._children[-1]
        deadline = time.monotonic() + seconds
        while child.process.poll() is None and not self.is_stopping:
            self._show(0.1)
            if time.monotonic() > deadline:
                raise OperatorError(f"{name} took more than {seconds:.0f} seconds: see above.")
        if self.is_stopping:
            raise KeyboardInterrupt
        self._show(0.1)
        if child.process.returncode != 0:
            raise OperatorError(f"{name} failed; everything was stopped: see its last lines above.")
        self._forget(child)

    def run(self) -> None:
        """Show logs until somebody asks to stop. Raises OperatorError when a process ends."""
        while not self.is_stopping:
            self._show(0.5)
            self._refuse_ended()

    def stop(self) -> None:
        """Stop in reverse order; who does not listen in time (or a second Ctrl-C) is killed."""
        for child in reversed(self._children):
            send_group(child.process, signal.SIGTERM)
            deadline = time.monotonic() + STOP_SECONDS
            while child.process.poll() is None and time.monotonic() < deadline:
                self._show(0.05)
                if self._stop_asked > 1:
                    break
            send_group(child.process, signal.SIGKILL)  # also what it left behind
            child.process.wait()
        self._show(0.0)
        for child in tuple(self._children):
            self._forget(child)

    # --- inside ----------------------------------------------------------------------------------

    def _forget(self, child: _Child) -> None:
        pipe = child.process.stdout
        if pipe is not None:
            with suppress(KeyError, ValueError):  # unregistered at its end already
                self._selector.unregister(pipe)
            pipe.close()
        self._children.remove(child)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stop_asked += 1

    def _refuse_ended(self) -> None:
        if self.is_stopping:
            return
        for child in self._children:
            code = child.process.poll()
            if code is not None:
                self._show(0.1)
                raise OperatorError(
                    f"{child.name} ended by itself (code {code}); everything was stopped: "
                    "its last lines above say why."
                )

    def _show(self, patience: float) -> None:
        """Write the lines that have come, waiting at most `patience` seconds for the first."""
        if self._selector.get_map():
            for key, _ in self._selector.select(patience):
                self._read(key.data)
        else:
            time.sleep(patience)
        self._show_followed()

    def _read(self, child: _Child) -> None:
        assert child.process.stdout is not None  # noqa: S101 asked for in start
        part = os.read(child.process.stdout.fileno(), 65_536)
        if not part:
            self._selector.unregister(child.process.stdout)
            part = b"\n" if child.rest else b""
        *lines, child.rest = (child.rest + part).split(b"\n")
        for line in lines:
            self._write(child.name, child.colour, line)

    def _show_followed(self) -> None:
        if self._followed is None:
            return
        path, offset = self._followed
        try:
            size = path.stat().st_size
        except FileNotFoundError:
            return
        if size > offset:
            with path.open("rb") as log:
                log.seek(offset)
                part = log.read(size - offset)
            whole = part.rpartition(b"\n")[0]
            if whole:
                for line in whole.split(b"\n"):
                    self._write("postgres", 90, line)
                self._followed = (path, offset + len(whole) + 1)

    def _write(self, name: str, colour: int, line: bytes) -> None:
        text = line.decode(errors="replace").rstrip("\r")
        label = f"{name:<{NAME_WIDTH}} |"
        if self._coloured:
            label = f"\x1b[{colour}m{label}\x1b[0m"
        # A closed terminal must not keep us from stopping what we started.
        with suppress(OSError):
            sys.stderr.write(f"{label} {text}\n")
            sys.stderr.flush()
