"""Sending webhooks: leased in batches, sent outside of transactions, settled one by one.

A receiver that fails is asked again later and later; after ten tries a message is given up, and a
subscriber that has failed for five days is disabled. Nothing is lost by that: `replay` sends
everything of a time again.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from huiyin.gateway import open_subscriptions
from huiyin.gateway.models import Message, MessageState, Subscription
from huiyin.gateway.sending import TIMEOUT, Sent, send
from huiyin.gateway.signing import headers
from huiyin.gateway.tokens import is_good

BATCH: Final = 20
LEASE: Final = timedelta(minutes=10)  # longer than a batch of receivers that never answer
WAITS: Final = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2),
    timedelta(hours=5), timedelta(hours=10), timedelta(hours=14), timedelta(hours=20),
    timedelta(hours=24),
)  # fmt: skip
MOST_TRIES: Final = len(WAITS) + 1
DISABLED_AFTER: Final = timedelta(days=5)
KEPT: Final = timedelta(days=30)
# What stands before a system says of it when it is away.
NOBODY: Final = (
    HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT,
)  # fmt: skip

_LEASE = f"""
UPDATE {Message._meta.db_table} SET leased_until = %(until)s, tries = tries + 1
WHERE id IN (
    SELECT m.id FROM {Message._meta.db_table} AS m
    JOIN {Subscription._meta.db_table} AS s ON s.id = m.subscription_id
    WHERE m.state = 'queued' AND m.due_at <= %(at)s
      AND (m.leased_until IS NULL OR m.leased_until <= %(at)s)
      AND s.ended_at IS NULL AND s.disabled_at IS NULL
    ORDER BY m.due_at, m.id LIMIT %(most)s FOR UPDATE OF m SKIP LOCKED
)
RETURNING id
"""  # noqa: S608 the tables' own names


@dataclass(frozen=True, slots=True)
class Delivered:
    """How many messages of a batch were taken up; false when there was nothing to do."""

    count: int

    def __bool__(self) -> bool:
        return self.count > 0


def deliver_batch(*, at: datetime, timeout: float = TIMEOUT, most: int = BATCH) -> Delivered:
    """Send up to `most` messages that are due. Any number of workers may do so at once.

    Call it outside of a transaction. A message whose worker was killed is sent again under the same
    id when its lease is over.
    """
    until = at + LEASE
    with connection.cursor() as cursor:
        cursor.execute(_LEASE, {"at": at, "until": until, "most": most})
        ids: list[UUID] = [pk for (pk,) in cursor.fetchall()]
    rows = Message.objects.filter(pk__in=ids).select_related("subscription__token__account")
    for message in rows.order_by("due_at", "pk"):
        if not is_good(message.subscription.token, at=at):
            _disable(message.subscription, at)
            Message.objects.filter(pk=message.pk).update(leased_until=None)
            continue
        _settle(message, _sent(message, timeout), lease_until=until, at=at)
    return Delivered(len(ids))


def clean(*, at: datetime) -> int:
    """Delete what was delivered or given up long ago; return how much."""
    old = Message.objects.exclude(state=MessageState.QUEUED).filter(put_at__lt=at - KEPT)
    return old.delete()[0]


def _sent(message: Message, timeout: float) -> Sent:
    body = json.dumps(message.payload, ensure_ascii=False, separators=(",", ":")).encode()
    subscription = message.subscription
    signed = headers(
        secret=subscription.secret, message_id=str(message.pk), at=timezone.now(), body=body
    )
    more = {"Content-Type": "application/json", "User-Agent": "Huiyin-Webhooks/1"}
    return send(subscription.url, body=body, headers={**more, **signed}, timeout=timeout)


def _settle(message: Message, sent: Sent, *, lease_until: datetime, at: datetime) -> None:
    """Write down what came of it; whoever lost its lease meanwhile settles nothing."""
    held = Message.objects.filter(pk=message.pk, leased_until=lease_until)
    status = sent.status or None
    with transaction.atomic():
        if sent.is_well:
            held.update(
                state=MessageState.DELIVERED, delivered_at=at, leased_until=None,
                last_status=status, reason="",
            )  # fmt: skip
            failing = Subscription.objects.filter(pk=message.subscription_id)
            if failing.exclude(failing_since=None).update(failing_since=None):
                _bring_forward(message.subscription_id, at)
            return
        is_last = message.tries >= MOST_TRIES
        held.update(
            state=MessageState.DEAD if is_last else MessageState.QUEUED,
            due_at=at if is_last else at + WAITS[message.tries - 1],
            leased_until=None, last_status=status, reason=sent.reason[:80],
        )  # fmt: skip
        _note_failure(message.subscription_id, sent, at=at)


def _bring_forward(subscription_id: UUID, at: datetime) -> None:
    """Whoever is back is sent at once what met nobody; what it did not want waits for its time."""
    nobody = Q(last_status=None) | Q(last_status__in=NOBODY)
    Message.objects.filter(
        nobody, subscription=subscription_id, state=MessageState.QUEUED, leased_until=None,
        due_at__gt=at,
    ).update(due_at=at)  # fmt: skip


def _note_failure(subscription_id: UUID, sent: Sent, *, at: datetime) -> None:
    row = Subscription.objects.select_for_update().get(pk=subscription_id)
    if row.failing_since is None:
        row.failing_since = at
        row.save(update_fields=["failing_since"])
    if sent.status == HTTPStatus.GONE or at - row.failing_since >= DISABLED_AFTER:
        _disable(row, at)


def _disable(subscription: Subscription, at: datetime) -> None:
    Subscription.objects.filter(pk=subscription.pk, disabled_at=None).update(disabled_at=at)
    open_subscriptions.forget()
