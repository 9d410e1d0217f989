"""Copies of lives: the same story elsewhere, on other days, of other people, with its own chain."""

import hashlib
import hmac
import random
from binascii import hexlify
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final

from stdnum import damm

from huiyin.matters.chain import START
from huiyin.matters.numbers import scattered
from huiyin.ops.bench.lives import MODELS, City, Life, Movement
from huiyin.ops.bench.patterns import Pattern, gap, gaps_in
from huiyin.ops.demo.divisions import CITY

NULL: Final = "\\N"
_NULL: Final = NULL.encode()
COUNTS: Final = "bench_counts"
SINGLE: Final = ("number", "lon", "lat", "overlay_id", "stem", "area")
Cell = tuple[str, str, str, str]  # measure, procedure, state, category
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
    """Somebody of whom a matter is: sealed already; `account`: empty for who has none."""

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


class Cells:
    """What is counted of matters, numbered in the order in which the counts lie in their index."""

    def __init__(self, lives: Sequence[Life], more: Iterable[Cell] = ()) -> None:
        found = {
            (one.measure, one.procedure, one.state, life.category or NULL)
            for life in lives
            for one in life.movements
        }
        found.update(more)
        self.measures = {name: n for n, name in enumerate(sorted({one[0] for one in found}))}
        kinds = sorted({one[1:] for one in found})
        self.kinds = {one: n for n, one in enumerate(kinds)}

    def row(self, life: Life, one: Movement) -> str:
        """Return a movement of a life as a row of `bench_counts`, with gaps."""
        measure = self.measures[one.measure]
        kind = self.kinds[one.procedure, one.state, life.category or NULL]
        day = gap(one.day) if one.day else NULL
        unit = gap(one.unit) if one.unit else NULL
        return f"{gap('area')}\t{measure}\t{day}\t{kind}\t{unit}\t{one.amount}\n"


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
        texts = {table: "".join(f"{row}\n" for row in rows) for table, rows in life.rows.items()}
        texts[COUNTS] = "".join(cells.row(life, one) for one in life.movements)
        hashed = [text for one in life.events for text in (one.columns, one.content)]
        # Ids of its own come first, in the order of those of the life.
        names = dict.fromkeys(life.fresh)
        for text in (*texts.values(), *hashed):
            names.update(dict.fromkeys(gaps_in(text)))
        names.update(dict.fromkeys(life.units.values()))
        for some in life.actors.values():
            names.update(dict.fromkeys(some))
        names.update(dict.fromkeys(life.accounts.values()))
        self.numbers = number = {name: n for n, name in enumerate(names)}
        self.many, self.fresh = len(names), len(life.fresh)
        self.tables = [(table, Pattern(text, number)) for table, text in texts.items()]
        days = life.days()
        self.days = [(number[name], day) for name, day in days if name in number]
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
                columns=Pattern(one.columns, number), content=Pattern(one.content, number),
                is_same=not gaps_in(one.content),
                digest=hmac.digest(one.salt, one.content.encode(), "sha256"), salt=one.salt,
                before=one.before, at_digest=number[f"digest{one.number}"],
                at_hash=number[f"hash{one.number}"],
            )
            for one in life.events
        ]  # fmt: skip


class Copier:
    """Writes copies of lives as rows for COPY, by table."""

    def __init__(
        self, *, counterparts: Counterparts, people: Sequence[Somebody],
        accounts: Sequence[Somebody], seed: str, numbers: Iterator[int], key: bytes, city: str,
    ) -> None:  # fmt: skip
        self._counterparts = counterparts
        self._people, self._accounts = people, accounts
        self._rng = random.Random(seed)  # noqa: S311 a draw, no secret
        self._numbers, self._key, self._city = numbers, key, city
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
        opened = life.opened - shift
        prefix = _prefix(opened)
        month = f"{self._city}{opened:%y%m}"
        into = [(self.rows[table], pattern) for table, pattern in mould.tables]
        for spot in spots:
            self._put_words(words, mould, spot, prefix, month)
            _put_hashes(words, mould)
            for rows, pattern in into:
                rows.append(pattern.filled(words))

    def _put_words(
        self, words: list[bytes], mould: Mould, spot: Spot, prefix: str, month: str
    ) -> None:  # fmt: skip
        rng, number, single = self._rng, mould.numbers, mould.single
        # In the order of the first ones: what is hashed has its keys in order.
        words[: mould.fresh] = _fresh(prefix, mould.fresh, rng)
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
        words[single["number"]] = f"{body}{damm.calc_check_digit(body)}".encode()
        words[single["lon"]] = b"%.6f" % (spot.lon + rng.gauss(0, 0.004))
        words[single["lat"]] = b"%.6f" % (spot.lat + rng.gauss(0, 0.004))
        words[single["overlay_id"]] = spot.ids.get("p_overlay", _NULL)
        _put(words, single["stem"], spot.stem)
        _put(words, single["area"], b"%d" % spot.area)


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
        words[one.at_digest] = hexlify(digest)
        words[one.at_hash] = hexlify(own)


def _prefix(day: date) -> str:
    """Return what UUIDv7 of a day begin with, up to their version."""
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    text = f"{int(noon.timestamp() * 1_000):012x}"
    return f"{text[:8]}-{text[8:]}-7"


def _fresh(prefix: str, many: int, rng: random.Random) -> list[bytes]:
    """Return so many ids in their order."""
    lots = rng.randbytes(9 * many).hex()
    found = [
        f"{prefix}{lots[at : at + 3]}-8{lots[at + 3 : at + 6]}-{lots[at + 6 : at + 18]}".encode()
        for at in range(0, 18 * many, 18)
    ]
    found.sort()
    return found
