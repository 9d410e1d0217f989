"""`/api/v1`: what other programs and our own pages ask for, in JSON.

One module for each subject; this one puts them together. The schema is committed as
docs/openapi.json; `make reference` writes it and a test fails when it is old.
"""

import json
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from huiyin.gateway import refusals
from huiyin.gateway.api import (
    acts,
    exports,
    figures,
    files,
    filing,
    keeping,
    knowledge,
    links,
    matters,
    own,
    reference,
    services,
    webhooks,
)
from huiyin.gateway.door import OpenDoor
from huiyin.gateway.errors import answer
from huiyin.gateway.reading_requests import JsonParser
from huiyin.ui.refusals import Refusal

DESCRIPTION: Final = """\
Everything Huiyin does can be done here: a matter is opened, acted on, followed, answered, rated.

**Who asks.** A token (`Authorization: Bearer hyt_…`), made by the operator with
`huiyin token create`, acts for an account in one post, or for an account alone. In a browser the
session does as well; what changes something then needs the header `X-CSRFToken`. A person with
several posts names one in the header `Huiyin-Post`, as `GET /me` lists them.

**Language.** `Accept-Language: zh` (when nothing is said) or `en`.

**Errors** all have one shape: `code` for programs, `message` for people, `data`, and
`alternatives`: what can be done instead. 401: sign in. 403: not yours to do. 404: missing, or not
open to you. 409: not possible as things stand. 422: something in the request has to be put right.

**The same thing twice.** Send `Idempotency-Key` with what changes something: the same key, account
and request give the first answer again; another request under it is refused with 409. `expected`
is the number of the last event you have seen: an act is refused when somebody was faster.

**Lists** are objects with `next`: send it as `cursor` for the page after. **Limits**: the headers
`RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) tell how much may still be
asked; after that 429 with `Retry-After`. Requests have at most 256 KB, files
what the installation allows.

**Webhooks** are signed in the manner of Standard Webhooks: `webhook-id`, `webhook-timestamp`,
`webhook-signature: v1,…`, an HMAC-SHA256 over `id.timestamp.body`.
"""
TAGS: Final = (
    ("Matters", "Opening, finding and reading matters."),
    ("Acts", "What can be done now, why not, and doing it."),
    ("Links", "What a person does by a one-time link, without an account."),
    ("Files", "Pictures, documents, recordings: sent in, named by acts, opened."),
    ("Figures", "How many there are, exact at this moment."),
    ("Exports", "Lists as files, written in the background."),
    ("Records", "Correcting, revealing, keeping and deleting; all of it is written down."),
    ("Own", "Who asks, and what they were told."),
    ("Reference", "Places, categories, units and procedures; open to everybody."),
    ("Services", "What can be ordered, and when somebody can come."),
    ("Knowledge", "Answers in use; open to everybody, call scripts to staff."),
    ("Webhooks", "Telling other systems of acts."),
)


class PlainJson(JSONRenderer):
    """Chinese as it is, in UTF-8: half as long as with each sign by its number."""

    json_dumps_params = {"ensure_ascii": False}  # noqa: RUF012 as declared there


class HuiyinAPI(NinjaAPI):
    """Names operations after their functions, so that clients made from the schema read well."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of the function."""
        return operation.view_func.__name__


api = HuiyinAPI(
    title="Huiyin 回音",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
    parser=JsonParser(),
    renderer=PlainJson(),
    openapi_extra={"tags": [{"name": name, "description": text} for name, text in TAGS]},
)
api.add_router("", reference.router)
api.add_router("", matters.router)
api.add_router("", acts.router)
api.add_router("", links.router)
api.add_router("", files.router)
api.add_router("", filing.router)
api.add_router("", figures.router)
api.add_router("", exports.router)
api.add_router("", keeping.router)
api.add_router("", own.router)
api.add_router("", services.router)
api.add_router("", knowledge.router)
api.add_router("", webhooks.router)


@api.get("/openapi.json", auth=OpenDoor(), include_in_schema=False, url_name="schema")
def schema(request: HttpRequest) -> HttpResponse:
    """Return the schema of all this."""
    return HttpResponse(schema_text(), content_type="application/json; charset=utf-8")


@cache
def schema_text() -> str:
    """Return the schema as it is committed: stable, readable, one line a value.

    It says what the code says, and putting it together takes longer than any answer.
    """
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1"))
    found["components"] = {
        kind: dict(sorted(parts.items())) for kind, parts in sorted(found["components"].items())
    }
    return json.dumps(found, ensure_ascii=False, indent=2, default=dict) + "\n"


@api.exception_handler(Refusal)
def _refused(request: HttpRequest, refused: Refusal) -> HttpResponse:
    return answer(refused, alternatives=getattr(request, "alternatives", ()))


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    """Name what is wrong, by where it stands: `body.title`, `query.limit`."""
    errors = {
        ".".join(str(part) for part in error["loc"] if part != "sent"): str(error["msg"])
        for error in invalid.errors
    }
    return answer(refusals.Invalid(errors=errors))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    cause = error.__cause__ or error.__context__
    if isinstance(cause, Refusal):
        return answer(cause)
    if error.status_code == HTTPStatus.UNAUTHORIZED:
        return answer(refusals.SignInFirst())
    return answer(refusals.Malformed(detail="JSON"))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, missing: Http404) -> HttpResponse:
    return answer(refusals.NothingHere())
