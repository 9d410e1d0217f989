"""The file store: bytes under their own digest, in a folder; file first, row second.

A file is complete or not there: it is written beside its place, forced to the disk and renamed.
Whoever keeps or removes a file holds the lock of its digest until the end of the transaction that
writes or deletes its row, so none is removed while somebody is about to name it again. Any number
may keep the same file at once; whoever removes it is alone.
"""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from django.conf import settings
from django.db import connection

from huiyin.matters.refusals import StorageFull

CHUNK: Final = 1_048_576
DRAFTS: Final = ".drafts"
_FULL: Final = (errno.ENOSPC, errno.EDQUOT)


def root() -> Path:
    """Return the folder of the store (HUIYIN_FILES)."""
    folder: Path = settings.HUIYIN.files
    return folder


def path_of(sha256: str, part: str = "") -> Path:
    """Return where a file lies; `part`: of what is made from it, such as a thumbnail."""
    return root() / sha256[:2] / sha256[2:4] / (f"{sha256}.{part}" if part else sha256)


@contextmanager
def draft() -> Iterator[Path]:
    """Give a place for bytes that are not complete yet; what is left there is deleted.

    Raises StorageFull where the disk has no more room.
    """
    folder = root() / DRAFTS
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / secrets.token_hex(16)
    try:
        yield path
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull() from error
        raise
    finally:
        with suppress(FileNotFoundError):
            path.unlink()


def take(stream: BinaryIO, *, into: Path, most_bytes: int) -> int:
    """Write a stream to a draft and return its length; stops soon after `most_bytes`."""
    size = 0
    with into.open("xb") as file:
        while size <= most_bytes and (chunk := stream.read(CHUNK)):
            file.write(chunk)
            size += len(chunk)
    return size


def digest_of(path: Path) -> str:
    """Return the digest of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def keep(source: Path, *, parts: dict[str, bytes]) -> str:
    """Put a draft, and what was made from it, into its place and return its digest.

    Inside of a transaction, before the row that names the file is written.
    """
    sha256 = digest_of(source)
    _hold(sha256, alone=False)
    target = path_of(sha256)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name, content in parts.items():
        with draft() as path:
            path.write_bytes(content)
            place(path, path_of(sha256, name))
    place(source, target)
    _force(target.parent)
    return sha256


def lock(sha256: str) -> None:
    """Hold the lock of a digest alone until the transaction ends, to remove its file."""
    _hold(sha256, alone=True)


def _hold(sha256: str, *, alone: bool) -> None:
    lock_of = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock_of}(%s)", [_lock_number(sha256)])


def remove(sha256: str) -> None:
    """Delete a file with all that was made from it; its lock is held. Safe to do twice."""
    folder = path_of(sha256).parent
    for path in folder.glob(f"{sha256}*"):
        with suppress(FileNotFoundError):
            path.unlink()


def older_than(instant: datetime) -> Iterator[str]:
    """Yield the digest of every file written before an instant; drafts as old are deleted."""
    before = instant.timestamp()
    for path in (root() / DRAFTS).glob("*"):
        with suppress(FileNotFoundError):
            if path.is_file() and path.stat().st_mtime < before:
                path.unlink()
    for path in root().glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                yield path.name.partition(".")[0]


def put(source: Path, target: Path) -> None:
    """Rename a file into its place once it is on the disk, and the folder's entry too."""
    place(source, target)
    _force(target.parent)


def place(source: Path, target: Path) -> None:
    """Rename a file into its place once it is on the disk; its folder is still to be forced."""
    source.chmod(0o600)
    _force(source)
    source.replace(target)


def _force(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _lock_number(sha256: str) -> int:
    return int.from_bytes(bytes.fromhex(sha256[:16]), "big", signed=True)
