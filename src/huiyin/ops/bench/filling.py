"""`huiyin bench fill`: a city with as many matters as it has after years, in minutes.

Told once, then written again: stories are handled by the chronicle, and their lives copied to other
places and days with chains of their own, by COPY, with the indexes built at the end. `huiyin
verify` finds nothing wrong with it.
"""

import gc
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from huiyin.matters.models import Contact, Matter, Tally
from huiyin.ops.bench import skew
from huiyin.ops.bench.binary import whole
from huiyin.ops.bench.copies import (
    COUNTS,
    TABLES,
    Copier,
    Counterparts,
    Mould,
    Somebody,
)
from huiyin.ops.bench.gaps import both
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.bench.lives import MODELS, City, Life, columns, read_lives, tell_stories
from huiyin.ops.bench.pouring import pour
from huiyin.ops.bench.shelving import Shelf, by_size, shelved
from huiyin.ops.bench.spots import Spots
from huiyin.ops.bench.tallying import DAYS, FIRST_DAY, Cell, Cells
from huiyin.ops.demo.divisions import CITY
from huiyin.ops.demo.names import mobile, person
from huiyin.ops.errors import OperatorError
from huiyin.ops.models import Note
from huiyin.ops.progress import say
from huiyin.people.models import Account, AccountKind, Post
from huiyin.people.phones import index_of
from huiyin.people.sealing import seal
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit

WEEKS: Final = 104
RECENT: Final = 0.04  # closed this month: the person can still ask for more
NOTE: Final = "bench_lives"
UNDER_WAY: Final = "bench_filling"  # while it is there, the database is of no use
TOGETHER_TIDY: Final = 2  # tables at the same time
TOGETHER: Final = 8  # copies of a life in the same week: its days are put in once for all
BATCH: Final = 250  # matters written together
FEW: Final = 10  # times fewer than there are: they go in beside the indexes
ANEW: Final = 2  # so many times as many as there are: they are written once more
CALLERS: Final = 60_000
RESIDENTS: Final = 6_000
FIRST_CALLER: Final = 1_000_000
_SEED: Final = "fill"


@dataclass(frozen=True, slots=True)
class Filled:
    """What a fill has written, and how long it took in seconds."""

    matters: int
    events: int
    seconds: float
    telling: float
    writing: float
    indexes: float
    counting: float
    tidying: float


@dataclass(frozen=True, slots=True)
class Order:
    """One life to be copied: how often, so many days earlier."""

    life: int
    days: int
    times: int


def fill(found: Grounds, *, matters: int, at: datetime, jobs: int | None = None) -> Filled:
    """Bring the city to so many matters; what is there counts. Nothing is done when they are."""
    begun = time.perf_counter()
    there = Matter.objects.count()
    if there >= matters:
        return Filled(0, 0, time.perf_counter() - begun, 0, 0, 0, 0, 0)
    with found.filling():
        telling, written = _fill(there, matters, at=at, jobs=jobs)
    return replace(written, seconds=time.perf_counter() - begun, telling=telling)


def _fill(
    there: int, matters: int, *, at: datetime, jobs: int | None
) -> tuple[float, Filled]:  # fmt: skip
    """Tell, read and write; return how long the first two took in seconds, and what was written."""
    begun = time.perf_counter()
    if not there:
        say("Telling the stories that will be copied …")
        tell_stories(at=at, jobs=jobs or os.cpu_count() or 1)
        there = Matter.objects.count()
        told = [str(pk) for pk in Matter.objects.values_list("pk", flat=True)]
        Note.objects.update_or_create(name=NOTE, defaults={"value": told, "written_at": at})
    wanted = max(matters - there, 0)
    city = city_now()
    gc.disable()  # millions of small things, none of which is garbage
    try:
        lives = _lives(city, _told())
        orders = _orders(lives, wanted, today=timezone.localdate(at), seed=f"{_SEED}/{there}")
        telling = time.perf_counter() - begun
        return telling, write(orders, lives, city, at=at, jobs=jobs)
    finally:
        gc.enable()


