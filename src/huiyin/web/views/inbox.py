"""The inbox of a post: what waits, by when; one list beside the matter that is open."""

from datetime import datetime
from typing import Any
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
from huiyin.matters.acting import act_many
from huiyin.matters.inbox import Key, Tray
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Run
from huiyin.matters.search import Key as SearchKey
from huiyin.matters.search import Wanted, search
from huiyin.matters.wording import said
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.places.search import search as search_places
from huiyin.procedures import library
from huiyin.ui.http import part, see_other
from huiyin.ui.refusals import Refusal
from huiyin.units.queries import search_units
from huiyin.web.inbox_rows import grouped, rows_of

MOST_AT_ONCE = 50
TRAYS = (
    (Tray.TO_SIGN, gettext_lazy("To sign for")),
    (Tray.TO_DO, gettext_lazy("To do")),
    (Tray.DUE_SOON, gettext_lazy("Due soon")),
    (Tray.OVERDUE, gettext_lazy("Overdue")),
    (Tray.ASSISTING, gettext_lazy("Assisting")),
    (Tray.WAITING, gettext_lazy("With others")),
    (Tray.DONE, gettext_lazy("Done")),
)
EMPTY = {
    Tray.TO_SIGN: gettext_lazy("Nothing new. What is given to your unit appears here."),
    Tray.TO_DO: gettext_lazy("Nothing waits for you. Look at what is with others."),
    Tray.DUE_SOON: gettext_lazy("Nothing ends today or on the next working day."),
    Tray.OVERDUE: gettext_lazy("Nothing is overdue."),
    Tray.ASSISTING: gettext_lazy("Nobody asks for your help now."),
    Tray.WAITING: gettext_lazy("Nothing of yours is with somebody else."),
    Tray.DONE: gettext_lazy("Nothing is done yet."),
}


@staff()
@never_cache
@require_safe
def index(request: PeopleRequest) -> HttpResponse:
    """One tray, page by page; htmx asks for the list alone."""
    at = timezone.now()
    counts = inbox.counts(by=request.actor, at=at)
    which = _tray(request, counts)
    procedure = request.GET.get("procedure", "")
    shown = _page(request, which, procedure, at)
    rows = rows_of(shown.runs, by=request.actor, at=at, tray=which)
    context = {
        "tabs": [
            {
                "tray": name.value,
                "label": label,
                "count": counts[name],
                "url": f"?{urlencode({'tray': name.value})}",
                "current": name is which,
            }
            for name, label in TRAYS
        ],
        "pills": _pills(request, which, procedure),
        "tray": which.value,
        "procedure": procedure,
        "empty": EMPTY[which],
        "groups": grouped(shown.runs, rows, at=at),
        "count": len(rows),
        "older": _older(request, shown.next),
        "is_first": not request.GET.get("after"),
        "bulk": _bulk_acts(shown.runs),
        "now": at,
    }
    return part(request, "web/inbox/_list.html", context, page="web/inbox/index.html")


@staff()
@require_POST
def act_on_many(request: PeopleRequest) -> HttpResponse:
    """Take one action on everything that was ticked; says of each that was left alone why."""
    chosen = [one for one in map(uuid_of, request.POST.getlist("runs")) if one][:MOST_AT_ONCE]
    action = request.POST.get("action", "")
    done = act_many(chosen, action, by=request.actor, at=timezone.now()) if chosen else {}
    refused = [answer for answer in done.values() if isinstance(answer, Refusal)]
    count = len(done) - len(refused)
    if count:
        words = ngettext("%(number)d matter moved on.", "%(number)d matters moved on.", count)
        messages.success(request, words % {"number": count})
    for words in dict.fromkeys(str(answer) for answer in refused):
        messages.warning(request, words)
    if not chosen:
        messages.warning(request, _("Tick at least one matter."))
    tray = urlencode({"tray": request.POST.get("tray", "")})
    return see_other(request, f"{reverse('web:inbox')}?{tray}")


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
        "rows": rows_of(ordered, by=request.actor, at=at),
        "older": older,
        "is_first": after is None,
        "places": [hit.place for hit in search_places(words, limit=5)]
        if words and not after
        else [],
        "units": search_units(words, on=timezone.localdate(at), limit=5)
        if words and not after
        else [],
    }
    return render(request, "web/inbox/find.html", context)


def _tray(request: PeopleRequest, counts: dict[Tray, int]) -> Tray:
    """Return the tray that was asked for, else the first one in which something lies."""
    wanted = request.GET.get("tray", "")
    if wanted in set(Tray):
        return Tray(wanted)
    return next((name for name, _label in TRAYS[:-1] if counts[name]), Tray.TO_DO)


def _page(request: PeopleRequest, which: Tray, procedure: str, at: datetime) -> inbox.Page:
    after = key_of(request.GET.get("after", ""))
    return inbox.tray(which, by=request.actor, at=at, after=after, procedure=procedure)


def _pills(request: PeopleRequest, which: Tray, chosen: str) -> list[dict[str, Any]]:
    """Return how many of each procedure lie in a tray, to look at one of them alone."""
    counted = inbox.by_procedure(which, by=request.actor, at=timezone.now())
    if len(counted) < 2 and not chosen:
        return []
    known = library.procedures()
    return [
        {
            "label": said(known[name].title),
            "count": count,
            "url": f"?{urlencode({'tray': which.value, 'procedure': name})}",
            "on": name == chosen,
        }
        for name, count in counted
        if name in known
    ]


def _bulk_acts(runs: Any) -> list[dict[str, str]]:
    """Return what can be done to many of these at once, without a form, from where they stand."""
    found: dict[str, str] = {}
    for run in runs:
        for rule in procedure_of(run.procedure).actions.values():
            is_plain = rule.bulk and not any(field.required for field in rule.form)
            if is_plain and run.state in rule.froms:
                found[rule.name] = said(rule.label)
    return [{"action": name, "label": label} for name, label in sorted(found.items())]


def _older(request: PeopleRequest, key: Key | None) -> str:
    if key is None:
        return ""
    rest = {name: value for name, value in request.GET.items() if name != "after"}
    return f"?{urlencode({**rest, 'after': f'{key.at.isoformat()}~{key.id}'})}"


def key_of(text: str) -> Key | None:
    """Return where a page begins; what cannot be read begins at the front."""
    at, _tilde, pk = text.partition("~")
    run = uuid_of(pk)
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return None
    return Key(moment, run) if run and moment.tzinfo else None


def uuid_of(text: str) -> UUID | None:
    """Return an id that was sent; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None
