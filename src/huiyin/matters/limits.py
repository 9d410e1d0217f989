"""The limits a decision counts by: for the category, the place and the day of the matter."""

from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from huiyin.categories.city_days import known_days
from huiyin.categories.terms import term_values
from huiyin.matters.models import Matter
from huiyin.places.models import Place
from huiyin.procedures import Procedure, library, terms_of
from huiyin.worktime import Calendar, Limit, LimitUnit, statutory_calendar


def calendar() -> Calendar:
    """Return the calendar the city counts by: the announced days, the city's own above them.

    The city's own are those of the file, then those of the register. One query every few minutes.
    Raises CalendarUnreadable: limits are never counted by other days than were meant.
    """
    days = known_days()
    return _with_days(days) if days else calendar_of_file()


@lru_cache(maxsize=4)
def _with_days(days: str) -> Calendar:
    return calendar_of_file().with_overrides(days)


@cache
def calendar_of_file() -> Calendar:
    """Return the announced calendar, the days of the file HUIYIN_CALENDAR above it.

    Raises CalendarUnreadable.
    """
    path: Path | None = settings.HUIYIN.calendar
    if path is None:
        return statutory_calendar()
    try:
        return statutory_calendar().with_overrides(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError) as error:
        raise CalendarUnreadable(f"HUIYIN_CALENDAR: {path}: {error}") from error


class CalendarUnreadable(Exception):
    """The file that HUIYIN_CALENDAR names is not there, or faulty; the text says where."""


def limits_for(procedure: Procedure, matter: Matter, *, at: datetime) -> dict[str, Limit]:
    """Return the value of every term the procedure may need, in one query."""
    places = Place.objects.filter(pk__in=matter.place_ids)
    values = term_values(
        terms_of(procedure),
        on=timezone.localdate(at),
        category=matter.category,
        place_codes=places.order_by("-level").values_list("code", flat=True),
    )
    return {key: Limit(value.amount, LimitUnit(value.unit)) for key, value in values.items()}


def procedure_of(name: str) -> Procedure:
    """Return a procedure by name. Raises KeyError."""
    return library.procedure(name)
