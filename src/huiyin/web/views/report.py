"""Telling something in three screens: what, where, who. Works as plain forms; scripts only add."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.categories.search import suggest
from huiyin.categories.tree import tree
from huiyin.dispatch.models import Level
from huiyin.dispatch.urgency import Heard, urgency_of
from huiyin.matters.act_forms import ActForm
from huiyin.matters.attachments import hand_to, opened
from huiyin.matters.models import Attachment, FileKind
from huiyin.matters.wording import said
from huiyin.people.addresses import client_address
from huiyin.people.guards import public
from huiyin.procedures.language import FieldType
from huiyin.ui.http import SeeOther
from huiyin.ui.widgets import Choice, ManyFiles
from huiyin.web import drafts
from huiyin.web.asking import Asked, keep_arrived, likely_kind, problems
from huiyin.web.asking_pages import address, begun, for_residents, screen, speaker_of, to
from huiyin.web.doors import Door
from huiyin.web.finding import may_answer
from huiyin.web.models import Draft, DraftFile
from huiyin.web.stars import rated_services
from huiyin.web.views.start import question

OFFERED = 3
TELLING = 4  # characters from which on something has been said


@for_residents
@require_safe
def begin(request: HttpRequest, door: Door) -> HttpResponse:
    """Say what is good to know before; doors without such words lead on at once."""
    if not door.guidance:
        return to("what", door)
    asked = Asked(door, drafts.said(begun(request, door)))
    rated = rated_services() if door.offers else {}
    services = [
        (name, code, said(words), rated.get(code))
        for name, offered in door.offers.items()
        for code, words in offered().items()
    ]
    return screen(request, "begin", asked, step=0, back="/", services=services)


@for_residents
@require_http_methods(["GET", "HEAD", "POST"])
def what(request: HttpRequest, door: Door) -> HttpResponse:
    """First screen: what has happened, in the person's own words, with files."""
    draft = begun(request, door)
    if request.method != "POST":
        body = {**_brought_along(request, door), **drafts.said(draft)}
        form = ActForm(door.what, initial=body.get("form", {}))
        return _what_page(request, Asked(door, body), form, draft)
    now, by, token = timezone.now(), speaker_of(request), ""
    if draft is None:
        draft, token = drafts.begin(request, door.slug, at=now)
    hand_to(ids=[one.pk for one in drafts.files_of(draft)], by=by)
    form = ActForm(door.what, request.POST, request.FILES)
    is_clear = form.take_in(by=by, at=now, address=client_address(request))
    values = keep_arrived(form, door, draft, at=now)
    body = {**drafts.said(draft), "form": values, "called": request.POST.get("called", "")}
    body |= _kind(request, door, body)
    drafts.keep(draft, body, at=now)
    answer = _after_what(request, door, draft, form, is_clear=is_clear)
    return drafts.hand_cookie(answer, token) if token else answer


def _after_what(
    request: HttpRequest, door: Door, draft: Draft, form: ActForm, *, is_clear: bool
) -> HttpResponse:
    """Lead on from the first screen, or show it again with what is wrong, or whom to call first."""
    asked = Asked(door, drafts.said(draft))
    if "later" in request.POST:
        return put_aside(request)
    wrong = problems(door, asked.form, at=timezone.now())
    if wrong is not None:
        form.refuse(wrong)
    if wrong is not None or not is_clear:
        return _what_page(request, asked, form, draft, status=422)
    heard = urgency_of(asked.words, asked.category)
    if heard.level == Level.EMERGENCY and heard.number and asked.body["called"] != heard.number:
        return _what_page(request, asked, form, draft, heard=heard)
    return to("where", door)


