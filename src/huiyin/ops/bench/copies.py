"""Copies of lives: the same story elsewhere, on other days, of other people, with its own chain."""

import hashlib
import hmac
import random
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Final, NamedTuple

from stdnum import damm

from huiyin.matters.chain import START
from huiyin.matters.numbers import scattered
from huiyin.ops.bench.binary import DAY, INSTANT, Gap, Piece, parts_of, whole
from huiyin.ops.bench.gaps import STEM, both, raw
from huiyin.ops.bench.lives import MODELS, City, Event, Life
from huiyin.ops.bench.patterns import Pattern, pieces_of
from huiyin.ops.bench.tallying import Cells, Moves
from huiyin.ops.demo.divisions import CITY

COUNTS: Final = "bench_counts"
SINGLE: Final = ("number", "lon", "lat", STEM)
_VERSION: Final = b"\x70"
_VARIANT: Final = b"\x80"
AFTERNOON: Final = 8 * 3_600_000  # milliseconds
_FLOAT: Final = struct.Struct("!id")  # the length, the number
TABLES: Final = tuple(model._meta.db_table for model in MODELS)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in which a copy happens: the words for its ids, and codes to find its units by."""

    ids: Mapping[str, bytes]  # p_place, p_grid, … → id
    codes: Mapping[int, str]  # how many digits → the code of the county, town, village
    stem: bytes
    lon: float
    lat: float
    area: int  # what is counted together


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody of whom a matter is: sealed already; `account`: empty for who has none.

    Name, phone and index are whole columns; the account is the words of its id.
    """

    name: bytes
    phone: bytes
    index: bytes
    account: tuple[bytes, bytes] = (b"", b"")


class Office(NamedTuple):
    """A unit that acts: the words of its id, and its number where it is counted."""

    written: bytes
    raw: bytes
    number: int


Holder = tuple[bytes, bytes, bytes, bytes]  # the words of a post, then those of its account


