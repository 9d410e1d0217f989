"""The application's database role adds to the record and never changes it."""

# ruff: noqa: S608 the names of tables are our own

from dataclasses import replace

import pytest

from huiyin.matters import anchoring
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.people.tests.test_grants import as_app, refused
from huiyin.units.tests.factories import NOW

__all__ = ["as_app"]
TABLES = ("matters_eventheader", "matters_anchor", "matters_anchoredhead")


@pytest.mark.parametrize("table", TABLES)
def test_what_happened_is_not_changed_by_the_application(as_app, table, settings, tmp_path):
    settings.HUIYIN = replace(settings.HUIYIN, var=tmp_path)
    city = the_record()
    city.open("hotline", "accept_call")
    anchoring.anchor(at=NOW)
    rows = as_app.execute(f"SELECT count(*) FROM {table}").fetchone()

    changes = [
        refused(as_app, statement)
        for statement in (
            f"UPDATE {table} SET hash = ''",
            f"DELETE FROM {table}",
            f"TRUNCATE {table}",
            f"DROP TABLE {table}",
        )
    ]

    assert rows == (1,)
    assert changes == [True] * 4
    assert as_app.execute(f"SELECT count(*) FROM {table}").fetchone() == rows
    assert verify().differences == []
