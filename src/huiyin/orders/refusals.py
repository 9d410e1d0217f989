"""Why something about services and appointments is not possible, and what to do instead."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from huiyin.ui.refusals import refusal, sentences

ServiceUnknown = refusal("orders.service_unknown", code=str)
ModeNotOffered = refusal("orders.mode_not_offered", mode=str)
SlotUnknown = refusal("orders.slot_unknown")
SlotTaken = refusal("orders.slot_taken")
SlotNotNeeded = refusal("orders.slot_not_needed")
NotPermitted = refusal("orders.not_permitted")
ServiceCodeInUse = refusal("orders.service_code_in_use", code=str)
ServiceIncomplete = refusal("orders.service_incomplete")
VersionTooEarly = refusal("orders.version_too_early", since=date)
NothingToChange = refusal("orders.nothing_to_change")
SlotsMalformed = refusal("orders.slots_malformed")
SlotsOverlap = refusal("orders.slots_overlap")
DayBooked = refusal("orders.day_booked", count=int)
NotTheirService = refusal("orders.not_their_service")
NotFound = refusal("orders.not_found")

sentences(
    {
        "orders.service_unknown": _(
            "There is no service %(code)s in the catalogue today. Choose one of the list, or leave "
            "it open and write what you need."
        ),
        "orders.mode_not_offered": _(
            "This service is not given in that way, but so: %(mode)s. Choose that."
        ),
        "orders.slot_unknown": _(
            "Nobody comes at that time. Choose one of the times that are offered."
        ),
        "orders.slot_taken": _("Somebody has just taken this time. Please choose another one."),
        "orders.slot_not_needed": _(
            "A time is chosen for a visit only, and for a service of the catalogue. Leave it open."
        ),
        "orders.not_permitted": _(
            "Your post may not change this. Ask the governance centre of the city, or for the "
            "times of a unit somebody who administers it."
        ),
        "orders.service_code_in_use": _(
            "There is a service %(code)s already. Change it, or choose another code."
        ),
        "orders.service_incomplete": _(
            "Give a code of letters and digits, a title in Chinese and in English, how it is "
            "given, 1 to 60 working days, and 10 to 480 minutes a visit."
        ),
        "orders.version_too_early": _(
            "The version in force began on %(since)s. A new one begins on a later day."
        ),
        "orders.nothing_to_change": _("Nothing would change. Say what is to be different."),
        "orders.slots_malformed": _(
            "Times begin before they end, on a weekday from Monday to Sunday, long enough for one "
            "visit, with room for at least one."
        ),
        "orders.slots_overlap": _(
            "The unit offers times of that weekday already that overlap. End those first."
        ),
        "orders.day_booked": _(
            "%(count)s visits are booked then. Agree other times with these residents first."
        ),
        "orders.not_their_service": _(
            "This unit is not of a kind that gives the service. Look at the catalogue."
        ),
        "orders.not_found": _("There is no such service or time, or it is over."),
    }
)
