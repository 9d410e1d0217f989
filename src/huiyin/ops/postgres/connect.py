"""`database_urls`: the database of this installation, whichever it is, checked before use."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import psycopg
from psycopg.conninfo import conninfo_to_dict

from huiyin.config import Config
from huiyin.ops import locking, progress
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres.cluster import Cluster, Urls
from huiyin.ops.postgres.layout import Say

OLDEST_SERVER = 16
EXTENSIONS = ("pg_trgm", "btree_gist")


@contextmanager
def database_urls(
    config: Config, *, exclusive: bool = False, say: Say = progress.say
) -> Iterator[Urls]:
    """Yield the URLs of the database, usable and new enough.

    It is the outside one when DATABASE_URL is set; otherwise the own cluster that another process
    already runs; otherwise the own cluster, started now and stopped at the end. `exclusive`: nobody
    else may be running on this data folder. Raises OperatorError.
    """
    if exclusive:
        with locking.data_folder(config.var), _usable(config, is_locked=True, say=say) as urls:
            yield urls
    else:
        with _usable(config, is_locked=False, say=say) as urls:
            yield urls


@contextmanager
def _usable(config: Config, *, is_locked: bool, say: Say) -> Iterator[Urls]:
    if config.database_url:
        urls = Urls(owner=config.owner_database_url, app=config.database_url)
        check_server(urls.app, "DATABASE_URL")
        if urls.owner != urls.app:
            check_server(urls.owner, "HUIYIN_OWNER_DATABASE_URL")
        yield urls
        return
    cluster = Cluster(
        var=config.var,
        folder=config.postgres_folder,
        is_demo=config.mode == "demo",
        say=say,
    )
    if not is_locked and cluster.is_running() and locking.is_held(config.var):
        urls = cluster.urls()
        check_server(urls.owner, "the database of the running Huiyin")
        yield urls
        return
    with nullcontext() if is_locked else locking.data_folder(config.var):
        urls = cluster.start()
        try:
            check_extensions(urls.owner)
            yield urls
        finally:
            cluster.stop()


def check_server(url: str, setting: str) -> None:
    """Sign in once; check version and extensions. Raises OperatorError."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            check_version(connection.info.server_version)
            _check_extensions(connection)
    except psycopg.OperationalError as error:
        raise explain(error, url, setting) from error
    except psycopg.ProgrammingError as error:  # not even readable as an address
        raise OperatorError(
            f"{setting} is not postgresql://role:password@host:port/database: correct it."
        ) from error


def check_version(number: int) -> None:
    """Refuse a server older than PostgreSQL 16; `number` is as the server gives it (160003)."""
    if number < OLDEST_SERVER * 10_000:
        raise OperatorError(
            f"The database is PostgreSQL {number // 10_000} and Huiyin needs {OLDEST_SERVER} or "
            "newer: upgrade it, or unset DATABASE_URL to use Huiyin's own."
        )


def check_extensions(url: str, wanted: tuple[str, ...] = EXTENSIONS) -> None:
    """Refuse a database in which an extension Huiyin needs cannot be made."""
    with psycopg.connect(url, connect_timeout=10) as connection:
        _check_extensions(connection, wanted)


def _check_extensions(
    connection: psycopg.Connection[tuple[object, ...]], wanted: tuple[str, ...] = EXTENSIONS
) -> None:
    there = {
        str(row[0]) for row in connection.execute("SELECT name FROM pg_available_extensions")
    } | {str(row[0]) for row in connection.execute("SELECT extname FROM pg_extension")}
    missing = [name for name in wanted if name not in there]
    if missing:
        raise OperatorError(
            f"The database server lacks the extension {' and '.join(missing)}: install "
            "PostgreSQL's contrib package there (Debian: postgresql-contrib), then start again."
        )


def explain(error: psycopg.OperationalError, url: str, setting: str) -> OperatorError:
    """Turn a failed connection into the sentence that helps; never repeats the password."""
    parts = conninfo_to_dict(url)
    role, database = parts.get("user", ""), parts.get("dbname", "")
    where = f"{parts.get('host') or 'this machine'}:{parts.get('port') or 5432}"
    said = str(error)
    if error.sqlstate in ("28P01", "28000") or re.search(
        r"password authentication failed|no password supplied|no pg_hba.conf entry", said
    ):
        return OperatorError(
            f"The database at {where} does not let {role} in: correct the password in {setting}."
        )
    if re.search(r'database ".*" does not exist', said):
        return OperatorError(
            f"The database {database} does not exist at {where}: create it or correct {setting}."
        )
    if re.search(r'role ".*" does not exist', said):
        return OperatorError(
            f"The role {role} does not exist at {where}: create it or correct {setting}."
        )
    if "too many clients" in said or "remaining connection slots" in said:
        return OperatorError(
            f"The database at {where} has no connection left: raise its max_connections."
        )
    return OperatorError(
        f"The database at {where} cannot be reached: start it, or correct {setting}."
    )
