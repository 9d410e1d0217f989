"""Counts of a place: how many counties, towns, villages, grids, grid workers and units it has.

Each counts a register of the place whole, and is kept for a minute.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from huiyin.people.models import GridRole, GridWorker
from huiyin.places.models import Place, PlaceLevel
from huiyin.ui.kept import Kept
from huiyin.units.models import Unit, UnitKind
from huiyin.units.queries import held_on

# Registers change a few times a day, and a city is counted for every visitor of the directory: a
# figure is at most a minute old.
KEPT_SECONDS: Final = 60.0
_kept: Final[Kept[Hashable, Any]] = Kept(KEPT_SECONDS)

_ANCESTOR = {
    PlaceLevel.CITY: "city",
    PlaceLevel.COUNTY: "county",
    PlaceLevel.TOWN: "town",
    PlaceLevel.VILLAGE: "village",
}


def within(place: Place, prefix: str = "") -> Q:
    """Return the condition "in this place, at any depth, the place itself included"."""
    ancestor = _ANCESTOR.get(PlaceLevel(place.level))
    return Q(**{f"{prefix}{ancestor}" if ancestor else f"{prefix}pk": place.pk})


@dataclass(frozen=True)
class Figures:
    """The counts of one place on one day."""

    places: Mapping[int, int] = field(default_factory=dict)
    workers: int = 0
    full_time: int = 0
    units: int = 0

    @property
    def counties(self) -> int:
        return self.places.get(PlaceLevel.COUNTY, 0)

    @property
    def towns(self) -> int:
        return self.places.get(PlaceLevel.TOWN, 0)

    @property
    def villages(self) -> int:
        return self.places.get(PlaceLevel.VILLAGE, 0)

    @property
    def grids(self) -> int:
        return self.places.get(PlaceLevel.GRID, 0)


def figures_of(place: Place, *, on: date) -> Figures:
    """Return the counts of everything inside `place`. Costs three queries."""
    counted: Figures = _kept.get(("of", place.pk, on), lambda: _figures_of(place, on))
    return counted


def _figures_of(place: Place, on: date) -> Figures:
    levels = (
        Place.objects.filter(within(place), valid_to=None)
        .exclude(pk=place.pk)
        .order_by()
        .values_list("level")
        .annotate(n=Count("pk"))
    )
    staff = GridWorker.objects.filter(
        within(place, "grid__"), held_on(on), grid__valid_to=None
    ).aggregate(n=Count("pk"), full_time=Count("pk", filter=Q(role=GridRole.FULL_TIME)))
    units = Unit.objects.filter(within(place, "place__"), held_on(on)).count()
    return Figures(dict(levels), staff["n"], staff["full_time"], units)


def figures_by_child(place: Place, children: Sequence[Place], *, on: date) -> dict[UUID, Figures]:
    """Return the counts of each child of a city or a county. Costs three queries."""
    key = ("by child", place.pk, tuple(child.pk for child in children), on)
    counted: dict[UUID, Figures] = _kept.get(key, lambda: _figures_by_child(place, children, on))
    return counted


def _figures_by_child(place: Place, children: Sequence[Place], on: date) -> dict[UUID, Figures]:
    column = f"{_ANCESTOR[PlaceLevel(place.level + 1)]}_id"
    counted: dict[UUID, dict[int, int]] = defaultdict(dict)
    levels = (
        Place.objects.filter(within(place), valid_to=None, level__gt=place.level + 1)
        .order_by()
        .values_list(column, "level")
        .annotate(n=Count("pk"))
    )
    for child, level, number in levels:
        counted[child][level] = number
    staff = {
        child: (number, full_time)
        for child, number, full_time in GridWorker.objects.filter(
            within(place, "grid__"), held_on(on), grid__valid_to=None
        )
        .order_by()
        .values_list(f"grid__{column}")
        .annotate(n=Count("pk"), full=Count("pk", filter=Q(role=GridRole.FULL_TIME)))
    }
    units: dict[UUID, int] = dict(
        Unit.objects.filter(within(place, "place__"), held_on(on))
        .order_by()
        .values_list(f"place__{column}")
        .annotate(n=Count("pk"))
    )
    return {
        child.pk: Figures(
            counted.get(child.pk, {}), *staff.get(child.pk, (0, 0)), units.get(child.pk, 0)
        )
        for child in children
    }


def grids_without(role: GridRole, place: Place, *, on: date) -> QuerySet[Place]:
    """Return the grids inside `place` that have nobody in that role on that day."""
    held = GridWorker.objects.filter(held_on(on), grid=OuterRef("pk"), role=role)
    return Place.objects.filter(
        ~Exists(held), within(place), level=PlaceLevel.GRID, valid_to=None
    ).order_by("code")


def count_without(role: GridRole, place: Place, *, on: date) -> int:
    """Return how many grids inside `place` have nobody in that role on that day."""
    counted: int = _kept.get(
        ("without", role, place.pk, on), lambda: grids_without(role, place, on=on).count()
    )
    return counted


def gaps_by_county(city: Place, *, on: date) -> dict[UUID, int]:
    """Return how many grids of each county have no full-time worker; none leaves it out."""
    gaps = grids_without(GridRole.FULL_TIME, city, on=on).order_by()
    counted: dict[UUID, int] = _kept.get(
        ("gaps", city.pk, on), lambda: dict(gaps.values_list("county_id").annotate(n=Count("pk")))
    )
    return counted


MAP_STEPS = 3  # how many steps the map's one hue has


def map_step(value: int, most: int) -> int:
    """Return the step of the map's hue: 0 for none, else 1 to MAP_STEPS by share of the most."""
    return -(-MAP_STEPS * value // most) if value else 0


def map_legend(most: int) -> list[tuple[int, int, int]]:
    """Return step, lowest and highest value of each step that a whole number can fall into."""
    found = []
    for step in range(1, MAP_STEPS + 1):
        low, high = (step - 1) * most // MAP_STEPS + 1, step * most // MAP_STEPS
        if low <= high:
            found.append((step, low, high))
    return found


def units_by_kind(place: Place, *, on: date) -> list[tuple[UnitKind, int]]:
    """Return how many units of each kind are inside `place`, in the order of the kinds."""
    units = Unit.objects.filter(within(place, "place__"), held_on(on)).order_by()
    counts: dict[str, int] = _kept.get(
        ("kinds", place.pk, on), lambda: dict(units.values_list("kind").annotate(n=Count("pk")))
    )
    return [(kind, counts[kind]) for kind in UnitKind if kind in counts]
