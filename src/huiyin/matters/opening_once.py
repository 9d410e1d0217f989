"""Opening a matter under a key: the same key again opens nothing more, and answers the same."""

import hashlib
from dataclasses import asdict, is_dataclass
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Model

from huiyin.matters.acting import Done
from huiyin.matters.chain import canonical
from huiyin.matters.intake import open_matter
from huiyin.matters.models import EventHeader, IdempotencyKey
from huiyin.matters.refusals import KeyUsedOtherwise
from huiyin.people.actors import Actor as Account
from huiyin.ui.turns import take_turn

OPENING: Final = "open"


def open_once(*, key: str, by: Account, at: datetime, **said: Any) -> Done:
    """Open a matter as `open_matter` does, once for a key of an account; all else is for it.

    Two requests with one key at once wait for each other. An empty key opens anew each time.
    Raises what `open_matter` raises, and KeyUsedOtherwise when something else was asked for.
    """
    if not key:
        return open_matter(by=by, at=at, **said)
    who, digest = str(by.account_id), _digest(said)
    with transaction.atomic():
        take_turn(f"{OPENING} {who} {key}")
        known = IdempotencyKey.objects.filter(actor=who, operation=OPENING, key=key).first()
        if known is not None:
            if bytes(known.digest) != digest:
                raise KeyUsedOtherwise(key=key)
            event = EventHeader.objects.select_related("run__matter").get(pk=known.event_id)
            return Done(event.run, event, None, is_repeat=True)
        done = open_matter(by=by, at=at, **said)
        IdempotencyKey.objects.create(
            actor=who, operation=OPENING, key=key, digest=digest,
            run_id=done.run.pk, event_id=done.event.pk, at=at,
        )  # fmt: skip
    return done


def answered(*, key: str, by: Account) -> EventHeader | None:
    """Return the event that a key of an account has opened or acted with, or None.

    For a sender that makes every key for one thing alone, and asks again because the answer was
    lost: by then its files belong to that event and cannot be named anew.
    """
    if not key:
        return None
    known = IdempotencyKey.objects.filter(actor=str(by.account_id), key=key).first()
    if known is None:
        return None
    return EventHeader.objects.select_related("run__matter").get(pk=known.event_id)


def _digest(said: dict[str, Any]) -> bytes:
    return hashlib.sha256(canonical({name: _plain(one) for name, one in said.items()})).digest()


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.pk
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