def write(
    orders: Sequence[Order], lives: Sequence[Life], city: City, *, at: datetime,
    jobs: int | None = None,
) -> Filled:  # fmt: skip
    """Write copies of lives as ordered, with the indexes built at the end, and count them.

    Raises OperatorError where an earlier one was interrupted: its tables are not whole.
    """
    begun = time.perf_counter()
    _, is_new = Note.objects.get_or_create(name=UNDER_WAY, defaults={"value": {}, "written_at": at})
    if not is_new:
        raise OperatorError(
            "This city was being filled when something interrupted it: run huiyin bench clean, "
            "then fill again."
        )
    people, accounts = _people(at)
    spots = Spots(lives[one.life].level for one in orders)
    wanted = sum(one.times for one in orders)
    say(f"Writing {wanted} matters, copies of {len(lives)} lives …")
    cells = Cells(lives, city.units, old_cells())
    make_counts(cells)
    ground = Ground(
        lives, [Mould(one, cells) for one in lives], city, people, accounts, spots, cells.units
    )
    parts = _shared_among(orders, jobs or os.cpu_count() or 1, _reserve_numbers(wanted))
    # What is there is written once more when it is little: then nothing of it all is logged.
    there = Matter.objects.count()
    anew, few = there * ANEW < wanted, wanted * FEW < there
    counts = Tally._meta.db_table
    with (
        shelved(TABLES, only_links=few) as shelf,
        shelved((counts,) if anew else ()) as shelf_of_counts,
    ):
        started = time.perf_counter()
        pour(written(), [partial(ground.copies, *part) for part in parts], anew=anew)
        writing = time.perf_counter() - started
        say(f"Written in {writing:.0f} s; counting, and building the indexes …")
        started = time.perf_counter()
        with ThreadPoolExecutor(1) as pool:
            counted = pool.submit(_count_apart, cells, anew=anew)
            shelf.build()
            _tidy_up(shelf, by_size([*TABLES, *(shelf.checks.keys() - {*TABLES})]))
            counting = counted.result()
        indexes = time.perf_counter() - started
        started = time.perf_counter()
        shelf_of_counts.build()
        _tidy_up(shelf_of_counts, [counts])
    Note.objects.filter(name=UNDER_WAY).delete()
    tidying = time.perf_counter() - started
    events = sum(len(lives[one.life].events) * one.times for one in orders)
    seconds = time.perf_counter() - begun
    return Filled(wanted, events, seconds, 0, writing, indexes, counting, tidying)


def written() -> dict[str, list[str]]:
    """Return the tables a copy writes, in the order in which one points at the other: columns."""
    return {model._meta.db_table: columns(model) for model in MODELS} | {COUNTS: []}


def _count_apart(cells: Cells, *, anew: bool) -> float:
    """Count in a thread of its own; return how long it took in seconds."""
    started = time.perf_counter()
    try:
        count(cells, anew=anew)
    finally:
        connection.close()
    return time.perf_counter() - started


def told(one: Filled) -> str:
    """Return what was written as a line."""
    rate = one.matters / one.seconds if one.seconds else 0
    return (
        f"{one.matters} matters with {one.events} events in {one.seconds:.0f} s ({rate:.0f}/s): "
        f"told and read {one.telling:.0f} s, written {one.writing:.0f} s, indexes and links "
        f"{one.indexes:.0f} s (beside them counted {one.counting:.0f} s), those of the counts "
        f"{one.tidying:.0f} s"
    )


# --- what is copied where ------------------------------------------------------------------------


def city_now() -> City:
    """Return what lives are read against, as it is now."""
    posts = Post.objects.filter(account__isnull=False).values_list(
        "pk", "unit_id", "permission_set_id", "account_id"
    )
    places = Place.objects.filter(level=PlaceLevel.VILLAGE).values_list("pk", "short_name")
    return City(
        units={str(pk): code for pk, code in Unit.objects.values_list("pk", "code")},
        posts={str(pk): (str(unit), kind, str(who)) for pk, unit, kind, who in posts},
        stems={str(pk): name for pk, name in places},
    )


