"""Migrations: complete, in step with the models, and safe to kill."""

import shutil
import time

import psycopg
import pytest
from django.core.management import call_command
from django.db.migrations.loader import MigrationLoader

from huiyin.config import new_keys
from huiyin.ops.tests.instances import moments, said


@pytest.mark.django_db
def test_the_models_have_all_their_migrations():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_migration_files_are_named_for_what_they_do():
    ours = [
        f"{app}.{name}"
        for app, name in MigrationLoader(None).disk_migrations
        if MigrationLoader(None).disk_migrations[app, name].__module__.startswith("huiyin.")
    ]

    assert ours
    assert [name for name in ours if "_auto_" in name] == []


@pytest.mark.fault
def test_a_killed_migration_goes_on_at_the_next_start(instance):
    for seconds in moments(1.0, 1.6, 2.4):
        process = instance.start("migrate")
        time.sleep(seconds)
        process.kill()
        process.wait()

    done = instance.run("migrate")

    assert done.returncode == 0, done.stderr
    assert instance.run("migrate").stdout == "Nothing to do.\n"
    cluster = instance.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.owner) as connection:
            had = connection.execute("SELECT app, name FROM django_migrations").fetchall()
    finally:
        cluster.stop()
    assert sorted(had) == sorted(MigrationLoader(None).disk_migrations)


@pytest.mark.fault
def test_the_application_may_not_change_tables(migrated):
    cluster = migrated.cluster()
    urls = cluster.start()
    try:
        with psycopg.connect(urls.app) as connection:
            connection.execute("SELECT count(*) FROM people_account")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("ALTER TABLE people_account ADD COLUMN extra int")
    finally:
        cluster.stop()


@pytest.mark.fault
def test_a_new_clone_at_the_place_of_a_deleted_one_starts_afresh(migrated):
    found = migrated.cluster().layout
    assert migrated.run("check").returncode == 0
    shutil.rmtree(migrated.var)

    done = migrated.run("migrate")

    assert done.returncode == 0, done.stderr
    aside = found.base.with_name(f"{found.base.name}-old")
    # An ordinary user's cluster is in the data folder and went with it.
    is_outside = not found.base.is_relative_to(found.var)
    assert (aside / "data" / "PG_VERSION").exists() == is_outside
    assert (f"is now in {aside}." in done.stderr) == is_outside
    shutil.rmtree(aside, ignore_errors=True)


@pytest.mark.fault
def test_data_sealed_with_other_keys_are_refused(migrated):
    done = migrated.run("migrate", HUIYIN_INDEX_KEY=new_keys()["HUIYIN_INDEX_KEY"])

    assert said(done) == (
        "The data were sealed with other keys; the index key (HUIYIN_INDEX_KEY) differ or are "
        "missing: set the keys this database was used with before."
    )


@pytest.mark.fault
def test_check_says_what_is_missing(instance):
    done = instance.run("check")

    assert done.returncode == 1
    assert "error: Migrations: the database is empty: run huiyin migrate." in done.stdout
    assert done.stdout.endswith("Not in order.\n")
    assert instance.run("migrate").returncode == 0
    assert instance.run("check").stdout.endswith("In order.\n")


@pytest.mark.fault
def test_an_administrator_needs_a_unit_first(migrated):
    done = migrated.run("createadmin", "--username", "wangfang", "--name", "王芳")

    assert said(done) == (
        "德州市 has no unit yet in which an administrator could have a post. Load places and units "
        "first: huiyin load FOLDER"
    )


@pytest.mark.fault
def test_serve_refuses_a_database_of_another_version(instance):
    sentence = said(instance.run("serve", HUIYIN_PORT="18999"))

    assert sentence.startswith("The database lacks ")
    assert sentence.endswith(" migrations of this version: run huiyin migrate first.")
