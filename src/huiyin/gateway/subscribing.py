"""Webhooks: who is told of what. Subscribing, ending, enabling again, sending again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction

from huiyin.gateway import open_subscriptions
from huiyin.gateway.models import ApiToken, Message, MessageState, Subscription
from huiyin.gateway.outbox import wake_after_commit
from huiyin.gateway.refusals import NoSubscription, ProcedureNotOffered, TooManySubscriptions
from huiyin.gateway.sending import check_url
from huiyin.gateway.signing import new_secret
from huiyin.places.models import Place
from huiyin.procedures import library

MOST_A_TOKEN: Final = 20


@dataclass(frozen=True, slots=True)
class Subscribed:
    """A new subscription; `secret` is shown once."""

    subscription: Subscription
    secret: str


def offered() -> tuple[str, ...]:
    """Return the procedures webhooks tell of: all that are not confidential."""
    return tuple(name for name, rules in library.procedures().items() if not rules.confidential)


def subscribe(
    *, token: ApiToken, url: str, kinds: Sequence[str], at: datetime,
    procedures: Sequence[str] = (), place: Place | None = None,
) -> Subscribed:  # fmt: skip
    """Have another system told of acts, from now on.

    `procedures`: empty for all offered ones. `place`: only matters in it. Raises AddressNotAllowed,
    ProcedureNotOffered, TooManySubscriptions.
    """
    check_url(url)
    for procedure in procedures:
        if procedure not in offered():
            raise ProcedureNotOffered(procedure=procedure)
    with transaction.atomic():
        ApiToken.objects.select_for_update().get(pk=token.pk)
        if Subscription.objects.filter(token=token, ended_at=None).count() >= MOST_A_TOKEN:
            raise TooManySubscriptions(most=MOST_A_TOKEN)
        secret = new_secret()
        subscription = Subscription.objects.create(
            token=token, url=url, secret=secret, kinds=sorted(set(kinds)),
            procedures=sorted(set(procedures)), place=place, created_at=at,
        )  # fmt: skip
        open_subscriptions.forget()
    return Subscribed(subscription, secret)


def subscription_of(pk: UUID, *, token: ApiToken | None) -> Subscription:
    """Return a subscription; with a token only its own. Raises NoSubscription."""
    rows = Subscription.objects.filter(pk=pk, ended_at=None).select_related("place")
    found = (rows if token is None else rows.filter(token=token)).first()
    if found is None:
        raise NoSubscription()
    return found


def end(*, subscription: Subscription, at: datetime) -> None:
    """End a subscription: nothing more is put or sent."""
    subscription.ended_at = at
    subscription.save(update_fields=["ended_at"])
    open_subscriptions.forget()


def enable(*, subscription: Subscription) -> None:
    """Serve a subscription again that was disabled; what waits is sent."""
    subscription.disabled_at = subscription.failing_since = None
    subscription.save(update_fields=["disabled_at", "failing_since"])
    open_subscriptions.forget()
    wake_after_commit()


def replay(*, subscription: Subscription, since: datetime, until: datetime, at: datetime) -> int:
    """Send everything of a time again, delivered or not, under its old ids; return how much."""
    with transaction.atomic():
        count = Message.objects.filter(
            subscription=subscription, put_at__gte=since, put_at__lte=until
        ).update(
            state=MessageState.QUEUED, due_at=at, tries=0, leased_until=None, delivered_at=None
        )
        wake_after_commit()
    return count
