"""Small steps of finding: a place by any code it ever had, what to call first, a path in words."""

from collections.abc import Iterable

from django.db.models import F
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from huiyin.categories.search import Suggestion
from huiyin.categories.tree import Node
from huiyin.places.models import Place, PlaceVersion
from huiyin.web.templatetags.city import said

MAX_CODE = 32


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
