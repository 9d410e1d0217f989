"""Why a change to a unit is not possible, and what to do instead."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences
from huiyin.units.models import OfficerRole

NotKnown = refusal("units.not_known", code=str)
CodeInUse = refusal("units.code_in_use", code=str, holder=str)
CodeMalformed = refusal("units.code_malformed", code=str)
NameMissing = refusal("units.name_missing")
TextTooLong = refusal("units.text_too_long", text=str, limit=int)
PhoneMalformed = refusal("units.phone_malformed", phone=str)
UsccWrong = refusal("units.uscc_wrong", uscc=str)
PlaceClosed = refusal("units.place_closed", place=str, on=date)
CommitteeKindMissing = refusal("units.committee_kind_missing", name=str)
CommitteeKindForOthers = refusal("units.committee_kind_for_others", name=str)
SuperiorLoop = refusal("units.superior_loop", name=str, superior=str)
HostNotPossible = refusal("units.host_not_possible", name=str)
Closed = refusal("units.closed", name=str, on=date)
EndsBeforeItStarts = refusal("units.ends_before_it_starts", name=str, since=date)
UnitsBelow = refusal("units.units_below", name=str, count=int, example=str)
NothingToChange = refusal("units.nothing_to_change", name=str)
OfficerLater = refusal("units.officer_later", role=OfficerRole, name=str, since=date)
NoOfficer = refusal("units.no_officer", role=OfficerRole, name=str)
BasisMissing = refusal("units.basis_missing")
DutyKnown = refusal("units.duty_known", name=str, category=str, place=str)
DutyListFaulty = refusal("units.duty_list_faulty", count=int)
DutyOver = refusal("units.duty_over", name=str, on=date)
HoursNotUnderstood = refusal("units.hours_not_understood", part=str)
HoursOverlap = refusal("units.hours_overlap", part=str)
ShiftEndsBeforeItStarts = refusal("units.shift_ends_before_it_starts")
ShiftTooLong = refusal("units.shift_too_long", hours=int)
ShiftInPast = refusal("units.shift_in_past", starts_at=datetime)
ShiftOverlaps = refusal("units.shift_overlaps", name=str, starts_at=datetime, ends_at=datetime)
ShiftNotKnown = refusal("units.shift_not_known")
NotYourShift = refusal("units.not_your_shift")
NotYourSwap = refusal("units.not_your_swap")
SwapWithOneself = refusal("units.swap_with_oneself")
SwapAskedAlready = refusal("units.swap_asked_already")
SwapOver = refusal("units.swap_over")
FileNotUnderstood = refusal("units.file_not_understood")
TooManyRows = refusal("units.too_many_rows", limit=int)
DayNotUnderstood = refusal("units.day_not_understood", text=str)
TimeNotUnderstood = refusal("units.time_not_understood", text=str)
ShiftKindNotKnown = refusal("units.shift_kind_not_known", kind=str)

sentences(
    {
        "units.not_known": _(
            "There is no unit with the code %(code)s. Check the code, or search by name."
        ),
        "units.code_in_use": _(
            "The code %(code)s belongs to %(holder)s. A closed unit keeps its code; choose another."
        ),
        "units.code_malformed": _(
            "“%(code)s” cannot be a unit code. Use up to 40 letters, digits, hyphens and "
            "underscores."
        ),
        "units.name_missing": _("The unit has no name. Enter its official name."),
        "units.text_too_long": _(
            "“%(text)s” is too long: at most %(limit)s characters fit. Shorten it."
        ),
        "units.phone_malformed": _(
            "“%(phone)s” is not a phone number. Write it as 0534-2345678, 13800000000, 12345 or "
            "0534-2345678-801."
        ),
        "units.uscc_wrong": _(
            "“%(uscc)s” is not a unified social credit code: it has 18 characters, and the last "
            "one checks the others. Copy it from the certificate."
        ),
        "units.place_closed": _(
            "%(place)s no longer exists since %(on)s. Choose the place that took over."
        ),
        "units.committee_kind_missing": _(
            "%(name)s is a mediation committee. Choose which kind of committee it is."
        ),
        "units.committee_kind_for_others": _(
            "%(name)s is no mediation committee. Leave the kind of committee empty."
        ),
        "units.superior_loop": _(
            "%(superior)s is itself under %(name)s. Choose another superior unit."
        ),
        "units.host_not_possible": _(
            "%(name)s cannot stand in another unit: only a stationed mediation room does, in a "
            "police station or a court."
        ),
        "units.closed": _("%(name)s closed on %(on)s. Choose the unit that took over."),
        "units.ends_before_it_starts": _("%(name)s exists since %(since)s. Choose a later day."),
        "units.units_below": _(
            "%(count)s units are still under %(name)s, among them %(example)s. Move or close them "
            "first."
        ),
        "units.nothing_to_change": _("Nothing about %(name)s was changed. Enter what is new."),
        "units.officer_later": _(
            "%(name)s is entered as %(role)s from %(since)s. Choose that day or a later one."
        ),
        "units.no_officer": _("%(name)s has no %(role)s. Nothing needs to end."),
        "units.basis_missing": _(
            "A duty needs its legal basis: the instrument and article, or the number in the list "
            "of powers and duties."
        ),
        "units.duty_known": _(
            "%(name)s already answers for “%(category)s” in %(place)s. Withdraw that duty first if "
            "its basis changes."
        ),
        "units.duty_list_faulty": _(
            "The list has %(count)s faults: mend them and send it again. Nothing was taken over."
        ),
        "units.duty_over": _("This duty of %(name)s ended on %(on)s. Add a new one instead."),
        "units.hours_not_understood": _(
            "“%(part)s” is not understood. Write opening hours like this: "
            "周一至周五 08:30-12:00,14:00-17:30; 周六 09:00-12:00, or 24h."
        ),
        "units.hours_overlap": _(
            "Two opening hours overlap: %(part)s. Give each day once, its times in order."
        ),
        "units.shift_ends_before_it_starts": _(
            "The shift ends before it starts. Check both times."
        ),
        "units.shift_too_long": _("A shift lasts at most %(hours)s hours. Enter several shifts."),
        "units.shift_in_past": _(
            "%(starts_at)s has passed. The roster is planned ahead; what was worked stays as it is."
        ),
        "units.shift_overlaps": _(
            "%(name)s is on duty from %(starts_at)s to %(ends_at)s. Choose other times, or say "
            "that two people are on duty together."
        ),
        "units.shift_not_known": _("This shift is no longer in the roster. Look at it again."),
        "units.not_your_shift": _(
            "This shift is not yours; only whoever keeps the roster can give it to somebody else."
        ),
        "units.not_your_swap": _("Nobody has asked you this. Look at the roster again."),
        "units.swap_with_oneself": _("You have this shift yourself. Choose a colleague."),
        "units.swap_asked_already": _(
            "You have asked somebody about this shift already. Take the question back first."
        ),
        "units.swap_over": _("This question is answered or taken back already."),
        "units.file_not_understood": _(
            "The file cannot be read as a roster. Its first row has to name the columns 日期, "
            "班次, 姓名; 电话, 开始 and 结束 may follow. Export a roster to see one."
        ),
        "units.too_many_rows": _("A file may have at most %(limit)s rows. Import it in parts."),
        "units.day_not_understood": _("“%(text)s” is not a day. Write it as 2026-01-31."),
        "units.time_not_understood": _("“%(text)s” is not a time. Write it as 17:30."),
        "units.shift_kind_not_known": _(
            "“%(kind)s” is not a shift of this unit. Write 白班, 晚班, 夜班 or 带班, or give "
            "the times as well."
        ),
    }
)
