"""The gaps of a life: which of its words are others in every copy, in texts and in columns."""

import re
import struct
from binascii import unhexlify
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from huiyin.ops.bench.binary import ANY, DAY, ID, INSTANT, Column, Gap, Piece
from huiyin.ops.bench.patterns import gap, has_gap, pieces_of

UUIDS: Final = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_DATE: Final = r"(?<![0-9])20[0-9]{2}-[01][0-9]-[0-3][0-9](?![0-9])"
TOKENS: Final = re.compile(f"{UUIDS}|{_DATE}")
STEM: Final = "stem"
_DAY_WRITTEN: Final = len("2026-01-01")
_ID_WRITTEN: Final = 36
# Types of PostgreSQL by their numbers, which never change.
JSONB, TEXT, VARCHAR, DATE, TIMESTAMPTZ, UUID_, UUID_LIST = 3802, 25, 1043, 1082, 1184, 2950, 2951
_JSONB_VERSION: Final = b"\x01"
_LIST: Final = struct.Struct("!iii")  # of an array: dimensions, whether there are NULLs, type
_DIMENSION: Final = struct.Struct("!ii")


def raw(name: str) -> str:
    """Return what a gap is called where the sixteen bytes of its id stand."""
    return f"raw {name}"


def both(written: str) -> tuple[bytes, bytes]:
    """Return the words of an id: as it is written, and its sixteen bytes."""
    return written.encode(), unhexlify(written.replace("-", ""))


def instant(micros: int) -> Gap:
    """Return the gap of an instant; its name says what stood there."""
    return Gap(f"@{micros}", INSTANT.size)


def day(number: int) -> Gap:
    """Return the gap of a day, in the same way."""
    return Gap(f"#{number}", DAY.size)


class Gaps:
    """Which words of a life are gaps, and what the gaps are called."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self._widths: dict[str, int] = {STEM: ANY}
        self._ids: dict[bytes, str] = {}

    def add(self, word: str, name: str) -> str:
        """Make a word a gap; the first name it gets stays. Returns the name."""
        name = self.names.setdefault(word, name)
        self._widths[name] = len(word)
        if len(word) == _ID_WRITTEN:
            self._ids[both(word)[1]] = name
        return name

    def days(self) -> list[str]:
        """Return the days that stand in the texts of the life."""
        return [word for word in self.names if len(word) == _DAY_WRITTEN]

    def cut(self, text: str) -> str:
        """Return a text with its gaps."""
        out, end = [], 0
        for found in TOKENS.finditer(text):
            name = self.names.get(found[0])
            if name is None and len(found[0]) == _DAY_WRITTEN and _is_day(found[0]):
                name = self.add(found[0], f"d{len(self.names)}")
            if name is None:
                continue
            out.append(text[end : found.start()])
            out.append(gap(name))
            end = found.end()
        out.append(text[end:])
        return "".join(out)

    def column(self, kind: int, value: bytes | None) -> Column:
        """Return a column with its gaps; `kind`: the number of its type."""
        if value is None:
            return None
        cutting = _CUTTING.get(kind)
        return cutting(self, value) if cutting else [value]

    def words(self, text: str) -> list[Piece]:
        """Return a text that has its gaps already as a column."""
        return [
            Gap(one, self._widths[one]) if isinstance(one, str) else one for one in pieces_of(text)
        ]

    def _id(self, value: bytes) -> Piece:
        name = self._ids.get(value)
        return Gap(raw(name), ID) if name else value


def _text(gaps: Gaps, value: bytes) -> list[Piece]:
    if len(value) < _DAY_WRITTEN and not has_gap(value):
        return [value]
    return gaps.words(gaps.cut(value.decode()))


def _json(gaps: Gaps, value: bytes) -> list[Piece]:
    return [_JSONB_VERSION, *_text(gaps, value.removeprefix(_JSONB_VERSION))]


def _ids(gaps: Gaps, value: bytes) -> list[Piece]:
    dimensions = _LIST.unpack_from(value)[0]
    start = _LIST.size + dimensions * _DIMENSION.size
    pieces: list[Piece] = [value[:start]]
    for at in range(start, len(value), 4 + ID):
        pieces += [value[at : at + 4], gaps._id(value[at + 4 : at + 4 + ID])]
    return pieces


_CUTTING: Final[Mapping[int, Callable[[Gaps, bytes], list[Piece]]]] = {
    JSONB: _json, TEXT: _text, VARCHAR: _text, UUID_LIST: _ids,
    UUID_: lambda gaps, value: [gaps._id(value)],
    TIMESTAMPTZ: lambda _, value: [instant(INSTANT.unpack(value)[0])],
    DATE: lambda _, value: [day(DAY.unpack(value)[0])],
}  # fmt: skip


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
