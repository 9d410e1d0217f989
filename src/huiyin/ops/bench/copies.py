"""Copies of lives: the same story elsewhere, on other days, of other people, with its own chain."""

import hashlib
import hmac
import random
import struct
from binascii import unhexlify
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count, pairwise
from typing import Final

from stdnum import damm

from huiyin.matters.chain import START
from huiyin.matters.numbers import scattered
from huiyin.ops.bench.binary import DAY, ID, INSTANT, NULL, Gap, Piece, parts_of, whole
from huiyin.ops.bench.gaps import STEM, raw
from huiyin.ops.bench.lives import MODELS, City, Life
from huiyin.ops.bench.patterns import Pattern, pieces_of
from huiyin.ops.bench.tallying import Cells, Moves
from huiyin.ops.demo.divisions import CITY

COUNTS: Final = "bench_counts"
SINGLE: Final = ("number", "lon", "lat", "overlay_id", STEM)
_FLOAT: Final = struct.Struct("!id")  # the length, the number
TABLES: Final = tuple(model._meta.db_table for model in MODELS)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in which a copy happens: the ids its row needs, and codes to find its units by."""

    ids: Mapping[str, bytes]  # p_place, p_grid, … → id
    codes: Mapping[int, str]  # how many digits → the code of the county, town, village
    stem: bytes
    lon: float
    lat: float
    area: int  # what is counted together


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody of whom a matter is: sealed already; `account`: empty for who has none.

    Name, phone and index are whole columns; the account is an id as it is written.
    """

    name: bytes
    phone: bytes
    index: bytes
    account: bytes = b""


