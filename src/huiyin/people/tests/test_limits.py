"""Counting in the database: exact, in windows of the local day, also when many come at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections

from huiyin.people import limits
from huiyin.people.models import RateCount
from huiyin.people.tests.factories import NOW, SHANGHAI

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.mark.django_db
def test_a_window_allows_its_limit_and_no_more():
    at = NOW + timedelta(seconds=20)

    verdicts = [limits.allow("k", limit=3, window=MINUTE, at=at) for _ in range(5)]

    assert [bool(verdict) for verdict in verdicts] == [True, True, True, False, False]
    assert (verdicts[-1].retry_after, verdicts[-1].minutes) == (40, 1)
    assert limits.used("k", window=MINUTE, at=at) == 3


@pytest.mark.django_db
def test_the_next_window_begins_afresh():
    limits.allow("k", limit=1, window=MINUTE, at=NOW)

    assert not limits.allow("k", limit=1, window=MINUTE, at=NOW + timedelta(seconds=59))
    assert limits.allow("k", limit=1, window=MINUTE, at=NOW + MINUTE)


@pytest.mark.django_db
def test_a_day_begins_at_local_midnight():
    evening = datetime(2026, 3, 2, 23, 59, tzinfo=SHANGHAI)

    assert limits.window_start(DAY, evening) == datetime(2026, 3, 2, tzinfo=SHANGHAI)
    assert limits.window_start(DAY, evening + MINUTE) == datetime(2026, 3, 3, tzinfo=SHANGHAI)
    assert limits.window_start(HOUR, evening) == datetime(2026, 3, 2, 23, tzinfo=SHANGHAI)


@pytest.mark.django_db
def test_what_costs_more_than_is_left_is_not_counted():
    allowed = [
        bool(limits.allow("k", limit=10, window=DAY, at=NOW, cost=cost)) for cost in (8, 3, 2, 11)
    ]

    assert allowed == [True, False, True, False]
    assert limits.used("k", window=DAY, at=NOW) == 10


@pytest.mark.django_db
def test_keys_are_counted_apart_and_forgotten_by_name():
    for key in ("a", "b"):
        limits.allow(key, limit=1, window=DAY, at=NOW)

    limits.forget("a")

    assert limits.allow("a", limit=1, window=DAY, at=NOW)
    assert not limits.allow("b", limit=1, window=DAY, at=NOW)


@pytest.mark.django_db
def test_old_windows_are_deleted():
    limits.allow("old", limit=1, window=DAY, at=NOW - timedelta(days=4))
    limits.allow("new", limit=1, window=DAY, at=NOW)

    assert limits.clean(at=NOW) == 1
    assert list(RateCount.objects.values_list("key", flat=True)) == ["new"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_counted_exactly():
    def once(_):
        try:
            return bool(limits.allow("k", limit=25, window=DAY, at=NOW))
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        allowed = list(pool.map(once, range(60)))

    assert sum(allowed) == 25
    assert limits.used("k", window=DAY, at=NOW) == 25


@pytest.mark.django_db
def test_counts_are_not_written_ahead():
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE relname = 'people_ratecount'")

        assert cursor.fetchone() == ("u",)


# --- by tens -------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_far_from_its_limit_ten_are_counted_in_one_statement(django_assert_num_queries):
    by_tens = limits.ByTens(also_in_tests=True)

    with django_assert_num_queries(1):
        verdicts = [by_tens.allow("k", limit=100, window=MINUTE, at=NOW) for _ in range(10)]

    assert [verdict.count for verdict in verdicts] == list(range(1, 11))
    assert limits.used("k", window=MINUTE, at=NOW) == 10


@pytest.mark.django_db
def test_near_its_limit_each_is_counted_and_none_is_let_through_beyond_it():
    processes = [limits.ByTens(also_in_tests=True) for _ in range(3)]

    let_through = sum(
        bool(one.allow("k", limit=100, window=MINUTE, at=NOW))
        for _ in range(60)
        for one in processes
    )

    assert let_through == limits.used("k", window=MINUTE, at=NOW) == 100


@pytest.mark.django_db
def test_what_one_process_has_counted_and_not_used_no_other_lets_through():
    stopped, other = limits.ByTens(also_in_tests=True), limits.ByTens(also_in_tests=True)
    stopped.allow("k", limit=100, window=MINUTE, at=NOW)

    let_through = sum(bool(other.allow("k", limit=100, window=MINUTE, at=NOW)) for _ in range(200))

    assert let_through == 90


@pytest.mark.django_db
def test_tens_are_of_one_window_and_one_key():
    by_tens = limits.ByTens(also_in_tests=True)
    by_tens.allow("k", limit=100, window=MINUTE, at=NOW)

    by_tens.allow("k", limit=100, window=MINUTE, at=NOW + MINUTE)
    by_tens.allow("other", limit=100, window=MINUTE, at=NOW)

    assert limits.used("k", window=MINUTE, at=NOW + MINUTE) == 10
    assert limits.used("other", window=MINUTE, at=NOW) == 10


@pytest.mark.django_db
def test_a_limit_below_twenty_is_never_counted_by_tens():
    by_tens = limits.ByTens(also_in_tests=True)

    allowed = [bool(by_tens.allow("k", limit=19, window=MINUTE, at=NOW)) for _ in range(20)]

    assert allowed == [True] * 19 + [False]
