"""Dates as people say them: "1 月 22 日（周四）17:00 前", "Thu 22 Jan, before 17:00".

Times are shown in the city's time zone (`settings.TIME_ZONE`). The year is said only when it is
not the current one. Each date and each time is kept on one line by the template filters.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

# Lazy: only the one that is said is looked up.
_WEEKDAYS = (
    pgettext_lazy("weekday", "Mon"),
    pgettext_lazy("weekday", "Tue"),
    pgettext_lazy("weekday", "Wed"),
    pgettext_lazy("weekday", "Thu"),
    pgettext_lazy("weekday", "Fri"),
    pgettext_lazy("weekday", "Sat"),
    pgettext_lazy("weekday", "Sun"),
)
_MONTHS = (
    pgettext_lazy("month", "Jan"),
    pgettext_lazy("month", "Feb"),
    pgettext_lazy("month", "Mar"),
    pgettext_lazy("month", "Apr"),
    pgettext_lazy("month", "May"),
    pgettext_lazy("month", "Jun"),
    pgettext_lazy("month", "Jul"),
    pgettext_lazy("month", "Aug"),
    pgettext_lazy("month", "Sep"),
    pgettext_lazy("month", "Oct"),
    pgettext_lazy("month", "Nov"),
    pgettext_lazy("month", "Dec"),
)


def weekday_name(number: int) -> str:
    """Return the short name of a weekday, Monday 0."""
    return str(_WEEKDAYS[number])


def _month(day: date) -> str:
    return str(_MONTHS[day.month - 1])


@dataclass(frozen=True)
class Said:
    """A date or moment in pieces that must not be split, and as a machine reads it."""

    machine: str
    pieces: tuple[str, ...]


def as_date(value: date | datetime) -> date:
    """Return the local date of a moment, or the date itself."""
    if isinstance(value, datetime):
        return timezone.localtime(value).date()
    return value


def day_words(day: date, *, weekday: bool = True) -> str:
    """Return a date in words of the current language, with its year when it is another one."""
    words = {"day": day.day, "month": day.month, "name": _month(day), "year": day.year}
    this_year = day.year == timezone.localdate().year
    if not weekday:
        if this_year:
            return pgettext("date", "%(day)d %(name)s") % words
        return pgettext("date", "%(day)d %(name)s %(year)d") % words
    words["weekday"] = weekday_name(day.weekday())
    if this_year:
        return pgettext("date", "%(weekday)s %(day)d %(name)s") % words
    return pgettext("date", "%(weekday)s %(day)d %(name)s %(year)d") % words


def time_words(moment: datetime) -> str:
    """Return the local time of day, 24 hours, minutes."""
    return timezone.localtime(moment).strftime("%H:%M")


def ends_on(moment: datetime) -> date:
    """Return the last day of a limit: what ends at midnight ends with the day before."""
    return timezone.localdate(moment - timedelta(microseconds=1))


def ends_words(moment: datetime) -> str:
    """Return the time of day a limit ends, on the day of `ends_on`: at midnight that is 24:00."""
    time = time_words(moment)
    return "24:00" if time == "00:00" else time


def near_words(day: date) -> str | None:
    """Return "today", "yesterday" or "tomorrow", or None for any other day."""
    apart = day - timezone.localdate()
    if apart == timedelta(0):
        return _("today")
    if apart == timedelta(days=-1):
        return _("yesterday")
    if apart == timedelta(days=1):
        return _("tomorrow")
    return None


def said_day(value: date | datetime, *, weekday: bool = True) -> Said:
    """Say a date: "1 月 22 日（周四）"."""
    day = as_date(value)
    return Said(day.isoformat(), (day_words(day, weekday=weekday),))


def said_moment(value: datetime) -> Said:
    """Say a moment: "1 月 22 日（周四）17:00", "今天 17:00"."""
    local = timezone.localtime(value)
    near = near_words(local.date())
    return Said(
        local.isoformat(timespec="minutes"),
        (near or day_words(local.date()), time_words(value)),
    )


def said_short_moment(value: datetime) -> Said:
    """Say a moment where there is little room, without its weekday: "1 月 22 日 17:00"."""
    local = timezone.localtime(value)
    near = near_words(local.date())
    return Said(
        local.isoformat(timespec="minutes"),
        (near or day_words(local.date(), weekday=False), time_words(value)),
    )


def said_in_full(value: datetime) -> Said:
    """Say a moment for the record, always with its year: "2026 年 1 月 22 日 17:00"."""
    local = timezone.localtime(value)
    words = {"day": local.day, "month": local.month, "name": _month(local), "year": local.year}
    day = pgettext("date", "%(day)d %(name)s %(year)d") % words
    return Said(local.isoformat(timespec="minutes"), (day, time_words(value)))


def month_words(day: date) -> str:
    """Return the month of a date with its year: "2026 年 1 月", "Jan 2026"."""
    words = {"month": day.month, "name": _month(day), "year": day.year}
    return pgettext("date", "%(name)s %(year)d") % words


def hours_words(start: datetime, end: datetime) -> str:
    """Return from when to when, for something that begins on a known day: "08:30–17:30",
    "17:30–次日 08:30". An end further away is said with its date.
    """
    apart = (timezone.localtime(end).date() - timezone.localtime(start).date()).days
    until = time_words(end)
    if apart == 1:
        until = _("%(time)s the next day") % {"time": until}
    elif apart:
        until = f"{day_words(timezone.localtime(end).date(), weekday=False)} {until}"
    return f"{time_words(start)}–{until}"


def said_before(value: date | datetime) -> Said:
    """Say a limit: "1 月 22 日（周四）17:00 前"; of a date, "1 月 22 日（周四）前".

    The day itself counts: a limit in whole days is over at 24:00, not at 00:00 of the next one.
    The date is said even when it is today: limits are read out by phone.
    """
    if not isinstance(value, datetime):
        day = day_words(value)
        return Said(value.isoformat(), (pgettext("limit", "by %(day)s") % {"day": day},))
    local = timezone.localtime(value)
    # Translators: the second piece of "Thu 22 Jan, before 17:00"; in Chinese the word comes last.
    time = pgettext("limit", "before %(time)s") % {"time": ends_words(value)}
    day = pgettext("limit", "%(day)s,") % {"day": day_words(ends_on(value))}
    return Said(local.isoformat(timespec="minutes"), (day, time))
