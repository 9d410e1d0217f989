"""The wall: how a place stands, for a room of people. No names, no numbers to call, no buttons."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.insight import delivering, listing, screens, standing
from huiyin.insight.listing import Wanted
from huiyin.insight.moments import Moment
from huiyin.matters.models import Assignment, Run
from huiyin.people.actors import Actor
from huiyin.people.guards import public, staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place, PlaceLevel
from huiyin.ui.http import HuiyinRequest, part
from huiyin.web.clock_words import stand_of
from huiyin.web.inbox_rows import within_city
from huiyin.web.overview import below, category_rows, line_of, on_the_map, own_place, part_rows
from huiyin.web.templatetags.city import said
from huiyin.web.wall_map import drawing

LATE_SHOWN, UNITS_SHOWN = 6, 5
PARTS_SHOWN, CLASSES_SHOWN = 7, 5  # together as high as the map


@staff(needs="insight.see")
@never_cache
@require_safe
def wall(request: PeopleRequest) -> HttpResponse:
    """How my place stands, or one below it, as large as a wall."""
    context = _context(own_place(request, request.actor), request.actor, timezone.now())
    return part(request, "web/command/_wall.html", context, page="web/command/wall.html")


@public
@never_cache
@require_safe
def screen(request: HuiyinRequest, secret: str) -> HttpResponse:
    """The same on a screen nobody is signed in at; ended and unknown ones say so."""
    at = timezone.now()
    found = screens.shown_on(secret, at=at)
    if found is None:
        return render(request, "web/command/wall_ended.html", status=HTTPStatus.GONE)
    shown, sight = found
    context = {**_context(shown.place, sight, at), "screen": shown}
    return part(request, "web/command/_wall.html", context, page="web/command/wall.html")


def _context(place: Place, by: Actor, at: datetime) -> dict[str, Any]:
    when = Moment.of(at)
    stands = standing.standing(place, by=by, at=at)
    came = standing.came(place, by=by, when=when)
    parts = below(place)
    late = standing.longest_overdue(place, by=by, at=at, most=LATE_SHOWN)
    return {
        "place": place,
        "unit_name": by.unit_name,
        "when": when,
        "came": came,
        "fewer": -(came.change or 0),
        "counts": stands.counts,
        "done": listing.counted(Wanted(listing.DONE, place, when), by=by),
        "map": drawing({one.code: one for one in parts}, on_the_map(stands, parts, "overdue"))
        if place.level == PlaceLevel.CITY
        else None,
        "parts": part_rows(parts, stands, figure="overdue")[:PARTS_SHOWN],
        "classes": _classes(stands, place),
        "late": _late_rows(late, at),
        "units": delivering.deliveries(place, by=by, at=at)[:UNITS_SHOWN],
        "days": delivering.DAYS,
        "line": line_of(came, place, when),
        "at": at,
    }


def _classes(stands: standing.Standing, place: Place) -> list[dict[str, Any]]:
    """Return the branches of classes with most that is open; where no map takes their room."""
    if place.level == PlaceLevel.CITY:
        return []
    rows = category_rows(stands, place)[:CLASSES_SHOWN]
    most = rows[0].counts.open if rows else 1
    return [
        {
            "name": said(row.category) if row.category else _("Without a class"),
            "counts": row.counts,
            "bar": round(100 * row.counts.open / most),
        }
        for row in rows
    ]


def _late_rows(runs: list[Run], at: datetime) -> list[dict[str, Any]]:
    """Return what has been late for longest by class, town and unit: no words of anybody's."""
    towns = {
        one.pk: within_city(one)
        for one in Place.objects.filter(pk__in={town_of(run) for run in runs})
    }
    leads = _leads(runs)
    return [
        {
            "stand": stand_of(run.due_at, at=at),
            "title": said(run.matter.category) if run.matter.category else _("Without a class"),
            "place": towns.get(town_of(run), ""),
            "unit": leads.get(run.pk) or _("not with a unit yet"),
        }
        for run in runs
    ]


def town_of(run: Run) -> UUID:
    """Return the town of a matter, or the widest place it names: a house stands in neither."""
    matter = run.matter
    return matter.town_id or matter.county_id or matter.city_id or matter.place_id


def _leads(runs: list[Run]) -> Mapping[UUID, str]:
    held = Assignment.objects.filter(run__in=runs, role=listing.LEAD, to_at=None)
    return dict(held.values_list("run_id", "unit__name"))
