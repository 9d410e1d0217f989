"""Waking the worker: at once, but not a thousand times a minute; the last call is never lost.

A job that waits already is not put a second time (its queueing lock), but to find that out costs a
transaction. In a rush each process wakes at most once in `EVERY` seconds; what came in between is
woken for when they are over. A process that is killed in between has left its rows behind, and the
sweep of the minute finds them.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from procrastinate.exceptions import AlreadyEnqueued

log = structlog.get_logger("huiyin.waking")

EVERY: Final = 1.0  # seconds


def put_once(job: Callable[[], object]) -> None:
    """Put a job by calling this, unless one with its queueing lock waits already."""
    try:
        with transaction.atomic():
            job()
    except AlreadyEnqueued:
        return


class Waker:
    """Calls `wake` after a commit; `after` waits where it was called just now."""

    def __init__(self, wake: Callable[[], None], *, every: float | None = None) -> None:
        self._wake = wake
        self._every = every
        self._lock = threading.Lock()
        self._next = 0.0
        self._late: threading.Timer | None = None

    def __call__(self) -> None:
        """Wake now, or as soon as it is time."""
        now = time.monotonic()
        with self._lock:
            if now < self._next:
                self._call_late(self._next - now)
                return
            self._next = now + self._interval()
        self._wake()

    def _interval(self) -> float:
        """Return the pause; tests ask what has been put at once, and are not made to wait."""
        if self._every is not None:
            return self._every
        return 0.0 if settings.HUIYIN.mode == "test" else EVERY

    def _call_late(self, seconds: float) -> None:
        if self._late is None:
            self._late = threading.Timer(seconds, self._wake_late)
            self._late.daemon = True
            self._late.start()

    def _wake_late(self) -> None:
        with self._lock:
            self._late = None
            self._next = time.monotonic() + self._interval()
        try:
            self._wake()
        except DatabaseError as error:
            log.info("wake_lost", error=str(error))
        finally:
            connection.close()
