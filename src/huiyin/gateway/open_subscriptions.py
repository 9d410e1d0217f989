"""The subscriptions that are served, kept in memory: acts must not wait for them.

A process learns of another one's changes within `FRESH_SECONDS`, of its own at once.
"""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from huiyin.gateway.models import Subscription

FRESH_SECONDS: Final = 10


@dataclass(frozen=True, slots=True)
class Served:
    """What decides whether a subscriber is told of an act. `unit`: of the post of its token."""

    id: UUID
    kinds: frozenset[str]
    procedures: frozenset[str]
    place: str
    unit: UUID | None
    until: datetime


_kept: tuple[float, tuple[Served, ...]] | None = None


def served() -> tuple[Served, ...]:
    """Return the subscriptions that are served; reads the table every FRESH_SECONDS."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > FRESH_SECONDS:
        _kept = (time.monotonic(), _read())
    return _kept[1]


def forget() -> None:
    """Drop this process's copy, after a change."""
    global _kept
    _kept = None


def _read() -> tuple[Served, ...]:
    rows = Subscription.objects.filter(
        ended_at=None, disabled_at=None, token__revoked_at=None
    ).select_related("token__post")
    return tuple(
        Served(
            id=row.pk,
            kinds=frozenset(row.kinds),
            procedures=frozenset(row.procedures),
            place=str(row.place_id or ""),
            unit=row.token.post.unit_id if row.token.post else None,
            until=row.token.expires_at,
        )
        for row in rows
    )
