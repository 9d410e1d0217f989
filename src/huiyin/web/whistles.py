"""Whistles (吹哨报到) as the pages of both sides show them: who was called, came, did not come.

One call is what was blown at once on a matter: a run for each unit called. What happened in a run
is read off its events and limits; what may be done off its procedure file.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from huiyin.insight.standing import in_place
from huiyin.matters import access, numbers, owning, walking
from huiyin.matters.inbox import MOST_COUNTED
from huiyin.matters.inbox_filters import Key
from huiyin.matters.models import Assignment, EventHeader, Run, RunClock
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.procedures import library
from huiyin.procedures.language import State
from huiyin.units.models import Unit
from huiyin.web.clock_words import Stand, stand_of
from huiyin.web.due_lists import (
    counts_of,
    held_runs,
    of_runs,
    page_of_walks,
    runs_here,
    runs_over,
    waiting_of,
)
from huiyin.web.inbox_rows import title_of, within_city

RULES: Final = "whistle"
BLOW: Final = "blow_whistle"  # the act around it
CALLED, CALLER = "called", "caller"  # roles
PAGE: Final = 25  # calls
# What the line from the call to the end shows, in order: the act, and the limit it had to keep.
ANSWERED, CAME, LEFT = "set_out", "report_in", "finish"
STEPS: Final = (ANSWERED, CAME, LEFT)


class Show(StrEnum):
    """The lists of the page."""

    CALLED = "to_us"
    BLOWN = "by_us"
    SETTLE = "to_settle"
    HERE = "here"
    OVER = "over"


LABELS: Final[Mapping[Show, str | Promise]] = {
    Show.CALLED: gettext_lazy("Blown to us"),
    Show.BLOWN: gettext_lazy("Blown by us"),
    Show.SETTLE: gettext_lazy("To settle"),
    Show.HERE: gettext_lazy("All here"),
    Show.OVER: gettext_lazy("Over"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a called unit: when, None while it has not come; how its limit was kept.

    `is_left_out`: it will not come any more.
    """

    name: str
    label: str
    at: datetime | None
    stand: Stand | None = None
    is_left_out: bool = False


@dataclass(frozen=True, slots=True)
class Called:
    """A unit that was called. `tone`: how its chip looks; `stand`: the limit that runs now."""

    run: Run
    unit: Unit
    state: str
    tone: str
    stand: Stand | None
    steps: Sequence[Step]
    has_come: bool
    is_late: bool


