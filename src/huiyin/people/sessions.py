"""Sessions: database rows that know their account, end when idle, and never hold their own key.

The row is found by a digest of the key in the cookie, so that a copy of the table opens no session.
Staff are signed out after `HUIYIN_IDLE_MINUTES` without use and after `HUIYIN_SESSION_HOURS` in any
case; residents, on phones of their own, stay signed in longer. See docs/adr/0005.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from huiyin.people.models import Account, AccountKind, Post, Session
from huiyin.ui.ready import Ready

KIND, BEGUN, DEVICE, HOLDING = "_kind", "_begun", "_device", "_holding"
OWN_POST = "post:"  # how the key of a post of one's own begins (`posts.Holding`)
SEEN_EVERY = timedelta(seconds=60)
RESIDENT_IDLE, RESIDENT_LIFE = timedelta(days=7), timedelta(days=30)
# Somebody who is signing in: long enough for a code to come, too short to be worth stealing.
VISITOR_LIFE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long a session lasts without use, and in any case."""

    idle: timedelta
    life: timedelta


def lifetimes_of(kind: str | None) -> Lifetimes:
    """Return the lifetimes for a kind of account; None is a visitor who is not signed in."""
    if kind == AccountKind.STAFF:
        config = settings.HUIYIN
        return Lifetimes(
            timedelta(minutes=config.idle_minutes), timedelta(hours=config.session_hours)
        )
    if kind == AccountKind.RESIDENT:
        return Lifetimes(RESIDENT_IDLE, RESIDENT_LIFE)
    return Lifetimes(VISITOR_LIFE, VISITOR_LIFE)


