"""For which places counts are kept: towns, with what each belonged to."""

from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from huiyin.matters.models import Matter, Run
from huiyin.places.models import Place, PlaceLevel

AREA: Final = ("town_id", "county_id", "overlay_id", "city_id")
BY_PLACE: Final = ("town_id", "county_id")  # by which a place can be divided


def area_of(matter: Matter) -> tuple[UUID | None, ...]:
    """Return the places of a matter for which it is counted, as they were."""
    return tuple(getattr(matter, name) for name in AREA)


def is_kept(place_id: UUID) -> bool:
    """Tell whether counts are kept for a place: for towns and all above. One query, the first time.

    The level of a place never changes; a place that is not known has no counts.
    """
    if place_id not in _levels:
        level = Place.objects.filter(pk=place_id).values_list("level", flat=True).first()
        if level is None:
            return True
        _levels[place_id] = level
    return _levels[place_id] <= PlaceLevel.TOWN


_levels: dict[UUID, int] = {}


def runs_below(place_id: UUID) -> QuerySet[Run]:
    """Return the runs of matters in a place below the town."""
    at = Q(matter__place=place_id) | Q(matter__village_id=place_id) | Q(matter__grid_id=place_id)
    return Run.objects.filter(at)
