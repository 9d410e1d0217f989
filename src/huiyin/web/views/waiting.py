"""How much waits behind the entries of the rail, in one request once the page is there."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.matters import board, calling_back
from huiyin.people.actors import Actor
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.units.swaps import asked_of
from huiyin.web import supervision, whistles
from huiyin.web.context import navigation

MOST: Final = 99


def _swaps(by: Actor, *, at: datetime) -> int:
    return len(asked_of(by.account_id, at=at)) if by.account_id else 0


COUNTS: Final[Mapping[str, Callable[..., int]]] = {
    "board": lambda by, *, at: sum(board.counts(by=by).values()),
    "callbacks": lambda by, *, at: sum(calling_back.counts(by=by).values()),
    "whistles": partial(whistles.waiting, most=MOST + 1),
    "supervised": partial(supervision.waiting, most=MOST + 1),
    "swaps": _swaps,
}


@staff()
@never_cache
@require_safe
def waiting_here(request: PeopleRequest) -> HttpResponse:
    """The badge of every entry that has one; an empty one where nothing waits.

    Each goes to wherever the page shows it (`waits-NAME`): on the rail, under "More", on a button.
    """
    at = timezone.now()
    asked = [door.counts for door in navigation(request)["nav"] if door.counts]
    badges = ((name, _badge(COUNTS[name](request.actor, at=at))) for name in asked)
    return HttpResponse(
        format_html_join("\n", '<div data-hx-swap-oob="innerHTML:.waits-{}">{}</div>', badges)
    )


def _badge(count: int) -> SafeString:
    if not count:
        return SafeString("")
    words = ngettext("%(number)d waits for you", "%(number)d wait for you", count)
    shown = str(count) if count <= MOST else f"{MOST}+"
    return format_html('<span class="badge" title="{}">{}</span>', words % {"number": count}, shown)