@dataclass
class Counterparts:
    """Who does elsewhere what a unit, and somebody of it, does here."""

    city: City
    by_code: dict[str, str] = field(init=False)
    staff: dict[tuple[str, str], list[tuple[bytes, bytes]]] = field(init=False)
    _units: dict[tuple[str, str], str] = field(default_factory=dict)
    _parts: dict[str, tuple[str, str, str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_code = {code: pk for pk, code in self.city.units.items()}
        self.staff = {}
        for post, (unit, kind, account) in self.city.posts.items():
            somebody = post.encode(), account.encode()
            self.staff.setdefault((unit, kind), []).append(somebody)
            self.staff.setdefault((unit, ""), []).append(somebody)

    def unit(self, unit: str, spot: Spot) -> str:
        """Return the unit of the same kind in a spot; of the city, itself."""
        prefix, digits, function, many = self._named(unit)
        there = spot.codes.get(many)
        if there is None or digits == CITY[:6]:
            return unit
        key = (unit, there)
        if key not in self._units:
            # What the zone lacks is done by the city's.
            codes = (f"{prefix}-{where}-{function}".rstrip("-") for where in (there, CITY[:6]))
            found = (self.by_code.get(code) for code in codes)
            self._units[key] = next((one for one in found if one), unit)
        return self._units[key]

    def _named(self, unit: str) -> tuple[str, str, str, int]:
        """Return the parts of the code of a unit: kind, where, function, digits of where."""
        found = self._parts.get(unit)
        if found is None:
            prefix, _, rest = self.city.units[unit].partition("-")
            digits, _, function = rest.partition("-")
            found = self._parts[unit] = prefix, digits, function, len(digits)
        return found

    def somebody(self, unit: str, kind: str, lot: float) -> tuple[bytes, bytes] | None:
        """Return a post and its holder of a unit: of the same kind, else anybody.

        `lot`: which of them, from 0 to below 1.
        """
        found = self.staff.get((unit, kind)) or self.staff.get((unit, ""))
        return found[int(lot * len(found))] if found else None


class Raws(dict[bytes, bytes]):
    """Ids as their sixteen bytes, by how they are written."""

    def __missing__(self, written: bytes) -> bytes:
        found = self[written] = unhexlify(written.replace(b"-", b""))
        return found


@dataclass(slots=True)
class _Hashed:
    """An event whose hash is made anew: over what, and where its bytes go."""

    columns: Pattern
    content: Pattern
    is_same: bool  # the same body in every copy
    digest: bytes
    salt: bytes
    before: int
    at_digest: int
    at_hash: int


class Mould:
    """A life whose gaps are numbered: what a copy is poured into. Filled in place."""

    def __init__(self, life: Life, cells: Cells) -> None:
        apart = (f"column{n}" for n in count())
        tables, alone = {}, {}
        for table, rows in life.rows.items():
            parts = [parts_of(row, apart) for row in rows]
            tables[table] = [piece for pieces, _ in parts for piece in pieces]
            for _, columns in parts:
                alone.update(columns)
        hashed = [pieces_of(text) for one in life.events for text in (one.columns, one.content)]
        pieces = [_named(one) for one in (*tables.values(), *alone.values())]
        used = {one for part in (*pieces, *hashed) for one in part if isinstance(one, str)}
        # Ids of its own come first, in the order of those of the life: as bytes, then as texts.
        names = dict.fromkeys((*map(raw, life.fresh), *life.fresh))
        names.update(dict.fromkeys(sorted(used)))
        names.update(dict.fromkeys(life.units.values()))
        for some in life.actors.values():
            names.update(dict.fromkeys(some))
        names.update(dict.fromkeys(life.accounts.values()))
        others = [one for one in life.gaps.names.values() if raw(one) in names]
        names.update(dict.fromkeys(others))
        self.numbers = number = {name: n for n, name in enumerate(names)}
        self.many, self.fresh = len(names), len(life.fresh)
        self.written = [(n, number[one]) for n, one in enumerate(life.fresh) if one in used]
        self.raws = [
            (number[raw(one)], number[one]) for one in dict.fromkeys(others)
            if one not in set(life.fresh)
        ]  # fmt: skip
        self.tables = [(table, Pattern(_named(one), number)) for table, one in tables.items()]
        self.alone = [(number[name], Pattern(_named(one), number)) for name, one in alone.items()]
        self.moves = Moves(life, cells, number)
        days = life.days()
        self.days = [(number[name], day) for name, day in days if name in number]
        self.instants = [(number[one], int(one[1:])) for one in names if one.startswith("@")]
        self.dates = [(number[one], int(one[1:])) for one in names if one.startswith("#")]
        self.place = [name for name in names if name.startswith("p_")]
        self.single = {name: number.get(name, -1) for name in SINGLE}
        self.units = [(unit, number[name]) for unit, name in life.units.items()]
        self.keyed = [number[life.units[unit]] for unit in sorted(life.keyed)]
        self.actors = [
            (post, kind, number[at_post], number[at_account], number[at_unit])
            for (post, _, kind), (at_post, at_account, at_unit) in life.actors.items()
        ]
        self.contacts = [
            (
                [number.get(f"{name}{part}", -1) for part in ("name", "phone", "index")],
                number[life.accounts[name]] if name in life.accounts else -1,
            )
            for name in life.contacts
        ]
        self.events = [
            _Hashed(
                columns=Pattern(pieces_of(one.columns), number),
                content=Pattern(pieces_of(one.content), number),
                is_same=len(pieces_of(one.content)) == 1,
                digest=hmac.digest(one.salt, one.content.encode(), "sha256"), salt=one.salt,
                before=one.before, at_digest=number[f"digest{one.number}"],
                at_hash=number[f"hash{one.number}"],
            )
            for one in life.events
        ]  # fmt: skip


def _named(pieces: Sequence[Piece]) -> list[bytes | str]:
    return [one.name if isinstance(one, Gap) else one for one in pieces]


class Copier:
    """Writes copies of lives as rows for a binary COPY, by table."""

    def __init__(
        self, *, counterparts: Counterparts, people: Sequence[Somebody],
        accounts: Sequence[Somebody], seed: str, numbers: Iterator[int], key: bytes, city: str,
    ) -> None:  # fmt: skip
        self._counterparts = counterparts
        self._people, self._accounts = people, accounts
        self._rng = random.Random(seed)  # noqa: S311 a draw, no secret
        self._numbers, self._key, self._city = numbers, key, city
        self._raws = Raws()
        self.rows: dict[str, list[bytes]] = {table: [] for table in (*TABLES, COUNTS)}

    def clear(self) -> None:
        """Forget the rows that have been written."""
        for rows in self.rows.values():
            rows.clear()

    def copy(self, life: Life, mould: Mould, *, days: int, spots: Sequence[Spot]) -> None:
        """Write a life once for each spot, so many days earlier."""
        shift = timedelta(days=days)
        words = [b""] * mould.many
        for number, day in mould.days:
            words[number] = (day - shift).isoformat().encode()
        for number, micros in mould.instants:
            words[number] = INSTANT.pack(micros - shift // timedelta(microseconds=1))
        for number, day_number in mould.dates:
            words[number] = DAY.pack(day_number - days)
        opened = life.opened - shift
        prefix = _prefix(opened)
        month = f"{self._city}{opened:%y%m}"
        into = [(self.rows[table], pattern) for table, pattern in mould.tables]
        counts, bases = self.rows[COUNTS], mould.moves.earlier(shift)
        for spot in spots:
            self._put_words(words, mould, spot, prefix, month)
            _put_hashes(words, mould)
            for number, pattern in mould.alone:
                words[number] = whole(pattern.filled(words))
            for rows, pattern in into:
                rows.append(pattern.filled(words))
            counts.append(mould.moves.rows(bases, spot.area, words))

    def _put_words(
        self, words: list[bytes], mould: Mould, spot: Spot, prefix: str, month: str
    ) -> None:  # fmt: skip
        rng, number, single = self._rng, mould.numbers, mould.single
        # In the order of the first ones: what is hashed has its keys in order.
        hexes = _fresh(prefix, mould.fresh, rng)
        together = unhexlify("".join(hexes))
        words[: mould.fresh] = [together[at : at + ID] for at in range(0, len(together), ID)]
        for at, number_of in mould.written:
            one = hexes[at]
            words[number_of] = (
                f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}".encode()
            )
        for name in mould.place:
            words[number[name]] = spot.ids[name]
        units = [self._counterparts.unit(unit, spot) for unit, _ in mould.units]
        for unit, (_, at) in zip(units, mould.units, strict=True):
            words[at] = unit.encode()
        keys = [words[at] for at in mould.keyed]
        if any(later <= earlier for earlier, later in pairwise(keys)):
            # What is hashed has its keys in order: here the units themselves come.
            for unit, at in mould.units:
                words[at] = unit.encode()
        for post, kind, at_post, at_account, at_unit in mould.actors:
            found = self._counterparts.somebody(words[at_unit].decode(), kind, rng.random())
            if found is None:
                found = post.encode(), self._counterparts.city.posts[post][2].encode()
            words[at_post], words[at_account] = found
        for (at_name, at_phone, at_index), account in mould.contacts:
            among = self._people if account < 0 else self._accounts
            who = among[int(rng.random() * len(among))]
            _put(words, at_name, who.name)
            _put(words, at_phone, who.phone)
            _put(words, at_index, who.index)
            _put(words, account, who.account)
        body = f"{month}{scattered(next(self._numbers), self._key):07d}"
        words[single["number"]] = whole(f"{body}{damm.calc_check_digit(body)}".encode())
        words[single["lon"]] = _FLOAT.pack(8, spot.lon + rng.gauss(0, 0.004))
        words[single["lat"]] = _FLOAT.pack(8, spot.lat + rng.gauss(0, 0.004))
        overlay = spot.ids.get("p_overlay")
        words[single["overlay_id"]] = whole(self._raws[overlay]) if overlay else NULL
        _put(words, single[STEM], spot.stem)
        raws = self._raws
        for at_raw, written in mould.raws:
            words[at_raw] = raws[words[written]]


def _put(words: list[bytes], at: int, word: bytes) -> None:
    if at >= 0:
        words[at] = word


def _put_hashes(words: list[bytes], mould: Mould) -> None:
    """Chain the events: each over its columns, the digest of its body, the hash before it."""
    made: list[bytes] = []
    for one in mould.events:
        digest = one.digest
        if not one.is_same:
            digest = hmac.digest(one.salt, one.content.filled(words), "sha256")
        previous = made[one.before] if one.before >= 0 else START
        own = hashlib.sha256(one.columns.filled(words) + digest + previous).digest()
        made.append(own)
        words[one.at_digest] = digest
        words[one.at_hash] = own


def _prefix(day: date) -> str:
    """Return what UUIDv7 of a day begin with, up to their version."""
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    return f"{int(noon.timestamp() * 1_000):012x}7"


def _fresh(prefix: str, many: int, rng: random.Random) -> list[str]:
    """Return so many ids in their order, as digits alone."""
    lots = rng.randbytes(9 * many).hex()
    return sorted(
        f"{prefix}{lots[at : at + 3]}8{lots[at + 3 : at + 18]}" for at in range(0, 18 * many, 18)
    )
