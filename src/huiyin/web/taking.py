"""Taking an act whose form a page has sent: the same on every page that offers acts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext

from huiyin.matters.act_forms import ActForm
from huiyin.matters.acting import act
from huiyin.people.addresses import client_address
from huiyin.people.http import PeopleRequest
from huiyin.procedures.language import Field, FieldType
from huiyin.ui.refusals import Refusal
from huiyin.web.matter_page import MatterPage


def is_taken(
    request: PeopleRequest, page: MatterPage, action: str, form: ActForm, *, at: datetime
) -> bool:
    """Take the act on the run that is open; when it is refused the form says why."""
    return trouble_of(request, page, action, form, at=at) is None


def trouble_of(
    request: PeopleRequest, page: MatterPage, action: str, form: ActForm, *, at: datetime
) -> str | None:
    """Take the act as `is_taken` does; return why it was not, in words."""
    if not form.take_in(by=request.actor, at=at, address=client_address(request)):
        return gettext("Something in the form is missing.")
    expected = request.POST.get("expected", "")
    try:
        act(
            page.chosen.pk, action, by=request.actor, at=at, form=form.values(),
            expected=int(expected) if expected.isdecimal() else None,
            key=request.POST.get("key", "")[:64],
        )  # fmt: skip
    except Refusal as refusal:
        form.refuse(refusal)
        return str(refusal)
    return None


def written_too_late(fields: Sequence[Field], sent: Mapping[str, Any]) -> str:
    """Return what somebody wrote for an act that is not possible any more, so that it is not lost;
    nothing when they wrote nothing.
    """
    texts = [str(sent.get(one.name, "")).strip() for one in fields if one.type is FieldType.TEXT]
    written = " ".join(text for text in texts if text)
    return gettext("What you wrote: %(words)s") % {"words": written} if written else ""
