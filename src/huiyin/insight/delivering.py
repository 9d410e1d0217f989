"""How units deliver: always a numerator with its denominator.

What ended is read off the tallies; what a unit has in hand, and what of it is late, off the rows
that the lists behind these figures show.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q
from django.utils import timezone

from huiyin.insight.listing import LEAD
from huiyin.insight.standing import in_place, open_runs, with_limit
from huiyin.matters import access
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Measure, Rating, Run
from huiyin.matters.tallies import counted, counted_in
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.units.models import Unit

DAYS: Final = 30
LEAST_RATED: Final = 5  # of fewer one could guess who said it (domain §2c)
SATISFIED: Final = ("satisfied", "basically")
_MEASURES: Final = (
    Measure.MET_UNIT, Measure.LATE_UNIT, Measure.OVERDUE_UNIT, Measure.RETURNED
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivery:
    """One unit in a time: limits of its own that ended, those in time, what it has now.

    `ended` counts unit clocks that were met, in time or late; `went_late` those that ran out, met
    since or not; `returned` what it sent back. `open` and `overdue` are matters as they stand now.
    `rated`: how many people said whether they are satisfied, `satisfied` how many of them are.
    """

    unit: Unit
    in_time: int
    ended: int
    open: int
    overdue: int
    went_late: int
    returned: int
    satisfied: int
    rated: int

    @property
    def percent(self) -> int | None:
        """How many of a hundred were in time; None where nothing ended."""
        return round(100 * self.in_time / self.ended) if self.ended else None

    @property
    def satisfied_percent(self) -> int | None:
        """How many of a hundred are satisfied; None where too few said so to be told of."""
        return round(100 * self.satisfied / self.rated) if self.rated >= LEAST_RATED else None


def deliveries(place: Place, *, by: Actor, at: datetime) -> Sequence[Delivery]:
    """Return how the units in a place delivered in the last 30 days, who is late most first.

    Of the procedures the reader's office looks after, without confidential ones and without what
    complains of the reader's unit; where it looks after none, of the reader's own unit alone.
    Eight queries, a few more where something complains of the reader's unit.
    """
    until = timezone.localdate(at)
    days = {"since": until - timedelta(days=DAYS), "until": until}
    accusing = list(access.runs_accusing(by).values_list("pk", flat=True))
    met, late, missed, returned = (
        _by_unit(measure, place, by, accusing, **days) for measure in _MEASURES
    )
    held = _held(place, by, at)
    rated = _rated(place, by, at)
    ids = {*met, *late, *missed, *returned, *held}
    units = Unit.objects.in_bulk(list(ids))
    found = [
        Delivery(
            unit=unit,
            in_time=met.get(pk, 0),
            ended=met.get(pk, 0) + late.get(pk, 0),
            open=held.get(pk, (0, 0))[0],
            overdue=held.get(pk, (0, 0))[1],
            went_late=missed.get(pk, 0),
            returned=returned.get(pk, 0),
            satisfied=rated.get(pk, (0, 0))[0],
            rated=rated.get(pk, (0, 0))[1],
        )
        for pk, unit in units.items()
    ]
    return sorted(found, key=lambda one: (-one.overdue, -one.open, -one.ended, one.unit.code))


def _by_unit(
    measure: Measure, place: Place, by: Actor, accusing: Sequence[UUID], *, since: date, until: date
) -> dict[UUID, int]:
    """Return counts of the days by unit; without the runs that complain of the reader's unit."""
    wanted: dict[str, Any] = {
        "place_id": place.pk, "by": ("procedure", "unit_id"), "since": since, "until": until,
    }  # fmt: skip
    found = Counter(counted(measure, **wanted))
    if accusing:
        found.subtract(counted_in(Run.objects.filter(pk__in=accusing), measure, **wanted))
    procedures, confidential = access.looked_after_by(by)
    open_ones = set(procedures) - set(confidential)
    return _sums(
        {
            key: count
            for key, count in found.items()
            if count and (key[0] in open_ones if open_ones else _is_own(key, by))
        }
    )


def _held(place: Place, by: Actor, at: datetime) -> dict[UUID, tuple[int, int]]:
    """Return how many open matters each unit has the lead in, and how many of them are late."""
    led = open_runs(place, by=by).filter(assignments__role=LEAD, assignments__to_at=None)
    rows = (
        led.values(unit=F("assignments__unit"))
        .order_by()
        .annotate(n=Count("pk"), late=Count("pk", filter=with_limit("overdue", at)))
    )
    return {row["unit"]: (row["n"], row["late"]) for row in rows}


def _rated(place: Place, by: Actor, at: datetime) -> dict[UUID, tuple[int, int]]:
    """Return of how many matters of each unit people said whether they are satisfied, and are.

    The unit is the one that had the lead when it was done.
    """
    since = at - timedelta(days=DAYS)
    given = Rating.objects.filter(in_place(place, "run__matter__"), at__gte=since, at__lte=at)
    led = given.filter(
        Q(run__assignments__to_at=None) | Q(run__assignments__to_at__gte=F("run__done_at")),
        run__assignments__role=LEAD,
    )
    rows = (
        led.exclude(satisfaction="")
        .filter(access.overseen(by, prefix="run__matter__"))
        .values(unit=F("run__assignments__unit"))
        .order_by()
        .annotate(n=Count("pk"), good=Count("pk", filter=Q(satisfaction__in=SATISFIED)))
    )
    return {row["unit"]: (row["good"], row["n"]) for row in rows}


def _is_own(key: tuple[Any, ...], by: Actor) -> bool:
    """Tell whether a count is of the reader's own unit, in what everybody may know of."""
    procedure, unit, *_rest = key
    return unit == by.unit_id and not procedure_of(procedure).confidential


def _sums(counts: Mapping[tuple[Any, ...], int]) -> dict[UUID, int]:
    found: Counter[UUID] = Counter()
    for (_procedure, unit, *_rest), count in counts.items():
        if unit:
            found[unit] += count
    return dict(found)
