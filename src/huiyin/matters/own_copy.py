"""What a resident is given who asks for a copy of their data: all matters of their own, as JSON.

It holds what they said, what they were told, and how the matter went. What others said about it and
what staff noted among themselves is not theirs (architecture §7).
"""

import io
import json
import zipfile
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Contact, ContactRole, EventHeader, Matter, MatterText, Run
from huiyin.procedures import Procedure
from huiyin.procedures.language import ActorKind

FILE: Final = "huiyin.json"
PEOPLE: Final = (ActorKind.REPORTER, ActorKind.PARTY)


def own_copy(*, account_id: UUID, at: datetime) -> dict[str, Any]:
    """Return everything that is kept about the person of an account, in plain values.

    A fixed number of queries, however many matters. The caller has made sure who asks. Of a matter
    they only joined, the words of whoever reported it are not theirs.
    """
    contacts = list(Contact.objects.filter(account=account_id).order_by("pk"))
    own = {contact.pk for contact in contacts}
    matters = list(
        Matter.objects.filter(pk__in={contact.matter_id for contact in contacts})
        .select_related("category", "place")
        .order_by("opened_at", "pk")
    )
    told = {contact.matter_id for contact in contacts if contact.role != ContactRole.JOINED}
    words = {one.matter_id: one for one in MatterText.objects.filter(matter__in=told)}
    timelines: dict[UUID, list[EventHeader]] = {}
    runs = Run.objects.filter(matter__in=matters, parent=None)
    for event in (
        EventHeader.objects.filter(run__in=runs)
        .select_related("run", "body")
        .order_by("recorded_at", "run_id", "seq")
    ):
        timelines.setdefault(event.run.matter_id, []).append(event)
    return {
        "written_at": at.isoformat(),
        "matters": [
            {
                **_matter(matter, words.get(matter.pk)),
                "you": [_person(one) for one in contacts if one.matter_id == matter.pk],
                "timeline": [
                    _event(event, own)
                    for event in timelines.get(matter.pk, ())
                    if _is_told(event, own)
                ],
            }
            for matter in matters
        ],
    }


def as_zip(*, account_id: UUID, at: datetime) -> bytes:
    """Return the copy as a ZIP with one JSON file, to be handed to the person alone."""
    text = json.dumps(own_copy(account_id=account_id, at=at), ensure_ascii=False, indent=2)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(FILE, text)
    return packed.getvalue()


def _matter(matter: Matter, words: MatterText | None) -> dict[str, Any]:
    return {
        "number": matter.number,
        "opened_at": matter.opened_at.isoformat(),
        "category": matter.category.name_zh if matter.category else "",
        "place": matter.place.name,
        "title": words.title if words else "",
        "text": words.text if words else "",
        "address": words.address if words else "",
    }


def _person(contact: Contact) -> dict[str, Any]:
    return {
        "role": contact.role,
        "side": contact.side,
        "name": contact.name,
        "phone": contact.phone,
        "is_anonymous": contact.is_anonymous,
        "wants_secrecy": contact.wants_secrecy,
    }


def _is_told(event: EventHeader, own: Collection[UUID]) -> bool:
    """Tell whether the person did it, was told of it, or saw the matter move by it."""
    if event.contact_id in own or event.from_state != event.to_state:
        return True
    return _tells_people(event)


def _tells_people(event: EventHeader) -> bool:
    procedure = procedure_of(event.run.procedure)
    rule = procedure.actions.get(event.action)
    return rule is not None and any(_is_person(procedure, name) for name in rule.notify)


def _is_person(procedure: Procedure, name: str) -> bool:
    return procedure.actors[name].kind in PEOPLE


def _event(event: EventHeader, own: Collection[UUID]) -> dict[str, Any]:
    """Return an event; what its form said only where the person wrote it or it went to them."""
    procedure = procedure_of(event.run.procedure)
    rule = procedure.actions.get(event.action)
    state = procedure.states[event.to_state]
    is_theirs = event.contact_id in own or _tells_people(event)
    body = getattr(event, "body", None)
    return {
        "at": event.recorded_at.isoformat(),
        "act": rule.label.zh if rule else "",
        "state": state.label.zh,
        "is_yours": event.contact_id in own,
        "said": body.content.get("form", {}) if body and is_theirs else {},
    }
