"""What is answered when too many have come: a page that keeps what was written, or the API's error.

Made beforehand and kept, because it is told most when there is least time: no database, no
template, no session. A form that was sent comes back as a page with all its fields in it: a press,
or the page itself after some seconds, sends the same again. A password does not, nor does a file.
"""

import random
from collections.abc import Callable, Iterable
from functools import cache
from html import escape
from http.cookies import CookieError, SimpleCookie
from typing import Any, Final
from urllib.parse import parse_qsl

from django.template.loader import get_template
from django.utils import translation
from django.utils.safestring import mark_safe

from huiyin.gateway import refusals
from huiyin.gateway.errors import MEDIA_TYPE
from huiyin.gateway.errors import answer as api_answer
from huiyin.gateway.middleware import API, accepted_language
from huiyin.ui.display import Display, display_in, shown_as
from huiyin.ui.errors import Trouble
from huiyin.ui.middleware import security_headers

Environ = dict[str, Any]
STATUS: Final = "503 Service Unavailable"
SOONEST, LATEST = 2, 6  # seconds; spread, so that they do not all come back at once
KEPT_BYTES: Final = 65_536
FIELDS: Final = "<!--fields-->"
SECONDS: Final = "-seconds-"
NOT_KEPT: Final = frozenset(("/sign-in",))  # passwords
FORM: Final = "application/x-www-form-urlencoded"

_spread = random.SystemRandom()


def answer(environ: Environ, start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer 503 with Retry-After, in the language and the way of whoever asks."""
    seconds = _spread.randint(SOONEST, LATEST)
    if str(environ.get("PATH_INFO", "")).startswith(API):
        language = accepted_language(str(environ.get("HTTP_ACCEPT_LANGUAGE", "")))
        kind, body = MEDIA_TYPE, _in_json(language, seconds)
    else:
        kind, body = "text/html; charset=utf-8", _page(environ, seconds).encode()
    headers = {
        **security_headers(),
        "Content-Type": kind,
        "Content-Length": str(len(body)),
        "Cache-Control": "no-store",
        "Retry-After": str(seconds),
    }
    start(STATUS, list(headers.items()))
    return [body]


@cache
def _in_json(language: str, seconds: int) -> bytes:
    with translation.override(language):
        return bytes(api_answer(refusals.Busy(seconds=seconds)).content)


def _page(environ: Environ, seconds: int) -> str:
    fields = _fields(environ)
    way = "open" if environ.get("REQUEST_METHOD") in ("GET", "HEAD") else "back"
    page = _made(_display(environ), way if fields is None else "again")
    return page.replace(SECONDS, str(seconds)).replace(FIELDS, fields or "")


@cache
def _made(display: Display, way: str) -> str:
    """Return the page with places left for what differs. `way`: how whoever reads it goes on."""
    with shown_as(display):
        given = {"way": way, "fields": mark_safe(FIELDS), "seconds": SECONDS}  # noqa: S308 ours
        return get_template(f"ui/errors/{Trouble.BUSY.value}.html").render(given)


def _fields(environ: Environ) -> str | None:
    """Return what a form of ours sent, as fields of a form that sends it again; None without one.

    A form that another site sent here comes back as nothing: nobody is made to send it for it.
    """
    is_form = str(environ.get("CONTENT_TYPE", "")).partition(";")[0].strip().lower() == FORM
    is_ours = environ.get("HTTP_SEC_FETCH_SITE", "same-origin") == "same-origin"
    length = str(environ.get("CONTENT_LENGTH") or "0")
    is_short = length.isdecimal() and 0 < int(length) <= KEPT_BYTES
    path = environ.get("PATH_INFO")
    if environ.get("REQUEST_METHOD") != "POST" or path in NOT_KEPT:
        return None
    if not (is_form and is_ours and is_short):
        return None
    try:
        text = environ["wsgi.input"].read(int(length)).decode()
        sent = parse_qsl(text, keep_blank_values=True, max_num_fields=1_000)
    except ValueError:
        return None
    return "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in sent
    )


def _display(environ: Environ) -> Display:
    """Return how whoever asks wants pages shown, by their cookies."""
    return display_in({name: one.value for name, one in _cookies(environ).items()})


def _cookies(environ: Environ) -> SimpleCookie:
    try:
        return SimpleCookie(str(environ.get("HTTP_COOKIE", "")))
    except CookieError:
        return SimpleCookie()
