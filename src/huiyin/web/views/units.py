"""Offices: finding one, and the page of each."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.people.guards import public
from huiyin.people.models import AccountKind, Mediator
from huiyin.places.models import Place, PlaceLevel
from huiyin.units import hours, wording
from huiyin.units.models import Unit, UnitKind
from huiyin.units.queries import (
    duties_of,
    held_on,
    officers_of,
    on_duty,
    rooms_hosted,
    search_units,
    units_below,
)
from huiyin.web.changes import changes_of
from huiyin.web.figures import within
from huiyin.web.finding import by_code
from huiyin.web.paging import Page, page
from huiyin.web.stars import rated
from huiyin.web.views.places import trail
from huiyin.web.views.start import question

MEMBERS_SHOWN = 60
FOUND_SHOWN = 50


@public
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Every office of today, narrowed by words, kind and place."""
    on = timezone.localdate()
    q, kind = question(request, "q"), question(request, "kind")
    where = by_code(question(request, "place"))
    if where is not None and where.level == PlaceLevel.CITY:
        where = None
    if q:
        kinds = [UnitKind(kind)] if kind in UnitKind.values else None
        found = search_units(q, on=on, within=where, kinds=kinds, limit=FOUND_SHOWN)
        shown: Page[Unit] = Page(found, "", "")
    else:
        rows = Unit.objects.filter(held_on(on)).select_related("place")
        if kind in UnitKind.values:
            rows = rows.filter(kind=kind)
        if where is not None:
            rows = rows.filter(within(where, "place__"))
        shown = page(request, rows, key="code")
    counties = list(Place.objects.filter(level=PlaceLevel.COUNTY, valid_to=None).order_by("code"))
    context = {
        "q": q,
        "kind": kind,
        "kinds": UnitKind.choices,
        "where": where,
        # A place below the county is reached by a link; it stays in the choice while it holds.
        "choices": [where, *counties] if where and where not in counties else counties,
        "in_chinese": (get_language() or "").startswith("zh"),
        "page": shown,
        "cut": bool(q) and len(shown.items) == FOUND_SHOWN,
    }
    return render(request, "web/units.html", context)


@public
@require_safe
def unit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One office: how to reach it, what it answers for, who leads it, who is on duty."""
    found = (
        Unit.objects.select_related(
            "superior", "host", "place__city", "place__county", "place__town", "place__village"
        )
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    now = timezone.now()
    on = timezone.localdate(now)
    actor = getattr(request, "actor", None)
    is_staff = actor is not None and actor.kind == AccountKind.STAFF
    context: dict[str, Any] = {
        "unit": found,
        "trail": [*trail(found.place, itself=False), {"label": _("Office"), "url": ""}],
        "closed": found.valid_to is not None and found.valid_to <= on,
        "hours": wording.hours_lines(found.opening_hours),
        "open_now": hours.is_open(found.opening_hours, now),
        "open_words": wording.open_words(found.opening_hours, now),
        "officers": officers_of(found, on=on),
        "duties": page(request, duties_of(found, on=on), key="id", prefix="duty-", anchor="duties"),
        "below": page(
            request, units_below(found, on=on), key="code", prefix="below-", anchor="below"
        ),
        "rooms": list(rooms_hosted(found, on=on)),
        "duty": on_duty(found, at=now),
        "rated": rated(found.pk),
        "changes": changes_of(found) if is_staff else [],
    }
    if found.kind == UnitKind.MEDIATION_COMMITTEE:
        members = Mediator.objects.filter(held_on(on), committee=found)
        context |= {
            "member_count": members.count(),
            "members": list(members.order_by("kind", "ref")[:MEMBERS_SHOWN]),
        }
    return render(request, "web/unit.html", context)
