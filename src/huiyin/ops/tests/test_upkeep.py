"""Tables that change all day are looked after before they are full of dead rows."""

import pytest
from django.db import connection

pytestmark = pytest.mark.django_db


def options(table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT reloptions FROM pg_class WHERE oid = %s::regclass", [table])
        (found,) = cursor.fetchone()
    return dict(one.split("=") for one in found or ())


def test_runs_leave_room_for_the_events_that_move_nothing():
    assert options("matters_run")["fillfactor"] == "85"


@pytest.mark.parametrize(
    ("table", "share"),
    [("matters_runclock", "0.02"), ("notices_notice", "0.02"), ("procrastinate_jobs", "0.0")],
)
def test_a_busy_table_does_not_wait_for_a_fifth_of_it_to_be_dead(table, share):
    assert options(table)["autovacuum_vacuum_scale_factor"] == share


def test_what_is_only_added_to_is_soon_known_to_be_seen_by_all():
    assert options("matters_eventheader")["autovacuum_vacuum_insert_scale_factor"] == "0.05"
