"""How much waits behind an entry of the rail; asked for once the page is there."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from django.http import HttpResponse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from huiyin.matters.refusals import NotFound
from huiyin.people.actors import Actor
from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.units.swaps import asked_of
from huiyin.web import supervision, whistles

MOST: Final = 99


def _swaps(by: Actor, *, at: datetime) -> int:
    return len(asked_of(by.account_id, at=at)) if by.account_id else 0


COUNTS: Final[Mapping[str, Callable[..., int]]] = {
    "whistles": whistles.waiting,
    "supervised": supervision.waiting,
    "swaps": _swaps,
}


@staff()
@never_cache
@require_safe
def waiting_here(request: PeopleRequest, which: str) -> HttpResponse:
    """The badge of an entry; nothing where nothing waits. One query."""
    if which not in COUNTS:
        raise NotFound()
    count = COUNTS[which](request.actor, at=timezone.now())
    if not count:
        return HttpResponse("")
    words = ngettext("%(number)d waits for you", "%(number)d wait for you", count)
    shown = str(count) if count <= MOST else f"{MOST}+"
    return HttpResponse(
        format_html('<span class="badge" title="{}">{}</span>', words % {"number": count}, shown)
    )
