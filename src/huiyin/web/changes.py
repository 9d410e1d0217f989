"""The history of a unit as sentences: who changed what, and what it was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.people.models import Account
from huiyin.places.models import Place
from huiyin.units import wording
from huiyin.units.history import Change, FieldChange, Subject, What, history
from huiyin.units.models import Duty, Unit, UnitOfficer

SHOWN = 20

_FIELDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "short_name": gettext_lazy("Short name"),
    "aliases": gettext_lazy("Other names"),
    "code": gettext_lazy("Code"),
    "kind": gettext_lazy("Kind"),
    "function": gettext_lazy("Function"),
    "level": gettext_lazy("Level"),
    "place_id": gettext_lazy("Place"),
    "superior_id": gettext_lazy("Office above it"),
    "host_id": gettext_lazy("Where it stands"),
    "uscc": gettext_lazy("Credit code"),
    "phone": gettext_lazy("Phone"),
    "address": gettext_lazy("Address"),
    "opening_hours": gettext_lazy("Opening hours"),
    "valid_from": gettext_lazy("First day"),
    "valid_to": gettext_lazy("Last day"),
}


@dataclass(frozen=True)
class Said:
    """One change in words: when, what, by whom, on what ground, and what it was before."""

    at: datetime
    words: str
    who: str
    basis: str
    before: str


def changes_of(unit: Unit) -> list[Said]:
    """Return the latest changes of a unit. Five queries, and two more when something moved."""
    found = history(unit, limit=200)
    first = unit.recorded_at
    # What was entered together with the unit is no change of it.
    found = [c for c in found if not (c.what == What.ADDED and c.at == first)][:SHOWN]
    names = _names(found)
    people = dict(
        Account.objects.filter(pk__in={c.account_id for c in found if c.account_id}).values_list(
            "pk", "name"
        )
    )
    return [
        Said(
            at=change.at,
            words=_words(change),
            who=people.get(change.account_id, "") if change.account_id else "",
            basis=change.basis,
            before="; ".join(_before(each, names) for each in change.fields if each.before),
        )
        for change in found
    ]


def _words(change: Change) -> str:
    row: Any = change.row
    if change.subject == Subject.UNIT:
        fields = ", ".join(str(_FIELDS.get(each.field, each.field)) for each in change.fields)
        return _("Changed: %(fields)s") % {"fields": fields}
    if change.subject == Subject.OFFICER:
        data = {"name": row.name, "role": UnitOfficer(role=row.role).get_role_display()}
        if change.what == What.ADDED:
            return _("%(name)s was entered as %(role)s") % data
        if change.what == What.REMOVED or row.valid_to:
            return _("%(name)s is no longer %(role)s") % data
        return _("The entry of %(name)s as %(role)s was changed") % data
    matter = {"matter": wording.category_name(row.category) if isinstance(row, Duty) else ""}
    if change.what == What.ADDED:
        return _("It answers for “%(matter)s” from now on") % matter
    if change.what == What.REMOVED or row.valid_to:
        return _("It no longer answers for “%(matter)s”") % matter
    return _("The duty “%(matter)s” was changed") % matter


def _names(changes: Sequence[Change]) -> dict[Any, str]:
    """Return the names of the units and places that fields went away from."""
    ids: dict[str, set[Any]] = {"place_id": set(), "superior_id": set(), "host_id": set()}
    for change in changes:
        for each in change.fields:
            if each.field in ids and each.before:
                ids[each.field].add(each.before)
    names: dict[Any, str] = {}
    if ids["place_id"]:
        names |= dict(Place.objects.filter(pk__in=ids["place_id"]).values_list("pk", "full_name"))
    if ids["superior_id"] | ids["host_id"]:
        names |= dict(
            Unit.objects.filter(pk__in=ids["superior_id"] | ids["host_id"]).values_list(
                "pk", "name"
            )
        )
    return names


def _before(change: FieldChange, names: dict[Any, str]) -> str:
    if change.field == "opening_hours":
        value = "; ".join(wording.hours_lines(change.before))
    elif change.field == "aliases":
        value = _(", ").join(change.before)
    else:
        value = names.get(change.before, str(change.before))
    words = _("%(field)s was %(value)s before")
    return words % {"field": _FIELDS.get(change.field, change.field), "value": value}
