"""A million limits that run, and very many that end in the same minute: the worker's worst morning.

What is counted is the record itself: of each run whose limit ended, the events that say so. There
has to be one, whatever was running beside.
"""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.matters.acting import act
from huiyin.matters.intake import Person, Said, open_matter
from huiyin.matters.models import Channel, EventHeader, Matter, Run, RunClock
from huiyin.ops.bench.cases import CATEGORY, FORM
from huiyin.ops.bench.filling import Order, city_now, write
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.bench.lives import read_lives
from huiyin.ops.bench.offices import Office, office
from huiyin.ops.bench.stage import stage
from huiyin.ops.demo.divisions import CITY
from huiyin.ops.demo.units import unit_code
from huiyin.ops.errors import OperatorError
from huiyin.ops.progress import say
from huiyin.places.models import Place, PlaceLevel

OPEN: Final = 1_000_000
DUE: Final = 50_000
LIVES: Final = 8
WAIT: Final = 0.25
QUIET_SECONDS: Final = 900.0
MOST_SECONDS: Final = 1_800.0
_AGO: Final = timedelta(minutes=20)


@dataclass(frozen=True, slots=True)
class Fired:
    """What became of limits that ended in the same minute.

    `seconds`: from when the keeper began with them until the last was recorded. `once`: runs with
    exactly one event of an end; `never`, `twice`: the others; both have to be 0.
    """

    open_clocks: int
    due: int
    seconds: float
    per_second: float
    once: int
    never: int
    twice: int
    memory_mb: float


def clocks(found: Grounds, *, open_clocks: int = OPEN, due: int = DUE) -> Fired:
    """Fill up to so many running limits, let so many end in one minute, and wait for the worker."""
    _fill_up(found, open_clocks - due)
    with stage(found):
        _until_quiet()
    ended = timezone.now().replace(second=0, microsecond=0) - _AGO
    clock, runs = _let_end(found, due, ended)
    there = RunClock.objects.filter(status="running").count()
    say(f"{there} limits run, {len(runs)} of them ended at {ended:%H:%M}; starting the worker …")
    since = timezone.now()
    with stage(found) as running:
        last = _until_recorded(ended)
        memory = running.memory_mb()
    begun = _begun(since)
    seconds = max((last - begun).total_seconds(), 0.001)
    events = _ends_of(runs, clock)
    counted = Counter(events.values())
    return Fired(
        open_clocks=there, due=len(runs), seconds=round(seconds, 1),
        per_second=round(len(runs) / seconds, 1), once=counted[1],
        never=len(runs) - len(events), twice=sum(n for many, n in counted.items() if many > 1),
        memory_mb=round(memory, 1),
    )  # fmt: skip


def told(one: Fired) -> str:
    """Return it as a line."""
    return (
        f"{one.open_clocks} limits run; {one.due} ended in one minute and were recorded in "
        f"{one.seconds:.1f} s ({one.per_second:.0f}/s): once {one.once}, never {one.never}, "
        f"more than once {one.twice}; server and worker {one.memory_mb:.0f} MB"
    )


# --- filling --------------------------------------------------------------------------------------


def _fill_up(found: Grounds, wanted: int) -> None:
    """Copy orders that a unit has to answer until so many limits run."""
    missing = wanted - RunClock.objects.filter(status="running").count()
    if missing <= 0:
        return
    at = timezone.now()
    agent = office(unit_code("HC", CITY), at=at)
    bureau = office(unit_code("DP", CITY, "housing"), at=at)
    runs = [_opened(agent, place, at) for place in _places()]
    form = {"to_unit": str(bureau.post.unit_id), "basis": "functional", "grade": "ordinary"}
    for run in runs:
        act(run.pk, "dispatch", by=agent.actor, at=at, form=form)
    each = RunClock.objects.filter(run__in=runs, status="running").count() / len(runs)
    _copy(found, [run.matter_id for run in runs], round(missing / each), at)


