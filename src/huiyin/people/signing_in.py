"""Opening and closing a session for an account, and who acts in it at each request."""

from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, login, logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from huiyin.people import access_log, posts
from huiyin.people.actors import Actor, actor_of
from huiyin.people.addresses import client_address
from huiyin.people.devices import reading_of
from huiyin.people.models import Account, AccountKind
from huiyin.people.sessions import BEGUN, DEVICE, HOLDING, KIND, SessionStore

BACKEND = settings.AUTHENTICATION_BACKENDS[-1]


def sign_in(request: HttpRequest, account: Account, *, at: datetime) -> Actor:
    """Open a session for an account under a fresh key, in its default post."""
    request.session.flush()  # neither the key nor what a visitor left there is carried over
    login(request, account, backend=BACKEND)
    request.session[KIND] = account.kind
    request.session[BEGUN] = at.isoformat()
    request.session[DEVICE] = reading_of(request.headers.get("User-Agent", ""))
    actor = _begin(request, account, at=at)
    access_log.record(
        by=actor,
        at=at,
        action="sign_in",
        subject_type=access_log.SUBJECT_ACCOUNT,
        subject_id=account.pk,
        address=client_address(request),
    )
    return actor


def sign_out(request: HttpRequest) -> None:
    """End this session."""
    logout(request)


def switch(request: HttpRequest, key: str, *, account: Account, at: datetime) -> Actor | None:
    """Go on in another post of one's own or one acted for; None when it is not (any more) one."""
    found = posts.holding_by_key(key, account_id=account.pk, on=timezone.localdate(at))
    if found is None:
        return None
    request.session[HOLDING] = found[1].key
    return found[1].actor(account)


def resolve(request: HttpRequest, *, at: datetime) -> tuple[Account, Actor] | None:
    """Return who acts in the session of a request; None for visitors. No query in the usual case.

    The post is looked up at each request, so that one taken away stops at once; then the default
    post takes its place. A session of a closed account, or from before the last change of the
    password, ends here.
    """
    session = request.session
    account_id = session.get(SESSION_KEY)
    if account_id is None:
        return None
    found = _held(session, account_id, on=timezone.localdate(at))
    account = found[0] if found else _active(session, account_id)
    if account is None or not constant_time_compare(
        session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash()
    ):
        session.flush()
        return None
    if found:
        return account, found[1].actor(account)
    return account, _begin(request, account, at=at)


def _held(
    session: SessionBase, account_id: str, *, on: date
) -> tuple[Account, posts.Holding] | None:
    """Return the account and what it works in, if that is still good: as read with the session."""
    key = session.get(HOLDING)
    if not key:
        return None
    post = session.post if isinstance(session, SessionStore) else None
    if post is None:
        return posts.holding_by_key(key, account_id=UUID(account_id), on=on)
    account = _active(session, account_id)
    if account is None or post.account_id != account.pk or not posts.is_held(post, on=on):
        return None
    post.account = account
    return account, posts.Holding(post)


def _active(session: SessionBase, account_id: str) -> Account | None:
    """Return the account of a session unless it is closed."""
    account = session.account if isinstance(session, SessionStore) else None
    if account is None or str(account.pk) != account_id:
        return Account.objects.filter(pk=account_id, is_active=True).first()
    return account if account.is_active else None


def _begin(request: HttpRequest, account: Account, *, at: datetime) -> Actor:
    """Begin in the default post, or in none."""
    if account.kind == AccountKind.STAFF:
        held = posts.holdings_of(account.pk, on=timezone.localdate(at))
        if held:
            request.session[HOLDING] = held[0].key
            return held[0].actor(account)
        request.session.pop(HOLDING, None)
    return actor_of(account)
