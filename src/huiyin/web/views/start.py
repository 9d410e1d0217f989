"""Where residents begin: say what has happened, learn who is responsible and how to reach them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.categories.emergencies import NUMBERS
from huiyin.categories.search import Suggestion, suggest
from huiyin.categories.tree import Node, tree
from huiyin.dispatch.urgency import urgency_of
from huiyin.matters import access, numbers
from huiyin.matters.models import Matter
from huiyin.people.guards import public
from huiyin.places.models import Place, PlaceLevel
from huiyin.places.search import search as search_places
from huiyin.ui.http import part, see_other, wants_part
from huiyin.units.queries import search_units
from huiyin.web import drafts
from huiyin.web.asking import Asked, title_of
from huiyin.web.asking_pages import resident_of, speaker_of
from huiyin.web.doors import DOORS, Door
from huiyin.web.finding import answers, by_code, emergencies, said_path, services
from huiyin.web.following import rows
from huiyin.web.models import Draft
from huiyin.web.responsibility import responsible as who_is_responsible
from huiyin.web.templatetags.city import said

LONGEST_QUESTION = 80
FEW = 3  # of each kind of thing that is found
LATEST = 3  # of one's own matters, on the start page
# Whom a duty list names is decided down to the village; a grid has nobody of its own.
NAMED = (PlaceLevel.COUNTY, PlaceLevel.TOWN, PlaceLevel.VILLAGE)


@public
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Show the way in: words to say, doors to open, one's own matters, the telephone."""
    phrases = (_("Street light out"), _("Wages not paid"), _("Medical bill refund"))
    resident = resident_of(request)
    latest: list[Matter] = []
    if resident is not None:
        seen = access.matters_seen_by(resident).select_related("category").order_by("-id")
        latest = list(seen[: LATEST + 1])
    context = {
        "phrases": phrases,
        "doors": list(DOORS.values()),
        "begun": [_begun(one) for one in drafts.all_of(request) if one.door in DOORS],
        "is_resident": resident is not None,
        "rows": rows(latest[:LATEST], by=speaker_of(request), at=timezone.now()),
        "has_more": len(latest) > LATEST,
    }
    return render(request, "web/start.html", context)


def _begun(draft: Draft) -> tuple[Door, Draft, str]:
    """Return a draft with its door and the first of its words."""
    asked = Asked(DOORS[draft.door], drafts.said(draft))
    return asked.door, draft, title_of(asked.words)


@public
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """Show what this is, what works today, and what happens to personal data."""
    return render(request, "web/about.html")


@public
@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find by anybody's own words what it is about and what is known of it.

    Kinds of matter, guidance, services, published answers, places and offices; few of each. The
    number of a matter leads to it.
    """
    q = question(request, "q")
    number = numbers.read(q)
    if number is not None:
        return see_other(request, reverse("web:follow", args=[number]))
    hits = suggest(q, FEW) if q else []
    today = timezone.localdate()
    context = {
        **answers(q, on=today),
        "services": services(q, on=today) if q else [],
        "q": q,
        "hits": [
            {
                "category": hit.category,
                "path": said_path(hit.node),
                "url": f"{reverse('web:responsible')}?{urlencode({'category': hit.category.code})}",
            }
            for hit in hits
        ],
        "emergencies": _dangers(q, hits),
        "places": [found.place for found in search_places(q, limit=FEW)] if q else [],
        "units": search_units(q, on=today, limit=FEW) if q else [],
    }
    if wants_part(request) and not q:
        return HttpResponse()  # emptied again: nothing to show below the box
    return part(request, "web/parts/found.html", context, page="web/find.html")


def _dangers(q: str, hits: list[Suggestion]) -> list[tuple[str, str]]:
    """Return the number to call before anything else, with what for.

    Where the words themselves speak of danger it is theirs alone: what they may mean besides would
    only make somebody in need choose.
    """
    found = emergencies(hits)
    number = urgency_of(q).number if q else ""
    if number in NUMBERS:
        return [(number, dict(found).get(number, _("This sounds like danger")))]
    return found


@public
@require_safe
def responsible(request: HttpRequest) -> HttpResponse:
    """Ask what and where, one after the other in any order; answer when both are known."""
    given = {name: question(request, name) for name in ("category", "place", "what", "where")}
    node = tree().by_code.get(given["category"])
    place = by_code(given["place"]) if given["place"] else None
    context: dict[str, Any] = {
        "what": given["what"],
        "where": given["where"],
        "place": place,
        "wrong": _not_found(given, node, place),
        "change_place": _again(given, drop=("place", "where")),
        "change_category": _again(given, drop=("category", "what")),
    }
    if node is None or not node.is_leaf:
        context |= _choices(given, node)
    else:
        context |= {"category": node.category, "node": node, **_guidance(node)}
    if place is None and given["where"]:
        context["places"] = [
            {"place": found.place, "url": _again(given, place=found.place.code, drop=("where",))}
            for found in search_places(given["where"], levels=NAMED, limit=8)
        ]
    if place is not None and "category" in context:
        context["answer"] = who_is_responsible(context["node"], place, at=timezone.now())
    return part(request, "web/parts/asked.html", context, page="web/responsible.html")


def question(request: HttpRequest, name: str) -> str:
    """Return what was typed or chosen, without what no name or code contains."""
    return " ".join(request.GET.get(name, "").replace("\x00", "").split())[:LONGEST_QUESTION]


def _again(given: dict[str, str], *, drop: tuple[str, ...], **changed: str) -> str:
    kept = {k: v for k, v in {**given, **changed}.items() if (v and k not in drop) or k in changed}
    address = reverse("web:responsible")
    return f"{address}?{urlencode(kept)}" if kept else address


def _choices(given: dict[str, str], node: Node | None) -> dict[str, Any]:
    """Return the kinds to choose from: what the words suggest, else one level of the tree."""
    hits: list[Suggestion] = suggest(given["what"], 6) if given["what"] and node is None else []
    nodes = [hit.node for hit in hits] or (node.children if node else tree().branches)
    return {
        "branch": node.category if node else None,
        "hits": [
            {
                "category": each.category,
                "path": said_path(each) if hits else "",
                "url": _again(given, category=each.category.code, drop=("what",)),
            }
            for each in nodes
        ],
        "matched": bool(hits),
    }


def _guidance(node: Node) -> dict[str, str]:
    hit = node.category
    return {
        "guidance": said(hit, "guidance"),
        "emergency": hit.redirect if hit.redirect in ("110", "119", "120", "122") else "",
        "redirect": hit.redirect,
    }


def _not_found(given: dict[str, str], node: Node | None, place: Place | None) -> str:
    if given["category"] and node is None:
        return _("This kind of matter is no longer in use. Choose it again.")
    if given["place"] and place is None:
        return _("This place is not known. Choose it again.")
    return ""
