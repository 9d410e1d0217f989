"""What the three screens have in common: whose draft it is, the frame around them, the way on."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from huiyin.people.actors import Actor
from huiyin.people.guards import public
from huiyin.people.models import AccountKind
from huiyin.ui.http import SeeOther
from huiyin.web import drafts
from huiyin.web.asking import VISITOR, Asked
from huiyin.web.doors import DOORS, Door
from huiyin.web.models import Draft
from huiyin.web.templatetags.city import said

STEPS = 3
View = Callable[..., HttpResponseBase]


def resident_of(request: HttpRequest) -> Actor | None:
    """Return the resident who is signed in, or None."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor if actor is not None and actor.kind == AccountKind.RESIDENT else None


def speaker_of(request: HttpRequest) -> Actor:
    """Return whoever speaks: the resident who is signed in, or a visitor nobody knows."""
    return resident_of(request) or VISITOR


def for_residents(view: View) -> View:
    """Let everybody open a page of a door, and tell staff how to speak for themselves.

    The view gets the door itself, and its answers are not stored by any browser.
    """

    @wraps(view)
    def shown(request: HttpRequest, door: str, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.kind == AccountKind.STAFF:
            return render(request, "web/report/at_desk.html", {"door": DOORS[door]})
        return view(request, DOORS[door], *args, **kwargs)

    return public(never_cache(shown))


def begun(request: HttpRequest, door: Door) -> Draft | None:
    """Return what was begun through a door and not sent yet."""
    draft = drafts.of(request, door.slug)
    return draft if draft is not None and draft.sent_at is None else None


def to(name: str, door: Door, anchor: str = "") -> SeeOther:
    """Lead to another screen of a door."""
    return SeeOther(address(name, door) + (f"#{anchor}" if anchor else ""))


def address(name: str, door: Door) -> str:
    """Return where a screen of a door stands."""
    return reverse(f"web:{name}", args=[door.slug])


def screen(
    request: HttpRequest, template: str, asked: Asked, *, step: int, back: str,
    status: int = 200, **context: Any,
) -> HttpResponse:  # fmt: skip
    """Draw a screen with the frame that all have."""
    shown: Mapping[str, Any] = {
        "door": asked.door,
        "asked": asked,
        "kind": said(asked.category) if asked.category else "",
        "step": step,
        "steps": range(1, STEPS + 1),
        "step_words": _("Step %(number)d of %(all)d") % {"number": step, "all": STEPS},
        "back": back,
        **context,
    }
    return render(request, f"web/report/{template}.html", dict(shown), status=status)