def digest_of(session_key: str) -> str:
    """Return what a session is stored under: 160 bits of SHA-256 over its random key."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


_NOT_ENDED: Ready[Session] = Ready(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).select_related(
        "account", "post__unit", "post__permission_set"
    )[:1]
)


class SessionStore(SessionBase):
    """Django's session on our rows. `ended_idle`: the session just ended for lack of use."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self._row: Session | None = None
        self.ended_idle = False

    @property
    def row(self) -> Session | None:
        """The row this session was loaded from."""
        return self._row

    @property
    def account(self) -> Account | None:
        """Whose it is, read together with the session; None where it was not."""
        row = self._row
        return row.account if row and Session.account.is_cached(row) else None

    @property
    def post(self) -> Post | None:
        """The post of one's own that it is in, read as the account is, with unit and permissions.

        Whether it is still held has to be asked.
        """
        row = self._row
        if row is None or row.post_id is None or not Session.post.is_cached(row):
            return None
        return row.post if self.get(HOLDING) == f"{OWN_POST}{row.post_id}" else None

    def exists(self, session_key: str) -> bool:
        """Tell whether a key is taken."""
        return Session.objects.filter(session_key=digest_of(session_key)).exists()

    def load(self) -> dict[str, Any]:
        """Return the data; an ended, unknown or idle session is empty and forgets its key."""
        now = timezone.now()
        key = self.session_key or ""
        row = _NOT_ENDED.first(key=digest_of(key), now=now)
        if row is not None:
            data: dict[str, Any] = self.decode(row.session_data)
            seen = row.last_seen_at or row.created_at or now
            # It is written at most once a minute, so it may be that much behind.
            if now < seen + lifetimes_of(data.get(KIND)).idle + SEEN_EVERY:
                self._row = row
                return data
            row.delete()
            self.ended_idle = SESSION_KEY in data
        self._session_key = None
        return {}

    def touch(self, now: datetime) -> None:
        """Note that the session is in use, at most once a minute."""
        row = self._row
        if row is None or (row.last_seen_at and now - row.last_seen_at < SEEN_EVERY):
            return
        row.last_seen_at = now
        Session.objects.filter(pk=row.pk).update(last_seen_at=now)

    def create(self) -> None:
        """Take a fresh key and write an empty row under it."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]  # no stub
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Write the data. Raises CreateError when the key is taken, UpdateError when it is gone."""
        if self.session_key is None:
            self.create()
            return
        data = self._get_session(no_load=must_create)  # type: ignore[attr-defined]  # no stub
        row = self._row_of(data)
        try:
            with transaction.atomic():
                # A session ended elsewhere meanwhile must not come back to life.
                row.save(force_insert=must_create, force_update=not must_create)
        except IntegrityError as error:
            if must_create:
                raise CreateError from error
            raise
        except DatabaseError as error:
            if not must_create:
                raise UpdateError from error
            raise
        self._row = row

    def delete(self, session_key: str | None = None) -> None:
        """Delete a session, this one by default."""
        key = session_key or self.session_key
        if key is not None:
            Session.objects.filter(session_key=digest_of(key)).delete()

    def flush(self) -> None:
        """End this session; what is stored from now on is another one's."""
        super().flush()
        self._row = None

    def get_expiry_date(self, **kwargs: Any) -> datetime:
        """Return when the session ends in any case; use does not move it."""
        return self._begun() + lifetimes_of(self.get(KIND)).life

    def get_expiry_age(self, **kwargs: Any) -> int:
        """Return the seconds until the session ends in any case."""
        return max(0, int((self.get_expiry_date() - timezone.now()).total_seconds()))

    def get_expire_at_browser_close(self) -> bool:
        """Tell whether the cookie goes with the window: yes, but for residents."""
        return bool(self.get(KIND) != AccountKind.RESIDENT)

    @classmethod
    def clear_expired(cls) -> None:
        """Delete the sessions that have ended."""
        Session.objects.filter(expire_date__lt=timezone.now()).delete()

    def _begun(self) -> datetime:
        begun = self.get(BEGUN)
        if begun:
            return datetime.fromisoformat(begun)
        return (self._row.created_at if self._row else None) or timezone.now()

    def _row_of(self, data: dict[str, Any]) -> Session:
        assert self.session_key is not None  # noqa: S101 save has made one
        account = data.get(SESSION_KEY)
        return Session(
            session_key=digest_of(self.session_key),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account_id=UUID(account) if account else None,
            post_id=_own_post(data.get(HOLDING) or ""),
            device=data.get(DEVICE, "")[:80],
            created_at=self._begun(),
            last_seen_at=timezone.now(),
        )


def _own_post(key: str) -> UUID | None:
    """Return the id of the post that a key names; None for one that somebody acts in."""
    return UUID(key.removeprefix(OWN_POST)) if key.startswith(OWN_POST) else None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A session as its owner sees it; `ref` names it in a form and opens nothing."""

    ref: str
    device: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool


def sessions_of(
    account_id: UUID, *, kind: str, current_key: str | None, at: datetime
) -> Sequence[OpenSession]:
    """Return where an account is signed in, this session first, then the latest used."""
    current = digest_of(current_key) if current_key else ""
    rows = Session.objects.filter(
        account_id=account_id,
        expire_date__gt=at,
        last_seen_at__gt=at - lifetimes_of(kind).idle - SEEN_EVERY,
    ).order_by("-last_seen_at")
    found = [
        OpenSession(
            ref=row.session_key,
            device=row.device,
            created_at=row.created_at or at,
            last_seen_at=row.last_seen_at or at,
            is_current=row.session_key == current,
        )
        for row in rows
    ]
    return sorted(found, key=lambda session: not session.is_current)


def end_session(*, account_id: UUID, ref: str) -> bool:
    """End one session of an account; False when it had ended already or is not its own."""
    return Session.objects.filter(account_id=account_id, session_key=ref).delete()[0] > 0


def end_sessions(*, account_id: UUID, except_key: str | None = None) -> int:
    """End all sessions of an account but the one with this key; return how many."""
    rows = Session.objects.filter(account_id=account_id)
    if except_key:
        rows = rows.exclude(session_key=digest_of(except_key))
    return rows.delete()[0]
