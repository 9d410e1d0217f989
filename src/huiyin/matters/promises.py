"""What a person is promised: the days between the word given and the answer, kept or to come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from huiyin.categories.models import Category
from huiyin.matters.acting import held_by
from huiyin.matters.intake import placed
from huiyin.matters.models import Matter, Run, RunClock
from huiyin.matters.people_in import STRANGER
from huiyin.matters.wording import said
from huiyin.places.models import Place
from huiyin.procedures import Refusal, decide, library
from huiyin.procedures.language import ClockKind
from huiyin.procedures.runs import Values

PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Promise:
    """A promised answer. `ended_at`: when it was kept or given up; None while it runs.

    `is_provisional`: the calendar of a year it touches has not been announced yet.
    """

    started_at: datetime
    due_on: date
    due_at: datetime
    ended_at: datetime | None = None
    is_paused: bool = False
    is_provisional: bool = False

    def is_late(self, at: datetime) -> bool:
        """Tell whether it was kept too late, or is not kept yet and over."""
        return (self.ended_at or at) > self.due_at


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would follow if somebody sent this now: where it stands, who is next, the promise."""

    state: str
    plain: str
    who: str
    promise: Promise | None


def promise_of(run_id: UUID) -> Promise | None:
    """Return the promise that holds in a run the reader sees: what still runs before what ended.

    One query.
    """
    rows = RunClock.objects.filter(run=run_id, kind=ClockKind.PROMISE, is_window=False)
    return _first(
        Promise(
            row.started_at, row.due_on, row.due_at, row.ended_at,
            is_paused=row.status == PAUSED, is_provisional=row.is_provisional,
        )
        for row in rows
    )  # fmt: skip


def foreseen(
    *, procedure: str, action: str, form: Values, place: Place, category: Category | None,
    at: datetime,
) -> Foreseen | None:  # fmt: skip
    """Return what a person would be told after this opening, without writing anything.

    The engine decides it by the rules and limits of now, so it is what sending will bring. None
    when the opening would be refused as it is.
    """
    matter = Matter(**placed(place), category=category, opened_at=at)
    rules = library.procedure(procedure)
    run = Run(matter=matter, procedure=rules.name, version=rules.version)
    held = held_by(run, matter, (), at=at)
    answer = decide(rules, held.before, action, form, STRANGER, at, held.facts)
    if isinstance(answer, Refusal):
        return None
    state = rules.states[answer.after.state]
    clocks = answer.after.clocks.values()
    owner = rules.actors.get(state.owner)
    return Foreseen(
        state=said(state.label),
        plain=said(state.plain) or said(state.label),
        who=said(owner.label) if owner else "",
        promise=_first(
            Promise(clock.started_at, clock.due_on, clock.due_at, clock.ended_at)
            for clock in clocks
            if rules.clocks[clock.name].kind is ClockKind.PROMISE
        ),
    )


def _first(found: Iterable[Promise]) -> Promise | None:
    ordered = sorted(found, key=lambda one: (one.ended_at is not None, one.due_at))
    return ordered[0] if ordered else None
