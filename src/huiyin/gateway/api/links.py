"""One-time links: what they show, and their one act; whoever holds one needs no account."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router

from huiyin.gateway import saying
from huiyin.gateway.api.answers import answers
from huiyin.gateway.door import OpenDoor
from huiyin.gateway.schemas.links import LinkActOut, LinkIn, LinkOut
from huiyin.matters import links
from huiyin.matters.wording import said
from huiyin.people.addresses import address_key, client_address

router = Router(tags=["Links"], auth=OpenDoor())
Token = Annotated[str, Path(max_length=60, description="What follows /l/ in the address.")]


@router.get(
    "/links/{token}", response=answers(LinkOut, 404, 410, signed_in=False), summary="A link"
)
def show_link(request: HttpRequest, token: Token) -> Any:
    """Return where the matter of a one-time link is, and the act it is for. Changes nothing."""
    shown = links.look(token, at=timezone.now(), address=_address(request))
    state = shown.state.plain or shown.state.label
    return {
        "number": shown.number,
        "state": "" if shown.link.run.matter.is_confidential else said(state),
        "promised_at": shown.promised_at,
        "expires_at": shown.link.expires_at,
        "action": saying.action_out(shown.act, shown.procedure) if shown.act else None,
    }


@router.post(
    "/links/{token}", response=answers(LinkActOut, 404, 409, 410, signed_in=False),
    summary="Use a link",
)  # fmt: skip
def use_link(request: HttpRequest, token: Token, sent: LinkIn) -> Any:
    """Take the act of a one-time link as the person it was sent to; the link is used up.

    What is refused leaves the link as it was.
    """
    done = links.use(token, form=sent.form, at=timezone.now(), address=_address(request))
    return {"number": done.run.matter.number, "event": done.event.seq}


def _address(request: HttpRequest) -> str:
    return address_key(client_address(request))
