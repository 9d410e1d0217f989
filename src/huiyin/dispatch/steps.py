"""Which steps of a ladder come now. Pure: rules, times and what fired so far in; steps out.

A step comes at a moment that follows from the clock's start and end. It has been taken when it was
taken at or after that moment; when the end moves on, a step of the old end comes again at its new
moment. So nothing needs to be remembered but the last time of each step.

After a standstill the one who is told hears the highest step that concerns them, once: lower steps
for the same target are passed over, and so are warnings once the end has come.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from huiyin.dispatch.models import Phase
from huiyin.worktime import CITY, Calendar, Limit, LimitUnit, due

_STEP = {LimitUnit.MINUTE: timedelta(minutes=1), LimitUnit.HOUR: timedelta(hours=1)}
_INSTANT = timedelta(microseconds=1)
_PHASES = tuple(Phase)
_TENTH = 10
TAKES_STEPS = (LimitUnit.MINUTE, LimitUnit.HOUR, LimitUnit.DAY, LimitUnit.WORKING_DAY)


@dataclass(frozen=True, slots=True)
class When:
    """When a step comes: see `LadderRule`."""

    phase: Phase
    number: int = 1
    share: float | None = None
    amount: int | None = None
    unit: LimitUnit | None = None

    @property
    def rank(self) -> tuple[int, int]:
        """Steps in their order: warnings, the end, overdue 1, 2, 3 …"""
        return _PHASES.index(self.phase), self.number


@dataclass(frozen=True, slots=True)
class Timed:
    """A step to be timed: its key, when it comes, and a word for who is told."""

    key: str
    when: When
    told: str


@dataclass(frozen=True, slots=True)
class Times:
    """A clock: when it began and when it ends. One that rests has no steps."""

    started_at: datetime
    due_at: datetime
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Due:
    """Steps to take now, highest first, and those to be marked as passed over, untold.

    Both are recorded with the time of this look (`fired` of the next one).
    """

    take: tuple[str, ...] = ()
    pass_over: tuple[str, ...] = ()


NOTHING = Due()


def steps_due(
    ladder: Iterable[Timed],
    times: Times,
    fired: Mapping[str, datetime],
    *,
    now: datetime,
    calendar: Calendar,
) -> Due:
    """Return which steps come now. `fired`: when each was last taken or passed over, by key."""
    if times.is_paused:
        return NOTHING
    come = [
        (step, moment)
        for step in ladder
        if (moment := moment_of(step.when, times, calendar=calendar)) is not None and moment <= now
    ]
    highest: dict[str, tuple[int, int]] = {}
    for step, _moment in come:
        highest[step.told] = max(highest.get(step.told, step.when.rank), step.when.rank)
    is_over = now >= times.due_at
    take: list[Timed] = []
    pass_over: list[Timed] = []
    for step, moment in come:
        last = fired.get(step.key)
        if last is not None and last >= moment:
            continue
        is_stale = is_over and step.when.phase == Phase.WARNING
        is_lower = step.when.rank < highest[step.told]
        (pass_over if is_stale or is_lower else take).append(step)
    return Due(_keys(take), _keys(pass_over))


def next_at(
    ladder: Iterable[Timed],
    times: Times,
    fired: Mapping[str, datetime],
    *,
    now: datetime,
    calendar: Calendar,
) -> datetime | None:
    """Return when the next step comes, at the earliest now; None when none is left, or it rests.

    The clock-keeper stores it and need not look before.
    """
    if times.is_paused:
        return None
    moments = [
        moment
        for step in ladder
        if (moment := moment_of(step.when, times, calendar=calendar)) is not None
        and not ((last := fired.get(step.key)) is not None and last >= moment)
    ]
    return max(now, min(moments)) if moments else None


def moment_of(when: When, times: Times, *, calendar: Calendar) -> datetime | None:
    """Return when a step comes; None for a warning that would come before the clock began."""
    if when.phase == Phase.WARNING:
        return _warning(when, times, calendar)
    if when.phase == Phase.DUE or when.amount is None or when.unit is None:
        return times.due_at
    if when.unit in _STEP:
        return times.due_at + when.amount * _STEP[when.unit]
    return _days_after(times.due_at, when.amount, when.unit, calendar)


def first_moment(whens: Iterable[When], times: Times, *, calendar: Calendar) -> datetime | None:
    """Return when the first of these steps comes, whenever that is; None when none comes.

    What would be overdue comes after the end, so it is counted only where nothing is told at the
    end itself.
    """
    asked = list(whens)
    if any(when.phase == Phase.DUE for when in asked):
        asked = [when for when in asked if when.phase != Phase.OVERDUE]
    moments = (moment_of(when, times, calendar=calendar) for when in asked)
    return min((moment for moment in moments if moment is not None), default=None)


def earliest(times: Times) -> datetime:
    """Return before when no step of any ladder comes: a tenth of the time has to have gone."""
    return times.started_at + max(times.due_at - times.started_at, timedelta()) / _TENTH


def _warning(when: When, times: Times, calendar: Calendar) -> datetime | None:
    moments: list[datetime] = []
    if when.amount is not None and when.unit is not None:
        moments.append(_before(times.due_at, when.amount, when.unit, calendar))
    if when.share is not None:
        length = times.due_at - times.started_at
        moments.append(times.started_at + length * float(when.share))
    moment = max(moments, default=None)
    if moment is None or moment <= times.started_at:
        return None
    return max(moment, earliest(times))


# Very many limits end at the same moment; a calendar never changes once made.
@lru_cache(maxsize=2_000)
def _days_after(end: datetime, amount: int, unit: LimitUnit, calendar: Calendar) -> datetime:
    """Return when people are told some days after an end.

    Days count from the last day in time, and people are told in the morning after.
    """
    found = due(end - _INSTANT, Limit(amount, unit), calendar=calendar)
    return _in_the_morning(found.due_at, calendar)


@lru_cache(maxsize=2_000)
def _before(end: datetime, amount: int, unit: LimitUnit, calendar: Calendar) -> datetime:
    """Return the instant some time before an end. Days end at midnight and count as whole days."""
    if unit in _STEP:
        return end - amount * _STEP[unit]
    local = end.astimezone(CITY)
    at_midnight = local.time() == time()
    on = (local - _INSTANT).date() if at_midnight else local.date()
    on = _days_before(on, amount, unit, calendar)
    if at_midnight:
        return _in_the_morning(datetime.combine(on + timedelta(days=1), time(), CITY), calendar)
    return datetime.combine(on, local.time(), CITY).astimezone(UTC)


def _days_before(on: date, amount: int, unit: LimitUnit, calendar: Calendar) -> date:
    if unit is LimitUnit.DAY:
        return on - timedelta(days=amount)
    while amount:
        on -= timedelta(days=1)
        amount -= calendar.is_working(on)
    return on


def _in_the_morning(midnight: datetime, calendar: Calendar) -> datetime:
    """Return when offices open on the next working day from a midnight on."""
    local = midnight.astimezone(CITY)
    on = date.fromordinal(calendar.roll(local.date().toordinal()))
    opens = calendar.hours.spans[0][0]
    return datetime.combine(on, opens, CITY).astimezone(UTC)


def _keys(steps: Sequence[Timed]) -> tuple[str, ...]:
    ordered = sorted(steps, key=lambda step: step.key)
    ordered.sort(key=lambda step: step.when.rank, reverse=True)
    return tuple(step.key for step in ordered)
