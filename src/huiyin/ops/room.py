"""A room with so many places to work, and so many to wait for one; first come, first served."""

from collections import deque
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

SLOTS: Final = 4  # for each process; as many database connections, and those below
KEPT_SLOTS: Final = 1
KEPT_WAITING: Final = 16
DOORKEEPERS: Final = 8  # threads that are never used up by waiting: they answer the refused
WAIT_SECONDS: Final = 0.8
SIGN_IN_SECONDS: Final = 3.0  # who comes to work would rather wait than be sent away at the door
MEMORY: Final = 0.1  # how much the last request counts in the usual time of one


def threads(waiting: int) -> int:
    """Return how many threads the web server needs so that nobody waits unseen."""
    return SLOTS + KEPT_SLOTS + KEPT_WAITING + waiting + DOORKEEPERS


@dataclass(slots=True)
class Slot:
    """One place to work, and its database connection once it has one."""

    connection: Any = None


@dataclass(slots=True)
class _Waiter:
    """Somebody who waits; `slot` is put there before `called` is let go."""

    called: Lock = field(default_factory=Lock)
    slot: Slot | None = None


class Room:
    """So many slots, and so many who may wait for one of them."""

    def __init__(self, slots: int, waiting: int, seconds: float = WAIT_SECONDS) -> None:
        self._free = [Slot() for _ in range(slots)]
        self._slots, self._waiting, self._seconds = slots, waiting, seconds
        self._queue: deque[_Waiter] = deque()
        self._lock = Lock()
        self._usual_seconds = 0.0

    @property
    def queue(self) -> int:
        """How many wait just now."""
        return len(self._queue)

    def outlook(self, patience: float = 0.0) -> tuple[bool, bool, float]:
        """Return what awaits whoever came now: to be refused, to wait at all, for so many seconds.

        By the usual time of a request. Of two rooms the one with the smaller outlook is better.
        `patience`: seconds that somebody waits where the room asks for less.
        """
        if self._free and not self._queue:
            return False, False, 0.0
        ahead = len(self._queue) + 1
        seconds = ahead * self._usual_seconds / self._slots
        is_refused = ahead > self._waiting or seconds > max(self._seconds, patience)
        return is_refused, True, seconds

    def enter(self, patience: float = 0.0) -> Slot | None:
        """Return a slot, after a wait where all are taken; None for whoever is refused."""
        with self._lock:
            is_refused, waits, _ = self.outlook(patience)
            if is_refused:
                return None
            if not waits:
                return self._free.pop()
            waiter = _Waiter()
            waiter.called.acquire()
            self._queue.append(waiter)
        waiter.called.acquire(timeout=max(self._seconds, patience))
        with self._lock:
            if waiter.slot is None:
                self._queue.remove(waiter)
            return waiter.slot

    def leave(self, slot: Slot, seconds: float) -> None:
        """Give a slot back after so many seconds of work: to whoever waits longest."""
        with self._lock:
            self._usual_seconds += MEMORY * (seconds - self._usual_seconds)
            if self._queue:
                waiter = self._queue.popleft()
                waiter.slot = slot
                waiter.called.release()
            else:
                self._free.append(slot)
