"""The small demo city in databases of its own, loaded once for a test process.

What it holds is committed, so it may not be loaded into the database the other tests share, nor
copied from it: depending on the order of tests that one was emptied or is in use. The copy that was
kept of it when it was new (`ui.tests.databases`) spares the migrations. A test sees the
city while the connection is pointed at its database. `city` undoes what a test writes;
`shown_city` is a running server.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils.module_loading import import_string
from pytest_django.live_server_helper import LiveServer

from huiyin.categories import tree
from huiyin.ui.tests.databases import drop, make
from huiyin.web.tests.matters_there import some_matters

LOADED_AT = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Asia/Shanghai"))

# The demo stands on a higher floor; tests may look up there, the code may not.
ensure = "huiyin.ops.demo.city.ensure"
logins = "huiyin.ops.demo.city.logins"


@contextmanager
def database(name: str) -> Iterator[None]:
    """Point the connection, and those that threads open meanwhile, at another database."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    tree.forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        tree.forget()


@pytest.fixture(scope="session")
def city_database(django_db_setup, django_db_blocker):
    """The name of a database that holds the small city."""
    with django_db_blocker.unblock():
        name = f"test_city_{os.getpid()}"
        make(name, copy_of=django_db_setup)
        with database(name):
            import_string(ensure)(scale="small", at=LOADED_AT)
            some_matters(LOADED_AT)
        yield name
        drop(name)


@pytest.fixture
def city(city_database, django_db_blocker):
    """The small city; what the test writes is undone."""
    with django_db_blocker.unblock(), database(city_database), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def shown_city(city_database, django_db_blocker):
    """A server that shows the small city, in a copy that the tests of one module may change."""
    name = f"{city_database}_shown"
    with django_db_blocker.unblock():
        make(name, copy_of=city_database)
        with database(name), pytest.MonkeyPatch.context() as patch:
            # Chromium asks often over one connection; this database is dropped by force.
            patch.setitem(connection.settings_dict, "CONN_MAX_AGE", 600)
            server = LiveServer("localhost")
            yield server
            server.stop()
        drop(name)


def demo_logins():
    """The logins the demo prints."""
    return import_string(logins)()
