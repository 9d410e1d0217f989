"""Why dispatch cannot answer or change something as asked, and what to do instead."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences
from huiyin.units.kinds import UnitKind

PlaceNotKnown = refusal("dispatch.place_not_known", identifier=str)
CategoryNotKnown = refusal("dispatch.category_not_known", identifier=str)
FallbackNotPossible = refusal("dispatch.fallback_not_possible", kind=UnitKind)
UnitNotKnown = refusal("dispatch.unit_not_known", identifier=str)
WordTooShort = refusal("dispatch.word_too_short", word=str)
WordTooLong = refusal("dispatch.word_too_long", limit=int)
WordKnown = refusal("dispatch.word_known", word=str)
WordNotKnown = refusal("dispatch.word_not_known", word=str)
NumberMalformed = refusal("dispatch.number_malformed", number=str)
HintIncomplete = refusal("dispatch.hint_incomplete")
StepNotKnown = refusal("dispatch.step_not_known")
StepMalformed = refusal("dispatch.step_malformed")
StepsOutOfOrder = refusal("dispatch.steps_out_of_order", number=int)
ReasonNotKnown = refusal("dispatch.reason_not_known", name=str)
ReasonCodeMalformed = refusal("dispatch.reason_code_malformed", name=str)
ReasonNameMissing = refusal("dispatch.reason_name_missing")
BasisMissing = refusal("dispatch.basis_missing", reason=str)
RightUnitMissing = refusal("dispatch.right_unit_missing", reason=str)
RightUnitIsTheSame = refusal("dispatch.right_unit_is_the_same", name=str)
RightUnitClosed = refusal("dispatch.right_unit_closed", name=str, on=date)

sentences(
    {
        "dispatch.place_not_known": _(
            "There is no place with the identifier %(identifier)s. Choose it by its name."
        ),
        "dispatch.category_not_known": _(
            "There is no class of matter with the identifier %(identifier)s. Choose it from the "
            "list."
        ),
        "dispatch.fallback_not_possible": _(
            "%(kind)s is no office that finds out who is responsible. Choose a governance centre, "
            "a petition office or a hotline centre."
        ),
        "dispatch.unit_not_known": _(
            "There is no unit with the identifier %(identifier)s. Choose it by its name."
        ),
        "dispatch.word_too_short": _(
            "“%(word)s” is too short: it would be found everywhere. Use at least two characters."
        ),
        "dispatch.word_too_long": _("The text is too long: at most %(limit)s characters fit."),
        "dispatch.word_known": _("“%(word)s” is in the list already. Change that entry instead."),
        "dispatch.word_not_known": _(
            "“%(word)s” is not in the list of words of urgency. Words of danger that are part of "
            "the program cannot be changed."
        ),
        "dispatch.number_malformed": _(
            "“%(number)s” cannot be dialled in an emergency. Use 3 to 12 digits, such as 119, or "
            "leave it empty."
        ),
        "dispatch.hint_incomplete": _(
            "Write the advice in Chinese and in English, or leave both out."
        ),
        "dispatch.step_not_known": _(
            "There is no such step in the ladder. Look at the list again."
        ),
        "dispatch.step_malformed": _(
            "A warning needs a share of the time or a time before the end; an overdue step needs "
            "a time after it; the step at the end needs none. Times are whole minutes, hours, days "
            "or working days, shares lie between 0 and 1."
        ),
        "dispatch.steps_out_of_order": _(
            "Overdue step %(number)s would not come after the one before it and before the next. "
            "Choose another time, or change those first."
        ),
        "dispatch.reason_not_known": _(
            "There is no reason “%(name)s” for sending work back. Choose one from the list."
        ),
        "dispatch.reason_code_malformed": _(
            "“%(name)s” cannot be the code of a reason. Use small letters and underscores."
        ),
        "dispatch.reason_name_missing": _("Name the reason in Chinese and in English."),
        "dispatch.basis_missing": _(
            "“%(reason)s” needs its legal basis: the instrument and article, or the item of the "
            "list of powers and duties. Without it the work stays with your unit."
        ),
        "dispatch.right_unit_missing": _(
            "“%(reason)s” needs the unit that you believe is right. If you do not know it, ask the "
            "centre for assistance instead."
        ),
        "dispatch.right_unit_is_the_same": _(
            "%(name)s is the unit that sends it back. Name another one."
        ),
        "dispatch.right_unit_closed": _("%(name)s closed on %(on)s. Name the unit that took over."),
    }
)
