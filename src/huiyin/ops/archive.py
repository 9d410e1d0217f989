"""The backup file: one tar with the database, the files, a manifest and the manifest's digest.

Members in this order: `database.dump` (pg_dump's custom format), `files/…`, `manifest.json`,
`manifest.sha256`. The manifest names every member with size and SHA-256.
"""

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, Any

from huiyin.ops.errors import OperatorError

FORMAT = 1
DUMP = "database.dump"
FILES = "files/"
MANIFEST = "manifest.json"
MANIFEST_DIGEST = "manifest.sha256"
_CHUNK = 1 << 20


class Writer:
    """Adds members to an archive and keeps their digests for the manifest."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar
        self._members: dict[str, dict[str, object]] = {}

    def add(self, name: str, path: Path) -> None:
        """Add one regular file as it is at this moment."""
        with path.open("rb") as file:
            info = tarfile.TarInfo(name)
            found = os.fstat(file.fileno())
            info.size, info.mtime, info.mode = found.st_size, int(found.st_mtime), 0o600
            digesting = _Digesting(file)
            self._tar.addfile(info, digesting)
        self._members[name] = {"size": info.size, "sha256": digesting.digest.hexdigest()}

    def finish(self, facts: dict[str, Any]) -> dict[str, Any]:
        """Add the manifest made of `facts` and the members; return it."""
        manifest = {"format": FORMAT, **facts, "members": self._members}
        text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True).encode()
        self._add_text(MANIFEST, text)
        self._add_text(MANIFEST_DIGEST, hashlib.sha256(text).hexdigest().encode())
        return manifest

    def _add_text(self, name: str, text: bytes) -> None:
        info = tarfile.TarInfo(name)
        info.size, info.mode = len(text), 0o600
        self._tar.addfile(info, io.BytesIO(text))


class _Digesting:
    """A file that digests what is read from it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Read and digest."""
        part = self.file.read(size)
        self.digest.update(part)
        return part


def verify(path: Path) -> dict[str, Any]:
    """Read the whole archive once, compare every digest, return the manifest.

    Raises OperatorError when the file is no backup, was cut off or was altered.
    """
    seen: dict[str, dict[str, object]] = {}
    texts: dict[str, bytes] = {}
    with _opened(path) as tar:
        for info in tar:
            if not info.isfile() or not _is_safe(info.name) or info.name in seen:
                raise _damaged(path, f"it holds {info.name!r}, which a backup does not")
            content = tar.extractfile(info)
            if content is None:
                raise _damaged(path, f"{info.name} cannot be read")
            if info.name in (MANIFEST, MANIFEST_DIGEST):
                texts[info.name] = content.read()
                continue
            digest = hashlib.sha256()
            while part := content.read(_CHUNK):
                digest.update(part)
            seen[info.name] = {"size": info.size, "sha256": digest.hexdigest()}
    if MANIFEST not in texts or MANIFEST_DIGEST not in texts:
        raise _damaged(path, "its end is missing")
    if hashlib.sha256(texts[MANIFEST]).hexdigest().encode() != texts[MANIFEST_DIGEST]:
        raise _damaged(path, "its manifest was altered")
    manifest: dict[str, Any] = json.loads(texts[MANIFEST])
    if manifest["format"] > FORMAT:
        raise OperatorError(
            f"{path} was written by Huiyin {manifest['huiyin']}: restore it with that version."
        )
    differing = [name for name, value in manifest["members"].items() if seen.get(name) != value]
    if differing or set(seen) != set(manifest["members"]):
        raise _damaged(path, f"{(differing or sorted(seen))[0]} does not have its digest")
    return manifest


def extract(path: Path, *, dump: Path, files: Path) -> None:
    """Write the members of a verified archive to their places; the folders must be new."""
    with _opened(path) as tar:
        for info in tar:
            if info.name == DUMP:
                target = dump
            elif info.name.startswith(FILES):
                target = files / info.name.removeprefix(FILES)
            else:
                continue
            content = tar.extractfile(info)
            if content is None:
                raise _damaged(path, f"{info.name} cannot be read")
            target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "wb") as written:
                while part := content.read(_CHUNK):
                    written.write(part)


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as tar:
            yield tar
    except FileNotFoundError as error:
        raise OperatorError(f"There is no file {path}: give the path of a backup.") from error
    except (PermissionError, IsADirectoryError) as error:
        raise OperatorError(f"{path} cannot be read: give the path of a backup file.") from error
    except tarfile.TarError as error:
        raise _damaged(path, "it is no tar file or was cut off") from error


def _is_safe(name: str) -> bool:
    if name in (DUMP, MANIFEST, MANIFEST_DIGEST):
        return True
    parts = PurePosixPath(name).parts
    return name.startswith(FILES) and len(parts) > 1 and ".." not in parts


def _damaged(path: Path, why: str) -> OperatorError:
    return OperatorError(f"{path} is not a whole backup ({why}): take another copy of it.")
