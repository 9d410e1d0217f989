"""The duty roster (值班表) of a unit: the month, a day, what repeats, swaps, files in and out."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.matters.limits import calendar
from huiyin.matters.refusals import NotFound
from huiyin.people.guards import NotPermittedHere, staff
from huiyin.people.http import PeopleRequest
from huiyin.ui.http import see_other
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.units import roster, roster_files, swaps
from huiyin.units.duty_times import set_times, times_of
from huiyin.units.models import RosterEntry, ShiftKind, Unit
from huiyin.units.queries import on_duty
from huiyin.web.desks.office import my_unit
from huiyin.web.roster_forms import FileForm, ShiftForm, SwapForm, TimesForm, WhoForm
from huiyin.web.rosters import (
    KEEP,
    WEEK,
    Colleague,
    Month,
    between,
    by_name,
    colleagues,
    may_keep,
    monday_of,
    month_before,
    next_month,
    shifts_of,
    slots_of,
)
from huiyin.web.telling_swaps import tell_answered, tell_asked
from huiyin.web.views.inbox import uuid_of

FAULTS_SHOWN: Final = 50
SAMPLE: Final = (  # a file is in Chinese, whatever language the page speaks
    roster_files.HEADER,
    ("2026-12-05", "夜班", "王芳", "0534-2345678", "", ""),
    ("2026-12-05", "带班", "李建国", "", "08:30", "08:30"),
)


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """A month of a unit's roster; who is there now; where nobody is; my shifts and questions."""
    at = timezone.now()
    unit = _unit(request)
    account = request.actor.account_id
    first = _month(request.GET.get("month", ""), at)
    month = Month(unit, first, at)
    is_keeper = may_keep(request.actor, unit)
    this_week = monday_of(month.today)
    mondays = [day.on for day in month.days if day.on.weekday() == 0 and day.on >= this_week]
    context = {
        "unit": unit,
        "is_own": unit.pk == request.actor.unit_id,
        "month": month,
        "first": first,
        "before": _address(unit, request, month_before(first)),
        "after": _address(unit, request, next_month(first)),
        "here": _address(unit, request, first),
        "duty": on_duty(unit, at=at),
        "may_keep": is_keeper,
        "mondays": mondays if is_keeper else [],
        "mine": shifts_of(account, at=at) if account else [],
        "asked": swaps.asked_of(account, at=at) if account else [],
        "asking": swaps.asked_by(account, at=at) if account else [],
        "export": urlencode({"unit": unit.pk, "month": f"{first:%Y-%m}"}),
        "more": urlencode({"unit": unit.pk}),
        "weekdays": month.days[:WEEK],
        "now": at,
    }
    return render(request, "web/roster/index.html", context)


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def day(request: PeopleRequest, day: str) -> HttpResponse:
    """One day: who is planned, putting somebody in, taking somebody out."""
    at = timezone.now()
    unit, on = _kept(request), _date(day)
    if on is None:
        raise NotFound()
    times = times_of(unit.pk)
    found = colleagues(unit.pk, on=timezone.localdate(at))
    if request.method == "POST":
        form = ShiftForm(on, times, found, request.POST)
        if form.is_valid() and _planned(request, unit, form, found, at):
            messages.success(
                request, _("%(name)s is on duty.") % {"name": form.cleaned_data["name"]}
            )
            return see_other(request, f"{request.path}?{urlencode({'unit': unit.pk})}")
        status = 422
    else:
        kind = request.GET.get("kind", "")
        initial = {"kind": kind} if kind in ShiftKind.values else None
        form, status = ShiftForm(on, times, found, initial=initial), 200
    known = calendar().day(on)
    entries = list(between(unit.pk, on, on))
    context = {
        "unit": unit,
        "on": on,
        "known": known,
        "slots": slots_of(times, entries, known, set()),
        "form": form,
        "is_past": on < timezone.localdate(at),
        "yesterday": on - timedelta(days=1),
        "tomorrow": on + timedelta(days=1),
        "back": _address(unit, request, on),
        "more": urlencode({"unit": unit.pk}),
        "colleagues": found,
        "now": at,
    }
    return render(request, "web/roster/day.html", context, status=status)