@dataclass
class Counterparts:
    """Who does elsewhere what a unit, and somebody of it, does here."""

    city: City
    numbers: Mapping[str, int]  # of units
    offices: dict[str, Office] = field(init=False)
    by_code: dict[str, Office] = field(init=False)
    staff: dict[tuple[bytes, str], list[Holder]] = field(init=False)
    _units: dict[tuple[str, str], Office] = field(default_factory=dict)
    _parts: dict[str, tuple[str, str, str, int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.offices = {pk: Office(*both(pk), self.numbers[pk]) for pk in self.city.units}
        self.by_code = {code: self.offices[pk] for pk, code in self.city.units.items()}
        self.staff = {}
        for post, (unit, kind, account) in self.city.posts.items():
            somebody = (*both(post), *both(account))
            for known in (kind, ""):
                self.staff.setdefault((unit.encode(), known), []).append(somebody)

    def unit(self, unit: str, spot: Spot) -> Office:
        """Return the unit of the same kind in a spot; of the city, itself."""
        prefix, digits, function, many = self._named(unit)
        there = spot.codes.get(many)
        if there is None or digits == CITY[:6]:
            return self.offices[unit]
        key = (unit, there)
        found = self._units.get(key)
        if found is None:
            # What the zone lacks is done by the city's.
            codes = (f"{prefix}-{where}-{function}".rstrip("-") for where in (there, CITY[:6]))
            known = (self.by_code.get(code) for code in codes)
            found = next((one for one in known if one), self.offices[unit])
            self._units[key] = found
        return found

    def _named(self, unit: str) -> tuple[str, str, str, int]:
        """Return the parts of the code of a unit: kind, where, function, digits of where."""
        found = self._parts.get(unit)
        if found is None:
            prefix, _, rest = self.city.units[unit].partition("-")
            digits, _, function = rest.partition("-")
            found = self._parts[unit] = prefix, digits, function, len(digits)
        return found

    def somebody(self, unit: bytes, kind: str, lot: float) -> Holder | None:
        """Return a post and its holder of a unit: of the same kind, else anybody.

        `lot`: which of them, from 0 to below 1.
        """
        found = self.staff.get((unit, kind)) or self.staff.get((unit, ""))
        return found[int(lot * len(found))] if found else None

    def holder(self, post: str) -> Holder:
        """Return a post and its holder."""
        return (*both(post), *both(self.city.posts[post][2]))


@dataclass(slots=True)
class _Hashed:
    """An event whose hash is made anew: over what, and where its bytes go."""

    chained: Pattern  # its columns, the digest of its body, the hash before it
    content: Pattern
    digest: bytes  # of the body; empty where it is another one in every copy
    inner: "hashlib._Hash"  # SHA-256 that have taken in the salt: together they are its HMAC
    outer: "hashlib._Hash"
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
        ids = [*life.units.values(), *life.accounts.values()]
        ids += [one for some in life.actors.values() for one in some]
        names.update(dict.fromkeys((*ids, *map(raw, ids))))
        self.numbers = number = {name: n for n, name in enumerate(names)}
        self.many, self.fresh = len(names), len(life.fresh)
        self.written = [(n, number[one]) for n, one in enumerate(life.fresh) if one in used]
        self.tables = [(table, Pattern(_named(one), number)) for table, one in tables.items()]
        self.alone = [(number[name], Pattern(_named(one), number)) for name, one in alone.items()]
        self.moves = Moves(life, cells)
        days = life.days()
        self.days = [(number[name], day) for name, day in days if name in number]
        self.instants = [(number[one], int(one[1:])) for one in names if one.startswith("@")]
        self.dates = [(number[one], int(one[1:])) for one in names if one.startswith("#")]
        self.place = [
            (at, name) for name, at in number.items()
            if name.removeprefix(raw("")).startswith("p_") or name == "overlay_id"
        ]  # fmt: skip
        self.single = {name: number.get(name, -1) for name in SINGLE}
        self.units = [(unit, number[one], number[raw(one)]) for unit, one in life.units.items()]
        places = {unit: at for at, unit in enumerate(life.units)}
        self.keyed = [places[unit] for unit in sorted(life.keyed)]
        self.actors = [
            (post, kind, number[unit], number[at], number[raw(at)], number[who], number[raw(who)])
            for (post, _, kind), (at, who, unit) in life.actors.items()
        ]
        self.contacts = [
            (
                [number.get(f"{name}{part}", -1) for part in ("name", "phone", "index")],
                number[life.accounts[name]] if name in life.accounts else -1,
                number[raw(life.accounts[name])] if name in life.accounts else -1,
            )
            for name in life.contacts
        ]
        self.events = [_hashed(one, number) for one in life.events]


def _hashed(one: Event, numbers: Mapping[str, int]) -> _Hashed:
    digest, own = f"digest{one.number}", f"hash{one.number}"
    before = f"hash{one.before}" if one.before >= 0 else START
    content = pieces_of(one.content)
    is_same = len(content) == 1
    key = one.salt.ljust(hashlib.sha256().block_size, b"\0")
    return _Hashed(
        chained=Pattern([*pieces_of(one.columns), digest, before], numbers),
        content=Pattern(content, numbers),
        digest=hmac.digest(one.salt, one.content.encode(), "sha256") if is_same else b"",
        inner=hashlib.sha256(key.translate(hmac.trans_36)),
        outer=hashlib.sha256(key.translate(hmac.trans_5C)),
        at_digest=numbers[digest], at_hash=numbers[own],
    )  # fmt: skip


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
        self._none = len(counterparts.numbers) - 1
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
        noon = _noon(opened)
        month = f"{self._city}{opened:%y%m}"
        into = [(self.rows[table], pattern) for table, pattern in mould.tables]
        counts, bases = self.rows[COUNTS], mould.moves.earlier(shift)
        for spot in spots:
            units = self._put_words(words, mould, spot, noon, month)
            _put_hashes(words, mould)
            for number, pattern in mould.alone:
                words[number] = whole(pattern.filled(words))
            for rows, pattern in into:
                rows.append(pattern.filled(words))
            counts.append(mould.moves.rows(bases, spot.area, units))

    def _put_words(
        self, words: list[bytes], mould: Mould, spot: Spot, noon: int, month: str
    ) -> list[int]:  # fmt: skip
        """Put in what is other in every copy; return the numbers of its units, and that of none."""
        rng, single = self._rng, mould.single
        # In the order of the first ones: what is hashed has its keys in order.
        fresh = words[: mould.fresh] = _fresh(noon, mould.fresh, rng)
        for own, at in mould.written:
            one = fresh[own].hex()
            words[at] = f"{one[:8]}-{one[8:12]}-{one[12:16]}-{one[16:20]}-{one[20:]}".encode()
        ids = spot.ids
        for at, name in mould.place:
            words[at] = ids[name]
        counterpart = self._counterparts.unit
        units = [counterpart(unit, spot) for unit, _, _ in mould.units]
        keys = [units[at].written for at in mould.keyed]
        if keys != sorted(set(keys)):
            # What is hashed has its keys in order: here the units themselves come.
            units = [self._counterparts.offices[unit] for unit, _, _ in mould.units]
        for unit, (_, at, at_raw) in zip(units, mould.units, strict=True):
            words[at], words[at_raw], _ = unit
        for post, kind, at_unit, at_post, raw_post, at_account, raw_account in mould.actors:
            found = self._counterparts.somebody(words[at_unit], kind, rng.random())
            words[at_post], words[raw_post], words[at_account], words[raw_account] = (
                found or self._counterparts.holder(post)
            )
        for (at_name, at_phone, at_index), at_account, raw_account in mould.contacts:
            among = self._people if at_account < 0 else self._accounts
            who = among[int(rng.random() * len(among))]
            _put(words, at_name, who.name)
            _put(words, at_phone, who.phone)
            _put(words, at_index, who.index)
            if at_account >= 0:
                words[at_account], words[raw_account] = who.account
        body = f"{month}{scattered(next(self._numbers), self._key):07d}"
        words[single["number"]] = whole(f"{body}{damm.calc_check_digit(body)}".encode())
        words[single["lon"]] = _FLOAT.pack(8, spot.lon + rng.gauss(0, 0.004))
        words[single["lat"]] = _FLOAT.pack(8, spot.lat + rng.gauss(0, 0.004))
        _put(words, single[STEM], spot.stem)
        return [*(unit.number for unit in units), self._none]


def _put(words: list[bytes], at: int, word: bytes) -> None:
    if at >= 0:
        words[at] = word


def _put_hashes(words: list[bytes], mould: Mould) -> None:
    """Chain the events: each over its columns, the digest of its body, the hash before it."""
    for one in mould.events:
        words[one.at_digest] = one.digest or _keyed(one, one.content.filled(words))
        words[one.at_hash] = hashlib.sha256(one.chained.filled(words)).digest()


def _keyed(one: _Hashed, content: bytes) -> bytes:
    """Return the HMAC of a body: `hmac.digest` takes twice as long, for it begins with the salt."""
    inner, outer = one.inner.copy(), one.outer.copy()
    inner.update(content)
    outer.update(inner.digest())
    return outer.digest()


def _noon(day: date) -> int:
    """Return noon of a day in milliseconds, as UUIDv7 count them."""
    return int(datetime(day.year, day.month, day.day, 4, tzinfo=UTC).timestamp() * 1_000)


def _fresh(noon: int, many: int, rng: random.Random) -> list[bytes]:
    """Return so many ids in their order: of one instant after noon, drawn by lot in 64 bits."""
    lots = rng.randbytes(8 * many)
    instant = noon + int(rng.random() * AFTERNOON)
    first = instant.to_bytes(6, "big") + _VERSION
    found = [
        first + lots[at : at + 1] + _VARIANT + lots[at + 1 : at + 8] for at in range(0, 8 * many, 8)
    ]
    found.sort()
    return found
