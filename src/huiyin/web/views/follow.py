"""Following a matter: by account, or by its number and a code to the phone that stands in it."""

from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.matters import access, numbers, similar
from huiyin.matters.act_forms import STARS, ActForm
from huiyin.matters.acting import act as take
from huiyin.matters.claiming import claim
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Matter
from huiyin.matters.refusals import NotFound
from huiyin.matters.wording import said
from huiyin.people import accounts, phone_codes, phones, signing_in
from huiyin.people.actors import Actor
from huiyin.people.addresses import client_address
from huiyin.people.forms import CodeForm, PhoneForm
from huiyin.people.guards import for_residents, public
from huiyin.people.models import AccountKind
from huiyin.people.refusals import CodeTooSoon
from huiyin.people.sealing import CannotOpen, open_sealed, seal
from huiyin.ui.http import SeeOther
from huiyin.ui.refusals import Refusal, sentence_of
from huiyin.web.appointments import visit
from huiyin.web.asking_pages import resident_of
from huiyin.web.following import Following, apart, following
from huiyin.web.views.start import question

CONTEXT = "web.follow_phone"
RATE_ALONG = "rate-along"
TITLES = 40


@public
@never_cache
@require_safe
def ask_number(request: HttpRequest) -> HttpResponse:
    """Ask for the number of a matter."""
    asked = question(request, "number")
    number = numbers.read(asked)
    if number is not None:
        return SeeOther(reverse("web:follow", args=[number]))
    return _number_page(request, asked, status=404 if asked else 200)


def _number_page(request: HttpRequest, asked: str, *, status: int) -> HttpResponse:
    wrong = ""
    if asked:
        wrong = _("This is no number of ours. Compare it digit by digit.")
    elif "number" in request.GET:
        wrong = _("Write the number of the matter.")
    return render(request, "web/follow/find.html", {"asked": asked, "wrong": wrong}, status=status)


@public
@never_cache
@require_safe
def follow(request: HttpRequest, number: str) -> HttpResponse:
    """Show a matter to whoever may read it; ask a visitor who they are. Nothing is used up."""
    if numbers.read(number) is None:
        return _number_page(request, number[:TITLES], status=404)
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return _open_page(request, number, PhoneForm())
    if actor.kind == AccountKind.STAFF:
        return SeeOther(reverse("web:matter", args=[number]))
    try:
        matter = access.matter_of_number(number, by=actor)
    except NotFound:
        return render(request, "web/follow/not_yours.html", {"number": number}, status=404)
    after = _uuid(request.GET.get("after", ""))
    seen = following(matter, by=actor, at=timezone.now(), after=after)
    return _page(request, seen, _form_of(seen))


def _form_of(seen: Following) -> ActForm | None:
    if seen.first is None or not seen.opens_in_place:
        return None
    return ActForm(seen.first.form, people=seen.people)


def _page(
    request: HttpRequest, seen: Following, form: ActForm | None, *, status: int = 200
) -> HttpResponse:
    context = {
        "seen": seen,
        "apart": apart(seen.promise) if seen.promise and seen.is_answered else "",
        "form": form,
        "key": uuid4(),
        "older": f"?after={seen.older}" if seen.older else "",
        "is_later": "after" in request.GET,
        "title": seen.title,
        "entries": [(entry, seen.files.get(entry.key, ())) for entry in seen.entries],
        "stars": STARS,
        "visit": None if seen.told.is_done else visit(seen.run),
    }
    return render(request, "web/follow/follow.html", context, status=status)


# --- by number and phone ------------------------------------------------------------------------


@public
@never_cache
@sensitive_post_parameters("phone", "code", "sealed")
@require_POST
def open_by_phone(request: HttpRequest, number: str) -> HttpResponse:
    """Send a code to a phone, then let whoever has it see the matter that phone stands in."""
    if numbers.read(number) is None:
        return _number_page(request, number[:TITLES], status=404)
    resident = resident_of(request)
    if resident is not None:
        return _claimed(request, number, resident)
    if "sealed" in request.POST:
        return _with_code(request, number)
    form = PhoneForm(request.POST)
    if form.is_valid():
        phone = form.cleaned_data["phone"]
        try:
            _send_code(request, phone)
        except CodeTooSoon:
            pass  # one is on its way
        except Refusal as refused:
            form.add_error("phone", sentence_of(refused))
        if form.is_valid():
            return _code_page(request, number, phones.normal(phone), CodeForm())
    return _open_page(request, number, form, status=422)


def _send_code(request: HttpRequest, phone: str) -> None:
    phone_codes.request(
        phone=phone,
        address=client_address(request),
        language=get_language() or settings.LANGUAGE_CODE,
        at=timezone.now(),
    )