def _planned(
    request: PeopleRequest, unit: Unit, form: ShiftForm, found: Sequence[Colleague], at: datetime
) -> bool:
    sent = form.cleaned_data
    starts_at, ends_at = form.span()
    try:
        roster.plan_shift(
            unit_id=unit.pk,
            starts_at=starts_at,
            ends_at=ends_at,
            name=sent["name"],
            phone=sent["phone"],
            kind=ShiftKind(sent["kind"]),
            account_id=by_name(found).get(sent["name"]),
            together=sent["together"],
            by=request.actor,
            at=at,
        )
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return False
    return True


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def shift(request: PeopleRequest, shift_id: int) -> HttpResponse:
    """A shift that is not over: somebody else instead, or nobody."""
    at = timezone.now()
    found = RosterEntry.objects.select_related("unit").filter(pk=shift_id).first()
    if found is None:
        raise NotFound()
    if not may_keep(request.actor, found.unit):
        raise NotPermittedHere(KEEP)
    on = timezone.localdate(found.starts_at)
    back = (
        f"{reverse('web:roster_day', args=[on.isoformat()])}?{urlencode({'unit': found.unit_id})}"
    )
    people = colleagues(found.unit_id, on=timezone.localdate(at))
    form = WhoForm(people, initial={"name": found.name, "phone": found.phone})
    status = 200
    if request.method == "POST":
        form = WhoForm(people, request.POST)
        try:
            if "cancel" in request.POST:
                roster.cancel_shift(shift_id=shift_id, by=request.actor, at=at)
                messages.success(request, _("Taken out of the roster."))
                return see_other(request, back)
            if form.is_valid():
                sent = form.cleaned_data
                roster.change_shift(
                    shift_id=shift_id,
                    name=sent["name"],
                    phone=sent["phone"],
                    account_id=by_name(people).get(sent["name"]),
                    by=request.actor,
                    at=at,
                )
                messages.success(request, _("%(name)s is on duty.") % {"name": sent["name"]})
                return see_other(request, back)
        except Refusal as refused:
            form.add_error(None, sentence_of(refused))
        status = 422
    context = {
        "shift": found,
        "label": ShiftKind(found.kind).label,
        "form": form,
        "back": back,
        "colleagues": people,
        "may_cancel": found.starts_at > at,
    }
    return render(request, "web/roster/shift.html", context, status=status)


