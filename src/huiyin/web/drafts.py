"""Drafts: what somebody has begun to say stays, also when the browser is closed.

    draft = drafts.of(request, "report")            # None: nothing begun
    drafts.keep(draft, {...}, at=now)               # after every screen
    drafts.sent(draft, matter, at=now)              # what was said is deleted here

Nobody needs an account for it. A random cookie finds the draft; the words are sealed.
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from huiyin.matters.models import Attachment, Matter
from huiyin.web.models import Draft, DraftFile

COOKIE: Final = "huiyin_draft"
KEEP_DAYS: Final = 30
KEEP_SENT_HOURS: Final = 24  # so long the page after sending can be opened again
TOKEN_BYTES: Final = 32


def of(request: HttpRequest, door: str) -> Draft | None:
    """Return what was begun, or has just been sent, through a door in this browser."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return None
    return Draft.objects.filter(token_digest=_digest(token), door=door).first()


def all_of(request: HttpRequest) -> list[Draft]:
    """Return everything begun in this browser and not sent, the latest first."""
    token = request.COOKIES.get(COOKIE, "")
    if not token:
        return []
    rows = Draft.objects.filter(token_digest=_digest(token), sent_at=None)
    return list(rows.order_by("-changed_at"))


def begin(request: HttpRequest, door: str, *, at: datetime) -> tuple[Draft, str]:
    """Begin a draft; what was there through this door is deleted. Returns it and its cookie."""
    token = request.COOKIES.get(COOKIE, "")
    if not 20 <= len(token) <= 80:  # none, or none of ours
        token = secrets.token_urlsafe(TOKEN_BYTES)
    Draft.objects.filter(token_digest=_digest(token), door=door).delete()
    draft = Draft.objects.create(
        token_digest=_digest(token), door=door, body="", created_at=at, changed_at=at
    )
    return draft, token


def hand_cookie(response: HttpResponse, token: str) -> HttpResponse:
    """Let the browser find the draft again; neither scripts nor other sites get at the cookie."""
    response.set_cookie(
        COOKIE, token, max_age=KEEP_DAYS * 86_400, httponly=True, samesite="Lax",
        secure=settings.HUIYIN.secure_cookies,
    )  # fmt: skip
    return response


def said(draft: Draft | None) -> dict[str, Any]:
    """Return what was said so far; nothing where there is nothing."""
    return dict(json.loads(draft.body)) if draft is not None and draft.body else {}


def keep(draft: Draft, body: dict[str, Any], *, at: datetime) -> None:
    """Keep what was said so far."""
    draft.body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    draft.changed_at = at
    draft.save(update_fields=["body", "changed_at"])


def keep_files(draft: Draft, field: str, ids: Collection[UUID]) -> None:
    """Let exactly these files stand in a field of the draft."""
    DraftFile.objects.filter(draft=draft, field=field).exclude(attachment__in=ids).delete()
    DraftFile.objects.bulk_create(
        [DraftFile(draft=draft, attachment_id=one, field=field) for one in ids],
        ignore_conflicts=True,
    )


def files_of(draft: Draft | None) -> list[Attachment]:
    """Return the files of a draft, in the order in which they came."""
    if draft is None:
        return []
    rows = DraftFile.objects.filter(draft=draft).select_related("attachment").order_by("pk")
    return [row.attachment for row in rows]


def sent(draft: Draft, matter: Matter, *, at: datetime) -> None:
    """Delete what was said: it stands in the matter now. The row remembers which, for a day."""
    DraftFile.objects.filter(draft=draft).delete()
    draft.body, draft.sent_at, draft.changed_at, draft.matter = "", at, at, matter
    draft.save(update_fields=["body", "sent_at", "changed_at", "matter"])


@contextmanager
def one_at_a_time(draft: Draft) -> Iterator[None]:
    """Let a second tap on the same button wait for the first; outside of any transaction."""
    key = int.from_bytes(draft.pk.bytes[-8:], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [key])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


def named_files() -> QuerySet[Any]:
    """Return the ids of all files that drafts keep, for whoever deletes unused files."""
    return DraftFile.objects.values("attachment")


def clean(*, at: datetime) -> int:
    """Delete drafts nobody has touched for 30 days, and what was sent a day ago; return how many.

    Their files are deleted by the nightly job for files that no act has used.
    """
    old = Q(changed_at__lt=at - timedelta(days=KEEP_DAYS))
    over = Q(sent_at__lt=at - timedelta(hours=KEEP_SENT_HOURS))
    return Draft.objects.filter(old | over).delete()[1].get("web.Draft", 0)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
