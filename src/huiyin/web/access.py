"""Who may open a page: everybody, signed-in staff, or staff whose post has a permission.

Every view carries one of these marks; the access table test finds a view without.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)


class NotPermitted(PermissionDenied):
    """The page is for others; `needs` is the permission whose holders may open it, or empty."""

    def __init__(self, needs: str = "") -> None:
        super().__init__(needs)
        self.needs = needs


def public(view: V) -> V:
    """Let everybody open the page, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]  # the mark the access test looks for
    return login_not_required(view)


def staff(*, needs: str = "") -> Callable[[View], View]:
    """Let signed-in staff open the page, with `needs` only those whose post has that permission."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor | None = getattr(request, "actor", None)
            if actor is None:
                return redirect_to_login(request.get_full_path(), reverse("people:sign_in"))
            if actor.kind != AccountKind.STAFF or (needs and not actor.may(needs)):
                raise NotPermitted(needs)
            return view(request, *args, **kwargs)

        guarded.access = needs or "staff"  # type: ignore[attr-defined]  # as above
        # The guard answers anonymous people itself, with the way back to this page.
        return login_not_required(guarded)

    return mark


class StaffRequest(HttpRequest):
    """A request of signed-in staff, after the guard."""

    actor: Actor
