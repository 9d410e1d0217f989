"""Rows out of several processes into tables: one connection and one COPY for each table.

A table that is emptied and filled in one transaction needs no log of what is written
(`wal_level=minimal`), and its pages lie there as if they had been tidied up: they are written once.
PostgreSQL allows that to one connection a table, so those who make the rows hand them to it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection
from threading import Lock, Thread
from typing import Any, Final

from django.db import connection
from psycopg import sql

from huiyin.ops.errors import OperatorError

Rows = Mapping[str, list[bytes]]
_HEAD: Final = 1  # one byte before the rows: which table


@dataclass(slots=True)
class _Spout:
    """The COPY of one table, written to by one thread at a time."""

    write: Callable[[memoryview], None]
    lock: Lock = field(default_factory=Lock)


def pour(
    tables: Mapping[str, Sequence[str]], makers: Sequence[Callable[[], Iterable[Rows]]], *,
    anew: bool,
) -> None:  # fmt: skip
    """Write what the makers yield, each in a process of its own; `tables`: columns, empty for all.

    `anew`: tables are emptied and written again with what was in them; nobody else may look at
    them meanwhile. Raises OperatorError when a maker has ended early.
    """
    names = list(tables)
    context = get_context("fork")
    connection.close()  # nobody shares it
    started = []
    for maker in makers:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_make, args=(maker, names, theirs))
        process.start()
        theirs.close()
        started.append((process, ours))
    try:
        with ExitStack() as stack:
            spouts = [
                stack.enter_context(_spout(table, columns, anew=anew))
                for table, columns in tables.items()
            ]
            relays = [_Relay(ours, spouts) for _, ours in started]
            for one in relays:
                one.start()
            for one in relays:
                one.join()
            if not all(one.is_whole for one in relays):
                raise OperatorError("The copies could not be written: see the message above.")
    finally:
        for process, ours in started:
            ours.close()
            process.join()


def _make(maker: Callable[[], Iterable[Rows]], tables: Sequence[str], into: Connection) -> None:
    for rows in maker():
        for number, table in enumerate(tables):
            if rows[table]:
                into.send_bytes(b"".join((bytes((number,)), *rows[table])))
    into.send_bytes(b"")
    into.close()


class _Relay(Thread):
    """Hands on the rows of one maker; `is_whole`: until it said that these were all."""

    def __init__(self, rows: Connection, spouts: Sequence[_Spout]) -> None:
        super().__init__(daemon=True)
        self._rows, self._spouts = rows, spouts
        self.is_whole = False

    def run(self) -> None:
        try:
            while found := self._rows.recv_bytes():
                spout = self._spouts[found[0]]
                with spout.lock:
                    spout.write(memoryview(found)[_HEAD:])
        except (EOFError, OSError):
            return
        self.is_whole = True


@contextmanager
def _spout(table: str, columns: Sequence[str], *, anew: bool) -> Iterator[_Spout]:
    """Open the COPY of a table; what was written is kept when the block ends without an error."""
    own = connection.copy()
    own.connect()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            if anew:
                _write_again(cursor, table)
            with cursor.copy(copying(table, columns, anew=anew)) as into:
                yield _Spout(into.write)
        own.commit()
    finally:
        own.close()


def _write_again(cursor: Any, table: str) -> None:
    """Empty a table and write the same rows into it, so that what follows needs no log."""
    named = sql.SQL(", ").join(map(sql.Identifier, _all_columns(cursor, table)))
    names = {"table": sql.Identifier(table), "columns": named}
    for statement in (
        "CREATE TEMPORARY TABLE bench_kept ON COMMIT DROP AS SELECT {columns} FROM {table}",
        "TRUNCATE {table}",
        "INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM bench_kept",
    ):
        cursor.execute(sql.SQL(statement).format(**names))


def _all_columns(cursor: Any, table: str) -> list[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attgenerated = '' ORDER BY attnum",
        [table],
    )
    return [name for (name,) in cursor.fetchall()]


def copying(table: str, columns: Sequence[str], *, anew: bool) -> str:
    """Return the statement that takes rows of a table in; `anew`: emptied in this transaction."""
    named = sql.SQL(" ({})").format(sql.SQL(", ").join(map(sql.Identifier, columns)))
    statement = sql.SQL("COPY {}{} FROM STDIN{}").format(
        sql.Identifier(table), named if columns else sql.SQL(""),
        sql.SQL(" WITH (FREEZE)" if anew else ""),
    )  # fmt: skip
    return statement.as_string(None)
