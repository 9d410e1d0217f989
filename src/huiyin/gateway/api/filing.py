"""While somebody reports: has it been reported already? Then they can join, follow and rate it."""

from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Router, Status

from huiyin.gateway import refusals
from huiyin.gateway.api.answers import answers
from huiyin.gateway.api.headers import Key
from huiyin.gateway.api.parameters import Number, reporter_of
from huiyin.gateway.api.reference import category_of, place_of
from huiyin.gateway.door import Door, caller_of
from huiyin.gateway.models import Right
from huiyin.gateway.once import once
from huiyin.gateway.schemas.filing import JoinedOut, JoinIn, RateIn, SimilarIn, SimilarOut
from huiyin.matters import access
from huiyin.matters.similar import Joined, join, rate_along, similar

router = Router(tags=["Matters"])


@router.post(
    "/similar", auth=Door(Right.READ), response=answers(SimilarOut), summary="Reported already?"
)
def find_similar(request: HttpRequest, sent: SimilarIn) -> Any:
    """Return matters that may be what somebody is about to report; nothing is written.

    Nobody's words and no person are shown. Confidential matters, and those that complain of a unit,
    are never among them.
    """
    place = place_of(sent.place)
    category = category_of(sent.category) if sent.category else None
    errors = {}
    if place is None:
        errors["body.place"] = "code"
    if sent.category and category is None:
        errors["body.category"] = "code"
    if place is None or errors:
        raise refusals.Invalid(errors=errors)
    found = similar(
        place=place, text=sent.text, at=timezone.now(), category=category, lon=sent.lon,
        lat=sent.lat,
    )  # fmt: skip
    names = ("category", "place", "opened_on", "state", "reported_by", "score")
    return {
        "matters": [
            {"id": one.matter_id, **{name: getattr(one, name) for name in names}} for one in found
        ]
    }


@router.post(
    "/similar/{matter_id}/join", auth=Door(Right.ACT),
    response=answers(JoinedOut, 404, 409, status=201), summary="Join a matter",
)  # fmt: skip
def join_matter(
    request: HttpRequest,
    matter_id: Annotated[UUID, Path(description="`id` of a similar matter.")],
    sent: JoinIn,
    key: Key = "",
) -> Any:
    """Report the same thing, instead of opening a matter of its own: follow it, be told, rate it.

    The same person again is the same answer.
    """
    by = caller_of(request).actor
    person = reporter_of(sent.person, by)
    if person is None:
        raise refusals.Invalid(errors={"body.person": "required"})
    joined = once(
        request, key, sent.model_dump(mode="json"),
        lambda: _joined(join(matter_id=matter_id, person=person, by=by, at=timezone.now())),
    )  # fmt: skip
    return Status(HTTPStatus.CREATED, joined)


@router.post(
    "/matters/{number}/rating", auth=Door(Right.ACT), response=answers(JoinedOut, 404, 409),
    summary="Rate along",
)  # fmt: skip
def rate_matter_along(request: HttpRequest, number: Number, sent: RateIn, key: Key = "") -> Any:
    """Rate the answer to a matter one has joined, or one's own was merged into.

    It can be changed once. Whoever reported it first rates by the act of the procedure.
    """
    by = caller_of(request).actor
    found = access.matter_of_number(number, by=by)
    return once(
        request, key, sent.model_dump(mode="json"),
        lambda: _joined(
            rate_along(
                matter_id=found.pk, stars=sent.stars, by=by, at=timezone.now(), text=sent.text
            )
        ),
    )  # fmt: skip


def _joined(done: Joined) -> dict[str, Any]:
    return {
        "number": done.matter.number,
        "reported_by": done.reported_by,
        "is_repeat": done.is_repeat,
    }
