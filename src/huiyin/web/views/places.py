"""The directory: the city's places from county to grid, with who works there and whom to call."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Left, Replace
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from huiyin.people.guards import public
from huiyin.places.models import Boundary, Place, PlaceLevel, PlaceSuccession, PlaceVersion
from huiyin.places.queries import successors_today
from huiyin.places.search import search as search_places
from huiyin.ui.http import part
from huiyin.units.models import Unit, UnitKind
from huiyin.units.queries import held_on, search_units, units_of_place
from huiyin.web.desks.field import grids_with_workers
from huiyin.web.figures import figures_by_child, figures_of
from huiyin.web.finding import by_code
from huiyin.web.paging import page
from huiyin.web.templatetags.city import zh
from huiyin.web.views.start import question

FEW = 12  # children that need no letters to be found among
GRIDS_SHOWN = 60
FEW_UNITS = 3  # of one kind; more of them fold away

CHILDREN: dict[int, str | Promise] = {
    PlaceLevel.COUNTY: gettext_lazy("Towns and subdistricts"),
    PlaceLevel.TOWN: gettext_lazy("Villages and communities"),
}


@public
@require_safe
def directory(request: HttpRequest) -> HttpResponse:
    """The whole city: its counties on the map and as a list, with what each has."""
    on = timezone.localdate()
    city = Place.objects.filter(level=PlaceLevel.CITY, valid_to=None).order_by("code").first()
    if city is None:
        return render(request, "web/directory.html", {"city": None})
    counties = list(
        Place.objects.filter(parent=city, valid_to=None)
        .select_related("overlay_parent")
        .order_by("code")
    )
    counted = figures_by_child(city, counties, on=on)
    context = {
        "city": city,
        "place": city,
        "figures": figures_of(city, on=on),
        "rows": [(county, counted[county.pk]) for county in counties],
        "map_url": reverse("web:map_data"),
        "boundary": _outline(counties),
    }
    return render(request, "web/directory.html", context)


@public
@require_safe
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place of any level; a former code leads to the place's page of today."""
    found = by_code(code)
    if found is None:
        raise Http404
    if found.level == PlaceLevel.CITY:
        return redirect("web:directory")
    if found.code != code:
        return redirect(f"{reverse('web:place', args=[found.code])}?{urlencode({'was': code})}")
    return render(request, "web/place.html", _of_place(request, found))


def _of_place(request: HttpRequest, found: Place) -> dict[str, Any]:
    on = timezone.localdate()
    versions = list(PlaceVersion.objects.filter(place=found).select_related("parent"))
    was = question(request, "was")
    context: dict[str, Any] = {
        "place": found,
        "trail": trail(found),
        "was": was if any(version.code == was != found.code for version in versions) else "",
        "closed": found.valid_to is not None and found.valid_to <= on,
        "versions": versions if len(versions) > 1 else [],
        "successors": successors_today(found) if found.valid_to else [],
        "preceded": list(
            PlaceSuccession.objects.filter(successor=found).select_related("predecessor")
        ),
        "overlays": list(Place.objects.filter(overlay_parent=found, valid_to=None)),
        **_units(found, on=on),
    }
    if found.level < PlaceLevel.VILLAGE:
        context |= {"figures": figures_of(found, on=on), "children_level": True}
        context |= _children(request, found)
    else:
        grids = [found] if found.level == PlaceLevel.GRID else _grids_of(found)
        context |= {"grids": grids_with_workers(grids, on=on), "centre": _centre(found)}
    if found.level == PlaceLevel.VILLAGE:
        context["figures"] = figures_of(found, on=on)
    if found.level == PlaceLevel.COUNTY:
        context |= {
            "boundary": _outline([found]),
            "map_url": f"{reverse('web:map_data')}?{urlencode({'here': found.code})}",
            "map_label": _("%(name)s in the city") % {"name": found.name},
        }
        if context["boundary"] is None:
            context["map_url"] = ""
    context["has_side"] = bool(
        found.level >= PlaceLevel.VILLAGE
        or context.get("map_url")
        or context["versions"]
        or context["preceded"]
        or context["successors"]
    )
    # Many grids take the whole width; few leave room for the offices beside them.
    context["is_beside"] = context["has_side"] and len(context.get("grids", ())) <= 2
    return context


