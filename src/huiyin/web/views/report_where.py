"""The second screen: where it is; and whether somebody has reported it already."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from huiyin.places.boundaries import Located
from huiyin.places.boundaries import locate as locate_point
from huiyin.places.models import Place, PlaceLevel
from huiyin.places.queries import children
from huiyin.places.refusals import PointNotOnEarth
from huiyin.places.search import search
from huiyin.web import asking, drafts
from huiyin.web.asking import Asked
from huiyin.web.asking_pages import address, begun, for_residents, screen, speaker_of, to
from huiyin.web.doors import Door
from huiyin.web.finding import by_code
from huiyin.web.models import Draft
from huiyin.web.views.report import put_aside
from huiyin.web.views.start import question

LONGEST_ADDRESS = 200
ACCURACY_MOST_M = 5_000.0
# Whom to ask is decided down to the village; a grid has nobody of its own.
NAMED = (PlaceLevel.COUNTY, PlaceLevel.TOWN, PlaceLevel.VILLAGE)


@for_residents
@require_http_methods(["GET", "HEAD", "POST"])
def where(request: HttpRequest, door: Door) -> HttpResponse:
    """Where it is: by position, by name, or down from the county. Nobody is held up here."""
    draft = begun(request, door)
    if draft is None or not drafts.said(draft).get("form"):
        return to("what", door)
    if request.method != "POST":
        return _page(request, Asked(door, drafts.said(draft)))
    if "lat" in request.POST:
        return _by_position(request, door, draft)
    if "place" in request.POST:
        return _chosen(request, door, draft)
    body = drafts.said(draft)
    body["address"] = " ".join(_typed(request, "address").split())[:LONGEST_ADDRESS]
    drafts.keep(draft, body, at=timezone.now())
    if "later" in request.POST:
        return put_aside(request)
    asked = Asked(door, body)
    place = asked.place()
    if place is None:
        return _page(request, asked, wrong=_("Choose where it is."), status=422)
    if body.get("joins") or body.get("is_other"):
        return to("who", door)
    if door.times:
        return to("when", door)
    found = asking.alike(asked, place, by=speaker_of(request), at=timezone.now())
    return to("same" if found else "who", door)


def _page(
    request: HttpRequest, asked: Asked, *, wrong: str = "", status: int = 200, **more: Any
) -> HttpResponse:
    """Show the place that was chosen, or one level of the tree to choose from."""
    anew = ("again", "at", "map")
    place = None if any(name in request.GET for name in anew) else asked.place()
    q, at = question(request, "q"), by_code(question(request, "at"))
    if at is None and place is None:
        at = Place.objects.filter(level=PlaceLevel.CITY, valid_to=None).order_by("code").first()
    context: dict[str, Any] = {"place": None if q else place, "q": q, "at": at, "wrong": wrong}
    if q:
        context["found"] = [hit.place for hit in search(q, levels=NAMED, limit=8)]
    elif place is None and at is not None:
        context["below"] = list(children(at, with_overlays=False))
        context["line"] = [one for one in (at.county, at.town) if one]
        if "map" in request.GET:
            context["map_url"] = f"{reverse('web:map_data')}?{urlencode({'door': asked.door.slug})}"
        context["may_stop"] = at.level > PlaceLevel.CITY or asked.door.takes_whole_city
    return screen(
        request, "where", asked, step=2, back=address("what", asked.door), status=status,
        village=PlaceLevel.VILLAGE, city=PlaceLevel.CITY, **context, **more,
    )  # fmt: skip


def _chosen(request: HttpRequest, door: Door, draft: Draft) -> HttpResponse:
    """Keep a place that was chosen; another place than before is asked for alike matters anew."""
    place = by_code(_typed(request, "place"))
    body = drafts.said(draft)
    if place is None or (place.level == PlaceLevel.CITY and not door.takes_whole_city):
        return _page(request, Asked(door, body), wrong=_("Choose where it is."), status=422)
    if body.get("place") != str(place.pk):
        body = {name: one for name, one in body.items() if name not in ("joins", "is_other")}
        body.get("form", {}).pop(door.times, None)  # others come there
    body["place"] = str(place.pk)
    if body.get("county_of_point") != str(place.county_id):
        for name in ("lon", "lat", "county_of_point"):
            body.pop(name, None)
    drafts.keep(draft, body, at=timezone.now())
    return to("where", door)


def _by_position(request: HttpRequest, door: Door, draft: Draft) -> HttpResponse:
    """Keep where the person stands, and go down from the county that lies there."""
    body = drafts.said(draft)
    try:
        lon, lat = float(_typed(request, "lon")), float(_typed(request, "lat"))
        metres = min(float(_typed(request, "accuracy") or 0), ACCURACY_MOST_M)
        found: Located | None = locate_point(lon, lat, accuracy_m=max(metres, 0.0))
    except (ValueError, PointNotOnEarth):
        found = None
    counties = [one.place for one in found.candidates] if found else []
    if not counties:
        words = _("That position lies outside the city. Choose the place by its name.")
        return _page(request, Asked(door, body), wrong=words, status=422)
    body |= {"lon": round(lon, 6), "lat": round(lat, 6), "county_of_point": str(counties[0].pk)}
    drafts.keep(draft, body, at=timezone.now())
    answer = to("where", door)
    answer["Location"] += f"?at={counties[0].code}"
    return answer


def _typed(request: HttpRequest, name: str) -> str:
    return str(request.POST.get(name, "")).replace("\x00", "")


# --- reported already ---------------------------------------------------------------------------


@for_residents
@require_http_methods(["GET", "HEAD", "POST"])
def same(request: HttpRequest, door: Door) -> HttpResponse:
    """Show what was reported nearby, for the person to join it or to go on with their own."""
    draft = begun(request, door)
    asked = Asked(door, drafts.said(draft))
    place = asked.place()
    if draft is None or place is None:
        return to("where", door)
    found = asking.alike(asked, place, by=speaker_of(request), at=timezone.now())
    if request.method != "POST":
        if not found:
            return to("who", door)
        rows = [(one, date.fromisoformat(one.opened_on)) for one in found]
        return screen(request, "same", asked, step=2, back=address("where", door), found=rows)
    body = drafts.said(draft)
    wanted = _typed(request, "joins")
    body["is_other"] = not wanted
    body["joins"] = wanted if wanted in {str(one.matter_id) for one in found} else ""
    drafts.keep(draft, body, at=timezone.now())
    return to("who", door)
