"""Small steps of finding: a place by any code it ever had, what to call first, a path in words."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from django.db.models import F
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from huiyin.categories.search import Suggestion, pieces
from huiyin.categories.tree import Node
from huiyin.knowledge.models import Entry, Kind
from huiyin.knowledge.search import find
from huiyin.orders.models import ServiceVersion
from huiyin.orders.slots import services_on
from huiyin.places.models import Place, PlaceVersion
from huiyin.web.templatetags.city import said

MAX_CODE = 32
ANSWERS = 6  # looked at, of which few of each kind are shown
EACH = 2
SURE = 0.3  # below this share of what was said an answer is not put before somebody who tells
COMMON = 3  # a pair of characters in so many names of services tells none of them apart


def by_code(code: str) -> Place | None:
    """Return the place that has this code today, else the one that had it last, with its ancestors.

    One query for a code of today, three for a former one.
    """
    if not code or len(code) > MAX_CODE or "\x00" in code:
        return None
    places = Place.objects.select_related("city", "county", "town", "village", "overlay_parent")
    found = places.filter(code=code, valid_to=None).first()
    if found is not None:
        return found
    held = PlaceVersion.objects.filter(code=code).order_by(F("valid_to").desc(nulls_first=True))
    version = held.first()
    return places.filter(pk=version.place_id).first() if version else None


def emergencies(hits: Iterable[Suggestion]) -> list[tuple[str, str]]:
    """Return the emergency numbers the suggestions name, with what they are for."""
    found: dict[str, str] = {}
    for hit in hits:
        if hit.is_urgent_redirect:
            found.setdefault(hit.category.redirect, said(hit.category))
    return list(found.items())


def said_path(node: Node) -> SafeString:
    """Return the wider kinds a kind of matter belongs to: "市容环卫 › 环境卫生"."""
    return format_html_join(" › ", "{}", ((said(step.category),) for step in node.path[:-1]))


def answers(q: str, *, on: date) -> dict[str, list[Entry]]:
    """Return guidance and published answers that fit words, few of each. Two queries."""
    found = [hit.entry for hit in find(q, on=on, limit=ANSWERS)] if q else []
    return {
        "guides": [one for one in found if one.kind == Kind.GUIDE][:EACH],
        "answers": [one for one in found if one.kind == Kind.ANSWER][:EACH],
    }


def may_answer(words: str, *, category: str, on: date) -> list[Entry]:
    """Return at most two answers that may spare somebody the telling; none for few words."""
    hits = find(words, on=on, category=category, limit=EACH, weakest=SURE)
    return [hit.entry for hit in hits]


def services(q: str, *, on: date) -> list[ServiceVersion]:
    """Return services whose name has something of its own in common with words. One query."""
    asked = {one for one in pieces(q) if len(one) > 1}
    if not asked:
        return []
    rows = [(one, _names(one)) for one in services_on(on).order_by("service__code")]
    often = Counter(piece for _one, own in rows for piece in own)
    scored = [
        (sum(1 / often[piece] for piece in own & asked if often[piece] <= COMMON), one)
        for one, own in rows
    ]
    fitting = sorted((pair for pair in scored if pair[0]), key=lambda pair: -pair[0])
    return [one for _score, one in fitting[:EACH]]


def _names(service: ServiceVersion) -> set[str]:
    words = f"{service.title_zh} {service.title_en}"
    return {one for one in pieces(words) if len(one) > 1}
