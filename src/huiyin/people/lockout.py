"""Resting sign-in after wrong passwords: django-axes for a name at an address, counters beyond it.

Axes rests a login name at one address after five failures. Two counters of our own rest a name that
is tried from many addresses, and an address that tries many names. All of them know the name only
as a blind index, and treat names that do not exist like those that do.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from axes.models import AccessAttempt
from axes.utils import reset
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from huiyin.people import limits
from huiyin.people.addresses import address_key, client_address
from huiyin.people.models import Account
from huiyin.people.sealing import blind_index
from huiyin.ui.errors import Trouble, error_page

WINDOW = timedelta(hours=1)
FAILURES_OF_A_NAME = 30
FAILURES_OF_AN_ADDRESS = 200


def name_key(name: str) -> str:
    """Return what a login name is counted under."""
    return blind_index(name.strip().lower(), purpose="login").hex()[:32]


def index_of_name(request: HttpRequest, credentials: Mapping[str, Any] | None) -> str | None:
    """Return the blind index of the login name for axes; None where nobody signs in by name."""
    name = (credentials or {}).get("username")
    return name_key(name) if name else None


def minutes_to_rest(*, name: str, address: str | None, at: datetime) -> int:
    """Return how many minutes this name, or this address, still rests; 0 when it does not."""
    over = (
        limits.used(_name_counter(name), window=WINDOW, at=at) >= FAILURES_OF_A_NAME
        or limits.used(_address_counter(address), window=WINDOW, at=at) >= FAILURES_OF_AN_ADDRESS
    )
    if not over:
        return 0
    return max(1, ceil((limits.window_start(WINDOW, at) + WINDOW - at) / timedelta(minutes=1)))


def note_failure(*, name: str, address: str | None, at: datetime) -> None:
    """Count a wrong password against the name and the address."""
    limits.allow(_name_counter(name), limit=FAILURES_OF_A_NAME, window=WINDOW, at=at)
    limits.allow(_address_counter(address), limit=FAILURES_OF_AN_ADDRESS, window=WINDOW, at=at)


def unlock(account: Account) -> None:
    """Let an account be tried again at once, from every address."""
    if account.username:
        reset(username=name_key(account.username))
        limits.forget(_name_counter(account.username))


def is_resting(account: Account, *, at: datetime) -> bool:
    """Tell whether sign-in to an account rests now, at some address or at all."""
    name = account.username or ""
    return (
        AccessAttempt.objects.filter(
            username=name_key(name),
            failures_since_start__gte=settings.AXES_FAILURE_LIMIT,
            attempt_time__gt=at - _cool_off(),
        ).exists()
        or limits.used(_name_counter(name), window=WINDOW, at=at) >= FAILURES_OF_A_NAME
    )


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: Mapping[str, Any] | None
) -> HttpResponse:
    """Answer a locked-out sign-in with the page that says for how long; axes calls it."""
    attempt = (
        AccessAttempt.objects.filter(
            username=index_of_name(request, credentials), ip_address=client_address(request)
        )
        .order_by("-attempt_time")
        .first()
    )
    minutes = 0
    if attempt is not None:
        left = attempt.attempt_time + _cool_off() - timezone.now()
        minutes = max(1, ceil(left / timedelta(minutes=1)))
    return error_page(request, Trouble.LOCKED_OUT, minutes=minutes)


def _cool_off() -> timedelta:
    return timedelta(hours=settings.AXES_COOLOFF_TIME)


def _name_counter(name: str) -> str:
    return f"sign_in_failed:name:{name_key(name)}"


def _address_counter(address: str | None) -> str:
    return f"sign_in_failed:address:{address_key(address)}"
