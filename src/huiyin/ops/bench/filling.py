"""`huiyin bench fill`: a city with as many matters as it has after years, in minutes.

Told once, then written again: stories are handled by the chronicle, and their lives copied to other
places and days with chains of their own, by COPY, with the indexes built at the end. `huiyin
verify` finds nothing wrong with it.
"""

import os
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from random import Random
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from psycopg import sql

from huiyin.matters.models import Contact, Matter, Tally
from huiyin.ops.bench import skew
from huiyin.ops.bench.copies import TABLES, Copier, Counterparts, Somebody
from huiyin.ops.bench.lives import MODELS, City, Life, columns, read_lives, tell_stories
from huiyin.ops.bench.shelving import shelved
from huiyin.ops.bench.spots import Spots
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
TOGETHER: Final = 8  # copies of a life in the same week: its days are put in once for all
BATCH: Final = 2_500  # matters written together
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


@dataclass(frozen=True, slots=True)
class Order:
    """One life to be copied: how often, so many days earlier."""

    life: int
    days: int
    times: int


def fill(*, matters: int, at: datetime, jobs: int | None = None) -> Filled:
    """Bring the city to so many matters; what is there counts. Nothing is done when they are."""
    begun = time.perf_counter()
    there = Matter.objects.count()
    if not there:
        say("Telling the stories that will be copied …")
        tell_stories(at=at, jobs=jobs or os.cpu_count() or 1)
        there = Matter.objects.count()
        told = [str(pk) for pk in Matter.objects.values_list("pk", flat=True)]
        Note.objects.update_or_create(name=NOTE, defaults={"value": told, "written_at": at})
    wanted = max(matters - there, 0)
    if not wanted:
        return Filled(0, 0, time.perf_counter() - begun, 0, 0, 0, 0)
    city = city_now()
    lives = _lives(city, _told())
    orders = _orders(lives, wanted, today=timezone.localdate(at), seed=f"{_SEED}/{there}")
    telling = time.perf_counter() - begun
    found = write(orders, lives, city, at=at, jobs=jobs)
    return replace(found, seconds=time.perf_counter() - begun, telling=telling)


def write(
    orders: Sequence[Order], lives: Sequence[Life], city: City, *, at: datetime,
    jobs: int | None = None,
) -> Filled:  # fmt: skip
    """Write copies of lives as ordered, with the indexes built at the end, and count them."""
    begun = time.perf_counter()
    people, accounts = _people(at)
    spots = Spots(lives[one.life].level for one in orders)
    wanted = sum(one.times for one in orders)
    say(f"Writing {wanted} matters, copies of {len(lives)} lives …")
    first = _reserve_numbers(wanted)
    connection.close()
    with shelved(TABLES) as shelf:
        started = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS bench_counts")
            cursor.execute(_MAKE_COUNTS)
        connection.close()
        events = _write(
            orders, lives, city, people, accounts, spots, first, jobs or os.cpu_count() or 1
        )
        writing = time.perf_counter() - started
        say(f"Written in {writing:.0f} s; building the indexes …")
        started = time.perf_counter()
        shelf.put_back()
        indexes = time.perf_counter() - started
    started = time.perf_counter()
    say(f"Indexes in {indexes:.0f} s; counting …")
    _count()
    _tidy_up()
    counting = time.perf_counter() - started
    seconds = time.perf_counter() - begun
    return Filled(wanted, events, seconds, 0, writing, indexes, counting)


