"""Desks of those who look over the whole: leaders, the city's administrators, auditors."""

from collections.abc import Hashable, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Q
from django.urls import reverse
from django.utils import timezone

from huiyin.people.access_log import LOOKS, log_seen_by
from huiyin.people.actors import Actor
from huiyin.people.models import Account, AccountKind, GridRole
from huiyin.places.models import Place, PlaceLevel, PlaceVersion
from huiyin.ui.kept import Kept
from huiyin.units.models import Unit, UnitKind, UnitOfficer
from huiyin.units.queries import held_on
from huiyin.web import system
from huiyin.web.desks.office import SHOWN, my_unit
from huiyin.web.figures import (
    KEPT_SECONDS,
    count_without,
    figures_by_child,
    figures_of,
    gaps_by_county,
    grids_without,
    map_legend,
    units_by_kind,
    within,
)
from huiyin.web.looks import lines

_kept: Final[Kept[Hashable, Any]] = Kept(KEPT_SECONDS)  # counts of whole registers


def leader(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """What there is in my place, and what is missing: numerators with their denominators."""
    on = timezone.localdate(at)
    unit = my_unit(actor)
    place = unit.place
    below = list(
        Place.objects.filter(parent=place, valid_to=None)
        .exclude(level=PlaceLevel.GRID)
        .select_related("overlay_parent")
        .order_by("code")[:200]
    )
    counted = figures_by_child(place, below, on=on) if place.level <= PlaceLevel.TOWN else {}
    gaps = grids_without(GridRole.FULL_TIME, place, on=on)
    by_county = gaps_by_county(place, on=on) if place.level == PlaceLevel.CITY else {}
    asked = _kept.get(("departments", place.pk), lambda: _departments(place, on))
    return {
        "unit": unit,
        "place": place,
        "figures": figures_of(place, on=on),
        "rows": [(child, counted.get(child.pk)) for child in below],
        "legend": map_legend(max(by_county.values(), default=0)),
        "map_url": f"{reverse('web:map_data')}?figures=gaps"
        if place.level == PlaceLevel.CITY
        else "",
        "kinds": units_by_kind(place, on=on),
        "gap_count": count_without(GridRole.FULL_TIME, place, on=on),
        "gaps": list(gaps.select_related("village", "town")[:SHOWN]),
        "departments": asked["all"],
        "departments_with_liaison": asked["with_liaison"],
    }


def _departments(place: Place, on: date) -> dict[str, Any]:
    """Return how many departments there are in a place, and how many of them have a liaison."""
    liaisons = UnitOfficer.objects.filter(held_on(on), role="liaison").values("unit_id")
    inside = Unit.objects.filter(within(place, "place__"), held_on(on), kind=UnitKind.DEPARTMENT)
    return inside.aggregate(
        all=Count("pk"), with_liaison=Count("pk", filter=Q(pk__in=liaisons))
    )  # fmt: skip


def city_admin(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """Whether the installation is well, what was loaded last, how much is in it."""
    on = timezone.localdate(at)
    unit = my_unit(actor)
    readings = system.readings()
    return {
        "unit": unit,
        "figures": figures_of(unit.place, on=on),
        "readings": readings,
        "all_well": all(reading.well for reading in readings),
        "changed_at": _kept.get("changed at", _changed_at),
        "accounts": _kept.get("accounts", lambda: _accounts(at)),
    }


def _accounts(at: datetime) -> dict[str, Any]:
    """Return how many accounts there are, of staff and of residents."""
    return Account.objects.filter(is_active=True).aggregate(
        staff=Count("pk", filter=Q(kind=AccountKind.STAFF)),
        waiting=Count("pk", filter=Q(kind=AccountKind.STAFF, last_login=None)),
        residents=Count("pk", filter=Q(kind=AccountKind.RESIDENT)),
        lately=Count("pk", filter=Q(kind=AccountKind.STAFF, last_login__gt=at - timedelta(days=7))),
    )


def _changed_at() -> datetime | None:
    """Return when a place or a unit was last entered."""
    return max(filter(None, (_last_of(PlaceVersion), _last_of(Unit))), default=None)


def _last_of(model: type[PlaceVersion | Unit]) -> datetime | None:
    """Return when a row of this kind was last entered, by a load or by hand."""
    latest: datetime | None = model.objects.aggregate(at=Max("recorded_at"))["at"]
    return latest


def auditor(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """How often protected data was looked at today and this week, and the latest entries."""
    seen = log_seen_by(actor)
    looks = seen.filter(action__in=LOOKS)
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    week = looks.filter(at__gte=at - timedelta(days=7)).order_by()
    return {
        "today_count": looks.filter(at__gte=midnight).count(),
        "week": week.aggregate(looks=Count("pk"), people=Count("account_id", distinct=True)),
        "latest": lines(seen[:SHOWN]),
    }
