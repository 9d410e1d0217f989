"""Screens in halls: set up by somebody, shown to everybody who is there, ended at any time."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from huiyin.insight.models import Screen
from huiyin.insight.refusals import NotYourPlace, TooManyScreens
from huiyin.matters.refusals import NotFound
from huiyin.people import access_log
from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind
from huiyin.places.models import Place
from huiyin.units.models import Unit

SECRET_BYTES: Final = 24
LONGEST_DAYS: Final = 400
MOST: Final = 20  # of a unit at a time
NEEDS: Final = "insight.see"  # of the permission set a screen sees by
# That it asked is written down at most once in this time, so that reading costs no writing.
NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A new screen; `secret` stands in its address, is shown once and is nowhere kept."""

    screen: Screen
    secret: str


def make_screen(*, label: str, place: Place, days: int, by: Actor, at: datetime) -> Made:
    """Set a screen up for a place in one's own; written into the access log.

    Window: `days`, 1 to 400. Raises NotYourPlace, TooManyScreens.
    """
    if by.unit_place_id not in {
        place.pk, place.village_id, place.town_id, place.county_id, place.city_id
    }:  # fmt: skip
        raise NotYourPlace(place=place.name)
    with transaction.atomic():
        # One at a time, so that nobody gets past the limit.
        unit = Unit.objects.select_for_update(no_key=True).get(pk=cast(UUID, by.unit_id))
        if _running(by, at).count() >= MOST:
            raise TooManyScreens(most=MOST)
        secret = secrets.token_urlsafe(SECRET_BYTES)
        screen = Screen.objects.create(
            digest=_digest(secret),
            label=label,
            place=place,
            unit=unit,
            permission_set_id=by.permission_set,
            made_at=at,
            made_by=by.account_id,
            expires_at=at + timedelta(days=min(max(days, 1), LONGEST_DAYS)),
        )
        _log("screen_made", screen, by=by, at=at)
    return Made(screen, secret)


def end_screen(*, screen_id: UUID, by: Actor, at: datetime) -> Screen:
    """End a screen of one's unit at once; written into the access log. Raises NotFound."""
    with transaction.atomic():
        found = Screen.objects.select_for_update().filter(pk=screen_id, unit=by.unit_id).first()
        if found is None:
            raise NotFound()
        if found.ended_at is None:
            found.ended_at, found.ended_by = at, by.account_id
            found.save(update_fields=["ended_at", "ended_by"])
            _log("screen_ended", found, by=by, at=at)
    return found


def screens_of(by: Actor, *, most: int = 60) -> list[Screen]:
    """Return the screens of one's unit, the latest first, those that are over too. One query."""
    rows = Screen.objects.filter(unit=by.unit_id).select_related("place")
    return list(rows.order_by("-made_at", "-pk")[:most])


def shown_on(secret: str, *, at: datetime) -> tuple[Screen, Actor] | None:
    """Return a screen and whose sight it has; None alike for unknown, ended and expired ones.

    Whoever it sees as has no account and may do nothing but look. One query, and once a minute the
    note that it asked.
    """
    found = (
        Screen.objects.select_related("place", "unit", "permission_set")
        .filter(digest=_digest(secret), ended_at=None, expires_at__gt=at)
        .first()
    )
    if found is None or NEEDS not in found.permission_set.permissions:
        return None
    if found.seen_at is None or at - found.seen_at >= NOTED_EVERY:
        Screen.objects.filter(pk=found.pk).update(seen_at=at)
    unit = found.unit
    return found, Actor(
        account_id=None,
        kind=AccountKind.STAFF,
        unit_id=unit.pk,
        unit_place_id=unit.place_id,
        unit_name=unit.short_name or unit.name,
        unit_kind=unit.kind,
        level=unit.level,
        permission_set=found.permission_set_id,
        permissions=frozenset(found.permission_set.permissions),
    )


def _running(by: Actor, at: datetime) -> QuerySet[Screen]:
    return Screen.objects.filter(unit=by.unit_id, ended_at=None, expires_at__gt=at)


def _digest(secret: str) -> bytes:
    """Return the hash of what an address holds; it is long and random, so a plain hash does."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _log(action: str, screen: Screen, *, by: Actor, at: datetime) -> None:
    access_log.record(
        by=by, at=at, action=action, subject_type="screen", subject_id=screen.pk,
        purpose=screen.label,
    )  # fmt: skip