def _what_page(
    request: HttpRequest, asked: Asked, form: ActForm, draft: Draft | None, *, status: int = 200,
    heard: Heard | None = None,
) -> HttpResponse:  # fmt: skip
    kept = drafts.files_of(draft)
    for field in asked.door.of_type(FieldType.FILES):
        widget = form.fields[field.name].widget
        if isinstance(widget, ManyFiles):
            widget.kept = [Choice(str(one.pk), one.name) for one in kept]
    return screen(
        request, "what", asked, step=1, status=status, form=form, heard=heard,
        back=address("begin", asked.door) if asked.door.guidance else "/",
        files_in=next((one.name for one in asked.door.of_type(FieldType.FILES)), ""),
        pictures=[one for one in kept if one.kind == FileKind.IMAGE], **_kinds(asked),
    )  # fmt: skip


def _brought_along(request: HttpRequest, door: Door) -> dict[str, Any]:
    """Return what was said before the first screen: words that were searched, a service, a kind."""
    kind = request.GET.get("category", "")
    form = {door.main: question(request, "q")}
    for name, offered in door.offers.items():
        chosen = request.GET.get(name, "")
        if chosen and chosen in offered():
            form[name] = chosen
    return {"form": form, "category": kind if kind in tree().by_code else ""}


def _kind(request: HttpRequest, door: Door, body: dict[str, Any]) -> dict[str, Any]:
    """Return the kind of matter: as the person chose, else as the words say."""
    if not door.suggests:
        return {}
    chosen, before = request.POST.get("category"), body.get("category", "")
    if chosen is not None and chosen != before and (not chosen or chosen in tree().by_code):
        return {"category": chosen, "is_chosen": True}
    if body.get("is_chosen"):
        return {}  # what stood there ticked already is no choice; what was chosen before is
    return {"category": likely_kind(str(body["form"].get(door.main, "")))}


def _kinds(asked: Asked) -> dict[str, Any]:
    if not asked.door.suggests:
        return {"nodes": [], "answers": []}
    nodes = [hit.node for hit in suggest(asked.words, OFFERED)] if asked.words else []
    if asked.node is not None and asked.node not in nodes:
        nodes = [asked.node, *nodes]
    code = nodes[0].category.code if nodes else ""
    words = asked.words if len(asked.words) >= TELLING else ""
    today = timezone.localdate()
    return {"nodes": nodes, "answers": may_answer(words, category=code, on=today) if words else []}


@for_residents
@require_POST
def kinds(request: HttpRequest, door: Door) -> HttpResponse:
    """While somebody writes: keep the words, and offer the kinds that fit them."""
    now, token = timezone.now(), ""
    draft = begun(request, door)
    if draft is None:
        draft, token = drafts.begin(request, door.slug, at=now)
    body = drafts.said(draft)
    typed = request.POST.get(door.main, "")[:2000].replace("\x00", "")
    body["form"] = {**body.get("form", {}), door.main: typed}
    body |= _kind(request, door, body)
    drafts.keep(draft, body, at=now)
    asked = Asked(door, body)
    answer = screen(request, "_kinds", asked, step=1, back="", **_kinds(asked))
    return drafts.hand_cookie(answer, token) if token else answer


def put_aside(request: HttpRequest) -> HttpResponse:
    """Say that nothing is lost, at the start page."""
    words = _("Kept for %(days)d days in this browser. You find it again on the start page.")
    messages.success(request, words % {"days": drafts.KEEP_DAYS})
    return SeeOther("/")


@for_residents
@require_POST
def drop(request: HttpRequest, door: Door) -> HttpResponse:
    """Throw away what was begun."""
    draft = begun(request, door)
    if draft is not None:
        draft.delete()
        messages.success(request, _("What you had begun is deleted."))
    return SeeOther("/")


@public
@never_cache
@require_safe
def draft_file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a picture of one's own draft, small."""
    ids = [draft.pk for draft in drafts.all_of(request)]
    row = DraftFile.objects.filter(draft__in=ids, attachment=pk).select_related("attachment")
    found: list[Attachment] = [one.attachment for one in row]
    if not found or found[0].kind != FileKind.IMAGE:
        raise Http404
    small = opened(found[0], size="small")
    return HttpResponse(small.path.read_bytes(), content_type=small.media_type)
