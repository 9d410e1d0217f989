"""Who asks the API: a token, the session of a browser, or a visitor; and in which post."""

from dataclasses import dataclass
from typing import Final, cast

from django.http import HttpRequest
from django.utils import timezone
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from huiyin.gateway import refusals, tokens
from huiyin.gateway.counting import count, count_address
from huiyin.gateway.models import ApiToken, Right
from huiyin.people.actors import Actor
from huiyin.people.models import Account, AccountKind
from huiyin.people.posts import holding_by_key
from huiyin.people.sessions import HOLDING

POST_HEADER: Final = "Huiyin-Post"
SAFE: Final = ("GET", "HEAD", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whoever asks; `token` is None in a session."""

    account: Account
    actor: Actor
    token: ApiToken | None = None


class ApiRequest(HttpRequest):
    """A request that came through the door."""

    caller: Caller
    actor: Actor


def caller_of(request: HttpRequest) -> Caller:
    """Return who asks; the door has seen to it that there is somebody."""
    return cast(ApiRequest, request).caller


class Door(AuthBase):
    """Lets in who has a token with a right, or a session. Counts everybody."""

    openapi_type = "http"
    openapi_scheme = "bearer"
    openapi_description = (
        "A token made with `huiyin token create`. In a browser the session does as well; what "
        "changes something then needs the header X-CSRFToken."
    )

    def __init__(self, right: Right, *, staff: bool = False) -> None:
        super().__init__()
        self.right = right
        self.staff = staff

    def __call__(self, request: HttpRequest) -> Caller:
        """Return who asks. Raises SignInFirst, TokenNotGood, RightMissing and others."""
        caller = known(request)
        if caller is None:
            count_address(request)
            raise refusals.SignInFirst()
        if caller.token is not None and self.right not in caller.token.rights:
            raise refusals.RightMissing(right=self.right.value)
        if self.staff and (caller.actor.kind != AccountKind.STAFF or caller.actor.unit_id is None):
            raise refusals.StaffOnly()
        return caller


class OpenDoor:
    """Lets everybody in, and counts them."""

    def __call__(self, request: HttpRequest) -> bool:
        """Count whoever asks. Raises TooMany, TokenNotGood."""
        if known(request) is None:
            count_address(request)
        return True


def known(request: HttpRequest) -> Caller | None:
    """Return who asks, counted, in the post they named; None for visitors."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme:
        found = _by_token(request, secret.strip() if scheme.lower() == "bearer" else "")
    else:
        session = _by_session(request)
        if session is None:
            return None
        found = session
    request.caller = found  # type: ignore[attr-defined]  # ApiRequest declares it
    request.actor = found.actor  # type: ignore[attr-defined]  # as above
    return found


def _by_token(request: HttpRequest, secret: str) -> Caller:
    bearer = tokens.resolve(secret, at=timezone.now())
    if bearer is None:
        count_address(request)
        raise refusals.TokenNotGood()
    count(request, f"token:{bearer.token.pk}")
    named = request.headers.get(POST_HEADER, "")
    if named and named != f"post:{bearer.token.post_id}":
        raise refusals.PostNotYours()
    return Caller(bearer.account, bearer.actor, bearer.token)


def _by_session(request: HttpRequest) -> Caller | None:
    account: Account | None = getattr(request, "account", None)
    actor: Actor | None = getattr(request, "actor", None)
    if account is None or actor is None:
        return None
    count(request, f"account:{account.pk}")
    if request.method not in SAFE and check_csrf(request) is not None:
        raise refusals.FormTooOld()
    named = request.headers.get(POST_HEADER, "")
    if named and named != request.session.get(HOLDING):  # else the session has just looked it up
        on = timezone.localdate()
        held = holding_by_key(named, account_id=account.pk, on=on)
        if held is None:
            raise refusals.PostNotYours()
        actor = held[1].actor(account)
    return Caller(account, actor)
