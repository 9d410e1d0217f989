"""What several operations take: numbers, cursors, codes, people."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from django.utils import timezone
from ninja import Path, Query

from huiyin.categories.models import Category
from huiyin.gateway import refusals
from huiyin.gateway.api.reference import category_of, place_of
from huiyin.gateway.schemas.matters import PersonIn
from huiyin.matters.intake import Person
from huiyin.people.accounts import resident_of_phone
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

Number = Annotated[
    str, Path(max_length=40, description="The number, spaces or not.", example="3714261112345678")
]
Cursor = Annotated[str, Query(max_length=200, description="`next` of the page before.")]
Most = Annotated[int, Query(ge=1, le=100, description="At most so many.")]


def reporter_of(sent: PersonIn | None, by: Actor) -> Person | None:
    """Return who brings it: people themselves; for staff whoever they enter, if anybody."""
    if by.unit_id is not None:
        return person_of(sent) if sent else None
    said = sent or PersonIn.model_validate({})
    return Person(
        name=said.name or by.name,
        phone=said.phone,
        account_id=by.account_id,
        is_anonymous=said.is_anonymous,
        wants_secrecy=said.wants_secrecy,
    )


def person_of(sent: PersonIn) -> Person:
    """Return somebody as a matter keeps them.

    Whoever has proved that the number is theirs finds the matter among their own.
    """
    return Person(
        name=sent.name, phone=sent.phone, side=sent.side, is_anonymous=sent.is_anonymous,
        wants_secrecy=sent.wants_secrecy,
        account_id=resident_of_phone(sent.phone) if sent.phone else None,
    )  # fmt: skip


def unit_ids(codes: Sequence[str]) -> dict[str, UUID]:
    """Return the units that have these codes today; those that are unknown are left out."""
    if not codes:
        return {}
    there = Unit.objects.filter(held_on(timezone.localdate()), code__in=codes)
    return dict(there.values_list("code", "pk"))


def known_place(code: str) -> Place | None:
    """Return the place of a code in the address, None for none. Raises Invalid."""
    found = place_of(code) if code else None
    if code and found is None:
        raise refusals.Invalid(errors={"query.place": "code"})
    return found


def known_category(code: str) -> Category | None:
    """Return the category of a code in the address, None for none. Raises Invalid."""
    found = category_of(code) if code else None
    if code and found is None:
        raise refusals.Invalid(errors={"query.category": "code"})
    return found


def sane_day(day: date | None, name: str) -> date | None:
    """Refuse a day no calendar of ours has: counting from it would leave the years there are."""
    if day is not None and not 1900 <= day.year <= 2090:
        raise refusals.Invalid(errors={f"query.{name}": "1900–2090"})
    return day
