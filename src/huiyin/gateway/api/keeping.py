"""Correcting a matter, showing who it is, keeping it and deleting from it; all written down."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Status

from huiyin.gateway import refusals, saying
from huiyin.gateway.api.answers import answers
from huiyin.gateway.api.headers import Key
from huiyin.gateway.api.parameters import Cursor, Most, Number, unit_ids
from huiyin.gateway.api.reference import category_of, place_of
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.once import once
from huiyin.gateway.paging import cursor_of, moment_in
from huiyin.gateway.schemas.keeping import (
    HoldIn,
    HoldOut,
    HoldsOut,
    PhoneIn,
    ReclassifyIn,
    RedactedOut,
    RedactIn,
    RevealedOut,
    RevealIn,
    WrittenOut,
)
from huiyin.gateway.schemas.matters import MattersOut
from huiyin.matters import access, numbers, redacting
from huiyin.matters.models import Contact, EventHeader, LegalHold, Matter, Run
from huiyin.matters.reclassifying import reclassify
from huiyin.matters.refusals import NotFound, NotPermitted
from huiyin.matters.search import Key as SearchKey
from huiyin.matters.search import by_phone
from huiyin.people.actors import Actor
from huiyin.people.addresses import client_address

router = Router(tags=["Records"])
STAFF = Door(Right.ACT, staff=True)


@router.post(
    "/matters/{number}/reclassify", auth=STAFF, response=answers(WrittenOut, 404, 409),
    summary="Correct what it is about",
)  # fmt: skip
def reclassify_matter(
    request: HttpRequest, number: Number, sent: ReclassifyIn, key: Key = ""
) -> Any:
    """Change category, place or accused units of a matter (`matter.reclassify`).

    Number, words, timeline and limits stay. A unit that it now complains of sees it no more.
    """
    by = caller_of(request).actor
    found = access.matter_of_number(number, by=by)
    category = category_of(sent.category) if sent.category else None
    place = place_of(sent.place) if sent.place else None
    units = unit_ids(sent.accused or ())
    errors = {}
    if sent.category and category is None:
        errors["body.category"] = "code"
    if sent.place and place is None:
        errors["body.place"] = "code"
    if len(units) < len(set(sent.accused or ())):
        errors["body.accused"] = "code"
    if errors:
        raise refusals.Invalid(errors=errors)

    def correct() -> dict[str, Any]:
        event = reclassify(
            matter_id=found.pk, reason=sent.reason, by=by, at=timezone.now(), category=category,
            place=place, accused=None if sent.accused is None else sorted(units.values()),
        )  # fmt: skip
        return {"number": found.number, "run": event.run_id, "event": event.seq}

    return once(request, key, sent.model_dump(mode="json"), correct)


@router.post(
    "/matters/{number}/contacts/{contact_id}/reveal", auth=STAFF,
    response=answers(RevealedOut, 404), summary="Who it is",
)  # fmt: skip
def reveal_contact(
    request: HttpRequest,
    number: Number,
    contact_id: Annotated[UUID, Path(description="The id of a contact.")],
    sent: RevealIn,
) -> Any:
    """Return the clear name and number of somebody in a matter; who looked and why is written down.

    For units that have the matter now and offices that look after it. The person can read of it.
    """
    by = caller_of(request).actor
    found = access.matter_of_number(number, by=by)
    if not Contact.objects.filter(pk=contact_id, matter=found).exists():
        raise NotFound()
    shown = access.reveal(
        contact_id=contact_id, by=by, purpose=sent.purpose, at=timezone.now(),
        address=client_address(request),
    )  # fmt: skip
    return {"name": shown.name, "phone": shown.phone}


@router.post(
    "/search/by-phone", auth=STAFF, response=answers(MattersOut, 404), summary="Of a caller"
)
def find_by_phone(
    request: HttpRequest, sent: PhoneIn, cursor: Cursor = "", limit: Most = 30
) -> Any:
    """Return the other matters of a caller that a handler sees; who looked and why is written down.

    Neither confidential ones are among them, nor those of somebody who asked to stay unknown.
    """
    after = moment_in(cursor)
    found = by_phone(
        sent.phone, by=caller_of(request).actor, purpose=sent.purpose, at=timezone.now(),
        address=client_address(request), after=SearchKey(*after) if after else None, limit=limit,
    )  # fmt: skip
    following = cursor_of(found.next.opened_at, found.next.id) if found.next else None
    return {"matters": saying.matter_refs(found.matters), "next": following}


# --- holds and deletions ------------------------------------------------------------------------


@router.get(
    "/matters/{number}/holds", auth=Door(Right.READ, staff=True), response=answers(HoldsOut, 404),
    summary="Holds of a matter",
)  # fmt: skip
def list_holds(request: HttpRequest, number: Number) -> Any:
    """Return why a matter must be kept, for whoever may place holds or delete."""
    found = _under_order(number, caller_of(request).actor, redacting.HOLD, redacting.PERMISSION)
    rows = LegalHold.objects.filter(matter=found).order_by("-placed_at", "-pk")
    return {"holds": [_hold(one) for one in rows]}


@router.post(
    "/matters/{number}/holds", auth=STAFF, response=answers(HoldOut, 404, 409, status=201),
    summary="Place a hold",
)  # fmt: skip
def place_hold(request: HttpRequest, number: Number, sent: HoldIn, key: Key = "") -> Any:
    """Keep everything of a matter until a day, or until it is lifted (`matter.hold`)."""
    by = caller_of(request).actor
    found = _under_order(number, by, redacting.HOLD)
    placed = once(
        request, key, sent.model_dump(mode="json"),
        lambda: _hold(
            redacting.place_hold(
                found, reason=sent.reason, by=by, at=timezone.now(), until=sent.until
            )
        ),
    )  # fmt: skip
    return Status(HTTPStatus.CREATED, placed)


@router.post(
    "/holds/{hold_id}/lift", auth=STAFF, response=answers(HoldOut, 404), summary="Lift a hold"
)
def lift_hold(
    request: HttpRequest, hold_id: Annotated[UUID, Path(description="The id of a hold.")]
) -> Any:
    """End a hold (`matter.hold`); that there was one stays on record."""
    return _hold(redacting.lift_hold(hold_id, by=caller_of(request).actor, at=timezone.now()))


@router.post(
    "/matters/{number}/redactions", auth=STAFF, response=answers(RedactedOut, 404, 409, status=201),
    summary="Delete under an order",
)  # fmt: skip
def redact_matter(request: HttpRequest, number: Number, sent: RedactIn, key: Key = "") -> Any:
    """Delete what was written in an event, a run or a whole matter (`matter.redact`).

    That it was deleted, and under which order, stays. Refused while a hold is in force.
    """
    by = caller_of(request).actor
    found = _under_order(number, by, redacting.PERMISSION)
    subject = _subject(found, sent)
    if Contact.objects.filter(matter=found, pk__in=sent.contacts).count() < len(set(sent.contacts)):
        raise NotFound()

    def delete() -> dict[str, Any]:
        events = redacting.redact(
            subject, order_no=sent.order_no, legal_basis=sent.legal_basis, by=by,
            at=timezone.now(), contacts=sent.contacts,
        )  # fmt: skip
        return {"number": found.number, "events": [str(one.pk) for one in events]}

    return Status(HTTPStatus.CREATED, once(request, key, sent.model_dump(mode="json"), delete))


def _under_order(number: str, by: Actor, *permissions: str) -> Matter:
    """Return a matter for whoever may keep or delete, whether or not they handle it.

    To a unit that it accuses it does not exist. Raises NotFound, NotPermitted.
    """
    if not any(by.may(one) for one in permissions):
        access.matter_of_number(number, by=by)
        raise NotPermitted()
    whole = numbers.read(number)
    found = Matter.objects.filter(number=whole).first() if whole else None
    if found is None or by.unit_id in found.accused:
        raise NotFound()
    return found


def _subject(matter: Matter, sent: RedactIn) -> Matter | Run | EventHeader:
    found: Matter | Run | EventHeader | None = matter
    if sent.event is not None:
        found = EventHeader.objects.filter(pk=sent.event, run__matter=matter).first()
    elif sent.run is not None:
        found = Run.objects.filter(pk=sent.run, matter=matter).first()
    if found is None:
        raise NotFound()
    return found


def _hold(one: LegalHold) -> dict[str, Any]:
    names = ("id", "reason", "placed_at", "until", "lifted_at")
    return {name: getattr(one, name) for name in names}
