"""The dispatch board: what still needs a unit, what came back, what has to be ruled on."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.categories.tree import tree
from huiyin.insight import delivering
from huiyin.matters import access, board
from huiyin.matters.act_forms import ActForm
from huiyin.matters.acting import act_many
from huiyin.matters.board import Filters, Pile
from huiyin.matters.inbox_filters import Key
from huiyin.matters.models import Run
from huiyin.matters.refusals import NotFound
from huiyin.matters.wording import said
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.models import Place, PlaceLevel
from huiyin.procedures import library
from huiyin.ui.http import part, see_other, wants_part
from huiyin.ui.refusals import Refusal
from huiyin.web.board_page import BoardPane
from huiyin.web.board_rows import BoardRow, rows_of
from huiyin.web.bulk import MOST_AT_ONCE
from huiyin.web.desks.office import my_unit
from huiyin.web.overview import unit_lists
from huiyin.web.taking import trouble_of
from huiyin.web.views.inbox import key_of, uuid_of
from huiyin.web.views.looking import with_run_in_hand

PILES: Final = (
    (Pile.UNASSIGNED, gettext_lazy("To dispatch")),
    (Pile.RETURNED, gettext_lazy("Sent back")),
    (Pile.RULING, gettext_lazy("To rule on")),
)
EMPTY: Final = {
    Pile.UNASSIGNED: gettext_lazy("Everything has a unit. What comes in appears here by itself."),
    Pile.RETURNED: gettext_lazy("No unit has sent anything back."),
    Pile.RULING: gettext_lazy("Nothing is disputed. What comes back again and again lies here."),
}
UNITS_SHOWN: Final = 12
KEPT: Final = ("tray", "place", "branch", "procedure", "urgent", "after")


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """The list with what is open beside it; `pane` asks for that alone."""
    if not board.dispatches(request.actor):
        return part(request, "web/board/_none.html", {}, page="web/board/none.html")
    at = timezone.now()
    counts = board.counts(by=request.actor)
    if "pane" in request.GET:
        kept = _kept(request)
        context = {"b": _pane(request, at), "now": at, "kept": kept, "query": urlencode(kept)}
        return part(request, "web/board/_pane.html", context)
    return _page(request, at, counts=counts)


@staff()
@never_cache
@require_safe
def returns(request: PeopleRequest) -> HttpResponse:
    """Which units sent most back in the last 30 days, each of how many that it had."""
    by = request.actor
    if not board.dispatches(by):
        return part(request, "web/board/_none.html", {}, page="web/board/none.html")
    at, place = timezone.now(), my_unit(by).place
    found = delivering.deliveries(place, by=by, at=at)
    most = sorted((one for one in found if one.returned), key=lambda one: -one.returned)
    rows = [
        {
            "unit": one.unit,
            "had": one.ended + one.returned,
            "back": one.returned,
            "url": unit_lists(one.unit, place)["gone_back"] if by.may("insight.see") else "",
        }
        for one in most[:UNITS_SHOWN]
    ]
    context = {"returns": rows, "days": delivering.DAYS, "place": place}
    return part(request, "web/board/_returns.html", context, page="web/board/returns.html")


@staff()
@never_cache
@require_POST
def act(request: PeopleRequest, number: str, run_id: UUID, action: str) -> HttpResponse:
    """Take an act on one of them; a script that held it back is answered in one sentence."""
    at = timezone.now()
    m = with_run_in_hand(request, number, run_id, at=at)
    found = m.act(action)
    is_held = wants_part(request)
    if found is None or not found.is_open:
        words = found.sentence if found else _("This is not yours to do now.")
        return _answer(request, words, 422) if is_held else _back(request, words)
    form = ActForm(found.form, request.POST, request.FILES, people=m.people)
    trouble = trouble_of(request, m, action, form, at=at)
    if trouble is None:
        words = _("%(act)s: recorded.") % {"act": found.label}
        if is_held:
            return _answer(request, words, 200)
        messages.success(request, words)
        return see_other(request, _address(request))
    if is_held:
        return _answer(request, trouble, 422)
    pane = BoardPane(m, action=action, form=form)
    return _page(request, at, pane=pane, status=422)


@staff()
@require_POST
def many(request: PeopleRequest) -> HttpResponse:
    """Accept what is suggested for everything that was ticked; says of each left alone why."""
    at = timezone.now()
    chosen = list(_ticked(request.POST.getlist("runs")))[:MOST_AT_ONCE]
    known = access.runs_seen_by(request.actor).select_related("matter__category")
    runs = {run.pk: run for run in known.filter(pk__in=[pk for pk, *_rest in chosen])}
    answers = board.answers_for(list(runs.values()), at=at)
    batches: dict[tuple[str, tuple[tuple[str, Any], ...]], list[UUID]] = {}
    for pk, action, unit in chosen:
        run = runs.get(pk)
        rules = {act.name: act for act in board.acts_here(run, request.actor)} if run else {}
        if run is None or action not in rules or not rules[action].bulk:
            continue
        values = board.filled_in(rules[action], run, unit=unit, answer=answers.get(pk))
        batches.setdefault((action, tuple(sorted(values.items()))), []).append(pk)
    done: dict[UUID, Any] = {}
    for (action, form), pks in batches.items():
        done |= act_many(pks, action, by=request.actor, at=at, form=dict(form))
    _tell_many(request, done, has_ticked=bool(chosen))
    return see_other(request, _address(request))


def _ticked(sent: Iterable[str]) -> Iterable[tuple[UUID, str, UUID]]:
    """Yield run, act and unit of what was ticked: what was seen is what is done."""
    for each in sent:
        run, _sign, rest = each.partition("~")
        action, _sign, unit = rest.partition("~")
        pk, to = uuid_of(run), uuid_of(unit)
        if pk and to and action:
            yield pk, action, to


def _tell_many(request: PeopleRequest, done: Mapping[UUID, Any], *, has_ticked: bool) -> None:
    refused = [answer for answer in done.values() if isinstance(answer, Refusal)]
    count = len(done) - len(refused)
    if count:
        words = ngettext(
            "%(number)d matter was given on.", "%(number)d matters were given on.", count
        )
        messages.success(request, words % {"number": count})
    for words in dict.fromkeys(str(answer) for answer in refused):
        messages.warning(request, words)
    if not has_ticked:
        messages.warning(request, _("Tick at least one matter."))


# --- the page -----------------------------------------------------------------------------------


def _page(
    request: PeopleRequest, at: datetime, *, counts: Mapping[Pile, int] | None = None,
    pane: BoardPane | None = None, status: int = 200,
) -> HttpResponse:  # fmt: skip
    asked = request.POST if request.method == "POST" else request.GET
    counts = counts if counts is not None else board.counts(by=request.actor)
    which = _which(asked.get("tray", ""), counts)
    only = _filters(asked)
    shown = board.pile(which, by=request.actor, after=key_of(asked.get("after", "")), only=only)
    rows = rows_of(shown.runs, by=request.actor, at=at, which=which)
    if pane is None and not wants_part(request):
        pane = _open(request, at, rows)
    kept = _kept(request) | {"tray": which.value}
    context = {
        "tabs": [
            {
                "label": label,
                "count": counts[name],
                "query": urlencode({**kept, "tray": name.value, "after": ""}),
                "current": name is which,
            }
            for name, label in PILES
        ],
        "rows": rows,
        "tray": which.value,
        "is_unassigned": which is Pile.UNASSIGNED,
        "has_bulk": any(row.quick and row.quick.is_bulk for row in rows),
        "empty": EMPTY[which],
        "is_filtered": only != Filters(),
        "older": _older(kept, shown.next),
        "query": urlencode(kept),
        "kept": kept,
        "b": pane,
        "is_asked": bool(asked.get("run")) or request.method == "POST",
        "now": at,
        **_choices(request, only),
    }
    return part(
        request, "web/board/_list.html", context, page="web/board/index.html", status=status
    )


def _which(wanted: str, counts: Mapping[Pile, int]) -> Pile:
    """Return the pile that was asked for, else the first one on which something lies."""
    if wanted in set(Pile):
        return Pile(wanted)
    return next((name for name, _label in PILES if counts[name]), Pile.UNASSIGNED)


def _filters(asked: Mapping[str, str]) -> Filters:
    branch = asked.get("branch", "")
    procedure = asked.get("procedure", "")
    return Filters(
        place=uuid_of(asked.get("place", "")),
        branch=branch if branch.isdecimal() else "",
        procedure=procedure if procedure in library.procedures() else "",
        urgent=bool(asked.get("urgent")),
    )


def _choices(request: PeopleRequest, only: Filters) -> dict[str, Any]:
    """Return what the list can be narrowed down to. One query."""
    below = Place.objects.filter(parent=request.actor.unit_place_id, valid_to=None)
    places = below.exclude(level=PlaceLevel.GRID).order_by("code")[:200]
    names = dict.fromkeys(way.rules.name for way in board.ways_of(request.actor))
    known = library.procedures()
    return {
        "only": only,
        "places": [(str(one.pk), one.name, one.pk == only.place) for one in places],
        "branches": [
            (node.category, node.category.code == only.branch) for node in tree().branches
        ],
        "procedures": [
            (name, said(known[name].title), name == only.procedure) for name in names
        ] if len(names) > 1 else [],
    }  # fmt: skip


def _open(request: PeopleRequest, at: datetime, rows: list[BoardRow]) -> BoardPane | None:
    """Return what stands beside the list: what was asked for, else the first row."""
    if request.GET.get("run"):
        return _pane(request, at)
    if not rows:
        return None
    m = with_run_in_hand(request, rows[0].number, rows[0].run_id, at=at)
    return BoardPane(m)


def _pane(request: PeopleRequest, at: datetime) -> BoardPane:
    run_id = uuid_of(request.GET.get("run", ""))
    run = Run.objects.filter(pk=run_id).select_related("matter").first() if run_id else None
    if run is None:
        raise NotFound()
    m = with_run_in_hand(request, run.matter.number, run.pk, at=at)
    unit = uuid_of(request.GET.get("unit", ""))
    return BoardPane(m, action=request.GET.get("act", ""), unit=unit)


def _kept(request: PeopleRequest) -> dict[str, str]:
    """Return what the list was narrowed down to, for addresses that lead back to it."""
    asked = request.POST if request.method == "POST" else request.GET
    return {name: asked[name] for name in KEPT if asked.get(name)}


def _older(kept: Mapping[str, str], key: Key | None) -> str:
    if key is None:
        return ""
    return urlencode({**kept, "after": f"{key.at.isoformat()}~{key.id}"})


def _address(request: PeopleRequest) -> str:
    return f"{reverse('web:board')}?{urlencode(_kept(request))}"


def _back(request: PeopleRequest, words: str) -> HttpResponse:
    messages.warning(request, words)
    return see_other(request, _address(request))


def _answer(request: PeopleRequest, words: str, status: int) -> HttpResponse:
    answer = part(request, "web/board/_said.html", {"words": words}, status=status)
    answer["X-Said"] = "1"  # a sentence of ours, and no page of somebody else's
    return answer
