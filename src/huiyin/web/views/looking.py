"""Opening a matter on a page: what is seen is written down with who saw it and from where."""

from datetime import datetime
from uuid import UUID

from huiyin.matters import access
from huiyin.matters.models import Matter, Run
from huiyin.matters.refusals import NotFound
from huiyin.people.addresses import client_address
from huiyin.people.http import PeopleRequest
from huiyin.ui.refusals import Refusal
from huiyin.web.matter_page import MatterPage


def matter_opened(request: PeopleRequest, matter_id: UUID, *, at: datetime) -> Matter:
    """Return a matter this post sees. Raises NotFound."""
    return access.look(matter_id, by=request.actor, at=at, address=client_address(request))


def run_opened(request: PeopleRequest, run_id: UUID, *, rules: str, at: datetime) -> Run:
    """Return a run of one procedure that this post sees, with its matter. Raises NotFound."""
    run = access.run(run_id, by=request.actor)
    if run.procedure != rules:
        raise NotFound()
    run.matter = matter_opened(request, run.matter_id, at=at)
    return run


def with_run_in_hand(
    request: PeopleRequest, number: str, run_id: UUID, *, at: datetime
) -> MatterPage:
    """Return the page of a matter this post sees, with this run in hand. Raises NotFound."""
    found = access.matter_of_number(number, by=request.actor)
    m = MatterPage(
        matter_opened(request, found.pk, at=at), by=request.actor, at=at, run_id=run_id
    )  # fmt: skip
    if m.chosen.pk != run_id:
        raise NotFound()
    return m


def revealed(
    request: PeopleRequest, contact_id: UUID, *, at: datetime
) -> tuple[dict[str, object], int]:
    """Return what a person's part shows in the clear, or why not (`trouble`), with the status.

    The purpose that was sent is kept with the look. Raises NotFound.
    """
    try:
        clear = access.reveal(
            contact_id=contact_id, by=request.actor, purpose=request.POST.get("purpose", ""),
            at=at, address=client_address(request),
        )  # fmt: skip
    except NotFound:
        raise
    except Refusal as refusal:
        return {"trouble": str(refusal)}, 422
    return {"clear": clear}, 200
