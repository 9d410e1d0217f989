"""Desks of offices: governance centres, departments, and those who keep a unit's accounts."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from huiyin.people.actors import Actor
from huiyin.people.guards import NotPermittedHere
from huiyin.people.models import Account, GridRole, Post
from huiyin.units.models import Duty, RosterEntry, Unit, UnitOfficer
from huiyin.units.queries import going_on, held_on
from huiyin.web.figures import count_without, figures_of, grids_without, units_by_kind, within

DUTIES_SHOWN = 12
SHOWN = 8  # rows of a list on a desk; the whole list is one click away


def my_unit(actor: Actor) -> Unit:
    """Return the unit of the post, with its place, superior and host. Raises NotPermittedHere."""
    if actor.unit_id is None:
        raise NotPermittedHere
    return Unit.objects.select_related("place", "superior", "host").get(pk=actor.unit_id)


def my_account(actor: Actor) -> UUID:
    """Return the account of whoever acts. Raises NotPermittedHere for the system itself."""
    if actor.account_id is None:
        raise NotPermittedHere
    return actor.account_id


def other_posts(actor: Actor, *, at: datetime) -> list[Post]:
    """Return the other posts this person holds today."""
    return list(
        Post.objects.filter(held_on(timezone.localdate(at)), account=my_account(actor))
        .exclude(pk__in=[actor.post_id])
        .select_related("unit", "permission_set")
        .order_by("ref")
    )


def centre_clerk(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """The units of my place, the grids without a full-time worker, who is on duty now."""
    on = timezone.localdate(at)
    unit = my_unit(actor)
    gaps = grids_without(GridRole.FULL_TIME, unit.place, on=on)
    return {
        "unit": unit,
        "figures": figures_of(unit.place, on=on),
        "gap_count": count_without(GridRole.FULL_TIME, unit.place, on=on),
        "gaps": list(gaps.select_related("village", "town")[:SHOWN]),
        "kinds": units_by_kind(unit.place, on=on),
        "duty": list(
            RosterEntry.objects.filter(within(unit.place, "unit__place__"), going_on(at))
            .select_related("unit")
            .order_by("unit__place__level", "unit__code", "starts_at")[:SHOWN]
        ),
    }


def department_clerk(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """What my unit answers for, who leads it, whom it reports to, my other posts."""
    on = timezone.localdate(at)
    unit = my_unit(actor)
    duties = Duty.objects.filter(held_on(on), unit=unit).select_related("category", "place")
    return {
        "unit": unit,
        "duty_count": duties.count(),
        "duties": list(duties.order_by("category__code", "place__code")[:DUTIES_SHOWN]),
        "officers": list(UnitOfficer.objects.filter(held_on(on), unit=unit).order_by("role")),
        "below": Unit.objects.filter(held_on(on), superior=unit).count(),
        "posts": other_posts(actor, at=at),
    }


def unit_admin(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """Who has an account in my unit, which accounts wait for their owner, which posts end soon."""
    on = timezone.localdate(at)
    unit = my_unit(actor)
    posts = Post.objects.filter(held_on(on), unit=unit)
    soon = posts.filter(valid_to__lte=on + timedelta(days=30)).select_related(
        "account", "permission_set"
    )
    return {
        "unit": unit,
        "accounts": Account.objects.filter(posts__in=posts).aggregate(
            all=Count("pk", distinct=True),
            waiting=Count("pk", distinct=True, filter=Q(last_login=None)),
            closed=Count("pk", distinct=True, filter=Q(is_active=False)),
        ),
        "ending": list(soon.order_by("valid_to", "ref")[:SHOWN]),
        "officers": list(UnitOfficer.objects.filter(held_on(on), unit=unit).order_by("role")),
        "below": Unit.objects.filter(held_on(on), superior=unit).count(),
    }
