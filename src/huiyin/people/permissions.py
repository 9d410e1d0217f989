"""What a permission set can allow: the catalogue of permission codes, with their labels.

A code is `<subject>.<act>`; views, verbs and permission sets name permissions by it. A permission
marked `city_wide` reaches beyond the holder's own unit, so only those who administer the whole city
may give a set that has it.
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Permission:
    """One permission: its code, its name on the screen, how far it reaches."""

    code: str
    label: str | Promise
    city_wide: bool = False


_ALL = (
    Permission("people.see", _("See the accounts of the own unit and of those below it")),
    Permission("people.see_all", _("See the accounts of all units"), city_wide=True),
    Permission("people.administer", _("Administer the accounts and posts of the own unit")),
    Permission(
        "people.administer_all", _("Administer the accounts and posts of all units"), city_wide=True
    ),
    Permission("people.reveal", _("See the phone number of a colleague, with a reason")),
    Permission("log.read", _("Read the access log of the own unit")),
    Permission("log.read_all", _("Read the whole access log"), city_wide=True),
    Permission("extension.approve", _("Approve or refuse more time for a limit of the own unit")),
    Permission("supervision.order", _("Order supervision of a unit that does not deliver")),
    Permission("insight.see", _("See how things stand in the own place: figures and their lists")),
    Permission("insight.screens", _("Set up screens that show how the own place stands")),
    Permission("matter.hand_over", _("Hand a matter over to another procedure")),
    Permission("matter.merge", _("Merge a matter into another one")),
    Permission("matter.export_clear", _("Export lists with names and phone numbers in the clear")),
    Permission("matter.reclassify", _("Correct the category, place or accused units of a matter")),
    Permission("matter.redact", _("Delete texts of a matter under an order"), city_wide=True),
    Permission(
        "matter.hold",
        _("Keep a matter from being deleted, for a lawsuit or an audit"),
        city_wide=True,
    ),
    Permission("hotline.dispatch", _("Dispatch hotline orders")),
    Permission("hotline.decide", _("Decide disputes, extensions and ends of hotline orders")),
    Permission("hotline.call_back", _("Call back callers of the hotline")),
    Permission("knowledge.write", _("Write entries of the knowledge base for the own unit")),
    Permission(
        "knowledge.publish",
        _("Check, publish and withdraw entries of the knowledge base in the own place"),
    ),
    Permission("roster.keep", _("Keep the duty roster of the own unit")),
    Permission("services.edit", _("Maintain the catalogue of services"), city_wide=True),
    Permission("services.offer", _("Offer times at which the own unit comes to residents")),
    Permission("notices.administer", _("Look after messages that did not arrive"), city_wide=True),
    Permission("system.watch", _("Be told when the system falls behind"), city_wide=True),
    Permission("units.administer", _("Maintain units and their lists of duties"), city_wide=True),
    Permission(
        "registers.edit",
        _("Maintain kinds of matter, texts of messages, the calendar and rosters"),
        city_wide=True,
    ),
    Permission("terms.edit", _("Change the limits of the city"), city_wide=True),
)
CATALOGUE: dict[str, Permission] = {permission.code: permission for permission in _ALL}


def is_city_wide(codes: list[str] | frozenset[str]) -> bool:
    """Tell whether a set of permissions reaches beyond the holder's own unit."""
    return any(CATALOGUE[code].city_wide for code in codes if code in CATALOGUE)
