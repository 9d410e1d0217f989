"""The grid worker's pages: today, report, my grid, mine. They work without a script, and with it
without a network: what is sent then waits in the phone and comes here later, under its own key.
"""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.categories.models import Urgency
from huiyin.categories.search import suggest
from huiyin.categories.tree import tree
from huiyin.grid import photos
from huiyin.grid.refusals import PhotoElsewhere
from huiyin.grid.visits import due_again
from huiyin.matters import numbers
from huiyin.matters.act_forms import ActForm
from huiyin.matters.acting import act
from huiyin.matters.attachments import attachments_of
from huiyin.matters.models import EventHeader, FileKind
from huiyin.matters.opening_once import answered
from huiyin.matters.refusals import NotFound
from huiyin.matters.wording import language
from huiyin.people.addresses import client_address
from huiyin.people.guards import public, staff
from huiyin.people.http import PeopleRequest
from huiyin.procedures.language import FieldType
from huiyin.ui.http import part, see_other
from huiyin.ui.refusals import Refusal
from huiyin.ui.views import manifest_of
from huiyin.web.desks.field import grids_with_workers, local_contacts, on_duty
from huiyin.web.inbox_rows import title_of
from huiyin.web.on_foot import AtTheSpot, Today, files_field, kind_of, run_seen
from huiyin.web.reporting import Report, opening, settling
from huiyin.web.sending import is_from_phone, kept, looked_at, missing_photos, received, remap
from huiyin.web.views.looking import matter_opened
from huiyin.web.whistles import Show, Whistles

KINDS = 3
PART_BYTES = 262_144


@staff()
@never_cache
@require_safe
def today(request: PeopleRequest) -> HttpResponse:
    """What waits for me: the first thing with its act, the rest in walking order."""
    found = Today(request.actor, at=timezone.now())
    if not found.grids:
        calls = Whistles(request.actor, at=found.at).page(Show.CALLED).calls
        return render(request, "web/field/none.html", {"tab": "today", "calls": calls})
    context = {"tab": "today", "day": found, "now": found.at}
    return kept(render(request, "web/field/today.html", context))


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: PeopleRequest) -> HttpResponse:
    """Report what is seen, with photos and few words; or settle it on the spot."""
    found = Today(request.actor, at=timezone.now())
    if not found.grids:
        return render(request, "web/field/none.html", {"tab": "report"})
    if request.method == "POST":
        return _reported(request, found)
    initial = {_place_field(): str(found.grids[0].pk), "urgency": Urgency.NORMAL.value}
    return kept(_report_page(request, Report(initial=initial), found))


def _reported(request: PeopleRequest, found: Today) -> HttpResponse:
    key = request.POST.get("key", "")[:64]
    event = _known(request, key)
    if event is None:
        sent = Report(request.POST, remap(request.FILES, _files(request.POST)))
        try:
            if not sent.take_in(
                by=request.actor, at=found.at, address=client_address(request)
            ) or missing_photos(sent.report, sent.settled):
                return _not_taken(request, sent, found)
            event = sent.send(key=key, by=request.actor, at=found.at).event
        except Refusal as refusal:
            event = _known(request, key)  # the same request came a moment before
            if event is None:
                _refuse(sent, refusal)
                return _not_taken(request, sent, found, refusal)
    run = event.run
    if is_from_phone(request):
        return received(number=run.matter.number, title=kind_of(run))
    messages.success(
        request,
        _("Reported. The number is %(number)s.") % {"number": numbers.spoken(run.matter.number)},
    )
    return see_other(request, reverse("web:field"))


def _known(request: PeopleRequest, key: str) -> EventHeader | None:
    """Return what a key of the phone has done already.

    The phone makes a key for one thing alone. The key of a form is judged with what was typed: the
    page may have been gone back to and filled in anew.
    """
    return answered(key=key, by=request.actor) if is_from_phone(request) else None


def _not_taken(
    request: PeopleRequest, sent: Report, found: Today, refusal: Refusal | None = None
) -> HttpResponse:
    forms = (sent.report, sent.settled)
    if is_from_phone(request):
        return looked_at(*forms, refusal=refusal)
    return _report_page(request, sent, found, status=422)


def _refuse(sent: Report, refusal: Refusal) -> None:
    """Write each fault beside its field, of the report or of how it was settled."""
    errors = getattr(refusal, "errors", {})
    of_settling = [name for name in errors if name in sent.settled.fields]
    (sent.settled if of_settling else sent.report).refuse(refusal)


