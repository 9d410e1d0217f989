"""The day ruler: one bar for each working day from receipt to promise, days off as dots.

So that "5 working days" explains itself. Pure but for the calendar of the city.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.matters.limits import calendar
from huiyin.matters.promises import Promise
from huiyin.worktime import Calendar

MOST_DAYS: Final = 16  # more bars than this cannot be told apart on a phone
ALL_LABELLED: Final = 10


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the ruler. `fill`: past, now or ahead; `word`: what stands below its number."""

    on: date
    is_working: bool
    fill: str
    number: str
    word: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """The days of a promise, or only its share of time gone when there are too many.

    `gone`, `total`: working days. `words` says the same for those who do not see it.
    """

    days: tuple[Day, ...]
    gone: int
    total: int
    words: str


def ruler(promise: Promise, *, at: datetime, of: Calendar | None = None) -> Ruler:
    """Return the ruler of a promise at a moment: filled until now, or until it was kept."""
    days = of or calendar()
    first = timezone.localdate(promise.started_at)
    until = timezone.localdate(promise.ended_at or at)
    last = max(promise.due_on, min(until, promise.due_on + timedelta(days=MOST_DAYS)))
    span = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    # The day it came in is not counted (Civil Code art. 201).
    total = sum(days.is_working(day) for day in span if first < day <= promise.due_on)
    gone = sum(days.is_working(day) for day in span if first < day <= until)
    shown = tuple(_days(span, promise, until, days)) if len(span) <= MOST_DAYS else ()
    return Ruler(shown, min(gone, total), total, _words(gone, total))


def _days(span: list[date], promise: Promise, until: date, of: Calendar) -> Iterator[Day]:
    few = len(span) <= ALL_LABELLED
    for day in span:
        is_working = of.is_working(day)
        word = _word(day, span[0], promise, until)
        fill = "past" if day < until or promise.ended_at else "now" if day == until else "ahead"
        if day > until:
            fill = "ahead"
        number = str(day.day) if word or (few and is_working) else ""
        yield Day(day, is_working, fill, number, word)


def _word(day: date, first: date, promise: Promise, until: date) -> str:
    if promise.ended_at is not None and day == until:
        return _("answered")
    if day == promise.due_on:
        return _("promised")
    if promise.ended_at is None and day == until:
        return _("today")
    return _("received") if day == first else ""


def _words(gone: int, total: int) -> str:
    return _("%(gone)d of %(total)d working days have gone") % {
        "gone": min(gone, total), "total": total
    }  # fmt: skip
