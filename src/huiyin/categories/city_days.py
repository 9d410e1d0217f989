"""The city's own days: what a date is where the announced calendar says something else.

Limits are counted by them from now on; a clock that runs keeps the day it was promised for.
"""

import time
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from huiyin.categories.models import CalendarDay, DayKindChoice
from huiyin.categories.refusals import (
    CalendarDayContradicts,
    CalendarDayNotKnown,
    CalendarDayPast,
    CalendarDaySourceMissing,
)
from huiyin.ui.acts import By, recording
from huiyin.worktime import CalendarFileError, Day, DayKind, statutory_calendar
from huiyin.worktime.overrides import read_overrides, write_overrides

FRESH_SECONDS = 300  # other processes know a new day by then
_kept: tuple[float, str] | None = None


def known_days() -> str:
    """Return the city's own days as the CSV a calendar reads, "" for none; kept for a while."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > FRESH_SECONDS:
        _kept = (time.monotonic(), _read())
    return _kept[1]


def forget() -> None:
    """Drop this process's copy, after a change."""
    global _kept
    _kept = None


def set_day(
    *,
    on: date,
    kind: DayKindChoice,
    name_zh: str,
    by: By,
    at: datetime,
    name_en: str = "",
    source: str,
) -> CalendarDay:
    """Say what a day is, from now on; a day that was said before is corrected.

    Raises CalendarDayPast, CalendarDayContradicts, CalendarDaySourceMissing.
    """
    _refuse_past(on, at)
    if not source.strip():
        raise CalendarDaySourceMissing()
    day = Day(on, DayKind(kind), " ".join(name_zh.split()), " ".join(name_en.split()))
    try:
        read_overrides(write_overrides([day]))
        statutory_calendar().day(on)
    except CalendarFileError as error:
        raise CalendarDayContradicts(on=on, reason=str(error.problems[0].text)) from error
    except ValueError as error:
        raise CalendarDayContradicts(on=on, reason=str(error)) from error
    fields = {
        "kind": kind.value,
        "name_zh": day.name_zh,
        "name_en": day.name_en,
        "source": source.strip(),
    }
    with transaction.atomic(), recording("categories.calendar_day", by=by, at=at):
        made, _new = CalendarDay.objects.update_or_create(on=on, defaults=fields)
        forget()
        transaction.on_commit(forget)
    return made


def take_back(*, on: date, by: By, at: datetime) -> None:
    """Let a day be again what the announced calendar says.

    Raises CalendarDayNotKnown, CalendarDayPast.
    """
    _refuse_past(on, at)
    with transaction.atomic(), recording("categories.calendar_day_taken_back", by=by, at=at):
        day = CalendarDay.objects.select_for_update().filter(on=on).first()
        if day is None:
            raise CalendarDayNotKnown(on=on)
        day.delete()
        forget()
        transaction.on_commit(forget)


def _refuse_past(on: date, at: datetime) -> None:
    today = timezone.localdate(at)
    if on < today:
        raise CalendarDayPast(on=on, today=today)


def _read() -> str:
    days = [
        Day(row.on, DayKind(row.kind), row.name_zh, row.name_en)
        for row in CalendarDay.objects.all()
    ]
    return write_overrides(days) if days else ""
