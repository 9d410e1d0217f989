"""The dispatch board: what an office still has to give to a unit, what came back, what to rule on.

Nothing here knows a procedure by name. A run waits for dispatch where its file lets an office, not
the unit that has it, name the unit in the role `lead` in a form. It came back where an act leads
there that gives hours back to a unit (`clocks: return`). It waits for a ruling where a plain way of
giving it on has been used as often as the file allows (`needs: count`). Confidential procedures are
not on the board: whose they are is weighed on the matter's own page.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Case, CharField, Count, Q, QuerySet, Value, When

from huiyin.dispatch.answers import Answer, Question
from huiyin.dispatch.models import Level
from huiyin.dispatch.responsibility import responsible_many
from huiyin.matters import access, inbox, owning, walking
from huiyin.matters.inbox import PAGE, Page
from huiyin.matters.inbox_filters import Key
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Assignment, EventHeader, Matter, Run
from huiyin.matters.suggesting import LEAD, lead_field
from huiyin.people.actors import Actor
from huiyin.places.models import PlaceLevel
from huiyin.procedures import Procedure, library
from huiyin.procedures.language import Action, ActorRule, ConditionKind, FieldType
from huiyin.units.models import Unit

YEAR: Final = timedelta(days=365)
LOOKED_THROUGH: Final = 3_000  # the latest of the place, to find earlier ones of the kind among
COUNTED: Final = 200
AT_MOST: Final = "at_most"
COLUMNS: Final = {
    PlaceLevel.COUNTY: "county_id",
    PlaceLevel.TOWN: "town_id",
    PlaceLevel.VILLAGE: "village_id",
}


class Pile(StrEnum):
    """Where a run lies on the board."""

    UNASSIGNED = "unassigned"  # no unit has had it
    RETURNED = "came_back"  # one had it and sent it back, or it was taken away
    RULING = "ruling"  # it came back so often that it can only be designated


@dataclass(frozen=True, slots=True)
class Filters:
    """What is shown of a pile. `place`: around the matter; `branch`: how its class begins."""

    place: UUID | None = None
    branch: str = ""
    procedure: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """An act by which an office gives a run in a state to a unit. `most`: act → how often before.

    `comes_back`: whether runs get into the state out of a unit's hands.
    """

    rules: Procedure
    state: str
    act: Action
    offices: tuple[ActorRule, ...]
    comes_back: bool
    most: tuple[tuple[str, int], ...]


@cache
def ways() -> tuple[Way, ...]:
    """Return every way of giving a run to a unit, over all procedures."""
    return tuple(way for rules in library.procedures().values() for way in _ways(rules))


def _ways(rules: Procedure) -> Iterator[Way]:
    if rules.confidential or rules.is_child:
        return
    for act in rules.actions.values():
        offices = tuple(rules.actors[name] for name in act.by if _is_office(rules.actors[name]))
        if not offices or not lead_field(act):
            continue
        most = tuple(
            (need.name, int(str(need.value)))
            for need in act.needs
            if need.kind is ConditionKind.COUNT and need.test == AT_MOST
        )
        for name in sorted(act.froms):
            state = rules.states.get(name)
            owner = rules.actors.get(state.owner) if state else None
            if owner is not None and _is_office(owner):
                yield Way(rules, name, act, offices, name in _where_returned(rules), most)


def _is_office(rule: ActorRule) -> bool:
    return bool(rule.covers and rule.unit_kinds)


def _where_returned(rules: Procedure) -> set[str]:
    return {
        name
        for act in rules.actions.values()
        if act.clocks.give_back and act.to is not None
        for name in act.to.names
    }


@cache
def returning(procedure: str) -> tuple[str, ...]:
    """Return the acts of a procedure by which a run leaves a unit and comes back to the board."""
    rules = library.procedure(procedure)
    states = {way.state for way in ways() if way.rules.name == procedure and way.comes_back}
    return tuple(
        act.name
        for act in rules.actions.values()
        if act.clocks.give_back and act.to is not None and states & set(act.to.names)
    )


def ways_of(by: Actor) -> list[Way]:
    """Return the ways that are a post's by its office; empty for whoever dispatches nothing."""
    if by.unit_id is None:
        return []
    return [way for way in ways() if any(access.is_office(rule, by) for rule in way.offices)]


def dispatches(by: Actor) -> bool:
    """Tell whether a post gives runs to units. Costs no query."""
    return bool(ways_of(by))


# --- which runs ---------------------------------------------------------------------------------


def _rules_of(by: Actor) -> list[owning.Rule]:
    """Return by what runs lie on a post's board."""
    return sorted(
        {
            (
                way.rules.name,
                way.rules.states[way.state].owner,
                "office",
                rule.role,
                rule.level_fact,
            )
            for way in ways_of(by)
            for rule in way.offices
            if access.is_office(rule, by)
        }
    )


