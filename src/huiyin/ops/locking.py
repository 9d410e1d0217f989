"""One Huiyin per data folder: a lock the kernel lets go of when its holder dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from huiyin.ops.errors import OperatorError


@contextmanager
def data_folder(var: Path) -> Iterator[None]:
    """Hold `<var>/lock`. Raises OperatorError when another Huiyin holds it."""
    descriptor = try_lock(var)
    if descriptor is None:
        raise OperatorError(
            f"The data folder {var} is in use by another Huiyin (pid {holder(var)}): "
            "stop it or set HUIYIN_VAR to another folder."
        )
    try:
        yield
    finally:
        release(descriptor)


def try_lock(var: Path) -> int | None:
    """Take the lock and return its descriptor, None when somebody else holds it."""
    make_folder(var)
    try:
        descriptor = os.open(var / "lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise _cannot_write(var, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    os.ftruncate(descriptor, 0)
    os.write(descriptor, f"{os.getpid()}\n".encode())
    return descriptor


def release(descriptor: int) -> None:
    """Let go of a lock taken with `try_lock`."""
    os.close(descriptor)


def is_held(var: Path) -> bool:
    """Tell whether some living process holds the lock of `var`."""
    descriptor = try_lock(var)
    if descriptor is None:
        return True
    release(descriptor)
    return False


def holder(var: Path) -> str:
    """Return the process id the holder wrote into the lock, or "unknown"."""
    try:
        return (var / "lock").read_text(encoding="ascii").strip() or "unknown"
    except (OSError, UnicodeDecodeError):
        return "unknown"


def make_folder(folder: Path) -> None:
    """Make `folder`, private; a folder that is there stays as it is. Raises OperatorError."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise _cannot_write(folder, error) from error


def _cannot_write(folder: Path, error: OSError) -> OperatorError:
    return OperatorError(
        f"The folder {folder} cannot be written ({error.strerror}): "
        "give this user the right to, or set HUIYIN_VAR to another folder."
    )
