"""What waits, did not arrive or failed: look, try again one or many, give up with a reason."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.gateway import stuck
from huiyin.notices import waiting
from huiyin.people.access_log import names_of
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.refusals import ReasonMissing
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.web.administration import undelivered
from huiyin.web.administration.undelivered import Kind
from huiyin.web.counting import capped
from huiyin.web.paging import page

NEEDS = "notices.administer"
MOST_AT_ONCE = 200


@staff(needs=NEEDS)
@never_cache
@require_safe
def index(request: PeopleRequest, kind: str = Kind.NOTICE.value) -> HttpResponse:
    """One sort of what failed, the latest first, with how many there are of each."""
    return _shown(request, _kind(kind))


def _kind(text: str) -> Kind:
    if text not in Kind.values:
        raise Http404
    return Kind(text)


def _shown(
    request: PeopleRequest, kind: Kind, *, trouble: str = "", reason: str = "", status: int = 200
) -> HttpResponse:
    counts = undelivered.counts()
    shown = page(request, undelivered.waiting(kind), key="id", descending=True)
    given_up = undelivered.lately_given_up(kind)
    people = names_of([one.by for one in given_up if one.by])
    rows = undelivered.rows(kind, shown.items)
    context = {
        "kind": kind.value,
        "tabs": [
            (one.value, label, capped(counts[one])) for one, label in undelivered.TABS.items()
        ],
        "page": shown,
        "rows": rows,
        "given_up": [(one, people.get(one.by, "") if one.by else "") for one in given_up],
        "trouble": trouble,
        "reason": reason,
        "try_is_first": not rows,
        **_waiting(kind),
    }
    return render(request, "web/admin/undelivered.html", context, status=status)


def _waiting(kind: Kind) -> dict[str, Any]:
    """What of this sort waits, and for whom: jobs wait for nobody but the worker."""
    if kind is Kind.NOTICE:
        return {"standing": waiting.standing(at=timezone.now()), "lately": waiting.lately()}
    if kind is Kind.WEBHOOK:
        return {"receivers": stuck.stuck(), "waiting_count": stuck.waiting_count()}
    return {}


@staff(needs=NEEDS)
@require_POST
def try_receiver(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Have one message to another system tried now."""
    try:
        stuck.try_now(subscription_id=pk, by=request.actor, at=timezone.now())
    except Refusal as refused:
        messages.warning(request, sentence_of(refused))
    else:
        words = _("One message is tried now; if it is taken, the others follow. Look again soon.")
        messages.success(request, words)
    return SeeOther(reverse("web:admin_undelivered", args=[Kind.WEBHOOK.value]))


@staff(needs=NEEDS)
@require_POST
def act(request: PeopleRequest, kind: str) -> HttpResponse:
    """Try what was ticked again, or give it up with a reason."""
    of = _kind(kind)
    refs = request.POST.getlist("ref")[:MOST_AT_ONCE]
    giving_up = request.POST.get("do") == "give_up"
    if not refs:
        return _shown(request, of, trouble=_("Tick at least one."), status=422)
    now = timezone.now()
    try:
        if giving_up:
            reason = request.POST.get("reason", "")
            count, trouble = undelivered.give_up(of, refs, reason=reason, by=request.actor, at=now)
            words = ngettext("%(n)d is given up.", "%(n)d are given up.", count)
        else:
            count, trouble = undelivered.retry(of, refs, by=request.actor, at=now)
            words = ngettext("%(n)d is tried again.", "%(n)d are tried again.", count)
    except ReasonMissing as refused:
        return _shown(request, of, trouble=sentence_of(refused), status=422)
    if count:
        messages.success(request, words % {"n": count})
    if trouble or not count:
        messages.warning(request, trouble or _("Somebody was faster: look at the list again."))
    return SeeOther(reverse("web:admin_undelivered", args=[of.value]))
