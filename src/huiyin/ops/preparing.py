"""Bringing a database to this version: migrations as the owner, rights of the application, keys.

Django is set up on the owner's URL when these run.
"""

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from huiyin.config import Config
from huiyin.ops import fingerprints, keys, notes
from huiyin.ops.errors import OperatorError
from huiyin.ops.postgres import Urls
from huiyin.people.grants import grant_app_role

# Any fixed number of ours: two migrations of one database wait for each other.
_LOCK = 371_400_011


def prepare(config: Config, urls: Urls) -> list[str]:
    """Migrate, grant and remember; return the migrations that were applied (`app.name`).

    Every migration is a transaction of its own, so after a kill the next run goes on where this one
    stopped. Raises OperatorError when the keys are not those of the data.
    """
    with psycopg.connect(urls.owner, autocommit=True) as lock:
        lock.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        before = set(MigrationRecorder(connection).applied_migrations())
        call_command("migrate", interactive=False, verbosity=0)
        after = set(MigrationRecorder(connection).applied_migrations())
        _grant(urls)
        with psycopg.connect(urls.owner) as plain:
            _remember_keys(plain, config)
            notes.write(plain, notes.PREPARED, fingerprints.of_database())
    return sorted(f"{app}.{name}" for app, name in after - before)


def _grant(urls: Urls) -> None:
    role = settings.HUIYIN.app_role
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        exists = cursor.fetchone() is not None
    if exists:
        grant_app_role(connection)
    elif urls.owner != urls.app:
        raise OperatorError(
            f"The database role {role} of the application does not exist: create it with "
            f"CREATE ROLE {role} LOGIN PASSWORD '...', or set HUIYIN_APP_ROLE to its name."
        )


def _remember_keys(plain: notes.Connection, config: Config) -> None:
    known = notes.read(plain, notes.KEYS)
    if known:
        lost = keys.differences(known, config)
        if lost:
            raise OperatorError(
                f"The data were sealed with other keys; {' and '.join(lost)} differ or are "
                "missing: set the keys this database was used with before."
            )
    notes.write(plain, notes.KEYS, keys.merged(known, config))
