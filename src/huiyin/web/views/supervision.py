"""Supervision orders (督办): issued, answered, judged; one order for several matters at once."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.matters.act_forms import ActForm
from huiyin.matters.acting import act
from huiyin.matters.inbox_filters import Key
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place, PlaceLevel
from huiyin.ui.http import safe_next, see_other
from huiyin.ui.refusals import Refusal
from huiyin.web.counting import capped
from huiyin.web.finding import by_code
from huiyin.web.inside import insides
from huiyin.web.supervision import (
    LABELS,
    RULES,
    SUPERVISE,
    UNIT,
    Chosen,
    Filters,
    Orders,
    Show,
    chosen,
    degrees,
    earlier,
    order_fields,
    orders_of,
)
from huiyin.web.views.inbox import key_of, uuid_of
from huiyin.web.views.looking import run_opened
from huiyin.web.views.start import question
from huiyin.web.whistles import place_looked_after

ISSUE: Final = "supervision.order"
MOST_AT_ONCE: Final = 50


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The orders of this post: to be judged, issued, overdue, to answer; narrowed as asked."""
    at = timezone.now()
    filters = _filters(request)
    place = place_looked_after(request.actor)
    found = Orders(request.actor, at=at, place=place, filters=filters)
    show = _show(request, found)
    page = found.page(show, after=key_of(request.GET.get("after", "")))
    context = {
        "tabs": [
            {
                "label": LABELS[one],
                "count": capped(found.counts[one]) if one in found.counts else "",
                "url": _address(request, show=one.value),
                "current": one is show,
            }
            for one in found.shows
        ],
        "show": show.value,
        "orders": page.orders,
        "older": _older(request, show, page.next),
        "is_first": not request.GET.get("after"),
        "filters": filters,
        "is_narrowed": bool(filters.unit or filters.place or filters.degree),
        "degrees": degrees(),
        "places": _below(place) if place else [],
        "may_issue": found.may_issue,
        "now": at,
    }
    return render(request, "web/supervision/index.html", context)


@staff()
@never_cache
@require_safe
def order(request: PeopleRequest, run_id: UUID) -> HttpResponse:
    """One order: what is asked by when, how far it has risen, the answers, what can be done."""
    at = timezone.now()
    run = run_opened(request, run_id, rules=RULES, at=at)
    of = run.matter
    shown = orders_of([run], at=at)[0]
    context = {
        "order": shown,
        "matter": of,
        "inside": insides(of, [run], by=request.actor, at=at)[run.pk],
        "degrees": degrees(),
        "earlier": orders_of(earlier(run, shown.unit, by=request.actor), at=at),
        "here": request.path,
        "now": at,
    }
    return render(request, "web/supervision/order.html", context)


@staff(needs=ISSUE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: PeopleRequest) -> HttpResponse:
    """Order supervision of what was chosen in a list: one form, one order for each matter.

    Each unit gets an order for its own matter. What cannot be supervised is said with its reason
    and leaves the others alone.
    """
    at = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    ids = [one for one in map(uuid_of, sent.getlist("run")) if one][:MOST_AT_ONCE]
    rows = chosen(ids, by=request.actor, at=at)
    back = safe_next(request, reverse("web:supervised"))
    if not rows:
        messages.warning(request, _("Choose at least one matter to be supervised."))
        return see_other(request, back)
    if request.method != "POST":
        return _form(request, rows, ActForm(order_fields()), back=back)
    form = ActForm(order_fields(), request.POST)
    answers = _issued(request, rows, form, at)
    refused = [(row, why) for row, why in answers if why is not None]
    count = len(answers) - len(refused)
    if not count:
        if not form.errors:
            form.add_error(None, _("No order was issued. The reason stands at each matter."))
        return _form(request, rows, form, back=back, refused=refused, status=422)
    words = ngettext("%(number)d order was issued.", "%(number)d orders were issued.", count)
    messages.success(request, words % {"number": count})
    for row, why in refused:
        messages.warning(
            request, _("Not supervised: %(title)s. %(why)s") % {"title": row.title, "why": why}
        )
    issued = urlencode({"show": Show.ISSUED.value})
    return see_other(request, f"{reverse('web:supervised')}?{issued}")


def _issued(
    request: PeopleRequest, rows: list[Chosen], form: ActForm, at: datetime
) -> list[tuple[Chosen, str | None]]:
    """Issue an order for each row; return for each why not, None where it was issued."""
    values = form.values()
    key = request.POST.get("key", "")[:48]
    answers: list[tuple[Chosen, str | None]] = []
    for number, row in enumerate(rows):
        if row.unit is None:
            why = _("No unit has it yet; it has to be dispatched first.")
            answers.append((row, why))
            continue
        try:
            act(
                row.run.pk, SUPERVISE, by=request.actor, at=at,
                form={**values, UNIT: str(row.unit.pk)},
                key=f"{key} {number}" if key else "",
            )  # fmt: skip
            answers.append((row, None))
        except Refusal as refusal:
            if not any(name in form.fields for name in getattr(refusal, "errors", {})):
                answers.append((row, str(refusal)))
                continue
            if not form.errors:
                form.refuse(refusal)  # the same for all: it is said at the fields, once
            answers.append((row, ""))
    return answers


def _form(
    request: PeopleRequest, rows: list[Chosen], form: ActForm, *, back: str,
    refused: list[tuple[Chosen, str]] | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    reasons = {row.run.pk: why for row, why in refused or []}
    context: dict[str, Any] = {
        "rows": [(row, reasons.get(row.run.pk, "")) for row in rows],
        "units": len({row.unit.pk for row in rows if row.unit}),
        "form": form,
        "back": back,
        "key": request.POST.get("key") or uuid4().hex,
    }
    return render(request, "web/supervision/issue.html", context, status=status)


def _below(place: Place) -> list[Place]:
    below = Place.objects.filter(parent=place, valid_to=None).exclude(level=PlaceLevel.GRID)
    return list(below.order_by("code")[:200])


def _filters(request: HttpRequest) -> Filters:
    code = question(request, "place")
    degree = question(request, "degree")
    known = {name for name, _label in degrees()}
    return Filters(
        unit=question(request, "unit"),
        place=by_code(code) if code else None,
        degree=degree if degree in known else "",
    )


def _show(request: PeopleRequest, found: Orders) -> Show:
    """Return the list that was asked for, else the first one in which something lies."""
    wanted = request.GET.get("show", "")
    if wanted in {one.value for one in found.shows}:
        return Show(wanted)
    return next((one for one in found.shows[:-1] if found.counts[one]), found.shows[0])


def _address(request: HttpRequest, **more: str) -> str:
    kept = {
        name: value for name in ("unit", "place", "degree") if (value := request.GET.get(name, ""))
    }
    return f"?{urlencode({**kept, **more})}"


def _older(request: HttpRequest, show: Show, key: Key | None) -> str:
    if key is None:
        return ""
    return _address(request, show=show.value, after=f"{key.at.isoformat()}~{key.id}")
