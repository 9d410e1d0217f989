"""What other systems are told, written in the transaction of the act; nothing personal.

A message names the matter by its number, the procedure, the act, the states, the unit and times:
what stands in the event's header. No text, no name, no place more exact than the number.
"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from huiyin.gateway import open_subscriptions
from huiyin.gateway.models import EventKind, Message, Subscription
from huiyin.gateway.open_subscriptions import Served
from huiyin.matters.listening import Happened
from huiyin.procedures.language import NEW


def put_for(happened: Happened) -> None:
    """Put what this act tells into the outbox, one message for each subscriber and kind.

    No query while nobody wants to be told of it, else two.
    """
    put_for_all([happened])


def put_for_all(happened: Sequence[Happened]) -> None:
    """Put what many acts tell into the outbox: the same two queries for all of them."""
    served = open_subscriptions.served()
    told = [
        (one.id, kind, act)
        for act in happened
        if not (act.procedure.confidential or act.matter.is_confidential)
        for one in served
        if wants(one, act)
        for kind in kinds_of(act)
        if kind in one.kinds
    ]
    if not told:
        return
    there = set(
        Subscription.objects.filter(
            pk__in={pk for pk, _, _ in told}, ended_at=None, disabled_at=None
        ).values_list("pk", flat=True)
    )
    rows = [_message(pk, kind, act) for pk, kind, act in told if pk in there]
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True)
        wake_after_commit()


def wants(served: Served, happened: Happened) -> bool:
    """Tell whether a subscriber is told: procedure, place, and not of what accuses its unit."""
    return (
        happened.at < served.until
        and (not served.procedures or happened.procedure.name in served.procedures)
        and (not served.place or served.place in happened.matter.place_ids)
        and (served.unit is None or served.unit not in happened.matter.accused)
    )


def kinds_of(happened: Happened) -> Iterator[EventKind]:
    """Yield the kinds of one act: what sort it is, and whether the service was delivered by it."""
    event, rules = happened.event, happened.procedure
    if event.from_state == NEW:
        yield EventKind.OPENED
    elif event.action == "":
        yield EventKind.CLOCK
    elif event.from_state != event.to_state:
        yield EventKind.MOVED
    else:
        yield EventKind.ACTED
    was_done = event.from_state != NEW and rules.states[event.from_state].done
    if rules.states[event.to_state].done and not was_done:
        yield EventKind.DONE


def wake_after_commit() -> None:
    """Wake the worker when the transaction is committed, once however often this is called."""
    if not any(_wake in entry for entry in connection.run_on_commit):
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    # The tasks are known only when the worker's library is set up, and import the delivery.
    from huiyin.gateway import tasks  # noqa: PLC0415 circular

    tasks.wake()


def _message(subscription_id: UUID, kind: EventKind, happened: Happened) -> Message:
    return Message(
        subscription_id=subscription_id,
        kind=kind.value,
        event_id=happened.event.pk,
        payload={
            "type": kind.value,
            "timestamp": happened.at.isoformat(),
            "data": payload_of(happened),
        },
        put_at=happened.at,
        due_at=happened.at,
    )


def payload_of(happened: Happened) -> dict[str, Any]:
    """Return what a subscriber reads of an act."""
    event, run = happened.event, happened.run
    clock = happened.decision.event.form.get("clock") if event.action == "" else None
    return {
        "number": happened.matter.number,
        "run": str(run.pk),
        "procedure": run.procedure,
        "version": run.version,
        "event": event.seq,
        "action": event.action or None,
        "clock": clock if isinstance(clock, str) else None,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "unit": str(event.unit_id) if event.unit_id else None,
        "recorded_at": event.recorded_at.isoformat(),
        "due_at": run.due_at.isoformat() if run.due_at else None,
        "is_done": run.is_done,
        "is_closed": run.is_closed,
    }