def _let_end(found: Grounds, many: int, ended: datetime) -> tuple[str, list[Run]]:
    """Copy calls that nobody has given to a unit until so many limits have ended in a minute.

    Returns which limit, and the runs.
    """
    agent = office(unit_code("HC", CITY), at=timezone.now())
    first = [_opened(agent, place, ended) for place in _places()]
    clock = RunClock.objects.filter(run__in=first, status="running").earliest("due_at")
    # Opened once more, so much earlier that this limit ends at that minute.
    begun = ended - (clock.due_at - ended)
    runs = [_opened(agent, place, begun) for place in _places()]
    timed = RunClock.objects.filter(run__in=runs, name=clock.name, due_at=ended)
    if timed.count() != len(runs):
        raise OperatorError(f"The limit {clock.name} is not counted in hours: none can be timed.")
    _copy(found, [run.matter_id for run in runs], many - len(runs), timezone.now())
    ending = Run.objects.filter(clocks__name=clock.name, clocks__due_at=ended)
    return clock.name, list(ending.only("pk"))


def _opened(agent: Office, place: Place, at: datetime) -> Run:
    category = Category.objects.get(code=CATEGORY)
    form = {**FORM, "category": str(category.pk), "place": str(place.pk)}
    done = open_matter(
        procedure="hotline", action="accept_call", by=agent.actor, at=at, form=form,
        said=Said("路灯不亮", "路灯坏了三天。"), place=place, channel=Channel.CALL,
        category=category, reporter=Person("李娟", "15400000001"),
    )  # fmt: skip
    return done.run


def _places() -> list[Place]:
    found = Place.objects.filter(level=PlaceLevel.GRID, valid_to=None).order_by("code")
    return list(found[:: max(found.count() // LIVES, 1)][:LIVES])


def _copy(found: Grounds, matters: Sequence[UUID], many: int, at: datetime) -> None:
    city = city_now()
    first = list(Matter.objects.filter(pk__in=matters).select_related("place"))
    lives = read_lives(first, city)
    each, left = divmod(many, len(lives))
    orders = [Order(n, 0, each + (n < left)) for n in range(len(lives))]
    with found.filling():
        write([one for one in orders if one.times], lives, city, at=at)


# --- waiting --------------------------------------------------------------------------------------


def _due_now() -> int:
    return RunClock.objects.filter(
        status="running", overdue_at=None, due_at__lte=timezone.now()
    ).count()


def _until_quiet() -> None:
    """Let the worker catch up with what ended before. Raises OperatorError."""
    until = time.monotonic() + QUIET_SECONDS
    while left := _due_now():
        if time.monotonic() > until:
            raise OperatorError(f"The worker does not catch up: {left} limits are left.")
        time.sleep(WAIT)


def _until_recorded(ended: datetime) -> datetime:
    """Wait until no limit that ended by then is left; return when. Raises OperatorError."""
    until = time.monotonic() + MOST_SECONDS
    left = RunClock.objects.filter(status="running", overdue_at=None, due_at__lte=ended)
    while left.exists():
        if time.monotonic() > until:
            raise OperatorError(f"{left.count()} limits were not recorded in time.")
        time.sleep(WAIT)
    return timezone.now()


def _begun(since: datetime) -> datetime:
    """Return when the keeper began after an instant."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(events.at) FROM procrastinate_events AS events"
            " JOIN procrastinate_jobs AS jobs ON jobs.id = events.job_id"
            " WHERE jobs.task_name = 'matters.keep_clocks' AND events.type = 'started'"
            " AND events.at >= %s",
            [since],
        )
        (found,) = cursor.fetchone()
    return found if isinstance(found, datetime) else since


def _ends_of(runs: Sequence[Run], clock: str) -> Counter[UUID]:
    """Return how many ends of a limit are recorded of each run.

    At whatever time: a call of the keeper that was taken up late writes the minute it was for.
    """
    found: Counter[UUID] = Counter()
    ids = [run.pk for run in runs]
    for start in range(0, len(ids), 5_000):
        events = EventHeader.objects.filter(run__in=ids[start : start + 5_000], action="")
        for run_id, effects in events.values_list("run_id", "effects"):
            found[run_id] += clock in effects.get("clocks", {}).get("put", {})
    return found
