"""The saved views of the inbox: saving one, and the page on which they are put in order."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from huiyin.people.guards import staff
from huiyin.people.http import PeopleRequest
from huiyin.ui.http import see_other
from huiyin.ui.refusals import Refusal
from huiyin.web import saved_views
from huiyin.web.inbox_query import read_all

DOABLE: Final[dict[str, Callable[[UUID, PeopleRequest], None]]] = {
    "rename": lambda pk, request: saved_views.rename_view(
        pk, name=request.POST.get("name", ""), by=request.actor
    ),
    "replace": lambda pk, request: saved_views.replace_view(
        pk, query=_query(request), by=request.actor
    ),
    "share": lambda pk, request: saved_views.share_view(pk, is_shared=True, by=request.actor),
    "unshare": lambda pk, request: saved_views.share_view(pk, is_shared=False, by=request.actor),
    "up": lambda pk, request: saved_views.move_view(pk, up=True, by=request.actor),
    "down": lambda pk, request: saved_views.move_view(pk, up=False, by=request.actor),
    "delete": lambda pk, request: saved_views.delete_view(pk, by=request.actor),
    "first": lambda pk, request: saved_views.open_with(pk, by=request.actor),
    "not_first": lambda pk, request: saved_views.open_with(None, by=request.actor),
}


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: PeopleRequest) -> HttpResponse:
    """The views of this post and those its colleagues share; POST saves what is shown."""
    if request.method == "POST":
        return _save(request)
    views = saved_views.views_of(request.actor)
    kept = read_all([view.query for view in views])
    shown = [
        {"view": view, "chips": asked.chips(), "tray": asked.tray}
        for view, asked in zip(views, kept, strict=True)
    ]
    return render(request, "web/inbox/views.html", {"shown": shown, "most": saved_views.LONGEST})


def _save(request: PeopleRequest) -> HttpResponse:
    inbox = reverse("web:inbox")
    query = _query(request)
    try:
        view = saved_views.save_view(
            name=request.POST.get("name", ""), query=query, by=request.actor, at=timezone.now(),
            is_shared="shared" in request.POST, is_first="first" in request.POST,
        )  # fmt: skip
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return see_other(request, f"{inbox}?{query}")
    messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
    return see_other(request, f"{inbox}?view={view.pk}")


@staff()
@require_POST
def change(request: PeopleRequest, pk: UUID) -> HttpResponse:
    """Rename, move, share, delete a view, let it hold other filters, or open the inbox with it."""
    what = request.POST.get("do", "")
    try:
        if what in DOABLE:
            DOABLE[what](pk, request)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    if what == "replace":
        return see_other(request, f"{reverse('web:inbox')}?view={pk}")
    return see_other(request, reverse("web:saved_views"))


def _query(request: PeopleRequest) -> str:
    """Return the address of the inbox that was sent, with nothing in it but what it knows."""
    return read_all([request.POST.get("query", "")[:1_000]])[0].encoded()
