"""Desks of those who walk: grid workers and village clerks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from huiyin.people.actors import Actor
from huiyin.people.models import GridRole, GridWorker, Mediator
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import RosterEntry, Unit, UnitKind
from huiyin.units.queries import going_on, held_on
from huiyin.web.desks.office import my_account, my_unit

# The order in which a grid's people are named: who leads, who is there all day, who helps.
_ROLE_ORDER = {role: number for number, role in enumerate(GridRole)}


@dataclass(frozen=True)
class Grid:
    """A grid with its people in order of role; `vacant` are the roles nobody holds."""

    place: Place
    workers: tuple[GridWorker, ...]

    @property
    def vacant(self) -> tuple[GridRole, ...]:
        held = {worker.role for worker in self.workers}
        return tuple(r for r in (GridRole.LEADER, GridRole.FULL_TIME) if r not in held)


def grids_with_workers(grids: Iterable[Place], *, on: date) -> list[Grid]:
    """Return the grids with today's workers, leaders first. Costs one query besides `grids`."""
    places = list(grids)
    people: dict[object, list[GridWorker]] = {place.pk: [] for place in places}
    for worker in GridWorker.objects.filter(held_on(on), grid__in=places).order_by("ref"):
        people[worker.grid_id].append(worker)
    return [
        Grid(place, tuple(sorted(people[place.pk], key=lambda w: _ROLE_ORDER[GridRole(w.role)])))
        for place in places
    ]


def local_contacts(place: Place, *, on: date) -> list[Unit]:
    """Return who can be called about a village: its own units, then the centre of its town."""
    return list(
        Unit.objects.filter(
            held_on(on), place__in=[i for i in (place.village_id, place.town_id) if i]
        )
        .filter(
            kind__in=(
                UnitKind.VILLAGE_COMMITTEE,
                UnitKind.GOVERNANCE_CENTRE,
                UnitKind.TOWN_OFFICE,
                UnitKind.POLICE_STATION,
                UnitKind.MEDIATION_COMMITTEE,
            )
        )
        .select_related("place")
        .order_by("-place__level", "kind", "code")[:12]
    )


def on_duty(places: Iterable[object], *, at: datetime) -> list[RosterEntry]:
    """Return who is on duty at that instant in the units of these places."""
    return list(
        RosterEntry.objects.filter(going_on(at), unit__place__in=[i for i in places if i])
        .select_related("unit", "unit__place")
        .order_by("-unit__place__level", "unit__code", "starts_at")[:12]
    )


def grid_worker(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """My grids, who works there with me, whom to call."""
    on = timezone.localdate(at)
    mine = Place.objects.filter(
        held_on(on, prefix="workers__"), workers__account=my_account(actor), valid_to=None
    ).select_related("village", "town")
    grids = grids_with_workers(mine.distinct().order_by("code")[:10], on=on)
    first = grids[0].place if grids else None
    return {
        "grids": grids,
        "households": sum(grid.place.households or 0 for grid in grids),
        "contacts": local_contacts(first, on=on) if first else [],
        "duty": on_duty((first.village_id, first.town_id) if first else (), at=at),
    }


def village_clerk(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """The grids of my village: who works there, which posts are empty; its mediators."""
    on = timezone.localdate(at)
    place = my_unit(actor).place
    grids = grids_with_workers(
        Place.objects.filter(village=place, level=PlaceLevel.GRID, valid_to=None).order_by("code")[
            :60
        ],
        on=on,
    )
    return {
        "place": place,
        "grids": grids,
        "households": sum(grid.place.households or 0 for grid in grids),
        "vacancies": [(grid.place, role) for grid in grids for role in grid.vacant],
        "mediators": list(
            Mediator.objects.filter(held_on(on), committee__place=place)
            .select_related("committee")
            .order_by("kind", "ref")[:12]
        ),
        "contacts": local_contacts(place, on=on),
        "duty": on_duty((place.pk, place.town_id), at=at),
    }
