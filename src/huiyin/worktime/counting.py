"""Counting limits: from a start to the last day, or the moment, that is still in time.

The rules (Civil Code 民法典; in docs/worktime.md with examples):
- Art. 200: periods are counted in years, months, days and hours of the Gregorian calendar.
- Art. 201: in years, months and days the starting day is not counted; hours run from the moment.
- Art. 202: years and months end on the corresponding day of the last month, or, where there is
  none, on the last day of that month.
- Art. 203: when the last day is a day off (法定休假日: statutory holidays, days off of the yearly
  notice, ordinary weekends; not the weekends that are worked), the day after the break is the last
  day. It ends at 24:00, or, where there are business hours, when business stops.
- Art. 204: all this unless a law or an agreement says otherwise. Limits "in working days"
  (工作日) are such: only working days count, so they always end on one.
The petition regulation has no rule of its own for counting; these are applied to it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from huiyin.worktime.calendars import Calendar, refuse_outside
from huiyin.worktime.days import KIND_ZH
from huiyin.worktime.hours import microsecond_of
from huiyin.worktime.limits import Limit, LimitUnit
from huiyin.worktime.pauses import Pause, merged

CITY = ZoneInfo("Asia/Shanghai")
PAUSED = "paused"

_MICROSECOND = timedelta(microseconds=1)
_HOUR_US = 3_600_000_000
_STEP = {LimitUnit.MINUTE: timedelta(minutes=1), LimitUnit.HOUR: timedelta(hours=1)}


class Skipped(NamedTuple):
    """A date that did not count, or could not be the last one, with the reason."""

    on: date
    kind: str  # a DayKind, or PAUSED
    name_zh: str
    name_en: str

    @property
    def reason(self) -> str:
        """Return the reason, as in "Spring Festival (statutory holiday)"."""
        kind = self.kind.replace("_", " ")
        return f"{self.name_en} ({kind})" if self.name_en else kind

    @property
    def reason_zh(self) -> str:
        """Return the reason in Chinese, as in "春节（法定节假日）"."""
        kind = next((zh for known, zh in KIND_ZH.items() if known == self.kind), "暂停计算")
        return f"{self.name_zh}（{kind}）" if self.name_zh else kind


@dataclass(frozen=True, slots=True)
class Due:
    """When a limit ends. In time is what happens before `due_at`."""

    due_on: date  # the last local date that is still in time
    due_at: datetime  # UTC; 24:00 of due_on, its closing time, or the exact moment
    provisional: bool  # a later notice may still move it
    counted_on: date  # the last day before art. 203 moved it off the days off
    # Set while a pause without an end is running: then due_on and due_at are the earliest possible,
    # as if the pause ended where it began.
    paused_from: datetime | None
    start: datetime
    limit: Limit
    _calendar: Calendar = field(repr=False, compare=False)
    _pauses: tuple[Pause, ...] = field(repr=False, compare=False)

    def is_overdue(self, at: datetime) -> bool:
        """Tell whether the limit has ended at this instant; a paused one has not."""
        return self.paused_from is None and at >= self.due_at

    @property
    def provisional_reason(self) -> str:
        """Return why a later notice may still move it; empty when it is not provisional."""
        return "; ".join(self._calendar.provisional_reason(year) for year in self._unsure_years())

    @property
    def provisional_reason_zh(self) -> str:
        """Return why a later notice may still move it, in Chinese."""
        return "；".join(
            self._calendar.provisional_reason_zh(year) for year in self._unsure_years()
        )

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        """Return the dates that were skipped, in order, with the reason."""
        return tuple(self._skipped())

    def _unsure_years(self) -> list[int]:
        if not self.provisional:
            return []
        first = _first_looked_at(self.limit.unit, self.start, self.counted_on)
        years = range(first.year, self.due_on.year + 1)
        return [year for year in years if self._calendar.provisional_reason(year)]

    def _skipped(self) -> Iterator[Skipped]:
        unit = self.limit.unit
        if unit in _STEP:
            return
        begun_on = local_date(self.start)
        paused: set[int] = set()
        if unit.is_day_like:
            for pause in self._pauses:
                if pause.to_at is not None:
                    first, last = _ordinal(pause.from_at) + 1, _ordinal(pause.to_at)
                    paused.update(range(first, last + 1))
        in_working_days = unit in (LimitUnit.WORKING_DAY, LimitUnit.WORKING_HOUR)
        begun = begun_on.toordinal()
        left = 0 if in_working_days else _count(begun, self.limit, self._calendar) - begun
        first = begun + (unit is not LimitUnit.WORKING_HOUR)
        for ordinal in range(first, self.due_on.toordinal()):
            is_paused = ordinal in paused
            left -= not is_paused
            on = date.fromordinal(ordinal)
            # Of calendar days all count, until the last one must be a working day.
            matters = in_working_days or (left <= 0 and not is_paused)
            day = self._calendar.day(on) if matters else None
            if day is not None and not day.is_working:
                yield Skipped(on, day.kind.value, day.name_zh, day.name_en)
            elif is_paused:
                yield Skipped(on, PAUSED, "", "")


def due(start: datetime, limit: Limit, *, calendar: Calendar, pauses: Sequence[Pause] = ()) -> Due:
    """Return when a limit that starts at this instant ends.

    Unit: days, working days, months and years by local dates (Asia/Shanghai), the starting date
    not counted; hours and minutes from the moment, on any day; working hours within office hours.
    Source: Civil Code art. 200-204, see above.

    A pause gives back exactly what it took, if it begins before the limit has ended:
    - hours and minutes: its duration; working hours: the office hours in it;
    - days, months, years: from local date A to local date B, B - A days;
    - working days: the working days after A up to and with B.
    What lies before the start is left out, overlapping pauses are one. A limit never ends inside a
    pause: where the pause begins on the last day, the end is on the day the pause ends, or the next
    working day.

    Raises OutOfCalendar outside the years of the calendar.
    """
    if start.tzinfo is None:
        raise ValueError(f"{start} has no time zone: give the start one.")
    running = merged(pauses, start=start) if pauses else []
    unit = limit.unit
    if unit in _STEP:
        return _due_by_the_clock(start, limit, calendar, running)
    if unit is LimitUnit.WORKING_HOUR:
        return _due_by_office_hours(start, limit, calendar, running)
    begun = _ordinal(start)
    counted = _count(begun, limit, calendar)
    paused_from = None
    if running:
        counted, paused_from = _after_pauses(counted, limit, calendar, running)
    last = calendar.roll(counted)
    first = begun + 1 if unit is LimitUnit.WORKING_DAY else counted
    due_on = date.fromordinal(last)
    return Due(
        due_on,
        _end_of(due_on, limit, calendar),
        calendar.provisional_days(first, last) > 0,
        due_on if counted == last else date.fromordinal(counted),
        paused_from,
        start,
        limit,
        calendar,
        tuple(running),
    )


def count(start: date, limit: Limit, *, calendar: Calendar) -> date:
    """Return the last day of a limit in days, working days, months or years before it rolls.

    Source: Civil Code art. 201 (the starting day is not counted) and 202.
    """
    _refuse_moments(limit.unit)
    return date.fromordinal(_count(start.toordinal(), limit, calendar))


def roll(on: date, *, calendar: Calendar) -> date:
    """Return the date itself, or the first working day after the days off it lies in.

    Source: Civil Code art. 203.
    """
    return date.fromordinal(calendar.roll(on.toordinal()))


def add(start: date, limit: Limit, *, calendar: Calendar) -> date:
    """Return the last day of a limit: counted, then rolled."""
    return roll(count(start, limit, calendar=calendar), calendar=calendar)


def between(start: date, end: date, unit: LimitUnit, *, calendar: Calendar) -> int:
    """Return how many whole units lie between two dates; the inverse of `count`.

    Negative when the end comes before the start.
    """
    _refuse_moments(unit)
    if end < start:
        return -between(end, start, unit, calendar=calendar)
    if unit is LimitUnit.DAY:
        return (end - start).days
    if unit is LimitUnit.WORKING_DAY:
        return calendar.working_days(start.toordinal(), end.toordinal())
    months = (end.year - start.year) * 12 + end.month - start.month
    if months and _months_after(start, months) > end:
        months -= 1
    return months if unit is LimitUnit.MONTH else months // 12


def working_time(from_at: datetime, to_at: datetime, calendar: Calendar) -> timedelta:
    """Return the office hours between two instants; negative when the second is the earlier."""
    return (_worked(to_at, calendar) - _worked(from_at, calendar)) * _MICROSECOND


@dataclass(frozen=True, slots=True)
class Remaining:
    """What is left of a limit; everything is negative once it is overdue."""

    # In the unit of the limit. Days, months: from today to the last day, 0 on the last day itself.
    # Minutes, hours: whole ones. Once overdue, begun units count: at least -1.
    amount: int
    unit: LimitUnit
    time: timedelta
    working_time: timedelta
    is_overdue: bool
    is_paused: bool  # then what is left stands still


def remaining(now: datetime, due: Due, *, calendar: Calendar) -> Remaining:
    """Return what is left of a limit at an instant, by the calendar and in office hours."""
    is_paused = due.paused_from is not None and now >= due.paused_from
    at = due.paused_from if is_paused and due.paused_from is not None else now
    left, worked = due.due_at - at, working_time(at, due.due_at, calendar)
    unit = due.limit.unit
    if unit in _STEP:
        amount = left // _STEP[unit]
    elif unit is LimitUnit.WORKING_HOUR:
        amount = worked // timedelta(hours=1)
    else:
        amount = between(local_date(at), due.due_on, unit, calendar=calendar)
    is_overdue = due.is_overdue(now)
    return Remaining(
        min(amount, -1) if is_overdue else amount, unit, left, worked, is_overdue, is_paused
    )


def local_date(at: datetime) -> date:
    """Return the date in the city at an instant."""
    return at.astimezone(CITY).date()


def _due_by_the_clock(
    start: datetime, limit: Limit, calendar: Calendar, pauses: list[Pause]
) -> Due:
    end = start.astimezone(UTC) + limit.amount * _STEP[limit.unit]
    paused_from = None
    for pause in pauses:
        if pause.from_at >= end:
            break
        if pause.to_at is None:
            paused_from = pause.from_at
            break
        end += pause.to_at - pause.from_at
    return _due_at(end, False, paused_from, start, limit, calendar, pauses)


def _due_by_office_hours(
    start: datetime, limit: Limit, calendar: Calendar, pauses: list[Pause]
) -> Due:
    target = _worked(start, calendar) + limit.amount * _HOUR_US
    end = _moment_when(target, calendar)
    paused_from = None
    for pause in pauses:
        if pause.from_at >= end:
            break
        if pause.to_at is None:
            paused_from = pause.from_at
            break
        target += _worked(pause.to_at, calendar) - _worked(pause.from_at, calendar)
        end = _moment_when(target, calendar)
    unsure = calendar.provisional_days(_ordinal(start), _ordinal(end - _MICROSECOND))
    return _due_at(end, unsure > 0, paused_from, start, limit, calendar, pauses)


def _due_at(
    end: datetime,
    provisional: bool,
    paused_from: datetime | None,
    start: datetime,
    limit: Limit,
    calendar: Calendar,
    pauses: list[Pause],
) -> Due:
    # A limit that ends at midnight ends at 24:00 of the day before.
    due_on = local_date(end - _MICROSECOND)
    return Due(due_on, end, provisional, due_on, paused_from, start, limit, calendar, tuple(pauses))


def _after_pauses(
    counted: int, limit: Limit, calendar: Calendar, pauses: list[Pause]
) -> tuple[int, datetime | None]:
    for pause in pauses:
        if pause.from_at >= _end_of(date.fromordinal(calendar.roll(counted)), limit, calendar):
            break
        if pause.to_at is None:
            return counted, pause.from_at
        first, last = _ordinal(pause.from_at), _ordinal(pause.to_at)
        # When the days are used up and the limit runs on over days off only, it ends where the
        # pause does.
        counted = max(counted, first)
        if limit.unit is not LimitUnit.WORKING_DAY:
            counted += last - first
        elif lost := calendar.working_days(first, last):
            counted = calendar.nth_working_day(counted, lost)
        # Never inside the pause: it began on the last day, and ended on a day off or after closing.
        for after in (last, last + 1):
            end = _end_of(date.fromordinal(calendar.roll(counted)), limit, calendar)
            if end <= pause.to_at:
                counted = max(counted, after)
    return counted, None


def _count(begun: int, limit: Limit, calendar: Calendar) -> int:
    if limit.unit is LimitUnit.DAY:
        return begun + limit.amount
    if limit.unit is LimitUnit.WORKING_DAY:
        return calendar.nth_working_day(begun, limit.amount)
    months = limit.amount if limit.unit is LimitUnit.MONTH else limit.amount * 12
    return _months_after(date.fromordinal(begun), months).toordinal()


def _months_after(start: date, months: int) -> date:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    refuse_outside(year)
    try:
        return date(year, month + 1, start.day)
    except ValueError:  # no such day, so not December: the last day of the month (art. 202)
        return date(year, month + 2, 1) - timedelta(days=1)


def _end_of(on: date, limit: Limit, calendar: Calendar) -> datetime:
    if limit.at_closing:
        return datetime.combine(on, calendar.hours.closes, CITY).astimezone(UTC)
    return datetime.combine(on + timedelta(days=1), time(), CITY).astimezone(UTC)


def _worked(at: datetime, calendar: Calendar) -> int:
    """Return the microseconds of office hours from the calendar's first day to an instant."""
    local = at.astimezone(CITY)
    today = local.toordinal()
    done = calendar.working_days_until(today) * calendar.hours.day_length
    if calendar.working_days(today - 1, today):
        done += calendar.hours.worked_until(microsecond_of(local.time()))
    return done


def _moment_when(worked: int, calendar: Calendar) -> datetime:
    """Return the earliest instant by which so much has been worked; the inverse of `_worked`."""
    days, rest = divmod(worked - 1, calendar.hours.day_length)
    on = date.fromordinal(calendar.working_day_number(days))
    moment = calendar.hours.moment_after(rest + 1)
    midnight = datetime.combine(on, time(), CITY).astimezone(UTC)
    return midnight + moment * _MICROSECOND


def _ordinal(at: datetime) -> int:
    return at.astimezone(CITY).toordinal()


def _first_looked_at(unit: LimitUnit, start: datetime, counted_on: date) -> date:
    working = unit in (LimitUnit.WORKING_DAY, LimitUnit.WORKING_HOUR)
    return local_date(start) if working else counted_on


def _refuse_moments(unit: LimitUnit) -> None:
    if not unit.is_day_like:
        raise ValueError(f"{unit}s end at a moment, not on a date: use due().")