def waiting(by: Actor) -> QuerySet[Run]:
    """Return the runs on a post's board."""
    return _on_board(walking.waiting(_rules_of(by), by=by), by)


def _on_board(runs: QuerySet[Run], by: Actor) -> QuerySet[Run]:
    return runs.filter(_where(ways_of(by)))


def _where(some: Iterable[Way]) -> Q:
    """Return the condition: in one of the states of these ways."""
    found = Q(pk=None)
    for name, state in dict.fromkeys((way.rules.name, way.state) for way in some):
        found |= Q(procedure=name, state=state)
    return found


def _pile() -> Case:
    """Return on which pile a run on a board lies."""
    ruling = Q(pk=None)
    for name, state in dict.fromkeys((way.rules.name, way.state) for way in ways()):
        ruling |= Q(procedure=name, state=state) & _used_up(name, state)
    return Case(
        When(ruling, then=Value(Pile.RULING.value)),
        When(_where(way for way in ways() if way.comes_back), then=Value(Pile.RETURNED.value)),
        default=Value(Pile.UNASSIGNED.value),
        output_field=CharField(),
    )


def _used_up(procedure: str, state: str) -> Q:
    """Return the condition: what may be done so often only has been done more often."""
    found = Q(pk=None)
    for way in ways():
        if (way.rules.name, way.state) == (procedure, state):
            for act, most in way.most:
                found |= Q(**{f"memory__counts__{act}__gt": most})
    return found


def _piled(runs: QuerySet[Any], by: Actor) -> QuerySet[Any]:
    """Return runs of a post's board, each with its `pile`; without rulings that are not its."""
    runs = _on_board(runs, by).annotate(pile=_pile())
    mine = ways_of(by)
    for name, state in dict.fromkeys((way.rules.name, way.state) for way in mine):
        if all(way.most for way in mine if (way.rules.name, way.state) == (name, state)):
            runs = runs.exclude(procedure=name, state=state, pile=Pile.RULING.value)
    return runs


def counts(*, by: Actor) -> dict[Pile, int]:
    """Return how many runs lie on each pile of a post. One query, none for who dispatches none."""
    if not dispatches(by):
        return dict.fromkeys(Pile, 0)
    lying = {one.name: Count("pk", filter=Q(pile=one.value)) for one in Pile}
    counted = _piled(walking.waiting(_rules_of(by), by=by), by).aggregate(**lying)
    return {one: counted[one.name] for one in Pile}


def pile(
    which: Pile, *, by: Actor, after: Key | None = None, only: Filters | None = None,
    limit: int = PAGE,
) -> Page:  # fmt: skip
    """Return a page of a pile, what is due first before the rest. One query."""
    walks = [
        _filtered(_piled(runs, by).filter(pile=which.value), only or Filters())
        for runs in walking.by_rule(_rules_of(by), by=by)
    ]
    return inbox.page_of(walks, after=after, limit=limit)


def _filtered(runs: QuerySet[Run], only: Filters) -> QuerySet[Run]:
    if only.place is not None:
        around = Q(matter__place_id=only.place) | Q(matter__overlay_id=only.place)
        for column in COLUMNS.values():
            around |= Q(**{f"matter__{column}": only.place})
        runs = runs.filter(around)
    if only.branch:
        runs = runs.filter(matter__category__code__startswith=only.branch)
    if only.procedure:
        runs = runs.filter(procedure=only.procedure)
    return runs.exclude(matter__urgency=Level.NORMAL) if only.urgent else runs


# --- whose they are -----------------------------------------------------------------------------


def answers_for(runs: Sequence[Run], *, at: datetime) -> dict[UUID, Answer]:
    """Return who is responsible for the matters of runs, by run; none where there is no class.

    Two queries, however many.
    """
    asked = [run for run in runs if run.matter.category_id is not None]
    questions = [
        Question(run.matter.place_id, run.matter.category_id, frozenset(run.matter.accused))
        for run in asked
        if run.matter.category_id is not None
    ]
    found = responsible_many(questions, at=at) if questions else []
    return {run.pk: answer for run, answer in zip(asked, found, strict=True)}


def filled_in(act: Action, run: Run, *, unit: UUID | None, answer: Answer | None) -> dict[str, Any]:
    """Return what the form of such an act begins with: the unit, its basis, what the run remembers.

    A choice that is written back to a fact begins with the fact; one that offers the basis of the
    answer (by place, by subject) begins with that.
    """
    facts: Mapping[str, Any] = run.memory.get("facts", {})
    values: dict[str, Any] = {
        str(setting.value): facts[fact]
        for fact, setting in act.set.items()
        if setting.source == "form" and facts.get(fact) not in (None, "")
    }
    if unit is not None:
        values[lead_field(act)] = str(unit)
    known = _known_units(answer)
    if unit in known:
        for field in act.form:
            if field.type is FieldType.CHOICE and known[unit] in field.options:
                values.setdefault(field.name, known[unit])
    return values


