"""Who is let in when more come than can be served: a small waiting room in front of Django.

The web server hands every request a thread as soon as it arrives; here only `SLOTS` of them work at
the same time, each slot with its own database connection. Some wait, first come first served; where
the wait would be longer than `WAIT_SECONDS`, or the room is full, the answer is at once 503 with
Retry-After. Nothing that is refused has been begun, nothing that was let in is thrown out.

Files for browsers need no slot. What machines ask (`/health`, `/ready`, `/metrics`) and signing in
have a slot of their own: a city that is overrun can still be seen and looked after. Where many sign
in at once, at eight in the morning, they are let into the other slots as well, wherever the wait is
shorter.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Final

import structlog
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from huiyin.ops import busy, metrics
from huiyin.ops.room import KEPT_SLOTS, KEPT_WAITING, SIGN_IN_SECONDS, SLOTS, Room, Slot

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

SIGN_IN: Final = "/sign-in"
KEPT_PATHS: Final = frozenset(("/health", "/ready", "/metrics", SIGN_IN))
LOG_SECONDS: Final = 1.0

log = structlog.get_logger("huiyin.admission")


class Admission:
    """The application behind its waiting room, as the web server calls it."""

    def __init__(self, application: Application, *, waiting: int) -> None:
        self._application = application
        self._room = Room(SLOTS, waiting)
        self._kept = Room(KEPT_SLOTS, KEPT_WAITING)
        self._refused, self._told_at = 0, 0.0
        self._lock = Lock()

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer one request: in a slot, without one, or by saying that too many have come."""
        path = str(environ.get("PATH_INFO", ""))
        if path.startswith(settings.STATIC_URL):
            return self._without_slot(environ, start)
        patience = SIGN_IN_SECONDS if path == SIGN_IN else 0.0
        room = self._room_for(path)
        slot = room.enter(patience)
        if slot is None:
            self._tell_refused(room)
            metrics.REFUSED.inc()
            return busy.answer(environ, start)
        return self._in_slot(room, slot, environ, start)

    def _room_for(self, path: str) -> Room:
        if path == SIGN_IN:
            return min(self._kept, self._room, key=lambda one: one.outlook(SIGN_IN_SECONDS))
        return self._kept if path in KEPT_PATHS else self._room

    def _in_slot(
        self, room: Room, slot: Slot, environ: Environ, start: Start
    ) -> Iterable[bytes]:  # fmt: skip
        begun = time.monotonic()
        is_open = False
        try:
            with _connected(slot):
                response = self._application(environ, start)
                if not getattr(response, "streaming", False):
                    return _whole(response)
            is_open = True
        finally:
            if not is_open:
                room.leave(slot, time.monotonic() - begun)
        return _Streamed(response, slot, lambda: room.leave(slot, time.monotonic() - begun))

    def _without_slot(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer for a file; an address that is none may have asked the database all the same."""
        try:
            return self._application(environ, start)
        finally:
            connections.close_all()

    def _tell_refused(self, room: Room) -> None:
        with self._lock:
            self._refused += 1
            now = time.monotonic()
            if now - self._told_at < LOG_SECONDS:
                return
            count, self._refused, self._told_at = self._refused, 0, now
        log.warning("too_many_requests_at_once", refused=count, waiting=room.queue)


@contextmanager
def _connected(slot: Slot) -> Iterator[None]:
    """Let this thread use the connection of a slot."""
    if slot.connection is None:
        slot.connection = connections.create_connection(DEFAULT_DB_ALIAS)
        slot.connection.inc_thread_sharing()  # one thread after the other
    connections[DEFAULT_DB_ALIAS] = slot.connection
    try:
        yield
    finally:
        del connections[DEFAULT_DB_ALIAS]


def _whole(response: Any) -> list[bytes]:
    """Return the answer in one piece and end the request: its slot is free for the next."""
    try:
        return [bytes(response.content)]
    finally:
        response.close()


class _Streamed:
    """An answer that is still being made: its slot is kept until it is closed."""

    def __init__(self, response: Any, slot: Slot, leave: Callable[[], None]) -> None:
        self._pieces: Iterator[bytes] = iter(response)
        self._response, self._slot, self._leave = response, slot, leave
        self._is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        with _connected(self._slot):
            return next(self._pieces)

    def close(self) -> None:
        """End the request and give the slot back."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            with _connected(self._slot):
                self._response.close()
        finally:
            self._leave()
