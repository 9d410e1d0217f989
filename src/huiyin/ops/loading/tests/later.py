"""A city that is loaded, and loaded again a month later."""

from datetime import date, datetime
from uuid import UUID

from huiyin.ops.loading import load
from huiyin.ops.loading.tests.cities import NOW, a_city, tables_of
from huiyin.people.actors import SYSTEM, Actor

LATER = datetime(2026, 4, 1, 9, 0, tzinfo=NOW.tzinfo)
TODAY = date(2026, 4, 1)
IMPORTER = Actor(account_id=UUID("019cae00-0000-7000-8000-000000000009"), kind="staff")


def the_city(**sizes):
    """Load a small city and return its rows."""
    rows = a_city(**sizes)
    report = load(tables_of(rows), at=NOW, by=SYSTEM)
    assert report.errors == []
    return rows


def load_later(rows, *tables, by=SYSTEM, **options):
    """Load some of the tables again, a month later."""
    chosen = {name: rows[name] for name in tables or rows}
    report = load(tables_of(chosen), at=LATER, by=by, **options)
    assert [(p.file, p.row, p.column, p.code) for p in report.errors] == []
    return report


def row_of(rows, table, key, column="code"):
    return next(row for row in rows[table] if row[column] == key)
