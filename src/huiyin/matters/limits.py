"""The limits a decision counts by: for the category, the place and the day of the matter."""

from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin.categories.city_days import known_days
from huiyin.categories.models import TermValue
from huiyin.categories.terms import codes_upwards, values_on
from huiyin.matters.models import Matter
from huiyin.places.models import Place
from huiyin.procedures import Procedure, library, terms_of
from huiyin.ui.ready import Ready
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
    """Return the value of every term the procedure may need, each as `term_value` gives it.

    One query for every decision, a second one where some place has a value of its own.
    """
    chain, places = codes_upwards(matter.category), list(matter.place_ids)
    on, keys = timezone.localdate(at), sorted(terms_of(procedure))
    rows = _VALUES.all(keys=keys, chain=chain, places=places, on=on)
    local = _CODES.all(places=places) if any(row[4] for row in rows) else []
    found: dict[str, tuple[tuple[int, int], Limit]] = {}
    for key, amount, unit, code, place_code in rows:
        distance = (
            local.index(place_code) if place_code else len(local),
            chain.index(code) if code else len(chain),
        )
        if key not in found or distance < found[key][0]:
            found[key] = distance, Limit(amount, LimitUnit(unit))
    return {key: limit for key, (_, limit) in found.items()}


def _codes_of(places: Any) -> QuerySet[Place, Any]:
    return Place.objects.filter(pk__one_of=places).order_by("-level").values_list("code", flat=True)


_CODES: Ready[str] = Ready(lambda places: _codes_of(places))
_VALUES: Ready[tuple[str, int, str, str | None, str]] = Ready(
    lambda keys, chain, places, on: TermValue.objects.filter(
        Q(category=None) | Q(category__code__one_of=chain),
        Q(place_code="") | Q(place_code__in=_codes_of(places).order_by()),
        values_on(on),
        level=None,
        term_id__one_of=keys,
    ).values_list("term_id", "amount", "unit", "category__code", "place_code")
)


def procedure_of(name: str) -> Procedure:
    """Return a procedure by name. Raises KeyError."""
    return library.procedure(name)
