"""A changed limit before it is saved: what it changes, what it leaves as it is, who changed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.dateparse import parse_datetime

from huiyin.categories.models import Term, TermValue
from huiyin.categories.terms import law_bound
from huiyin.matters.open_clocks import OpenClocks, open_clocks
from huiyin.matters.wording import said
from huiyin.people.access_log import names_of
from huiyin.web.terms import law_words, length_words
from huiyin.worktime import LimitError, parse_limit

HISTORY_SHOWN = 30


@dataclass(frozen=True)
class Kept:
    """The open clocks of one procedure that keep the length they were started with."""

    title: str
    length: str
    count: int
    last_on: date


@dataclass(frozen=True)
class Foreseen:
    """What saving a limit brings about. `count`: how many open clocks keep theirs."""

    length: str
    starts_on: date
    kept: Sequence[Kept]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.kept)


def foreseen(term: Term, sent: dict[str, Any]) -> Foreseen:
    """Return what a value that was sent would change, and what not. One query."""
    category = sent["category"]
    found = open_clocks(
        term.key, category_code=category.code if category else "", place_code=sent["place"]
    )
    return Foreseen(
        length=length_words(sent["amount"], sent["unit"]),
        starts_on=sent["starts_on"],
        kept=[_kept(one) for one in found],
    )


def _kept(one: OpenClocks) -> Kept:
    try:
        limit = parse_limit(one.length)
        length = length_words(limit.amount, limit.unit)
    except LimitError:
        length = one.length
    return Kept(said(one.title), length, one.count, one.last_on)


@dataclass(frozen=True)
class Bound:
    """The longest a city may set: how long, and which law says so."""

    length: str
    law: str


def bound_of(term: Term) -> Bound | None:
    """Return what the law allows at most; None where it says nothing. One query."""
    value = law_bound(term)
    if value is None:
        return None
    return Bound(length_words(value.amount, value.unit), law_words(value))


@dataclass(frozen=True)
class Change:
    """One change of a limit: when, who, and what the value was before."""

    at: datetime
    who: str
    before: str


def changes_of(term: Term) -> list[Change]:
    """Return the latest changes of a limit, as the database kept them. Two queries."""
    events: Any = TermValue._meta.get_field("events").related_model
    rows = list(
        events._default_manager.filter(term=term.pk)
        .select_related("pgh_context")
        .order_by("-pgh_id")[:HISTORY_SHOWN]
    )
    known = [row.pgh_context.metadata if row.pgh_context else {} for row in rows]
    people = names_of([UUID(one["account"]) for one in known if one.get("account")])
    return [
        Change(
            at=parse_datetime(said_of.get("at", "")) or row.pgh_created_at,
            who=people.get(UUID(said_of["account"]), "") if said_of.get("account") else "",
            before=length_words(row.amount, row.unit),
        )
        for row, said_of in zip(rows, known, strict=True)
    ]