def _told() -> list[str]:
    """Return the matters that were told. Raises OperatorError where that is not known."""
    found = Note.objects.filter(name=NOTE).values_list("value", flat=True).first()
    if not found:
        raise OperatorError(
            "This city was filled by an earlier version: run huiyin bench clean, then fill again."
        )
    return list(found)


def _lives(city: City, told: Sequence[str]) -> list[Life]:
    """Return the lives that can be copied: those of the told that are of one matter alone."""
    found = Matter.objects.filter(pk__in=told, merged_into=None, merged=None)
    first = list(found.select_related("place").order_by("id"))
    lives = []
    for start in range(0, len(first), 200):
        lives += read_lives(first[start : start + 200], city)
    return lives


def _orders(lives: Sequence[Life], wanted: int, *, today: date, seed: str) -> list[Order]:
    """Return which life is copied how often to which week: what is open belongs to today.

    They stand in the order of the days on which the copies come in, as a city writes them down.
    """
    rng = Random(seed)  # noqa: S311 a draw, no secret
    kinds = sorted({life.category for life in lives})
    weight = dict(zip(kinds, skew.weights(len(kinds), skew.OF_KINDS, rng), strict=True))
    of_kind = Counter(life.category for life in lives)
    orders = []
    parts = (
        ([(n, one) for n, one in enumerate(lives) if one.is_open], skew.OPEN_SHARE),
        ([(n, one) for n, one in enumerate(lives) if not one.is_open and not one.is_over], RECENT),
        ([(n, one) for n, one in enumerate(lives) if one.is_over], 1 - skew.OPEN_SHARE - RECENT),
    )
    # Where there is no life of a sort, the others have its share.
    totals = skew.shares(wanted, [share if chosen else 0.0 for chosen, share in parts])
    for (chosen, _), total in zip(parts, totals, strict=True):
        given = [weight[one.category] / of_kind[one.category] for _, one in chosen]
        for (number, life), times in zip(chosen, skew.shares(total, given), strict=True):
            if not life.is_over:
                orders.append(Order(number, 0, times))
                continue
            latest = (today - life.ended).days // 7
            many = min(max(times // TOGETHER, 1), WEEKS)
            weeks = rng.sample(range(WEEKS), many)
            parts_of_it = skew.shares(times, [1.0] * many)
            orders += [
                Order(number, -7 * (latest - week), n)
                for week, n in zip(weeks, parts_of_it, strict=True)
            ]
    found = [one for one in orders if one.times]
    rng.shuffle(found)
    found.sort(key=lambda one: lives[one.life].opened - timedelta(days=one.days))
    return found


def _people(at: datetime) -> tuple[list[Somebody], list[Somebody]]:
    """Return people who call, sealed, and residents with accounts, made when they are not there."""
    fields = {name: Contact._meta.get_field(name).context for name in ("name", "phone")}  # type: ignore[union-attr]
    rng = Random(_SEED)  # noqa: S311 as above

    def sealed(number: int, account: str = "") -> Somebody:
        phone, name = mobile(0, FIRST_CALLER + number), person(f"bench/{rng.random()}")
        sealed_name, sealed_phone = (
            seal(word, context=fields[field]).encode()
            for field, word in (("name", name), ("phone", phone))
        )
        return Somebody(
            whole(sealed_name),
            whole(sealed_phone),
            whole(index_of(phone)),
            both(account) if account else (b"", b""),
        )

    known = dict(Account.objects.filter(name__startswith="bench/").values_list("name", "pk"))
    if not known:
        rows = [
            Account(
                kind=AccountKind.RESIDENT, name=f"bench/{n}", phone=phone,
                phone_index=index_of(phone), created_at=at - timedelta(days=800),
            )
            for n, phone in enumerate(mobile(0, FIRST_CALLER + n) for n in range(RESIDENTS))
        ]  # fmt: skip
        Account.objects.bulk_create(rows, batch_size=1_000)
        known = {one.name: one.pk for one in rows}
    accounts = [sealed(n, str(known[f"bench/{n}"])) for n in range(RESIDENTS)]
    people = [sealed(RESIDENTS + n) for n in range(CALLERS)]
    return people, accounts


def _reserve_numbers(many: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('matters_number')")
        (first,) = cursor.fetchone()
        cursor.execute("SELECT setval('matters_number', %s)", [first + many])
    return int(first)


# --- writing -------------------------------------------------------------------------------------


def _shared_among(orders: Sequence[Order], jobs: int, first: int) -> list[tuple[list[Order], int]]:
    """Return orders in as many parts of the same size, each with the first of its numbers."""
    parts: list[list[Order]] = [[] for _ in range(jobs)]
    sizes = [0] * jobs
    for one in orders:
        least = sizes.index(min(sizes))
        parts[least].append(one)
        sizes[least] += one.times
    return [(part, first + sum(sizes[:n])) for n, part in enumerate(parts)]


@dataclass(frozen=True, slots=True)
class Ground:
    """What every process that copies needs; a fork has it without its being sent."""

    lives: Sequence[Life]
    moulds: Sequence[Mould]
    city: City
    people: Sequence[Somebody]
    accounts: Sequence[Somebody]
    spots: Spots
    numbers: Mapping[str, int]  # of units

    def copies(self, orders: Sequence[Order], first: int) -> Iterator[dict[str, list[bytes]]]:
        """Yield the rows of all copies in batches, by table; a batch is emptied afterwards."""
        rng = Random(f"{_SEED}/{first}")  # noqa: S311 as above
        copier = Copier(
            counterparts=Counterparts(self.city, self.numbers), people=self.people,
            accounts=self.accounts,
            seed=f"{_SEED}/copies/{first}", numbers=iter(range(first, first + 100_000_000)),
            key=settings.HUIYIN.index_key, city=CITY[:4],
        )  # fmt: skip
        waiting = 0
        for one in orders:
            life = self.lives[one.life]
            spots = self.spots.draw(life.level, one.times, rng)
            copier.copy(life, self.moulds[one.life], days=one.days, spots=spots)
            waiting += one.times
            if waiting >= BATCH:
                yield copier.rows
                copier.clear()
                waiting = 0
        yield copier.rows


# --- counting ------------------------------------------------------------------------------------

_MAKE_COUNTS: Final = """
CREATE UNLOGGED TABLE bench_counts (key bigint, delta int);
CREATE UNLOGGED TABLE bench_measures (number bigint, measure text);
CREATE UNLOGGED TABLE bench_kinds (number bigint, procedure text, state text, category_id uuid);
CREATE UNLOGGED TABLE bench_units (number bigint, unit_id uuid)
"""
_DROP_COUNTS: Final = "DROP TABLE IF EXISTS bench_counts, bench_measures, bench_kinds, bench_units"
_OLD_CELLS: Final = """
SELECT DISTINCT measure, procedure, state, coalesce(category_id::text, '\\N')
FROM (
    SELECT measure, procedure, state, category_id FROM matters_tally
    UNION ALL SELECT measure, procedure, state, category_id FROM matters_tallydelta
) AS found
"""
# How a number is made of what it counts, and read again: see tallying.
_NUMBERED: Final = f"""
    measures.number * %(measure)s + kinds.number * %(kind)s + units.number
    + coalesce(old.day - date '{FIRST_DAY}', {DAYS - 1})::bigint * %(day)s
"""
_FOR_NUMBERS: Final = """
    JOIN bench_measures AS measures ON measures.measure = old.measure
    JOIN bench_kinds AS kinds
        ON (kinds.procedure, kinds.state, coalesce(kinds.category_id::text, ''))
         = (old.procedure, old.state, coalesce(old.category_id::text, ''))
    JOIN bench_units AS units
        ON coalesce(units.unit_id::text, '') = coalesce(old.unit_id::text, '')
"""
_OLD_COUNTS: Final = (
    f"""
INSERT INTO bench_counts SELECT old.area_id * %(area)s + {_NUMBERED}, count
FROM matters_tally AS old {_FOR_NUMBERS}
""",  # noqa: S608 fixed texts
    """
INSERT INTO matters_tallyarea (town_id, county_id, overlay_id, city_id)
SELECT DISTINCT town_id, county_id, overlay_id, city_id FROM matters_tallydelta
ON CONFLICT DO NOTHING
""",
    f"""
INSERT INTO bench_counts SELECT area.id * %(area)s + {_NUMBERED}, delta
FROM matters_tallydelta AS old {_FOR_NUMBERS}
    JOIN matters_tallyarea AS area
        ON (coalesce(old.town_id, old.county_id, old.city_id), old.overlay_id IS NULL)
         = (coalesce(area.town_id, area.county_id, area.city_id), area.overlay_id IS NULL)
""",  # noqa: S608 fixed texts
)
_KEEP: Final = f"""
INSERT INTO matters_tally (area_id, measure, day, procedure, state, category_id, unit_id, count)
SELECT
    key / %(area)s, measures.measure,
    date '{FIRST_DAY}' + nullif(key / %(day)s %% {DAYS}, {DAYS - 1})::int,
    procedure, state, category_id, unit_id, n
FROM (
    SELECT key, sum(delta)::int AS n FROM bench_counts
    GROUP BY key HAVING sum(delta) <> 0 ORDER BY key
) AS sums
    JOIN bench_measures AS measures ON measures.number = key %% %(area)s / %(measure)s
    JOIN bench_kinds AS kinds ON kinds.number = key %% %(day)s / %(kind)s
    JOIN bench_units AS units ON units.number = key %% %(kind)s
"""  # noqa: S608 fixed texts
_ADD: Final = f"""{_KEEP}
ON CONFLICT (area_id, measure, day, procedure, state, category_id, unit_id)
DO UPDATE SET count = matters_tally.count + excluded.count
"""


def old_cells() -> list[Cell]:
    """Return what is counted already."""
    with connection.cursor() as cursor:
        cursor.execute(_OLD_CELLS)
        return list(cursor.fetchall())


def make_counts(cells: Cells) -> None:
    """Make the tables into which copies write what is counted of them. Raises OperatorError."""
    numbered: dict[str, list[tuple[int | str, ...]]] = {
        "bench_measures": [(number, one) for one, number in cells.measures.items()],
        "bench_kinds": [(number, *one) for one, number in cells.kinds.items()],
        "bench_units": [(number, one) for one, number in cells.units.items()],
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM matters_tallyarea")
        if not cells.fits(cursor.fetchone()[0]):
            raise OperatorError("There is more to be counted than numbers for it.")
        cursor.execute(_DROP_COUNTS)
        cursor.execute(_MAKE_COUNTS)
        for table, rows in numbered.items():
            with cursor.copy(f"COPY {table} FROM STDIN") as into:
                into.write("".join("\t".join(map(str, row)) + "\n" for row in rows))


def count(cells: Cells, *, anew: bool) -> None:
    """Add what was copied to what was counted before; `anew`: all counts are written once more."""
    sizes = {name: getattr(cells, name) for name in ("area", "measure", "day", "kind")}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '256MB'")
        cursor.execute("SET LOCAL enable_hashagg = off")  # sorted they lie as the index does
        if anew:
            for statement in _OLD_COUNTS:
                cursor.execute(statement, sizes)
            cursor.execute("TRUNCATE matters_tally, matters_tallydelta")
        for table in ("bench_counts", "bench_kinds", "bench_measures", "bench_units"):
            cursor.execute(f"ANALYZE {table}")
        cursor.execute(_KEEP if anew else _ADD, sizes)
        cursor.execute(_DROP_COUNTS)


def _tidy_up(shelf: Shelf, tables: Sequence[str]) -> None:
    """Leave tables as they lie there on any day of a city that has not just been filled.

    Tidied up first, links are looked at in indexes alone: the tables themselves are not read.
    """
    with ThreadPoolExecutor(TOGETHER_TIDY) as pool:
        for todo in (_vacuum, shelf.check):
            for _ in pool.map(partial(_apart, todo), tables):
                pass


def _vacuum(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {table}")


def _apart(todo: Callable[[str], None], table: str) -> None:
    """Do something with a table in a thread of its own."""
    try:
        todo(table)
    finally:
        connection.close()
