"""A connection that was used a moment ago is taken to be alive.

Django asks each connection whether it still lives before the first query of every request: in a
rush that is a round trip a request. A database that was started anew costs each thread of the
server one failed request at most, and only within `TRUSTED_SECONDS`.
"""

import time
from typing import Any, Final

from django.core.signals import request_finished, request_started
from django.db import connections

TRUSTED_SECONDS: Final = 2.0
_USED: Final = "_huiyin_used_at"


def trust() -> None:
    """Begin to trust; called once when the server starts. Django's own receivers come before."""
    request_started.connect(_begun, dispatch_uid="huiyin.connections")
    request_finished.connect(_ended, dispatch_uid="huiyin.connections")


def _begun(**_: Any) -> None:
    now = time.monotonic()
    for one in connections.all(initialized_only=True):
        if one.connection is not None and now - getattr(one, _USED, 0.0) < TRUSTED_SECONDS:
            one.health_check_done = True  # type: ignore[attr-defined]  # not in the stubs


def _ended(**_: Any) -> None:
    for one in connections.all(initialized_only=True):
        if one.connection is not None:
            setattr(one, _USED, time.monotonic())
