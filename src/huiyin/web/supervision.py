"""Supervision orders (督办) as their pages show them: whom, how severe, until when, how answered.

A supervision is a run inside another one, for one unit. Who issued it judges the answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from huiyin.insight.standing import in_place
from huiyin.matters import access, numbers, walking
from huiyin.matters.inbox import MOST_COUNTED
from huiyin.matters.inbox_filters import Key
from huiyin.matters.models import Assignment, EventHeader, Run, RunClock
from huiyin.matters.walked import one_by_one
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.procedures import library
from huiyin.procedures.language import Field
from huiyin.ui.among import AnyOf
from huiyin.units.models import Unit
from huiyin.units.words import MayHave, of_a_unit
from huiyin.web.clock_words import Stand, stand_of
from huiyin.web.due_lists import (
    counts_of,
    held_runs,
    page_of_walks,
    runs_here,
    runs_over,
    waiting_of,
)
from huiyin.web.inbox_rows import title_of, within_city

RULES: Final = "supervision"
SUPERVISE: Final = "supervise"  # the act around it
UNIT, SUPERVISOR = "unit", "supervisor"  # roles
DEGREE: Final = "degree"  # a fact, and a field of the order
PAGE: Final = 30


class Show(StrEnum):
    """The lists of the page."""

    TO_US = "to_us"
    JUDGE = "judge"
    ISSUED = "issued"
    OVERDUE = "overdue"
    HERE = "here"
    OVER = "over"


LABELS: Final[Mapping[Show, str | Promise]] = {
    Show.TO_US: gettext_lazy("Orders to us"),
    Show.JUDGE: gettext_lazy("Answered, to be judged"),
    Show.ISSUED: gettext_lazy("Issued by us"),
    Show.OVERDUE: gettext_lazy("Answer overdue"),
    Show.HERE: gettext_lazy("All here"),
    Show.OVER: gettext_lazy("Over"),
}
OF_SUPERVISORS: Final = (Show.JUDGE, Show.ISSUED, Show.OVERDUE)


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list: units whose name has these words, a place, a degree."""

    unit: str = ""
    place: Place | None = None
    degree: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """One order in a list. `due_on`: the day its author wrote; `stand`: the limit that runs."""

    run: Run
    title: str
    number: str
    spoken: str
    place: str
    unit: Unit | None
    by_unit: Unit | None
    degree: str
    step: int  # of the degrees, from 1
    ground: str
    demand: str
    due_on: date | None
    state: str
    stand: Stand
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """A page of orders; `next`: where the page after it begins."""

    orders: Sequence[Order]
    next: Key | None


class Orders:
    """The orders a post has to do with, read in a fixed number of queries."""

    def __init__(
        self, by: Actor, *, at: datetime, place: Place | None = None, filters: Filters | None = None
    ) -> None:
        self.by, self.at, self.place = by, at, place
        self.filters = filters or Filters()

    @property
    def may_issue(self) -> bool:
        """Whether this post may order supervision."""
        return self.by.may("supervision.order")

    @cached_property
    def shows(self) -> list[Show]:
        """The lists this post has."""
        wanted = [*OF_SUPERVISORS] if self.may_issue else []
        if self.place is not None:
            wanted.append(Show.HERE)
        return [*wanted, Show.TO_US, Show.OVER]

    @cached_property
    def counts(self) -> dict[Show, int]:
        """How many lie in each list, as narrowed, up to `MOST_COUNTED`; not of what is over.

        One query.
        """
        counted = [show for show in self.shows if show is not Show.OVER]
        return dict(zip(counted, counts_of([self._walks(show) for show in counted]), strict=True))

    def page(self, show: Show, *, after: Key | None = None) -> Page:
        """Return a page: what is due first comes first, of what is over the latest."""
        walks = self._walks(show)
        shown, end = page_of_walks(walks, is_over=show is Show.OVER, after=after, size=PAGE)
        return Page(orders_of(shown, at=self.at), end)

    # --- which runs -------------------------------------------------------------------------

    def _walk(self, show: Show) -> QuerySet[Assignment] | None:
        """Return what the unit itself has or had of a list; None where it is not about that."""
        runs = self._narrowed(Run.objects.filter(procedure=RULES))
        is_open = runs.filter(is_over=False)
        if show is Show.TO_US:
            return held_runs(self.by, roles=[UNIT], runs=is_open)
        if show is Show.JUDGE:
            return held_runs(self.by, roles=[SUPERVISOR], runs=is_open.filter(owner=SUPERVISOR))
        if show is Show.ISSUED:
            return held_runs(self.by, roles=[SUPERVISOR], runs=is_open)
        if show is Show.OVERDUE:
            late = is_open.filter(owner=UNIT, due_at__lte=self.at)
            return held_runs(self.by, roles=[SUPERVISOR], runs=late)
        if show is Show.OVER or self.place is None:
            return runs_over(self.by, roles=[UNIT, SUPERVISOR], runs=runs.filter(is_over=True))
        return None

    def _walks(self, show: Show) -> list[walking.Walk]:
        """Return the walks to what a list has: along what the unit holds, or what is open here."""
        walk = self._walk(show)
        if walk is not None:
            return [walk]
        if self.place is None:
            return []
        seen = access.runs_seen_by(self.by).filter(is_over=False)
        return runs_here(self._narrowed(seen), procedure=RULES, place=self.place)

    def _narrowed(self, runs: QuerySet[Run]) -> QuerySet[Run]:
        wanted = self.filters
        if wanted.unit:
            held = Assignment.objects.filter(
                AnyOf("unit_id", _named(wanted.unit)), run=OuterRef("pk"), role=UNIT
            )
            runs = runs.filter(one_by_one(held))
        if wanted.place is not None:
            runs = runs.filter(in_place(wanted.place))
        if wanted.degree:
            runs = runs.filter(**{f"memory__facts__{DEGREE}": wanted.degree})
        return runs


