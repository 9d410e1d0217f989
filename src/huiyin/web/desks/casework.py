"""Desks of those who answer people: hotline, petition offices, mediators."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from huiyin.people.actors import Actor
from huiyin.people.models import Mediator
from huiyin.places.models import PlaceLevel
from huiyin.units.models import RosterEntry, Unit, UnitKind
from huiyin.units.queries import going_on, held_on
from huiyin.web.desks.office import SHOWN, my_unit
from huiyin.web.figures import units_by_kind, within
from huiyin.web.terms import current_terms

PETITION_TERMS = (
    "pet.route",
    "pet.notice_direct",
    "pet.object",
    "pet.handle",
    "pet.review_decide",
    "pet.rereview_decide",
)
MEDIATION_TERMS = (
    "mediation.confirm_request",
    "court.delegated",
    "court.entrusted",
    "court.org_accept",
    "meddisp.committee",
    "labour.mediation",
)


def hotline_agent(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """Place and matter in, responsible unit and what to say out; who is on duty."""
    unit = my_unit(actor)
    return {
        "unit": unit,
        "duty": list(
            RosterEntry.objects.filter(Q(unit=unit) | Q(unit__superior=unit), going_on(at))
            .select_related("unit")
            .order_by("unit__code", "starts_at")[:SHOWN]
        ),
        "centres": list(
            Unit.objects.filter(
                held_on(timezone.localdate(at)),
                kind=UnitKind.GOVERNANCE_CENTRE,
                level=PlaceLevel.COUNTY,
            )
            .filter(within(unit.place, "place__"))
            .select_related("place")
            .order_by("place__code", "code")[:20]
        ),
    }


def petition_clerk(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """The petition offices up and down the line, and the limits of the law to hand."""
    on = timezone.localdate(at)
    unit = my_unit(actor)
    line = Q(within(unit.place, "place__")) | Q(
        place__in=[unit.place.city_id, unit.place.county_id]
    )
    offices = Unit.objects.filter(line, held_on(on), kind=UnitKind.PETITION_OFFICE)
    return {
        "unit": unit,
        "offices": list(
            offices.exclude(pk=unit.pk).select_related("place").order_by("level", "code")[:12]
        ),
        "committees": dict(units_by_kind(unit.place, on=on)).get(UnitKind.MEDIATION_COMMITTEE, 0),
        "terms": current_terms(PETITION_TERMS, on=on),
    }


def mediator(actor: Actor, at: datetime) -> Mapping[str, Any]:
    """My committee and its members, its rooms, the courts and offices it works with."""
    on = timezone.localdate(at)
    unit = my_unit(actor)
    committee = unit
    if unit.kind != UnitKind.MEDIATION_COMMITTEE:
        mine = (
            Unit.objects.filter(mediators__account=actor.account_id)
            .select_related("place", "superior")
            .order_by("code")
            .first()
        )
        committee = mine or unit
    members = Mediator.objects.filter(held_on(on), committee=committee)
    place = committee.place
    partners = Unit.objects.filter(
        held_on(on),
        Q(kind=UnitKind.COURT, place__in=[i for i in (place.county_id, place.city_id) if i])
        | Q(
            kind__in=(UnitKind.JUSTICE_OFFICE, UnitKind.POLICE_STATION),
            place__in=[i for i in (place.town_id, place.county_id) if i],
        ),
    )
    return {
        "unit": unit,
        "committee": committee,
        "member_count": members.count(),
        "members": list(members.order_by("kind", "ref")[:SHOWN]),
        "rooms": list(
            Unit.objects.filter(held_on(on), kind=UnitKind.STATIONED_ROOM, superior=committee)
            .select_related("host")
            .order_by("code")[:SHOWN]
        ),
        "partners": list(partners.select_related("place").order_by("-level", "kind", "code")[:6]),
        "terms": current_terms(MEDIATION_TERMS, on=on),
    }
