"""The outermost middleware: an id for every request, one log line, one count; no personal data."""

import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from huiyin.ops import metrics

_GIVEN_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
QUIET_ROUTES = frozenset({"health", "ready", "metrics", "demo/progress"})

log = structlog.get_logger("huiyin.request")


class RequestLog:
    """Logs method, route, status and time; the address itself may name people, so it stays out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with everything that is logged meanwhile bound to its id."""
        request_id = _request_id(request)
        request.request_id = request_id  # type: ignore[attr-defined]  # typed in huiyin.ui.http
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            seconds = time.perf_counter() - begun
            route, method = route_of(request), _method(request)
            metrics.REQUESTS.labels(method, route, str(response.status_code)).inc()
            metrics.SECONDS.labels(route).observe(seconds)
            write = log.debug if route in QUIET_ROUTES or _is_static(request) else log.info
            write(
                "request",
                method=method,
                route=route,
                status=response.status_code,
                ms=round(seconds * 1000),
            )
        response["X-Request-ID"] = request_id
        return response


def route_of(request: HttpRequest) -> str:
    """Return the pattern the address matched (`places/<uuid:pk>/`), never the address."""
    if _is_static(request):
        return "static"
    match = request.resolver_match
    return (match.route or "start") if match else "unmatched"


def _method(request: HttpRequest) -> str:
    """Anybody can send any word as a method; a metric label must not grow without end."""
    return request.method if request.method in _METHODS else "OTHER"


def _is_static(request: HttpRequest) -> bool:
    return request.path.startswith(settings.STATIC_URL)


def _request_id(request: HttpRequest) -> str:
    """A trusted proxy may give the id; otherwise it is made here."""
    given = request.headers.get("X-Request-ID", "")
    if settings.HUIYIN.behind_proxy and _GIVEN_ID.fullmatch(given):
        return given
    return uuid4().hex
