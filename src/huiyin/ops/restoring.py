"""Bringing a backup back: after a kill at any moment the old state or the new one, no mixture.

The database changes in one transaction that also writes a token. The files are unpacked beside
their place before it and moved there after it; a journal says which files belong to which token.
Whoever opens the installation next finishes the move when the token is in the database, and
otherwise throws the unpacked files away.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from huiyin.config import Config
from huiyin.ops import archive, keys, notes, pgtools
from huiyin.ops.errors import OperatorError
from huiyin.ops.locking import make_folder
from huiyin.ops.postgres import Urls
from huiyin.ops.postgres.layout import Say
from huiyin.ops.postgres.passwords import write_private

# Any fixed number of ours; the restoring transaction holds it to its end, seen or unseen.
_LOCK = 371_400_012


@dataclass(frozen=True, slots=True)
class _Journal:
    token: str
    files: str
    unpacked: str


def restore(
    config: Config,
    urls: Urls,
    source: Path,
    *,
    force: bool,
    known_migrations: Callable[[], frozenset[str]],
    say: Say,
) -> dict[str, Any]:
    """Replace database and files by those of `source`; return its manifest. Raises OperatorError.

    Refuses damaged archives, other keys, newer versions, a database in use; and, without `force`, a
    database with tables or a folder with files.
    """
    say("Checking the backup …")
    manifest = archive.verify(source)
    _refuse_other_keys(manifest, config)
    _refuse_newer(manifest, known_migrations())
    with _only_one(config), psycopg.connect(urls.owner) as connection:
        version = connection.info.server_version
        _refuse_in_use(connection)
        if not force:
            _refuse_overwriting(connection, config)
        connection.rollback()
        if config.files.is_mount():
            raise OperatorError(
                f"{config.files} is a mounted disk and cannot be replaced as a whole: "
                "set HUIYIN_FILES to a folder inside it."
            )
        token = secrets.token_hex(8)
        work = config.files.with_name(f"{config.files.name}.restore-{token}")
        journal = _Journal(token, str(config.files), str(work / "files"))
        try:
            _unpack(source, work)
            script = _script(work, version)
            _write_journal(config, journal)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise
        try:
            say("Restoring the database …")
            _replace_database(urls, script, token, version)
        finally:
            # Interrupted at the commit we do not know which state it is: the token tells.
            _settle(config, urls, journal)
    return manifest


def finish_interrupted(config: Config, urls: Urls) -> None:
    """Finish or undo a restore that was killed. Raises OperatorError while one is going on."""
    if not _journal_path(config).exists():
        return
    with _only_one(config):
        try:
            journal = _Journal(**json.loads(_journal_path(config).read_text(encoding="utf-8")))
        except FileNotFoundError:
            return
        _settle(config, urls, journal)


def _settle(config: Config, urls: Urls, journal: _Journal) -> None:
    """Move the unpacked files to their place when their database was committed, else drop them."""
    with psycopg.connect(urls.owner) as connection:
        # The transaction of a killed restore may still be at its commit in the server.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        is_new = notes.read(connection, notes.RESTORED) == journal.token
    if is_new:
        _move_files(Path(journal.files), Path(journal.unpacked))
    _journal_path(config).unlink(missing_ok=True)
    shutil.rmtree(Path(journal.unpacked).parent, ignore_errors=True)


# --- refusals -----------------------------------------------------------------------------------


def _refuse_other_keys(manifest: dict[str, Any], config: Config) -> None:
    lost = keys.differences(manifest["keys"], config)
    if lost:
        raise OperatorError(
            f"This backup was made with other keys; {' and '.join(lost)} differ or are missing: "
            "set the keys of the installation that made it, then restore again."
        )


def _refuse_newer(manifest: dict[str, Any], known: frozenset[str]) -> None:
    unknown = sorted(set(manifest["migrations"]) - known)
    if unknown:
        raise OperatorError(
            f"This backup was made by a newer Huiyin ({manifest['huiyin']}, with {unknown[0]}): "
            "restore it with that version."
        )


def _refuse_in_use(connection: notes.Connection) -> None:
    row = connection.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        # Autovacuum has no user; what else a session does is hidden from other roles.
        " AND pid <> pg_backend_pid() AND usename IS NOT NULL"
    ).fetchone()
    if row and row[0]:
        raise OperatorError(
            f"The database is in use ({row[0]} connections): stop web server and worker first."
        )


def _refuse_overwriting(connection: notes.Connection, config: Config) -> None:
    row = connection.execute(
        "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
    ).fetchone()
    if row and row[0]:
        raise OperatorError(
            f"The database holds data already ({row[0]} tables): add --force to replace them."
        )
    if config.files.is_dir() and any(config.files.iterdir()):
        raise OperatorError(f"{config.files} holds files already: add --force to replace them.")


# --- steps --------------------------------------------------------------------------------------


def _unpack(source: Path, work: Path) -> None:
    make_folder(work / "files")
    archive.extract(source, dump=work / archive.DUMP, files=work / "files")
    os.sync()  # the files must be on the disk before the database says that they are


def _script(work: Path, server_version: int) -> Path:
    """Turn the dump into one SQL script."""
    script = work / "database.sql"
    program = pgtools.find("pg_restore", server_version)
    code, messages = pgtools.run(
        program,
        ["--no-owner", "--no-privileges", f"--file={script}", str(work / archive.DUMP)],
        url="",
    )
    if code != 0:
        raise pgtools.failure("The dump could not be read", messages)
    if server_version < 170_000:  # pg_restore of 17 sets a variable that older servers do not know
        older = work / "older.sql"
        with script.open("rb") as lines, older.open("wb") as kept:
            kept.writelines(line for line in lines if line != b"SET transaction_timeout = 0;\n")
        older.replace(script)
    return script


def _replace_database(urls: Urls, script: Path, token: str, server_version: int) -> None:
    """Run the script and everything around it in one transaction."""
    before = (
        "SET lock_timeout = '10s'",
        f"SELECT pg_advisory_xact_lock({_LOCK})",
        "DROP SCHEMA public CASCADE",
        "CREATE SCHEMA public",
        "ALTER SCHEMA public OWNER TO pg_database_owner",
        "GRANT USAGE ON SCHEMA public TO PUBLIC",
    )
    after = (
        # Rights are not in the dump: the next preparation gives them again.
        sql.SQL("DELETE FROM public.ops_note WHERE name IN ({}, {})").format(
            notes.PREPARED, notes.RESTORED
        ),
        sql.SQL(
            "INSERT INTO public.ops_note (name, value, written_at) VALUES ({}, {}, now())"
        ).format(notes.RESTORED, Jsonb(token)),
    )
    arguments = ["-X", "-q", "--single-transaction", "-v", "ON_ERROR_STOP=1"]
    for command in before:
        arguments += ["-c", command]
    arguments += ["-f", str(script)]
    for statement in after:
        arguments += ["-c", statement.as_string()]
    code, messages = pgtools.run(pgtools.find("psql", server_version), arguments, url=urls.owner)
    if code != 0:
        raise pgtools.failure("The database could not be restored", messages)


def _move_files(files: Path, unpacked: Path) -> None:
    """Put the unpacked files in their place; repeating it after a kill goes on where it stopped."""
    before = unpacked.with_name("before")
    if unpacked.exists():
        if files.exists() and not before.exists():
            files.rename(before)
        unpacked.rename(files)
    shutil.rmtree(before, ignore_errors=True)


@contextmanager
def _only_one(config: Config) -> Iterator[None]:
    make_folder(config.var)
    with (config.var / "restore.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperatorError(
                "A backup is being restored here: wait until it is done."
            ) from error
        yield


def _journal_path(config: Config) -> Path:
    return config.var / "restore.json"


def _write_journal(config: Config, journal: _Journal) -> None:
    write_private(_journal_path(config), json.dumps(asdict(journal)))
