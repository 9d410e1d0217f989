"""Who works in the benchmark: people of the city with a session or a token of their own."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import get_random_string

from huiyin.gateway.models import Right
from huiyin.gateway.tokens import create_token
from huiyin.ops.bench.client import Voice
from huiyin.people import signing_in
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import Account, Post
from huiyin.people.sessions import SessionStore
from huiyin.units.queries import held_on

_CSRF: Final = 32  # letters of a secret, as Django makes it


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody of staff: `pages` asks as their browser does, `api` as a program of theirs."""

    account: Account
    post: Post
    pages: Voice
    api: Voice

    @property
    def actor(self) -> Actor:
        """As whom they act."""
        return actor_of(self.account, self.post)


def office(code: str, *, at: datetime) -> Office:
    """Return somebody of the unit with a code, signed in and with a token: the first there is."""
    return offices(code, at=at, most=1)[0]


def offices(code: str, *, at: datetime, most: int, permission: str = "") -> list[Office]:
    """Return up to so many of the unit with a code; `permission`: those who have it."""
    posts = Post.objects.filter(
        held_on(timezone.localdate(at)), unit__code=code, account__is_active=True
    )
    if permission:
        posts = posts.filter(permission_set__permissions__contains=[permission])
    found = posts.select_related("account", "unit", "permission_set")
    ordered = found.order_by("-is_default", "ref")[:most]
    made = [_made(post, post.account, at) for post in ordered if post.account]
    assert made, code  # noqa: S101 every city has them
    return made


def _made(post: Post, account: Account, at: datetime) -> Office:
    token = create_token(
        account_id=account.pk, post_id=post.pk, label="Benchmark", rights=tuple(Right.values),
        days=30, at=at,
    )  # fmt: skip
    named = Voice({"Authorization": f"Bearer {token.secret}"})
    return Office(account, post, browser(account, at=at, post=str(post.pk)), named)


def browser(account: Account, *, at: datetime, post: str = "") -> Voice:
    """Return the browser of somebody who has signed in; `post`: in which of their posts."""
    if account.must_change_password:  # they have set one of their own since
        account.must_change_password = False
        account.save(update_fields=["must_change_password"])
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    request.session = SessionStore()
    signing_in.sign_in(request, account, at=at)
    request.session.save()
    secret = get_random_string(_CSRF)
    cookies = {
        settings.SESSION_COOKIE_NAME: str(request.session.session_key),
        settings.CSRF_COOKIE_NAME: secret,
    }
    headers = {
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "Accept-Language": "zh", "X-CSRFToken": secret,
    }  # fmt: skip
    if post:
        headers["Huiyin-Post"] = f"post:{post}"
    return Voice(headers)