@staff()
@require_POST
def copy(request: PeopleRequest) -> HttpResponse:
    """Plan a week as the week before it was."""
    at = timezone.now()
    unit = _kept(request)
    to = _date(request.POST.get("to", ""))
    if to is None or to.weekday() != 0:
        messages.warning(request, _("Choose the week that is to be planned."))
        return see_other(request, _address(unit, request, timezone.localdate(at)))
    first = to - timedelta(days=WEEK)
    made = roster.copy_days(unit_id=unit.pk, first=first, to=to, days=WEEK, by=request.actor, at=at)
    words = ngettext("%(number)d shift was planned.", "%(number)d shifts were planned.", made)
    if made:
        messages.success(request, words % {"number": made})
    else:
        messages.warning(
            request, _("Nothing was planned: the week before is empty, or all is planned already.")
        )
    return see_other(request, _address(unit, request, to))


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def times(request: PeopleRequest) -> HttpResponse:
    """From when to when the shifts go, and on which days they have to be filled."""
    at = timezone.now()
    unit = _kept(request)
    form = TimesForm(times_of(unit.pk), request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            set_times(unit_id=unit.pk, times=form.times(), by=request.actor, at=at)
            messages.success(request, _("Set. What is planned already stays as it is."))
            return see_other(request, _address(unit, request, timezone.localdate(at)))
        status = 422
    context = {
        "unit": unit,
        "form": form,
        "back": _address(unit, request, timezone.localdate(at)),
        "more": urlencode({"unit": unit.pk}),
    }
    return render(request, "web/roster/times.html", context, status=status)


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take_in(request: PeopleRequest) -> HttpResponse:
    """Plan what a file says: all of it, or nothing, with what is wrong row by row."""
    at = timezone.now()
    unit = _kept(request)
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    faults: list[roster_files.Fault] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rows, faults = roster_files.read(
                    form.cleaned_data["file"].read(), times=times_of(unit.pk)
                )
                if not faults:
                    known = by_name(colleagues(unit.pk, on=timezone.localdate(at)))
                    faults = roster_files.plan_rows(
                        rows, unit_id=unit.pk, accounts=known, by=request.actor, at=at
                    )
                if not faults:
                    words = ngettext(
                        "%(number)d shift of the file is in the roster.",
                        "%(number)d shifts of the file are in the roster.",
                        len(rows),
                    )
                    messages.success(request, words % {"number": len(rows)})
                    begins = rows[0].starts_at if rows else at
                    return see_other(request, _address(unit, request, timezone.localdate(begins)))
            except Refusal as refused:
                form.add_error("file", sentence_of(refused))
    context = {
        "unit": unit,
        "form": form,
        "faults": [(one.row, sentence_of(one.why)) for one in faults[:FAULTS_SHOWN]],
        "fault_count": len(faults),
        "sample": SAMPLE,
        "back": _address(unit, request, timezone.localdate(at)),
        "more": urlencode({"unit": unit.pk}),
    }
    return render(request, "web/roster/import.html", context, status=status)


@staff()
@never_cache
@require_safe
def export(request: PeopleRequest) -> HttpResponse:
    """A month as a file: a table (CSV), or a calendar (`as=ics`)."""
    at = timezone.now()
    unit = _unit(request)
    first = _month(request.GET.get("month", ""), at)
    entries = between(unit.pk, first, next_month(first) - timedelta(days=1))
    if request.GET.get("as") == "ics":
        text = roster_files.as_ics(entries, title=unit.name, at=at)
        kind, ending = "text/calendar", "ics"
    else:
        text, kind, ending = roster_files.as_csv(entries), "text/csv", "csv"
    response = HttpResponse(text, content_type=f"{kind}; charset=utf-8")
    name = f"roster-{slugify(unit.code)}-{first:%Y-%m}.{ending}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def swap(request: PeopleRequest, shift_id: int) -> HttpResponse:
    """Ask a colleague to take a shift of mine, perhaps for one of theirs."""
    at = timezone.now()
    found = RosterEntry.objects.select_related("unit").filter(pk=shift_id).first()
    if found is None or found.account_id != request.actor.account_id:
        raise NotFound()
    people = [
        one
        for one in colleagues(found.unit_id, on=timezone.localdate(at))
        if one.account_id != request.actor.account_id
    ]
    theirs = _theirs(found, people, at=at)
    form = SwapForm(people, theirs, request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        if form.is_valid() and _asked(request, found, form, people, at):
            messages.success(
                request, _("Asked. The shift stays yours until your colleague has agreed.")
            )
            return see_other(request, reverse("web:rosters"))
        status = 422
    context = {
        "shift": found,
        "label": ShiftKind(found.kind).label,
        "form": form,
        "has_colleagues": bool(people),
    }
    return render(request, "web/roster/swap.html", context, status=status)


def _asked(
    request: PeopleRequest, found: RosterEntry, form: SwapForm, people: Sequence[Colleague],
    at: datetime,
) -> bool:  # fmt: skip
    sent = form.cleaned_data
    colleague = next(one for one in people if str(one.account_id) == sent["of"])
    try:
        asked = swaps.ask(
            shift_id=found.pk,
            of=colleague.account_id,
            name=colleague.name,
            phone=found.phone,
            instead_id=int(sent["instead"]) if sent["instead"] else None,
            note=sent["note"],
            asker=request.actor.name,
            by=request.actor,
            at=at,
        )
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return False
    tell_asked(asked, at=at)
    return True


def _theirs(found: RosterEntry, people: Sequence[Colleague], *, at: datetime) -> list[RosterEntry]:
    """Return the shifts of colleagues that could be taken in return."""
    accounts = [one.account_id for one in people]
    rows = RosterEntry.objects.filter(
        unit=found.unit_id, account_id__in=accounts, starts_at__gt=at
    ).exclude(starts_at__lt=found.ends_at, ends_at__gt=found.starts_at)
    return list(rows.order_by("starts_at", "id")[:30])


@staff()
@require_POST
def answer(request: PeopleRequest, swap_id: int) -> HttpResponse:
    """Agree to a swap, decline it, or take one's own question back."""
    at = timezone.now()
    said = request.POST.get("answer", "")
    try:
        if said == "back":
            swaps.withdraw(swap_id=swap_id, by=request.actor, at=at)
            messages.success(request, _("Taken back. The shift stays yours."))
        else:
            done = swaps.answer(swap_id=swap_id, agrees=said == "yes", by=request.actor, at=at)
            tell_answered(done, at=at)
            messages.success(
                request,
                _("Agreed. The roster has changed.") if said == "yes" else _("Declined."),
            )
    except Refusal as refused:
        messages.warning(request, sentence_of(refused))
    return see_other(request, reverse("web:rosters"))


def _unit(request: PeopleRequest) -> Unit:
    """Return the unit asked for, else the own one. Raises NotFound, NotPermittedHere."""
    wanted = request.POST.get("unit") or request.GET.get("unit", "")
    if not wanted:
        return my_unit(request.actor)
    pk = uuid_of(wanted)
    found = Unit.objects.select_related("place").filter(pk=pk).first() if pk else None
    if found is None:
        raise NotFound()
    return found


def _kept(request: PeopleRequest) -> Unit:
    """Return the unit as one whose roster the reader keeps. Raises NotPermittedHere."""
    if not request.actor.may(KEEP):
        raise NotPermittedHere(KEEP)
    unit = _unit(request)
    if not may_keep(request.actor, unit):
        raise NotPermittedHere(KEEP)
    return unit


def _month(text: str, at: datetime) -> date:
    found = _date(f"{text}-01")
    return found or timezone.localdate(at).replace(day=1)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    today = timezone.localdate()
    return found if abs((found - today).days) < 3650 else None


def _address(unit: Unit, request: HttpRequest, on: date) -> str:
    """Return the page of a unit's month; of the own unit without its name."""
    actor: Any = getattr(request, "actor", None)
    query = {"month": f"{on:%Y-%m}"}
    if actor is None or unit.pk != actor.unit_id:
        query["unit"] = str(unit.pk)
    return f"{reverse('web:rosters')}?{urlencode(query)}"
