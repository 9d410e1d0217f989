"""Reading what was sent: JSON without what PostgreSQL and UTF-8 have no place for."""

import json
import re
from typing import Any, Final, NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import parse_header_parameters
from ninja.parser import Parser

from huiyin.gateway.refusals import Malformed, TooLarge

LARGEST_KB: Final = 256
FILES: Final = "/api/v1/files"
DEEPEST: Final = 20
_NO_TEXT: Final = re.compile("[\x00\ud800-\udfff]")


class JsonParser(Parser):
    """Reads JSON bodies; anything else is refused before a view sees it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body. Raises Malformed."""
        return read_json(request)


def read_json(request: HttpRequest) -> Any:
    """Return the JSON of a request. Raises Malformed."""
    media_type, _ = parse_header_parameters(request.headers.get("Content-Type", ""))
    if media_type != "application/json":
        raise Malformed(detail="Content-Type: application/json")
    try:
        found = json.loads(request.body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(detail=f"JSON: {type(error).__name__}") from None
    _check(found, 0)
    return found


def check_size(request: HttpRequest) -> None:
    """Refuse a request that says it is too large; only files may be larger. Raises TooLarge."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    limit_kb = LARGEST_KB
    if request.path == FILES:
        limit_kb += settings.HUIYIN.upload_mb_per_file * 1024
    if not length.isdecimal() or int(length) > limit_kb * 1024:
        raise TooLarge(limit_kb=limit_kb)


def check_address(request: HttpRequest) -> None:
    """Refuse an address with signs that are no text. Raises Malformed."""
    values = [request.path, *(one for values in request.GET.lists() for one in values[1])]
    if any(_NO_TEXT.search(value) for value in values):
        raise Malformed(detail="NUL")


def _no_constant(word: str) -> NoReturn:
    raise ValueError(word)


def _check(value: Any, depth: int) -> None:
    if depth > DEEPEST:
        raise Malformed(detail="JSON: depth")
    if isinstance(value, str):
        if _NO_TEXT.search(value):
            raise Malformed(detail="NUL")
    elif isinstance(value, list):
        for one in value:
            _check(one, depth + 1)
    elif isinstance(value, dict):
        for name, one in value.items():
            _check(name, depth + 1)
            _check(one, depth + 1)
