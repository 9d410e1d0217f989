"""Sending what is due: leased in batches, sent outside of transactions, settled together.

A lease says which worker sends a message, and until when. When that worker is killed the lease
runs out: an SMS is handed over again under the same id, which the gateway takes for the first; an
e-mail becomes `unknown`; so an e-mail is settled as soon as it is sent, and SMS, which no gateway
takes twice under one id, when the batch is done. Whoever lost its lease settles nothing. What met
nobody at all has not been tried (`outage`).
"""

import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import connection, transaction

from huiyin.notices import outage, quiet
from huiyin.notices.channels import Handed, Verdict, hand_over
from huiyin.notices.models import Notice, NoticeState, Outage, OutcomeCount
from huiyin.notices.texts import Channel
from huiyin.people import sms

BATCH = 100
ENOUGH = 30.0  # seconds, after which no further message of a batch is begun
# Longer than a batch can take with a gateway that answers nothing (15 s for the last message).
LEASE = timedelta(minutes=5)
MOST_TRIES = 8
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)
GROWTH = 4
CUT_OFF = "cut_off"
OWN_FAULT = "own_fault"

log = structlog.get_logger("huiyin.notices")
_jitter = random.SystemRandom()

_LEASE = f"""
UPDATE {Notice._meta.db_table} SET leased_until = %(until)s, tries = tries + 1
WHERE id IN (
    SELECT id FROM {Notice._meta.db_table}
    WHERE state = 'queued' AND due_at <= %(at)s
      AND (leased_until IS NULL OR leased_until <= %(at)s)
      AND (channel <> 'sms' OR urgent OR NOT %(rest)s)
      AND channel NOT IN (
          SELECT channel FROM {Outage._meta.db_table}
          WHERE ended_at IS NULL AND rest_until > %(at)s
      )
    ORDER BY due_at, id LIMIT %(most)s FOR UPDATE SKIP LOCKED
)
RETURNING id, ARRAY(SELECT channel FROM {Outage._meta.db_table} WHERE ended_at IS NULL)
"""  # noqa: S608 the tables' own names

_SETTLE = f"""
UPDATE {Notice._meta.db_table} AS held
SET leased_until = NULL, reason = given.reason, state = given.state,
    due_at = coalesce(given.due_at, held.due_at),
    sent_at = coalesce(given.sent_at, held.sent_at),
    settled_at = coalesce(given.settled_at, held.settled_at)
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[],
    %s::timestamptz[]) AS given (id, state, reason, due_at, sent_at, settled_at)
WHERE held.id = given.id AND held.state = 'queued' AND held.leased_until = %s
"""  # noqa: S608 as above

_LOCK = f"""
SELECT FROM {Notice._meta.db_table} WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE
"""

_GIVE_BACK = f"""
UPDATE {Notice._meta.db_table} SET leased_until = NULL, tries = tries - 1
WHERE id = ANY(%s) AND state = 'queued' AND leased_until = %s
"""  # noqa: S608 as above

_COUNT = f"""
INSERT INTO {OutcomeCount._meta.db_table} AS held (channel, outcome, count)
SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[])
ON CONFLICT (channel, outcome) DO UPDATE SET count = held.count + excluded.count
"""  # noqa: S608 as above


@dataclass(frozen=True, slots=True)
class Sent:
    """How many messages of a batch were taken up; false when there was nothing to do.

    `is_more`: others may be due already. What is put after a batch began wakes the worker anew.
    """

    count: int
    is_more: bool = False

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
        leased = cursor.fetchall()
    ids: list[UUID] = [pk for pk, _away in leased]
    away: set[str] = set(leased[0][1]) if leased else set()
    waiting: list[_Settled] = []
    found = list(Notice.objects.filter(pk__in=ids).order_by("due_at", "pk"))
    left: list[Notice] = []
    missed: dict[str, tuple[str, datetime]] = {}  # channel → why nobody was met, and since when
    begun = time.monotonic()
    with sms.Line() as line:
        for number, notice in enumerate(found):
            if number and time.monotonic() - begun >= ENOUGH:
                left += found[number:]
                break
            if notice.channel in missed:
                left.append(notice)
                continue
            handed = _handed(notice, line)
            if handed.is_away:
                began = outage.found(notice.channel, reason=handed.reason, at=at)
                missed[notice.channel] = handed.reason, began
                left.append(notice)
                continue
            if handed.reason != OWN_FAULT and notice.channel in away:
                away.remove(notice.channel)
                outage.over(notice.channel, at=at)
            waiting.append(_settled(notice, handed, at))
            if notice.channel == Channel.EMAIL:
                _settle(waiting, lease_until=until)
                waiting = []
    _settle(waiting, lease_until=until)
    _give_back(left, lease_until=until)
    for channel, (reason, began) in missed.items():
        if at - began >= outage.GIVEN_UP_AFTER:
            _give_up(channel, reason, at)
    return Sent(len(ids), is_more=len(ids) == most or bool(left))