def told(one: Filled) -> str:
    """Return what was written as a line."""
    rate = one.matters / one.seconds if one.seconds else 0
    return (
        f"{one.matters} matters with {one.events} events in {one.seconds:.0f} s ({rate:.0f}/s): "
        f"told and read {one.telling:.0f} s, written {one.writing:.0f} s, indexes "
        f"{one.indexes:.0f} s, counts {one.counting:.0f} s"
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
    """Return which life is copied how often to which week: what is open belongs to today."""
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
    return found


def _people(at: datetime) -> tuple[list[Somebody], list[Somebody]]:
    """Return people who call, sealed, and residents with accounts, made when they are not there."""
    fields = {name: Contact._meta.get_field(name).context for name in ("name", "phone")}  # type: ignore[union-attr]
    rng = Random(_SEED)  # noqa: S311 as above

    def sealed(number: int, account: str = "") -> Somebody:
        phone, name = mobile(0, FIRST_CALLER + number), person(f"bench/{rng.random()}")
        return Somebody(
            seal(name, context=fields["name"]), seal(phone, context=fields["phone"]),
            f"\\\\x{index_of(phone).hex()}", account,
        )  # fmt: skip

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


def _write(
    orders: Sequence[Order], lives: Sequence[Life], city: City, people: Sequence[Somebody],
    accounts: Sequence[Somebody], spots: Spots, first: int, jobs: int,
) -> int:  # fmt: skip
    """Write all copies, shared among processes; return how many events."""
    parts: list[list[Order]] = [[] for _ in range(jobs)]
    sizes = [0] * jobs
    for one in orders:
        least = sizes.index(min(sizes))
        parts[least].append(one)
        sizes[least] += one.times
    firsts = [first + sum(sizes[:n]) for n in range(jobs)]
    shared = Shared(lives, city, people, accounts, spots)
    if jobs == 1:
        return _part(shared, 0, parts[0], firsts[0])
    with ProcessPoolExecutor(
        jobs, mp_context=get_context("fork"), initializer=_share, initargs=(shared,)
    ) as pool:
        return sum(pool.map(_shared_part, range(jobs), parts, firsts))


@dataclass(frozen=True, slots=True)
class Shared:
    """What every process that writes needs; a fork has it without its being sent."""

    lives: Sequence[Life]
    city: City
    people: Sequence[Somebody]
    accounts: Sequence[Somebody]
    spots: Spots


_shared: list[Shared] = []


def _share(shared: Shared) -> None:
    _shared[:] = [shared]


def _shared_part(number: int, orders: Sequence[Order], first: int) -> int:
    return _part(_shared[0], number, orders, first)


def _part(shared: Shared, number: int, orders: Sequence[Order], first: int) -> int:
    connection.connect()
    rng = Random(f"{_SEED}/{number}/{first}")  # noqa: S311 as above
    copier = Copier(
        counterparts=Counterparts(shared.city), people=shared.people, accounts=shared.accounts,
        seed=f"{_SEED}/copies/{first}", numbers=iter(range(first, first + 100_000_000)),
        key=settings.HUIYIN.index_key, city=CITY[:4],
    )  # fmt: skip
    events = waiting = 0
    for one in orders:
        life = shared.lives[one.life]
        spots = shared.spots.draw(life.level, one.times, rng)
        copier.copy(life, days=one.days, spots=spots)
        events += len(life.events) * one.times
        waiting += one.times
        if waiting >= BATCH:
            _pour(copier)
            waiting = 0
    _pour(copier)
    return events


def _pour(copier: Copier) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        for model in MODELS:
            table = model._meta.db_table
            rows = copier.rows[table]
            if rows:
                names = sql.SQL(", ").join(map(sql.Identifier, columns(model)))
                statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table), names)
                _send(cursor, statement.as_string(cursor.connection), rows)
                rows.clear()
        if copier.counts:
            _send(cursor, "COPY bench_counts FROM STDIN", copier.counts)
            copier.counts.clear()


def _send(cursor: object, statement: str, rows: list[str]) -> None:
    with cursor.copy(statement) as into:  # type: ignore[attr-defined]
        into.write("\n".join(rows) + "\n")


# --- counting ------------------------------------------------------------------------------------

_AREA: Final = "town_id, county_id, overlay_id, city_id"
_CELL: Final = "day, measure, procedure, state, category_id, unit_id"
_MAKE_COUNTS: Final = """
CREATE UNLOGGED TABLE bench_counts (
    town_id uuid, county_id uuid, overlay_id uuid, city_id uuid,
    day date, measure text, procedure text, state text, category_id uuid, unit_id uuid, delta int
)
"""
# What was there, what came, and what stands in a state now.
_SUMS: Final = f"""
CREATE UNLOGGED TABLE bench_tally AS
SELECT {_AREA}, {_CELL}, sum(n)::int AS n FROM (
    SELECT {_AREA}, {_CELL}, delta AS n FROM bench_counts
    UNION ALL SELECT {_AREA}, {_CELL}, delta FROM matters_tallydelta WHERE day IS NOT NULL
    UNION ALL SELECT {_AREA}, {_CELL}, count FROM matters_tally
        JOIN matters_tallyarea AS area ON area.id = area_id WHERE day IS NOT NULL
    UNION ALL SELECT {_AREA}, NULL, 'in_state', run.procedure, run.state, category_id,
        (run.memory #>> '{{roles,lead,0}}')::uuid, 1
        FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
) AS parts GROUP BY {_AREA}, {_CELL} HAVING sum(n) <> 0
"""  # noqa: S608 names of columns
_KEEP: Final = f"""
INSERT INTO matters_tally (area_id, {_CELL}, count)
SELECT area.id, {_CELL}, n FROM bench_tally AS sums JOIN matters_tallyarea AS area
    ON (coalesce(sums.town_id, sums.county_id, sums.city_id), sums.overlay_id IS NULL)
     = (coalesce(area.town_id, area.county_id, area.city_id), area.overlay_id IS NULL)
"""  # noqa: S608 as above


def _tidy_up() -> None:
    """Leave the tables as they lie there on any day of a city that has not just been filled."""
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {', '.join((*TABLES, Tally._meta.db_table))}")


def _count() -> None:
    """Write the counts of what was copied."""
    with shelved((Tally._meta.db_table,)) as shelf, connection.cursor() as cursor:
        cursor.execute("SET work_mem = '256MB'")
        cursor.execute(_SUMS)
        cursor.execute("TRUNCATE matters_tally, matters_tallydelta")
        cursor.execute(
            f"INSERT INTO matters_tallyarea ({_AREA}) SELECT DISTINCT {_AREA} FROM bench_tally"  # noqa: S608 as above
            " ON CONFLICT DO NOTHING"
        )
        cursor.execute(_KEEP)
        cursor.execute("DROP TABLE bench_tally, bench_counts")
        shelf.put_back()
