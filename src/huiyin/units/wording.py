"""What pages say about units, in the language of the reader."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from huiyin.categories.models import Category
from huiyin.ui.dates import weekday_name
from huiyin.units import hours as opening
from huiyin.units.queries import Answers, Via


def hours_lines(hours: Mapping[str, Any]) -> list[str]:
    """Return a line for each run of days with the same hours, then the note."""
    if hours.get("always"):
        lines = [_("Around the clock")]
    else:
        lines = [
            _("%(days)s %(times)s")
            % {
                "days": _days(first, last),
                "times": pgettext("between times", ", ").join(
                    f"{start}–{end}" for start, end in intervals
                ),
            }
            for first, last, intervals in opening.runs(hours)
        ]
    return [*lines, hours["note"]] if hours.get("note") else lines


def open_words(hours: Mapping[str, Any], at: datetime) -> str:
    """Return whether a unit is open and until when; empty when its hours are not known.

    Statutory holidays are not considered yet.
    """
    is_open = opening.is_open(hours, at)
    if is_open is None:
        return ""
    turn = opening.changes_at(hours, at)
    if is_open:
        if turn is None:
            return _("Open around the clock")
        return _("Open until %(time)s") % {"time": _moment(turn, at, closing=True)}
    if turn is None:
        return _("Closed now")
    return _("Closed now; opens %(time)s") % {"time": _moment(turn, at)}


def reason_words(answer: Answers) -> str:
    """Return why a unit answers, in one sentence: the duty, its basis and how it reaches here."""
    duty = answer.duty
    data = {
        "category": category_name(duty.category),
        "place": duty.place.name,
        "basis": duty.basis,
    }
    if answer.via == Via.HERE:
        return _("It answers for “%(category)s” here (%(basis)s).") % data
    if answer.via == Via.LAND:
        return (
            _("It answers for “%(category)s” in %(place)s, on whose land this is (%(basis)s).")
            % data
        )
    return _("It answers for “%(category)s” in all of %(place)s (%(basis)s).") % data


def category_name(category: Category) -> str:
    """Return the name of a class of matter in the language of the reader."""
    return category.name_zh if (get_language() or "").startswith("zh") else category.name_en


def _days(first: int, last: int) -> str:
    if first == 0 and last == 6:
        return _("Every day")
    if first == last:
        return weekday_name(first)
    return _("%(first)s to %(last)s") % {"first": weekday_name(first), "last": weekday_name(last)}


def _moment(turn: datetime, at: datetime, *, closing: bool = False) -> str:
    local, now = timezone.localtime(turn), timezone.localtime(at)
    clock = f"{local:%H:%M}"
    if closing and clock == "00:00" and (local.date() - now.date()).days == 1:
        return "24:00"  # the end of today rather than the beginning of tomorrow
    if local.date() == now.date():
        return clock
    return _("%(day)s at %(time)s") % {"day": weekday_name(local.weekday()), "time": clock}
