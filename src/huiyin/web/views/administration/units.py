"""Units: the list, entering one, and everything that is changed about one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.matters import unit_work
from huiyin.matters.wording import said
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.models import Post
from huiyin.people.permission_sets import name_of
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.units import hours, verbs, wording
from huiyin.units.models import CommitteeKind, OfficerRole, Unit, UnitKind
from huiyin.units.queries import duties_of, held_on, officers_of, search_units, units_below
from huiyin.units.refusals import NothingToChange
from huiyin.web.administration import units as listed
from huiyin.web.administration.unit_forms import (
    AliasesForm,
    CloseForm,
    ContactForm,
    MoveForm,
    NewUnitForm,
    OfficerForm,
    RenameForm,
)
from huiyin.web.changes import changes_of
from huiyin.web.paging import Page, page
from huiyin.web.views.start import question

NEEDS = "units.administer"
FOUND_SHOWN = 50
HOLDERS_SHOWN = 30
DUTIES_SHOWN = 20  # the rest is on the page of duties
CHANGES = ("rename", "aliases", "contact", "move", "officer", "close")


@staff(needs=NEEDS)
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """Every unit: by words, kind, what is the matter with it, and down from one to those below."""
    on = timezone.localdate()
    q, kind, state = (question(request, name) for name in ("q", "kind", "state"))
    state = state if state in listed.STATES else ""
    above = _unit_or_none(request.GET.get("under", ""))
    if q:
        kinds = [UnitKind(kind)] if kind in UnitKind.values else None
        found = search_units(q, on=on, kinds=kinds, limit=FOUND_SHOWN)
        shown: Page[Unit] = Page(found, "", "")
    else:
        units = listed.in_state(state, on=on).select_related("place")
        if kind in UnitKind.values:
            units = units.filter(kind=kind)
        if above is not None:
            units = units.filter(superior=above)
        shown = page(request, units, key="code")
    context = {
        "q": q,
        "kind": kind,
        "kinds": UnitKind.choices,
        "state": state,
        "states": listed.STATES.items(),
        "above": above,
        "page": shown,
        "rows": listed.rows(shown.items, on=on),
    }
    return render(request, "web/admin/units.html", context)


@staff(needs=NEEDS)
@require_http_methods(["GET", "HEAD", "POST"])
def new_unit(request: PeopleRequest) -> HttpResponse:
    """Enter a unit."""
    form = NewUnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data
        kind = UnitKind(sent["kind"])
        try:
            made = verbs.register_unit(
                code=sent["code"],
                name=sent["name"],
                short_name=sent["short_name"],
                kind=kind,
                function=sent["function"],
                committee_kind=CommitteeKind(sent["committee_kind"])
                if sent["committee_kind"]
                else None,
                place_id=sent["place"].pk,
                superior_id=sent["superior"].pk if sent["superior"] else None,
                phone=sent["phone"],
                address=sent["address"],
                opening_hours=sent["opening_hours"],
                valid_from=timezone.localdate(),
                by=request.actor,
                at=timezone.now(),
            )
        except Refusal as refused:
            form.add_error(None, sentence_of(refused))
        else:
            words = _("%(name)s is entered. Next: what it answers for, and who works there.")
            messages.success(request, words % {"name": made.name})
            return SeeOther(reverse("web:admin_unit", args=[made.pk]))
    status = 422 if form.errors else 200
    return render(request, "web/admin/new_unit.html", {"form": form}, status=status)


@dataclass(frozen=True)
class Part:
    """One thing that may be changed about a unit: its form and whether it stands open."""

    name: str
    title: str
    button: str
    form: forms.Form
    is_open: bool
    is_danger: bool = False


@staff(needs=NEEDS)
@require_safe
def unit(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """One unit with everything that can be changed about it."""
    return _shown(request, _unit(pk))


@staff(needs=NEEDS)
@require_POST
def change(request: PeopleRequest, pk: UUID, what: str) -> HttpResponse:
    """Change one thing about a unit."""
    found = _unit(pk)
    if what not in CHANGES:
        raise Http404
    form = _forms(found, request.POST, on=timezone.localdate(), only=what)[what]
    if not form.is_valid():
        return _shown(request, found, (what, form), status=422)
    try:
        words = _DONE[what](found, form.cleaned_data, request)
    except NothingToChange:
        messages.info(request, _("Nothing has changed."))
    except Refusal as refused:
        form.add_error(None, sentence_of(refused))
        return _shown(request, _unit(pk), (what, form), status=422)
    else:
        messages.success(request, words)
    return SeeOther(reverse("web:admin_unit", args=[pk]))


def _unit(pk: UUID) -> Unit:
    found = Unit.objects.select_related("place", "superior", "host").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _unit_or_none(text: str) -> Unit | None:
    try:
        return Unit.objects.filter(pk=UUID(text)).first()
    except ValueError:
        return None


def _shown(
    request: PeopleRequest,
    found: Unit,
    sent: tuple[str, forms.Form] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    on = timezone.localdate()
    is_closed = found.valid_to is not None and found.valid_to <= on
    changed = _forms(found, None, on=on) if not is_closed else {}
    if sent is not None and changed:
        changed[sent[0]] = sent[1]
    posts = Post.objects.filter(held_on(on), unit=found).select_related("account", "permission_set")
    holders = list(posts.order_by("account__name", "ref")[: HOLDERS_SHOWN + 1])
    work = unit_work.work_of(found.pk)
    titles = _titles()
    context: dict[str, Any] = {
        "unit": found,
        "is_closed": is_closed,
        "hours": wording.hours_lines(found.opening_hours),
        "officers": officers_of(found, on=on),
        "duties": list(duties_of(found, on=on)[: DUTIES_SHOWN + 1]),
        "duties_shown": DUTIES_SHOWN,
        "below": list(units_below(found, on=on)[:HOLDERS_SHOWN]),
        "holders": [(post, name_of(post.permission_set)) for post in holders[:HOLDERS_SHOWN]],
        "more_holders": len(holders) > HOLDERS_SHOWN,
        "work": [(said(one.title), one.count) for one in work],
        "work_count": sum(one.count for one in work),
        "parts": [
            Part(
                name=name,
                title=titles[name][0],
                button=titles[name][1],
                form=form,
                is_open=sent is not None and sent[0] == name,
                is_danger=name == "close",
            )
            for name, form in changed.items()
        ],
        "changes": changes_of(found),
    }
    return render(request, "web/admin/unit.html", context, status=status)


def _titles() -> dict[str, tuple[str, str]]:
    return {
        "rename": (_("Another name"), _("Rename")),
        "aliases": (_("Other names people use"), _("Keep these names")),
        "contact": (_("Line, address, hours"), _("Keep these")),
        "move": (_("Another place or superior"), _("Move")),
        "officer": (_("Head, leader in charge, liaison"), _("Enter")),
        "close": (_("End or merge"), _("End the unit")),
    }


def _forms(found: Unit, data: Any, *, on: date, only: str = "") -> dict[str, Any]:
    """Return the forms by name, filled with what holds now; with `only` that one with `data`."""

    def made(name: str, form: type[forms.Form], **more: Any) -> forms.Form:
        return form(data if name == only else None, auto_id=f"id_{name}_%s", **more)

    return {
        "rename": made(
            "rename", RenameForm, initial={"name": found.name, "short_name": found.short_name}
        ),
        "aliases": made("aliases", AliasesForm, initial={"aliases": "\n".join(found.aliases)}),
        "contact": made(
            "contact",
            ContactForm,
            initial={
                "phone": found.phone,
                "address": found.address,
                "uscc": found.uscc,
                "opening_hours": hours.text(found.opening_hours),
            },
        ),
        "move": made(
            "move",
            MoveForm,
            initial={"place": found.place, "level": found.level, "superior": found.superior},
        ),
        "officer": made("officer", OfficerForm, initial={"first_day": on}),
        "close": made("close", CloseForm, today=on),
    }


Sent = dict[str, Any]


def _rename(found: Unit, sent: Sent, request: PeopleRequest) -> str:
    made = verbs.rename_unit(
        unit_id=found.pk, name=sent["name"], short_name=sent["short_name"], basis=sent["basis"],
        by=request.actor, at=timezone.now(),
    )  # fmt: skip
    return _("It is called %(name)s now.") % {"name": made.name}


def _aliases(found: Unit, sent: Sent, request: PeopleRequest) -> str:
    verbs.set_aliases(
        unit_id=found.pk, aliases=sent["aliases"].splitlines(), by=request.actor,
        at=timezone.now(),
    )  # fmt: skip
    return _("It is found by these names now.")


def _contact(found: Unit, sent: Sent, request: PeopleRequest) -> str:
    verbs.set_contact(
        unit_id=found.pk, phone=sent["phone"], address=sent["address"], uscc=sent["uscc"],
        opening_hours=sent["opening_hours"], by=request.actor, at=timezone.now(),
    )  # fmt: skip
    return _("People see it in the directory from now on.")


def _move(found: Unit, sent: Sent, request: PeopleRequest) -> str:
    superior = sent["superior"]
    verbs.move_unit(
        unit_id=found.pk, place_id=sent["place"].pk, level=sent["level"],
        superior_id=superior.pk if superior else None, basis=sent["basis"],
        by=request.actor, at=timezone.now(),
    )  # fmt: skip
    return _("It is moved. What it answers for stays as it is.")


def _officer(found: Unit, sent: Sent, request: PeopleRequest) -> str:
    role = OfficerRole(sent["role"])
    if sent["name"].strip():
        verbs.set_officer(
            unit_id=found.pk, role=role, name=sent["name"], phone=sent["phone"],
            on=sent["first_day"], by=request.actor, at=timezone.now(),
        )  # fmt: skip
        return _("%(name)s is entered.") % {"name": sent["name"].strip()}
    verbs.end_officer(
        unit_id=found.pk, role=role, on=sent["first_day"], by=request.actor, at=timezone.now()
    )
    return _("Nobody is entered from that day on.")


def _close(found: Unit, sent: Sent, request: PeopleRequest) -> str:
    into = sent["duties_to"]
    unit_work.close_unit(
        unit_id=found.pk, on=sent["on"], duties_to_id=into.pk if into else None,
        basis=sent["basis"], by=request.actor, at=timezone.now(),
    )  # fmt: skip
    if into:
        return _("It ends; %(name)s answers for its duties.") % {"name": into.name}
    return _("It ends. Nobody answers for its duties then: look at the list of duties.")


_DONE: dict[str, Callable[[Unit, Sent, PeopleRequest], str]] = {
    "rename": _rename,
    "aliases": _aliases,
    "contact": _contact,
    "move": _move,
    "officer": _officer,
    "close": _close,
}
