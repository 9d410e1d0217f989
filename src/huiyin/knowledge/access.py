"""Who may read, write and publish entries: one place for it.

All staff read. A unit's own people write what it owns; whoever publishes does so for the units of
the place their own unit stands in.
"""

from collections.abc import Mapping
from typing import Final
from uuid import UUID

from huiyin.knowledge.models import Entry
from huiyin.knowledge.refusals import NotFound
from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit

WRITE: Final = "knowledge.write"
PUBLISH: Final = "knowledge.publish"
_COLUMN: Final[Mapping[PlaceLevel, str]] = {
    PlaceLevel.CITY: "city_id",
    PlaceLevel.COUNTY: "county_id",
    PlaceLevel.TOWN: "town_id",
    PlaceLevel.VILLAGE: "village_id",
}


def entry(pk: UUID, *, by: Actor) -> Entry:
    """Return an entry with its versions and owner. Raises NotFound."""
    if not (by.is_system or (by.kind == AccountKind.STAFF and by.unit_id is not None)):
        raise NotFound()
    rows = Entry.objects.select_related("latest", "shown", "owner__place")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found


def may_write(of: Entry, *, by: Actor) -> bool:
    """Tell whether somebody may change an entry: of its own unit, or publishing for its place."""
    is_own = by.may(WRITE) and by.unit_id == of.owner_id
    return by.is_system or is_own or may_publish(of, by=by)


def may_publish(of: Entry, *, by: Actor) -> bool:
    """Tell whether somebody may publish and withdraw an entry, whoever wrote it."""
    return by.is_system or (by.may(PUBLISH) and covers(by, of.owner))


def covers(by: Actor, unit: Unit) -> bool:
    """Tell whether a unit is one's own, or stands in the place of one's own."""
    if by.unit_id == unit.pk:
        return True
    place: Place = unit.place
    own = by.unit_place_id
    above = [place.pk, *(getattr(place, column) for column in _COLUMN.values())]
    return own is not None and own in above