@dataclass(slots=True)
class Call:
    """What was blown at once on a matter, with every unit called."""

    key: tuple[UUID | None, datetime]
    first: Run
    title: str
    number: str
    spoken: str
    place: str
    caller: str
    is_urgent: bool
    at: datetime
    units: list[Called] = field(default_factory=list)

    @property
    def came(self) -> int:
        """How many have reported in."""
        return sum(one.has_come for one in self.units)

    @property
    def late(self) -> int:
        """How many should be there and are not."""
        return sum(one.is_late for one in self.units)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of calls; `next`: where the page after it begins."""

    calls: Sequence[Call]
    next: Key | None


class Whistles:
    """The whistles a post has to do with, read in a fixed number of queries."""

    def __init__(self, by: Actor, *, at: datetime, place: Place | None = None) -> None:
        self.by, self.at, self.place = by, at, place

    @cached_property
    def shows(self) -> list[Show]:
        """The lists this post has."""
        wanted = [Show.CALLED, Show.BLOWN]
        if self.may_settle:
            wanted.append(Show.SETTLE)
        if self.place is not None:
            wanted.append(Show.HERE)
        return [*wanted, Show.OVER]

    @property
    def may_settle(self) -> bool:
        """Whether the post's office settles who has to come."""
        rules = library.procedure(RULES)
        return any(
            access.is_office(rule, self.by)
            for rule in rules.actors.values()
            if rule.covers and rule.unit_kinds
        )

    @cached_property
    def may_blow(self) -> bool:
        """Whether units of this kind may call others at all."""
        return any(
            self.by.unit_kind in rule.unit_kinds
            for rules in library.procedures().values()
            if BLOW in rules.actions
            for rule in (rules.actors[name] for name in rules.actions[BLOW].by)
        )

    @cached_property
    def counts(self) -> dict[Show, int]:
        """How many runs lie in each list, up to `MOST_COUNTED`; not of what is over. One query."""
        counted = [show for show in self.shows if show is not Show.OVER]
        return dict(zip(counted, counts_of([self._walks(show) for show in counted]), strict=True))

    def page(self, show: Show, *, after: Key | None = None) -> Page:
        """Return a page of calls: what is due first comes first, of what is over the latest."""
        walks = self._walks(show)
        shown, end = page_of_walks(walks, is_over=show is Show.OVER, after=after, size=PAGE)
        return Page(self._calls(shown), end)

    def call_of(self, run: Run) -> Call:
        """Return the call a run belongs to."""
        return self._calls([run])[0]

    # --- which runs -------------------------------------------------------------------------

    def _seen(self) -> QuerySet[Run]:
        return access.runs_seen_by(self.by).filter(procedure=RULES, matter__is_confidential=False)

    def _walk(self, show: Show) -> QuerySet[Assignment] | None:
        """Return what the unit itself has or had of a list; None where it is not about that."""
        runs = Run.objects.filter(procedure=RULES, matter__is_confidential=False)
        if show is Show.CALLED:
            return held_runs(self.by, roles=[CALLED], runs=runs.filter(is_done=False))
        if show is Show.BLOWN:
            return held_runs(self.by, roles=[CALLER], runs=runs.filter(is_done=False))
        if show is Show.OVER or (show is Show.HERE and self.place is None):
            return runs_over(self.by, roles=[CALLED, CALLER], runs=runs.filter(is_done=True))
        return None

    def _walks(self, show: Show) -> list[walking.Walk]:
        """Return the walks to what a list has: of the unit, to be settled by it, or open here."""
        walk = self._walk(show)
        if walk is not None:
            return [walk]
        if show is Show.SETTLE or self.place is None:
            rules = [one for one in owning.rules_of(self.by) if one[:1] == (RULES,)]
            waiting = walking.owned([one for one in rules if one[1] != CALLED], by=self.by)
            runs = Run.objects.filter(is_done=False, matter__is_confidential=False)
            return [of_runs(walk, runs) for walk in waiting]
        seen = access.runs_seen_by(self.by).filter(is_done=False)
        return runs_here(seen, procedure=RULES, place=self.place)

    # --- calls ------------------------------------------------------------------------------

    def _calls(self, runs: Sequence[Run]) -> list[Call]:
        """Return the calls of these runs, each with all its units, in the order of the runs."""
        keys = list(dict.fromkeys((run.parent_id, run.opened_at) for run in runs))
        beside = self._seen().filter(
            parent__in={parent for parent, _at in keys}, opened_at__in={at for _parent, at in keys}
        )
        known = {run.pk: run for run in runs}
        known |= {run.pk: run for run in beside.select_related("matter__words", "matter__place")}
        facts = _Facts(known.values(), at=self.at)
        calls: dict[tuple[UUID | None, datetime], Call] = {}
        for key in keys:
            first = next(run for run in runs if (run.parent_id, run.opened_at) == key)
            calls[key] = facts.call(key, first)
        for run in sorted(known.values(), key=lambda one: str(one.pk)):
            call = calls.get((run.parent_id, run.opened_at))
            if call is not None:
                call.units.append(facts.called(run))
        return list(calls.values())


