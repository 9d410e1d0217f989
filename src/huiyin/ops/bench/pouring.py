"""Rows out of several processes into tables: one connection and one COPY for each table.

A table that is emptied and filled in one transaction needs no log of what is written
(`wal_level=minimal`), and its pages lie there as if they had been tidied up: they are written once.
PostgreSQL allows that to one connection a table, so all who make rows write into the same one, one
after the other, as messages of its protocol.
"""

import os
import select
import struct
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.synchronize import Lock
from typing import Any, Final

from django.db import connection
from psycopg import sql

from huiyin.ops.bench.binary import HEADER
from huiyin.ops.errors import OperatorError

Rows = Mapping[str, list[bytes]]
_DATA: Final = struct.Struct("!ci")  # before the rows of a message: its letter, its length
_LENGTH: Final = 4  # bytes of the length, which it counts too


def pour(
    tables: Mapping[str, Sequence[str]], makers: Sequence[Callable[[], Iterable[Rows]]], *,
    anew: bool,
) -> None:  # fmt: skip
    """Write what the makers yield, each in a process of its own; `tables`: columns, empty for all.

    Rows are those of a binary COPY.

    `anew`: tables are emptied and written again with what was in them; nobody else may look at
    them meanwhile. Raises OperatorError when a maker has ended early.
    """
    context = get_context("fork")
    connection.close()  # nobody shares it
    with ExitStack() as stack:
        into = {
            table: (stack.enter_context(_copy(table, columns, anew=anew)), context.Lock())
            for table, columns in tables.items()
        }
        processes = [context.Process(target=_make, args=(maker, into)) for maker in makers]
        try:
            for one in processes:
                one.start()
            for one in processes:
                one.join()
        finally:
            for one in processes:
                one.kill()
                one.join()
        if any(one.exitcode for one in processes):
            raise OperatorError("The copies could not be written: see the message above.")


def _make(maker: Callable[[], Iterable[Rows]], into: Mapping[str, tuple[int, Lock]]) -> None:
    for rows in maker():
        for table, (socket, lock) in into.items():
            if rows[table]:
                many = sum(map(len, rows[table]))
                message = b"".join((_DATA.pack(b"d", many + _LENGTH), *rows[table]))
                with lock:
                    _send(socket, message)


def _send(socket: int, message: bytes) -> None:
    left = memoryview(message)
    while left:
        try:
            left = left[os.write(socket, left) :]
        except BlockingIOError:
            select.select((), (socket,), ())


@contextmanager
def _copy(table: str, columns: Sequence[str], *, anew: bool) -> Iterator[int]:
    """Begin the COPY of a table; yield its socket. It is kept when the block ends without error."""
    own = connection.copy()
    own.connect()
    try:
        own.set_autocommit(False)
        with own.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            if anew:
                _write_again(cursor, table)
            with cursor.copy(copying(table, columns, anew=anew)) as into:
                into.write(HEADER)
                while own.connection.pgconn.flush():  # before what others write
                    pass
                yield own.connection.fileno()
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
    statement = sql.SQL("COPY {}{} FROM STDIN WITH (FORMAT binary{})").format(
        sql.Identifier(table), named if columns else sql.SQL(""),
        sql.SQL(", FREEZE" if anew else ""),
    )  # fmt: skip
    return statement.as_string(None)
