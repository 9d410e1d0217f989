"""What is taken away from tables while they are filled is there again afterwards, as it was."""

import pytest
from django.db import IntegrityError, connection

from huiyin.ops.bench.shelving import shelved

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("bench_town", "bench_road")
_MADE = """
CREATE TABLE bench_town (id int PRIMARY KEY, code text UNIQUE NULLS NOT DISTINCT);
CREATE TABLE bench_road (
    id int PRIMARY KEY, town_id int REFERENCES bench_town DEFERRABLE INITIALLY DEFERRED,
    name text, UNIQUE (town_id, name), CHECK (name <> '')
);
CREATE INDEX bench_named ON bench_road (name) WHERE town_id IS NOT NULL;
"""
_INDEXES = """
SELECT pg_get_indexdef(indexrelid), indisprimary, indisunique, indisvalid
FROM pg_index WHERE indrelid::regclass::text = ANY(%s) ORDER BY 1
"""
_CONSTRAINTS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated,
    conindid::regclass::text
FROM pg_constraint WHERE conrelid::regclass::text = ANY(%s) ORDER BY 1, 2
"""


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values or None)
        return cursor.fetchall() if cursor.description else []


def what_holds():
    """Return the indexes, constraints and settings of the tables."""
    settings = run("SELECT reloptions FROM pg_class WHERE relname = ANY(%s)", list(TABLES))
    return run(_INDEXES, list(TABLES)), run(_CONSTRAINTS, list(TABLES)), settings


@pytest.fixture
def tables():
    run(_MADE)
    yield
    run("DROP TABLE bench_road, bench_town")


def test_indexes_and_constraints_are_put_back_as_they_were(tables):
    before = what_holds()

    with shelved(TABLES) as shelf:
        assert run(_INDEXES, list(TABLES)) == []
        run("INSERT INTO bench_town VALUES (1, NULL)")
        run("INSERT INTO bench_road VALUES (1, 1, '新湖大街')")
        shelf.build()

    assert what_holds() == before


@pytest.mark.parametrize(
    "wrong",
    ["INSERT INTO bench_town VALUES (1, 'a')", "INSERT INTO bench_road VALUES (2, 7, 'b')"],
)
def test_what_was_written_meanwhile_must_keep_the_constraints(tables, wrong):
    """A second key of the same value, a link to nothing."""

    def written():
        with shelved(TABLES):
            run("INSERT INTO bench_town VALUES (1, NULL)")
            run(wrong)

    with pytest.raises(IntegrityError):
        written()


def test_links_alone_can_be_taken_away(tables):
    before = what_holds()

    with shelved(TABLES, only_links=True):
        assert run(_INDEXES, list(TABLES)) == before[0]
        run("INSERT INTO bench_road VALUES (1, 1, '新湖大街')")
        run("INSERT INTO bench_town VALUES (1, NULL)")

    assert what_holds() == before
