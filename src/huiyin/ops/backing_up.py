"""Writing a backup: database and files in one archive, complete under its name or not there."""

import fcntl
import os
import tarfile
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg import sql

from huiyin.config import Config
from huiyin.ops import archive, keys, pgtools
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres import Urls
from huiyin.ops.postgres.layout import Say


def back_up(config: Config, urls: Urls, target: Path, *, say: Say) -> dict[str, Any]:
    """Write `target` and return its manifest. Raises OperatorError.

    The database is dumped and counted in one snapshot; files are added after it, so that every file
    the database names is there. Until it is complete the archive is called `target.part`.
    """
    target = target.absolute()
    if target.exists():
        raise OperatorError(f"{target} exists: give another name, or move it away first.")
    if not target.parent.is_dir():
        raise OperatorError(f"There is no folder {target.parent}: make it, or give another path.")
    part, dump = (target.with_name(f"{target.name}.{end}") for end in ("part", "dump.part"))
    with _private(part) as file:
        try:
            counts, migrations = _dump(urls, dump, say=say)
            say("Adding files …")
            with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as tar:
                writer = archive.Writer(tar)
                writer.add(archive.DUMP, dump)
                _add_files(writer, config.files)
                manifest = writer.finish(
                    {
                        "huiyin": version("huiyin"),
                        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
                        "counts": counts,
                        "migrations": migrations,
                        "keys": keys.fingerprints(config),
                    }
                )
            file.flush()
            os.fsync(file.fileno())
            part.rename(target)
        finally:
            for leftover in (part, dump):
                leftover.unlink(missing_ok=True)
    _sync(target.parent)
    return manifest


def _dump(urls: Urls, dump: Path, *, say: Say) -> tuple[dict[str, int], list[str]]:
    with psycopg.connect(urls.owner) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        program = pgtools.find("pg_dump", connection.info.server_version)
        (snapshot,) = _one(connection, "SELECT pg_export_snapshot()")
        say("Dumping the database …")
        code, messages = pgtools.run(
            program,
            [
                *("--format=custom", "--no-owner", "--no-privileges"),
                *(f"--snapshot={snapshot}", f"--file={dump}"),
            ],
            url=urls.owner,
        )
        if code != 0:
            raise pgtools.failure("The database could not be dumped", messages)
        return _counts(connection), _migrations(connection)


def _counts(connection: psycopg.Connection[tuple[Any, ...]]) -> dict[str, int]:
    tables = connection.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE c.relkind = 'r' AND n.nspname = current_schema() ORDER BY 1"
    ).fetchall()
    return {
        str(name): int(
            _one(connection, sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name)))[0]
        )
        for (name,) in tables
    }


def _migrations(connection: psycopg.Connection[tuple[Any, ...]]) -> list[str]:
    if _one(connection, "SELECT to_regclass('django_migrations')") == (None,):
        raise OperatorError("The database is empty: there is nothing to back up.")
    rows = connection.execute("SELECT app, name FROM django_migrations ORDER BY 1, 2").fetchall()
    return [f"{app}.{name}" for app, name in rows]


def _one(connection: psycopg.Connection[tuple[Any, ...]], query: Any) -> tuple[Any, ...]:
    row = connection.execute(query).fetchone()
    assert row is not None  # noqa: S101 every query above answers one row
    return row


def _add_files(writer: archive.Writer, folder: Path) -> None:
    """Add every regular file below `folder`; one deleted meanwhile is no longer needed."""
    if not folder.exists():
        return
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            try:
                writer.add(f"{archive.FILES}{path.relative_to(folder).as_posix()}", path)
            except FileNotFoundError:
                continue


def _private(path: Path) -> IO[bytes]:
    """Open a file for us alone; refuse when another backup is writing it."""
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    except PermissionError as error:
        raise OperatorError(
            f"{path} cannot be written: give a path this user may write to."
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise OperatorError(
            f"Another backup is writing {path}: wait, or give another name."
        ) from error
    os.ftruncate(descriptor, 0)  # what a killed backup left
    return os.fdopen(descriptor, "wb")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
