"""How units deliver: always a numerator with its denominator.

What ended is read off the tallies; what a unit has in hand, and what of it is late, off the rows
that the lists behind these figures show.
"""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from huiyin.insight.listing import LEAD
from huiyin.insight.standing import KEPT_SECONDS, in_place, open_runs, reader, with_limit
from huiyin.matters import access
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Measure, Rating, Run
from huiyin.matters.tallies import counted_in, counted_of
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.ui.kept import Kept
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


_kept: Final[Kept[Hashable, Sequence[Delivery]]] = Kept(KEPT_SECONDS)


def deliveries(place: Place, *, by: Actor, at: datetime) -> Sequence[Delivery]:
    """Return how the units in a place delivered in the last 30 days, who is late most first.

    Of the procedures the reader's office looks after, without confidential ones and without what
    complains of the reader's unit; where it looks after none, of the reader's own unit alone.
    Five queries, a few more where something complains of the reader's unit. As it was a minute ago
    at most.
    """
    return _kept.get((place.pk, reader(by)), lambda: _deliveries(place, by, at))


def _deliveries(place: Place, by: Actor, at: datetime) -> Sequence[Delivery]:
    accusing = list(access.runs_accusing(by).values_list("pk", flat=True))
    counts = _by_unit(_MEASURES, place, by, accusing, at)
    met, late, missed, returned = (counts[measure] for measure in _MEASURES)
    held = _held(place, by, at)
    rated = _rated(place, by, at)
    ids = {*met, *late, *missed, *returned, *held}
    units = Unit.objects.only("code", "name").in_bulk(list(ids))
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


def days_until(at: datetime) -> tuple[date, date]:
    """Return the first and the last of the local days that are counted."""
    until = timezone.localdate(at)
    return until - timedelta(days=DAYS), until


def ended_by(
    unit_id: UUID, measures: Sequence[Measure], place: Place, *, by: Actor, at: datetime
) -> int:
    """Return how many of some measures a unit has, as `deliveries` counts them."""
    accusing = list(access.runs_accusing(by).values_list("pk", flat=True))
    counts = _by_unit(measures, place, by, accusing, at, unit_id=unit_id)
    return sum(found.get(unit_id, 0) for found in counts.values())


def procedures_counted(by: Actor) -> list[str]:
    """Return the procedures whose runs count for an office; none: its own unit's runs count."""
    procedures, confidential = access.looked_after_by(by)
    return sorted(set(procedures) - set(confidential))


def _by_unit(
    measures: Sequence[Measure], place: Place, by: Actor, accusing: Sequence[UUID], at: datetime,
    **only: Any,
) -> dict[Measure, dict[UUID, int]]:  # fmt: skip
    """Return counts of the days by unit; without the runs that complain of the reader's unit."""
    since, until = days_until(at)
    wanted: dict[str, Any] = {
        "place_id": place.pk, "by": ("procedure", "unit_id"), "since": since, "until": until,
        **only,
    }  # fmt: skip
    open_ones = procedures_counted(by)
    sums = {}
    for measure, counts in counted_of(measures, **wanted).items():
        found = Counter(counts)
        if accusing:
            found.subtract(counted_in(Run.objects.filter(pk__in=accusing), measure, **wanted))
        sums[measure] = _sums(
            {
                key: count
                for key, count in found.items()
                if count and (key[0] in open_ones if open_ones else _is_own(key, by))
            }
        )
    return sums


def _held(place: Place, by: Actor, at: datetime) -> dict[UUID, tuple[int, int]]:
    """Return how many open matters each unit has the lead in, and how many of them are late."""
    led = open_runs(place, by=by).filter(assignments__role=LEAD, assignments__to_at=None)
    rows = (
        led.values(unit=F("assignments__unit"))
        .order_by()
        .annotate(n=Count("pk"), late=Count("pk", filter=with_limit("overdue", at)))
    )
    return {row["unit"]: (row["n"], row["late"]) for row in rows}


def ratings(place: Place, *, by: Actor, at: datetime, **only: Any) -> QuerySet[Rating]:
    """Return what people said of being satisfied with what units in a place did, of 30 days.

    `only`: what the assignment of the unit that had the lead when it was done is narrowed to.
    """
    since = at - timedelta(days=DAYS)
    given = Rating.objects.filter(in_place(place, "run__matter__"), at__gte=since, at__lte=at)
    led = given.filter(
        Q(run__assignments__to_at=None) | Q(run__assignments__to_at__gte=F("run__done_at")),
        run__assignments__role=LEAD,
        **{f"run__assignments__{name}": value for name, value in only.items()},
    )
    return led.exclude(satisfaction="").filter(access.overseen(by, prefix="run__matter__"))


def _rated(place: Place, by: Actor, at: datetime) -> dict[UUID, tuple[int, int]]:
    """Return of how many matters of each unit people said whether they are satisfied, and are."""
    is_good = Q(satisfaction__in=SATISFIED)
    rows = (
        ratings(place, by=by, at=at)
        .values(unit=F("run__assignments__unit"))
        .order_by()
        .annotate(n=Count("pk", distinct=True), good=Count("pk", filter=is_good, distinct=True))
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
