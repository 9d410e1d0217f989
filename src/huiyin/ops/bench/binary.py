"""Rows as PostgreSQL's binary COPY writes and reads them, their columns cut into pieces.

Nothing has to be read twice: an id is sixteen bytes, an instant eight, and the database takes them
as they are. A row is a list of columns; a column is a list of pieces, each bytes or a gap, or None
for NULL.
"""

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

HEADER: Final = b"PGCOPY\n\xff\r\n\0" + bytes(8)  # no flags, nothing more before the rows
NULL: Final = b"\xff\xff\xff\xff"
ID: Final = 16  # bytes of a UUID
INSTANT: Final = struct.Struct("!q")  # microseconds since 2000
DAY: Final = struct.Struct("!i")  # days since 2000
_MANY: Final = struct.Struct("!h")
_LENGTH: Final = struct.Struct("!i")
_END: Final = -1


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of a column: how many bytes its words have.

    `OWN`: whatever it is, it is the whole column and brings its length along; see `whole`.
    `ANY`: words of different lengths, among others in the column.
    """

    name: str
    width: int


OWN: Final = -1
ANY: Final = -2
Piece = bytes | Gap
Column = list[Piece] | None
Row = list[Column]


def whole(value: bytes) -> bytes:
    """Return a value of a column with its length before it."""
    return _LENGTH.pack(len(value)) + value


def rows_in(data: bytes) -> Iterator[list[bytes | None]]:
    """Yield the columns of every row of what a binary COPY gave out."""
    at = len(HEADER)
    while (many := _MANY.unpack_from(data, at)[0]) != _END:
        at += _MANY.size
        row: list[bytes | None] = []
        for _ in range(many):
            (length,) = _LENGTH.unpack_from(data, at)
            at += _LENGTH.size
            row.append(data[at : at + length] if length >= 0 else None)
            at += max(length, 0)
        yield row


def rows_as(rows: Iterable[Sequence[bytes | None]]) -> bytes:
    """Return rows as binary COPY takes them, without what stands before the first."""
    return b"".join(
        _MANY.pack(len(row)) + b"".join(NULL if one is None else whole(one) for one in row)
        for row in rows
    )


def parts_of(row: Row, names: Iterator[str]) -> tuple[list[Piece], dict[str, list[Piece]]]:
    """Return a row as one list of pieces, and the columns whose length only their words tell.

    Each of those is one gap here, with one of `names`: a word for it is the filled column, `whole`.
    """
    pieces: list[Piece] = [_MANY.pack(len(row))]
    apart: dict[str, list[Piece]] = {}
    for column in row:
        if column is None:
            pieces.append(NULL)
            continue
        widths = [one.width if isinstance(one, Gap) else len(one) for one in column]
        if OWN in widths:
            pieces += column
        elif ANY in widths:
            name = next(names)
            apart[name] = column
            pieces.append(Gap(name, OWN))
        else:
            pieces += [_LENGTH.pack(sum(widths)), *column]
    return pieces, apart
