"""Which shifts a unit has to fill, when and on which days; and where nobody is planned."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huiyin.ui.acts import By, recording
from huiyin.units.models import DutyDays, DutyTimes, RosterEntry, ShiftKind, Unit
from huiyin.units.refusals import NotKnown
from huiyin.worktime import Day

_ORDER: Final = {kind: number for number, kind in enumerate(ShiftKind)}


@dataclass(frozen=True, slots=True)
class Times:
    """A shift of a kind: local times of day, and on which days it has to be filled."""

    kind: ShiftKind
    starts: time
    ends: time
    days: DutyDays = DutyDays.EVERY

    def span(self, on: date) -> tuple[datetime, datetime]:
        """Return from when to when the shift that begins on a day goes."""
        ends_on = on if self.ends > self.starts else on + timedelta(days=1)
        return _moment(on, self.starts), _moment(ends_on, self.ends)

    def is_wanted(self, day: Day) -> bool:
        """Tell whether it has to be filled on a day."""
        match self.days:
            case DutyDays.WORKING:
                return day.is_working
            case DutyDays.OFF:
                return not day.is_working
        return True


# What a unit has that has not said otherwise: the office itself is there on working days.
USUAL: Final = (
    Times(ShiftKind.DAY, time(8, 30), time(17, 30), DutyDays.OFF),
    Times(ShiftKind.NIGHT, time(17, 30), time(8, 30)),
    Times(ShiftKind.LEADER, time(8, 30), time(8, 30)),
)


@dataclass(frozen=True, slots=True)
class Hole:
    """A time in which a shift has to be filled and is not."""

    kind: ShiftKind
    on: date  # the day on which the shift begins
    starts_at: datetime
    ends_at: datetime


def times_of(unit_id: UUID) -> tuple[Times, ...]:
    """Return the shifts of a unit, in the order of the day. One query."""
    rows = DutyTimes.objects.filter(unit=unit_id)
    found = [Times(ShiftKind(row.kind), row.starts, row.ends, DutyDays(row.days)) for row in rows]
    return tuple(sorted(found, key=lambda one: _ORDER[one.kind])) or USUAL


def set_times(*, unit_id: UUID, times: Sequence[Times], by: By, at: datetime) -> None:
    """Say which shifts a unit fills from now on; what is planned already stays.

    Of none at all the usual ones hold again. Raises NotKnown.
    """
    with transaction.atomic(), recording("units.duty_times", by=by, at=at):
        unit = Unit.objects.select_for_update().filter(id=unit_id).first()
        if unit is None:
            raise NotKnown(code=str(unit_id))
        DutyTimes.objects.filter(unit=unit).delete()
        DutyTimes.objects.bulk_create(
            DutyTimes(unit=unit, kind=one.kind, starts=one.starts, ends=one.ends, days=one.days)
            for one in times
        )


def holes(
    times: Iterable[Times], entries: Sequence[RosterEntry], days: Sequence[Day], *, at: datetime
) -> list[Hole]:
    """Return where nobody is planned although somebody has to be, of what is still to come. Pure.

    Whoever is on duty fills any shift but that of the leader, and only a leader fills that.
    """
    found = []
    for day in days:
        for one in times:
            if not one.is_wanted(day):
                continue
            starts_at, ends_at = one.span(day.on)
            beside = [
                entry
                for entry in entries
                if (entry.kind == ShiftKind.LEADER) == (one.kind is ShiftKind.LEADER)
            ]
            gap = next(_gaps(max(starts_at, at), ends_at, beside), None)
            if gap is not None:
                found.append(Hole(one.kind, day.on, *gap))
    return sorted(found, key=lambda hole: (hole.starts_at, _ORDER[hole.kind]))


def _gaps(
    starts_at: datetime, ends_at: datetime, entries: Iterable[RosterEntry]
) -> Iterator[tuple[datetime, datetime]]:
    """Yield what of a time no entry covers."""
    here = starts_at
    for entry in sorted(entries, key=lambda one: one.starts_at):
        if entry.ends_at <= here or entry.starts_at >= ends_at:
            continue
        if entry.starts_at > here:
            yield here, entry.starts_at
        here = max(here, entry.ends_at)
    if here < ends_at:
        yield here, ends_at


def _moment(on: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(on, clock))
