"""Under /api/ every answer is JSON in one shape, whatever answered, in the language asked for."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language, override
from django.utils.translation.trans_real import parse_accept_lang_header

from huiyin.gateway import refusals
from huiyin.gateway.counting import count_address
from huiyin.gateway.errors import answer
from huiyin.gateway.reading_requests import check_address, check_size
from huiyin.ui.errors import request_code
from huiyin.ui.refusals import Refusal

Handler = Callable[[HttpRequest], HttpResponseBase]
API: Final = "/api/"


def language_of(request: HttpRequest) -> str:
    """Return the language of the answer by Accept-Language: Chinese unless English comes first."""
    return accepted_language(request.headers.get("Accept-Language", ""))


def accepted_language(header: str) -> str:
    """Return the language that an Accept-Language header asks for."""
    for language, _weight in parse_accept_lang_header(header):
        if language.startswith("zh"):
            return "zh-hans"
        if language.startswith("en"):
            return "en"
    return "zh-hans"


class ApiAnswers:
    """Stands outside of everything that may answer by a page, and turns that into JSON."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; refuse at once what is too large or cannot be read."""
        if not request.path.startswith(API):
            return self.get_response(request)
        request.is_counted = True  # type: ignore[attr-defined]  # counted here, not by people
        with override(language_of(request)):
            response = self._answered(request)
            response.headers["Content-Language"] = (get_language() or "zh-hans").replace(
                "zh-hans", "zh-Hans"
            )
        patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
        for name, value in getattr(request, "rate_headers", {}).items():
            response.headers[name] = value
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    def _answered(self, request: HttpRequest) -> HttpResponseBase:
        try:
            check_size(request)
            check_address(request)
            response = _in_json(request, self.get_response(request))
            if not hasattr(request, "rate_headers"):
                count_address(request)  # it never came to the door
        except Refusal as refused:
            return answer(refused)
        return response


class ApiLanguage:
    """Stands innermost, where the language of the pages has been set, and sets that of the API."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the language that was asked for."""
        if not request.path.startswith(API):
            return self.get_response(request)
        with override(language_of(request)):
            return self.get_response(request)


def _in_json(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer, or in its place the one error that says the same."""
    status = response.status_code
    is_ours = response.headers.get("Content-Type", "").startswith("application/json")
    if status < HTTPStatus.MULTIPLE_CHOICES or is_ours:
        return response
    refused: Refusal
    match status:
        case 404:
            refused = refusals.NothingHere()
        case 405:
            refused = refusals.WrongMethod(allowed=response.headers.get("Allow", ""))
        case 413:
            refused = refusals.TooLarge(limit_kb=0)
        case 429:
            wait = response.headers.get("Retry-After", "60")
            refused = refusals.TooMany(seconds=int(wait) if wait.isdecimal() else 60)
        case 503:
            refused = refusals.NotReady()
        case _ if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            code = response.headers.get("X-Spoken-Code") or request_code()
            refused = refusals.OurFault(report=code)
        case 400:
            refused = refusals.Malformed(detail="HTTP")
        case _:
            refused = refusals.Forbidden()
    made: HttpResponse = answer(refused)
    made.cookies = response.cookies
    return made
