"""Lists as files: asked for, watched, taken away."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Status

from huiyin.gateway.api.answers import answers
from huiyin.gateway.api.files import CONTENT
from huiyin.gateway.api.headers import Key
from huiyin.gateway.api.parameters import Cursor, Most, known_category, known_place, sane_day
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.once import once
from huiyin.gateway.paging import cursor_of, moment_in
from huiyin.gateway.ranges import file_answer
from huiyin.gateway.schemas.exports import ExportIn, ExportOut, ExportsOut
from huiyin.matters import inbox
from huiyin.matters.exporting import MOST_ROWS, exports_of, open_export, order_export
from huiyin.matters.models import Export, Run
from huiyin.matters.refusals import ExportNotFound
from huiyin.matters.search import Wanted, runs_fitting
from huiyin.people.actors import Actor
from huiyin.people.addresses import client_address

router = Router(tags=["Exports"])
ExportId = Annotated[UUID, Path(description="The id of an export.")]
NAMES = (
    "id", "format", "state", "done", "total", "is_clear", "purpose", "asked_at", "ready_at",
    "expires_at",
)  # fmt: skip


@router.post(
    "/exports", auth=Door(Right.READ, staff=True), response=answers(ExportOut, 409, status=202),
    summary="Ask for a list",
)  # fmt: skip
def ask_for_export(request: HttpRequest, sent: ExportIn, key: Key = "") -> Any:
    """Have a list written as a file; ask for the export until its state is `ready`.

    It holds what whoever asks sees now. It is written down who asked and what for.
    """
    by = caller_of(request).actor

    def order() -> dict[str, Any]:
        export = order_export(
            _runs(sent, by), format=sent.format, purpose=sent.purpose, by=by, at=timezone.now(),
            is_clear=sent.is_clear, address=client_address(request),
        )  # fmt: skip
        return _out(export)

    return Status(HTTPStatus.ACCEPTED, once(request, key, sent.model_dump(mode="json"), order))


@router.get(
    "/exports", auth=Door(Right.READ, staff=True), response=answers(ExportsOut),
    summary="Own exports",
)  # fmt: skip
def list_exports(request: HttpRequest, cursor: Cursor = "", limit: Most = 30) -> Any:
    """Return the exports of the account, the latest first, with how far each is."""
    rows = exports_of(caller_of(request).actor).order_by("-asked_at", "-pk")
    if after := moment_in(cursor):
        rows = rows.filter(Q(asked_at__lt=after[0]) | Q(pk__lt=after[1]), asked_at__lte=after[0])
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return {
        "exports": [_out(one) for one in found[:limit]],
        "next": cursor_of(last.asked_at, last.pk) if last else None,
    }


@router.get(
    "/exports/{export_id}", auth=Door(Right.READ, staff=True), response=answers(ExportOut, 404),
    summary="An export",
)  # fmt: skip
def show_export(request: HttpRequest, export_id: ExportId) -> Any:
    """Return an export of one's own: `done` of `total` is how far it is."""
    export = exports_of(caller_of(request).actor).filter(pk=export_id).first()
    if export is None:
        raise ExportNotFound()
    return _out(export)


@router.get(
    "/exports/{export_id}/file", auth=Door(Right.READ, staff=True),
    response=answers(None, 404, 409, 410, 416), summary="The file of an export",
    openapi_extra=CONTENT,
)  # fmt: skip
def take_export(request: HttpRequest, export_id: ExportId) -> Any:
    """Return the file, in the post in which it was asked for; every time is written down."""
    opened = open_export(
        export_id, by=caller_of(request).actor, at=timezone.now(), address=client_address(request)
    )
    return file_answer(
        request, opened.path, media_type=opened.media_type, name=opened.name, is_shown=False
    )


def _runs(sent: ExportIn, by: Actor) -> QuerySet[Run]:
    """Return the list that was named: a tray, or the runs of the matters that fit.

    Not all of them need be seen: what is not, is left out when it is ordered.
    """
    if sent.tray is not None:
        return inbox.listed(sent.tray, by=by, at=timezone.now())
    wanted = Wanted(
        text=sent.q,
        category=known_category(sent.category),
        place=known_place(sent.place),
        unit_id=sent.unit,
        procedure=sent.procedure or "",
        state=sent.state,
        since=sane_day(sent.since, "since"),
        until=sane_day(sent.until, "until"),
    )
    return runs_fitting(wanted, by=by, most=MOST_ROWS + 1)


def _out(export: Export) -> dict[str, Any]:
    return {name: getattr(export, name) for name in NAMES}
