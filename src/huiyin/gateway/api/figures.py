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
from huiyin.gateway.api.parameters import Cursor, Most, known_category, known_place, sane_day
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.paging import count_in, cursor_of
from huiyin.gateway.schemas.figures import FiguresOut
from huiyin.gateway.schemas.shared import ProcedureName
from huiyin.matters import access, tallies
from huiyin.matters.models import Measure
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.units.models import Unit

router = Router(tags=["Figures"])
Group = Literal["day", "procedure", "state", "category", "unit"]
COLUMN = {"category": "category_id", "unit": "unit_id"}


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
    since: Annotated[date | None, Query(description="From this day on; not of states.")] = None,
    until: Annotated[date | None, Query(description="Up to this day; not of states.")] = None,
    cursor: Cursor = "",
    limit: Most = 100,
) -> Any:  # fmt: skip
    """Return counts of a place, with all places in it: one's own place when none is named.

    An office counts the procedures it looks after; every unit what it has itself, and nobody
    what complains of them. Exact at this moment.
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
    keys = list(dict.fromkeys([*groups, "procedure", "unit_id"]))
    wanted: dict[str, Any] = {
        "place_id": where.pk, "since": sane_day(since, "since"),
        "until": sane_day(until, "until"), "by": keys, **only,
    }  # fmt: skip
    counted = Counter(tallies.counted(measure, **wanted))
    counted.subtract(tallies.counted_in(access.runs_accusing(actor), measure, **wanted))
    totals: Counter[tuple[Any, ...]] = Counter()
    for values, count in counted.items():
        row = dict(zip(keys, values, strict=True))
        if count and (row["procedure"] in offices or row["unit_id"] == actor.unit_id):
            totals[tuple(row[one] for one in groups)] += count
    return {
        "measure": measure,
        "place": where.code,
        "total": sum(totals.values()),
        **_page(groups, totals, start=count_in(cursor), limit=limit),
    }


def _is_within(place: Place, by: Actor) -> bool:
    """Tell whether a place is the one a post's unit works for, or in it."""
    above = (place.pk, place.village_id, place.town_id, place.county_id, place.city_id)
    return by.unit_place_id in above


def _page(
    groups: list[str], totals: Counter[tuple[Any, ...]], *, start: int, limit: int
) -> dict[str, Any]:
    """Return a page of the groups with their names. Two queries at most."""
    rows = sorted(totals.items(), key=lambda one: tuple(str(part) for part in one[0]))
    rows = [row for row in rows if row[1]] if groups else []
    shown = [(dict(zip(groups, key, strict=True)), n) for key, n in rows[start : start + limit]]
    codes = dict(
        Category.objects.filter(
            pk__in={one["category_id"] for one, _ in shown if one.get("category_id")}
        ).values_list("pk", "code")
    )
    units = Unit.objects.in_bulk({one["unit_id"] for one, _ in shown if one.get("unit_id")})
    end = start + limit
    return {
        "figures": [
            {
                "day": one.get("day"),
                "procedure": one.get("procedure"),
                "state": one.get("state"),
                "category": codes.get(one["category_id"]) if one.get("category_id") else None,
                "unit": saying.unit_ref(units[one["unit_id"]]) if one.get("unit_id") else None,
                "count": count,
            }
            for one, count in shown
        ],
        "next": cursor_of(end) if len(rows) > end else None,
    }
