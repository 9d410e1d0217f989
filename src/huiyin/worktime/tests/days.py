"""Days of 2024 to 2028 that the tests name, and short ways to count from them."""

from datetime import date, datetime

from huiyin.worktime import CITY, Due, Pause, due, parse_limit, statutory_calendar

CALENDAR = statutory_calendar()


def at(text: str) -> datetime:
    """Return an instant, written in local time."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


def pause(from_at: str, to_at: str | None = None) -> Pause:
    """Return a pause, written in local time."""
    return Pause(at(from_at), to_at and at(to_at))


def due_of(start: str, limit: str, *pauses: Pause, calendar=CALENDAR) -> Due:
    """Return when a written limit ends that starts at a local time."""
    return due(at(start), parse_limit(limit), calendar=calendar, pauses=pauses)


def day(text: str) -> date:
    """Return a date written with the day of the week, which must be right: "Tue 2026-02-24"."""
    on = date.fromisoformat(text[4:])
    assert f"{on:%a}" == text[:3], f"{on} is a {on:%a}"
    return on
