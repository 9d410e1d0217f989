"""What acts do to clocks: start, end, rest, go on, get more time; when they are over."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Final

from huiyin.procedures.language import ACT, ClockKind, ClockRule, Procedure
from huiyin.procedures.runs import BY_LAW, Clock, Extension, Facts, Outcome, Snapshot, Status
from huiyin.worktime import CITY, Due, Limit, LimitUnit, Pause, due

# Calendars begin here; a limit that began earlier was over long ago, whichever day it began.
EARLIEST: Final = datetime(2000, 1, 1, tzinfo=CITY)


def instant_of(value: object) -> datetime | None:
    """Return the instant of a fact: a local date counts from its beginning."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(), CITY)
    return None


def started(
    rule: ClockRule, *, known: Mapping[str, object], roles: Mapping[str, tuple[str, ...]],
    now: datetime, facts: Facts,
) -> Clock:  # fmt: skip
    """Start a clock by its rule.

    It counts from its start fact where that is known, else from the act; at the latest from the
    day that `latest` gives (hours: from its end), so that a late act never lengthens it. Where
    `until` holds a date it ends with that day, or the next working day. Raises KeyError when the
    caller has not loaded the limit of its term.
    """
    term = rule.term.chosen(known) or next(iter(rule.term.names))
    limit = facts.limits[term]
    start = (instant_of(known.get(rule.start)) if rule.start != ACT else None) or now
    if rule.latest and (origin := instant_of(known.get(rule.latest.fact))):
        latest = due(max(origin, EARLIEST), facts.limits[rule.latest.term], calendar=facts.calendar)
        if not limit.unit.is_day_like:
            start = min(start, latest.due_at)
        elif start.astimezone(CITY).date() > latest.due_on:
            start = datetime.combine(latest.due_on, time(), CITY)
    start = max(start, EARLIEST)
    named = known.get(rule.until) if rule.until else None
    # What was named for a day before the start is over when that one is, not earlier.
    until = max(named, start.astimezone(CITY).date()) if isinstance(named, date) else None
    end = _end_with(until, facts) if until else due(start, limit, calendar=facts.calendar)
    unit = next(iter(roles.get(rule.per, ())), "") if rule.per else ""
    return Clock(
        name=rule.name, term=term, limit=limit, started_at=start,
        due_on=end.due_on, due_at=end.due_at, first_due_at=end.due_at,
        is_provisional=end.provisional, unit=unit, until=until,
    )  # fmt: skip


def kept_promise(clock: Clock, rule: ClockRule, promised: Mapping[str, datetime]) -> Clock:
    """Return a run's first promise, over no later than what was promised before the run began.

    A promise of the city gives way to every earlier one, a limit of the law only to an earlier
    limit of the law. A day that was named to the person stays that day.
    """
    if rule.kind is not ClockKind.PROMISE or clock.until:
        return clock
    earlier = [at for whose, at in promised.items() if whose == BY_LAW or rule.law is None]
    if not earlier or min(earlier) >= clock.due_at:
        return clock
    due_at = min(earlier)
    last = (due_at - timedelta(microseconds=1)).astimezone(CITY).date()
    return replace(clock, due_on=last, due_at=due_at, first_due_at=due_at, until=last)


def _end_with(until: date, facts: Facts) -> Due:
    """Return the end of a named day: one day after the day before it."""
    before = datetime.combine(until, time(), CITY) - timedelta(days=1)
    return due(before, Limit(1, LimitUnit.DAY), calendar=facts.calendar)


def ended(clock: Clock, outcome: Outcome, now: datetime, facts: Facts) -> Clock:
    """End a clock that runs or rests; the time it rested until now is not held against it."""
    if clock.status is Status.PAUSED:
        clock = resumed(clock, now, facts)
    return replace(clock, status=Status.ENDED, outcome=outcome, ended_at=now, asked=None)


def paused(clock: Clock, ground: str, now: datetime) -> Clock:
    """Let a running clock rest."""
    return replace(
        clock, status=Status.PAUSED, ground=ground, pauses=(*clock.pauses, Pause(now, None))
    )


