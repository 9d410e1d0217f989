"""Changing what is dated about places, one or many at a time: checks first, then a few statements.

The verbs call `restate` with one change, a load file with thousands.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from huiyin.places.derived import refresh
from huiyin.places.levels import level_of
from huiyin.places.models import Place, PlaceKind, PlaceVersion
from huiyin.places.names import syllables
from huiyin.places.refusals import (
    BeforeLastVersion,
    Closed,
    CodeInUse,
    CodeMalformed,
    KindOfAnotherLevel,
    NameMissing,
    NotBelow,
    NotKnown,
    NotYet,
    OverlayNotPossible,
    ParentMissing,
    ParentNotThereYet,
    TextTooLong,
)
from huiyin.ui.acts import By
from huiyin.ui.turns import take_turn

MAX_NAME = 80
MAX_BASIS = 240
_CODE = re.compile(r"[0-9A-Za-z-]{1,32}", re.ASCII)


class Keep(Enum):
    """The mark for "as it is", where None means "none"."""

    AS_IT_IS = "as it is"


AS_IT_IS: Final = Keep.AS_IT_IS


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one place on a day. What is not named stays."""

    place_id: UUID
    on: date
    basis: str = ""
    code: str | None = None
    name: str | None = None
    kind: PlaceKind | None = None
    parent_id: UUID | None = None
    overlay_parent_id: UUID | Keep | None = AS_IT_IS
    pinyin: str | None = None


def restate(changes: Sequence[Change], *, by: By, at: datetime) -> dict[UUID, Place]:
    """Make the changes, each from its day on; return the places as they are now.

    Takes part in the caller's transaction, which holds `lock_tree`. A change on the day on which
    the present version began amends that version; a change that changes nothing is left out.
    Raises Closed, NotYet, BeforeLastVersion, CodeInUse, CodeMalformed, NameMissing, TextTooLong,
    KindOfAnotherLevel, NotBelow, ParentMissing, ParentNotThereYet, OverlayNotPossible, NotKnown.
    """
    places = places_by_id(change.place_id for change in changes)
    others = {change.parent_id for change in changes if change.parent_id}
    others |= {
        change.overlay_parent_id for change in changes if isinstance(change.overlay_parent_id, UUID)
    }
    known = {**places_by_id(others - places.keys()), **places}
    versions = {
        version.place_id: version
        for version in PlaceVersion.objects.filter(place__in=places, valid_to=None)
    }
    effective = [change for change in changes if _changes(change, places[change.place_id])]
    today = timezone.localdate(at)
    for change in effective:
        check_open(places[change.place_id])
        _check(change, places[change.place_id], versions[change.place_id], known, today=today)
    check_codes(
        {
            change.place_id: (change.code, change.on)
            for change in effective
            if change.code and change.code != places[change.place_id].code
        }
    )
    _write_places(effective, places)
    _write_versions(effective, places, versions, by=by, at=at)
    if effective:
        refresh([change.place_id for change in effective])
    return {place.id: place for place in Place.objects.filter(id__in=places)}


def lock_tree() -> None:
    """Let one transaction at a time change the tree; changes are rare and reach far below."""
    take_turn("places.tree")


def places_by_id(ids: Iterable[UUID]) -> dict[UUID, Place]:
    """Return the places with these ids. Raises NotKnown when one is missing."""
    wanted = set(ids)
    found = Place.objects.in_bulk(wanted)
    for missing in wanted - found.keys():
        raise NotKnown(code=str(missing))
    return found


def check_day(on: date | None, *, at: datetime) -> None:
    """Refuse a day that has not come yet (local date of `at`)."""
    today = timezone.localdate(at)
    if on is not None and on > today:
        raise NotYet(on=on, today=today)


def check_texts(*, code: str, name: str, basis: str) -> None:
    """Refuse a malformed code, an empty name and texts that do not fit."""
    if not _CODE.fullmatch(code):
        raise CodeMalformed(code=code)
    if not name.strip():
        raise NameMissing(code=code)
    for text, limit in ((name, MAX_NAME), (basis, MAX_BASIS)):
        if len(text) > limit:
            raise TextTooLong(text=text, limit=limit)


def check_parent(*, name: str, kind: PlaceKind, parent: Place | None, since: date | None) -> None:
    """Refuse a parent that is not above, not open, or not yet there on the day `since`."""
    if parent is None:
        if kind != PlaceKind.CITY:
            raise ParentMissing(name=name)
        return
    if kind == PlaceKind.CITY or parent.level >= level_of(kind):
        raise NotBelow(name=name, parent=parent.name)
    check_open(parent)
    if parent.valid_from is not None and (since is None or since < parent.valid_from):
        raise ParentNotThereYet(parent=parent.name, since=parent.valid_from)


def check_overlay(
    *, name: str, kind: PlaceKind, place_id: UUID | None, overlay_parent: Place
) -> None:
    """Refuse land to lie on, except for a functional zone on an open place of its own level."""
    if (
        kind != PlaceKind.FUNCTIONAL_ZONE
        or overlay_parent.level != level_of(kind)
        or overlay_parent.id == place_id
    ):
        raise OverlayNotPossible(name=name)
    check_open(overlay_parent)


def check_open(place: Place) -> None:
    """Refuse a place that no longer exists."""
    if place.valid_to is not None:
        raise Closed(name=place.name, on=place.valid_to)


