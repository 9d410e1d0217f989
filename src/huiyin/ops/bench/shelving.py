"""Indexes and constraints of tables, taken away while they are filled and put back at the end.

Meanwhile nobody tidies those tables up: who fills them does so at the end.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

TOGETHER: Final = 2  # indexes that are built at the same time
# More processes for one index only where cores are left: two indexes and the counts are at work.
HELPERS: Final = min(max((os.cpu_count() or 1) - TOGETHER - 1, 0), 2)
_CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid),
    CASE WHEN contype IN ('p', 'u') AND NOT condeferrable THEN pg_get_indexdef(conindid) END
FROM pg_constraint
WHERE (conrelid = ANY(%s::regclass[]) AND contype IN ('p', 'u', 'x', 'f'))
   OR (confrelid = ANY(%s::regclass[]) AND contype = 'f')
ORDER BY contype = 'f', contype <> 'p', conname
"""
_INDEXES: Final = """
SELECT indrelid::regclass::text, indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid = ANY(%s::regclass[])
  AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
"""
_ON_AN_INDEX: Final = {"p": "PRIMARY KEY", "u": "UNIQUE"}
_SIZES: Final = """
SELECT name FROM unnest(%s::text[]) AS name ORDER BY pg_table_size(name::regclass) DESC
"""


@dataclass(slots=True)
class Shelf:
    """What was taken away, as the statements that bring it back, in their order.

    `indexes`: by table. `constraints`: what stands on them, and links. `checks`: what tells
    PostgreSQL to look whether links between tables hold, by table.
    """

    indexes: dict[str, list[str]] = field(default_factory=dict)
    constraints: list[str] = field(default_factory=list)
    checks: dict[str, list[str]] = field(default_factory=dict)

    def put_back(self) -> None:
        """Make everything again; twice does nothing."""
        self.build()
        for table in list(self.checks):
            self.check(table)

    def build(self) -> None:
        """Make everything again but the looking at what is there: links hold for what comes.

        Indexes of a table are built beside each other: it is read from the disk once for both.
        """
        tables = by_size([*self.indexes])
        # Whoever is free takes the next one.
        waiting = iter([(table, one) for table in tables for one in self.indexes[table]])
        with ThreadPoolExecutor(TOGETHER) as pool:
            for _ in pool.map(self._make, [waiting] * TOGETHER):
                pass
        _run(self.constraints)

    def _make(self, waiting: Iterator[tuple[str, str]]) -> None:
        try:
            for table, statement in waiting:
                _run([statement])
                self.indexes[table].remove(statement)
        finally:
            connection.close()  # of this thread

    def check(self, table: str) -> None:
        """Look whether the links of a table hold; several tables can be looked at together."""
        _run(self.checks.pop(table, []))


def by_size(tables: list[str]) -> list[str]:
    """Return tables, the largest first."""
    with connection.cursor() as cursor:
        cursor.execute(_SIZES, [tables])
        return [name for (name,) in cursor.fetchall()]


def _run(statements: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(f"SET max_parallel_maintenance_workers = {HELPERS}")
        while statements:
            cursor.execute(statements[0])
            del statements[0]


@contextmanager
def shelved(tables: Sequence[str], *, only_links: bool = False) -> Iterator[Shelf]:
    """Take away the indexes and constraints of tables; they are put back at the end at the latest.

    Links are made first and looked at afterwards: that locks nothing another table waits for.

    `only_links`: nothing but what one table demands of another.

    A process that is killed in between leaves a database that is of no use: fill a new one.
    """
    with connection.cursor() as cursor:
        cursor.execute(_INDEXES, [list(tables)])
        indexes = [] if only_links else cursor.fetchall()
        cursor.execute(_CONSTRAINTS, [list(tables), list(tables)])
        constraints = [one for one in cursor.fetchall() if one[2] == "f" or not only_links]
        shelf = Shelf()
        for table, name, kind, definition, index in constraints:
            adding = f'ALTER TABLE {table} ADD CONSTRAINT "{name}"'
            if kind == "f":
                shelf.constraints.append(f"{adding} {definition} NOT VALID")
                check = f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"'
                shelf.checks.setdefault(table, []).append(check)
            elif index:
                shelf.indexes.setdefault(table, []).append(index)
                shelf.constraints.append(f'{adding} {_ON_AN_INDEX[kind]} USING INDEX "{name}"')
            else:
                shelf.constraints.append(f"{adding} {definition}")
        for table, _, definition in indexes:
            shelf.indexes.setdefault(table, []).append(definition)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
            shelf.constraints.append(f"ALTER TABLE {table} RESET (autovacuum_enabled)")
        for table, name, *_ in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _, name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    try:
        yield shelf
    finally:
        shelf.put_back()
