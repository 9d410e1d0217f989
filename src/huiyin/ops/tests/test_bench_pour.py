"""Several processes write rows into the same tables, and nothing of it is lost or torn."""

import pytest
from django.db import connection

from huiyin.ops.bench.binary import rows_as
from huiyin.ops.bench.pouring import pour
from huiyin.ops.errors import OperatorError

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = ("路灯不亮", "x" * 2_000, "tab")


@pytest.fixture
def tables():
    """Two tables, the first with a row in it."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_one (id int, words text)")
        cursor.execute("CREATE TABLE bench_two (id int)")
        cursor.execute("INSERT INTO bench_one VALUES (-1, 'there before')")
    yield {"bench_one": ["id", "words"], "bench_two": []}
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_one, bench_two")


def maker(first, *, batches=40, rows=60, wrong=False):
    """Return what yields batches of rows whose numbers begin somewhere."""

    def made():
        for start in range(first, first + batches * rows, rows):
            numbers = range(start, start + rows)
            if wrong and start > first:
                raise ValueError("out of ideas")
            yield {
                "bench_one": [rows_as([(as_int(n), WORDS[n % 3].encode())]) for n in numbers],
                "bench_two": [rows_as([(as_int(n),)]) for n in numbers],
            }

    return made


def as_int(number):
    return number.to_bytes(4, "big")


def rows_of(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


@pytest.mark.parametrize("anew", [True, False])
def test_every_row_of_every_process_is_there_once_beside_what_was_there(tables, anew):
    pour(tables, [maker(0), maker(10_000)], anew=anew)

    wanted = [*range(2_400), *range(10_000, 12_400)]
    assert rows_of("SELECT id, words FROM bench_one ORDER BY id") == [
        (-1, "there before"), *((n, WORDS[n % 3]) for n in wanted)
    ]  # fmt: skip
    assert rows_of("SELECT id FROM bench_two ORDER BY id") == [(n,) for n in wanted]


def test_nothing_is_written_when_one_of_them_fails(tables):
    with pytest.raises(OperatorError, match="could not be written"):
        pour(tables, [maker(0), maker(10_000, wrong=True)], anew=True)

    assert rows_of("SELECT id FROM bench_one") == [(-1,)]
    assert rows_of("SELECT id FROM bench_two") == []
