"""Who asks, and what they were told."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from ninja import Path, Query, Router

from huiyin.gateway import refusals, saying
from huiyin.gateway.api.answers import answers
from huiyin.gateway.door import Caller, Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.paging import cursor_of, moment_in, uuid_in
from huiyin.gateway.schemas.keeping import OwnCopyOut
from huiyin.gateway.schemas.matters import InboxOut, TrayOut
from huiyin.gateway.schemas.own import MeOut, NoticesOut, ReadIn, ReadOut
from huiyin.matters.inbox import Tray, counts, tray
from huiyin.matters.inbox_filters import Filters, Key
from huiyin.matters.own_copy import own_copy
from huiyin.notices.queries import latest_of, unread_count, words_of
from huiyin.notices.verbs import mark_read
from huiyin.people.models import AccountKind
from huiyin.people.posts import holdings_of

router = Router(tags=["Own"])


@router.get("/me", auth=Door(Right.READ), response=answers(MeOut), summary="Who asks")
def show_me(request: HttpRequest) -> Any:
    """Return the account, the posts to choose from, and what the token may be used for."""
    caller = caller_of(request)
    actor, token = caller.actor, caller.token
    return {
        "account": caller.account.pk,
        "kind": caller.account.kind,
        "name": caller.account.name,
        "permissions": sorted(actor.permissions),
        "posts": _posts(caller),
        "rights": list(token.rights) if token else [right.value for right in Right],
        "token_expires_at": token.expires_at if token else None,
    }


@router.get(
    "/me/copy", auth=Door(Right.READ), response=answers(OwnCopyOut), summary="Copy of own data"
)
def copy_own_data(request: HttpRequest) -> Any:
    """Return everything that is kept about whoever asks: what they said and were told (PIPL 45)."""
    caller = caller_of(request)
    if caller.actor.unit_id is not None:
        raise refusals.PeopleOnly()
    return own_copy(account_id=caller.account.pk, at=timezone.now())


@router.get("/notices", auth=Door(Right.READ), response=answers(NoticesOut), summary="Own notices")
def list_notices(
    request: HttpRequest,
    cursor: Annotated[str, Query(max_length=200, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many.")] = 30,
) -> Any:
    """Return what whoever asks was told in Huiyin, the latest first."""
    by, at = caller_of(request).actor, timezone.now()
    found = latest_of(by, at=at, before=uuid_in(cursor), most=limit + 1)
    shown = found[:limit]
    language = "zh-hans" if (get_language() or "zh").startswith("zh") else "en"
    notices = []
    for notice in shown:
        _, subject, body = words_of(notice, language)
        notices.append(
            {
                "id": notice.pk, "subject": subject, "body": body, "at": notice.put_at,
                "link": notice.link, "is_read": bool(getattr(notice, "is_read", False)),
            }
        )  # fmt: skip
    return {
        "notices": notices,
        "unread": unread_count(by, at=at),
        "next": cursor_of(shown[-1].pk) if len(found) > limit else None,
    }


@router.post(
    "/notices/read", auth=Door(Right.ACT), response=answers(ReadOut), summary="Mark as read"
)
def read_notices(request: HttpRequest, sent: ReadIn) -> Any:
    """Mark own notices as read; others are passed over."""
    marked = mark_read(by=caller_of(request).actor, at=timezone.now(), ids=sent.ids)
    return {"marked": marked}


@router.get(
    "/inbox", auth=Door(Right.READ, staff=True), response=answers(InboxOut), summary="The desk"
)
def count_inbox(request: HttpRequest) -> Any:
    """Return how much lies in each tray of the post: to sign for, to do, due soon, overdue …"""
    found = counts(by=caller_of(request).actor, at=timezone.now())
    return {"trays": [{"tray": which, "count": found[which]} for which in Tray]}


@router.get(
    "/inbox/{which}", auth=Door(Right.READ, staff=True), response=answers(TrayOut),
    summary="A tray of the desk",
)  # fmt: skip
def show_tray(
    request: HttpRequest,
    which: Annotated[Tray, Path(description="Which tray.")],
    cursor: Annotated[str, Query(max_length=200, description="`next` of the page before.")] = "",
    limit: Annotated[int, Query(ge=1, le=100, description="At most so many.")] = 30,
    urgent: Annotated[bool, Query(description="Of urgent matters only.")] = False,
) -> Any:
    """Return the runs in a tray of the post: what is due first comes first."""
    after = moment_in(cursor)
    page = tray(
        which, by=caller_of(request).actor, at=timezone.now(),
        after=Key(*after) if after else None, limit=limit,
        filters=Filters(is_urgent=urgent),
    )  # fmt: skip
    said = saying.runs_out(page.runs)
    return {
        "runs": [
            {
                "number": run.matter.number,
                "title": saying.title_of(run.matter),
                "urgency": run.matter.urgency,
                "run": out,
            }
            for run, out in zip(page.runs, said, strict=True)
        ],
        "next": cursor_of(page.next.at, page.next.id) if page.next else None,
    }


def _posts(caller: Caller) -> list[dict[str, Any]]:
    if caller.account.kind != AccountKind.STAFF:
        return []
    held = holdings_of(caller.account.pk, on=timezone.localdate())
    if caller.token is not None:
        held = [one for one in held if one.key == f"post:{caller.token.post_id}"]
    current = caller.actor.acting_id or caller.actor.post_id
    return [
        {
            "key": one.key,
            "title": one.post.title,
            "unit": one.post.unit.name,
            "acting_for": one.acting_for,
            "is_current": current is not None and one.key.endswith(str(current)),
        }
        for one in held
    ]