def check_codes(wanted: Mapping[UUID, tuple[str, date | None]]) -> None:
    """Refuse codes that another place has on the day or later, unless it gives them up as well.

    `wanted`: the new code of each place and its first day.
    """
    holders = PlaceVersion.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=_first_day(wanted)),
        code__in=[code for code, _ in wanted.values()],
    ).select_related("place")
    held: dict[str, list[PlaceVersion]] = {}
    for version in holders:
        held.setdefault(version.code, []).append(version)
    taken: dict[str, UUID] = {}
    for place_id, (code, on) in wanted.items():
        if taken.setdefault(code, place_id) != place_id:
            raise CodeInUse(code=code, holder=Place.objects.get(id=taken[code]).name)
        for version in held.get(code, ()):
            given_up = version.valid_to is None and version.place_id in wanted
            over = version.valid_to is not None and on is not None and version.valid_to <= on
            if not (given_up or over or version.place_id == place_id):
                raise CodeInUse(code=code, holder=version.place.full_name)


def _first_day(wanted: Mapping[UUID, tuple[str, date | None]]) -> date:
    days = [on for _, on in wanted.values()]
    return min((on for on in days if on is not None), default=date.min) if all(days) else date.min


def _changes(change: Change, place: Place) -> bool:
    return any(
        (
            change.code is not None and change.code != place.code,
            change.name is not None and change.name != place.name,
            change.kind is not None and change.kind != place.kind,
            change.parent_id is not None and change.parent_id != place.parent_id,
            change.overlay_parent_id is not AS_IT_IS
            and change.overlay_parent_id != place.overlay_parent_id,
            change.pinyin and _reading(change, place) != place.pinyin,
        )
    )


def _reading(change: Change, place: Place) -> str:
    name = place.name if change.name is None else change.name
    return " ".join(syllables(name, given=change.pinyin or ""))


def _check(
    change: Change,
    place: Place,
    version: PlaceVersion,
    known: Mapping[UUID, Place],
    *,
    today: date,
) -> None:
    if change.on > today:
        raise NotYet(on=change.on, today=today)
    if version.valid_from is not None and change.on < version.valid_from:
        raise BeforeLastVersion(name=place.name, since=version.valid_from)
    name = place.name if change.name is None else change.name
    check_texts(
        code=place.code if change.code is None else change.code, name=name, basis=change.basis
    )
    kind = PlaceKind(place.kind) if change.kind is None else change.kind
    if level_of(kind) != place.level:
        raise KindOfAnotherLevel(name=place.name, kind=kind)
    if change.parent_id is not None and change.parent_id != place.parent_id:
        check_parent(name=name, kind=kind, parent=known[change.parent_id], since=change.on)
    if isinstance(change.overlay_parent_id, UUID):
        check_overlay(
            name=name,
            kind=kind,
            place_id=place.id,
            overlay_parent=known[change.overlay_parent_id],
        )
    elif (
        change.overlay_parent_id is AS_IT_IS
        and place.overlay_parent_id is not None
        and kind != PlaceKind.FUNCTIONAL_ZONE
    ):
        raise OverlayNotPossible(name=name)


def _write_places(changes: Sequence[Change], places: Mapping[UUID, Place]) -> None:
    wanted = {change.code for change in changes if change.code != places[change.place_id].code}
    handing_on = [
        places[change.place_id]
        for change in changes
        if change.code and places[change.place_id].code in wanted
    ]
    for place in handing_on:  # step aside first: a code is unique at every moment
        place.code = f"moving-{place.id.hex[-24:]}"
    Place.objects.bulk_update(handing_on, ["code"], batch_size=1000)
    for change in changes:
        place = places[change.place_id]
        if change.code is not None:
            place.code = change.code
        if change.kind is not None:
            place.kind = change.kind
        if change.parent_id is not None:
            place.parent_id = change.parent_id
        if change.overlay_parent_id is not AS_IT_IS:
            place.overlay_parent_id = change.overlay_parent_id
        if change.name is not None and change.name != place.name:
            place.name = change.name
            place.pinyin = ""  # the old reading is of the old name
        if change.pinyin:
            place.pinyin = change.pinyin
    Place.objects.bulk_update(
        [places[change.place_id] for change in changes],
        ["code", "name", "kind", "parent", "overlay_parent", "pinyin"],
        batch_size=1000,
    )


def _write_versions(
    changes: Sequence[Change],
    places: Mapping[UUID, Place],
    versions: Mapping[UUID, PlaceVersion],
    *,
    by: By,
    at: datetime,
) -> None:
    amended, ended, begun = [], [], []
    for change in changes:
        place, version = places[change.place_id], versions[change.place_id]
        stated = {
            "code": place.code,
            "name": place.name,
            "kind": place.kind,
            "parent_id": place.parent_id,
            "overlay_parent_id": place.overlay_parent_id,
        }
        if all(getattr(version, field) == value for field, value in stated.items()):
            continue  # only the reading changed, which is not dated
        if version.valid_from == change.on:
            for field, value in stated.items():
                setattr(version, field, value)
            version.basis = change.basis or version.basis
            amended.append(version)
            continue
        version.valid_to = change.on
        ended.append(version)
        begun.append(
            PlaceVersion(
                place_id=place.id,
                **stated,
                valid_from=change.on,
                basis=change.basis,
                recorded_at=at,
                recorded_by=by.account_id,
            )
        )
    PlaceVersion.objects.bulk_update(ended, ["valid_to"], batch_size=1000)
    PlaceVersion.objects.bulk_update(
        amended, ["code", "name", "kind", "parent", "overlay_parent", "basis"], batch_size=1000
    )
    PlaceVersion.objects.bulk_create(begun, batch_size=1000)
