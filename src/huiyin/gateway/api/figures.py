"""How many there are: open by state, by class, by place, by unit, by day."""

from collections import Counter
from datetime import date
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from huiyin.categories.models import Category
from huiyin.gateway import refusals, saying
from huiyin.gateway.api.answers import answers
from huiyin.gateway.api.parameters import Cursor, known_category, known_place, sane_day
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.paging import count_in, cursor_of
from huiyin.gateway.schemas.figures import FiguresOut
from huiyin.gateway.schemas.shared import ProcedureName
from huiyin.matters import access, tallies
from huiyin.matters.models import Measure
from huiyin.matters.tallies import Share
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.units.models import Unit

router = Router(tags=["Figures"])
Group = Literal["day", "procedure", "state", "category", "unit", "county", "town"]
COLUMN = {
    "category": "category_id", "unit": "unit_id", "county": "county_id", "town": "town_id",
}  # fmt: skip
PLACES = ("county_id", "town_id")
PLAIN = ("day", "procedure", "state", "category", "county", "town")
DIGITS = 2  # of the code of a class for each level
Many = Annotated[int, Query(ge=1, le=1_000, description="At most so many.")]
Depth = Annotated[
    int, Query(ge=0, le=3, description="Classes by their first so many levels; 0: each.")
]
Totals = Counter[tuple[Any, ...]]


@router.get(
    "/figures", auth=Door(Right.READ, staff=True), response=answers(FiguresOut),
    summary="Figures",
)  # fmt: skip
def count_matters(
    request: HttpRequest,
    measure: Annotated[Measure, Query(description="What is counted.")] = Measure.IN_STATE,
    by: Annotated[list[Group], Query(max_length=2, description="Grouped by, one or two.")] = [],  # noqa: B006 ninja copies it
    place: Annotated[str, Query(max_length=32, description="Of the place of this code.")] = "",
    procedure: Annotated[ProcedureName | None, Query(description="Of this one alone.")] = None,
    state: Annotated[str, Query(max_length=40, description="In this state alone.")] = "",
    category: Annotated[str, Query(max_length=16, description="Of this class alone.")] = "",
    unit: Annotated[UUID | None, Query(description="With this unit alone.")] = None,
    open: Annotated[bool, Query(description="Not done yet alone; of states.")] = False,
    depth: Depth = 0,
    since: Annotated[date | None, Query(description="From this day on; not of states.")] = None,
    until: Annotated[date | None, Query(description="Up to this day; not of states.")] = None,
    cursor: Cursor = "",
    limit: Many = 100,
) -> Any:  # fmt: skip
    """Return counts of a place, with all places in it: one's own place when none is named.

    An office counts the procedures it looks after; every unit what it has itself, and nobody
    what complains of them. Exact at this moment. What is open by branch and county, in one
    answer: `by=category&by=county&open=true&depth=1&limit=1000`.
    """
    actor = caller_of(request).actor
    where = known_place(place) or Place.objects.get(pk=cast(UUID, actor.unit_place_id))
    offices = set(access.looked_after_by(actor)[0]) if _is_within(where, actor) else set()
    if not offices and place and not _is_within(where, actor):
        raise refusals.NotInYourPlace()
    only: dict[str, Any] = {}
    if procedure:
        only["procedure"] = procedure
    if state:
        only["state"] = state
    if found := known_category(category):
        only["category_id"] = found.pk
    if unit:
        only["unit_id"] = unit
    groups = [COLUMN.get(one, one) for one in dict.fromkeys(by)]
    wanted: dict[str, Any] = {
        "place_id": where.pk, "since": sane_day(since, "since"),
        "until": sane_day(until, "until"), "by": groups, "is_open": open,
        "share": Share(offices, actor.unit_id), **only,
    }  # fmt: skip
    totals: Totals = Counter(tallies.counted(measure, **wanted))
    totals.subtract(tallies.counted_in(access.runs_accusing(actor), measure, **wanted))
    named, totals = _by_code(groups, totals, depth)
    return {
        "measure": measure,
        "place": where.code,
        "total": sum(totals.values()),
        **_page(named, totals, start=count_in(cursor), limit=limit),
    }


def _is_within(place: Place, by: Actor) -> bool:
    """Tell whether a place is the one a post's unit works for, or in it."""
    above = (place.pk, place.village_id, place.town_id, place.county_id, place.city_id)
    return by.unit_place_id in above


def _by_code(groups: list[str], totals: Totals, depth: int) -> tuple[list[str], Totals]:
    """Return the groups and their counts with classes and places by their codes.

    One query for the classes, one for the places.
    """
    codes: dict[str, dict[UUID, str]] = {}
    if "category_id" in groups:
        end = depth * DIGITS or None
        all_classes = Category.objects.values_list("pk", "code")
        codes["category_id"] = {pk: code[:end] for pk, code in all_classes}
    if places := [name for name in PLACES if name in groups]:
        spots = {groups.index(name) for name in places}
        ids = {key[spot] for key in totals for spot in spots}
        there = dict(Place.objects.filter(pk__in=ids).values_list("pk", "code"))
        codes |= dict.fromkeys(places, there)
    if not codes:
        return groups, totals
    tables = [codes.get(name) for name in groups]
    coded: Totals = Counter()
    for key, count in totals.items():
        parts = zip(key, tables, strict=True)
        coded[tuple(part if table is None else table.get(part) for part, table in parts)] += count
    return [name.removesuffix("_id") if name in codes else name for name in groups], coded


def _page(groups: list[str], totals: Totals, *, start: int, limit: int) -> dict[str, Any]:
    """Return a page of the groups with the names of their units. One query at most."""
    rows = sorted(totals.items(), key=lambda one: tuple(str(part) for part in one[0]))
    rows = [row for row in rows if row[1]] if groups else []
    shown = [(dict(zip(groups, key, strict=True)), n) for key, n in rows[start : start + limit]]
    units = Unit.objects.in_bulk({one["unit_id"] for one, _ in shown if one.get("unit_id")})
    end = start + limit
    return {
        "figures": [
            {
                **{name: one.get(name) for name in PLAIN},
                "unit": saying.unit_ref(units[one["unit_id"]]) if one.get("unit_id") else None,
                "count": count,
            }
            for one, count in shown
        ],
        "next": cursor_of(end) if len(rows) > end else None,
    }
