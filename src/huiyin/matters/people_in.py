"""Who acts, as the engine sees them: staff in their post, a person of the matter, the system."""

from collections.abc import Iterable

from huiyin.matters.models import Contact, ContactRole
from huiyin.people.actors import Actor as Account
from huiyin.procedures import SYSTEM, Actor, Who

LEVELS = {1: "city", 2: "county", 3: "town", 4: "village"}
STRANGER = Actor(Who.PERSON)


def seen_by_engine(by: Account, contacts: Iterable[Contact]) -> Actor:
    """Return whoever acts: in a post they are staff; else the contact of the matter they are.

    A resident is a person of the matter only through a contact that carries their account, or
    that their one-time link was sent to.
    """
    if by.is_system:
        return SYSTEM
    if by.unit_id is not None:
        return Actor(
            who=Who.STAFF,
            id=str(by.account_id),
            unit=str(by.unit_id),
            unit_kind=by.unit_kind,
            level=LEVELS.get(by.level or 0, ""),
            place=str(by.unit_place_id),
            permissions=by.permissions,
        )
    own = next((one for one in contacts if _is_them(one, by)), None)
    return Actor(Who.PERSON, str(own.pk)) if own else STRANGER


def _is_them(contact: Contact, by: Account) -> bool:
    if by.contact_id is not None:
        return contact.pk == by.contact_id
    return by.account_id is not None and contact.account_id == by.account_id


def reporter_of(contacts: Iterable[Contact]) -> str:
    """Return the id of the contact who brought the matter; empty when nobody did."""
    found = (one for one in contacts if one.role == ContactRole.REPORTER)
    return next((str(one.pk) for one in found), "")


def parties_of(contacts: Iterable[Contact]) -> dict[str, str]:
    """Return the sides of a dispute: contact → side."""
    return {str(one.pk): one.side for one in contacts if one.side}
