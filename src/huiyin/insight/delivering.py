"""How units deliver: always a numerator with its denominator, read off the tallies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Measure
from huiyin.matters.tallies import counted
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


def deliveries(place: Place, *, at: datetime, most: int = 12) -> Sequence[Delivery]:
    """Return how the units in a place delivered in the last 30 days, who has most first.

    Six queries, whatever the size of the place.
    """
    until = timezone.localdate(at)
    since = until - timedelta(days=DAYS)
    met = _by_unit(Measure.MET_UNIT, place, since=since, until=until)
    late = _by_unit(Measure.LATE_UNIT, place, since=since, until=until)
    missed = _by_unit(Measure.OVERDUE_UNIT, place, since=since, until=until)
    returned = _by_unit(Measure.RETURNED, place, since=since, until=until)
    held = _held(place)
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


def _by_unit(measure: Measure, place: Place, *, since: date, until: date) -> dict[UUID, int]:
    rows = counted(measure, place_id=place.pk, by=("unit_id",), since=since, until=until)
    return {pk: count for (pk,), count in rows.items() if pk}


def _held(place: Place) -> dict[UUID, int]:
    """Return how much each unit has in hand: in states that are not done."""
    found: dict[UUID, int] = {}
    rows = counted(Measure.IN_STATE, place_id=place.pk, by=("procedure", "state", "unit_id"))
    for (procedure, state, unit), count in rows.items():
        states = procedure_of(procedure).states
        if unit and state in states and not states[state].done:
            found[unit] = found.get(unit, 0) + count
    return found