def resumed(clock: Clock, now: datetime, facts: Facts) -> Clock:
    """Let a resting clock go on: its end moves by exactly the time it rested."""
    again = replace(clock, status=Status.RUNNING, ground="", pauses=_closed(clock.pauses, now))
    return _recounted(again, facts)


def extended(clock: Clock, amount: int, term: str, by: str, now: datetime, facts: Facts) -> Clock:
    """Give a clock more time, counted in one go with its limit from the same start."""
    granted = Extension(amount, term, now, by)
    return _recounted(replace(clock, extensions=(*clock.extensions, granted), asked=None), facts)


def _closed(pauses: tuple[Pause, ...], now: datetime) -> tuple[Pause, ...]:
    # Two servers may disagree by a moment about which instant came first.
    return tuple(
        pause if pause.to_at else Pause(pause.from_at, max(pause.from_at, now)) for pause in pauses
    )


def _recounted(clock: Clock, facts: Facts) -> Clock:
    """Compute the end anew from the start, all extensions and pauses (domain §0.2 rule 4)."""
    more = sum(extension.amount for extension in clock.extensions)
    if clock.until and clock.extensions:
        unit = facts.limits[clock.extensions[-1].term].unit
        named = datetime.combine(clock.until, time(), CITY)
        end = due(named, Limit(more, unit), calendar=facts.calendar)
        return _ending(clock, end)
    if clock.until:
        return clock
    closed = tuple(pause for pause in clock.pauses if pause.to_at)
    units = {facts.limits[extension.term].unit for extension in clock.extensions}
    if units <= {clock.limit.unit}:
        limit = replace(clock.limit, amount=clock.limit.amount + more)
        end = due(clock.started_at, limit, calendar=facts.calendar, pauses=closed)
        return _ending(clock, end)
    # A city gave the extension another unit than the limit: it is counted from the limit's end.
    end = due(clock.started_at, clock.limit, calendar=facts.calendar, pauses=closed)
    for extension in clock.extensions:
        last = datetime.combine(end.due_on, time(), CITY)
        granted = Limit(extension.amount, facts.limits[extension.term].unit)
        end = due(last, granted, calendar=facts.calendar)
    return _ending(clock, end)


def _ending(clock: Clock, end: Due) -> Clock:
    """Give a clock its new end; one that was missed is no longer when the end has moved on."""
    overdue_at = clock.overdue_at
    return replace(
        clock, due_on=end.due_on, due_at=end.due_at, is_provisional=end.provisional,
        overdue_at=overdue_at if overdue_at and overdue_at >= end.due_at else None,
    )  # fmt: skip


def most_more(rule: ClockRule, known: Mapping[str, object], facts: Facts) -> tuple[str, Limit]:
    """Return the term by which a clock may be extended, and the most it allows."""
    assert rule.extending is not None  # noqa: S101 the reader makes such acts for such clocks only
    term = rule.extending.term.chosen(known) or next(iter(rule.extending.term.names))
    return term, facts.limits[term]


def again_at(last: datetime, every: Limit, facts: Facts) -> datetime:
    """Return from when on something may be done again: days count from the morning."""
    end = due(last, every, calendar=facts.calendar)
    return datetime.combine(end.due_on, time(), CITY) if every.unit.is_day_like else end.due_at


def due_clocks(snapshot: Snapshot, now: datetime) -> tuple[Clock, ...]:
    """Return the clocks whose end has come and has not been recorded yet, earliest first."""
    come = (
        clock
        for clock in snapshot.clocks.values()
        if clock.status is Status.RUNNING and clock.overdue_at is None and now >= clock.due_at
    )
    return tuple(sorted(come, key=lambda clock: (clock.due_at, clock.name)))


def terms_of(procedure: Procedure) -> frozenset[str]:
    """Return every term whose limit a decision on this procedure may need."""
    found: set[str] = set()
    for rule in procedure.clocks.values():
        found.update(rule.term.names)
        if rule.latest:
            found.add(rule.latest.term)
        if rule.extending:
            found.update(rule.extending.term.names)
    return frozenset(found)