def _named(words: str) -> QuerySet[Unit, Any]:
    """Return the units with a part of a name: a few, by the index of their pieces."""
    named = Q(name__icontains=words) | Q(short_name__icontains=words)
    return Unit.objects.filter(MayHave(of_a_unit(), words), named).values("pk")


def degrees() -> list[tuple[str, str]]:
    """Return the degrees of supervision as the file has them, the mildest first."""
    options = library.procedure(RULES).facts[DEGREE].options
    return [(name, said(words)) for name, words in options.items()]


def orders_of(runs: Sequence[Run], *, at: datetime) -> list[Order]:
    """Return runs as orders, in their order. Three queries."""
    ids = [run.pk for run in runs]
    units: dict[tuple[UUID, str], Unit] = {}
    held = Assignment.objects.filter(run__in=ids).select_related("unit")
    for row in held.order_by("from_at", "pk"):
        units[row.run_id, row.role] = row.unit
    written = _written(ids)
    clocks = RunClock.objects.filter(run__in=ids, ended_at=None, is_window=False)
    due = {row.run_id: row.due_at for row in clocks.order_by("-due_at")}
    return [_order(run, units, written.get(run.pk, {}), due.get(run.pk), at) for run in runs]


def _written(ids: Iterable[UUID]) -> dict[UUID, Mapping[str, Any]]:
    """Return what stood in the form of each order; a redacted one is blank."""
    first = EventHeader.objects.filter(run__in=ids, seq=1).select_related("body")
    return {
        event.run_id: event.body.content.get("form", {}) if hasattr(event, "body") else {}
        for event in first
    }


def _order(
    run: Run, units: Mapping[tuple[UUID, str], Unit], form: Mapping[str, Any],
    due_at: datetime | None, at: datetime,
) -> Order:  # fmt: skip
    rules = library.procedure(RULES)
    degree = str(run.memory.get("facts", {}).get(DEGREE, ""))
    names = [name for name, _label in degrees()]
    fields = {one.name: one for action in rules.actions.values() for one in action.form}
    return Order(
        run=run,
        title=title_of(run),
        number=run.matter.number,
        spoken=numbers.spoken(run.matter.number),
        place=within_city(run.matter.place),
        unit=units.get((run.pk, UNIT)),
        by_unit=units.get((run.pk, SUPERVISOR)),
        degree=dict(degrees()).get(degree, ""),
        step=names.index(degree) + 1 if degree in names else 0,
        ground=_option(fields.get("ground"), form.get("ground")),
        demand=str(form.get("demand", "")),
        due_on=_day(form.get("due_on")),
        state=said(rules.states[run.state].label),
        stand=Stand("done", said(rules.states[run.state].label))
        if run.is_over
        else stand_of(due_at, at=at),
        at=run.opened_at,
    )


def _option(field: Field | None, value: object) -> str:
    words = field.options.get(str(value)) if field else None
    return said(words) if words else ""


def _day(value: object) -> date | None:
    text = value.get("date", "") if isinstance(value, Mapping) else value
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


# --- issuing --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Chosen:
    """A run to be supervised: the unit that has it, None where nobody has; orders that are open."""

    run: Run
    title: str
    place: str
    unit: Unit | None
    stand: Stand
    orders: int


def chosen(ids: Sequence[UUID], *, by: Actor, at: datetime) -> list[Chosen]:
    """Return what was chosen, of what the actor sees, in its order. Three queries."""
    runs = access.runs_seen_by(by).filter(pk__in=ids, is_over=False)
    found = {run.pk: run for run in runs.select_related("matter__words", "matter__place")}
    rows = Assignment.objects.filter(run__in=found, role="lead", to_at=None).select_related("unit")
    leads = {row.run_id: row.unit for row in rows.order_by("from_at", "pk")}
    counted: dict[UUID | None, int] = {}
    inside = Run.objects.filter(parent__in=found, procedure=RULES, is_over=False)
    for parent in inside.values_list("parent_id", flat=True):
        counted[parent] = counted.get(parent, 0) + 1
    return [
        Chosen(
            run=found[pk],
            title=title_of(found[pk]),
            place=within_city(found[pk].matter.place),
            unit=leads.get(pk),
            stand=stand_of(found[pk].due_at, at=at),
            orders=counted.get(pk, 0),
        )
        for pk in dict.fromkeys(ids)
        if pk in found
    ]


def order_fields() -> tuple[Field, ...]:
    """Return the fields of an order as the file has them, without the unit: each matter has its."""
    for rules in library.procedures().values():
        if SUPERVISE in rules.actions:
            return tuple(one for one in rules.actions[SUPERVISE].form if one.name != UNIT)
    return ()


def earlier(run: Run, unit: Unit | None, *, by: Actor) -> list[Run]:
    """Return the other orders to the same unit that the actor sees, the latest first. One query."""
    if unit is None:
        return []
    held = Assignment.objects.filter(unit=unit, role=UNIT)
    seen = access.runs_seen_by(by).filter(procedure=RULES, pk__in=held.values("run_id"))
    latest = seen.exclude(pk=run.pk).select_related("matter__words", "matter__place")
    return list(latest.order_by("-opened_at", "-pk")[:6])


def waiting(by: Actor, *, at: datetime, most: int = MOST_COUNTED) -> int:
    """Return how many orders wait for a post, up to `most`: to be answered or judged. One query."""
    del at  # whatever waits, late or not
    return waiting_of(by, runs=Run.objects.filter(is_over=False), procedure=RULES, most=most)
