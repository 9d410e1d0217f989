"""Databases of tests: copies of one that is migrated once for a whole run and never used itself.

Migrating an empty database takes longer than most files of tests. Of several workers the first one
that needs a database migrates it, and the others wait for it; copying it takes a moment. Tests that
keep what they write have copies of their own.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from huiyin.ui.tests.contents import Contents, may_put_triggers_aside


def make(name: str, *, copy_of: str) -> None:
    """Make a database; one of that name is dropped before."""
    drop(name)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{copy_of}"')


def drop(name: str) -> None:
    """Drop a database, whoever is still connected."""
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def is_there(name: str) -> bool:
    """Tell whether there is a database of that name."""
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        return cursor.fetchone() is not None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other worker of this run is in here."""
    with (folder / "new-database.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def migrate_new(name: str) -> None:
    """Make a migrated database; it gets its name when it is complete."""
    own, draft = connection.settings_dict["NAME"], f"{name}_draft"
    make(draft, copy_of="template1")
    connection.settings_dict["NAME"] = draft
    try:
        call_command("migrate", verbosity=0)
    finally:
        connection.close()
        connection.settings_dict["NAME"] = own
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{draft}" RENAME TO "{name}"')


@pytest.fixture(scope="session")
def new_database(django_test_environment: None, django_db_blocker: Any) -> str:
    """The name of a database that is migrated and never used. Who controls the run drops it."""
    name = os.environ["PYTEST_HUIYIN_DATABASE"]
    with alone(Path(os.environ["PYTEST_HUIYIN_FOLDER"])), django_db_blocker.unblock():
        if not is_there(name):
            migrate_new(name)
    return name


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, new_database: str
) -> None:
    """Have the database that most tests share copied too."""
    connection.settings_dict["TEST"]["TEMPLATE"] = new_database


@pytest.fixture(scope="session")
def django_db_setup(
    django_db_setup: None, new_database: str, django_db_blocker: Any
) -> Iterator[str]:
    """Make the database that most tests share; give the name of the one it was copied from."""
    with pytest.MonkeyPatch.context() as patch:
        with django_db_blocker.unblock():
            if connection.settings_dict["NAME"].startswith("test_") and may_put_triggers_aside():
                new = Contents()
                patch.setattr(TransactionTestCase, "_fixture_teardown", lambda case: new.restore())
        yield new_database
