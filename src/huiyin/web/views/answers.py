"""What everybody may read: answers made public and knowledge, by words and by kind."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from huiyin.categories.tree import tree
from huiyin.knowledge import queries, verbs
from huiyin.knowledge.models import PUBLIC_KINDS, Entry, Kind
from huiyin.knowledge.refusals import NotFound
from huiyin.knowledge.search import find
from huiyin.people.addresses import address_key, client_address
from huiyin.people.guards import public
from huiyin.people.limits import allow
from huiyin.ui.http import part, see_other
from huiyin.web.paging import page
from huiyin.web.templatetags.city import said
from huiyin.web.views.start import question

PAGE = 20
FOUND = 20
OPINIONS_A_DAY = 3  # from one connection, of one entry: a family shares a line


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Read what was answered: searched by words, narrowed to a kind of matter."""
    today = timezone.localdate()
    q, code, kind = (question(request, name) for name in ("q", "category", "kind"))
    node = tree().by_code.get(code)
    kind = kind if kind in PUBLIC_KINDS else ""
    context: dict[str, Any] = {
        "q": q,
        "kind": kind,
        "kinds": [(one.value, one.label) for one in PUBLIC_KINDS],
        "category": node.category if node else None,
        "branches": [one.category for one in tree().branches],
    }
    if q:
        kinds = [Kind(kind)] if kind else list(PUBLIC_KINDS)
        hits = find(q, on=today, kinds=kinds, category=code, limit=FOUND)
        context["rows"] = [_row(hit.entry) for hit in hits if _fits(hit.entry, code)]
    else:
        rows = queries.public_entries(on=today, kind=kind, category=code if node else "")
        shown = page(request, rows, key="id", descending=True, size=PAGE)
        context |= {"page": shown, "rows": [_row(one) for one in shown.items]}
    return render(request, "web/answers/index.html", context)


def _fits(entry: Entry, code: str) -> bool:
    codes = entry.shown.categories if entry.shown else []
    return not code or any(one.startswith(code) for one in codes)


def _row(entry: Entry) -> dict[str, Any]:
    return {"entry": entry, "shown": entry.shown, "category": _category(entry)}


def _category(entry: Entry) -> Any:
    by_code = tree().by_code
    codes = entry.shown.categories if entry.shown else []
    return next((by_code[code].category for code in codes if code in by_code), None)


@public
@require_safe
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read one answer; nothing on it says whose matter it was."""
    found = _public(pk)
    category = _category(found)
    trail = [{"label": _("Answers"), "url": reverse("web:answers")}]
    if category:
        address = f"{reverse('web:answers')}?category={category.code}"
        trail.append({"label": said(category), "url": address})
    context = {
        "trail": trail,
        "entry": found,
        "shown": found.shown,
        "category": category,
        "related": queries.related(found, on=timezone.localdate()),
        "thanked": request.GET.get("thanks", "") == "1",
    }
    return render(request, "web/answers/answer.html", context)


@public
@require_POST
def helpful(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Count whether it helped; who said so is not kept."""
    found = _public(pk)
    opinion = request.POST.get("helpful", "")
    key = f"helpful:{found.pk}:{address_key(client_address(request))}"
    day = timedelta(days=1)
    if opinion in ("yes", "no") and allow(key, limit=OPINIONS_A_DAY, window=day, at=timezone.now()):
        verbs.count_opinion(found.pk, is_helpful=opinion == "yes")
    if request.headers.get("HX-Request") == "true":
        return part(request, "web/answers/_thanks.html", {"thanked": True})
    return see_other(request, reverse("web:answer", args=[pk]) + "?thanks=1#helpful")


def _public(pk: UUID) -> Entry:
    try:
        return queries.public_entry(pk, on=timezone.localdate())
    except NotFound:
        raise Http404 from None
