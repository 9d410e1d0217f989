"""`migrate` of Django, with an executor that is quick on an empty database (`ops.migrating`)."""

from typing import Any

from django.core.management.commands import migrate

from huiyin.ops.migrating import Executor


class Command(migrate.Command):
    """Bring the database to the newest version of every app, or one app to any version."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate. The original takes the name of its executor from its own module."""
        original = migrate.MigrationExecutor  # type: ignore[attr-defined]
        migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]
        try:
            super().handle(*args, **options)
        finally:
            migrate.MigrationExecutor = original  # type: ignore[attr-defined]
