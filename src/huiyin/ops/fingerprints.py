"""Fingerprints of what this version brings, so that a second start has nothing to do.

They err on the side of work: any other package version, settings file or migration changes them.
"""

import hashlib
from collections.abc import Iterable
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]


def of_database() -> str:
    """Return the fingerprint of all migrations, of the grants and of every installed package."""
    ours = (
        *PACKAGE.glob("*/migrations/*.py"),
        *PACKAGE.glob("people/grants.py"),
        *PACKAGE.glob("ops/preparing.py"),
        PACKAGE / "settings.py",
    )
    return _digest(_packages(), ours)


def of_static_files() -> str:
    """Return the fingerprint of all files collected for the browser."""
    files = (path for path in PACKAGE.glob("*/static/**/*") if path.is_file())
    stamps = [f"{path}:{path.stat().st_size}:{path.stat().st_mtime_ns}" for path in sorted(files)]
    return _digest([*_packages(), *stamps], [PACKAGE / "settings.py"])


@cache
def _packages() -> tuple[str, ...]:
    return tuple(sorted(f"{package.name}=={package.version}" for package in distributions()))


def _digest(texts: Iterable[str], files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    for path in sorted(files):
        digest.update(str(path.relative_to(PACKAGE)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