def _with_code(request: HttpRequest, number: str) -> HttpResponse:
    try:
        phone = open_sealed(request.POST["sealed"], context=CONTEXT)
    except CannotOpen:
        return SeeOther(reverse("web:follow", args=[number]))
    form, now = CodeForm(request.POST), timezone.now()
    if not form.is_valid():
        return _code_page(request, number, phone, form, status=422)
    try:
        phone_codes.verify(phone=phone, digits=form.cleaned_data["code"], at=now)
    except Refusal as refused:
        form.add_error("code", sentence_of(refused))
        return _code_page(request, number, phone, form, status=422)
    account = accounts.resident_for_phone(phone=phone, at=now)
    return _claimed(request, number, signing_in.sign_in(request, account, at=now))


def _claimed(request: HttpRequest, number: str, by: Actor) -> HttpResponse:
    try:
        claim(number=number, by=by, at=timezone.now(), address=client_address(request))
    except NotFound:
        words = _("There is no matter %(number)s with your phone in it. Look at the number again.")
        messages.warning(request, words % {"number": numbers.spoken(number)})
    return SeeOther(reverse("web:follow", args=[number]))


def _open_page(
    request: HttpRequest, number: str, form: PhoneForm, *, status: int = 200
) -> HttpResponse:
    context = {"number": number, "form": form}
    return render(request, "web/follow/open.html", context, status=status)


def _code_page(
    request: HttpRequest, number: str, phone: str, form: CodeForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "number": number,
        "form": form,
        "phone": phones.masked(phone),
        "sealed": seal(phone, context=CONTEXT),
    }
    return render(request, "web/follow/code.html", context, status=status)


# --- acts ---------------------------------------------------------------------------------------


@for_residents
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One act of the person: GET shows its form, or why it is not possible; POST takes it."""
    by = resident_of(request)
    if by is None:
        return render(request, "web/report/at_desk.html")
    matter = _matter(number, by)
    now = timezone.now()
    seen = following(matter, by=by, at=now)
    if action == RATE_ALONG:
        return _rate_along(request, seen, by)
    chosen = next((one for one in seen.told.acts if one.action == action), None)
    if chosen is None:
        raise Http404
    if request.method != "POST" or not chosen.is_open:
        form = ActForm(chosen.form, people=seen.people)
        return _act_page(request, seen, chosen, form, status=200 if chosen.is_open else 409)
    form = ActForm(chosen.form, request.POST, request.FILES, people=seen.people)
    if not form.take_in(by=by, at=now, address=client_address(request)):
        return _act_page(request, seen, chosen, form, status=422)
    try:
        take(
            seen.told.run_id, action, by=by, at=now, form=form.values(),
            expected=_number(request.POST.get("expected", "")) if chosen.is_moving else None,
            key=request.POST.get("key", "")[:80],
        )  # fmt: skip
    except Refusal as refused:
        form.refuse(refused)
        return _act_page(request, seen, chosen, form, status=422)
    messages.success(request, _("We have received it: %(act)s.") % {"act": chosen.label})
    return SeeOther(reverse("web:follow", args=[number]))


def _act_page(
    request: HttpRequest, seen: Following, chosen: Any, form: ActForm, *, status: int = 200
) -> HttpResponse:
    rules = procedure_of(seen.run.procedure)
    rule = rules.actions[chosen.action]
    context = {
        "seen": seen,
        "act": chosen,
        "form": form,
        "key": request.POST.get("key") or uuid4(),
        "told": [said(rules.actors[name].label) for name in rule.notify],
        "why_not": next((one.sentence for one in seen.closed if one.action == chosen.action), ""),
    }
    return render(request, "web/follow/act.html", context, status=status)


def _rate_along(request: HttpRequest, seen: Following, by: Actor) -> HttpResponse:
    """Rate an answer to what one only reported too."""
    back = SeeOther(reverse("web:follow", args=[seen.matter.number]))
    if request.method != "POST":
        return back
    try:
        similar.rate_along(
            matter_id=seen.matter.pk, stars=_number(request.POST.get("stars", "")) or 0, by=by,
            at=timezone.now(), text=request.POST.get("text", "").replace("\x00", "")[:1000],
        )  # fmt: skip
    except Refusal as refused:
        messages.warning(request, sentence_of(refused))
    else:
        messages.success(request, _("Thank you. Your stars are counted."))
    return back


def _matter(number: str, by: Actor) -> Matter:
    try:
        return access.matter_of_number(number, by=by)
    except NotFound:
        raise Http404 from None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