def _files(sent: Any) -> dict[str, str]:
    """Return which field the photos of a report, and those of afterwards, belong to."""
    after = next((one.name for one in settling().form if one.type is FieldType.FILES), "")
    return {"camera": files_field(opening().action.form, sent), "camera_after": f"after_{after}"}


def _place_field() -> str:
    field = opening().field_of(FieldType.PLACE)
    return field.name if field else ""


def _report_page(
    request: PeopleRequest, sent: Report, found: Today, *, status: int = 200
) -> HttpResponse:
    context = {
        "tab": "report",
        "sent": sent,
        "report": sent.report,
        "settled": sent.settled,
        "hint": opening().hint,
        "here": found.here,
        "kinds": _kinds(),
        "photos": {
            "normal": files_field(opening().action.form, {"urgency": Urgency.NORMAL.value}),
            "urgent": files_field(opening().action.form, {"urgency": Urgency.URGENT.value}),
            "after": _files({})["camera_after"],
        },
        "key": request.POST.get("key") or uuid4().hex,
    }
    return render(request, "web/field/report.html", context, status=status)


def _kinds() -> list[list[str]]:
    """Return every class with the words people use for it, to be guessed from without a network."""
    is_zh = language().startswith("zh")
    return [
        [
            str(node.category.pk),
            node.category.name_zh if is_zh else node.category.name_en,
            " ".join((node.category.name_zh, node.category.phrase_1, node.category.phrase_2)),
        ]
        for node in tree().leaves()
    ]


@staff()
@never_cache
@require_safe
def kinds(request: PeopleRequest) -> HttpResponse:
    """The likeliest classes for some words, for the form of a report."""
    words = request.GET.get("q", "")[:2000].replace("\x00", "")
    is_zh = language().startswith("zh")
    hits = suggest(words, KINDS) if words.strip() else []
    found = [
        {
            "id": str(hit.category.pk),
            "label": hit.category.name_zh if is_zh else hit.category.name_en,
        }
        for hit in hits
        if hit.node.is_leaf
    ]
    return JsonResponse({"found": found})


@staff()
@never_cache
@require_safe
def matter(request: PeopleRequest, number: str, run_id: UUID) -> HttpResponse:
    """One matter on the spot: what it is about, and what can be done here."""
    there = _there(request, number, run_id)
    context = {"tab": "today", "there": there, "key": uuid4().hex, "acts": there.shown()}
    return kept(render(request, "web/field/matter.html", context))


@staff()
@never_cache
@require_safe
def words(request: PeopleRequest, number: str, run_id: UUID) -> HttpResponse:
    """What was said, and the photos: never kept in the phone."""
    at = timezone.now()
    run = _there(request, number, run_id).run
    seen = matter_opened(request, run.matter_id, at=at)
    uses = [use for found in attachments_of([run.pk]).values() for use in found]
    pictures = [
        reverse("web:act_file", args=[use.attachment_id])
        for use in uses
        if use.attachment.kind == FileKind.IMAGE
    ]
    said = getattr(seen, "words", None)
    context = {"title": title_of(run), "said": said, "pictures": pictures[:6]}
    return part(request, "web/field/_words.html", context)


@staff()
@never_cache
@require_POST
def take(request: PeopleRequest, number: str, run_id: UUID, action: str) -> HttpResponse:
    """Take an act on the spot; sent again under the same key it is taken once."""
    key = request.POST.get("key", "")[:64]
    if _known(request, key) is not None:
        return _acted(request, number)
    there = _there(request, number, run_id)
    found = there.act(action)
    if found is None:
        why = _("This can no longer be done here: the matter has gone on to “%(state)s”.") % {
            "state": there.stop.what
        }
        if is_from_phone(request):
            return looked_at(why=why, note=_note_url(there), is_conflict=True)
        messages.warning(request, why)
        return see_other(request, there.stop.url)
    files = remap(request.FILES, {"camera": files_field(found.form, request.POST)})
    form = ActForm(found.form, request.POST, files, auto_id=f"{action}_%s")
    refused = None
    try:
        if form.take_in(
            by=request.actor, at=there.at, address=client_address(request)
        ) and not missing_photos(form):
            expected = request.POST.get("expected", "")
            act(
                run_id, action, by=request.actor, at=there.at, form=form.values(), key=key,
                expected=int(expected) if expected.isdecimal() else None,
            )  # fmt: skip
            return _acted(request, number)
    except Refusal as refusal:
        form.refuse(refusal)
        refused = refusal
    if is_from_phone(request):
        return looked_at(form, refusal=refused, note=_note_url(there))
    context = {"tab": "today", "there": there, "acts": there.shown(form, action), "key": key}
    return render(request, "web/field/matter.html", context | {"named": action}, status=422)


