"""Who is on duty in the demo city's units, this month and the next: by those who work there.

Invented, like everything of the demo. One night of one centre is left open on purpose, so that the
roster has something to warn of.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.utils import timezone

from huiyin.ops.demo.names import office_line, person
from huiyin.units.duty_times import USUAL, Times
from huiyin.units.models import DutyTimes, RosterEntry, ShiftKind, Unit, UnitKind
from huiyin.worktime import statutory_calendar

TURNS: Final = 6  # so many people take turns
OPEN: Final = "GC-371427002"  # whose next Saturday night nobody has
_SATURDAY: Final = 5
# The hotline answers day and night; a centre is staffed by day as well, whatever day it is.
_TIMES: Final[Mapping[str, tuple[Times, ...]]] = {
    UnitKind.HOTLINE_CENTRE: (
        Times(ShiftKind.DAY, time(8), time(16)),
        Times(ShiftKind.EVENING, time(16), time(0)),
        Times(ShiftKind.NIGHT, time(0), time(8)),
        Times(ShiftKind.LEADER, time(8), time(8)),
    ),
    UnitKind.GOVERNANCE_CENTRE: (
        Times(ShiftKind.DAY, time(8, 30), time(17, 30)),
        Times(ShiftKind.NIGHT, time(17, 30), time(8, 30)),
        Times(ShiftKind.LEADER, time(8, 30), time(8, 30)),
    ),
}
KINDS: Final = (
    UnitKind.HOTLINE_CENTRE, UnitKind.GOVERNANCE_CENTRE, UnitKind.TOWN_OFFICE,
    UnitKind.DEPARTMENT, UnitKind.PETITION_OFFICE, UnitKind.COMMITTEE_OFFICE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Worker:
    """Somebody who works in a unit; a leader leads on duty."""

    name: str
    account_id: UUID | None
    is_leader: bool = False


def times_of(kind: str) -> tuple[Times, ...]:
    """Return the shifts that units of a kind fill."""
    return _TIMES.get(kind, USUAL)


def own_times(units: Sequence[Unit]) -> Iterator[DutyTimes]:
    """Give the times of shifts of the units that do not have the usual ones."""
    for unit in units:
        for one in _TIMES.get(unit.kind, ()):
            yield DutyTimes(
                unit=unit, kind=one.kind, starts=one.starts, ends=one.ends, days=one.days
            )


def shifts(
    units: Sequence[Unit], workers: Mapping[UUID, Sequence[Worker]], *, at: datetime
) -> Iterator[RosterEntry]:
    """Give the shifts from the first day of this month to the last of the next."""
    days = list(_days(timezone.localdate(at)))
    for unit in units:
        line = office_line(f"{unit.code}/duty")
        people = _in_turn(unit, workers.get(unit.pk, ()))
        for number, day in enumerate(days):
            for place, one in enumerate(times_of(unit.kind)):
                if not one.is_wanted(statutory_calendar().day(day)) or _is_open(unit, day, one, at):
                    continue
                turn = people[one.kind is ShiftKind.LEADER]
                who = turn[(number * 3 + place) % len(turn)]
                starts_at, ends_at = one.span(day)
                yield RosterEntry(
                    unit=unit, starts_at=starts_at, ends_at=ends_at, kind=one.kind, name=who.name,
                    phone=line, account_id=who.account_id,
                )  # fmt: skip


def _is_open(unit: Unit, day: date, one: Times, at: datetime) -> bool:
    """Tell whether this is the night that nobody has."""
    ahead = day - timezone.localdate(at)
    is_next = timedelta(days=1) <= ahead <= timedelta(days=7) and day.weekday() == _SATURDAY
    return unit.code == OPEN and one.kind is ShiftKind.NIGHT and is_next


def _in_turn(unit: Unit, workers: Sequence[Worker]) -> tuple[list[Worker], list[Worker]]:
    """Return who takes turns on duty, and who leads: colleagues, and others of the unit."""
    others = [Worker(person(f"{unit.code}/duty/{n}"), None) for n in range(TURNS)]
    found = []
    for leads in (False, True):
        own = [one for one in workers if one.is_leader is leads]
        found.append([*own, *others][:TURNS] if not leads else own[:3] or others[:2])
    return found[0], found[1]


def _days(today: date) -> Iterator[date]:
    day = today.replace(day=1)
    end = (day + timedelta(days=64)).replace(day=1)
    while day < end:
        yield day
        day += timedelta(days=1)
