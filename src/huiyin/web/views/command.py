"""The command centre: how things stand, where they do not, and the list behind every figure."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.categories.models import Category
from huiyin.insight import delivering, happening, listing, standing
from huiyin.insight.listing import Key, Wanted
from huiyin.matters.refusals import NotFound
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.boundaries import county_features
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit
from huiyin.web.figures import map_legend, map_step
from huiyin.web.inbox_rows import rows_of
from huiyin.web.overview import (
    FIGURES,
    LIST_TITLES,
    above,
    below,
    category_rows,
    happening_rows,
    line_of,
    list_url,
    moment_of,
    on_land,
    on_the_map,
    own_place,
    part_rows,
    place_url,
    unit_lists,
    week_before_url,
)
from huiyin.web.rosters import on_duty_here
from huiyin.web.templatetags.city import said
from huiyin.web.views.inbox import uuid_of
from huiyin.web.views.maps import label_places

UNITS_SHOWN, CLASSES_SHOWN = 8, 8


@staff(needs="insight.see")
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """How things stand in my place, or one below it; what came in on a day, today or before."""
    at = timezone.now()
    by = request.actor
    place, when, figure = own_place(request, by), moment_of(request, at), figure_of(request)
    kept = _kept(when.is_today, when.day.isoformat(), figure)
    stands = standing.standing(place, by=by, at=at)
    came = standing.came(place, by=by, when=when)
    late = standing.longest_overdue(place, by=by, at=at)
    units = delivering.deliveries(place, by=by, at=at)
    parts = below(place)
    classes = category_rows(stands, place)
    is_city = place.level == PlaceLevel.CITY
    most = max(on_the_map(stands, parts, figure).values(), default=0) if is_city else 0
    context = {
        "place": place,
        "above": above(place, by, **kept),
        "when": when,
        "days_beside": _days_beside(place, when, figure),
        "kept": {"place": place.code, **({"show": figure} if figure != FIGURES[0] else {})},
        "today_url": place_url(place, **_kept(True, "", figure)),
        "came": came,
        "fewer": -(came.change or 0),
        "done": listing.counted(Wanted(listing.DONE, place, when), by=by),
        "counts": stands.counts,
        "links": {
            "before": week_before_url(place, when),
            **{name: list_url(name, place, when) for name in listing.LISTS},
        },
        "figure": figure,
        "figures": [
            {
                "name": one,
                "url": place_url(place, **_kept(when.is_today, when.day.isoformat(), one)),
            }
            for one in FIGURES
        ],
        "rows": part_rows(parts, stands, figure=figure, **kept),
        "map_url": f"{reverse('web:command_map')}?{urlencode({'place': place.code, **kept})}"
        if is_city
        else "",
        "legend": map_legend(most),
        "on_land": on_land(stands, parts, figure) if is_city else [],
        "late": rows_of(late, by=by, at=at),
        "units": units[:UNITS_SHOWN],
        "units_count": len(units),
        "units_url": f"{reverse('web:command_units')}?{urlencode({'place': place.code})}",
        "unit_lists": {one.unit.pk: unit_lists(one.unit, place) for one in units[:UNITS_SHOWN]},
        "categories": classes[:CLASSES_SHOWN],
        "more_categories": classes[CLASSES_SHOWN:],
        "happenings": happening_rows(happening.lately(place, by=by, at=at)),
        "line": line_of(came, place, when),
        "duty": on_duty_here(place, at=at),
        "days": delivering.DAYS,
        "wall_url": f"{reverse('web:wall')}?{urlencode({'place': place.code})}",
        "may_set_up": by.may("insight.screens"),
        "screens_url": f"{reverse('web:screens')}?{urlencode({'place': place.code})}",
        "tables": {
            name: f"{reverse('web:command_table', args=[name])}?{urlencode({'place': place.code})}"
            for name in ("parts", "classes", "days", "units")
        },
        "now": at,
    }
    return render(request, "web/command/index.html", context)


@staff(needs="insight.see")
@never_cache
@require_safe
def behind(request: PeopleRequest, which: str) -> HttpResponse:
    """The list a figure counts, page by page: what is due first, of a day the latest first."""
    if which not in listing.LISTS:
        raise NotFound()
    at = timezone.now()
    by = request.actor
    place, when = own_place(request, by), moment_of(request, at)
    code = _class_asked(request)
    unit = _unit_asked(request)
    until = _instant_of(request.GET.get("until", ""))
    wanted = Wanted(
        which, place, when, category=code, unit_id=unit.pk if unit else None, until=until
    )
    after = _key_of(request.GET.get("after", ""))
    page = listing.page(wanted, by=by, after=after)
    context = {
        "title": LIST_TITLES[which],
        "which": which,
        "is_of_a_day": which in (listing.CAME, listing.DONE),
        "place": place,
        "when": when,
        "count": listing.counted(wanted, by=by),
        "category": _class_name(code),
        "unit": unit,
        "rows": rows_of(page.runs, by=by, at=at),
        "older": _older(request, page.next) if page.next else "",
        "is_first": after is None,
        "may_supervise": which not in (listing.CAME, listing.DONE) and by.may("supervision.order"),
        "back": place_url(place, **_kept(when.is_today, when.day.isoformat(), FIGURES[0])),
        "until": until,
        "without": list_url(which, place, when) if code or unit or until else "",
    }
    return render(request, "web/command/list.html", context)


@staff(needs="insight.see")
@never_cache
@require_safe
def map_data(request: PeopleRequest) -> HttpResponse:
    """The counties with how many matters are overdue, or open, in each."""
    at = timezone.now()
    figure = figure_of(request)
    day = request.GET.get("day", "")
    place = own_place(request, request.actor)
    stands = standing.standing(place, by=request.actor, at=at)
    features = county_features()
    counties = {
        county.code: county
        for county in Place.objects.filter(level=PlaceLevel.COUNTY, valid_to=None)
    }
    points = label_places(features["features"])
    found = on_the_map(stands, list(counties.values()), figure)
    most = max(found.values(), default=0)
    for feature in features["features"]:
        county = counties[feature["properties"]["code"]]
        value = found.get(county.pk, 0)
        point, callout = points[county.code]
        feature["properties"] = {
            "name": county.name,
            "url": place_url(county, **_kept(not day, day, figure)),
            "point": point,
            "value": value,
            "step": map_step(value, most),
            **({"callout": callout} if callout is not None else {}),
        }
    return JsonResponse(features, content_type="application/geo+json")


def figure_of(request: HttpRequest) -> str:
    """Return which figure the map and the parts show: what is overdue, unless asked otherwise."""
    asked = request.GET.get("show", "")
    return asked if asked in FIGURES else FIGURES[0]


def _kept(is_today: bool, day: str, figure: str) -> dict[str, str]:
    """Return what the addresses of a page keep of how it was asked for."""
    return {
        **({} if is_today else {"day": day}),
        **({} if figure == FIGURES[0] else {"show": figure}),
    }


def _days_beside(place: Place, when: Any, figure: str) -> dict[str, str]:
    before, after = when.day - timedelta(days=1), when.day + timedelta(days=1)
    today = timezone.localdate(when.at)
    return {
        "before": place_url(place, **_kept(False, before.isoformat(), figure)),
        "after": ""
        if when.is_today
        else place_url(place, **_kept(after == today, after.isoformat(), figure)),
        "today": today.isoformat(),
    }


def _class_asked(request: HttpRequest) -> str:
    code = request.GET.get("category", "")
    return code if code.isdecimal() or code == listing.NO_CATEGORY else ""


def _class_name(code: str) -> str:
    found = Category.objects.filter(code=code).first() if code.isdecimal() else None
    return said(found) if found else ""


def _unit_asked(request: HttpRequest) -> Unit | None:
    pk = uuid_of(request.GET.get("unit", ""))
    return Unit.objects.filter(pk=pk).first() if pk else None


def _key_of(text: str) -> Key | None:
    """Return where a page begins; what cannot be read begins at the front."""
    at, _tilde, pk = text.partition("~")
    found = uuid_of(pk)
    if found is None:
        return None
    if at == "none":
        return Key(None, found)
    moment = _instant_of(at)
    return Key(moment, found) if moment else None


def _instant_of(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _older(request: HttpRequest, key: Key) -> str:
    at = key.at.isoformat() if key.at else "none"
    rest = {name: value for name, value in request.GET.items() if name != "after"}
    return f"?{urlencode({**rest, 'after': f'{at}~{key.id}'})}"
