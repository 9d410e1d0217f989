"""The start page of staff, and the list behind its figures."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.models import GridRole, PermissionSet
from huiyin.web.desks import desk_of
from huiyin.web.desks.office import my_unit
from huiyin.web.figures import figures_of, grids_without
from huiyin.web.paging import page

NOON, EVENING = 12, 18


@staff()
@require_safe
def desk(request: PeopleRequest) -> HttpResponse:
    """The desk of the post this person works in now."""
    now = timezone.now()
    shown = desk_of(request.actor, at=now)
    held = PermissionSet.objects.filter(pk=request.actor.permission_set).first()
    context = {"now": now, "greeting": _greeting(request), "permission_set": held, **shown.content}
    return render(request, shown.template, context)


def _greeting(request: PeopleRequest) -> str:
    hour = timezone.localtime().hour
    if hour < NOON:
        words = _("Good morning, %(name)s")
    elif hour < EVENING:
        words = _("Good afternoon, %(name)s")
    else:
        words = _("Good evening, %(name)s")
    return words % {"name": request.actor.name}


@staff()
@require_safe
def gaps(request: PeopleRequest) -> HttpResponse:
    """Every grid of my place in which nobody works full-time."""
    on = timezone.localdate()
    place = my_unit(request.actor).place
    rows = grids_without(GridRole.FULL_TIME, place, on=on).select_related("village", "town")
    context = {
        "place": place,
        "figures": figures_of(place, on=on),
        "gap_count": rows.count(),
        "page": page(request, rows, key="code"),
    }
    return render(request, "web/gaps.html", context)
