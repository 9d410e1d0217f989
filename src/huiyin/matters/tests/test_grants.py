"""The application's database role adds to the record and never changes it."""

# ruff: noqa: S608 the names of tables are our own

from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from django.conf import settings as configured
from django.db import ProgrammingError, connection, transaction
from psycopg import sql

from huiyin.matters import anchoring
from huiyin.matters.models import EventBody, EventHeader
from huiyin.matters.redacting import REDACTED, place_hold, redact
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.test_importing import incoming, take
from huiyin.matters.tests.test_redacting import ORDER, an_answered_order, an_officer
from huiyin.matters.verifying import verify
from huiyin.matters.writing import record
from huiyin.people.actors import SYSTEM
from huiyin.people.grants import append_only_tables
from huiyin.people.tests.test_grants import INSUFFICIENT_PRIVILEGE, as_app, refused
from huiyin.units.tests.factories import NOW

__all__ = ["as_app"]
CHANGES = (
    "UPDATE {table} SET {column} = {column}",
    "DELETE FROM {table}",
    "SELECT FROM {table} FOR UPDATE",
    "TRUNCATE {table}",
    "DROP TABLE {table}",
    "ALTER TABLE {table} ADD COLUMN more integer",
    "ALTER TABLE {table} DISABLE TRIGGER ALL",
    "ALTER TABLE {table} OWNER TO CURRENT_USER",
    "CREATE RULE forget AS ON INSERT TO {table} DO INSTEAD NOTHING",
)


def a_committed_order(city):
    with transaction.atomic():
        return an_answered_order(city)


def columns_of(own, table):
    found = own.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = current_schema()",
        [table],
    )
    return [name for (name,) in found]


@contextmanager
def the_application():
    """Be the application's role with Django's own connection."""
    with connection.cursor() as cursor:
        role = sql.Identifier(configured.HUIYIN.app_role)
        cursor.execute(sql.SQL("SET ROLE {}").format(role))
        try:
            yield cursor
        finally:
            cursor.execute("RESET ROLE")


def test_nothing_that_is_only_added_to_is_changed_by_the_application(as_app, settings, tmp_path):
    settings.HUIYIN = replace(settings.HUIYIN, var=tmp_path)
    city = the_record()
    city.open("hotline", "accept_call")
    anchoring.anchor(at=NOW)
    tables = sorted(append_only_tables())
    counts = [as_app.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]

    allowed = [
        change.format(table=table, column=f'"{column}"')
        for table in tables
        for column in columns_of(as_app, table)
        for change in (CHANGES if column == columns_of(as_app, table)[0] else CHANGES[:1])
        if not refused(as_app, change.format(table=table, column=f'"{column}"'))
    ]

    assert allowed == []
    assert {"matters_eventheader", "matters_eventbody", "people_accesslog"} < set(tables)
    assert refused(as_app, "SET session_replication_role = replica")  # would silence triggers
    assert counts == [
        as_app.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables
    ]
    assert verify().differences == []


def test_the_application_opens_acts_imports_and_redacts(as_app):
    city = the_record()
    with the_application(), transaction.atomic():
        run = an_answered_order(city)
        taken = take([incoming(city, number, key=str(number)) for number in range(3)])
        redact(run, **ORDER, by=an_officer(city), at=NOW)

    assert taken.matters == 3
    assert list(EventBody.objects.filter(event__run=run).values_list("event__seq", flat=True)) == [
        5
    ]
    found = verify()
    assert (found.differences, found.redacted, found.runs) == ([], 4, 4)


# --- the door through which bodies go -----------------------------------------------------------


def deleted(cursor, *events):
    """Ask for the bodies of events to be deleted; tell how many went, or None: refused."""
    try:
        with transaction.atomic():
            cursor.execute("SELECT matters_delete_bodies(%s::uuid[])", [[one.pk for one in events]])
            return cursor.fetchone()[0]
    except ProgrammingError as error:
        if error.__cause__.sqlstate != INSUFFICIENT_PRIVILEGE:
            raise
        return None


def an_order_for(run, *seqs, at=NOW, **more):
    return record(run, REDACTED, {}, by=SYSTEM, at=at, marks={"events": [*seqs], **more})


def test_a_body_goes_only_with_an_order_of_the_same_transaction_that_names_it(as_app):
    city = the_record()
    run = a_committed_order(city)
    second, third = EventHeader.objects.filter(run=run, seq__in=(2, 3)).order_by("seq")
    body = EventBody.objects.get(event=second)

    with the_application() as cursor:
        with transaction.atomic():
            assert deleted(cursor, second) is None  # no order
            an_order_for(run, 2)
            assert deleted(cursor, second) is None  # without a number
            an_order_for(run, 2, order="7")
            assert deleted(cursor, second, third) is None  # of another event
            with transaction.atomic():
                an_order_for(run, 3, order="8")
            assert deleted(cursor, second, third) == 2
            assert deleted(cursor, EventHeader(pk=run.pk)) is None  # there is no such event
        EventBody(event=second, salt=body.salt, content=body.content).save(force_insert=True)
        assert deleted(cursor, second) is None  # under an order of before

    assert EventBody.objects.filter(event=second).exists()


def test_a_body_on_hold_goes_under_no_order(as_app):
    city = the_record()
    run = a_committed_order(city)
    second = EventHeader.objects.get(run=run, seq=2)
    until = NOW.date() + timedelta(days=1)
    hold = place_hold(
        run.matter, reason="审计", by=an_officer(city, "matter.hold"), at=NOW, until=until
    )

    with the_application() as cursor, transaction.atomic():
        an_order_for(run, 2, order="7")
        assert deleted(cursor, second) is None
        hold.lifted_at = NOW
        hold.save(update_fields=["lifted_at"])
        assert deleted(cursor, second) == 1


def test_the_door_looks_at_no_table_of_whoever_knocks(as_app):
    city = the_record()
    run = a_committed_order(city)
    second = EventHeader.objects.get(run=run, seq=2)

    with the_application() as cursor, transaction.atomic():
        cursor.execute("CREATE TEMPORARY TABLE matters_eventheader AS TABLE matters_eventheader")
        cursor.execute(
            "UPDATE pg_temp.matters_eventheader SET action = 'matter.redacted', seq = 9,"
            ' effects = \'{"marks": {"order": "7", "events": [2]}}\' WHERE seq = 4'
        )
        assert deleted(cursor, second) is None
        cursor.execute("DROP TABLE pg_temp.matters_eventheader")
