"""Whether what a form names is there: units, places, categories, people of the matter.

The engine takes any text for an id; the record does not, and a wrong one is the sender's mistake.
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from huiyin.categories.models import Category
from huiyin.matters.models import Contact, Matter
from huiyin.people.colleagues import staff_of
from huiyin.places.models import Place
from huiyin.procedures import Procedure, Refusal
from huiyin.procedures.decisions import Event
from huiyin.procedures.forms import FieldError
from huiyin.procedures.language import NEW, Action, Field, FieldType
from huiyin.procedures.runs import Values

UNITS = (FieldType.UNIT, FieldType.UNITS)
PLACES = (FieldType.PLACE,)
CATEGORIES = (FieldType.CATEGORY,)
PEOPLE = (FieldType.PERSON, FieldType.PARTY, FieldType.PARTIES)


class Named(Protocol):
    """What is held of a run while it is acted on."""

    @property
    def matter(self) -> Matter: ...

    @property
    def procedure(self) -> Procedure: ...

    @property
    def contacts(self) -> tuple[Contact, ...]: ...

    @property
    def units(self) -> Collection[str]: ...


def missing(held: Named, event: Event) -> Refusal | None:
    """Return the refusal of an act whose form names what is not there, or None.

    One query for places and one for categories, where the form names others than the matter's own,
    and one for each colleague.
    The people of a matter have no ids yet while it is being opened.
    """
    rule = held.procedure.actions.get(event.action)
    if rule is None:
        return None
    named = [
        (field, _ids(event.form[field.name])) for field in rule.form if field.name in event.form
    ]

    def wanted(*types: FieldType) -> set[str]:
        return {one for field, ids in named if field.type in types for one in ids}

    there: dict[tuple[FieldType, ...], Collection[str]] = {
        UNITS: held.units,
        PLACES: _known(Place, wanted(*PLACES), held.matter.place_ids),
        CATEGORIES: _known(Category, wanted(*CATEGORIES), [str(held.matter.category_id)]),
    }
    if event.from_state != NEW:
        there[PEOPLE] = {str(contact.pk) for contact in held.contacts}
    errors = {
        field.name: FieldError("not_found")
        for field, ids in named
        for types, known in there.items()
        if field.type in types and not ids <= set(known)
    }
    errors |= {
        field.name: FieldError("no_colleague")
        for field, ids in named
        if field.type is FieldType.COLLEAGUE and not _work_in(_unit_of(field, event), ids, event.at)
    }
    return Refusal("run.form", {"errors": errors}) if errors else None


def _unit_of(field: Field, event: Event) -> str:
    """Return the unit a colleague has to be of: the one another field names, or the actor's own."""
    return str(event.form.get(field.of, "")) if field.of else event.unit


def _work_in(unit: str, accounts: set[str], at: datetime) -> bool:
    """Tell whether all of these hold a post in a unit today. One query."""
    wanted, ids = uuids_in([unit]), uuids_in(accounts)
    if not wanted or len(ids) != len(accounts):
        return False
    known = staff_of(wanted[0], at=at).filter(pk__in=ids).values_list("pk", flat=True)
    return set(known) == set(ids)


def _ids(value: object) -> set[str]:
    if value is None:
        return set()
    return {str(one) for one in value} if isinstance(value, tuple) else {str(value)}


def uuids_in(ids: Iterable[str]) -> list[UUID]:
    """Return what of some texts is an id; the rest is left out."""
    found = []
    for one in ids:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def units_sent(rule: Action | None, form: Values) -> list[UUID]:
    """Return the units that a form names, as it was sent; what is no id is left out.

    Ids of files, places and people stand in other fields: they are not asked for as units.
    """
    named = [form.get(field.name) for field in rule.form if field.type in UNITS] if rule else []
    each = (value if isinstance(value, list | tuple) else (value,) for value in named)
    return uuids_in(str(one) for values in each for one in values)


def _known(model: type[Place] | type[Category], ids: set[str], own: Collection[str]) -> set[str]:
    """Return those of these ids that there are; the matter's own need not be asked for."""
    others = ids.difference(own)
    if not others:
        return ids
    found = model._default_manager.filter(pk__in=uuids_in(others)).values_list("pk", flat=True)
    return ids.intersection(own) | {str(pk) for pk in found}
