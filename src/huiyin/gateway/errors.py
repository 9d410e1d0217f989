"""The one shape of every error, and which refusal has which status.

{"code": "…", "message": "…", "data": {…}, "alternatives": [{"action": "…", "label": "…"}]}
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse

from huiyin.gateway import refusals
from huiyin.matters.refusals import ActRefused
from huiyin.ui.refusals import Refusal, sentence_of

MEDIA_TYPE: Final = "application/json; charset=utf-8"
STATUS: Final[Mapping[str, HTTPStatus]] = {
    "api.malformed": HTTPStatus.BAD_REQUEST,
    "api.invalid": HTTPStatus.UNPROCESSABLE_ENTITY,
    "api.sign_in_first": HTTPStatus.UNAUTHORIZED,
    "api.token_not_good": HTTPStatus.UNAUTHORIZED,
    "api.right_missing": HTTPStatus.FORBIDDEN,
    "api.post_not_yours": HTTPStatus.FORBIDDEN,
    "api.staff_only": HTTPStatus.FORBIDDEN,
    "api.csrf": HTTPStatus.FORBIDDEN,
    "api.forbidden": HTTPStatus.FORBIDDEN,
    "api.nothing_here": HTTPStatus.NOT_FOUND,
    "api.wrong_method": HTTPStatus.METHOD_NOT_ALLOWED,
    "api.too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "api.no_part_of_it": HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
    "api.people_only": HTTPStatus.FORBIDDEN,
    "api.not_in_your_place": HTTPStatus.FORBIDDEN,
    "api.too_many": HTTPStatus.TOO_MANY_REQUESTS,
    "api.our_fault": HTTPStatus.INTERNAL_SERVER_ERROR,
    "api.not_ready": HTTPStatus.SERVICE_UNAVAILABLE,
    "api.busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "gateway.no_subscription": HTTPStatus.NOT_FOUND,
    "gateway.too_many_subscriptions": HTTPStatus.CONFLICT,
    "people.file_too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "people.uploads_of_day_used_up": HTTPStatus.TOO_MANY_REQUESTS,
    "matters.storage_full": HTTPStatus.SERVICE_UNAVAILABLE,
    "matters.file_not_found": HTTPStatus.NOT_FOUND,
    "matters.export_not_found": HTTPStatus.NOT_FOUND,
    "matters.export_not_ready": HTTPStatus.CONFLICT,
    "matters.export_over": HTTPStatus.GONE,
    "matters.exports_under_way": HTTPStatus.CONFLICT,
    "matters.contact_not_open": HTTPStatus.FORBIDDEN,
    "matters.cannot_join": HTTPStatus.CONFLICT,
    "matters.not_rated": HTTPStatus.CONFLICT,
    "matters.on_hold": HTTPStatus.CONFLICT,
    "matters.nothing_to_redact": HTTPStatus.CONFLICT,
    "matters.not_reclassified": HTTPStatus.CONFLICT,
    "matters.somebody_was_faster": HTTPStatus.CONFLICT,
    "matters.key_used_otherwise": HTTPStatus.CONFLICT,
    "matters.link_unknown": HTTPStatus.NOT_FOUND,
    "matters.link_used": HTTPStatus.GONE,
    "matters.link_expired": HTTPStatus.GONE,
    "matters.link_only_shows": HTTPStatus.CONFLICT,
    "matters.link_tries": HTTPStatus.TOO_MANY_REQUESTS,
    "run.unknown_action": HTTPStatus.NOT_FOUND,
    "run.not_yours": HTTPStatus.FORBIDDEN,
    "run.not_for_another": HTTPStatus.FORBIDDEN,
    "guard.not_by_the_accused": HTTPStatus.FORBIDDEN,
    "run.form": HTTPStatus.UNPROCESSABLE_ENTITY,
    "run.party_not_named": HTTPStatus.UNPROCESSABLE_ENTITY,
    "run.no_party": HTTPStatus.UNPROCESSABLE_ENTITY,
    "run.extension_too_long": HTTPStatus.UNPROCESSABLE_ENTITY,
}
BY_ENDING: Final[Mapping[str, HTTPStatus]] = {
    "not_found": HTTPStatus.NOT_FOUND,
    "not_known": HTTPStatus.NOT_FOUND,
    "not_permitted": HTTPStatus.FORBIDDEN,
}
CHALLENGE: Final = 'Bearer realm="Huiyin"'


def code_of(refused: Refusal) -> str:
    """Return the code the API answers: of a refused act the engine's own."""
    return str(refused.reason) if isinstance(refused, ActRefused) else refused.code


def status_of(refused: Refusal) -> HTTPStatus:
    """Return the status of a refusal: a refused act conflicts with how the run stands."""
    code = code_of(refused)
    known = STATUS.get(code) or BY_ENDING.get(code.rpartition(".")[2])
    if known:
        return known
    is_act = isinstance(refused, ActRefused)
    return HTTPStatus.CONFLICT if is_act else HTTPStatus.UNPROCESSABLE_ENTITY


def error_body(
    refused: Refusal, *, alternatives: Sequence[Mapping[str, str]] = ()
) -> dict[str, Any]:
    """Return a refusal in the one shape, in the language of the request."""
    data = dict(refused.data)
    if isinstance(refused, ActRefused):
        data = {"errors": dict(refused.errors)} if refused.errors else {}
    return {
        "code": code_of(refused),
        "message": sentence_of(refused),
        "data": {name: _plain(value) for name, value in data.items()},
        "alternatives": list(alternatives),
    }


def answer(refused: Refusal, *, alternatives: Sequence[Mapping[str, str]] = ()) -> HttpResponse:
    """Return the whole answer to a refusal."""
    body = json.dumps(error_body(refused, alternatives=alternatives), ensure_ascii=False)
    response = HttpResponse(body, status=status_of(refused), content_type=MEDIA_TYPE)
    response["Cache-Control"] = "no-store"
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = CHALLENGE
    if isinstance(refused, refusals.TooMany | refusals.Busy):
        response["Retry-After"] = str(refused.seconds)
    if isinstance(refused, refusals.NoPartOfIt):
        response["Content-Range"] = f"bytes */{refused.size_bytes}"
    if isinstance(refused, refusals.WrongMethod):
        response["Allow"] = refused.allowed
    return response


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value
