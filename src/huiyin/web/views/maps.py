"""Points and outlines: the counties as the map draws them, and from a position to a place."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.people.guards import public
from huiyin.places.boundaries import (
    Candidate,
    Located,
    Sureness,
    boundaries_version,
    county_features,
)
from huiyin.places.boundaries import locate as locate_point
from huiyin.places.coordinates import Crs
from huiyin.places.models import Place, PlaceLevel
from huiyin.places.refusals import PointNotOnEarth
from huiyin.ui.forms import Form
from huiyin.ui.refusals import sentence_of
from huiyin.web.doors import DOORS
from huiyin.web.figures import gaps_by_county, map_step
from huiyin.web.labels import Placing, label_points
from huiyin.web.views.start import question

MAP_SECONDS = 300
ACCURACY_MOST_M = 5_000.0
HERE_STEP = 2

_labels: tuple[str, dict[str, Placing]] | None = None


@public
@require_safe
def map_data(request: HttpRequest) -> HttpResponse:
    """The county outlines as GeoJSON in WGS84, with what the map says about each.

    `here` marks one county; `figures=gaps` shows how many grids have no full-time worker; `door`
    leads on with telling something there.
    """
    features = county_features()
    counties = {
        county.code: county
        for county in Place.objects.filter(level=PlaceLevel.COUNTY, valid_to=None)
    }
    places = label_places(features["features"])
    gaps = _gaps() if request.GET.get("figures") == "gaps" else None
    here = question(request, "here")
    door = question(request, "door") if question(request, "door") in DOORS else ""
    for feature in features["features"]:
        county = counties[feature["properties"]["code"]]
        point, callout = places[county.code]
        said: dict[str, Any] = {
            "name": county.name,
            "url": f"{reverse('web:where', args=[door])}?at={county.code}"
            if door
            else reverse("web:place", args=[county.code]),
            "point": point,
            "step": HERE_STEP if here == county.code else 0,
        }
        if gaps is not None:
            value = gaps.get(county.pk, 0)
            said |= {"value": value, "step": map_step(value, max(gaps.values(), default=0))}
        if callout is not None:
            said["callout"] = callout
        feature["properties"] = said
    response = JsonResponse(
        features, content_type="application/geo+json", json_dumps_params={"ensure_ascii": False}
    )
    patch_cache_control(response, public=True, max_age=MAP_SECONDS)
    return response


def label_places(features: list[dict[str, Any]]) -> dict[str, Placing]:
    """Return where the names stand; reckoned once for each version of the outlines."""
    global _labels
    version = f"{boundaries_version()} {len(features)}"
    if _labels is None or _labels[0] != version:
        _labels = (version, label_points(features))
    return _labels[1]


def _gaps() -> dict[UUID, int]:
    city = Place.objects.filter(level=PlaceLevel.CITY, valid_to=None).order_by("code").first()
    return gaps_by_county(city, on=timezone.localdate()) if city else {}


class PointForm(Form):
    """A point as a person or a telephone says it."""

    lat = forms.FloatField(
        label=gettext_lazy("Latitude"),
        min_value=-90,
        max_value=90,
        error_messages={"required": gettext_lazy("Write the latitude, such as 36.95.")},
        help_text=gettext_lazy("About 37 in this city"),
    )
    lon = forms.FloatField(
        label=gettext_lazy("Longitude"),
        min_value=-180,
        max_value=180,
        error_messages={"required": gettext_lazy("Write the longitude, such as 116.00.")},
        help_text=gettext_lazy("About 116 in this city"),
    )
    crs = forms.ChoiceField(
        label=gettext_lazy("Where the numbers come from"),
        choices=(
            (Crs.WGS84.value, gettext_lazy("A telephone or GPS (WGS84)")),
            (Crs.GCJ02.value, gettext_lazy("A Chinese web map (GCJ-02)")),
        ),
        widget=forms.RadioSelect,
        initial=Crs.WGS84.value,
    )
    accuracy = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)


@dataclass(frozen=True)
class Proposal:
    """A place the person may be in, and how sure that is, in words."""

    place: Place
    words: str


@public
@require_http_methods(["GET", "HEAD", "POST"])
def locate(request: HttpRequest) -> HttpResponse:
    """From a point to the places it may lie in, for the person to confirm. Nothing is kept.

    The point comes by POST, so that it stands in no address and no log.
    """
    if request.method != "POST":
        return render(request, "web/locate.html", {"form": PointForm(), "asked": False})
    form = PointForm(request.POST)
    if not form.is_valid():
        return render(request, "web/locate.html", {"form": form, "asked": False}, status=422)
    said = form.cleaned_data
    try:
        found = locate_point(
            said["lon"],
            said["lat"],
            crs=Crs(said["crs"]),
            accuracy_m=min(said["accuracy"] or 0.0, ACCURACY_MOST_M),
        )
    except PointNotOnEarth as refused:
        form.add_error(None, sentence_of(refused))
        return render(request, "web/locate.html", {"form": form, "asked": False}, status=422)
    context = {
        "form": form,
        "asked": True,
        "candidates": [Proposal(c.place, _words(c)) for c in found.candidates],
        "far": _far_words(found),
    }
    return render(request, "web/locate.html", context)


def _words(candidate: Candidate) -> str:
    """Say how sure a candidate is."""
    match candidate.sureness:
        case Sureness.INSIDE:
            return _("The point lies well inside its outline.")
        case Sureness.NEAR_BORDER:
            return _(
                "The point lies about %(metres)d m from its border; it may be the other side."
            ) % {"metres": round(abs(candidate.border_m or 0.0), -1)}
        case Sureness.OVERLAY_POSSIBLE:
            return _("A zone on this land without an outline of its own; only you can tell.")


def _far_words(found: Located) -> str:
    if found.nearest is None or found.nearest_m is None:
        return ""
    return _("The nearest county is %(name)s, about %(km)d km away.") % {
        "name": found.nearest.name,
        "km": max(1, round(found.nearest_m / 1000)),
    }
