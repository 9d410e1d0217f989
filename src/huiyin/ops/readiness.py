"""Is this installation able to work? Each check answers "ok" or what is wrong, without secrets."""

import shutil
from collections.abc import Mapping
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from huiyin.matters import keeping, watching

DISK_MB = 200
HEARTBEAT_SECONDS = 60
OK = "ok"
TOLD_ONLY = ("limits",)  # pages work all the same while the worker catches up


def checks() -> dict[str, str]:
    """Return the state of database, migrations, worker, limits and disk."""
    answers = {"disk": disk()}
    try:
        answers |= {"database": database(), "migrations": migrations(), "worker": worker()}
        answers["limits"] = limits() if answers["migrations"] == OK else "unknown"
    except DatabaseError:
        names = ("migrations", "worker", "limits")
        answers |= {"database": "unreachable"} | dict.fromkeys(names, "unknown")
    return dict(sorted(answers.items()))


def is_ready(answers: Mapping[str, str]) -> bool:
    """Tell whether people can be let in."""
    return all(answer == OK for name, answer in answers.items() if name not in TOLD_ONLY)


def database() -> str:
    """Ask the database for anything at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def migrations() -> str:
    """Compare what this version brings with what the database has had."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('django_migrations')")
        if cursor.fetchone() == (None,):
            return "the database is empty: run huiyin migrate"
        cursor.execute("SELECT app, name FROM django_migrations")
        applied = set(cursor.fetchall())
    missing = known_migrations() - applied
    return f"{len(missing)} to do: run huiyin migrate" if missing else OK


def worker() -> str:
    """Look for a worker that has shown itself within the last minute."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('procrastinate_workers')")
        if cursor.fetchone() == (None,):
            return "unknown"
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers"
            " WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [HEARTBEAT_SECONDS],
        )
        (alive,) = cursor.fetchone()
    return OK if alive else "none is running: start huiyin worker"


def limits() -> str:
    """Look whether the keeper of limits keeps up."""
    at = timezone.now()
    if not watching.is_late(at=at):
        return OK
    return f"{keeping.lag(at=at) / 60:.0f} minutes behind: look at huiyin worker"


def disk() -> str:
    """Look at the disks of the data folder and of the files."""
    folders = [folder for folder in (settings.HUIYIN.var, settings.HUIYIN.files) if folder.exists()]
    free_mb = min((shutil.disk_usage(folder).free // 1_000_000 for folder in folders), default=0)
    return OK if free_mb >= DISK_MB else f"{free_mb} MB free, {DISK_MB} MB needed"


@cache
def known_migrations() -> frozenset[tuple[str, str]]:
    """Return the migrations this version brings; read once, they do not change while it runs."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return frozenset(loader.disk_migrations)
