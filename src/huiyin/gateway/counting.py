"""How often the API may be asked: by token, by account, or by the address of a visitor."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from huiyin.gateway.refusals import TooMany
from huiyin.people import limits
from huiyin.people.addresses import address_key, client_address

WINDOW: Final = timedelta(minutes=1)
_by_tens: Final = limits.ByTens()


def count(request: HttpRequest, who: str) -> None:
    """Count a request of somebody and note the headers of the answer. Raises TooMany."""
    limit = settings.HUIYIN.rate_per_minute
    verdict = _by_tens.allow(f"api:{who}", limit=limit, window=WINDOW, at=timezone.now())
    request.rate_headers = {  # type: ignore[attr-defined]  # read by gateway.middleware
        "RateLimit-Limit": str(limit),
        "RateLimit-Remaining": str(max(0, limit - verdict.count)),
        "RateLimit-Reset": str(verdict.retry_after),
    }
    if not verdict:
        raise TooMany(seconds=verdict.retry_after)


def count_address(request: HttpRequest) -> None:
    """Count a request of nobody known. Raises TooMany."""
    count(request, f"address:{address_key(client_address(request))}")
