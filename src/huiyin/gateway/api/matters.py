"""Opening, finding and reading matters."""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Query, Router

from huiyin.categories.models import Category
from huiyin.dispatch.urgency import urgency_of
from huiyin.gateway import refusals, saying
from huiyin.gateway.api.answers import answers, as_said
from huiyin.gateway.api.headers import Key
from huiyin.gateway.api.parameters import (
    Cursor,
    Most,
    Number,
    known_category,
    known_place,
    person_of,
    reporter_of,
    sane_day,
    unit_ids,
)
from huiyin.gateway.api.reference import category_of, place_of
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.paging import cursor_of, moment_in, uuid_in
from huiyin.gateway.schemas.acts import OpenedOut
from huiyin.gateway.schemas.matters import MatterIn, MatterOut, MattersOut, TimelineOut
from huiyin.gateway.schemas.shared import ProcedureName
from huiyin.matters import access
from huiyin.matters.attachments import attachments_of
from huiyin.matters.intake import Said, text_of
from huiyin.matters.models import AttachmentUse, Channel, Matter
from huiyin.matters.opening_once import open_once
from huiyin.matters.search import Key as SearchKey
from huiyin.matters.search import Wanted, search
from huiyin.matters.timeline import Entry, timeline
from huiyin.people.actors import Actor
from huiyin.people.addresses import client_address
from huiyin.places.models import Place
from huiyin.procedures import library

router = Router(tags=["Matters"])


@router.post(
    "/matters", auth=Door(Right.ACT), response=answers(OpenedOut, 404, 409, status=201),
    summary="Open a matter",
)  # fmt: skip
def open_matter(request: HttpRequest, sent: MatterIn, key: Key = "") -> Any:
    """Open a matter by an opening action of a procedure; `GET /procedures/{name}` tells its form.

    Staff enter who brought it; people bring it themselves. With `Idempotency-Key` the same request
    opens one matter however often it is sent. Where the words speak of danger the answer says which
    number to call first; the matter is taken in all the same.
    """
    caller, at = caller_of(request), timezone.now()
    place = place_of(sent.place)
    category = category_of(sent.category) if sent.category else None
    accused = unit_ids(sent.accused)
    errors = {}
    if place is None:
        errors["body.place"] = "code"
    if sent.category and category is None:
        errors["body.category"] = "code"
    if len(accused) < len(set(sent.accused)):
        errors["body.accused"] = "code"
    if place is None or errors:
        raise refusals.Invalid(errors=errors)
    is_staff = caller.actor.unit_id is not None
    done = open_once(
        key=key,
        by=caller.actor,
        at=at,
        procedure=sent.procedure,
        action=sent.action,
        said=Said(sent.title, sent.text, sent.address),
        place=place,
        channel=Channel(sent.channel) if is_staff else Channel.ONLINE,
        form=_form(sent, place, category),
        category=category,
        reporter=reporter_of(sent.reporter, caller.actor),
        parties=[person_of(one) for one in sent.parties],
        accused=sorted(accused.values()),
        occurred_at=sent.occurred_at if is_staff else None,
        lon=sent.lon,
        lat=sent.lat,
    )
    body = {
        "call_first": _call_first(done.run.matter, sent),
        "number": done.run.matter.number,
        "event": done.event.seq,
        "is_repeat": done.is_repeat,
        "run": saying.acted_run_out(done),
    }
    return as_said(body, HTTPStatus.CREATED)


@router.get("/matters", auth=Door(Right.READ), response=answers(MattersOut), summary="Find matters")
def find_matters(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=60, description="Words, or a number or its end.")] = "",
    procedure: Annotated[ProcedureName | None, Query(description="With a run of it.")] = None,
    state: Annotated[str, Query(max_length=40, description="With a run in this state.")] = "",
    place: Annotated[str, Query(max_length=32, description="In the place of this code.")] = "",
    category: Annotated[str, Query(max_length=16, description="Of this class or below.")] = "",
    unit: Annotated[UUID | None, Query(description="That this unit has or had.")] = None,
    since: Annotated[date | None, Query(description="Opened on this day or later.")] = None,
    until: Annotated[date | None, Query(description="Opened on this day or earlier.")] = None,
    urgent: Annotated[bool, Query(description="Urgent ones only; for staff.")] = False,
    cursor: Cursor = "",
    limit: Most = 30,
) -> Any:
    """Return the matters whoever asks may see, the latest first; confidential ones by number only.

    People find their own.
    """
    by, after = caller_of(request).actor, moment_in(cursor)
    wanted = Wanted(
        text=q,
        category=known_category(category),
        place=known_place(place),
        unit_id=unit,
        procedure=procedure or "",
        state=state,
        since=sane_day(since, "since"),
        until=sane_day(until, "until"),
        urgent=urgent and by.unit_id is not None,
    )
    found = search(wanted, by=by, after=SearchKey(*after) if after else None, limit=limit)
    following = cursor_of(found.next.opened_at, found.next.id) if found.next else None
    return as_said({"matters": saying.matter_refs(found.matters, by), "next": following})


