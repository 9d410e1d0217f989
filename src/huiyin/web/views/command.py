"""The command centre: how things stand, where they do not, and the list behind every figure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.insight import delivering, standing
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Run
from huiyin.matters.refusals import NotFound
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.boundaries import county_features
from huiyin.places.models import Place, PlaceLevel
from huiyin.web.desks.office import my_unit
from huiyin.web.figures import map_legend, map_step, within
from huiyin.web.finding import by_code
from huiyin.web.inbox_rows import rows_of, title_of, within_city
from huiyin.web.rosters import on_duty_here
from huiyin.web.views.inbox import key_of
from huiyin.web.views.maps import label_places

PAGE = 50
TITLES = {
    "overdue": _("Overdue"),
    "due_today": _("Due today"),
    "open": _("Open"),
    "today": _("Came in today"),
}
WIDE, HIGH = 560, 96  # of the line of the last days, in its own units


@staff(needs="insight.see")
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """How things stand in my place, or one below it."""
    at = timezone.now()
    by = request.actor
    place = _place(request, by)
    stands = standing.standing(place, by=by, at=at)
    parts = standing.parts(place, by=by, at=at)
    late = standing.longest_overdue(place, by=by, at=at)
    below = _below(place)
    most = max(_on_the_map(parts, below).values(), default=0)
    context = {
        "place": place,
        "above": _above(place, by),
        "stands": stands,
        "links": {name: _list_url(name, place) for name in standing.LISTS},
        "rows": [
            {
                "place": child,
                "part": parts.get(child.pk),
                "url": f"{reverse('web:command')}?place={child.code}",
                "overdue_url": _list_url("overdue", child),
            }
            for child in below
        ],
        "map_url": f"{reverse('web:command_map')}?place={place.code}"
        if place.level == PlaceLevel.CITY
        else "",
        "legend": map_legend(most),
        "late": rows_of(late, by=by, at=at),
        "units": delivering.deliveries(place, by=by, at=at),
        "categories": standing.by_category(place, by=by, at=at),
        "notable": [_notable(run) for run in standing.notable(place, by=by)],
        "duty": on_duty_here(place, at=at),
        "line": _line(standing.by_day(place, by=by, at=at)),
        "days": delivering.DAYS,
        "now": at,
    }
    return render(request, "web/command/index.html", context)


@staff(needs="insight.see")
@never_cache
@require_safe
def behind(request: PeopleRequest, which: str) -> HttpResponse:
    """The list a figure counts, page by page, what has been late for longest first."""
    if which not in standing.LISTS:
        raise NotFound()
    at = timezone.now()
    by = request.actor
    place = _place(request, by)
    runs = standing.listed(which, place, by=by, at=at)
    category = request.GET.get("category", "")
    if category:
        runs = runs.filter(matter__category__code=category)
    column = "matter__opened_at" if which == "today" else "due_at"
    after = key_of(request.GET.get("after", ""))
    if after is not None:
        runs = runs.filter(**{f"{column}__gte": after.at}).exclude(
            **{column: after.at, "pk__lte": after.id}
        )
    found = list(
        runs.exclude(**{column: None})
        .select_related("matter__words", "matter__place")
        .order_by(column, "pk")[: PAGE + 1]
    )
    shown = found[:PAGE]
    context = {
        "title": TITLES[which],
        "which": which,
        "place": place,
        "rows": rows_of(shown, by=by, at=at),
        "older": _older(request, shown[-1], which) if len(found) > PAGE else "",
        "is_first": after is None,
        "may_supervise": which != "today" and by.may("supervision.order"),
        "back": f"{reverse('web:command')}?place={place.code}",
    }
    return render(request, "web/command/list.html", context)


@staff(needs="insight.see")
@never_cache
@require_safe
def map_data(request: PeopleRequest) -> HttpResponse:
    """The counties with how many are overdue in each."""
    at = timezone.now()
    place = _place(request, request.actor)
    parts = standing.parts(place, by=request.actor, at=at)
    features = county_features()
    counties = {
        county.code: county
        for county in Place.objects.filter(level=PlaceLevel.COUNTY, valid_to=None)
    }
    points = label_places(features["features"])
    overdue = _on_the_map(parts, list(counties.values()))
    most = max(overdue.values(), default=0)
    for feature in features["features"]:
        county = counties[feature["properties"]["code"]]
        value = overdue[county.pk]
        point, callout = points[county.code]
        feature["properties"] = {
            "name": county.name,
            "url": f"{reverse('web:command')}?place={county.code}",
            "point": point,
            "value": value,
            "step": map_step(value, most),
            **({"callout": callout} if callout is not None else {}),
        }
    return JsonResponse(features, content_type="application/geo+json")


def _place(request: HttpRequest, by: Actor) -> Place:
    """Return the place asked for where it lies in the reader's own, else their own."""
    own = my_unit(by).place
    wanted = by_code(request.GET.get("place", "")) if request.GET.get("place") else None
    if wanted is None or not Place.objects.filter(within(own), pk=wanted.pk).exists():
        return own
    return wanted


def _on_the_map(parts: Mapping[UUID, standing.Part], places: Sequence[Place]) -> Counter[UUID]:
    """Return how many are overdue in each area; a zone has none and lies on a county's land."""
    found = Counter({pk: part.overdue for pk, part in parts.items()})
    for zone in places:
        if zone.overlay_parent_id:
            found[zone.overlay_parent_id] += found.pop(zone.pk, 0)
    return found


def _above(place: Place, by: Actor) -> list[dict[str, str]]:
    """Return the way from the reader's own place down to this one."""
    own = my_unit(by).place
    chain = [one for one in (place.city, place.county, place.town, place) if one]
    known = {one.pk: one for one in chain}
    shown = [one for one in known.values() if one.level >= own.level]
    return [
        {"label": one.name, "url": f"{reverse('web:command')}?place={one.code}"} for one in shown
    ]


def _below(place: Place) -> list[Place]:
    below = Place.objects.filter(parent=place, valid_to=None).exclude(level=PlaceLevel.GRID)
    return list(below.select_related("overlay_parent").order_by("code")[:200])


def _list_url(which: str, place: Place) -> str:
    return f"{reverse('web:command_list', args=[which])}?place={place.code}"


def _older(request: HttpRequest, last: Run, which: str) -> str:
    at: datetime = last.matter.opened_at if which == "today" else last.due_at  # type: ignore[assignment]
    rest = {name: value for name, value in request.GET.items() if name != "after"}
    return f"?{urlencode({**rest, 'after': f'{at.isoformat()}~{last.pk}'})}"


def _notable(run: Run) -> dict[str, Any]:
    return {
        "title": said(procedure_of(run.procedure).title),
        "matter": title_of(run),
        "place": within_city(run.matter.place),
        "at": run.opened_at,
        "url": f"{reverse('web:matter', args=[run.matter.number])}?run={run.pk}",
    }


def _line(days: Any) -> dict[str, Any]:
    """Return the last days as a line from zero, with its last point; the table says the same."""
    most = max((count for _day, count in days), default=0) or 1
    step = WIDE / max(len(days) - 1, 1)
    points = [
        (round(number * step, 1), round(HIGH * (1 - count / most), 1))
        for number, (_day, count) in enumerate(days)
    ]
    return {
        "points": " ".join(f"{x},{y}" for x, y in points),
        "last": points[-1] if points else (0, 0),
        "days": days,
        "wide": WIDE,
        "high": HIGH,
        "weekends": [
            round(number * step, 1)
            for number, (day, _count) in enumerate(days)
            if day.weekday() > 4
        ],
        "step": round(step, 1),
    }
