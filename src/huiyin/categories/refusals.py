"""Why a category or a limit cannot be changed as asked."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from huiyin.categories.models import TermUnit
from huiyin.ui.refusals import refusal, sentences

TermUnknown = refusal("categories.term_unknown", key=str)
TermLocked = refusal("categories.term_locked", title=str, law=str, article=str)
TermInPast = refusal("categories.term_in_past", starts_on=date, today=date)
TermAlreadyPlanned = refusal("categories.term_already_planned", starts_on=date)
TermAmountOutOfRange = refusal("categories.term_amount_out_of_range", most=int)
TermLooserThanLaw = refusal(
    "categories.term_looser_than_law",
    title=str,
    amount=int,
    unit=TermUnit,
    law=str,
)
CategoryCodeInUse = refusal("categories.code_in_use", code=str, name=str)
CategoryCodeNotBelowParent = refusal("categories.code_not_below_parent", code=str, parent=str)
CategoryHasChildren = refusal("categories.has_children", name=str, count=int)
CategoryParentRetired = refusal("categories.parent_retired", name=str)
CalendarDayPast = refusal("categories.calendar_day_past", on=date, today=date)
CalendarDayContradicts = refusal("categories.calendar_day_contradicts", on=date, reason=str)
CalendarDayNotKnown = refusal("categories.calendar_day_not_known", on=date)
CalendarDaySourceMissing = refusal("categories.calendar_day_source_missing")

sentences(
    {
        "categories.term_unknown": _("There is no limit called %(key)s. Choose one from the list."),
        "categories.term_locked": _(
            "“%(title)s” is fixed by law (%(law)s, article %(article)s). No city may change it."
        ),
        "categories.term_in_past": _(
            "A new limit cannot start on %(starts_on)s, before today (%(today)s): what was promised"
            " stays promised. Choose today or a later day."
        ),
        "categories.term_already_planned": _(
            "A value starting on %(starts_on)s or later is already planned. Change that one first."
        ),
        "categories.term_amount_out_of_range": _("Give a whole number from 1 to %(most)s."),
        "categories.term_looser_than_law": _(
            "The law allows “%(title)s” at most %(amount)s %(unit)s (%(law)s)."
            " A city may be stricter, never looser: choose a shorter limit."
        ),
        "categories.code_in_use": _(
            "The code %(code)s belongs to “%(name)s”. Choose another code."
        ),
        "categories.code_not_below_parent": _(
            "The code %(code)s must be its parent's code %(parent)s followed by two digits."
        ),
        "categories.has_children": _(
            "“%(name)s” still has %(count)s classes below it. Retire those first."
        ),
        "categories.parent_retired": _(
            "“%(name)s” above it is retired. Take that one into use first."
        ),
        "categories.calendar_day_past": _(
            "%(on)s is before today (%(today)s): what was counted stays counted. Choose today or a"
            " later day."
        ),
        "categories.calendar_day_contradicts": _(
            "%(on)s cannot be that: a Saturday or Sunday is worked or off, another day is worked, a"
            " holiday or off by the notice (%(reason)s)."
        ),
        "categories.calendar_day_not_known": _("%(on)s has no entry of its own."),
        "categories.calendar_day_source_missing": _(
            "Name the notice that says so, with its number."
        ),
    }
)
