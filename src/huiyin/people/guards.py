"""Who may open a page of this capability; the mark `access` is what the access test looks for."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse

from huiyin.people.actors import Actor
from huiyin.people.models import AccountKind
from huiyin.ui.http import part, see_other, wants_part

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)
STAFF_WAY_IN = "people:sign_in"
RESIDENTS_WAY_IN = "people:resident_sign_in"


class NotPermittedHere(PermissionDenied):
    """The page is for others; `needs` is the permission whose holders may open it, or empty."""

    def __init__(self, needs: str = "") -> None:
        super().__init__(needs)
        self.needs = needs


def public(view: V) -> V:
    """Let everybody open the page, signed in or not."""
    view.access = "public"  # type: ignore[attr-defined]  # the mark
    return login_not_required(view)


def signed_in(view: View) -> View:
    """Let everybody with an account open the page, residents too."""
    return _guarded(view, mark="account", allows=lambda actor: True)


def for_residents(view: View) -> View:
    """Let everybody with an account open a page of residents; others sign in by message."""
    return _guarded(view, mark="account", allows=lambda actor: True, sign_in=RESIDENTS_WAY_IN)


def staff(*, needs: str = "") -> Callable[[View], View]:
    """Let staff open the page; with `needs` only those whose post has that permission."""

    def allows(actor: Actor) -> bool:
        return actor.kind == AccountKind.STAFF and (not needs or actor.may(needs))

    return lambda view: _guarded(view, mark=needs or "staff", allows=allows)


def _guarded(
    view: View, *, mark: str, allows: Callable[[Actor], bool], sign_in: str = STAFF_WAY_IN
) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is None:
            return _to_sign_in(request, sign_in)
        if not allows(actor):
            raise NotPermittedHere("" if mark in ("account", "staff") else mark)
        return view(request, *args, **kwargs)

    guarded.access = mark  # type: ignore[attr-defined]  # as above
    # The guard answers visitors itself, with the way back to this page.
    return login_not_required(guarded)


def _to_sign_in(request: HttpRequest, sign_in: str) -> HttpResponse:
    """Lead to sign-in and from there back to the page the person is on.

    A form sent from within a page stays as it is written (401): signing in happens beside it.
    """
    if wants_part(request) and request.method not in ("GET", "HEAD"):
        return signed_out_beside(request)
    if wants_part(request):
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        back = page.path + (f"?{page.query}" if page.query else "")
    else:
        back = request.get_full_path() if request.method in ("GET", "HEAD") else _came_from(request)
    query = urlencode({"next": back}, safe="/") if back else ""
    return see_other(request, reverse(sign_in) + (f"?{query}" if query else ""))


def _came_from(request: HttpRequest) -> str:
    """Return the page a form was sent from: the form itself cannot be sent again by the way back.

    Empty where the browser does not say it, or it was none of ours.
    """
    page = urlsplit(request.headers.get("Referer", ""))
    if page.netloc != request.get_host():
        return ""
    return page.path + (f"?{page.query}" if page.query else "")


def signed_out_beside(request: HttpRequest) -> HttpResponse:
    """Say above a form that was sent from within a page that nothing was done, and how to go on."""
    page = urlsplit(request.headers.get("HX-Current-URL", "")).path
    response = part(request, "people/_signed_out.html", {"back": page}, status=401)
    response["Cache-Control"] = "no-store"
    return response
