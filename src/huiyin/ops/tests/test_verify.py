"""`huiyin verify` and `huiyin retain` as an operator runs them."""

import json

import psycopg
import pytest

pytestmark = pytest.mark.fault


def with_a_made_up_anchor(instance):
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.owner) as connection:
            connection.execute(
                "INSERT INTO matters_anchor (number, at, heads, runs, hash)"
                " VALUES (1, now(), 0, 0, decode(repeat('00', 32), 'hex'))"
            )
    finally:
        cluster.stop()


def test_a_record_as_it_was_written_ends_with_code_0_and_another_one_with_1(migrated):
    fine = migrated.run("verify")

    assert (fine.returncode, fine.stdout) == (
        0,
        "0 events of 0 runs, 0 anchors.\nAll of it is as it was written.\n",
    )

    with_a_made_up_anchor(migrated)
    told = migrated.run("verify")
    as_json = migrated.run("verify", "--json")

    assert (told.returncode, as_json.returncode) == (1, 1)
    assert told.stdout.splitlines()[1:3] == [
        "differs: anchor 1: it was changed after it was written.",
        "Not as written.",
    ]
    found = json.loads(as_json.stdout)
    assert (found["ok"], found["anchors"]) == (False, 1)


def test_a_run_that_does_not_exist_is_refused(migrated):
    done = migrated.run("verify", "--run", "01a217dd-04c3-7696-9da6-ec1cce97ddea")

    assert done.returncode == 1
    assert "1 of these runs do not exist: look at the ids again." in done.stderr


def test_a_dry_run_of_retention_lists_what_is_due(migrated):
    done = migrated.run("retain", "--dry-run")

    assert (done.returncode, done.stdout) == (0, "0 due.\n")