def _acted(request: PeopleRequest, number: str) -> HttpResponse:
    if is_from_phone(request):
        return received(number=number)
    messages.success(request, _("Recorded. It goes on from here."))
    return see_other(request, reverse("web:field"))


def _note_url(there: AtTheSpot) -> str:
    """Return where the words can be left as a note on the matter instead."""
    found = there.act("note")
    args = [there.number, there.run.pk, "note"]
    return reverse("web:field_act", args=args) if found else ""


def _there(request: PeopleRequest, number: str, run_id: UUID) -> AtTheSpot:
    run = run_seen(number, run_id, by=request.actor)
    if run is None:
        raise NotFound()
    return AtTheSpot(run, by=request.actor, at=timezone.now())


@staff()
@never_cache
@require_safe
def grid(request: PeopleRequest) -> HttpResponse:
    """My grids with who works there, and whom to call: public numbers only."""
    at = timezone.now()
    found = Today(request.actor, at=at)
    if not found.grids:
        return render(request, "web/field/none.html", {"tab": "grid"})
    first = found.grids[0]
    context = {
        "tab": "grid",
        "grids": grids_with_workers(found.grids, on=found.on),
        "contacts": local_contacts(first, on=found.on),
        "duty": on_duty((first.village_id, first.town_id), at=at),
    }
    return kept(render(request, "web/field/grid.html", context))


@staff()
@never_cache
@require_safe
def me(request: PeopleRequest) -> HttpResponse:
    """Mine: what waits in the phone, my visits, display, leaving."""
    at = timezone.now()
    due = due_again(by=request.actor, until=timezone.localdate(at))
    context = {"tab": "me", "due": len(due)}
    return kept(render(request, "web/field/me.html", context))


@staff()
@never_cache
@require_safe
def waiting(request: PeopleRequest) -> HttpResponse:
    """What waits in this phone; filled in by the phone itself."""
    return kept(render(request, "web/field/waiting.html", {"tab": "report"}))


@staff()
@never_cache
@require_safe
def who(request: PeopleRequest) -> HttpResponse:
    """Whose session this is, and the token to send with: asked before anything is sent."""
    return JsonResponse({"account": str(request.actor.account_id), "token": get_token(request)})


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "PUT"])
def photo(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """How much of a photo has arrived; or its next part: `?offset=…&size=…`, bytes."""
    at, by = timezone.now(), request.actor
    if request.method != "PUT":
        return _how_far(photos.arrived(pk, by=by))
    offset, size = request.GET.get("offset", ""), request.GET.get("size", "")
    content = request.body
    is_clear = offset.isdecimal() and size.isdecimal() and 0 < len(content) <= 2 * PART_BYTES
    if not is_clear or len(offset + size) > 20:
        return JsonResponse({"why": _("The part of the photo cannot be read.")}, status=400)
    try:
        found = photos.take_part(
            pk, offset=int(offset), size=int(size), content=content, by=by, at=at,
            address=client_address(request),
        )  # fmt: skip
    except PhotoElsewhere as refusal:
        return JsonResponse({"why": str(refusal), "received": refusal.received}, status=409)
    except Refusal as refusal:
        return JsonResponse({"why": str(refusal)}, status=422)
    return _how_far(found)


def _how_far(found: photos.Arrived) -> HttpResponse:
    file = str(found.attachment_id) if found.attachment_id else ""
    return JsonResponse({"received": found.received, "file": file})


@public
@require_safe
def manifest(request: HttpRequest) -> HttpResponse:
    """The grid worker's pages as an application of the phone."""
    del request
    return manifest_of(
        {
            "name": _("Huiyin, grid work"),
            "short_name": _("Grid work"),
            "start_url": reverse("web:field"),
            "id": reverse("web:field"),
        }
    )
