"""The limits a decision counts by: for the category, the place and the day of the matter."""

from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from huiyin.categories.city_days import known_days
from huiyin.categories.models import TermValue
from huiyin.categories.terms import codes_upwards, values_on
from huiyin.matters.models import Matter
from huiyin.places.models import Place
from huiyin.procedures import Procedure, library, terms_of
from huiyin.ui.kept import Kept
from huiyin.ui.ready import Ready
from huiyin.worktime import Calendar, Limit, LimitUnit, statutory_calendar

KEPT_SECONDS: Final = 2.0


def calendar() -> Calendar:
    """Return the calendar the city counts by: the announced days, the city's own above them.

    The city's own are those of the file, then those of the register. One query every few minutes.
    Raises CalendarUnreadable: limits are never counted by other days than were meant.
    """
    days = known_days()
    return _with_days(days) if days else calendar_of_file()


def calendar_digest() -> str:
    """Return what changes when the calendar does: the city's own days, of the register and the
    file. Raises as `calendar`.
    """
    path: Path | None = settings.HUIYIN.calendar
    return f"{known_days()}\n{path.read_text(encoding='utf-8-sig') if path else ''}"


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

    A changed value holds for what begins `KEPT_SECONDS` later at the latest. At most one query, a
    second one where some place has a value of its own.
    """
    on, chain = timezone.localdate(at), codes_upwards(matter.category)
    rows = _kept.get(
        (procedure.name, procedure.version, tuple(chain), on),
        lambda: _VALUES.all(keys=sorted(terms_of(procedure)), chain=chain, on=on),
    )
    has_local = any(row[4] for row in rows)
    local = _CODES.all(places=list(matter.place_ids)) if has_local else []
    found: dict[str, tuple[tuple[int, int], Limit]] = {}
    for key, amount, unit, code, place_code in rows:
        if place_code and place_code not in local:
            continue
        distance = (
            local.index(place_code) if place_code else len(local),
            chain.index(code) if code else len(chain),
        )
        if key not in found or distance < found[key][0]:
            found[key] = distance, Limit(amount, LimitUnit(unit))
    return {key: limit for key, (_, limit) in found.items()}


_Value = tuple[str, int, str, str | None, str]
_kept: Kept[tuple[str, int, tuple[str, ...], date], list[_Value]] = Kept(KEPT_SECONDS)
_CODES: Ready[str] = Ready(
    lambda places: (
        Place.objects.filter(pk__one_of=places).order_by("-level").values_list("code", flat=True)
    )
)
_VALUES: Ready[_Value] = Ready(
    lambda keys, chain, on: TermValue.objects.filter(
        Q(category=None) | Q(category__code__one_of=chain),
        values_on(on),
        level=None,
        term_id__one_of=keys,
    ).values_list("term_id", "amount", "unit", "category__code", "place_code")
)


def procedure_of(name: str) -> Procedure:
    """Return a procedure by name. Raises KeyError."""
    return library.procedure(name)
