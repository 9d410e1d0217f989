"""How units deliver: always a numerator with its denominator, read off the tallies."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from huiyin.matters import access
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Measure
from huiyin.matters.tallies import counted, counted_in
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.units.models import Unit

DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Delivery:
    """One unit in a time: limits of its own that ended, those in time, what it has now.

    `ended` counts unit clocks that were met in time or late; `late_now` those that ran out.
    """

    unit: Unit
    in_time: int
    ended: int
    open: int
    went_late: int
    returned: int

    @property
    def percent(self) -> int | None:
        """How many of a hundred were in time; None where nothing ended."""
        return round(100 * self.in_time / self.ended) if self.ended else None


def deliveries(place: Place, *, by: Actor, at: datetime, most: int = 12) -> Sequence[Delivery]:
    """Return how the units in a place delivered in the last 30 days, who has most first.

    Of the procedures the reader's office looks after, without confidential ones and without what
    complains of the reader's unit. Twelve queries at most, whatever the size of the place.
    """
    until = timezone.localdate(at)
    days = {"since": until - timedelta(days=DAYS), "until": until}
    met = _by_unit(Measure.MET_UNIT, place, by, **days)
    late = _by_unit(Measure.LATE_UNIT, place, by, **days)
    missed = _by_unit(Measure.OVERDUE_UNIT, place, by, **days)
    returned = _by_unit(Measure.RETURNED, place, by, **days)
    held = _held(place, by)
    ids = {*met, *late, *missed, *returned, *held}
    units = Unit.objects.in_bulk(list(ids))
    found = [
        Delivery(
            unit=units[pk],
            in_time=met.get(pk, 0),
            ended=met.get(pk, 0) + late.get(pk, 0),
            open=held.get(pk, 0),
            went_late=missed.get(pk, 0),
            returned=returned.get(pk, 0),
        )
        for pk in ids
        if pk in units
    ]
    found.sort(key=lambda one: (-one.open, -one.ended, one.unit.code))
    return found[:most]


def _by_unit(
    measure: Measure, place: Place, by: Actor, *, since: date, until: date
) -> dict[UUID, int]:
    groups = ("procedure", "unit_id")
    return _sums(_seen(measure, place, by, groups, since=since, until=until))


def _held(place: Place, by: Actor) -> dict[UUID, int]:
    """Return how much each unit has in hand: in states that are not done."""
    counts = _seen(Measure.IN_STATE, place, by, ("procedure", "unit_id", "state"))
    return _sums(
        {key: count for key, count in counts.items() if not _is_done(str(key[0]), str(key[2]))}
    )


def _seen(
    measure: Measure, place: Place, by: Actor, groups: tuple[str, ...], **days: date
) -> dict[tuple[Any, ...], int]:
    """Return counts of what the reader's office looks after; procedure and unit come first."""
    wanted: dict[str, Any] = {"place_id": place.pk, "by": groups, **days}
    found = Counter(counted(measure, **wanted))
    found.subtract(counted_in(access.runs_accusing(by), measure, **wanted))
    procedures, confidential = access.looked_after_by(by)
    open_ones = set(procedures) - set(confidential)
    return {key: count for key, count in found.items() if count and key[0] in open_ones}


def _sums(counts: Mapping[tuple[Any, ...], int]) -> dict[UUID, int]:
    found: Counter[UUID] = Counter()
    for (_procedure, unit, *_rest), count in counts.items():
        if unit:
            found[unit] += count
    return dict(found)


def _is_done(procedure: str, state: str) -> bool:
    states = procedure_of(procedure).states
    return state not in states or states[state].done
