"""The knowledge base. What is in use is open to everybody; call scripts are for staff."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from huiyin.gateway import refusals
from huiyin.gateway.api.answers import answers
from huiyin.gateway.api.parameters import Cursor
from huiyin.gateway.api.reference import category_of, place_of
from huiyin.gateway.door import OpenDoor
from huiyin.gateway.paging import cursor_of, uuid_in
from huiyin.gateway.schemas.knowledge import KnowledgeListOut, KnowledgeOut
from huiyin.knowledge import queries
from huiyin.knowledge.models import PUBLIC_KINDS, Entry, Kind
from huiyin.knowledge.search import find
from huiyin.matters.wording import language
from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind

router = Router(tags=["Knowledge"], auth=OpenDoor())
MOST = 50


@router.get(
    "/knowledge", response=answers(KnowledgeListOut, 404, signed_in=False), summary="Find entries"
)
def find_knowledge(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=200, description="People's own words, or pinyin.")] = "",
    kind: Annotated[Kind | None, Query(description="Only of this kind.")] = None,
    category: Annotated[str, Query(max_length=16, description="A class, with all below it.")] = "",
    place: Annotated[
        str, Query(max_length=32, description="Leaves out what holds elsewhere.")
    ] = "",
    cursor: Cursor = "",
    limit: Annotated[int, Query(ge=1, le=MOST, description="At most so many.")] = 20,
) -> Any:
    """Return entries in use: with `q` those that fit best, else all, the newest first.

    Staff also get call scripts, and what has waited longer for its review than residents are
    shown.
    """
    on, is_staff = timezone.localdate(), _is_staff(request)
    kinds = [one for one in Kind if is_staff or one in PUBLIC_KINDS]
    if kind is not None:
        kinds = [one for one in kinds if one == kind]
    where = place_of(place) if place else None
    if (place and where is None) or (category and category_of(category) is None):
        raise refusals.NothingHere()
    if not kinds:
        return {"entries": [], "next": None}
    if q:
        hits = find(
            q, on=on, kinds=kinds, category=category, place=where, is_public=not is_staff,
            limit=limit,
        )  # fmt: skip
        return {"entries": [_entry(hit.entry, on, is_staff) for hit in hits], "next": None}
    rows = queries.entries_in_use(on=on, kinds=kinds, category=category, is_public=not is_staff)
    after = uuid_in(cursor)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: limit + 1])
    shown = found[:limit]
    return {
        "entries": [_entry(one, on, is_staff) for one in shown],
        "next": cursor_of(shown[-1].pk) if len(found) > limit else None,
    }


@router.get(
    "/knowledge/{entry_id}",
    response=answers(KnowledgeOut, 404, signed_in=False),
    summary="An entry",
)
def show_knowledge(
    request: HttpRequest, entry_id: Annotated[UUID, Path(description="The id of the entry.")]
) -> Any:
    """Return an entry in use."""
    on, is_staff = timezone.localdate(), _is_staff(request)
    kinds = list(Kind) if is_staff else list(PUBLIC_KINDS)
    rows = queries.entries_in_use(on=on, kinds=kinds, is_public=not is_staff)
    found = rows.filter(pk=entry_id).first()
    if found is None:
        raise refusals.NothingHere()
    return _entry(found, on, is_staff)


def _is_staff(request: HttpRequest) -> bool:
    actor: Actor | None = getattr(request, "actor", None)
    return actor is not None and actor.kind == AccountKind.STAFF and actor.unit_id is not None


def _entry(entry: Entry, on: date, is_staff: bool) -> dict[str, Any]:
    shown, owner = entry.shown, entry.owner
    assert shown is not None  # noqa: S101 only entries in use are asked for
    is_zh = language().startswith("zh")
    return {
        "id": entry.pk,
        "code": entry.code,
        "kind": entry.kind,
        "title": shown.title_zh if is_zh else shown.title_en or shown.title_zh,
        "text": shown.text_zh if is_zh else shown.text_en or shown.text_zh,
        "categories": shown.categories,
        "places": shown.places,
        "source": shown.source,
        "owner": {"id": owner.pk, "code": owner.code, "name": owner.name},
        "published_at": entry.shown_at,
        "version": shown.number,
        "valid_from": shown.valid_from,
        "valid_to": shown.valid_to,
        "review_on": entry.review_on,
        "waits_for_review": entry.waits_for_review(on),
        "state": entry.state if is_staff else None,
    }
