"""The page of a one-time link: where the matter is, and the one act; works without JavaScript."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from huiyin.matters import links
from huiyin.matters.effects import offered_values
from huiyin.matters.link_form import ActForm
from huiyin.matters.refusals import ActRefused, LinkExpired, LinkTries, LinkUnknown, LinkUsed
from huiyin.matters.wording import said
from huiyin.people.addresses import address_key, client_address
from huiyin.people.guards import public
from huiyin.ui.refusals import Refusal, sentence_of

STATUS = {LinkTries: HTTPStatus.TOO_MANY_REQUESTS}


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Show what a link is for; POST does it and uses the link up."""
    now, address = timezone.now(), address_key(client_address(request))
    try:
        shown = links.look(token, at=now, address=address)
    except (LinkUnknown, LinkUsed, LinkExpired, LinkTries) as refused:
        return _over(request, refused)
    sent = request.POST if request.method == "POST" else None
    form = _form(shown, sent, now) if shown.act else None
    if request.method != "POST" or form is None:
        return _page(request, shown, form)
    try:
        links.use(token, form=form.values, at=now, address=address)
    except (LinkUnknown, LinkUsed, LinkExpired) as refused:
        return _over(request, refused)
    except ActRefused as refused:
        if refused.errors:
            form.refuse(refused.errors)
            return _page(request, shown, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return _page(request, shown, None, trouble=sentence_of(refused), status=HTTPStatus.CONFLICT)
    return _private(render(request, "matters/link_done.html", _context(shown)))


def _form(shown: links.Shown, sent: Mapping[str, Any] | None, at: datetime) -> ActForm:
    fields = shown.act.form if shown.act else ()
    found = {one.name: offered_values(shown.link.run, one.name, at=at) for one in fields}
    offered = {name: values for name, values in found.items() if values is not None}
    return ActForm(fields, sent, offered=offered)


def _page(
    request: HttpRequest, shown: links.Shown, form: ActForm | None, *, trouble: str = "",
    status: int = HTTPStatus.OK,
) -> HttpResponse:  # fmt: skip
    context = {**_context(shown), "form": form, "trouble": trouble}
    return _private(render(request, "matters/link.html", context, status=status))


def _context(shown: links.Shown) -> dict[str, Any]:
    is_open = not shown.link.run.matter.is_confidential
    return {
        "number": shown.number,
        # Whoever holds this phone reads no more of a confidential matter than the SMS said.
        "state": said(shown.state.plain or shown.state.label) if is_open else "",
        "promised_at": shown.promised_at,
        "act": said(shown.act.label) if shown.act else "",
        "hint": said(shown.act.hint) if shown.act else "",
    }


def _over(request: HttpRequest, refused: Refusal) -> HttpResponse:
    status = STATUS.get(type(refused), HTTPStatus.GONE)
    context = {"sentence": sentence_of(refused)}
    return _private(render(request, "matters/link_over.html", context, status=status))


def _private(response: HttpResponse) -> HttpResponse:
    """Keep the address of the page from other sites and from search."""
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response
