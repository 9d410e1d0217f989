"""Whistle and report-in (吹哨报到): who was called, came, did not; calling, coming, finishing."""

from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.dispatch.office_hours import OnDuty, on_duty_many
from huiyin.matters import access, numbers
from huiyin.matters.act_forms import ActForm
from huiyin.matters.afterwards import afterwards
from huiyin.matters.inbox_filters import Key
from huiyin.matters.limits import calendar, limits_for
from huiyin.matters.models import Matter
from huiyin.matters.refusals import NotFound
from huiyin.matters.suggesting import answer_for
from huiyin.matters.wording import said
from huiyin.people.guards import NotPermittedHere, staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place
from huiyin.procedures import library
from huiyin.units.models import Unit
from huiyin.web.clock_words import due_end
from huiyin.web.counting import capped
from huiyin.web.inbox_rows import rows_of
from huiyin.web.inside import insides
from huiyin.web.matter_page import MatterPage
from huiyin.web.views.inbox import key_of, uuid_of
from huiyin.web.views.looking import matter_opened, run_opened
from huiyin.web.whistles import (
    BLOW,
    CAME,
    LABELS,
    RULES,
    Show,
    Whistles,
    place_looked_after,
    runs_to_blow_on,
)
from huiyin.worktime import due

UNITS_OFFERED: Final = 6


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The whistles of this post: blown to it, by it, in its place; call by call."""
    at = timezone.now()
    found = Whistles(request.actor, at=at, place=place_looked_after(request.actor))
    show = _show(request, found)
    page = found.page(show, after=key_of(request.GET.get("after", "")))
    context = {
        "tabs": [
            {
                "label": LABELS[one],
                "count": capped(found.counts[one]) if one in found.counts else "",
                "url": f"?{urlencode({'show': one.value})}",
                "current": one is show,
            }
            for one in found.shows
        ],
        "show": show.value,
        "calls": page.calls,
        "units": sum(len(call.units) for call in page.calls),
        "came": sum(call.came for call in page.calls),
        "late": sum(call.late for call in page.calls),
        "older": _older(show, page.next),
        "is_first": not request.GET.get("after"),
        "may_blow": found.may_blow,
        "now": at,
    }
    return render(request, "web/whistles/index.html", context)


@staff()
@never_cache
@require_safe
def whistle(request: PeopleRequest, run_id: UUID) -> HttpResponse:
    """One call: every unit with what it did and when, and what the reader can do about each."""
    at = timezone.now()
    run = run_opened(request, run_id, rules=RULES, at=at)
    of = run.matter
    found = Whistles(request.actor, at=at)
    if of.is_confidential:
        raise NotFound()  # it is shown on the matter's own page alone
    call = found.call_of(run)
    shown = insides(of, [one.run for one in call.units], by=request.actor, at=at)
    first = shown[call.first.pk].events[0].entry if shown[call.first.pk].events else None
    context = {
        "call": call,
        "matter": of,
        "wanted": first.details if first else (),
        "units": [(one, shown[one.run.pk]) for one in call.units],
        "duty": _duty([one.unit for one in call.units], at=at),
        "here": request.path,
        "came": CAME,
        "now": at,
    }
    return render(request, "web/whistles/whistle.html", context)


@staff()
@never_cache
@require_safe
def blow(request: PeopleRequest) -> HttpResponse:
    """Call units to the spot: on which matter, then what for, whom, how urgent."""
    at = timezone.now()
    by = request.actor
    if not Whistles(by, at=at).may_blow:
        raise NotPermittedHere()
    number = request.GET.get("matter")
    if number is None:
        return _choose(request, at)
    if numbers.read(number) is None:
        return _choose(request, at, wrong=number)
    try:
        of = matter_opened(request, access.matter_of_number(number, by=by).pk, at=at)
    except NotFound:
        return _choose(request, at, wrong=number)
    return _form(request, of, at)


def _choose(request: PeopleRequest, at: datetime, *, wrong: str | None = None) -> HttpResponse:
    by = request.actor
    assert by.unit_place_id is not None  # noqa: S101 only posts in a unit may call others
    place = Place.objects.get(pk=by.unit_place_id)
    rows = rows_of(runs_to_blow_on(by, place=place), by=by, at=at)
    context = {"rows": rows, "place": place, "wrong": wrong, "now": at}
    status = 200 if wrong is None else 422
    return render(request, "web/whistles/choose.html", context, status=status)


def _form(request: PeopleRequest, of: Matter, at: datetime) -> HttpResponse:
    """Write the call: whom, what for, how urgent; beside it whom the lists name, who is there."""
    main = of.runs.filter(parent=None).order_by("-opened_at").first()
    page = MatterPage(of, by=request.actor, at=at, run_id=main.pk if main else None)
    found = page.act(BLOW)
    wanted = [one for one in map(uuid_of, request.GET.getlist("unit")) if one]
    context: dict[str, Any] = {
        "m": page,
        "act": found,
        "now": at,
        "next": (back := f"{reverse('web:whistles')}?{urlencode({'show': Show.BLOWN.value})}"),
        "back": back,
    }
    if found is None or not found.is_open:
        return render(request, "web/whistles/form.html", context)
    offered = _offered(of, at=at)
    units = [unit.pk for unit in offered if unit.pk in wanted]
    words = getattr(of, "words", None)
    initial = {
        "to_units": [str(pk) for pk in units],
        "problem": words.title if words else "",
        "report_to": words.address if words else "",
    }
    context |= {
        "form": ActForm(found.form, people=page.people, initial=initial),
        "follows": afterwards(page.rules.actions[BLOW], page.rules, running=page.running),
        "expected": page.chosen.events,
        "key": uuid4().hex,
        "offered": offered,
        "chosen": units,
        "duty": _duty(offered, at=at),
        "limits": _limits(of, at=at),
    }
    return render(request, "web/whistles/form.html", context)


def _offered(of: Matter, *, at: datetime) -> list[Unit]:
    """Return the units whose lists of duties name a matter like this, the right one first."""
    answer = answer_for(of, at=at)
    if answer is None:
        return []
    ids = [one.unit.id for one in answer.candidates]
    ids += [one.id for one in (answer.unit, answer.territorial) if one]
    ids = list(dict.fromkeys(ids))[:UNITS_OFFERED]
    units = Unit.objects.select_related("place").in_bulk(ids)
    return [units[pk] for pk in ids if pk in units]


def _duty(units: list[Unit], *, at: datetime) -> dict[UUID, OnDuty]:
    ids = list(dict.fromkeys(unit.pk for unit in units))
    return on_duty_many(ids, at=at, calendar=calendar()) if ids else {}


def _limits(of: Matter, *, at: datetime) -> list[dict[str, Any]]:
    """Return until when a unit that is called now has to be there, for each urgency."""
    rules = library.procedure(RULES)
    term = rules.clocks[CAME].term
    limits = limits_for(rules, of, at=at)
    options = rules.facts[term.name].options
    found = []
    for value, key in term.options.items():
        end = due(at, limits[key], calendar=calendar()).due_at
        words = options[value]
        found.append({"urgency": said(words), "until": due_end(end)})
    return found


def _show(request: PeopleRequest, found: Whistles) -> Show:
    """Return the list that was asked for, else the first one in which something lies."""
    wanted = request.GET.get("show", "")
    if wanted in {one.value for one in found.shows}:
        return Show(wanted)
    return next((one for one in found.shows[:-1] if found.counts[one]), found.shows[0])


def _older(show: Show, key: Key | None) -> str:
    if key is None:
        return ""
    after = f"{key.at.isoformat()}~{key.id}"
    return f"?{urlencode({'show': show.value, 'after': after})}"
