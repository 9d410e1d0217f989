"""Child processes that never outlive their parent, and looking at other processes."""

import ctypes
import gc
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# So many new objects that hold others, so many rounds among the young, so many among the older.
GARBAGE = (25_000, 20, 20)
_PR_SET_PDEATHSIG = 1
_M_ARENA_MAX = -8
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class SystemUser:
    """Who a child runs as when the parent is root."""

    name: str
    uid: int
    gid: int


def spawn(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    death_signal: signal.Signals,
    user: SystemUser | None = None,
    stdin: int | IO[bytes] = subprocess.DEVNULL,
    stdout: int | IO[bytes] | None = None,
    stderr: int | IO[bytes] | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own; it gets `death_signal` when this process dies.

    Call it from the main thread: the kernel ties the death of the parent to the thread that forked.
    Privileges are dropped before the death signal is asked for, because the kernel forgets the wish
    when a process changes its user.
    """
    parent = os.getpid()

    def ask_for_death_signal() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))
        if os.getppid() != parent:  # the parent died before the wish was heard
            os._exit(1)

    return subprocess.Popen(
        list(command),
        env=dict(env),
        cwd=cwd,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
        preexec_fn=ask_for_death_signal,  # the parents that call this have one thread
        user=user.uid if user else None,
        group=user.gid if user else None,
        extra_groups=[] if user else None,
        umask=0o077,
    )


def forks_die_with_us(death_signal: signal.Signals) -> None:
    """Let every process forked from this one get `death_signal` when this one dies."""
    parent = os.getpid()

    def in_child() -> None:
        if os.getppid() == parent:
            _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal))

    os.register_at_fork(after_in_child=in_child)


def run(
    command: Sequence[str],
    *,
    env: Mapping[str, str],
    cwd: Path,
    user: SystemUser | None = None,
    entry: str = "",
) -> tuple[int, str]:
    """Run a short command to its end, as `user` when given; return its code and all it said.

    It is killed when this process is.
    """
    process = spawn(
        command,
        env=env,
        cwd=cwd,
        death_signal=signal.SIGKILL,
        user=user,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        output, _ = process.communicate(entry.encode())
    except BaseException:
        send_group(process, signal.SIGKILL)
        process.wait()
        raise
    return process.returncode, output.decode(errors="replace")


def is_alive(pid: int) -> bool:
    """Tell whether a process with this id runs (zombies do not)."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return state.rpartition(")")[2].split()[0] not in ("Z", "X")


def processes_in(folder: Path) -> Iterator[int]:
    """Yield the ids of living processes whose current folder is `folder` (as PostgreSQL's are)."""
    wanted = str(folder.resolve())
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_alive(int(entry.name)):
            with suppress(OSError):
                if str(entry.joinpath("cwd").readlink()) == wanted:
                    yield int(entry.name)


def send(pid: int, what: signal.Signals) -> None:
    """Signal a process that may be gone already."""
    with suppress(ProcessLookupError):
        os.kill(pid, what)


def send_group(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    """Signal a child started by `spawn` and all it started in turn."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, what)


def stop(
    process: subprocess.Popen[bytes], steps: Sequence[tuple[signal.Signals, float]]
) -> int | None:
    """Send each signal in turn until the child has ended within the seconds given beside it."""
    for what, patience in steps:
        if process.poll() is None:
            process.send_signal(what)
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=patience)
    return process.poll()


@contextmanager
def nothing_is_garbage() -> Iterator[None]:
    """Look for no garbage while modules are loaded, and never in them: all of it is used.

    Python would look through what is there again and again as it grows, a seventh of the time that
    a command needs to get ready.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def collect_seldom() -> None:
    """Let the collector of garbage leave alone what is loaded, and look seldom at what is new.

    Forks go on sharing what is loaded. Nearly all that a request makes is gone with its last use;
    to look through it every 700 objects, as Python does by itself, took a sixth of the server's
    time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GARBAGE)


def keep_memory_small() -> None:
    """Let this process and its forks use two arenas of memory instead of eight for each core.

    Many threads that each did little would hold on to a little each. Nothing happens where the C
    library has no such setting.
    """
    mallopt = getattr(_libc, "mallopt", None)
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 2)
