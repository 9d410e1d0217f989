"""The page of one matter for staff: everything in sight, every act with its form in place."""

from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from huiyin.gateway.ranges import file_answer
from huiyin.matters import access
from huiyin.matters.act_forms import ActForm
from huiyin.matters.afterwards import afterwards
from huiyin.matters.attachments import attachment
from huiyin.matters.refusals import NotFound
from huiyin.matters.wording import language, said
from huiyin.people.addresses import client_address
from huiyin.people.guards import signed_in, staff
from huiyin.people.http import PeopleRequest
from huiyin.procedures.drawing import draw
from huiyin.procedures.drawing.words import Language
from huiyin.ui.http import part, safe_next, see_other, wants_part
from huiyin.web.matter_page import MatterPage
from huiyin.web.taking import is_taken
from huiyin.web.views.looking import revealed


@staff()
@never_cache
@require_safe
def matter(request: PeopleRequest, number: str) -> HttpResponse:
    """The matter; `pane` asks for it beside the inbox."""
    page = _page(request, number)
    name = "web/matter/_pane.html" if "pane" in request.GET else "web/matter/_older.html"
    if not wants_part(request):
        name = "web/matter/page.html"
    return part(request, name, {"m": page, "now": page.at}, page="web/matter/page.html")


@staff()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: PeopleRequest, number: str, run_id: UUID, action: str) -> HttpResponse:
    """An act of one of its runs: its form with what follows from it, and taking it.

    `next`: the page it was chosen on, to go back to.
    """
    page = _page(request, number, run_id=run_id)
    if page.chosen.pk != run_id:
        raise NotFound()
    found = page.act(action)
    given = safe_next(request, "")
    back = given or _address(page)
    # What was sent too late is judged all the same: sent twice it is done once, and what was
    # written stays in the form that says that somebody was faster.
    if found is None or not (found.is_open or request.method == "POST"):
        messages.warning(request, found.sentence if found else _("This is not yours to do now."))
        return see_other(request, back)
    if request.method == "POST":
        form = ActForm(
            found.form, request.POST, request.FILES, people=page.people, by=request.actor
        )
        if is_taken(request, page, action, form, at=timezone.now()):
            messages.success(request, _("%(act)s: recorded.") % {"act": found.label})
            return see_other(request, given) if given else _after(request, number, run_id)
        status = 422
    else:
        form, status = ActForm(found.form, people=page.people, by=request.actor), 200
    context = {
        "m": page,
        "now": page.at,
        "act": found,
        "form": form,
        "next": given,
        "back": back,
        "follows": afterwards(page.rules.actions[action], page.rules, running=page.running),
        "expected": page.chosen.events,  # whoever was slower has been told, and may go on
        "key": request.POST.get("key") or uuid4().hex,
    }
    return part(
        request, "web/matter/_act.html", context, page="web/matter/page.html", status=status
    )


def _after(request: PeopleRequest, number: str, run_id: UUID) -> HttpResponse:
    """Show the matter as it is now; beside the inbox it stays there, and the list looks again."""
    try:
        page = _page(request, number, run_id=run_id)
    except NotFound:  # what was handed on is not this unit's to see any more
        return see_other(request, reverse("web:inbox"))
    inbox = urlsplit(request.headers.get("HX-Current-URL", "")).path == reverse("web:inbox")
    if not (inbox and wants_part(request)):
        return see_other(request, _address(page))
    response = part(request, "web/matter/_pane.html", {"m": page, "now": page.at})
    response["HX-Retarget"], response["HX-Reswap"] = "#detail", "innerHTML"
    response["HX-Trigger-After-Swap"] = "inbox:changed"
    return response


@staff()
@never_cache
@require_POST
def reveal(request: PeopleRequest, number: str, contact_id: UUID) -> HttpResponse:
    """Show the clear data of a person for ten minutes; who looked and why is written down."""
    at = timezone.now()
    page = _page(request, number)
    context: dict[str, Any] = {"m": page, "one": None, "at": at}
    context["one"] = next((one for one in page.people if one.id == contact_id), None)
    if context["one"] is None:
        raise NotFound()
    shown, status = revealed(request, contact_id, at=at)
    context |= shown
    if wants_part(request):
        return part(request, "web/matter/_person.html", context, status=status)
    return render(request, "web/matter/revealed.html", context, status=status)


@staff()
@never_cache
@require_safe
def person(request: PeopleRequest, number: str, contact_id: UUID) -> HttpResponse:
    """A person of the matter, covered again."""
    page = _page(request, number)
    one = next((one for one in page.people if one.id == contact_id), None)
    if one is None:
        raise NotFound()
    return part(request, "web/matter/_person.html", {"m": page, "one": one})


@staff()
@never_cache
@require_safe
def picture(request: PeopleRequest, number: str, run_id: UUID) -> HttpResponse:
    """The whole procedure of a run as a picture, with the place where it is now."""
    page = _page(request, number, run_id=run_id)
    rules = page.rules
    in_language: Language = "zh" if language().startswith("zh") else "en"
    drawn = draw(rules, language=in_language, here=page.chosen.state)
    context = {"m": page, "title": said(rules.title), "law": said(rules.law), "drawn": drawn}
    return render(request, "web/matter/picture.html", context)


@staff()
@never_cache
@require_safe
def paper(request: PeopleRequest, number: str) -> HttpResponse:
    """The matter on paper: everything of it that this post reads, people covered."""
    page = _page(request, number)
    return render(request, "web/matter/paper.html", {"m": page, "now": page.at})


@signed_in
@never_cache
@require_safe
def file(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """A file of an act, whole or a range of it, or with `size` a smaller picture of it."""
    actor = request.actor  # type: ignore[attr-defined]  # signed_in
    size = request.GET.get("size", "")
    opened = attachment(
        file_id, by=actor, at=timezone.now(), size=size if size in ("small", "large") else "",
        address=client_address(request),
    )  # fmt: skip
    return file_answer(
        request, Path(opened.path), media_type=opened.media_type, name=opened.name,
        is_shown=opened.is_shown,
    )  # fmt: skip


def _page(request: PeopleRequest, number: str, *, run_id: UUID | None = None) -> MatterPage:
    at: datetime = timezone.now()
    found = access.matter_of_number(number, by=request.actor)
    access.looked_at(found, by=request.actor, at=at, address=client_address(request))
    wanted = run_id or _uuid(request.GET.get("run", ""))
    return MatterPage(
        found, by=request.actor, at=at, run_id=wanted, after=_uuid(request.GET.get("after", ""))
    )


def _address(page: MatterPage) -> str:
    return f"{reverse('web:matter', args=[page.matter.number])}?run={page.chosen.pk}"


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
