"""The lists behind what a unit delivered: each limit of its own that ended, each answer of people.

`delivering` counts the limits in the tallies, and these lists read the same events by the same
rules (`tallies.told`): a list has as many rows as its figure says. A row is a limit, not a matter:
a unit that has a matter twice has two limits in it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet
from django.utils import timezone

from huiyin.insight import delivering
from huiyin.insight.moments import midnight
from huiyin.insight.standing import in_place
from huiyin.matters import access
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Assignment, EventHeader, Measure, Rating, Run
from huiyin.matters.tallies import told
from huiyin.matters.walked import one_by_one
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.procedures import library
from huiyin.ui.among import AnyOf
from huiyin.units.models import Unit

PAGE: Final = 50
BATCH: Final = 300  # runs whose events are read at a time
LIMITS: Final[Mapping[str, tuple[Measure, ...]]] = {
    "met": (Measure.MET_UNIT,),
    "all_ended": (Measure.MET_UNIT, Measure.LATE_UNIT),
    "gone_back": (Measure.RETURNED,),
}
ANSWERS: Final = ("satisfied", "rated")
LISTS: Final = (*LIMITS, *ANSWERS)
_WITH: Final = ("matter__words", "matter__place", "matter__category")


@dataclass(frozen=True, slots=True)
class Ended:
    """A limit of a unit that ended: of which run, when, and how (`measure`)."""

    run: Run
    at: datetime
    measure: Measure


@dataclass(frozen=True, slots=True)
class EndedPage:
    """Some of them, the runs opened last first; `next`: the run after which the next page begins.

    It ends with a run, so it may be a little longer than asked for.
    """

    limits: Sequence[Ended]
    next: UUID | None


def counted(which: str, unit: Unit, place: Place, *, by: Actor, at: datetime) -> int:
    """Return how many a list has, as the table of units says it. Raises KeyError."""
    if which in ANSWERS:
        return answers(which, unit, place, by=by, at=at).count()
    return delivering.ended_by(unit.pk, LIMITS[which], place, by=by, at=at)


def page(
    which: str, unit: Unit, place: Place, *, by: Actor, at: datetime, after: UUID | None = None,
    size: int = PAGE,
) -> EndedPage:  # fmt: skip
    """Return a page of limits. A query, and two for each `BATCH` of runs that are looked through.

    What the unit had is found once, by the index of units; joined, all runs might be read instead.
    """
    had = sorted({pk for pk in _had(unit, at) if after is None or pk < after}, reverse=True)
    runs = _runs(which, unit, place, by, at)
    found: list[Ended] = []
    for begins in range(0, len(had), BATCH):
        batch = list(runs.filter(pk__in=had[begins : begins + BATCH]).order_by("-pk"))
        events = _events(batch)
        for run in batch:
            if len(found) >= size:
                return EndedPage(found, after)
            found += _ended(run, events.get(run.pk, ()), LIMITS[which], unit, at)
            after = run.pk
    return EndedPage(found, None)


def answers(which: str, unit: Unit, place: Place, *, by: Actor, at: datetime) -> QuerySet[Rating]:
    """Return what people said: all of it, or of those who are satisfied."""
    given = delivering.ratings(place, by=by, at=at, unit=unit.pk)
    if which == "satisfied":
        given = given.filter(satisfaction__in=delivering.SATISFIED)
    return given.distinct()


def page_of_answers(
    which: str, unit: Unit, place: Place, *, by: Actor, at: datetime, after: int | None = None,
    size: int = PAGE,
) -> tuple[list[Rating], int | None]:  # fmt: skip
    """Return a page of what people said, the latest first, and where the next begins. One query."""
    given = answers(which, unit, place, by=by, at=at).select_related(
        "run", *(f"run__{name}" for name in _WITH)
    )
    some = given.filter(pk__lt=after) if after else given
    found = list(some.order_by("-pk")[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def _had(unit: Unit, at: datetime) -> QuerySet[Assignment, UUID]:
    """Return the runs in which a unit had a part in those days."""
    begins = midnight(delivering.days_until(at)[0])
    had = Assignment.objects.filter(Q(to_at=None) | Q(to_at__gte=begins), unit=unit.pk)
    return had.values_list("run_id", flat=True)


def _runs(which: str, unit: Unit, place: Place, by: Actor, at: datetime) -> QuerySet[Run]:
    """Return in which runs such limits may have ended, of those in which the unit had a part."""
    begins = midnight(delivering.days_until(at)[0])
    accusing = access.runs_accusing(by).values("pk")
    runs = Run.objects.filter(in_place(place), changed_at__gte=begins)
    runs = runs.exclude(AnyOf("pk", accusing))
    procedures = delivering.procedures_counted(by)
    if procedures:
        runs = runs.filter(procedure__in=procedures)
    elif unit.pk == by.unit_id:
        runs = runs.exclude(procedure__in=_confidential())
    else:
        return Run.objects.none()
    if which == "gone_back":  # a few of many: look only into those where something was sent back
        back = Q(pk=None)
        for procedure, action in _giving_back():
            back |= Q(action=action, run__procedure=procedure)
        sent_back = EventHeader.objects.filter(back, run=OuterRef("pk"), recorded_at__gte=begins)
        runs = runs.filter(one_by_one(sent_back))
    return runs.select_related(*_WITH).defer("memory")


def _confidential() -> list[str]:
    return [name for name, rules in library.procedures().items() if rules.confidential]


def _giving_back() -> Iterator[tuple[str, str]]:
    """Yield the acts by which a unit's limit ends as sent back, with their procedure."""
    for rules in library.procedures().values():
        for action in rules.actions.values():
            if action.clocks.give_back:
                yield rules.name, action.name


def _events(runs: Sequence[Run]) -> dict[UUID, list[Any]]:
    rows = (
        EventHeader.objects.filter(run__in=runs)
        .order_by("run_id", "seq")
        .values_list("run_id", "action", "to_state", "recorded_at", "effects")
    )
    return {pk: [row[1:] for row in found] for pk, found in groupby(rows, lambda row: row[0])}


def _ended(
    run: Run, events: Sequence[Any], measures: Sequence[Measure], unit: Unit, at: datetime
) -> Iterator[Ended]:
    first, last = delivering.days_until(at)
    for moment, found in told(procedure_of(run.procedure), events):
        if not first <= timezone.localdate(moment) <= last:
            continue
        for move, amount in found.items():
            if move.measure in measures and move.unit == str(unit.pk):
                for _each in range(amount):
                    yield Ended(run, moment, move.measure)
