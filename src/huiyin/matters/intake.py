"""`open`: a matter begins, whoever takes it in and however it came."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from huiyin.categories.models import Category
from huiyin.dispatch.urgency import Word, known_words, urgency_in
from huiyin.matters import numbers
from huiyin.matters.acting import Done, Held, carry_out, held_by
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Channel, Contact, ContactRole, Matter, MatterText, Run
from huiyin.matters.refusals import NotYetHappened, ProcedureUnknown
from huiyin.people.actors import Actor as Account
from huiyin.people.phones import index_of, normal
from huiyin.people.refusals import PhoneNotMobile
from huiyin.places.models import Place
from huiyin.procedures import Procedure, decide
from huiyin.procedures.language import FieldType
from huiyin.procedures.runs import Values
from huiyin.ui.identifiers import new_id
from huiyin.ui.rows import Writing, in_one_go
from huiyin.units.models import Unit

LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody a matter is about: who brings it, or a side of a dispute (`side`).

    `id`: which id the contact gets, where the opening's form names them by it.
    """

    name: str = ""
    phone: str = ""
    account_id: UUID | None = None
    side: str = ""
    is_anonymous: bool = False
    wants_secrecy: bool = False
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """What was said: in the person's own words, where, of what kind."""

    title: str
    text: str = ""
    address: str = ""


def open_matter(
    *, procedure: str, action: str, said: Said, place: Place, channel: Channel, by: Account,
    at: datetime, form: Values | None = None, category: Category | None = None,
    reporter: Person | None = None, parties: Sequence[Person] = (), accused: Sequence[UUID] = (),
    occurred_at: datetime | None = None, lon: float | None = None, lat: float | None = None,
) -> Done:  # fmt: skip
    """Open a matter with its main run, by an opening action of the procedure; one transaction.

    `reporter`: None when nobody is known at all. `accused`: the units it complains of; all below
    them are added. `occurred_at`: when it really came in, of a letter that is entered late.

    Writes the matter, its words and contacts, the run and its first event. Raises ActRefused,
    ProcedureUnknown, NotYetHappened; then nothing has been written.
    """
    try:
        rules = procedure_of(procedure)
    except KeyError:
        raise ProcedureUnknown(procedure=procedure) from None
    if occurred_at and occurred_at > at:
        raise NotYetHappened()
    with in_one_go() as writing:
        matter = new_matter(place, category, channel, accused, at, occurred_at, lon, lat)
        matter.is_confidential = rules.confidential
        matter.has_merged = False
        words = new_words(matter, said, known_words())
        contacts = tuple(new_contacts(matter, reporter, parties))
        run = Run(matter=matter, procedure=rules.name, version=rules.version)
        sent = {**_sides_named(rules, action, contacts), **dict(form or {})}
        held = held_by(
            run,
            matter,
            contacts,
            at=at,
            action=action,
            form=sent,
            unsaved=(matter, words, *contacts),
        )
        return _begun(held, action, sent, by=by, at=at, occurred_at=occurred_at, into=writing)


def _sides_named(
    rules: Procedure, action: str, contacts: Sequence[Contact]
) -> dict[str, list[str]]:
    """Fill in who the sides of a dispute are: nobody outside knows their ids yet."""
    rule = rules.actions.get(action)
    sides = [str(contact.pk) for contact in contacts if contact.side]
    asked = [field.name for field in rule.form if field.type is FieldType.PARTIES] if rule else []
    return dict.fromkeys(asked, sides) if sides else {}


def _begun(
    held: Held, action: str, form: Values, *, by: Account, at: datetime,
    occurred_at: datetime | None, into: Writing,
) -> Done:  # fmt: skip
    actor = held.actor(by)
    rule = held.procedure.actions.get(action)
    facts = held.facts_for([rule] if rule else [], by=by)
    answer = decide(held.procedure, held.before, action, form, actor, at, facts)
    return carry_out(
        held, answer, by=by, actor=actor, at=at, occurred_at=occurred_at, into=into
    )  # fmt: skip


def new_matter(
    place: Place, category: Category | None, channel: Channel, accused: Sequence[UUID],
    at: datetime, occurred_at: datetime | None, lon: float | None, lat: float | None,
) -> Matter:  # fmt: skip
    """Return a matter that begins, with its number, not saved yet."""
    city = place.city or place
    return Matter(
        number=numbers.next_number(city_code=city.code, at=at),
        channel=channel,
        opened_at=at,
        occurred_at=occurred_at,
        category=category,
        **placed(place),
        lon=lon,
        lat=lat,
        accused=with_all_below(accused),
    )


def new_words(matter: Matter, said: Said, known: Sequence[Word]) -> MatterText:
    """Return what was said, not saved yet; the matter is as urgent as it says.

    `known`: the words of urgency in use.
    """
    heard = urgency_in(text_of(said.title, said.text), matter.category, words=known)
    matter.urgency, matter.call_first = heard.level, heard.number
    return MatterText(
        matter=matter, title=said.title, text=said.text, address=said.address,
        urgent_words=[word[:LONGEST_WORD] for word in heard.words],
        came_in_at=matter.opened_at,
    )  # fmt: skip


def text_of(title: str, text: str) -> str:
    """Return all words of a matter in one, as they are listened to for danger."""
    return f"{title}\n{text}"


def placed(place: Place) -> dict[str, Any]:
    """Return the columns that say where a matter is: its place and all above it as they are now."""
    zone = place.county or place
    return {
        "place": place,
        "city_id": place.city_id,
        "county_id": place.county_id,
        "town_id": place.town_id,
        "village_id": place.village_id,
        "grid_id": place.pk if place.village_id and place.village_id != place.pk else None,
        "overlay_id": zone.overlay_parent_id,
    }


def with_all_below(units: Sequence[UUID]) -> list[UUID]:
    """Return these units, all below them and the rooms stationed with them, closed ones too.

    One query a level.
    """
    found, step = list(dict.fromkeys(units)), list(units)
    while step:
        theirs = Q(superior__in=step) | Q(host__in=step)
        below = Unit.objects.filter(theirs).exclude(pk__in=found).order_by("pk")
        step = list(below.values_list("pk", flat=True))
        found += step
    return found


def new_contacts(
    matter: Matter, reporter: Person | None, parties: Sequence[Person]
) -> list[Contact]:
    """Return the people of a matter that begins, not saved yet.

    Whoever reports it and is a side of it is one person, and may act as both.
    """
    if reporter:
        own = next((one for one in parties if _is_one(one, reporter)), None)
        parties = [one for one in parties if one is not own]
        reporter = replace(reporter, side=own.side, id=reporter.id or own.id) if own else reporter
    people = [(ContactRole.REPORTER, reporter)] if reporter else []
    people += [(ContactRole.PARTY, party) for party in parties]
    return [
        Contact(
            pk=person.id or new_id(),
            matter=matter,
            role=role,
            side=person.side,
            account_id=person.account_id,
            name=person.name,
            phone=person.phone,
            phone_index=phone_index(person.phone),
            is_anonymous=person.is_anonymous,
            wants_secrecy=person.wants_secrecy,
        )
        for role, person in people
    ]


def _is_one(one: Person, other: Person) -> bool:
    if one.account_id and other.account_id:
        return one.account_id == other.account_id
    index = phone_index(one.phone)
    return index is not None and index == phone_index(other.phone)


def phone_index(phone: str) -> bytes | None:
    """Return what a person's matters are found by; None without a mobile number.

    Several people share a landline: nobody is found by it.
    """
    try:
        return index_of(normal(phone)) if phone else None
    except PhoneNotMobile:
        return None
