"""How a limit stands, in words and in one of the fixed shapes: ring, diamond, triangle, tick.

Amber begins with the day itself or one working day before, no earlier: else everything is amber.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.insight.moments import soon_until
from huiyin.ui.dates import day_words, ends_on, ends_words

DAY = 86_400
HOUR = 3_600
MINUTE = 60


@dataclass(frozen=True, slots=True)
class Stand:
    """The state of a clock (a name of `clock_chip`) and its words."""

    state: str
    words: str


def stand_of(
    due_at: datetime | None, *, at: datetime, ended_at: datetime | None = None,
    is_paused: bool = False,
) -> Stand:  # fmt: skip
    """Say how a limit stands: "还剩 2 天 3 小时", "今天 17:00 到期", "已超期 6 小时"."""
    if due_at is None:
        return Stand("plain", _("no limit"))
    if ended_at is not None:
        if ended_at <= due_at:
            return Stand("done", _("in time"))
        return Stand("overdue", _("%(time)s late") % {"time": span(ended_at - due_at)})
    if is_paused:
        return Stand("plain", _("resting"))
    if due_at <= at:
        return Stand("overdue", _("%(time)s overdue") % {"time": span(at - due_at)})
    if ends_on(due_at) == timezone.localdate(at):
        return Stand("soon", _("due today %(time)s") % {"time": ends_words(due_at)})
    words = _("%(time)s left") % {"time": span(due_at - at)}
    return Stand("soon" if due_at <= soon_until(at) else "in_time", words)


def span(length: timedelta) -> str:
    """Say how long something is, in its two greatest units: "2 天 3 小时", "40 分钟"."""
    seconds = max(int(length.total_seconds()), MINUTE)
    days, rest = divmod(seconds, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes = rest // MINUTE
    parts = []
    if days:
        parts.append(ngettext("%(number)d day", "%(number)d days", days) % {"number": days})
    if hours and days < 10:
        parts.append(ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours})
    if minutes and not days and hours < 10:
        words = ngettext("%(number)d minute", "%(number)d minutes", minutes)
        parts.append(words % {"number": minutes})
    return " ".join(parts)


def due_end(due_at: datetime) -> str:
    """Say until when a limit lasts: "11 月 30 日（周一） 24:00"."""
    return f"{due_day(due_at)} {ends_words(due_at)}"


def due_day(due_at: datetime) -> str:
    """Say the last day of a limit: what ends at midnight ends with the day before."""
    return day_words(ends_on(due_at))
