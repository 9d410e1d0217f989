"""One's own notices, those in trouble, the gateway's reports, and the outbox of the demo."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from huiyin.notices import queries, reports, verbs, waiting, wording
from huiyin.notices.models import ChannelChoice, Notice, NoticeState
from huiyin.notices.recipients import masked
from huiyin.people.actors import Actor
from huiyin.people.guards import public, signed_in, staff
from huiyin.people.http import PeopleRequest
from huiyin.people.views.account import layout_of
from huiyin.ui.http import SeeOther, part, safe_next
from huiyin.ui.refusals import Refusal, sentence_of

PAGE = 30


@signed_in
@never_cache
@require_safe
def inbox(request: PeopleRequest) -> HttpResponse:
    """What I was told, the latest first."""
    found = queries.latest_of(
        request.actor, at=timezone.now(), before=_before(request), most=PAGE + 1
    )
    rows, older = _cut(request, found)
    context = {
        "layout": layout_of(request.account),
        "notices": [_read_aloud(row) for row in rows],
        "unread": any(not row.is_read for row in rows),  # type: ignore[attr-defined]  # annotated
        "older": older,
        "is_first": not request.GET.get("before"),
    }
    return render(request, "notices/inbox.html", context)


@public
@never_cache
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell of the header with the number of what I have not read.

    A page asks for it by itself, so a session that ended in between is no reason to leave it.
    """
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return HttpResponse(status=204)
    count = queries.unread_count(actor, at=timezone.now())
    return part(request, "notices/_bell.html", {"unread": count, "most": queries.MOST_COUNTED})


@signed_in
@require_POST
def read(request: PeopleRequest) -> HttpResponse:
    """Mark everything as read."""
    count = verbs.mark_read(by=request.actor, at=timezone.now())
    words = ngettext("%(number)d notice is now read.", "%(number)d notices are now read.", count)
    messages.success(request, words % {"number": count})
    return SeeOther(reverse("notices:inbox"))


