"""The quick executor leaves the same database as Django's."""

import os
import re

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from huiyin.ops import pgtools
from huiyin.ops.migrating import Executor
from huiyin.ui.tests.databases import drop, make

IS_LONG = os.environ.get("HYPOTHESIS_PROFILE") == "long"
# pg_dump of every version closes its output to other programs with a word of its own.
OF_ONE_DUMP = re.compile(r"^\\(un)?restrict .*$", re.MULTILINE)


def migrated_by(executor_of, apps, file):
    """Return the schema that an executor makes of nothing, as SQL."""
    name, before = f"test_migrating_{os.getpid()}", connection.settings_dict["NAME"]
    make(name, copy_of="template1")
    connection.settings_dict["NAME"] = name
    try:
        executor = executor_of(connection)
        leaves = executor.loader.graph.leaf_nodes()
        state = executor.migrate([leaf for leaf in leaves if not apps or leaf[0] in apps])
        state.clear_delayed_apps_cache()
        classes = {model._meta.label for model in state.apps.get_models()}
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations ORDER BY id")
            applied = cursor.fetchall()
            program = pgtools.find("pg_dump", connection.connection.info.server_version)
        dumped = ("--schema-only", f"--dbname={name}", f"--file={file}")
        assert pgtools.run(program, dumped, url=os.environ["DATABASE_URL"]) == (0, "")
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
        drop(name)
    return OF_ONE_DUMP.sub("", file.read_text(encoding="utf-8")), applied, classes


def test_the_quick_executor_makes_the_schema_that_django_makes(django_db_blocker, tmp_path):
    """The floors below `matters` in a short run, everything in a long one."""
    apps = () if IS_LONG else ("units", "dispatch", "notices", "axes")

    with django_db_blocker.unblock():
        ours, theirs = (
            migrated_by(one, apps, tmp_path / "dump") for one in (Executor, MigrationExecutor)
        )

    assert ours[0].splitlines() == theirs[0].splitlines()
    assert ours[1:] == theirs[1:]
    assert "CREATE TABLE public.units_unit " in ours[0]
