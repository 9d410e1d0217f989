"""What did not arrive or failed: look, try again one or many, give up with a reason."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.notices import queries
from huiyin.people.access_log import names_of
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.refusals import ReasonMissing
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import sentence_of
from huiyin.web.administration import undelivered
from huiyin.web.administration.undelivered import Kind
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
    waiting = queries.waiting(at=timezone.now())
    context = {
        "kind": kind.value,
        "tabs": [(one.value, label, counts[one]) for one, label in undelivered.TABS.items()],
        "page": shown,
        "rows": undelivered.rows(kind, shown.items),
        "given_up": [(one, people.get(one.by, "") if one.by else "") for one in given_up],
        "trouble": trouble,
        "reason": reason,
        "waiting": waiting,
        "minutes": int(waiting.oldest_seconds // 60),
    }
    return render(request, "web/admin/undelivered.html", context, status=status)


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
