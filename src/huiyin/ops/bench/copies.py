"""Copies of lives: the same story elsewhere, on other days, of other people, with its own chain."""

import hashlib
import hmac
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Final

from stdnum import damm

from huiyin.matters.chain import START
from huiyin.matters.models import EventBody, EventHeader
from huiyin.matters.numbers import scattered
from huiyin.ops.bench.lives import MODELS, City, Life
from huiyin.ops.demo.divisions import CITY

_NULL: Final = "\\N"
_HEADERS: Final = EventHeader._meta.db_table
_BODIES: Final = EventBody._meta.db_table
TABLES: Final = tuple(model._meta.db_table for model in MODELS)


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in which a copy happens: the ids its row needs, and codes to find its units by."""

    ids: Mapping[str, str]  # p_place, p_grid, … → id
    codes: Mapping[int, str]  # how many digits → the code of the county, town, village
    stem: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Somebody:
    """Somebody of whom a matter is: sealed already; `account`: empty for who has none."""

    name: str
    phone: str
    index: str
    account: str = ""


@dataclass
class Counterparts:
    """Who does elsewhere what a unit, and somebody of it, does here."""

    city: City
    by_code: dict[str, str] = field(init=False)
    staff: dict[tuple[str, str], list[tuple[str, str]]] = field(init=False)
    _units: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.by_code = {code: pk for pk, code in self.city.units.items()}
        self.staff = {}
        for post, (unit, kind, account) in self.city.posts.items():
            self.staff.setdefault((unit, kind), []).append((post, account))
            self.staff.setdefault((unit, ""), []).append((post, account))

    def unit(self, unit: str, spot: Spot) -> str:
        """Return the unit of the same kind in a spot; of the city, itself."""
        prefix, _, rest = self.city.units[unit].partition("-")
        digits, _, function = rest.partition("-")
        there = spot.codes.get(len(digits))
        if there is None or digits == CITY[:6]:
            return unit
        key = (unit, there)
        if key not in self._units:
            # What the zone lacks is done by the city's.
            codes = (f"{prefix}-{where}-{function}".rstrip("-") for where in (there, CITY[:6]))
            found = (self.by_code.get(code) for code in codes)
            self._units[key] = next((one for one in found if one), unit)
        return self._units[key]

    def somebody(self, unit: str, kind: str, rng: random.Random) -> tuple[str, str] | None:
        """Return a post and its holder of a unit: of the same kind, else anybody."""
        found = self.staff.get((unit, kind)) or self.staff.get((unit, ""))
        return rng.choice(found) if found else None


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
        self.rows: dict[str, list[str]] = {table: [] for table in TABLES}
        self.counts: list[str] = []

    def copy(self, life: Life, *, days: int, spots: Sequence[Spot]) -> None:
        """Write a life once for each spot, so many days earlier."""
        shift = timedelta(days=days)
        on = {name: (day - shift).isoformat() for name, day in life.days()}
        rows = {table: [row % on for row in found] for table, found in life.rows.items()}
        events = [
            (one.columns % on, one.content % on, one.row % on, one.body_row % on, one)
            for one in life.events
        ]
        opened = life.opened - shift
        prefix = _prefix(opened)
        month = f"{self._city}{opened:%y%m}"
        for spot in spots:
            words = self._words(life, spot, prefix, month)
            heads: dict[str, bytes] = {}
            for columns, content, row, body_row, one in events:
                digest = hmac.digest(one.salt, (content % words).encode(), "sha256")
                previous = heads.get(one.run, START)
                own = hashlib.sha256((columns % words).encode() + digest + previous).digest()
                words["digest"] = _bytes(digest)
                words["previous"] = _bytes(previous)
                words["hash"] = _bytes(own)
                heads[one.run] = own
                self.rows[_HEADERS].append(row % words)
                self.rows[_BODIES].append(body_row % words)
                words[f"h{one.run}"] = words["hash"]
            for table, found in rows.items():
                into = self.rows[table]
                for text in found:
                    into.append(text % words)
            self._count(life, on, words, spot)

    def _words(self, life: Life, spot: Spot, prefix: str, month: str) -> dict[str, object]:
        rng = self._rng
        words: dict[str, object] = dict(spot.ids)
        # In the order of the first ones: what is hashed has its keys in order.
        fresh = sorted(_fresh(prefix, rng) for _ in life.fresh)
        words.update(zip(life.fresh, fresh, strict=True))
        for unit, name in life.units.items():
            words[name] = self._counterparts.unit(unit, spot)
        keys = [str(words[life.units[unit]]) for unit in sorted(life.keyed)]
        if any(later <= earlier for earlier, later in pairwise(keys)):
            # What is hashed has its keys in order: here the units themselves come.
            words.update((name, unit) for unit, name in life.units.items())
        for (post, _, kind), (post_gap, account_gap, unit_gap) in life.actors.items():
            found = self._counterparts.somebody(str(words[unit_gap]), kind, rng)
            if found is None:
                found = post, self._counterparts.city.posts[post][2]
            words[post_gap], words[account_gap] = found
        for name in life.contacts:
            account = life.accounts.get(name)
            who = rng.choice(self._accounts if account else self._people)
            words[f"{name}name"] = who.name
            words[f"{name}phone"] = who.phone
            words[f"{name}index"] = who.index
            if account:
                words[account] = who.account
        body = f"{month}{scattered(next(self._numbers), self._key):07d}"
        words["number"] = f"{body}{damm.calc_check_digit(body)}"
        words["lon"] = f"{spot.lon + rng.gauss(0, 0.004):.6f}"
        words["lat"] = f"{spot.lat + rng.gauss(0, 0.004):.6f}"
        words["overlay_id"] = spot.ids.get("p_overlay", _NULL)
        words["stem"] = spot.stem
        return words

    def _count(
        self, life: Life, on: Mapping[str, str], words: Mapping[str, object], spot: Spot
    ) -> None:
        ids = spot.ids
        levels = ("town", "county", "overlay", "city")
        area = "\t".join(ids.get(f"p_{one}", _NULL) for one in levels)
        category = life.category or _NULL
        for day, measure, procedure, state, unit, amount in life.movements:
            lead = words[unit] if unit else _NULL
            self.counts.append(
                f"{area}\t{on[day]}\t{measure}\t{procedure}\t{state}\t{category}\t{lead}\t{amount}"
            )


def _bytes(value: bytes) -> str:
    """Return bytes as COPY reads them."""
    return f"\\\\x{value.hex()}"


def _prefix(day: date) -> str:
    """Return the first twelve digits of a UUIDv7 of a day."""
    noon = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
    return f"{int(noon.timestamp() * 1_000):012x}"


def _fresh(prefix: str, rng: random.Random) -> str:
    bits = rng.getrandbits(74)
    low = f"{1 << 63 | bits >> 12:016x}"
    high = f"{bits & 0xFFF:03x}"
    return f"{prefix[:8]}-{prefix[8:]}-7{high}-{low[:4]}-{low[4:]}"
