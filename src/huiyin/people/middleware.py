"""Who asks, in which post; and how often anyone may ask."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from huiyin.people import limits, signing_in
from huiyin.people.actors import Actor
from huiyin.people.addresses import address_key, client_address
from huiyin.people.guards import RESIDENTS_WAY_IN, STAFF_WAY_IN
from huiyin.people.sessions import SessionStore
from huiyin.ui.display import display_of, shown_as
from huiyin.ui.errors import Trouble, error_page
from huiyin.ui.http import see_other

Handler = Callable[[HttpRequest], HttpResponseBase]

RATE_WINDOW = timedelta(minutes=1)
_by_tens = limits.ByTens()
# What machines ask for all the time; they are few and known.
UNCOUNTED = ("/health", "/ready", "/metrics", "/notices/sms/report")
# Where somebody may still go who has to choose a password of their own first.
BEFORE_OWN_PASSWORD = frozenset(
    (
        "people:new_password",
        "people:sign_out",
        "ui:display",
        "ui:language",
        "ui:manifest",
        "ui:service_worker",
        "ui:offline",
    )
)


class RateLimit:
    """Lets an account, or the address of somebody not signed in, ask only so often a minute.

    Signed-in people are counted by account, because a whole office shares one address. Counting
    waits until the view is known, when the account is; an address nothing stands at is counted
    after its (cheap) answer.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and count what never reached a view."""
        response = self.get_response(request)
        if getattr(request, "is_counted", False) or _is_uncounted(request):
            return response
        return _refusal(request) or response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Count a request for a view; refuse it when there were too many."""
        is_counted = getattr(request, "is_counted", False) or _is_uncounted(request)
        return None if is_counted else _refusal(request)


def _is_uncounted(request: HttpRequest) -> bool:
    return request.path in UNCOUNTED or request.path.startswith(settings.STATIC_URL)


def _refusal(request: HttpRequest) -> HttpResponse | None:
    request.is_counted = True  # type: ignore[attr-defined]  # our own mark
    actor: Actor | None = getattr(request, "actor", None)
    who = (
        f"account:{actor.account_id}"
        if actor is not None
        else f"address:{address_key(client_address(request))}"
    )
    verdict = _by_tens.allow(
        f"rate:{who}",
        limit=settings.HUIYIN.rate_per_minute,
        window=RATE_WINDOW,
        at=timezone.now(),
    )
    if verdict:
        return None
    with shown_as(display_of(request)):
        response = error_page(request, Trouble.TOO_MANY, minutes=verdict.minutes)
    response["Retry-After"] = str(verdict.retry_after)
    return response


class CurrentActor:
    """Puts `request.account` and `request.actor` on every request; None for visitors.

    An initial password leads to the form for an own one, and nowhere else.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Find out who asks, then answer."""
        now = timezone.now()
        found = signing_in.resolve(request, at=now)
        account, actor = found or (None, None)
        request.account, request.actor = account, actor  # type: ignore[attr-defined]  # PeopleRequest
        # Django's own request.user then costs no query of its own.
        request._cached_user = account or AnonymousUser()  # type: ignore[attr-defined]
        session = request.session
        assert isinstance(session, SessionStore)  # noqa: S101 settings.SESSION_ENGINE
        session.touch(now)
        ended_idle = session.ended_idle
        response = self.get_response(request)
        if ended_idle:
            _say_it_was_idle(response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Send somebody with an initial password to the form for an own one."""
        account = getattr(request, "account", None)
        here = request.resolver_match.view_name if request.resolver_match else ""
        if account is None or not account.must_change_password or here in BEFORE_OWN_PASSWORD:
            return None
        return see_other(request, reverse("people:new_password"))


def _say_it_was_idle(response: HttpResponseBase) -> None:
    """Let the sign-in page, where it is the way on, say why it is shown."""
    ways_in = (reverse(STAFF_WAY_IN), reverse(RESIDENTS_WAY_IN))
    for header in ("Location", "HX-Redirect"):
        location = response.headers.get(header, "")
        if urlsplit(location).path in ways_in and "idle=" not in location:
            response.headers[header] = f"{location}{'&' if '?' in location else '?'}idle=1"
