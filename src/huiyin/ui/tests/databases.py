"""Databases of tests that keep what they write: copies of one that was migrated and never used."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection


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


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """Keep a copy of the tests' database while it is new; yield its name.

    Where no test of a run asks for that database pytest-django makes none: then it is made here.
    """
    with django_db_blocker.unblock():
        own = connection.settings_dict["NAME"]
        name = f"test_new_{os.getpid()}"
        if own.startswith("test_"):
            make(name, copy_of=own)
        else:
            make(name, copy_of="template1")
            connection.settings_dict["NAME"] = name
            call_command("migrate", verbosity=0)
            connection.close()
            connection.settings_dict["NAME"] = own
    yield name
    with django_db_blocker.unblock():
        drop(name)
