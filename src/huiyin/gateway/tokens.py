"""Making, finding and revoking the tokens of the API. Only a hash is kept of a token."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huiyin.gateway import open_subscriptions
from huiyin.gateway.models import ApiToken, Right
from huiyin.gateway.refusals import (
    ExpiryTooFar,
    NoToken,
    NotYourToken,
    PostNotHeld,
    RightUnknown,
    TooManyTokens,
)
from huiyin.people import access_log
from huiyin.people.actors import Actor, actor_of
from huiyin.people.models import Account
from huiyin.people.posts import holding_by_key, is_held
from huiyin.ui.ready import Ready

PREFIX: Final = "hyt_"
SECRET_BYTES: Final = 32
HINT: Final = 10
LONGEST_DAYS: Final = 400
MOST_VALID: Final = 20
MOST_SHOWN: Final = 60
# A use is written down at most once in this time, so that reading costs no writing.
USE_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Made:
    """A new token; `secret` is shown once and is nowhere kept."""

    token: ApiToken
    secret: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """Whoever sent a token."""

    token: ApiToken
    account: Account
    actor: Actor

    def may(self, right: Right) -> bool:
        """Tell whether the token has a right."""
        return right in self.token.rights


def create_token(
    *, account_id: UUID, label: str, rights: Sequence[str], days: int, at: datetime,
    post_id: UUID | None = None, by: Actor | None = None,
) -> Made:  # fmt: skip
    """Make a token for an account, in one of its posts or in none.

    `by`: None for the operator's command. Raises RightUnknown, ExpiryTooFar, PostNotHeld.
    """
    for right in rights:
        if right not in Right.values:
            raise RightUnknown(right=right)
    if not 1 <= days <= LONGEST_DAYS:
        raise ExpiryTooFar(days=LONGEST_DAYS)
    if _holder(account_id, post_id, at=at) is None:
        raise PostNotHeld()
    secret = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    token = ApiToken.objects.create(
        digest=digest_of(secret),
        hint=secret[:HINT],
        label=label,
        account_id=account_id,
        post_id=post_id,
        rights=sorted(set(rights)),
        created_at=at,
        created_by=by.account_id if by else None,
        expires_at=at + timedelta(days=days),
    )
    return Made(token, secret)


def revoke_token(*, token_id: UUID, at: datetime) -> ApiToken:
    """Revoke a token at once; its webhooks are no longer served. Raises NoToken."""
    token = ApiToken.objects.filter(pk=token_id).first()
    if token is None:
        raise NoToken()
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
    return token


def tokens_of(account_id: UUID) -> list[ApiToken]:
    """Return the tokens of an account, the latest first, those that are over too."""
    rows = ApiToken.objects.filter(account=account_id).select_related("post__unit")
    return list(rows.order_by("-created_at", "-pk")[:MOST_SHOWN])


def create_own_token(
    *, account_id: UUID, label: str, rights: Sequence[str], days: int, by: Actor, at: datetime,
    post_id: UUID | None = None,
) -> Made:  # fmt: skip
    """Make a token for oneself; written into the access log.

    Raises TooManyTokens, and what `create_token` raises.
    """
    with transaction.atomic():
        Account.objects.select_for_update(no_key=True).get(pk=account_id)  # one at a time
        valid = ApiToken.objects.filter(account=account_id, revoked_at=None, expires_at__gt=at)
        if valid.count() >= MOST_VALID:
            raise TooManyTokens(most=MOST_VALID)
        made = create_token(
            account_id=account_id, label=label, rights=rights, days=days, at=at, post_id=post_id,
            by=by,
        )  # fmt: skip
        _log("token_made", made.token, by=by, at=at)
    return made


def revoke_own_token(text: str, *, account_id: UUID, by: Actor, at: datetime) -> ApiToken:
    """Revoke one of one's own tokens; written into the access log. Raises NotYourToken."""
    try:
        token = ApiToken.objects.filter(pk=UUID(text), account=account_id).first()
    except ValueError:
        token = None
    if token is None:
        raise NotYourToken()
    with transaction.atomic():
        revoked = revoke_token(token_id=token.pk, at=at)
        _log("token_revoked", revoked, by=by, at=at)
    open_subscriptions.forget()
    return revoked


def _log(action: str, token: ApiToken, *, by: Actor, at: datetime) -> None:
    access_log.record(
        by=by, at=at, action=action, subject_type="api_token", subject_id=token.pk,
        fields=token.rights,
    )  # fmt: skip


def resolve(secret: str, *, at: datetime) -> Bearer | None:
    """Return whoever sent a token; None alike for unknown, expired, revoked, closed, left.

    One query, and once a minute the note of its use.
    """
    token = _VALID.first(digest=digest_of(secret), at=at)
    if token is None:
        return None
    found = _actor_of(token, on=timezone.localdate(at))
    if found is None:
        return None
    if token.last_used_at is None or at - token.last_used_at >= USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=at)
    return Bearer(token, token.account, found)


# What whoever asks is told by; every request of a program reads it.
_READ: Final = (
    "account_id", "post_id", "rights", "expires_at", "last_used_at",
    "account__kind", "account__name", "account__is_active",
    "post__account_id", "post__unit_id", "post__permission_set_id", "post__title",
    "post__valid_from", "post__valid_to",
    "post__unit__place_id", "post__unit__short_name", "post__unit__name", "post__unit__kind",
    "post__unit__level", "post__unit__valid_from", "post__unit__valid_to",
    "post__permission_set__permissions",
)  # fmt: skip
_VALID: Ready[ApiToken] = Ready(
    lambda digest, at: (
        ApiToken.objects.select_related("account", "post__unit", "post__permission_set")
        .only(*_READ)
        .filter(digest=digest, revoked_at=None, expires_at__gt=at)[:1]
    )
)


def _actor_of(token: ApiToken, *, on: date) -> Actor | None:
    """Return whoever a token acts as: its post is still its account's and in force, or there is
    none to be.
    """
    if not token.account.is_active:
        return None
    post = token.post
    if post is None:
        return actor_of(token.account)
    is_theirs = post.account_id == token.account_id
    return actor_of(token.account, post) if is_theirs and is_held(post, on=on) else None


def is_good(token: ApiToken, *, at: datetime) -> bool:
    """Tell whether a token is valid now, with the post it acts in."""
    if token.revoked_at is not None or token.expires_at <= at:
        return False
    return _held_by(token.account, token.post_id, at=at) is not None


def digest_of(secret: str) -> bytes:
    """Return the hash of a token; it is long and random, so a plain hash does."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _holder(account_id: UUID, post_id: UUID | None, *, at: datetime) -> Actor | None:
    account = Account.objects.filter(pk=account_id).first()
    return _held_by(account, post_id, at=at) if account else None


def _held_by(account: Account, post_id: UUID | None, *, at: datetime) -> Actor | None:
    if not account.is_active:
        return None
    if post_id is None:
        return actor_of(account)
    found = holding_by_key(f"post:{post_id}", account_id=account.pk, on=timezone.localdate(at))
    return found[1].actor(account) if found else None
