"""Whether anybody is there now, and when somebody is next: opening hours, holidays and rosters.

A shift of the roster counts at any time. Opening hours count on days that are worked: not on
statutory holidays and the days off of the yearly notice; on a make-up Saturday or Sunday the door
opens as on Monday.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from huiyin.dispatch.refusals import UnitNotKnown
from huiyin.units.hours import DAYS
from huiyin.units.models import RosterEntry, Unit
from huiyin.units.queries import not_over
from huiyin.worktime import Calendar, DayKind, statutory_calendar

LOOK_AHEAD_DAYS = 31  # longer than the longest break, and than rosters are planned
_MIDNIGHT = "24:00"


@dataclass(frozen=True, slots=True)
class Shift:
    """Somebody on duty, from an instant to an instant."""

    name: str
    phone: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OnDuty:
    """Who is there at an instant.

    `is_open`: by the opening hours; None when they are not known. `next_at`: when somebody is next
    there (the door or a shift), None while somebody is, or when nothing is known.
    """

    unit_id: UUID
    at: datetime
    is_open: bool | None
    closes_at: datetime | None
    shifts: tuple[Shift, ...]
    next_at: datetime | None

    @property
    def is_reachable(self) -> bool:
        """Whether somebody can take something up now."""
        return bool(self.shifts) or self.is_open is True


def on_duty(unit_id: UUID, *, at: datetime, calendar: Calendar | None = None) -> OnDuty:
    """Return who is on duty in a unit at an instant. Two queries. Raises UnitNotKnown."""
    return on_duty_many([unit_id], at=at, calendar=calendar)[unit_id]


def on_duty_many(
    unit_ids: Collection[UUID], *, at: datetime, calendar: Calendar | None = None
) -> dict[UUID, OnDuty]:
    """Return who is on duty in these units. Two queries however many. Raises UnitNotKnown."""
    calendar = calendar or statutory_calendar()
    today = timezone.localdate(at)
    units = Unit.objects.in_bulk(list(unit_ids))
    shifts: dict[UUID, list[Shift]] = defaultdict(list)
    ahead = not_over(at) & Q(starts_at__lt=at + timedelta(days=LOOK_AHEAD_DAYS))
    for entry in RosterEntry.objects.filter(ahead, unit__in=units).order_by("starts_at", "id"):
        shifts[entry.unit_id].append(Shift(entry.name, entry.phone, entry.starts_at, entry.ends_at))
    found: dict[UUID, OnDuty] = {}
    for unit_id in unit_ids:
        unit = units.get(unit_id)
        if unit is None:
            raise UnitNotKnown(identifier=str(unit_id))
        is_over = unit.valid_to is not None and unit.valid_to <= today
        is_planned = unit.valid_from is not None and unit.valid_from > today
        if is_over or is_planned:
            found[unit_id] = OnDuty(unit_id, at, False, None, (), None)
        else:
            found[unit_id] = _state(unit_id, unit.opening_hours, shifts[unit_id], at, calendar)
    return found


def _state(
    unit_id: UUID,
    hours: Mapping[str, Any],
    planned: list[Shift],
    at: datetime,
    calendar: Calendar,
) -> OnDuty:
    now = tuple(shift for shift in planned if shift.starts_at <= at)
    is_open, closes_at, opens_at = door(hours, at, calendar=calendar)
    later = [shift.starts_at for shift in planned if shift.starts_at > at]
    nexts = [moment for moment in (opens_at, *later) if moment is not None]
    there = bool(now) or is_open is True
    return OnDuty(unit_id, at, is_open, closes_at, now, None if there else min(nexts, default=None))


def door(
    hours: Mapping[str, Any], at: datetime, *, calendar: Calendar
) -> tuple[bool | None, datetime | None, datetime | None]:
    """Return whether a door is open at an instant, until when, and when it next opens. Pure.

    None for what is not known, and for what does not come within LOOK_AHEAD_DAYS.
    """
    if hours.get("always"):
        return True, None, None
    if not any(hours.get(day) for day in DAYS):
        return None, None, None
    local = timezone.localtime(at)
    for opens, closes in _spans(hours, local, calendar):
        if closes <= local:
            continue
        if opens <= local:
            return True, closes, None
        return False, None, opens
    return False, None, None


def _spans(
    hours: Mapping[str, Any], local: datetime, calendar: Calendar
) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans from today on, those that touch joined."""
    last: tuple[datetime, datetime] | None = None
    for ahead in range(LOOK_AHEAD_DAYS + 1):
        on = local.date() + timedelta(days=ahead)
        for start, end in _day(hours, on, calendar):
            opens, closes = _moment(on, start, local), _moment(on, end, local)
            if last is not None and last[1] == opens:
                last = (last[0], closes)
                continue
            if last is not None:
                yield last
            last = (opens, closes)
    if last is not None:
        yield last


def _day(hours: Mapping[str, Any], on: date, calendar: Calendar) -> list[list[str]]:
    match calendar.day(on).kind:
        case DayKind.STATUTORY_HOLIDAY | DayKind.ADJUSTED_DAY_OFF:
            return []
        case DayKind.MAKEUP_WORKING_DAY:
            found: list[list[str]] = hours.get(DAYS[0]) or []
        case _:
            found = hours.get(DAYS[on.weekday()]) or []
    return found


def _moment(on: date, clock: str, local: datetime) -> datetime:
    if clock == _MIDNIGHT:
        return datetime.combine(on + timedelta(days=1), time(), local.tzinfo)
    return datetime.combine(on, time.fromisoformat(clock), local.tzinfo)
