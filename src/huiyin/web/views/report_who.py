"""The third screen: whom to answer. Then it is sent, once, however often the button is pressed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from huiyin.dispatch.models import Level
from huiyin.dispatch.urgency import urgency_of
from huiyin.matters import access
from huiyin.matters.handing_over import main_run
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Matter, MatterText
from huiyin.matters.promises import promise_of
from huiyin.matters.ratings import RATING
from huiyin.matters.refusals import ActRefused, CannotJoin
from huiyin.matters.wording import said
from huiyin.people import accounts, phone_codes, phones, signing_in
from huiyin.people.actors import Actor
from huiyin.people.addresses import client_address
from huiyin.people.forms import CodeForm
from huiyin.people.models import Account
from huiyin.people.refusals import CodeTooSoon
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.web import appointments, asking, drafts, shown
from huiyin.web.asking import VISITOR, Asked
from huiyin.web.asking_pages import address, begun, for_residents, resident_of, screen, to
from huiyin.web.doors import Door
from huiyin.web.following import office_words
from huiyin.web.forms import WhoForm
from huiyin.web.models import Draft
from huiyin.web.ruler import ruler
from huiyin.web.views.report import put_aside
from huiyin.web.views.report_when import TAKEN

HOTLINE = "12345"  # what is urgent is told there faster than a page is read
KEPT = ("how", "phone", "name", "keep_secret", "side_name", "side_phone")


@for_residents
@sensitive_post_parameters("phone")
@require_http_methods(["GET", "HEAD", "POST"])
def who(request: HttpRequest, door: Door) -> HttpResponse:
    """Whom to answer, who may know it; what becomes of it is said before it is sent."""
    return _once(request, door, _who)


@for_residents
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest, door: Door) -> HttpResponse:
    """The code that came proves the phone; with it everything is sent."""
    return _once(request, door, _code)


def _once(request: HttpRequest, door: Door, view: Any) -> HttpResponse:
    """Let one request at a time work on a draft; a second tap is led to what the first has done."""
    draft = drafts.of(request, door.slug)
    if draft is None:
        return to("what", door)
    with drafts.one_at_a_time(draft):
        fresh = drafts.of(request, door.slug)
        if fresh is None:
            return to("what", door)
        if fresh.sent_at is not None:
            return to("sent", door)
        asked = Asked(door, drafts.said(fresh))
        if not asked.form or asked.place() is None:
            return to("where" if asked.form else "what", door)
        answer: HttpResponse = view(request, door, fresh, asked)
    return answer


def _who(request: HttpRequest, door: Door, draft: Draft, asked: Asked) -> HttpResponse:
    resident = resident_of(request)
    more = {"is_known": resident is not None, "joins": asked.joins is not None}
    if request.method != "POST":
        said_before = {name: asked.body[name] for name in KEPT if asked.body.get(name)}
        initial = {"how": "phone", "keep_secret": "no", **said_before}
        return _who_page(request, asked, WhoForm(door, initial=initial, **more))
    form = WhoForm(door, request.POST, **more)
    if "later" in request.POST or form.is_valid():
        sent = form.cleaned_data if form.is_valid() else {}
        body = {**drafts.said(draft), **{k: sent[k] for k in KEPT if k in sent}}
        drafts.keep(draft, body, at=timezone.now())
        asked = Asked(door, body)
    if "later" in request.POST:
        return put_aside(request)
    if not form.is_valid():
        return _who_page(request, asked, form, status=422)
    if form.is_anonymous:
        return _send(request, door, draft, asked, form, by=VISITOR, phone="")
    if resident is not None:
        account: Account = request.account  # type: ignore[attr-defined]  # PeopleRequest
        return _send(request, door, draft, asked, form, by=resident, phone=account.phone)
    try:
        _send_code(request, form.cleaned_data["phone"])
    except CodeTooSoon:
        pass  # one is on its way; the next page asks for it
    except Refusal as refused:
        form.add_error("phone", sentence_of(refused))
        return _who_page(request, asked, form, status=422)
    return to("code", door)


def _who_page(
    request: HttpRequest, asked: Asked, form: WhoForm, *, status: int = 200, trouble: str = ""
) -> HttpResponse:
    now = timezone.now()
    place = asked.place()
    assert place is not None  # noqa: S101 `_once` has looked
    account: Account | None = getattr(request, "account", None)
    routing = None if asked.joins else asking.routing(asked, place, at=now)
    return screen(
        request, "who", asked, step=3, back=address("where", asked.door), status=status,
        form=form, trouble=trouble, place=place, routing=routing,
        visit=appointments.named(asked),
        phone=phones.masked(account.phone) if account else "",
        notice=shown.in_force(asked.door.slug, on=timezone.localdate(now)),
    )  # fmt: skip


def _send(
    request: HttpRequest, door: Door, draft: Draft, asked: Asked, form: WhoForm, *, by: Actor,
    phone: str,
) -> HttpResponse:  # fmt: skip
    """Send it; whatever is not possible is said on the third screen, and nothing is lost."""
    now = timezone.now()
    try:
        asking.send(draft, asked, by=by, phone=phone, at=now)
    except CannotJoin as refused:
        body = {**asked.body, "joins": "", "is_other": True}
        drafts.keep(draft, body, at=now)
        return _who_page(request, Asked(door, body), form, status=409, trouble=sentence_of(refused))
    except ActRefused as refused:
        if door.times and door.times in refused.errors:
            body = {**asked.body, TAKEN: True}
            body["form"] = {k: v for k, v in asked.form.items() if k != door.times}
            drafts.keep(draft, body, at=now)
            return to("when", door)
        return _who_page(request, asked, form, status=409, trouble=sentence_of(refused))
    except Refusal as refused:
        return _who_page(request, asked, form, status=409, trouble=sentence_of(refused))
    return to("sent", door)


# --- the code -----------------------------------------------------------------------------------


def _send_code(request: HttpRequest, phone: str) -> None:
    phone_codes.request(
        phone=phone,
        address=client_address(request),
        language=get_language() or settings.LANGUAGE_CODE,
        at=timezone.now(),
    )


def _code(request: HttpRequest, door: Door, draft: Draft, asked: Asked) -> HttpResponse:
    phone = str(asked.body.get("phone", ""))
    if not phone or resident_of(request) is not None:
        return to("who", door)
    if request.method != "POST":
        return _code_page(request, asked, phone, CodeForm())
    if "again" in request.POST:
        return _code_again(request, asked, phone)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, asked, phone, form, status=422)
    now = timezone.now()
    try:
        phone_codes.verify(phone=phone, digits=form.cleaned_data["code"], at=now)
    except Refusal as refused:
        form.add_error("code", sentence_of(refused))
        return _code_page(request, asked, phone, form, status=422)
    account = accounts.resident_for_phone(phone=phone, at=now)
    by = signing_in.sign_in(request, account, at=now)
    request.account = account  # type: ignore[attr-defined]  # PeopleRequest
    known = WhoForm(door, initial=dict(asked.body), is_known=True, joins=asked.joins is not None)
    return _send(request, door, draft, asked, known, by=by, phone=phone)


def _code_again(request: HttpRequest, asked: Asked, phone: str) -> HttpResponse:
    try:
        _send_code(request, phone)
    except Refusal as refused:
        trouble = sentence_of(refused)
        return _code_page(request, asked, phone, CodeForm(), trouble=trouble, status=422)
    return to("code", asked.door)


def _code_page(
    request: HttpRequest, asked: Asked, phone: str, form: CodeForm, *, trouble: str = "",
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    return screen(
        request, "code", asked, step=3, back=address("who", asked.door), status=status, form=form,
        trouble=trouble, phone=phones.masked(phone),
        seconds=phone_codes.seconds_to_next(phone=phone, at=timezone.now()),
    )  # fmt: skip


# --- after sending ------------------------------------------------------------------------------


@for_residents
@require_safe
def sent(request: HttpRequest, door: Door) -> HttpResponse:
    """The number, the promise, what comes next; open for a day to the browser that sent it."""
    draft = drafts.of(request, door.slug)
    if draft is None or draft.matter_id is None:
        return to("what", door) if begun(request, door) else to("begin", door)
    matter = Matter.objects.select_related("category").get(pk=draft.matter_id)
    run, now = main_run(matter), timezone.now()
    rules = procedure_of(run.procedure)
    state = rules.states[run.state]
    owner = rules.actors.get(state.owner)
    words = MatterText.objects.filter(matter=matter).first()
    promise = promise_of(run.pk)
    heard = urgency_of(words.text if words else "", matter.category)
    resident = resident_of(request)
    context: dict[str, Any] = {
        "matter": matter,
        "plain": said(state.plain) or said(state.label),
        "owner": office_words(rules, run.state) or (said(owner.label) if owner else ""),
        "promise": promise,
        "visit": appointments.visit(run),
        "ruler": ruler(promise, at=now) if promise else None,
        "is_known": resident is not None
        and access.matters_seen_by(resident).filter(pk=matter.pk).exists(),
        "number_to_call": heard.number or (HOTLINE if heard.level == Level.URGENT else ""),
        "is_rated": any(RATING in act.effects for act in rules.actions.values()),
    }
    return screen(request, "sent", Asked(door, {}), step=0, back="/", **context)
