"""Counting in the database: how often something was done in a window, exact under concurrency.

A key never holds personal data in the clear: phones, names and addresses come as blind indexes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

from django.db import connection
from django.utils import timezone

from huiyin.people.models import RateCount

# Kept so long that the longest window in use is over.
KEEP = timedelta(days=2)

_COUNT = f"""
INSERT INTO {RateCount._meta.db_table} AS held (key, window_start, count)
VALUES (%(key)s, %(start)s, %(cost)s)
ON CONFLICT (key, window_start) DO UPDATE SET count = held.count + excluded.count
WHERE held.count + excluded.count <= %(limit)s
RETURNING count
"""  # noqa: S608 the table's own name


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is allowed once more; true when it is.

    `retry_after`: seconds to the next window. `count`: how much is counted in this one now.
    """

    allowed: bool
    retry_after: int
    count: int = 0

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def minutes(self) -> int:
        """Minutes to the next window, rounded up."""
        return max(1, ceil(self.retry_after / 60))


def allow(key: str, *, limit: int, window: timedelta, at: datetime, cost: int = 1) -> Verdict:
    """Count `cost` under a key, unless the window's limit would be passed; one statement.

    Windows follow the local day: those of a day begin at midnight. What is refused is not counted.
    """
    start = window_start(window, at)
    retry_after = ceil((start + window - at).total_seconds())
    if cost <= limit:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, {"key": key, "start": start, "cost": cost, "limit": limit})
            row = cursor.fetchone()
            if row is not None:
                return Verdict(allowed=True, retry_after=retry_after, count=row[0])
    return Verdict(allowed=False, retry_after=retry_after, count=limit)


def used(key: str, *, window: timedelta, at: datetime) -> int:
    """Return how much has been counted under a key in the present window."""
    row = RateCount.objects.filter(key=key, window_start=window_start(window, at)).first()
    return row.count if row else 0


def forget(*keys: str) -> None:
    """Begin counting these keys afresh."""
    RateCount.objects.filter(key__in=keys).delete()


def window_start(window: timedelta, at: datetime) -> datetime:
    """Return when the window of an instant began, counted from local midnight of a fixed day."""
    offset = timezone.localtime(at).utcoffset() or timedelta(0)
    since = at - datetime(1970, 1, 1, tzinfo=UTC) + offset
    return at - since % window


def clean(*, at: datetime) -> int:
    """Delete the counts of windows that are over; return how many."""
    return RateCount.objects.filter(window_start__lt=at - KEEP).delete()[0]
