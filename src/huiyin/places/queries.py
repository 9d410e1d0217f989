"""Reading the tree: by code, on a day, upwards, downwards, and to those who took over."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from huiyin.places.levels import COLUMN_OF
from huiyin.places.models import Place, PlaceKind, PlaceLevel, PlaceSuccession, PlaceVersion
from huiyin.places.names import full_name, place_form, short_name


def place_by_code(code: str, *, on: date | None = None) -> Place | None:
    """Return the place that has this code today, or had it on the day `on`, or None.

    Codes pass from place to place, so an old paper needs its date.
    """
    if on is None:
        return Place.objects.filter(code=code, valid_to=None).first()
    version = as_of(on).filter(code=code).select_related("place").first()
    return version.place if version else None


def as_of(on: date) -> QuerySet[PlaceVersion]:
    """Return the state of every place that existed on a day."""
    return PlaceVersion.objects.filter(
        Q(valid_from=None) | Q(valid_from__lte=on), Q(valid_to=None) | Q(valid_to__gt=on)
    )


def full_name_on(place: Place, on: date) -> str:
    """Return the full name in the words of a day; empty when the place did not exist then.

    Queries once for each level above the place.
    """
    line: list[PlaceVersion] = []
    step: UUID | None = place.id
    while step is not None:
        version = as_of(on).filter(place=step).first()
        if version is None:
            return ""
        line.append(version)
        step = version.parent_id
    line.reverse()
    city = short_name(line[0].name, PlaceKind(line[0].kind)) if line else ""
    full, names = "", tuple[str, ...]()
    for version in line:
        kind = PlaceKind(version.kind)
        full = full_name(version.name, kind, parent_full=full, parent_names=names, city=city)
        names = (
            version.name,
            short_name(version.name, kind, city=city),
            place_form(version.name, kind),
        )
    return full


def ancestors(place: Place) -> list[Place]:
    """Return the places above, the city first, the place itself not included. One query."""
    above = (place.city_id, place.county_id, place.town_id, place.village_id)
    ids = [place_id for place_id in above if place_id is not None and place_id != place.id]
    return list(Place.objects.filter(id__in=ids).order_by("level"))


def children(place: Place, *, with_overlays: bool = False) -> QuerySet[Place]:
    """Return the places of today directly below; `with_overlays`: and the zones on its land."""
    below = Q(parent=place)
    if with_overlays:
        below |= Q(overlay_parent=place)
    return Place.objects.filter(below, valid_to=None).order_by("level", "code")


def descendants(
    place: Place, *, level: PlaceLevel | None = None, with_overlays: bool = False
) -> QuerySet[Place]:
    """Return the places of today anywhere below, of one level or of all, not the place itself.

    `with_overlays`: also the zones on its land and what lies below them (德城区 with 天衢新区).
    """
    below = below_condition(place)
    for zone in _overlays(place) if with_overlays else ():
        below |= below_condition(zone) | Q(id=zone.id)
    found = Place.objects.filter(below, valid_to=None).exclude(id=place.id)
    if level is not None:
        found = found.filter(level=level)
    return found.order_by("level", "code")


def below_condition(place: Place) -> Q:
    """Return the condition for this place and all below it; one range of one index."""
    column = COLUMN_OF.get(PlaceLevel(place.level))
    return Q(id=place.id) if column is None else Q(**{column: place.id})


def counts_below(place: Place, *, with_overlays: bool = False) -> dict[PlaceLevel, int]:
    """Return how many places of each level lie below today; levels with none are left out.

    A zone is counted where it is asked for: with the county it lies on only `with_overlays`.
    """
    rows = (
        descendants(place, with_overlays=with_overlays)
        .order_by()
        .values_list("level")
        .annotate(count=Count("id"))
    )
    return {PlaceLevel(level): count for level, count in sorted(rows)}


def child_counts(places: Collection[Place]) -> dict[UUID, int]:
    """Return how many places lie directly below each of these today (0 included). One query."""
    rows = (
        Place.objects.filter(parent__in=places, valid_to=None)
        .order_by()
        .values_list("parent_id")
        .annotate(count=Count("id"))
    )
    return {**{place.id: 0 for place in places}, **dict(rows)}


def successors_today(place: Place) -> list[Place]:
    """Return the places that stand for this one today: itself while it exists, else who took over.

    Follows merges and splits as far as they go; empty when nobody took over. One query a step.
    """
    if place.valid_to is None:
        return [place]
    seen, ends, steps = {place.id}, list[Place](), [place.id]
    while steps:
        links = PlaceSuccession.objects.filter(predecessor__in=steps).select_related("successor")
        after = {link.successor_id: link.successor for link in links}
        fresh = [found for place_id, found in after.items() if place_id not in seen]
        seen.update(after)
        ends += [found for found in fresh if found.valid_to is None]
        steps = [found.id for found in fresh if found.valid_to is not None]
    return sorted(ends, key=lambda found: (found.level, found.code))


def predecessors(place: Place) -> QuerySet[Place]:
    """Return the places that this one took over from directly."""
    return Place.objects.filter(successions__successor=place).order_by("code")


def _overlays(place: Place) -> QuerySet[Place]:
    return Place.objects.filter(overlay_parent=place, valid_to=None)
