"""What a view gets and gives: the typed request, parts for htmx, safe ways back."""

from collections.abc import Mapping
from typing import Any, Protocol

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme

from huiyin.ui.display import Display


class Actor(Protocol):
    """The little of an actor that pages show; `huiyin.people.actors.Actor` is one."""

    @property
    def name(self) -> str: ...

    @property
    def unit_name(self) -> str: ...

    def may(self, permission: str, /) -> bool: ...


class HtmxDetails(Protocol):
    """What django-htmx puts on the request; true when htmx asked."""

    def __bool__(self) -> bool: ...

    @property
    def history_restore_request(self) -> bool: ...

    @property
    def target(self) -> str | None: ...


class HuiyinRequest(HttpRequest):
    """A request after our middleware: who asks, how they want it shown, whether htmx asks."""

    actor: Actor | None
    display: Display
    htmx: HtmxDetails
    request_id: str


class DeskRequest(HuiyinRequest):
    """A request of somebody who is signed in."""

    actor: Actor


class SeeOther(HttpResponseRedirect):
    """303: look there with GET, whatever the method was."""

    status_code = 303


def wants_part(request: HttpRequest) -> bool:
    """Tell whether htmx asks for a part of the page (not for a whole one out of its history)."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def part(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    page: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with a part of a page, or with the whole `page` (when given) to anyone but htmx.

    The answer varies with HX-Request, so no cache mixes the two up.
    """
    name = page if page and not wants_part(request) else template
    response = HttpResponse(
        render_to_string(name, dict(context or {}), request=request), status=status
    )
    patch_vary_headers(response, ("HX-Request",))
    return response


def see_other(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to another page: by redirect, or by header when htmx asked."""
    if wants_part(request):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = address
    else:
        response = SeeOther(address)
    patch_vary_headers(response, ("HX-Request",))
    return response


def safe_next(request: HttpRequest, fallback: str = "/") -> str:
    """Return the address asked for in `next` when it is a path of ours, else the fallback."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return fallback
