"""Counting in the database: how often something was done in a window, exact under concurrency.

What is done with every request is counted by tens while it is far from its limit (`ByTens`).

A key never holds personal data in the clear: phones, names and addresses come as blind indexes.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil
from threading import Lock
from typing import Final

from django.conf import settings
from django.utils import timezone

from huiyin.people.models import RateCount
from huiyin.ui.ready import prepared_cursor

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
        with prepared_cursor() as cursor:
            cursor.execute(_COUNT, {"key": key, "start": start, "cost": cost, "limit": limit})
            row = cursor.fetchone()
            if row is not None:
                return Verdict(allowed=True, retry_after=retry_after, count=row[0])
    return Verdict(allowed=False, retry_after=retry_after, count=limit)


@dataclass(slots=True)
class _Bought:
    """What a process may still let through: `left` of `count`; None where each is counted alone."""

    start: datetime
    count: int = 0
    left: int | None = 0


class ByTens:
    """Counts like `allow`, ten at a time for as long as a key is below half of its limit.

    Never more is let through than the limit says. A process that stops keeps up to nine counted
    that nobody used. Tests count each alone, unless they say otherwise.
    """

    TEN: Final = 10
    MOST: Final = 10_000  # keys remembered; full, it begins afresh

    def __init__(self, *, also_in_tests: bool = False) -> None:
        self._is_on = also_in_tests or settings.HUIYIN.mode != "test"
        self._bought: dict[str, _Bought] = {}
        self._lock = Lock()

    def allow(self, key: str, *, limit: int, window: timedelta, at: datetime) -> Verdict:
        """Count once, unless the window's limit would be passed; often without a statement."""
        if not self._is_on:
            return allow(key, limit=limit, window=window, at=at)
        start = window_start(window, at)
        with self._lock:
            known = self._bought.get(key)
            if known is None or known.start != start:
                if len(self._bought) >= self.MOST:
                    self._bought.clear()
                known = self._bought[key] = _Bought(start)
            if known.left:
                known.left -= 1
                retry_after = ceil((start + window - at).total_seconds())
                return Verdict(True, retry_after, known.count - known.left)
            is_far = known.left is not None
        if is_far:
            many = allow(key, limit=limit // 2, window=window, at=at, cost=self.TEN)
            with self._lock:
                if many:
                    known.count, known.left = many.count, (known.left or 0) + self.TEN - 1
                    return Verdict(True, many.retry_after, many.count - known.left)
                known.left = None
        return allow(key, limit=limit, window=window, at=at)


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
