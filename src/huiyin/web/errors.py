"""Which page answers which failure; the pages themselves are `ui`'s."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language

from huiyin.people.guards import NotPermittedHere, signed_out_beside
from huiyin.people.models import PermissionSet
from huiyin.ui.errors import Trouble, error_page
from huiyin.ui.http import wants_part

HOLDERS_NAMED = 4


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form cannot be read."""
    return error_page(request, Trouble.BAD_REQUEST, desk=_desk(request))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form is too old or came from another page; one within a page stays as it is."""
    if wants_part(request):
        return signed_out_beside(request)
    return error_page(request, Trouble.CSRF)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the page is for others; says for whom where a permission opens it."""
    needs = exception.needs if isinstance(exception, NotPermittedHere) else ""
    holders = _holders(needs) if needs else []
    return error_page(request, Trouble.FORBIDDEN, holders=holders, desk=_desk(request))


def _desk(request: HttpRequest) -> str:
    """Return where staff who are signed in go back to; nothing for residents and visitors."""
    actor = getattr(request, "actor", None)
    return reverse("web:desk") if actor is not None and actor.unit_id else ""


def _holders(needs: str) -> list[str]:
    """Return the names of the permission sets that hold a permission, in the page's language."""
    name = "name_zh" if (get_language() or "").startswith("zh") else "name_en"
    return list(
        PermissionSet.objects.filter(permissions__contains=[needs])
        .order_by("code")
        .values_list(name, flat=True)[:HOLDERS_NAMED]
    )


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing is at this address, or nothing this person may know of."""
    return error_page(request, Trouble.NOT_FOUND, desk=_desk(request))


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when the database does not answer: ours, not theirs, with the spoken code."""
    failed = sys.exc_info()[1]
    if isinstance(failed, OperationalError | InterfaceError):
        return error_page(request, Trouble.UNAVAILABLE)
    return error_page(request, Trouble.SERVER_ERROR)
