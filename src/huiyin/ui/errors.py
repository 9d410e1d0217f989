"""Error pages: whose fault it is not, what is kept, two ways on.

They are made without context processors and without the database, because they must also appear
when those are what failed.
"""

from enum import StrEnum
from typing import Any
from uuid import uuid4

import structlog
from django.http import HttpRequest, HttpResponse
from django.template.loader import get_template

from huiyin.ui.numbers import spoken_code


class Trouble(StrEnum):
    """What happened; the value names the template."""

    BAD_REQUEST = "400"
    FORBIDDEN = "403"
    NOT_FOUND = "404"
    CSRF = "csrf"
    LOCKED_OUT = "locked_out"
    TOO_MANY = "too_many"
    SERVER_ERROR = "500"
    UNAVAILABLE = "503"
    OFFLINE = "offline"
    BUSY = "busy"


STATUS: dict[Trouble, int] = {
    Trouble.BAD_REQUEST: 400,
    Trouble.FORBIDDEN: 403,
    Trouble.NOT_FOUND: 404,
    Trouble.CSRF: 403,
    Trouble.LOCKED_OUT: 429,
    Trouble.TOO_MANY: 429,
    Trouble.SERVER_ERROR: 500,
    Trouble.UNAVAILABLE: 503,
    Trouble.OFFLINE: 200,
    Trouble.BUSY: 503,
}

_BARE = (
    "是我们的系统出了问题，不是您操作错了。请稍后再试，或拨打 12345。\n"
    "Something went wrong on our side, it is not your fault. "
    "Please try again later or call 12345.\n"
)


def request_code() -> str:
    """Return the code of the request under way, as the log can find it again."""
    bound = structlog.contextvars.get_contextvars()
    return spoken_code(str(bound.get("request_id") or uuid4().hex))


def error_page(
    request: HttpRequest, trouble: Trouble, *, status: int | None = None, **context: Any
) -> HttpResponse:
    """Return the page for a trouble, with the code that can be read out to 12345.

    Context that pages know: `holders` (names of who may see it, 403), `minutes` (until the next
    try, locked_out and too_many), `desk` (where staff go back to, instead of the start page and
    12345). The code is also in the header X-Spoken-Code, for requests that show no page.
    """
    del request  # nothing of it may be needed: the page must appear when everything else failed
    code = request_code()
    given = {"spoken_code": code, **context}
    try:
        page = get_template(f"ui/errors/{trouble.value}.html").render(given)
        content_type = "text/html; charset=utf-8"
    except Exception:
        # The page that reports a failure must not fail with it: missing assets break templates.
        page, content_type = f"{_BARE}{code}\n", "text/plain; charset=utf-8"
    response = HttpResponse(
        page, status=STATUS[trouble] if status is None else status, content_type=content_type
    )
    response["X-Spoken-Code"] = code
    response["Cache-Control"] = "no-store"
    if trouble in (Trouble.UNAVAILABLE, Trouble.TOO_MANY, Trouble.LOCKED_OUT):
        response["Retry-After"] = str(int(context.get("minutes") or 1) * 60)
    return response
