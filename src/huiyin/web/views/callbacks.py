"""The call-back list: people who are asked how it went, and work that somebody else looks at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.matters import access, calling_back
from huiyin.matters.act_forms import ActForm
from huiyin.matters.calling_back import Tray
from huiyin.matters.inbox_filters import Key
from huiyin.matters.models import Run
from huiyin.matters.refusals import NotFound
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.ui.http import part, see_other, wants_part
from huiyin.web.call_page import CallPane, rows_of
from huiyin.web.taking import is_taken, written_too_late
from huiyin.web.views.inbox import key_of, uuid_of
from huiyin.web.views.looking import revealed, with_run_in_hand

TRAYS: Final = (
    (Tray.CALL, gettext_lazy("To call back")),
    (Tray.LOW, gettext_lazy("Rated low")),
    (Tray.CHECK, gettext_lazy("To check")),
)
EMPTY: Final = {
    Tray.CALL: gettext_lazy("Nobody waits for a call. Answers that were audited appear here."),
    Tray.LOW: gettext_lazy("Nobody gave one or two stars without being asked why."),
    Tray.CHECK: gettext_lazy(
        "Nothing waits to be checked. What units report as done appears here."
    ),
}


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The list with who is called beside it; `pane` asks for that alone."""
    if not calling_back.calls_back(request.actor):
        return part(request, "web/callbacks/_none.html", {}, page="web/callbacks/none.html")
    at = timezone.now()
    counts = calling_back.counts(by=request.actor)
    run_id = uuid_of(request.GET.get("run", ""))
    if "pane" in request.GET or "who" in request.GET:
        pane = _pane(request, run_id, at) if run_id else None
        if pane is None:
            raise NotFound()
        name = "_who.html" if "who" in request.GET else "_pane.html"
        context = {"c": pane, "one": next(iter(pane.who), None), "tray": pane.station.tray.value}
        return part(request, f"web/callbacks/{name}", context)
    return _page(request, at, counts=counts, run_id=run_id)


@staff()
@never_cache
@require_POST
def act(request: PeopleRequest, number: str, run_id: UUID, action: str) -> HttpResponse:
    """Write down what came of it; then the next one opens."""
    at = timezone.now()
    m = with_run_in_hand(request, number, run_id, at=at)
    station = calling_back.station_of(m.chosen, request.actor)
    found = m.act(action)
    if station is None or found is None or not found.is_open:
        why = found.sentence if found else ""
        kept = written_too_late(found.form, request.POST) if found else ""
        messages.warning(request, f"{why or _('This is not yours to do now.')} {kept}".rstrip())
        return see_other(request, _address(_tray(request.POST)))
    pane = CallPane(m, station)
    which = station.tray
    follows = _next(request, which, run_id)
    trying = pane.not_reached is not None and pane.not_reached.action == action
    form = ActForm(
        found.form, request.POST, request.FILES, people=m.people,
        auto_id="try_%s" if trying else "id_%s",
    )  # fmt: skip
    if not is_taken(request, m, action, form, at=at):
        pane = CallPane(m, station, action=action, form=form)
        return _page(request, at, pane=pane, run_id=run_id, status=422)
    messages.success(request, _("%(act)s: recorded.") % {"act": found.label})
    return see_other(request, _address(which, follows))


@staff()
@never_cache
@require_POST
def reveal(request: PeopleRequest, number: str, contact_id: UUID) -> HttpResponse:
    """Show whom to call, for ten minutes; who looked and why is written down."""
    at = timezone.now()
    run_id = uuid_of(request.POST.get("run", ""))
    found = access.matter_of_number(number, by=request.actor)
    pane = _pane(request, run_id, at) if run_id else None
    one = next((one for one in pane.who if one.id == contact_id), None) if pane else None
    if pane is None or one is None or pane.m.matter.pk != found.pk:
        raise NotFound()
    context: dict[str, Any] = {"c": pane, "one": one, "at": at, "tray": pane.station.tray.value}
    shown, status = revealed(request, contact_id, at=at)
    context |= shown
    if wants_part(request):
        return part(request, "web/callbacks/_who.html", context, status=status)
    return _page(request, at, pane=pane, run_id=run_id, status=status, more=context)


# --- the page -----------------------------------------------------------------------------------


def _page(
    request: PeopleRequest, at: datetime, *, run_id: UUID | None,
    counts: Mapping[Tray, int] | None = None, pane: CallPane | None = None, status: int = 200,
    more: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    asked = request.POST if request.method == "POST" else request.GET
    counts = counts if counts is not None else calling_back.counts(by=request.actor)
    wanted = asked.get("tray", "")
    which = Tray(wanted) if wanted in set(Tray) else _first(counts)
    shown = calling_back.tray(which, by=request.actor, after=key_of(asked.get("after", "")))
    if pane is None and not wants_part(request):
        opened = run_id or next((run.pk for run in shown.runs), None)
        pane = _pane(request, opened, at) if opened else None
    there = {one.tray for one in calling_back.stations_of(request.actor)}
    context = {
        "tabs": [
            {
                "label": label,
                "count": counts[name],
                "query": urlencode({"tray": name.value}),
                "current": name is which,
            }
            for name, label in TRAYS
            if name in there
        ],
        "rows": rows_of(shown.runs, by=request.actor, at=at),
        "tray": which.value,
        "empty": EMPTY[which],
        "is_first": not asked.get("after"),
        "older": _older(which, shown.next),
        "c": pane,
        "one": next(iter(pane.who), None) if pane else None,
        "is_asked": run_id is not None,
        "now": at,
        **(more or {}),
    }
    return part(
        request, "web/callbacks/_list.html", context, page="web/callbacks/index.html",
        status=status,
    )  # fmt: skip


def _first(counts: Mapping[Tray, int]) -> Tray:
    return next((name for name, _label in TRAYS if counts[name]), TRAYS[0][0])


def _tray(asked: Mapping[str, str]) -> Tray | None:
    wanted = asked.get("tray", "")
    return Tray(wanted) if wanted in set(Tray) else None


def _next(request: PeopleRequest, which: Tray, run_id: UUID) -> UUID | None:
    """Return what opens after this one: the next in the list, else the first of the others."""
    shown = calling_back.tray(which, by=request.actor).runs
    ids: Sequence[UUID] = [run.pk for run in shown]
    later = ids[ids.index(run_id) + 1 :] if run_id in ids else ids
    return next(iter(later), next((pk for pk in ids if pk != run_id), None))


def _pane(request: PeopleRequest, run_id: UUID, at: datetime) -> CallPane | None:
    """Return a run of this post's list; None when it is not there any more."""
    run = Run.objects.filter(pk=run_id).select_related("matter").first()
    if run is None:
        return None
    m = with_run_in_hand(request, run.matter.number, run.pk, at=at)
    station = calling_back.station_of(m.chosen, request.actor)
    return CallPane(m, station, action=request.GET.get("act", "")) if station else None


def _older(which: Tray, key: Key | None) -> str:
    if key is None:
        return ""
    return urlencode({"tray": which.value, "after": f"{key.at.isoformat()}~{key.id}"})


def _address(which: Tray | None, run_id: UUID | None = None) -> str:
    asked = {"tray": which.value if which else "", "run": str(run_id or "")}
    return f"{reverse('web:callbacks')}?{urlencode({k: v for k, v in asked.items() if v})}"