def trail(found: Place, *, itself: bool = True) -> list[dict[str, SafeString | str]]:
    """Return the way down to a place: the city, then each level, the place itself last."""
    steps: list[dict[str, SafeString | str]] = [
        {"label": zh(found.city.name) if found.city else _("City"), "url": reverse("web:directory")}
    ]
    for above in (found.county, found.town, found.village):
        if above is not None and above.pk != found.pk:
            steps.append({"label": zh(above.name), "url": reverse("web:place", args=[above.code])})
    if itself:
        steps.append({"label": zh(found.name), "url": ""})
    elif found.level != PlaceLevel.CITY:
        steps.append({"label": zh(found.name), "url": reverse("web:place", args=[found.code])})
    return steps


def _outline(places: list[Place]) -> Boundary | None:
    """Return whose outlines these are; the geometry itself is not read."""
    return Boundary.objects.filter(place__in=places).defer("geometry").order_by("pk").first()


def _grids_of(village: Place) -> QuerySet[Place]:
    return Place.objects.filter(village=village, level=PlaceLevel.GRID, valid_to=None).order_by(
        "code"
    )[:GRIDS_SHOWN]


def _units(found: Place, *, on: date) -> dict[str, Any]:
    """Return the units of the place itself: those few of their kind, then the larger groups."""
    kinds = units_of_place(found, on=on)
    return {
        "single": [unit for _kind, units in kinds if len(units) <= FEW_UNITS for unit in units],
        "groups": [(kind.label, units) for kind, units in kinds if len(units) > FEW_UNITS],
    }


def _centre(found: Place) -> Unit | None:
    """Return the governance centre that answers for the grid work here, the nearest one."""
    above = [pk for pk in (found.village_id, found.town_id, found.county_id) if pk]
    return (
        Unit.objects.filter(
            held_on(timezone.localdate()), kind=UnitKind.GOVERNANCE_CENTRE, place__in=above
        )
        .exclude(phone="")
        .order_by("-level", "code")
        .first()
    )


def _children(request: HttpRequest, found: Place) -> dict[str, Any]:
    below = Place.objects.filter(parent=found, valid_to=None)
    name, letter = question(request, "name"), question(request, "letter")[:1].lower()
    letters = sorted(
        {
            first
            for first in below.order_by().values_list(Left("initials", 1), flat=True).distinct()
            if first
        }
    )
    many = below.count() > FEW
    if name:
        run_on = name.replace(" ", "").lower()
        below = below.annotate(run_on=Replace("pinyin", Value(" "), Value(""))).filter(
            Q(name__contains=name) | Q(run_on__startswith=run_on) | Q(initials__startswith=run_on)
        )
    elif letter:
        below = below.filter(initials__startswith=letter)
    return {
        "children_title": CHILDREN[found.level],
        "page": page(request, below, key="code", anchor="below"),
        "letters": letters if many else [],
        "chosen_letter": letter if not name else "",
        "filter": name,
    }


@public
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Places and units by name, pinyin or initials; as one types where there is a script."""
    q = question(request, "q")
    context = {
        "q": q,
        "places": [found.place for found in search_places(q, limit=12)] if q else [],
        "units": search_units(q, on=timezone.localdate(), limit=8) if q else [],
    }
    return part(request, "web/parts/places_found.html", context, page="web/place_search.html")


@public
@require_safe
def grid_workers(request: HttpRequest) -> HttpResponse:
    """From the name of a village to the people of its grids."""
    q = question(request, "q")
    levels = (PlaceLevel.VILLAGE, PlaceLevel.GRID)
    places = [found.place for found in search_places(q, levels=levels, limit=12)] if q else []
    context = {"q": q, "places": places}
    return part(request, "web/parts/villages_found.html", context, page="web/grid_workers.html")
