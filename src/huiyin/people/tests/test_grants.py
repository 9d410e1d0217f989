"""The database role of the application: it adds to the log and never changes it."""

import psycopg
import pytest
from django.conf import settings
from django.db import connection

from huiyin.people import access_log
from huiyin.people.actors import SYSTEM
from huiyin.people.grants import append_only_tables, grant_app_role
from huiyin.people.models import AccessLog, PermissionSet
from huiyin.people.tests.factories import NOW, an_account

INSUFFICIENT_PRIVILEGE = "42501"


@pytest.fixture
def as_app(transactional_db):
    """A connection of its own that acts as the application's role, with the rights just given."""
    role = settings.HUIYIN.app_role
    grant_app_role(connection)
    params = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    with psycopg.connect(**params, autocommit=True) as own:
        own.execute(psycopg.sql.SQL("SET ROLE {}").format(psycopg.sql.Identifier(role)))
        yield own


def refused(own, statement):
    with pytest.raises(psycopg.Error) as error:
        own.execute(statement)
    return error.value.sqlstate == INSUFFICIENT_PRIVILEGE


def test_the_application_adds_to_the_access_log_and_never_changes_it(as_app):
    access_log.record(by=SYSTEM, at=NOW, action="reveal", subject_type="account", purpose="kept")

    as_app.execute(
        "INSERT INTO people_accesslog (at, action, subject_type, subject_id, fields, purpose,"
        " case_no, permission_set) VALUES (now(), 'reveal', 'account', '', '{}', 'added', '', '')"
    )
    changes = [
        refused(as_app, statement)
        for statement in (
            "UPDATE people_accesslog SET purpose = 'changed'",
            "DELETE FROM people_accesslog",
            "TRUNCATE people_accesslog",
        )
    ]

    assert changes == [True, True, True]
    assert list(AccessLog.objects.order_by("id").values_list("purpose", flat=True)) == [
        "kept",
        "added",
    ]


def test_history_is_written_by_triggers_and_changed_by_nobody(as_app):
    as_app.execute("UPDATE people_permissionset SET name_en = 'Other' WHERE code = 'leader'")

    assert PermissionSet.objects.get(pk="leader").events.get().name_en == "Leader"
    assert refused(as_app, "UPDATE people_permissionsetevent SET name_en = 'Forged'")
    assert refused(as_app, "DELETE FROM people_permissionsetevent")


def test_who_acted_is_completed_and_never_deleted(as_app):
    as_app.execute("SELECT set_config('pghistory.context_id', gen_random_uuid()::text, false)")
    for metadata in ('{"act": "one"}', '{"act": "one", "more": 1}'):
        as_app.execute("SELECT set_config('pghistory.context_metadata', %s, false)", [metadata])
        as_app.execute("SELECT _pgh_attach_context()")

    found = as_app.execute("SELECT metadata FROM pghistory_context").fetchall()

    assert found == [({"act": "one", "more": 1},)]
    assert refused(as_app, "DELETE FROM pghistory_context")
    assert refused(as_app, "UPDATE pghistory_context SET id = gen_random_uuid()")


def test_everything_else_is_read_and_written(as_app):
    an_account()

    as_app.execute("UPDATE people_account SET name = '李娜'")
    as_app.execute("INSERT INTO people_ratecount (key, window_start, count) VALUES ('k', now(), 1)")
    as_app.execute("DELETE FROM people_account")

    assert as_app.execute("SELECT count(*) FROM people_account").fetchone() == (0,)


def test_the_application_changes_no_table_and_no_migration(as_app):
    assert refused(as_app, "CREATE TABLE more (id int)")
    assert refused(as_app, "ALTER TABLE people_account ADD more int")
    assert refused(as_app, "DROP TABLE people_accesslog")
    assert refused(as_app, "DELETE FROM django_migrations")
    assert as_app.execute("SELECT count(*) > 0 FROM django_migrations").fetchone() == (True,)


def test_tables_of_later_migrations_are_covered(as_app):
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE later (id serial PRIMARY KEY, word text)")
        try:
            as_app.execute("INSERT INTO later (word) VALUES ('yes')")
            found = as_app.execute("SELECT id, word FROM later").fetchall()
        finally:
            cursor.execute("DROP TABLE later")

    assert found == [(1, "yes")]


def test_the_log_and_every_history_are_append_only():
    assert set(append_only_tables()) >= {
        "people_accesslog",
        "people_postevent",
        "people_actingevent",
        "people_permissionsetevent",
        "units_unitevent",
        "units_dutyevent",
        "places_placeversionevent",
    }