def _known_units(answer: Answer | None) -> dict[UUID | None, str]:
    """Return the units an answer names, each with its basis: by place or by subject."""
    if answer is None:
        return {}
    named = (answer.unit, answer.territorial, *(one.unit for one in answer.candidates))
    return {one.id: one.basis.value for one in named if one is not None}


def is_filled(act: Action, values: Mapping[str, Any]) -> bool:
    """Tell whether nothing that the form demands is left open, so that one key can send it."""
    return all(
        field.name in values or not _is_asked(field.when, values)
        for field in act.form
        if field.required
    )


def _is_asked(when: Mapping[str, tuple[object, ...]], values: Mapping[str, Any]) -> bool:
    return all(values.get(name) in wanted for name, wanted in when.items())


@dataclass(frozen=True, slots=True)
class Held:
    """That a unit had a run, from when to when, and how the run left it."""

    unit_id: UUID
    unit: str
    from_at: datetime
    to_at: datetime


def held_before(runs: Sequence[Run]) -> dict[UUID, list[Held]]:
    """Return which units had these runs and have them no more, the first one first. One query."""
    found: dict[UUID, list[Held]] = {run.pk: [] for run in runs}
    rows = Assignment.objects.filter(run__in=list(found), role=LEAD, to_at__isnull=False)
    for row in rows.select_related("unit").order_by("from_at", "pk"):
        assert row.to_at is not None  # noqa: S101 filtered above
        found[row.run_id].append(Held(row.unit_id, row.unit.name, row.from_at, row.to_at))
    return found


@dataclass(frozen=True, slots=True)
class Return:
    """How a run left a unit. `form`: what was written; None where it was deleted under an order."""

    action: str
    unit_id: UUID | None
    at: datetime
    form: Mapping[str, Any] | None


def returns_of(runs: Sequence[Run]) -> dict[UUID, list[Return]]:
    """Return how these runs came back, the first time first. One query."""
    found: dict[UUID, list[Return]] = {run.pk: [] for run in runs}
    which = Q(pk=None)
    for name in {run.procedure for run in runs}:
        which |= Q(run__procedure=name, action__in=returning(name))
    events = EventHeader.objects.filter(which, run__in=list(found), is_pending=False)
    for event in events.select_related("body").order_by("run", "seq"):
        body = getattr(event, "body", None)
        form = body.content.get("form", {}) if body else None
        back = Return(event.action, event.unit_id, event.recorded_at, form)
        found[event.run_id].append(back)
    return found


def earlier(run: Run, *, by: Actor, at: datetime) -> list[tuple[Unit, int]]:
    """Return who brought earlier matters of this class to an end in this place, most often first.

    Of the last year, within the reader's own place and county; only what this procedure handled and
    nobody had to keep from the reader. At most 200 of the latest 3,000 of the place are counted, so
    that it takes as long in ten years. Two queries.
    """
    of = run.matter
    if of.category_id is None:
        return []
    levels = [LEVELS_OF.get(by.level or 0, PlaceLevel.COUNTY), PlaceLevel.COUNTY]
    column = next((COLUMNS[one] for one in levels if getattr(of, COLUMNS[one])), "")
    near = Matter.objects.filter(opened_at__gte=at - YEAR, is_confidential=False)
    near = near.filter(**{column: getattr(of, column)}) if column else near
    near = near.exclude(pk=of.pk).order_by("-opened_at")
    done = Run.objects.filter(
        matter__in=near.values("pk")[:LOOKED_THROUGH], matter__category=of.category_id,
        procedure=run.procedure, is_done=True,
    ).exclude(pk__in=access.runs_accusing(by))  # fmt: skip
    counted = (
        Assignment.objects.filter(run__in=list(done.values_list("pk", flat=True)[:COUNTED]))
        .filter(role=LEAD, to_at=None)
        .values("unit")
        .annotate(n=Count("run", distinct=True))
        .order_by("-n", "unit")
    )
    numbers = {one["unit"]: one["n"] for one in counted}
    units = Unit.objects.in_bulk(list(numbers))
    return [(units[pk], number) for pk, number in numbers.items()]


LEVELS_OF: Final[Mapping[int, PlaceLevel]] = {
    level.value: level for level in (PlaceLevel.COUNTY, PlaceLevel.TOWN, PlaceLevel.VILLAGE)
}


def acts_here(run: Run, by: Actor) -> list[Action]:
    """Return the acts by which this post, by its office, gives a run on from where it stands."""
    rules = procedure_of(run.procedure)
    return [
        way.act for way in ways_of(by) if (way.rules.name, way.state) == (rules.name, run.state)
    ]
