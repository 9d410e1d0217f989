"""Sending what is due: leased in batches, sent outside of transactions, settled one by one.

A lease says which worker sends a message, and until when. When that worker is killed the lease
runs out: an SMS is handed over again under the same id, which the gateway takes for the first; an
e-mail becomes `unknown`. Whoever lost its lease settles nothing.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.db import connection, transaction

from huiyin.notices import quiet
from huiyin.notices.channels import Handed, Verdict, hand_over
from huiyin.notices.models import Notice, NoticeState, OutcomeCount
from huiyin.notices.texts import Channel

BATCH = 10
# Longer than a whole batch can take with a gateway that answers nothing (15 s each).
LEASE = timedelta(minutes=5)
MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
GROWTH = 4
CUT_OFF = "cut_off"

log = structlog.get_logger("huiyin.notices")
_jitter = random.SystemRandom()

_LEASE = f"""
UPDATE {Notice._meta.db_table} SET leased_until = %(until)s, tries = tries + 1
WHERE id IN (
    SELECT id FROM {Notice._meta.db_table}
    WHERE state = 'queued' AND due_at <= %(at)s
      AND (leased_until IS NULL OR leased_until <= %(at)s)
      AND (channel <> 'sms' OR urgent OR NOT %(rest)s)
    ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id
"""  # noqa: S608 the table's own name

_COUNT = f"""
INSERT INTO {OutcomeCount._meta.db_table} AS held (channel, outcome, count)
VALUES (%s, %s, %s)
ON CONFLICT (channel, outcome) DO UPDATE SET count = held.count + excluded.count
"""  # noqa: S608 as above


@dataclass(frozen=True, slots=True)
class Sent:
    """How many messages of a batch were taken up; false when there was nothing to do."""

    count: int

    def __bool__(self) -> bool:
        return self.count > 0


def deliver_batch(*, at: datetime, lease: timedelta = LEASE, most: int = BATCH) -> Sent:
    """Send up to `most` messages that are due. Any number of workers may do so at once.

    Call it outside of a transaction.
    """
    _mark_cut_off(at)
    until = at + lease
    with connection.cursor() as cursor:
        cursor.execute(
            _LEASE, {"at": at, "until": until, "most": most, "rest": quiet.phones_rest(at)}
        )
        ids: list[UUID] = [pk for (pk,) in cursor.fetchall()]
    for notice in Notice.objects.filter(pk__in=ids).order_by("due_at", "pk"):
        _settle(notice, _handed(notice), lease_until=until, at=at)
    return Sent(len(ids))


def wait_before(tries: int, *, share: float) -> timedelta:
    """Return how long to wait after so many tries: 30 s, 2 min, 8 min … at most 6 h.

    `share`, from 0 to 1, spreads it over a quarter more or less, so that what failed together does
    not come back together.
    """
    grown: int = GROWTH ** (min(tries, MOST_TRIES) - 1)
    wait = min(FIRST_WAIT * grown, LONGEST_WAIT)
    return wait * (0.75 + 0.5 * share)


def count_outcome(channel: str, outcome: str, by: int = 1) -> None:
    """Count an outcome for /metrics."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [channel, outcome, by])


def _handed(notice: Notice) -> Handed:
    try:
        return hand_over(notice)
    except Exception:
        # A fault of ours in one message must not stop the others behind it.
        log.exception("notice_failed", notice=notice.name, id=str(notice.pk))
        return Handed(Verdict.UNKNOWN, "own_fault")


def _settle(notice: Notice, handed: Handed, *, lease_until: datetime, at: datetime) -> None:
    held = Notice.objects.filter(pk=notice.pk, state=NoticeState.QUEUED, leased_until=lease_until)
    outcome = handed.verdict.value
    match handed.verdict:
        case Verdict.SENT:
            change = {"state": NoticeState.SENT, "sent_at": at}
        case Verdict.REFUSED:
            change = {"state": NoticeState.REFUSED, "settled_at": at}
        case Verdict.UNKNOWN:
            change = {"state": NoticeState.UNKNOWN, "settled_at": at}
        case Verdict.AGAIN if notice.tries >= MOST_TRIES:
            outcome = "dead"
            change = {"state": NoticeState.DEAD, "settled_at": at}
        case Verdict.AGAIN:
            due_at = at + wait_before(notice.tries, share=_jitter.random())
            if notice.channel == Channel.SMS and not notice.urgent:
                due_at = quiet.after_rest(due_at)
            change = {"due_at": due_at}
    with transaction.atomic():
        held.update(leased_until=None, reason=handed.reason, **change)
        count_outcome(notice.channel, outcome)


def _mark_cut_off(at: datetime) -> None:
    """E-mails a killed worker was sending: nobody knows whether they left."""
    cut_off = Notice.objects.filter(
        state=NoticeState.QUEUED,
        channel=Channel.EMAIL.value,
        due_at__lte=at,
        leased_until__lte=at,
    )
    count = cut_off.update(
        state=NoticeState.UNKNOWN, leased_until=None, settled_at=at, reason=CUT_OFF
    )
    if count:
        count_outcome(Channel.EMAIL.value, "unknown", count)
