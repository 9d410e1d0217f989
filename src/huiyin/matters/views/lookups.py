"""What fields that look things up ask for as somebody types: units, places, classes of matters."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from huiyin.matters.act_forms import (
    find_categories,
    find_colleagues,
    find_places,
    find_units,
)
from huiyin.people.guards import public, staff
from huiyin.ui.widgets import Choice

LONGEST = 80  # characters that are read


def _lookup(find: Callable[[str], Sequence[Choice]]) -> Callable[[HttpRequest], HttpResponse]:
    return public(require_safe(_answer(find)))


def _answer(find: Callable[[str], Sequence[Choice]]) -> Callable[[HttpRequest], HttpResponse]:
    def answer(request: HttpRequest) -> HttpResponse:
        words = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:LONGEST]
        return JsonResponse({"found": [asdict(one) for one in find(words)] if words else []})

    return answer


# Who works where is for colleagues to know.
colleagues = staff()(require_safe(_answer(find_colleagues)))
# All three are in the public directory.
units = _lookup(find_units)
places = _lookup(find_places)
categories = _lookup(find_categories)
