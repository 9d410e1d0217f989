"""What waits to be sent, channel by channel, and what keeps it.

{"sms": Queue(due=34, …)}, [Away(channel="sms", since=…, next_try_at=…, …)]
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.functional import Promise

from huiyin.notices import outage, quiet, wording
from huiyin.notices.models import ChannelChoice, Notice, NoticeState, Outage
from huiyin.notices.texts import Channel

# A worker looks every minute: whoever is so late is not at work.
LATE: Final = timedelta(minutes=3)


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits on one channel: `due` should have left by now, `later` has its time to come.

    `oldest_at`, `next_at`: since when the first of the one is due, and when the first of the other
    will be. `again`: how many of `later` were tried and not taken. `first_at`: the time of the
    first of all.
    """

    due: int = 0
    oldest_at: datetime | None = None
    later: int = 0
    next_at: datetime | None = None
    again: int = 0
    first_at: datetime | None = None

    @property
    def all(self) -> int:
        """How many wait, for whatever reason."""
        return self.due + self.later


@dataclass(frozen=True, slots=True)
class Away:
    """A gateway or mail server that takes nothing.

    `next_try_at`: None where nothing waits that could be tried. `given_up_at`: from when on the
    first that waits is given up; None where nothing waits. `is_quiet`: all that waits is held for
    the morning anyway. `is_overdue`: it should have been tried, and was not.
    """

    channel: str
    since: datetime
    tried_at: datetime
    tries: int
    reason: str
    queue: Queue
    next_try_at: datetime | None
    given_up_at: datetime | None
    is_quiet: bool
    is_overdue: bool

    @property
    def title(self) -> str | Promise:
        """Say that it does not answer."""
        return wording.AWAY[self.channel]

    @property
    def answer(self) -> str:
        """Say what came of the last try."""
        return wording.reason_words(self.reason)

    @property
    def advice(self) -> str:
        """Say what to do."""
        return wording.advice(self.reason)

    @property
    def can_be_tried(self) -> bool:
        """Whether a message could go at once."""
        return self.queue.due > 0


@dataclass(frozen=True, slots=True)
class Standing:
    """What takes nothing, and what waits on the other channels, by channel."""

    aways: Sequence[Away]
    queues: Mapping[str, Queue]
    at: datetime

    @property
    def waits(self) -> bool:
        """Whether anything waits at all."""
        return bool(self.queues) or any(one.queue.all for one in self.aways)

    @property
    def lines(self) -> list[tuple[str | Promise, Queue]]:
        """What waits where nothing is wrong, with the name of the channel."""
        return [(ChannelChoice(name).label, queue) for name, queue in sorted(self.queues.items())]

    @property
    def late(self) -> Queue | None:
        """What waits longer than the installation allows though nothing is known to be away."""
        allowed = timedelta(minutes=settings.HUIYIN.notice_alarm_minutes)
        found = [one for one in self.queues.values() if one.oldest_at]
        oldest = min(found, key=lambda one: one.oldest_at or self.at, default=None)
        if oldest is None or oldest.oldest_at is None or self.at - oldest.oldest_at <= allowed:
            return None
        return Queue(due=sum(one.due for one in found), oldest_at=oldest.oldest_at)


def standing(*, at: datetime) -> Standing:
    """Return how everything stands. Two queries."""
    found = queues(at=at)
    held = away(at=at, of=found)
    gone = {one.channel for one in held}
    return Standing(held, {name: one for name, one in found.items() if name not in gone}, at)


def lately() -> list[tuple[str | Promise, Outage]]:
    """Return the outages that are over, the latest first, each with its name. One query."""
    return [(wording.AWAY[one.channel], one) for one in outage.lately()]


def queues(*, at: datetime) -> Mapping[str, Queue]:
    """Return what waits, by channel; a channel on which nothing waits is left out. One query."""
    due = Q(due_at__lte=at)
    if quiet.phones_rest(at):
        due &= ~Q(channel=Channel.SMS.value, urgent=False)
    rows = (
        Notice.objects.filter(state=NoticeState.QUEUED)
        .order_by()
        .values("channel")
        .annotate(
            due=Count("pk", filter=due),
            oldest=Min("due_at", filter=due),
            later=Count("pk", filter=~due),
            first=Min("due_at", filter=~due),
            again=Count("pk", filter=~due & Q(tries__gt=0)),
        )
        .values_list("channel", "due", "oldest", "later", "first", "again")
    )
    return {
        channel: Queue(
            due=count,
            oldest_at=oldest,
            later=later,
            next_at=_when(channel, first, at) if first else None,
            again=again,
            first_at=min(one for one in (oldest, first) if one),
        )
        for channel, count, oldest, later, first, again in rows
    }


def away(*, at: datetime, of: Mapping[str, Queue] | None = None) -> list[Away]:
    """Return what takes nothing now, the longest first. `of`: the queues, where they are known.

    One query; one more where something is away and the queues are not known.
    """
    held = sorted(outage.open_ones().values(), key=lambda one: one.began_at)
    if not held:
        return []
    found = queues(at=at) if of is None else of
    return [_away(one, found.get(one.channel, Queue()), at) for one in held]


def _away(held: Outage, queue: Queue, at: datetime) -> Away:
    first = queue.oldest_at or queue.next_at
    next_try = _whole_minute(max(held.rest_until, first)) if first else None
    given_up = None
    if queue.first_at and next_try:
        given_up = max(max(queue.first_at, held.began_at) + outage.GIVEN_UP_AFTER, next_try)
    return Away(
        channel=held.channel,
        since=held.began_at,
        tried_at=held.tried_at,
        tries=held.tries,
        reason=held.reason,
        queue=queue,
        next_try_at=next_try,
        given_up_at=given_up,
        is_quiet=queue.due == 0 and queue.later > 0 and quiet.phones_rest(at),
        is_overdue=next_try is not None and next_try < at - LATE,
    )


def _when(channel: str, due_at: datetime, at: datetime) -> datetime:
    """Return when what is not due yet can go: not in the night, where it would ring."""
    if channel == Channel.SMS and quiet.phones_rest(at):
        return quiet.after_rest(max(due_at, at))
    return due_at


def _whole_minute(at: datetime) -> datetime:
    """Return the minute in which the worker looks at it: it does so at each full one."""
    whole = at.replace(second=0, microsecond=0)
    return whole if whole == at else whole + timedelta(minutes=1)
