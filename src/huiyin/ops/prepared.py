"""Does the database have what this version brings? Asked without Django, so that it is quick."""

import psycopg

from huiyin.ops import fingerprints, notes
from huiyin.ops.errors import OperatorError
from huiyin.ops.fingerprints import PACKAGE
from huiyin.ops.postgres import Urls


def is_prepared(urls: Urls) -> bool:
    """Tell whether the database was prepared by exactly this version."""
    with psycopg.connect(urls.owner) as connection:
        return bool(notes.read(connection, notes.PREPARED) == fingerprints.of_database())


def refuse_unmigrated(url: str) -> None:
    """Refuse to work on a database that lacks a migration of ours. Raises OperatorError."""
    brought = {(path.parents[1].name, path.stem) for path in PACKAGE.glob("*/migrations/[0-9]*.py")}
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
            had: set[tuple[str, str]] = set()
        else:
            rows = connection.execute("SELECT app, name FROM django_migrations").fetchall()
            had = {(str(app), str(name)) for app, name in rows}
    missing = len(brought - had)
    if missing:
        raise OperatorError(
            f"The database lacks {missing} migrations of this version: run huiyin migrate first."
        )
