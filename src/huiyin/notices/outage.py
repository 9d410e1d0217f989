"""A gateway or mail server that takes nothing is left alone: its messages wait untried.

Without that each of them would be tried by itself, eight times. One message finds out whether it is
back; then all go out. What is known stands in the database: all workers keep to it, and the pages
of the administrator tell it.
"""

from datetime import datetime, timedelta
from typing import Any, Final, cast

from django.db import connection

from huiyin.notices.models import Outage

FIRST_REST: Final = timedelta(seconds=20)
LONGEST_REST: Final = timedelta(minutes=5)
GIVEN_UP_AFTER: Final = timedelta(days=1)

_FOUND = f"""
INSERT INTO {Outage._meta.db_table} AS held
    (channel, began_at, tried_at, tries, rest_until, reason)
VALUES (%(channel)s, %(at)s, %(at)s, 1, %(at)s + %(first)s, %(reason)s)
ON CONFLICT (channel) WHERE ended_at IS NULL DO UPDATE
SET tried_at = excluded.tried_at, tries = held.tries + 1, reason = excluded.reason,
    rest_until = excluded.tried_at + least(%(first)s * 2 ^ least(held.tries, 10), %(longest)s)
RETURNING began_at
"""  # noqa: S608 the table's own name


def open_ones() -> dict[str, Outage]:
    """Return the outages that last, by channel. One query."""
    return {one.channel: one for one in Outage.objects.filter(ended_at=None)}


def lately(*, most: int = 10) -> list[Outage]:
    """Return the outages that are over, the latest first. One query."""
    return list(Outage.objects.exclude(ended_at=None).order_by("-ended_at")[:most])


def found(channel: str, *, reason: str, at: datetime) -> datetime:
    """Note that a channel could not be reached, and return since when it cannot.

    Each time the rest is twice as long.
    """
    values: dict[str, Any] = {
        "channel": channel, "reason": reason[:80], "at": at, "first": FIRST_REST,
        "longest": LONGEST_REST,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, values)
        (began_at,) = cursor.fetchone()
    return cast(datetime, began_at)


def over(channel: str, *, at: datetime) -> None:
    """Note that the other side has answered."""
    Outage.objects.filter(channel=channel, ended_at=None).update(ended_at=at)


def try_at_once(channel: str, *, at: datetime) -> bool:
    """Let the next batch try a message; tell whether there is an outage at all."""
    waiting = Outage.objects.filter(channel=channel, ended_at=None)
    return bool(waiting.update(rest_until=at))


def try_all_at_once(*, at: datetime) -> None:
    """Let the next batch try a message on each channel: a worker starts, after a change perhaps."""
    Outage.objects.filter(ended_at=None, rest_until__gt=at).update(rest_until=at)


def forget(*, before: datetime) -> None:
    """Delete the outages that were over before an instant."""
    Outage.objects.filter(ended_at__lt=before).delete()
