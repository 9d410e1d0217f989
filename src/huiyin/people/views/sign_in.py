"""Signing in and out, and setting a password by an activation link."""

from urllib.parse import urlencode

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.people import accounts, lockout, phone_codes, phones, signing_in
from huiyin.people.addresses import client_address
from huiyin.people.forms import CodeForm, OwnPasswordForm, PhoneForm, SignInForm
from huiyin.people.guards import public
from huiyin.people.models import Account, AccountKind
from huiyin.people.refusals import (
    CodeExpired,
    CodeTooSoon,
    CodeWrong,
    LinkUsedUp,
    PasswordTooWeak,
    PhoneNotMobile,
)
from huiyin.people.sealing import open_sealed, seal
from huiyin.ui.display import keep_language
from huiyin.ui.errors import Trouble, error_page
from huiyin.ui.http import SeeOther, safe_next
from huiyin.ui.refusals import Refusal, sentence_of

PHONE = "_phone"
_PHONE_CONTEXT = "session.phone"
TRIES_WORTH_SAYING = 3
# Where people begin: staff at the desk of their post, residents at the start page.
START = {AccountKind.STAFF.value: "/desk", AccountKind.RESIDENT.value: "/"}


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def with_password(request: HttpRequest) -> HttpResponse:
    """Staff: user name or phone, and password."""
    if request.method != "POST":
        if (there := _already_in(request)) is not None:
            return there
        context = {"form": SignInForm(), "was_idle": request.GET.get("idle") == "1"}
        return render(request, "people/sign_in.html", {**context, "next": safe_next(request, "")})
    form = SignInForm(request.POST)
    if form.is_valid():
        now, address = timezone.now(), client_address(request)
        name = accounts.login_name(form.cleaned_data["login"])
        if minutes := lockout.minutes_to_rest(name=name, address=address, at=now):
            return error_page(request, Trouble.LOCKED_OUT, minutes=minutes)
        account = authenticate(request, username=name, password=form.cleaned_data["password"])
        if isinstance(account, Account):
            signing_in.sign_in(request, account, at=now)
            return _let_in(request, account)
        lockout.note_failure(name=name, address=address, at=now)
        form.add_error(None, _wrong(request, name))
    return render(
        request, "people/sign_in.html", {"form": form, "next": safe_next(request, "")}, status=422
    )


def _wrong(request: HttpRequest, name: str) -> str:
    """Say that it was wrong, the same for names that exist and those that do not."""
    words = _("User name or password is not right. Look at capital letters and try again.")
    failures = AxesProxyHandler.get_failures(request, {"username": name})
    left = settings.AXES_FAILURE_LIMIT - failures
    if 0 < left < TRIES_WORTH_SAYING:
        words += "" if (get_language() or "").startswith("zh") else " "
        words += ngettext(
            "You have %(number)d try left before sign-in rests for a while.",
            "You have %(number)d tries left before sign-in rests for a while.",
            left,
        ) % {"number": left}
    return words


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """Residents, first step: the number a code is sent to."""
    if request.method != "POST":
        there = _already_in(request)
        return there or _phone_page(request, PhoneForm())
    form = PhoneForm(request.POST)
    if form.is_valid():
        number = form.cleaned_data["phone"]
        try:
            _send_code(request, number)
        except PhoneNotMobile as refused:
            form.add_error("phone", sentence_of(refused))
        except CodeTooSoon:
            pass  # one is on its way: the next page asks for it, and says when to ask again
        except Refusal as refused:
            form.add_error(None, sentence_of(refused))
        if form.is_valid():
            request.session[PHONE] = seal(phones.normal(number), context=_PHONE_CONTEXT)
            return SeeOther(_with_next(request, "people:phone_code"))
    return _phone_page(request, form, status=422)


def _phone_page(request: HttpRequest, form: PhoneForm, *, status: int = 200) -> HttpResponse:
    was_idle = request.GET.get("idle") == "1"
    context = {"form": form, "next": safe_next(request, ""), "was_idle": was_idle}
    return render(request, "people/sign_in_phone.html", context, status=status)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Residents, second step: the code that came."""
    number = _phone_in_session(request)
    if number is None:
        return _already_in(request) or SeeOther(_with_next(request, "people:resident_sign_in"))
    if request.method != "POST":
        return _code_page(request, number, CodeForm())
    form = CodeForm(request.POST)
    if form.is_valid():
        now = timezone.now()
        try:
            phone_codes.verify(phone=number, digits=form.cleaned_data["code"], at=now)
        except (CodeWrong, CodeExpired) as refused:
            form.add_error("code", sentence_of(refused))
        else:
            account = accounts.resident_for_phone(phone=number, at=now)
            signing_in.sign_in(request, account, at=now)
            return _let_in(request, account)
    return _code_page(request, number, form, status=422)


@public
@never_cache
@require_POST
def code_again(request: HttpRequest) -> HttpResponse:
    """Send another code to the same number."""
    number = _phone_in_session(request)
    if number is None:
        return SeeOther(_with_next(request, "people:resident_sign_in"))
    try:
        _send_code(request, number)
    except Refusal as refused:
        return _code_page(request, number, CodeForm(), trouble=sentence_of(refused), status=422)
    return SeeOther(_with_next(request, "people:phone_code"))


def _send_code(request: HttpRequest, number: str) -> None:
    phone_codes.request(
        phone=number,
        address=client_address(request),
        language=get_language() or settings.LANGUAGE_CODE,
        at=timezone.now(),
    )


def _phone_in_session(request: HttpRequest) -> str | None:
    sealed = request.session.get(PHONE)
    return open_sealed(sealed, context=_PHONE_CONTEXT) if sealed else None


def _code_page(
    request: HttpRequest, number: str, form: CodeForm, *, trouble: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "phone": phones.masked(number),
        "seconds": phone_codes.seconds_to_next(phone=number, at=timezone.now()),
        "trouble": trouble,
        "next": safe_next(request, ""),
    }
    return render(request, "people/sign_in_code.html", context, status=status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session; it needs no account, so that a page left open can still send it."""
    signing_in.sign_out(request)
    return SeeOther("/")


@public
@never_cache
@sensitive_post_parameters("new", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def activate(request: HttpRequest, token: str) -> HttpResponse:
    """Set a password by an activation link: GET shows the form, POST uses the link up."""
    now = timezone.now()
    try:
        owner = accounts.link_owner(token, at=now)
        form = OwnPasswordForm(request.POST or None)
        if request.method != "POST" or not form.is_valid():
            status = 422 if request.method == "POST" else 200
            return render(
                request, "people/activate.html", {"form": form, "owner": owner}, status=status
            )
        account = accounts.activate(token=token, password=form.cleaned_data["new"], at=now)
    except LinkUsedUp:
        return render(request, "people/link_used_up.html", status=410)
    except PasswordTooWeak as refused:
        form.add_error("new", sentence_of(refused))
        return render(request, "people/activate.html", {"form": form, "owner": owner}, status=422)
    signing_in.sign_in(request, account, at=now)
    return _let_in(request, account)


def _already_in(request: HttpRequest) -> HttpResponse | None:
    account: Account | None = getattr(request, "account", None)
    return None if account is None else SeeOther(safe_next(request, START[account.kind]))


def _let_in(request: HttpRequest, account: Account) -> HttpResponse:
    response = SeeOther(safe_next(request, START[account.kind]))
    if account.language in dict(settings.LANGUAGES):
        keep_language(response, account.language)
    return response


def _with_next(request: HttpRequest, name: str) -> str:
    wanted = safe_next(request, "")
    return reverse(name) + (f"?{urlencode({'next': wanted})}" if wanted else "")
