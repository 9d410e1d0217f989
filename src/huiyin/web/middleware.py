"""What a verb says is missing becomes the page for what is missing."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from huiyin.grid.refusals import VisitNotFound
from huiyin.matters.refusals import FileNotFound, NotFound
from huiyin.web.errors import not_found

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class Missing:
    """Answer 404 alike for what there is not and for what is another's."""

    def __init__(self, get_response: GetResponse) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self._get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Answer what was raised as missing; leave everything else to its handler."""
        if isinstance(exception, NotFound | FileNotFound | VisitNotFound):
            return not_found(request, exception)
        return None
