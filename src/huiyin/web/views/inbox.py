"""The inbox of a post: what waits, by when; one list beside the matter that is open."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from huiyin.matters import inbox
from huiyin.matters.act_forms import ActForm
from huiyin.matters.inbox import Survey, Tray
from huiyin.matters.inbox_filters import Key, Sort
from huiyin.matters.models import Run
from huiyin.matters.search import Key as SearchKey
from huiyin.matters.search import Wanted, search
from huiyin.matters.wording import said
from huiyin.people.addresses import client_address
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.people.phones import dialled
from huiyin.people.refusals import PhoneNotDialled
from huiyin.places.search import search as search_places
from huiyin.procedures import library
from huiyin.ui.http import part, see_other
from huiyin.units.queries import search_units
from huiyin.web import bulk
from huiyin.web.counting import capped
from huiyin.web.excerpts import excerpt
from huiyin.web.inbox_query import BY_WHEN_DONE, KEPT, SORTS, InboxQuery, read, read_all
from huiyin.web.inbox_rows import grouped, rows_of
from huiyin.web.models import SavedView
from huiyin.web.saved_views import views_of

ROWS: Final = 50  # of a page
TRAYS: Final = (
    (Tray.TO_SIGN, gettext_lazy("To sign for")),
    (Tray.TO_DO, gettext_lazy("To do")),
    (Tray.DUE_SOON, gettext_lazy("Due soon")),
    (Tray.OVERDUE, gettext_lazy("Overdue")),
    (Tray.ASSISTING, gettext_lazy("Assisting")),
    (Tray.SUPERVISED, gettext_lazy("Supervised")),
    (Tray.WAITING, gettext_lazy("With others")),
    (Tray.DONE, gettext_lazy("Done")),
)
EMPTY: Final = {
    Tray.TO_SIGN: gettext_lazy("Nothing new. What is given to your unit appears here."),
    Tray.TO_DO: gettext_lazy("Nothing waits for you. Look at what is with others."),
    Tray.DUE_SOON: gettext_lazy("Nothing ends today or on the next working day."),
    Tray.OVERDUE: gettext_lazy("Nothing is overdue."),
    Tray.ASSISTING: gettext_lazy("Nobody asks for your help now."),
    Tray.SUPERVISED: gettext_lazy("No order of supervision and no whistle is open."),
    Tray.WAITING: gettext_lazy("Nothing of yours is with somebody else."),
    Tray.DONE: gettext_lazy("Nothing is done yet."),
}
SHORTEST_PHONE: Final = 10  # with its area code


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """One tray, page by page, narrowed and sorted; htmx asks for the list alone."""
    at = timezone.now()
    survey = inbox.survey(by=request.actor, at=at)
    views = views_of(request.actor)
    view = _view(request, views)
    kept = read_all([each.query for each in views])
    asked = kept[views.index(view)] if view and not _says(request) else read(request.GET)
    which = asked.tray or _first_tray(survey.counts)
    if "narrow" in request.GET and not asked.form.unclear:  # without what was left empty
        return see_other(request, _address(asked.encoded(tray=which.value), view))
    after = key_of(request.GET.get("after", ""))
    sort = inbox.possible(which, asked.sort)
    shown = inbox.tray(
        which, by=request.actor, at=at, after=after, limit=ROWS, filters=asked.filters, sort=sort,
        for_desk=True,
    )  # fmt: skip
    rows = rows_of(shown.runs, by=request.actor, at=at, tray=which)
    is_done = which is Tray.DONE
    context = {
        **_around(request, asked, which, survey),
        "views": _views(views, kept, view, request, at),
        "view": view,
        "is_changed": view is not None and asked.encoded() != view.query,
        "query": asked.encoded(tray=which.value),
        "here": _address(asked.encoded(tray=which.value), view),
        "groups": grouped(shown.runs, rows, at=at, sort=sort, is_done=is_done),
        "count": len(rows),
        "older": _older(asked.encoded(tray=which.value), view, shown.next),
        "is_first": after is None,
        "bulk": bulk.offers_for(shown.runs, by=request.actor),
        "now": at,
    }
    return part(request, "web/inbox/_list.html", context, page="web/inbox/index.html")


def _says(request: PeopleRequest) -> bool:
    """Tell whether the address itself says what to show."""
    return any(name in request.GET for name in (*KEPT, "place__typed"))


def _view(request: PeopleRequest, views: Sequence[SavedView]) -> SavedView | None:
    """Return the saved view that is asked for, or the one the inbox opens with."""
    wanted = uuid_of(request.GET.get("view", ""))
    if wanted:
        return next((each for each in views if each.pk == wanted), None)
    if _says(request) or "after" in request.GET:
        return None
    return next((each for each in views if each.is_first), None)  # type: ignore[attr-defined]  # views_of


def _first_tray(counts: Mapping[Tray, int]) -> Tray:
    """Return the first tray in which something lies."""
    return next((name for name, _label in TRAYS[:-1] if counts[name]), Tray.TO_DO)


def _around(
    request: PeopleRequest, asked: InboxQuery, which: Tray, survey: Survey
) -> dict[str, Any]:
    """Return what stands above the list: trays, filters, orders, procedures."""
    at = timezone.now()
    narrowed = asked.is_narrowed
    found = inbox.count(which, by=request.actor, at=at, filters=asked.filters) if narrowed else 0
    return {
        "tabs": [
            {
                "tray": name.value,
                "label": label,
                "count": capped(survey.counts[name]),
                "url": f"?{asked.encoded(tray=name.value)}",
                "current": name is which,
            }
            for name, label in TRAYS
        ],
        "tray": which.value,
        "form": asked.form,
        "chips": list(asked.chips()),
        "found": capped(found),
        "is_narrowed": narrowed,
        "all_url": f"?{urlencode({'tray': which.value})}",
        "sort": inbox.possible(which, asked.sort).value,
        "sorts": [
            {
                "label": BY_WHEN_DONE if which is Tray.DONE and sort is Sort.LIMIT else label,
                "url": f"?{asked.encoded(tray=which.value, sort=sort.value)}",
                "on": sort is inbox.possible(which, asked.sort),
            }
            for sort, label in SORTS
            if sort in inbox.sorts_of(which)
        ],
        "pills": [] if narrowed else _pills(request, which, asked, survey, at),
        "empty": EMPTY[which],
    }


def _pills(
    request: PeopleRequest, which: Tray, asked: InboxQuery, survey: Survey, at: datetime
) -> list[dict[str, Any]]:
    """Return how many of each procedure lie in a tray, to look at one of them alone."""
    found = survey.procedures.get(which)
    if found is None:
        counted = inbox.by_procedure(which, by=request.actor, at=at)
    else:
        counted = sorted(found.items(), key=lambda one: (-one[1], one[0]))
    if len(counted) < 2:
        return []
    known = library.procedures()
    return [
        {
            "label": said(known[name].title),
            "count": capped(count),
            "url": f"?{asked.encoded(tray=which.value, procedure=name)}",
        }
        for name, count in counted
        if name in known
    ]


def _views(
    views: Sequence[SavedView], kept: Sequence[InboxQuery], current: SavedView | None,
    request: PeopleRequest, at: datetime,
) -> list[dict[str, Any]]:  # fmt: skip
    """Return the saved views with how much lies in each. One query."""
    wanted = [(each.tray or Tray.TO_DO, each.filters) for each in kept]
    counted = inbox.counts_of(wanted, by=request.actor, at=at)
    return [
        {
            "name": view.name,
            "url": f"?{urlencode({'view': view.pk})}",
            "count": capped(count),
            "is_shared": view.unit_id is not None,
            "on": view is current,
        }
        for view, count in zip(views, counted, strict=True)
    ]


def _address(query: str, view: SavedView | None) -> str:
    inbox_url = reverse("web:inbox")
    return f"{inbox_url}?{query}" + (f"&{urlencode({'view': view.pk})}" if view else "")


def _older(query: str, view: SavedView | None, key: Key | None) -> str:
    if key is None:
        return ""
    after = {"after": f"{key.at.isoformat()}~{key.id}~{key.rank}"}
    return f"{_address(query, view)}&{urlencode(after)}"


# --- many at once ---------------------------------------------------------------------------------


@staff()
@never_cache
@require_POST
def act_on_many(request: PeopleRequest) -> HttpResponse:
    """Take one action on everything that was ticked, and say of each what came of it.

    Where something has to be filled in the form comes first.
    """
    at = timezone.now()
    ids = [one for one in map(uuid_of, request.POST.getlist("runs")) if one]
    runs = bulk.chosen_runs(ids[: bulk.MOST_AT_ONCE], by=request.actor)
    action = request.POST.get("action", "")
    act = bulk.action_of(runs, action)
    back = f"{reverse('web:inbox')}?{_kept(request.POST.get('back', ''))}"
    if act is None:
        words = _("Tick at least one matter.") if not runs else _("This cannot be done to many.")
        messages.warning(request, words)
        return see_other(request, back)
    fields = bulk.shared_fields(runs, action)
    rows = rows_of(runs, by=request.actor, at=at)
    context = {"act": act, "label": said(act.label), "hint": said(act.hint), "rows": rows,
               "back": back, "kept": request.POST.get("back", "")}  # fmt: skip
    if "filled_in" not in request.POST and any(field.required for field in fields):
        empty = ActForm(fields, by=request.actor)
        return render(request, "web/inbox/bulk.html", {**context, "form": empty})
    form = ActForm(fields, request.POST, request.FILES, by=request.actor)
    if not form.take_in(by=request.actor, at=at, address=client_address(request)):
        return render(request, "web/inbox/bulk.html", {**context, "form": form}, status=422)
    report = bulk.do_all(runs, action, form, by=request.actor, at=at)
    if report.wrong is not None:
        form.refuse(report.wrong)
        return render(request, "web/inbox/bulk.html", {**context, "form": form}, status=422)
    if not report.left:
        words = ngettext("%(act)s: %(number)d matter.", "%(act)s: %(number)d matters.", report.done)
        messages.success(request, words % {"act": said(act.label), "number": report.done})
        return see_other(request, back)
    told = [
        {"row": row, "outcome": outcome} for row, outcome in zip(rows, report.outcomes, strict=True)
    ]
    told.sort(key=lambda each: not each["outcome"].why)  # type: ignore[attr-defined]  # an Outcome
    return render(request, "web/inbox/bulk_done.html", {**context, "summed": report, "told": told})


def _kept(query: str) -> str:
    """Return an address of the inbox that was sent along, with nothing in it but what it knows."""
    return read_all([query])[0].encoded()


# --- finding --------------------------------------------------------------------------------------


@staff()
@never_cache
@require_safe
def find(request: PeopleRequest) -> HttpResponse:
    """Search the matters this post may see, by words or number."""
    words = " ".join(request.GET.get("q", "").replace("\x00", "").split())
    after = key_of(request.GET.get("after", ""))
    at = timezone.now()
    matters: tuple[Any, ...] = ()
    older = ""
    if words:
        since = SearchKey(after.at, after.id) if after else None
        found = search(Wanted(text=words), by=request.actor, after=since)
        matters = found.matters
        if found.next:
            key = f"{found.next.opened_at.isoformat()}~{found.next.id}"
            older = f"?{urlencode({'q': words, 'after': key})}"
    ids = [matter.pk for matter in matters]
    runs = Run.objects.filter(matter__in=ids, parent=None).select_related(
        "matter__words", "matter__place"
    )
    latest = {run.matter_id: run for run in runs.order_by("opened_at")}
    ordered = [latest[pk] for pk in ids if pk in latest]
    context = {
        "q": words,
        "rows": [
            (row, excerpt(run, words))
            for run, row in zip(ordered, rows_of(ordered, by=request.actor, at=at), strict=True)
        ],
        "older": older,
        "is_first": after is None,
        "is_phone": _is_phone(words),
        "places": [hit.place for hit in search_places(words, limit=5)]
        if words and not after
        else [],
        "units": search_units(words, on=timezone.localdate(at), limit=5)
        if words and not after
        else [],
    }
    return render(request, "web/inbox/find.html", context)


def key_of(text: str) -> Key | None:
    """Return where a page begins; what cannot be read begins at the front."""
    at, _tilde, rest = text.partition("~")
    pk, _tilde, rank = rest.partition("~")
    run = uuid_of(pk)
    try:
        moment = datetime.fromisoformat(at)
        if run is None or not moment.tzinfo:
            return None
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return Key(moment, run, int(rank) if rank in ("0", "1", "2", "3") else 0)


def uuid_of(text: str) -> UUID | None:
    """Return an id that was sent; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _is_phone(words: str) -> bool:
    """Tell whether it reads as the number of a person's phone, not as part of a matter's number."""
    try:
        return bool(words) and len(dialled(words)) >= SHORTEST_PHONE
    except PhoneNotDialled:
        return False
