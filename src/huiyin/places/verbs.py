"""What can be done to a place. Each verb is one transaction and keeps today and the dates in step.

`Place` shows today's state and `PlaceVersion` every state from a day on, so a change is recorded on
the day it takes effect or later, never ahead. Names, codes and parents change through `restate`,
which also brings the full names, ancestors and search keys of everything below in line.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.places.bulk import PlaceRow, check_point, insert_places
from huiyin.places.changes import (
    AS_IT_IS,
    MAX_BASIS,
    Change,
    Keep,
    check_day,
    check_open,
    check_texts,
    lock_tree,
    places_by_id,
    restate,
)
from huiyin.places.coordinates import Crs, as_wgs84
from huiyin.places.models import Boundary, Place, PlaceKind, PlaceSuccession, PlaceVersion
from huiyin.places.outlines import read_outline
from huiyin.places.refusals import (
    BeforeLastVersion,
    LevelsDiffer,
    NoPlacesNamed,
    NotKnown,
    OpenChildren,
    OutlineUnusable,
    OverlaysLeft,
    SuccessorItself,
    TextTooLong,
)
from huiyin.ui.acts import By, recording

MAX_AS_OF = 40


def register_place(
    *,
    code: str,
    name: str,
    kind: PlaceKind,
    parent_id: UUID | None,
    valid_from: date | None,
    by: By,
    at: datetime,
    overlay_parent_id: UUID | None = None,
    basis: str = "",
    pinyin: str = "",
    lon: float | None = None,
    lat: float | None = None,
    households: int | None = None,
    is_all_purpose: bool = False,
) -> Place:
    """Register a place from a day on (None: since nobody knows when).

    `lon`, `lat`: WGS84. `pinyin`: only where the computed reading is wrong.
    Raises CodeInUse, CodeMalformed, NameMissing, TextTooLong, NotYet, NotBelow, ParentMissing,
    ParentNotThereYet, OverlayNotPossible, PointIncomplete, PointNotOnEarth, Closed, NotKnown.
    """
    with transaction.atomic(), recording("places.register", by=by, at=at):
        lock_tree()
        over = places_by_id(found for found in (parent_id, overlay_parent_id) if found)
        row = PlaceRow(
            code=code,
            name=name,
            kind=kind,
            parent_code=over[parent_id].code if parent_id else "",
            overlay_parent_code=over[overlay_parent_id].code if overlay_parent_id else "",
            lon=lon,
            lat=lat,
            households=households,
            is_all_purpose=is_all_purpose,
            valid_from=valid_from,
            basis=basis,
            pinyin=pinyin,
        )
        for place in over.values():
            check_open(place)
        return insert_places([row], by=by, at=at)[code]


def rename(
    *,
    place_id: UUID,
    name: str,
    on: date,
    by: By,
    at: datetime,
    kind: PlaceKind | None = None,
    pinyin: str = "",
    basis: str = "",
) -> Place:
    """Give a place another name from a day on, and another kind of the same level (乡 to 镇).

    The old name still finds it. Raises what `restate` raises.
    """
    change = Change(
        place_id=place_id, on=on, basis=basis, name=name, kind=kind, pinyin=pinyin or None
    )
    return _restated("places.rename", change, by=by, at=at)


def recode(*, place_id: UUID, code: str, on: date, by: By, at: datetime, basis: str = "") -> Place:
    """Give a place another code from a day on; the places below keep theirs."""
    change = Change(place_id=place_id, on=on, basis=basis, code=code)
    return _restated("places.recode", change, by=by, at=at)


def move(
    *,
    place_id: UUID,
    parent_id: UUID,
    on: date,
    by: By,
    at: datetime,
    code: str | None = None,
    overlay_parent_id: UUID | Keep | None = AS_IT_IS,
    basis: str = "",
) -> Place:
    """Lay a place, with all below it, under another parent from a day on; it keeps its id.

    `code`: the new code, where it gets one. `overlay_parent_id`: for a zone, the county on whose
    land it now lies (None: on nobody's).
    """
    change = Change(
        place_id=place_id,
        on=on,
        basis=basis,
        code=code,
        parent_id=parent_id,
        overlay_parent_id=overlay_parent_id,
    )
    return _restated("places.move", change, by=by, at=at)


def merge(
    *,
    predecessor_ids: Sequence[UUID],
    successor_id: UUID,
    on: date,
    by: By,
    at: datetime,
    with_children: bool = False,
    basis: str = "",
) -> Place:
    """Let one place take over from others, which end on that day.

    `with_children`: what lies under them goes over to the successor with its codes; otherwise it
    must have been moved or closed before. Raises NoPlacesNamed, SuccessorItself, LevelsDiffer,
    OpenChildren, OverlaysLeft, Closed, NotYet, BeforeLastVersion.
    """
    if not predecessor_ids:
        raise NoPlacesNamed()
    with transaction.atomic(), recording("places.merge", by=by, at=at):
        lock_tree()
        check_day(on, at=at)
        places = places_by_id([*predecessor_ids, successor_id])
        successor = places[successor_id]
        check_open(successor)
        predecessors = [places[place_id] for place_id in dict.fromkeys(predecessor_ids)]
        for predecessor in predecessors:
            _check_follows(predecessor, successor, on=on)
        if with_children:
            children = Place.objects.filter(parent__in=predecessors, valid_to=None)
            restate(
                [
                    Change(place_id=child.id, on=on, basis=basis, parent_id=successor_id)
                    for child in children
                ],
                by=by,
                at=at,
            )
        for predecessor in predecessors:
            _end(predecessor, on=on)
        _link(predecessors, [successor], PlaceSuccession.Kind.MERGE, on=on, basis=basis)
        return Place.objects.get(id=successor_id)


def split(
    *,
    predecessor_id: UUID,
    successor_ids: Sequence[UUID],
    on: date,
    by: By,
    at: datetime,
    closes: bool = True,
    basis: str = "",
) -> list[Place]:
    """Let several places take over from one; return them.

    The successors are registered before, and what lay under the place is moved before. `closes`
    False: only a part was cut off, the place goes on. Raises as `merge`.
    """
    if not successor_ids:
        raise NoPlacesNamed()
    with transaction.atomic(), recording("places.split", by=by, at=at):
        lock_tree()
        check_day(on, at=at)
        places = places_by_id([predecessor_id, *successor_ids])
        predecessor = places[predecessor_id]
        successors = [places[place_id] for place_id in dict.fromkeys(successor_ids)]
        check_open(predecessor)
        for successor in successors:
            check_open(successor)
            _check_follows(predecessor, successor, on=on)
        if closes:
            _end(predecessor, on=on)
        _link([predecessor], successors, PlaceSuccession.Kind.SPLIT, on=on, basis=basis)
        return successors


def close(*, place_id: UUID, on: date, by: By, at: datetime, basis: str = "") -> Place:
    """End a place that nobody takes over from; `on` is the first day on which it is no more.

    Raises OpenChildren, OverlaysLeft, Closed, NotYet, BeforeLastVersion.
    """
    with transaction.atomic(), recording("places.close", by=by, at=at):
        lock_tree()
        check_day(on, at=at)
        check_texts(code="-", name="-", basis=basis)
        place = places_by_id([place_id])[place_id]
        _end(place, on=on, basis=basis)
        return place


def set_boundary(
    *,
    place_id: UUID,
    geometry: Mapping[str, Any],
    source: str,
    licence: str,
    by: By,
    at: datetime,
    crs: Crs = Crs.WGS84,
    as_of: str = "",
) -> Boundary:
    """Give a place its outline, or another one; the old one stays in the history.

    The same outline again changes nothing.
    `geometry`: a GeoJSON Polygon or MultiPolygon, longitude first; stored in WGS84. `as_of`: what
    the source says. Raises OutlineUnusable, TextTooLong, Closed, NotKnown.
    """
    with transaction.atomic(), recording("places.set_boundary", by=by, at=at):
        lock_tree()
        place = places_by_id([place_id])[place_id]
        check_open(place)
        for text, limit in ((source, MAX_BASIS), (licence, MAX_BASIS), (as_of, MAX_AS_OF)):
            if len(text) > limit:
                raise TextTooLong(text=text, limit=limit)
        try:
            outline = read_outline(geometry, crs=crs)
        except ValueError as error:
            raise OutlineUnusable(name=place.name, problem=str(error)) from None
        said = {"geometry": outline, "source": source, "licence": licence, "as_of": as_of}
        boundary = Boundary.objects.filter(place=place).first() or Boundary(place=place)
        if any(getattr(boundary, field) != value for field, value in said.items()):
            for field, value in said.items():
                setattr(boundary, field, value)
            boundary.save()
        return boundary


def set_point(
    *,
    place_id: UUID,
    lon: float | None,
    lat: float | None,
    by: By,
    at: datetime,
    crs: Crs = Crs.WGS84,
) -> Place:
    """Set the point that stands for a place on a map, or take it away (both None).

    Raises PointIncomplete, PointNotOnEarth, Closed, NotKnown.
    """
    with transaction.atomic(), recording("places.set_point", by=by, at=at):
        check_point(lon, lat)
        place = _open_for_update(place_id)
        place.lon, place.lat = (None, None)
        if lon is not None and lat is not None:
            place.lon, place.lat = as_wgs84(lon, lat, crs=crs)
        place.save(update_fields=["lon", "lat"])
        return place


def describe(
    *, place_id: UUID, households: int | None, is_all_purpose: bool, by: By, at: datetime
) -> Place:
    """Set the number of households and whether a grid serves all departments (GBZ21 6).

    Raises Closed, NotKnown.
    """
    with transaction.atomic(), recording("places.describe", by=by, at=at):
        place = _open_for_update(place_id)
        place.households, place.is_all_purpose = households, is_all_purpose
        place.save(update_fields=["households", "is_all_purpose"])
        return place


def _restated(act: str, change: Change, *, by: By, at: datetime) -> Place:
    with transaction.atomic(), recording(act, by=by, at=at):
        lock_tree()
        return restate([change], by=by, at=at)[change.place_id]


def _open_for_update(place_id: UUID) -> Place:
    place = Place.objects.select_for_update(of=("self",)).filter(id=place_id).first()
    if place is None:
        raise NotKnown(code=str(place_id))
    check_open(place)
    return place


def _check_follows(predecessor: Place, successor: Place, *, on: date) -> None:
    if predecessor.id == successor.id:
        raise SuccessorItself(name=predecessor.name)
    if predecessor.level != successor.level:
        raise LevelsDiffer(name=predecessor.name, other=successor.name)
    if successor.valid_from is not None and on < successor.valid_from:
        raise BeforeLastVersion(name=successor.name, since=successor.valid_from)


def _end(place: Place, *, on: date, basis: str = "") -> None:
    check_open(place)
    children = Place.objects.filter(parent=place, valid_to=None)
    if count := children.count():
        raise OpenChildren(name=place.name, count=count, example=children[0].name)
    if overlay := Place.objects.filter(overlay_parent=place, valid_to=None).first():
        raise OverlaysLeft(name=place.name, overlay=overlay.name)
    version = PlaceVersion.objects.get(place=place, valid_to=None)
    if version.valid_from is not None and on <= version.valid_from:
        raise BeforeLastVersion(name=place.name, since=version.valid_from)
    version.valid_to = on
    version.ended_basis = basis
    version.save(update_fields=["valid_to", "ended_basis"])
    place.valid_to = on
    place.save(update_fields=["valid_to"])


def _link(
    predecessors: Sequence[Place],
    successors: Sequence[Place],
    kind: PlaceSuccession.Kind,
    *,
    on: date,
    basis: str,
) -> None:
    PlaceSuccession.objects.bulk_create(
        PlaceSuccession(predecessor=before, successor=after, kind=kind, on=on, basis=basis)
        for before in predecessors
        for after in successors
    )