@signed_in
@require_POST
def open_one(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Mark one as read and go to what it speaks of."""
    now = timezone.now()
    notice = queries.one_of(request.actor, pk, at=now)
    if notice is not None:
        verbs.mark_read(by=request.actor, at=now, ids=[pk])
    return SeeOther((notice.link if notice else "") or reverse("notices:inbox"))


# --- those in trouble ---------------------------------------------------------------------------


@staff(needs=verbs.ADMINISTER)
@never_cache
@require_safe
def troubled(request: PeopleRequest) -> HttpResponse:
    """The messages that did not arrive, or may not have. Their words are not shown."""
    return _troubled(request)


def _troubled(request: PeopleRequest, *, trouble: str = "", status: int = 200) -> HttpResponse:
    wanted = request.GET.get("state", "")
    rows, older = _page(request, queries.troubled(state=wanted))
    counts = queries.troubled_counts()
    context = {
        "notices": [_addressed(row) for row in rows],
        "states": [
            {"value": state, "label": NoticeState(state).label, "count": count}
            for state, count in counts.items()
        ],
        "wanted": wanted,
        "older": older,
        "standing": waiting.standing(at=timezone.now()),
        "try_is_first": True,
        "trouble": trouble,
    }
    return render(request, "notices/troubled.html", context, status=status)


@staff(needs=verbs.ADMINISTER)
@require_POST
def resend(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Send one again."""
    try:
        verbs.resend(notice_id=pk, by=request.actor, at=timezone.now())
    except Refusal as refused:
        return _troubled(request, trouble=sentence_of(refused), status=409)
    messages.success(request, _("It is sent again."))
    return SeeOther(reverse("notices:troubled"))


@staff(needs=verbs.ADMINISTER)
@require_POST
def lay_aside(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Take one off the list."""
    try:
        verbs.lay_aside(notice_id=pk, by=request.actor, at=timezone.now())
    except Refusal as refused:
        return _troubled(request, trouble=sentence_of(refused), status=409)
    messages.success(request, _("It is off the list."))
    return SeeOther(reverse("notices:troubled"))


@staff(needs=verbs.ADMINISTER)
@require_POST
def try_now(request: PeopleRequest, channel: str) -> HttpResponse:
    """Have one message tried where nothing was taken; `next`: the page it was asked on."""
    try:
        verbs.try_now(channel=channel, by=request.actor, at=timezone.now())
    except Refusal as refused:
        messages.warning(request, sentence_of(refused))
    else:
        words = _("One message is tried now; if it is taken, the others follow. Look again soon.")
        messages.success(request, words)
    return SeeOther(safe_next(request, reverse("notices:troubled")))


# --- machines and the demo ----------------------------------------------------------------------


@public
@csrf_exempt
@require_POST
def sms_report(request: HttpRequest) -> HttpResponse:
    """The SMS gateway says what became of a message (huiyin.notices.reports)."""
    length = request.headers.get("Content-Length", "")
    if not length.isdigit() or int(length) > reports.LARGEST_BODY:
        return JsonResponse({"error": "The body is too large."}, status=413)
    now = timezone.now()
    is_genuine = reports.is_genuine(
        secret=settings.HUIYIN.sms_secret,
        timestamp=request.headers.get("X-Huiyin-Timestamp", ""),
        signature=request.headers.get("X-Huiyin-Signature", ""),
        body=request.body,
        at=now,
    )
    if not is_genuine:
        return JsonResponse({"error": "The signature does not fit."}, status=403)
    try:
        told = reports.read_reports(request.body)
    except reports.NotAReport:
        return JsonResponse({"error": "Send id and status: delivered or failed."}, status=400)
    changed = reports.take_reports(told, at=now)
    return JsonResponse({"changed": changed > 0})


@public
@never_cache
@require_safe
def demo_outbox(request: HttpRequest) -> HttpResponse:
    """What the demo would have sent to whom, and what it told people in Huiyin."""
    rows = Notice.objects.select_related("account", "unit").order_by("-pk")
    channel = request.GET.get("channel", "")
    if channel in ChannelChoice.values:
        rows = rows.filter(channel=channel)
    shown, older = _page(request, rows)
    context = {
        "notices": [
            {**_read_aloud(row), **_addressed(row), "name": _somebody(row)} for row in shown
        ],
        "channels": [{"value": "", "label": _("All")}]
        + [{"value": one.value, "label": one.label} for one in ChannelChoice],
        "wanted": channel,
        "older": older,
    }
    return render(request, "notices/demo_outbox.html", context)


# --- rows ---------------------------------------------------------------------------------------


def _page(request: HttpRequest, rows: QuerySet[Notice]) -> tuple[list[Notice], str]:
    """Return a page of rows and the address of the next; ids follow time. One query."""
    before = _before(request)
    rows = rows.filter(pk__lt=before) if before else rows
    return _cut(request, list(rows.order_by("-pk")[: PAGE + 1]))


def _before(request: HttpRequest) -> UUID | None:
    """Return where the page begins; what cannot be read begins at the front."""
    with suppress(ValueError):
        return UUID(request.GET.get("before", ""))
    return None


def _cut(request: HttpRequest, found: list[Notice]) -> tuple[list[Notice], str]:
    """Return a page of what was found, and the address of the next."""
    query = request.GET.copy()
    if len(found) <= PAGE:
        return found, ""
    query["before"] = str(found[PAGE - 1].pk)
    return found[:PAGE], f"?{query.urlencode()}"


def _read_aloud(notice: Notice) -> dict[str, Any]:
    page_language = get_language() or "zh-hans"
    language, subject, body = queries.words_of(notice, page_language)
    return {
        "notice": notice,
        "subject": subject,
        "body": body,
        "lang": "en" if language == "en" else "zh-Hans",
    }


def _somebody(notice: Notice) -> str:
    """Say who it is for: a person of the demo is nobody real."""
    if notice.account:
        return notice.account.name
    return notice.unit.name if notice.unit else ""


def _addressed(notice: Notice) -> dict[str, Any]:
    name = notice.account.name if notice.account else ""
    return {
        "notice": notice,
        "to": masked(notice.channel, notice.address),
        "name": "" if notice.confidential else name,
        "about": wording.about(notice),
        "reason": wording.reason_words(notice.reason),
        "channel": ChannelChoice(notice.channel).label,
        "state": NoticeState(notice.state).label,
    }