class _Facts:
    """What is known of some runs: who holds them, their limits, when which step was taken."""

    def __init__(self, runs: Iterable[Run], *, at: datetime) -> None:
        self.at = at
        self.rules = library.procedure(RULES)
        ids = [run.pk for run in runs]
        self._units: dict[tuple[UUID, str], Unit] = {}
        held = Assignment.objects.filter(run__in=ids).select_related("unit")
        for row in held.order_by("from_at", "pk"):  # the last one holds it now
            self._units[row.run_id, row.role] = row.unit
        self._clocks = {(row.run_id, row.name): row for row in RunClock.objects.filter(run__in=ids)}
        events = EventHeader.objects.filter(run__in=ids, action__in=STEPS)
        self._taken = {
            (run, action): when
            for run, action, when in events.order_by("seq").values_list(
                "run_id", "action", "recorded_at"
            )
        }

    def call(self, key: tuple[UUID | None, datetime], first: Run) -> Call:
        caller = self._units.get((first.pk, CALLER))
        facts = first.memory.get("facts", {})
        return Call(
            key=key,
            first=first,
            title=title_of(first),
            number=first.matter.number,
            spoken=numbers.spoken(first.matter.number),
            place=within_city(first.matter.place),
            caller=caller.name if caller else "",
            is_urgent=facts.get("urgency") == "urgent",
            at=first.opened_at,
        )

    def called(self, run: Run) -> Called:
        state = self.rules.states[run.state]
        steps = [self._step(run, name) for name in STEPS]
        has_come = steps[STEPS.index(CAME)].at is not None
        running = self._running(run)
        return Called(
            run=run,
            unit=self._units[run.pk, CALLED],
            state=said(state.label),
            tone=_tone(state, has_come=has_come),
            stand=stand_of(running.due_at, at=self.at) if running and not run.is_done else None,
            steps=steps,
            has_come=has_come,
            is_late=bool(running and not run.is_done and running.due_at <= self.at),
        )

    def _running(self, run: Run) -> RunClock | None:
        clocks = [
            row
            for (run_id, _name), row in self._clocks.items()
            if run_id == run.pk and row.ended_at is None and not row.is_window
        ]
        return min(clocks, key=lambda row: row.due_at, default=None)

    def _step(self, run: Run, name: str) -> Step:
        when = self._taken.get((run.pk, name))
        clock = self._clocks.get((run.pk, name))  # the limit is called as the act that keeps it
        stand = None
        if when is not None and clock is not None and clock.ended_at is not None:
            stand = stand_of(clock.due_at, at=self.at, ended_at=clock.ended_at)
        later = STEPS[STEPS.index(name) + 1 :]
        is_left_out = run.is_done or any((run.pk, one) in self._taken for one in later)
        return Step(name, said(self.rules.actions[name].label), when, stand, is_left_out)


def _tone(state: State, *, has_come: bool) -> str:
    """Return how the chip of a state looks: it is the unit's turn, it is there, it is over."""
    if state.done or state.end:
        return "plain"
    if has_come and state.owner == CALLED:
        return "bamboo"
    return "indigo" if state.owner == CALLED else "persimmon"


def place_looked_after(by: Actor) -> Place | None:
    """Return the place whose whistles a post may all look at; None for who looks at its own."""
    if by.unit_place_id is None or not by.may("insight.see"):
        return None
    return Place.objects.get(pk=by.unit_place_id)


def runs_to_blow_on(by: Actor, *, place: Place, most: int = 12) -> list[Run]:
    """Return the latest open main runs in a place on which units can be called. One query."""
    names = [name for name, rules in library.procedures().items() if BLOW in rules.actions]
    seen = access.runs_seen_by(by).filter(
        in_place(place), procedure__in=names, is_done=False, parent=None,
        matter__is_confidential=False,
    )  # fmt: skip
    latest = seen.select_related("matter__words", "matter__place").order_by("-opened_at", "-pk")
    return list(latest[:most])


def waiting(by: Actor, *, at: datetime, most: int = MOST_COUNTED) -> int:
    """Return how many whistles wait for a post, up to `most`: to come, to finish, to settle.

    One query.
    """
    del at  # whatever waits, late or not
    return waiting_of(by, runs=Run.objects.filter(is_done=False), procedure=RULES, most=most)
