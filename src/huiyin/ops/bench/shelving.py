"""Indexes and constraints of tables, taken away while they are filled and put back at the end.

Meanwhile nobody tidies those tables up: who fills them does so at the end.
"""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from django.db import connection

TOGETHER: Final = 2  # tables whose indexes are built at the same time
# More processes for one index only where cores are left: two tables and the counts are at work.
HELPERS: Final = min(max((os.cpu_count() or 1) - TOGETHER - 1, 0), 2)
_CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, conname, contype, pg_get_constraintdef(oid)
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
_SIZES: Final = """
SELECT name FROM unnest(%s::text[]) AS name ORDER BY pg_table_size(name::regclass) DESC
"""


@dataclass(slots=True)
class Shelf:
    """What was taken away, as the statements that bring it back: by table, and at the end.

    `checks`: what tells PostgreSQL to look whether links between tables hold, by table.
    """

    by_table: dict[str, list[str]]
    at_the_end: list[str]
    checks: dict[str, list[str]]

    def put_back(self) -> None:
        """Make everything again; twice does nothing."""
        self.build()
        for table in list(self.checks):
            self.check(table)

    def build(self) -> None:
        """Make everything again but the looking at what is there: links hold for what comes."""
        tables = by_size(list(self.by_table))
        if connection.in_atomic_block or len(tables) <= 1:  # nobody else can see these tables
            for table in tables:
                _run(self.by_table[table])
        else:
            with ThreadPoolExecutor(TOGETHER) as pool:
                for _ in pool.map(_run_apart, (self.by_table[table] for table in tables)):
                    pass
        self.by_table.clear()
        _run(self.at_the_end)

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


def _run_apart(statements: list[str]) -> None:
    try:
        _run(statements)
    finally:
        connection.close()  # of this thread


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
        shelf = Shelf({}, [], {})
        for table, name, kind, definition in constraints:
            statement = f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}'
            if kind == "f":
                shelf.at_the_end.append(f"{statement} NOT VALID")
                check = f'ALTER TABLE {table} VALIDATE CONSTRAINT "{name}"'
                shelf.checks.setdefault(table, []).append(check)
            else:
                shelf.by_table.setdefault(table, []).append(statement)
        for table, _, definition in indexes:
            shelf.by_table.setdefault(table, []).append(definition)
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")
            shelf.at_the_end.append(f"ALTER TABLE {table} RESET (autovacuum_enabled)")
        for table, name, _, _ in reversed(constraints):
            cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        for _, name, _ in indexes:
            cursor.execute(f"DROP INDEX {name}")
    try:
        yield shelf
    finally:
        shelf.put_back()
