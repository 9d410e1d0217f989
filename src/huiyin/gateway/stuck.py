"""Other systems that do not take what they are told: what waits for them, and trying again.

Each has its own address, so each is away by itself; what the others are told goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.utils.translation import gettext as _

from huiyin.gateway import subscribing
from huiyin.gateway.delivery import DISABLED_AFTER, WAITS
from huiyin.gateway.models import Message, MessageState, Subscription
from huiyin.gateway.outbox import wake_after_commit
from huiyin.people import access_log
from huiyin.people.actors import Actor
from huiyin.people.refusals import NotPermitted

NEEDS: Final = "notices.administer"
MOST_SHOWN: Final = 20
GIVEN_UP_AFTER: Final = sum(WAITS, timedelta(0))


@dataclass(frozen=True, slots=True)
class Receiver:
    """One other system that takes nothing: since when, what waits, what it answered last.

    `disabled_at`: nothing is sent any more; else `disabled_on` says from when on. `given_up_at`:
    from when on the first that waits is given up.
    """

    id: UUID
    url: str
    label: str
    since: datetime | None
    disabled_at: datetime | None
    waiting: int
    oldest_at: datetime | None
    next_try_at: datetime | None
    answer: str

    @property
    def disabled_on(self) -> datetime | None:
        """When it will be switched off, if nothing is taken until then."""
        return self.since + DISABLED_AFTER if self.since and not self.disabled_at else None

    @property
    def given_up_at(self) -> datetime | None:
        """When the first that waits is given up, after its last try."""
        if self.oldest_at is None or self.disabled_at:
            return None
        first = self.oldest_at + GIVEN_UP_AFTER
        return max(first, self.next_try_at) if self.next_try_at else first


def stuck() -> Sequence[Receiver]:
    """Return the systems that take nothing, the longest first; at most twenty. One query."""
    failed = Message.objects.filter(subscription=OuterRef("pk"), delivered_at=None).exclude(
        reason="", last_status=None
    )
    waits = Q(messages__state=MessageState.QUEUED)
    found = (
        Subscription.objects.filter(ended_at=None)
        .filter(Q(failing_since__isnull=False) | Q(disabled_at__isnull=False))
        .select_related("token")
        .annotate(
            waiting=Count("messages", filter=waits),
            oldest_at=Min("messages__put_at", filter=waits),
            next_try_at=Min("messages__due_at", filter=waits),
            last_status=Subquery(failed.order_by("-pk").values("last_status")[:1]),
            last_reason=Subquery(failed.order_by("-pk").values("reason")[:1]),
        )
        .order_by("failing_since", "pk")
    )
    return [
        Receiver(
            id=one.pk,
            url=one.url,
            label=one.token.label,
            since=one.failing_since,
            disabled_at=one.disabled_at,
            waiting=one.waiting,
            oldest_at=one.oldest_at,
            next_try_at=one.next_try_at,
            answer=answer_words(one.last_status, one.last_reason or ""),
        )
        for one in found[:MOST_SHOWN]
    ]


def waiting_count() -> int:
    """Return how many messages wait for systems that are still told. One query."""
    return Message.objects.filter(
        state=MessageState.QUEUED, subscription__ended_at=None, subscription__disabled_at=None
    ).count()


def try_now(*, subscription_id: UUID, by: Actor, at: datetime) -> None:
    """Let the next batch try the oldest message of a system; serve it again if it was disabled.

    The access log says who asked. Raises NotPermitted, NoSubscription.
    """
    if not by.may(NEEDS):
        raise NotPermitted()
    with transaction.atomic():
        held = subscribing.subscription_of(subscription_id, token=None)
        if held.disabled_at is not None:
            subscribing.enable(subscription=held)
        oldest = Message.objects.filter(
            subscription=held, state=MessageState.QUEUED, leased_until=None
        ).order_by("pk")
        Message.objects.filter(pk__in=oldest.values("pk")[:1]).update(due_at=at)
        access_log.record(
            by=by, at=at, action="try_channel", subject_type="webhook", subject_id=held.pk
        )
        wake_after_commit()


def answer_words(status: int | None, reason: str) -> str:
    """Say what a system answered, or why it did not."""
    said = _("answered %(status)s") % {"status": status} if status else ""
    return " ".join(filter(None, (_said(reason), said)))


def _said(reason: str) -> str:
    words = {
        "timeout": _("no answer in time"),
        "TLS": _("no encrypted connection comes about"),
        "ConnectionRefusedError": _("nothing listens at the address"),
        "ConnectionResetError": _("it hung up"),
        "RemoteDisconnected": _("it hung up"),
        "OSError": _("the network does not lead there"),
        "address not allowed": _("nothing may be sent to this address, or its name is not known"),
    }
    return words.get(reason, reason)
