"""What somebody else than the unit that did it has to ask or look at: call-backs and checks.

Read off the procedure files: the state's owner is an office that is not of the unit which holds the
role `lead` (`not_of: lead`). Where one of its acts keeps a call-back (`effects: note_call_back`)
the person is called, elsewhere the result is checked. A low rating brings a call-back too, in
procedures that have one beside their states.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import UUID

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, QuerySet, Value, When

from huiyin.matters import access, inbox, owning, walking
from huiyin.matters.inbox import PAGE, Page
from huiyin.matters.inbox_filters import Key
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import CallBack, EventHeader, Rating, Run
from huiyin.matters.ratings import CALL_BACK
from huiyin.people.actors import Actor
from huiyin.procedures import Procedure, library
from huiyin.procedures.language import Action, ActorKind, ActorRule

LOW_STARS: Final = 2  # [default] domain §2c: one or two stars bring a call-back


class Tray(StrEnum):
    """Why somebody is to be asked, or something looked at."""

    CALL = "call"
    LOW = "low"  # the person gave one or two stars, and nobody has asked why
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class Station:
    """A state in which an office that did not do the work has its turn."""

    rules: Procedure
    state: str
    office: ActorRule
    tray: Tray

    @property
    def acts(self) -> tuple[Action, ...]:
        """What the office does there: acts of the file itself, not those all procedures share."""
        return tuple(
            act
            for act in self.rules.actions.values()
            if self.state in act.froms
            and self.office.name in act.by
            and not act.origin
            and (self.tray is not Tray.LOW or CALL_BACK in act.effects)
        )


@cache
def stations() -> tuple[Station, ...]:
    """Return every such state of every procedure."""
    return tuple(one for rules in library.procedures().values() for one in _stations(rules))


def _stations(rules: Procedure) -> Iterator[Station]:
    if rules.confidential or rules.is_child:
        return
    for office in rules.actors.values():
        if office.kind is not ActorKind.NOT_OF or not office.covers or not office.unit_kinds:
            continue
        calls = [
            act
            for act in rules.actions.values()
            if office.name in act.by and CALL_BACK in act.effects
        ]
        there = {name for act in calls for name in act.froms}
        for name, state in rules.states.items():
            if state.owner == office.name:
                yield Station(rules, name, office, Tray.CALL if name in there else Tray.CHECK)
            elif name in there and not state.end:
                yield Station(rules, name, office, Tray.LOW)


def stations_of(by: Actor) -> list[Station]:
    """Return the stations that are a post's by its office. Costs no query."""
    if by.unit_id is None:
        return []
    return [one for one in stations() if access.is_office(one.office, by)]


def calls_back(by: Actor) -> bool:
    """Tell whether a post calls people back or checks what units did. Costs no query."""
    return bool(stations_of(by))


def _rules_of(by: Actor) -> list[owning.Rule]:
    """Return by what runs stand on a post's list."""
    return sorted(
        {
            (
                one.rules.name, one.rules.states[one.state].owner, "office", one.office.role,
                one.office.level_fact,
            )
            for one in stations_of(by)
        }
    )  # fmt: skip


def waiting(by: Actor) -> QuerySet[Run]:
    """Return the runs on a post's list."""
    return _at_a_station(walking.waiting(_rules_of(by), by=by), by)


def _at_a_station(runs: QuerySet[Run], by: Actor) -> QuerySet[Run]:
    low = Rating.objects.filter(run=OuterRef("pk"), stars__lte=LOW_STARS)
    asked = CallBack.objects.filter(run=OuterRef("pk"))
    is_low = Q(Exists(low)) & ~Q(Exists(asked))
    here = Q(pk=None)
    for one in stations_of(by):
        at = Q(procedure=one.rules.name, state=one.state)
        here |= at & is_low if one.tray is Tray.LOW else at
    return runs.filter(here)


def _tray() -> Case:
    """Return in which tray a run on a list lies."""
    whens = [
        When(procedure=one.rules.name, state=one.state, then=Value(one.tray.value))
        for one in stations()
    ]
    return Case(*whens, default=Value(""), output_field=CharField())


def counts(*, by: Actor) -> dict[Tray, int]:
    """Return how many runs lie in each tray of a post. One query, none for whoever has none."""
    if not calls_back(by):
        return dict.fromkeys(Tray, 0)
    lying = {one.name: Count("pk", filter=Q(tray=one.value)) for one in Tray}
    counted = waiting(by).annotate(tray=_tray()).aggregate(**lying)
    return {one: counted[one.name] for one in Tray}


def tray(which: Tray, *, by: Actor, after: Key | None = None, limit: int = PAGE) -> Page:
    """Return a page of a tray, what is due first before the rest. One query."""
    walks = [
        _at_a_station(runs, by).annotate(tray=_tray()).filter(tray=which.value)
        for runs in walking.by_rule(_rules_of(by), by=by)
    ]
    return inbox.page_of(walks, after=after, limit=limit)


# --- one of them --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Try:
    """A call nobody answered."""

    at: datetime
    account_id: UUID | None
    note: str


def station_of(run: Run, by: Actor) -> Station | None:
    """Return at which station of a post a run stands."""
    return next(
        (
            one
            for one in stations_of(by)
            if (one.rules.name, one.state) == (run.procedure, run.state)
        ),
        None,
    )


def trying(station: Station) -> Action | None:
    """Return the act that notes a call nobody answered: it counts and moves nothing."""
    return next((act for act in station.acts if act.to is None and act.advance), None)


def tries_of(runs: Sequence[Run], by: Actor) -> dict[UUID, list[Try]]:
    """Return the calls nobody answered since these runs last came where they are. One query."""
    found: dict[UUID, list[Try]] = {run.pk: [] for run in runs}
    which, since = Q(pk=None), {}
    for run in runs:
        station = station_of(run, by)
        act = trying(station) if station else None
        if act is not None:
            which |= Q(run=run, action=act.name)
            since[run.pk] = _came_at(run, act)
    events = EventHeader.objects.filter(which).select_related("body").order_by("run", "seq")
    for event in events:
        body = getattr(event, "body", None)
        words = body.content.get("form", {}) if body else {}
        note = next((str(value) for value in words.values() if value), "")
        found[event.run_id].append(Try(event.recorded_at, event.account_id, note))
    return {pk: tries[-since[pk] :] if since.get(pk) else [] for pk, tries in found.items()}


def _came_at(run: Run, act: Action) -> int:
    """Return how many tries count now: what the facts say, which begin anew with every answer."""
    rules = procedure_of(run.procedure)
    fact = rules.facts[act.advance[0]]
    names = list(fact.options)
    value = run.memory.get("facts", {}).get(fact.name)
    return names.index(value) if value in names else 0