@router.get(
    "/matters/{number}", auth=Door(Right.READ), response=answers(MatterOut, 404),
    summary="A matter",
)  # fmt: skip
def show_matter(request: HttpRequest, number: Number) -> Any:
    """Return a matter with its runs, limits, units, and its people as far as they may be seen.

    Staff's look at a confidential one is written down.
    """
    by, at = caller_of(request).actor, timezone.now()
    named = access.matter_of_number(number, by=by)
    found = access.look(named.pk, by=by, at=at, address=client_address(request))
    runs = access.runs_seen_by(by).filter(matter=found).order_by("opened_at", "id")
    return saying.matter_out(found, list(runs), access.contacts(found, by=by), by)


@router.get(
    "/matters/{number}/timeline", auth=Door(Right.READ), response=answers(TimelineOut, 404),
    summary="What happened",
)  # fmt: skip
def show_timeline(
    request: HttpRequest, number: Number, cursor: Cursor = "", limit: Most = 30
) -> Any:
    """Return what happened to a matter over all its runs, in sentences, the latest first."""
    by = caller_of(request).actor
    found = access.matter_of_number(number, by=by)
    page = timeline(found, by=by, after=uuid_in(cursor), limit=limit)
    files = attachments_of({entry.run_id for entry in page.entries})
    return {
        "entries": [
            {**_entry(entry), "files": _files(files.get(entry.key, ()), by)}
            for entry in page.entries
        ],
        "next": cursor_of(page.older) if page.older else None,
    }


def _call_first(matter: Matter, sent: MatterIn) -> dict[str, Any] | None:
    """Return the number that comes first, with advice; None where nothing speaks of danger."""
    if not matter.call_first:
        return None
    heard = urgency_of(text_of(sent.title, sent.text), matter.category)
    is_zh = (get_language() or "zh").startswith("zh")
    advice = [zh if is_zh else en for zh, en in heard.hints]
    return {"number": matter.call_first, "advice": advice}


def _entry(entry: Entry) -> Mapping[str, Any]:
    return {
        "id": entry.key,
        "run": entry.run_id,
        "procedure": entry.procedure,
        "action": entry.action or None,
        "sentence": entry.sentence,
        "who": entry.who,
        "state": entry.state,
        "recorded_at": entry.at,
        "occurred_at": entry.occurred_at,
        "details": [
            {"label": one.label, "value": one.value, "is_hidden": one.is_hidden}
            for one in entry.details
        ],
        "is_redacted": entry.is_redacted,
        "is_pending": entry.is_pending,
        "is_own": entry.is_own,
    }


def _files(uses: Sequence[AttachmentUse], by: Actor) -> list[dict[str, Any]]:
    """Return the files of an event that the door opens: to staff all, to people their own."""
    rows = {use.attachment_id: use.attachment for use in uses}
    return [
        saying.file_out(row)
        for row in rows.values()
        if by.unit_id is not None or row.owner_id == by.account_id
    ]


def _form(sent: MatterIn, place: Place, category: Category | None) -> dict[str, Any]:
    """Fill in place and category where the form asks for them and they were left out."""
    form = dict(sent.form)
    rules = library.procedures().get(sent.procedure)
    action = rules.actions.get(sent.action) if rules else None
    given = {"place": str(place.pk), "category": str(category.pk) if category else None}
    for name, value in given.items():
        field = action.field_named(name) if action else None
        if field and field.type.value == name and value:
            form.setdefault(name, value)
    return form