def wait_before(tries: int, *, share: float) -> timedelta:
    """Return how long to wait after so many tries: 30 s, 2 min, 8 min … at most 6 h.

    `share`, from 0 to 1, spreads it over a quarter more or less, so that what failed together does
    not come back together.
    """
    grown: int = GROWTH ** (min(tries, MOST_TRIES) - 1)
    wait = min(FIRST_WAIT * grown, LONGEST_WAIT)
    return wait * (0.75 + 0.5 * share)


def count_outcomes(counts: Mapping[tuple[str, str], int]) -> None:
    """Count outcomes for /metrics, by channel and outcome; one statement."""
    rows = [(*key, count) for key, count in sorted(counts.items()) if count]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [list(column) for column in zip(*rows, strict=True)])


def lock_in_order(ids: Sequence[UUID]) -> None:
    """Lock some notices that are going to be written, one statement; in a transaction.

    What a worker settles the gateway reports at the same moment: whoever writes many of them locks
    them in the order of their ids, so that neither waits for the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [list(ids)])


def _handed(notice: Notice, line: sms.Line) -> Handed:
    try:
        return hand_over(notice, line)
    except Exception:
        # A fault of ours in one message must not stop the others behind it.
        log.exception("notice_failed", notice=notice.name, id=str(notice.pk))
        return Handed(Verdict.UNKNOWN, OWN_FAULT)


@dataclass(frozen=True, slots=True)
class _Settled:
    """What becomes of a message; `outcome` is what is counted."""

    notice: Notice
    state: NoticeState
    reason: str
    outcome: str
    due_at: datetime | None = None
    sent_at: datetime | None = None
    settled_at: datetime | None = None


def _settled(notice: Notice, handed: Handed, at: datetime) -> _Settled:
    outcome, reason = handed.verdict.value, handed.reason
    match handed.verdict:
        case Verdict.SENT:
            return _Settled(notice, NoticeState.SENT, reason, outcome, sent_at=at)
        case Verdict.REFUSED:
            return _Settled(notice, NoticeState.REFUSED, reason, outcome, settled_at=at)
        case Verdict.UNKNOWN:
            return _Settled(notice, NoticeState.UNKNOWN, reason, outcome, settled_at=at)
        case Verdict.AGAIN if notice.tries >= MOST_TRIES:
            return _Settled(notice, NoticeState.DEAD, reason, "dead", settled_at=at)
    due_at = at + wait_before(notice.tries, share=_jitter.random())
    if notice.channel == Channel.SMS and not notice.urgent:
        due_at = quiet.after_rest(due_at)
    return _Settled(notice, NoticeState.QUEUED, reason, outcome, due_at=due_at)


def _settle(found: Sequence[_Settled], *, lease_until: datetime) -> None:
    """Write what became of messages that are still leased to us, and count it; three statements."""
    if not found:
        return
    columns: list[list[Any]] = [
        [one.notice.pk for one in found],
        [one.state.value for one in found],
        [one.reason for one in found],
        [one.due_at for one in found],
        [one.sent_at for one in found],
        [one.settled_at for one in found],
    ]
    with transaction.atomic():
        lock_in_order(columns[0])
        with connection.cursor() as cursor:
            cursor.execute(_SETTLE, [*columns, lease_until])
        count_outcomes(Counter((one.notice.channel, one.outcome) for one in found))


def _give_back(left: Sequence[Notice], *, lease_until: datetime) -> None:
    """Leave to the next batch what this one had no time for; it has not been tried."""
    if left:
        ids = [notice.pk for notice in left]
        with transaction.atomic():
            lock_in_order(ids)
            with connection.cursor() as cursor:
                cursor.execute(_GIVE_BACK, [ids, lease_until])


def _give_up(channel: str, reason: str, at: datetime) -> None:
    """What has waited untried for a day, for a gateway that has been away as long."""
    too_long = Notice.objects.filter(
        state=NoticeState.QUEUED, channel=channel, due_at__lte=at - outage.GIVEN_UP_AFTER,
        leased_until=None,
    )  # fmt: skip
    count = too_long.update(state=NoticeState.DEAD, settled_at=at, reason=reason)
    if count:
        count_outcomes({(channel, "dead"): count})


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
        count_outcomes({(Channel.EMAIL.value, "unknown"): count})
