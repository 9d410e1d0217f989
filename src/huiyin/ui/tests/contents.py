"""What a new database holds, kept to be brought back after a test that commits.

Django empties all tables then: it truncates them, which makes new files for each table and index,
and asks every application for the rows of a new database again. That takes longer than most tests.
Here the rows that are there are deleted, and those of the new database copied in.
"""

from django.db import OperationalError, connection, transaction
from psycopg.errors import DeadlockDetected

TRIES = 5


def may_put_triggers_aside() -> bool:
    """Tell whether we may write without triggers; in the database of a developer we may not."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_parameter_privilege('session_replication_role', 'SET')")
        (may,) = cursor.fetchone()
    return bool(may)


class Contents:
    """The rows of all tables of the models, as they are when this is made."""

    def __init__(self) -> None:
        names = connection.introspection.django_table_names(only_existing=True)
        self._tables = [connection.ops.quote_name(name) for name in names]
        self._rows = {table: _copied(table) for table in self._filled()}

    def restore(self) -> None:
        """Have the tables hold these rows and no others. Whoever is still writing comes first."""
        for _ in range(TRIES - 1):
            try:
                return self._restore()
            except OperationalError as error:
                if not isinstance(error.__cause__, DeadlockDetected):
                    raise
        return self._restore()

    def _restore(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                f"LOCK TABLE {', '.join(self._tables)} IN SHARE ROW EXCLUSIVE MODE;"
                "SET LOCAL session_replication_role = replica"  # no trigger and no foreign key
            )
            for table in self._filled():
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            for table, rows in self._rows.items():
                with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                    copy.write(rows)
            cursor.execute("SET LOCAL session_replication_role = origin")

    def _filled(self) -> list[str]:
        """Return the tables that hold something."""
        with connection.cursor() as cursor:
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT {number} WHERE EXISTS (SELECT FROM {table})"  # noqa: S608
                    for number, table in enumerate(self._tables)
                )
            )
            return [self._tables[number] for (number,) in cursor.fetchall()]


def _copied(table: str) -> bytes:
    with connection.cursor() as cursor, cursor.copy(f"COPY {table} TO STDOUT") as copy:
        return b"".join(bytes(part) for part in copy)
