"""Which answers an operation has: its own, and the one shape of every error."""

import json
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpResponse
from ninja.responses import NinjaJSONEncoder

from huiyin.gateway.schemas.shared import Error

ALWAYS: Final = (400, 405, 413, 422, 429, 500, 503)
SIGNED_IN: Final = (401, 403)


def answers(model: Any, *codes: int, status: int = 200, signed_in: bool = True) -> dict[Any, Any]:
    """Return the answers of an operation; `codes`: the errors only some have."""
    known = sorted({*ALWAYS, *codes, *(SIGNED_IN if signed_in else (401, 403))})
    return {status: model, **dict.fromkeys(known, Error)}


def as_said(body: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """Return an answer as it is, without having it read by its schema once more.

    For what is answered most: acts, openings, lists of matters. That they keep to the schema is for
    the tests to prove, which read every answer of the stories by it.
    """
    text = json.dumps(body, cls=NinjaJSONEncoder, ensure_ascii=False)
    return HttpResponse(text, status=status, content_type="application/json; charset=utf-8")
