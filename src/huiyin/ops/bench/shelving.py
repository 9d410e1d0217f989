"""Indexes and constraints of tables, taken away while they are filled and put back at the end.

Meanwhile nobody tidies those tables up: who fills them does so at the end.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import connection

_CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid)
FROM pg_constraint
WHERE (conrelid = ANY(%s::regclass[]) AND contype IN ('p', 'u', 'x', 'f'))
   OR (confrelid = ANY(%s::regclass[]) AND contype = 'f')
ORDER BY contype = 'f', contype <> 'p', conname
"""
_INDEXES: Final = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
"""


@dataclass(slots=True)
class Shelf:
    """What was taken away, as the statements that bring it back."""

    statements: list[str]

    def put_back(self) -> None:
        """Make everything again; twice does nothing."""
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '1GB'")
            cursor.execute("SET max_parallel_maintenance_workers = 2")
            while self.statements:
                cursor.execute(self.statements[0])
                del self.statements[0]


@contextmanager
def shelved(tables: Sequence[str]) -> Iterator[Shelf]:
    """Take away the indexes and constraints of tables; they are put back at the end at the latest.

    A process that is killed in between leaves a database that is of no use: fill a new one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [list(tables)])
        indexes = cursor.fetchall()
        cursor.execute(_CONSTRAINTS, [list(tables), list(tables)])
        constraints = cursor.fetchall()
        back = [
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            for table, name, kind, definition in constraints
            if kind != "f"
        ]
        back += [definition for _, definition in indexes]
        back += [
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            for table, name, kind, definition in constraints
            if kind == "f"
        ]
        back += [f"ALTER TABLE {table} RESET (autovacuum_enabled)" for table in tables]
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
        for table, name, _, _ in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    shelf = Shelf(back)
    try:
        yield shelf
    finally:
        shelf.put_back()
