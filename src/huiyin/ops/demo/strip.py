"""The strip on every page that says how far the demo's life is, while it is poured in."""

import time
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.ops.demo.life import pouring as life
from huiyin.ops.demo.life.plan import DAYS
from huiyin.ops.demo.life.pouring import Progress
from huiyin.ui.http import part

ASKED_EVERY: Final = 2.0  # seconds, while there is something to tell of
ASKED_RARELY: Final = 30.0  # while no life was ordered
_kept: tuple[float, Progress | None] | None = None


@dataclass(frozen=True, slots=True)
class Pouring:
    """How far the demo's life is: day of so many, matters, in hundredths of the stories."""

    day: int
    days: int
    matters: int
    percent: int
    is_done: bool


def pouring(request: HttpRequest) -> dict[str, Any]:
    """Give templates how far the demo's life is, until it is there. In the demo's settings alone.

    A query at most every two seconds of a process, and none any more once all is told.
    """
    del request
    found = _asked()
    return {"pouring": shown(found)} if found is not None and not found.is_done else {}


@login_not_required
@require_safe
@never_cache
def progress(request: HttpRequest) -> HttpResponse:
    """The strip alone, for a page that asks again; nothing where there is nothing to tell of."""
    found = life.progress()
    if found is None or "told" in request.GET:
        return HttpResponse("")
    return part(request, "ui/parts/pouring.html", {"pouring": shown(found)})


def shown(found: Progress) -> Pouring:
    """Return it as the strip says it."""
    percent = 100 * found.told // found.total if found.total else 100
    return Pouring(max(found.day, 1), DAYS, found.matters, percent, found.is_done)


def _asked() -> Progress | None:
    global _kept
    now = time.monotonic()
    if _kept is not None:
        at, found = _kept
        if found is not None and found.is_done:
            return found
        if now - at < (ASKED_RARELY if found is None else ASKED_EVERY):
            return found
    _kept = (now, life.progress())
    return _kept[1]
