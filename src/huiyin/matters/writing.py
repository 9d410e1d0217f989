"""What a decision becomes in the database: one event, the run, its clocks, its assignments.

The one place that writes a run. Everything is derived from the engine's answer.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Model

from huiyin.dispatch.ladder import Rules
from huiyin.dispatch.steps import Times
from huiyin.matters import codec
from huiyin.matters.chain import START, digest_of, hash_of, new_salt
from huiyin.matters.copying import copy_rows
from huiyin.matters.first_look import NO_RULES, first_look, known_rules
from huiyin.matters.limits import calendar
from huiyin.matters.models import RANKS, Assignment, EventBody, EventHeader, Run, RunClock
from huiyin.people.actors import Actor as Account
from huiyin.procedures import Clock, Decision, Procedure
from huiyin.procedures.language import ClockRule
from huiyin.procedures.runs import Status
from huiyin.ui.instances import new
from huiyin.ui.rows import Writing, overwriting

MARKS = "marks"  # where a header keeps what an event that is no step has to say
ESCALATED = "clock.escalated"  # an event that says who was told of a limit
_END_THEM = (
    f"UPDATE {Assignment._meta.db_table} SET to_at = %s"  # noqa: S608 the table's own name
    " WHERE run_id = %s AND to_at IS NULL"
)
_END_ONE = f"{_END_THEM} AND role = %s AND unit_id = %s"
_MOVED = (
    f"UPDATE {Assignment._meta.db_table} SET moved_at = %s"  # noqa: S608 the table's own name
    " WHERE run_id = %s AND unit_id = %s AND to_at IS NULL AND moved_at IS NULL"
)
_DUE = (
    f"UPDATE {Assignment._meta.db_table} SET due_at = %s"  # noqa: S608 the table's own name
    " WHERE run_id = %s AND to_at IS NULL"
)
_DONE = f"UPDATE {Assignment._meta.db_table} SET done_at = %s WHERE run_id = %s"  # noqa: S608 as above
CLOCK_FIELDS = (
    "kind", "unit_id", "is_window", "status", "started_at", "due_on", "due_at", "is_provisional",
    "overdue_at", "ended_at", "outcome", "next_step_at",
)  # fmt: skip


def write(
    run: Run, procedure: Procedure, decision: Decision, *, by: Account, contact: str, at: datetime,
    occurred_at: datetime | None = None, marks: codec.Json | None = None,
    first: Sequence[Model] = (), into: Writing,
) -> "Rows":  # fmt: skip
    """Write what a decision says: its event first, then everything that follows from it.

    `run`: locked, or not saved yet when it is being opened. `contact`: the person of the matter who
    acted, if one did. `marks`: what its header keeps besides, such as a receipt. `first`: new rows
    that have to be there before the run. `into`: everything is added to it, and not sent yet.
    """
    is_new = run.events == 0
    before, was_done, was_due = run.memory, run.is_done, run.due_at
    rows = drafted(
        run, procedure, decision, by=by, contact=contact, at=at, occurred_at=occurred_at,
        marks=marks,
    )  # fmt: skip
    into.insert(first)
    if is_new:
        into.insert([run])
    else:
        into.update(run)
    into.insert([rows.event, rows.body])
    if rows.clocks:
        into.insert(
            rows.clocks,
            on_conflict=overwriting(RunClock, key=("run", "name"), fields=CLOCK_FIELDS),
        )
    if not is_new:
        _end_assignments(into, run, before, at)
        _mark_assignments(into, run, before, rows.event, was_done=was_done)
        if run.due_at != was_due and not run.is_over and _held(before):
            into.statement(_DUE, run.due_at, run.pk)
    into.insert(rows.assignments)
    return rows


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows that an act brings, not saved yet: by `write` one by one, by an import in bulk."""

    event: EventHeader
    body: EventBody
    clocks: list[RunClock]
    assignments: list[Assignment]


def drafted(
    run: Run, procedure: Procedure, decision: Decision, *, by: Account, contact: str, at: datetime,
    occurred_at: datetime | None = None, marks: codec.Json | None = None,
    ladders: Rules | None = None,
) -> Rows:  # fmt: skip
    """Return the rows of an act as `write` saves them; the run itself is changed.

    `ladders`: the rules of ladders, for whoever draws up many; else at most one query.
    """
    before = run.memory
    after = codec.encoded(decision.after)
    if run.events == 0:
        run.opened_at, run.head = at, START
        run.came_in_at, run.urgency_rank = run.matter.opened_at, RANKS[run.matter.urgency]
        run.opener_id = by.unit_id
    event, body = _event(
        run, procedure, decision, before, after, by, contact, at, occurred_at, marks
    )
    run.memory = after
    run.events, run.head, run.changed_at = event.seq, event.hash, at
    _project(run, procedure, decision, at)
    changed = set(event.effects.get("clocks", {}).get("put", {}))
    if (before.get("roles"), before.get("state")) != (after["roles"], after["state"]):
        # Somebody else may be the one to tell of limits that go on: the clock-keeper looks anew.
        changed |= {one.name for one in decision.after.clocks.values() if one.is_alive}
    clocks = [one for one in decision.after.clocks.values() if one.name in changed]
    known = ladders or (known_rules() if clocks else NO_RULES)
    return Rows(
        event=event,
        body=body,
        clocks=[clock_row(run, procedure.clocks[one.name], one, at, known) for one in clocks],
        assignments=_begun_assignments(run, before, after, mover_of(event), at),
    )


def record(
    run: Run, kind: str, content: codec.Json, *, by: Account, at: datetime,
    marks: codec.Json | None = None, contact: str = "", occurred_at: datetime | None = None,
) -> EventHeader:  # fmt: skip
    """Write an event that is no step of the procedure: the run stays as it is.

    `run`: its matter is locked. `kind`: "<capability>.<what_happened>"; the point keeps it apart
    from every action. `content`: what may be personal, for the body; `marks`: what is not and has
    to outlast a redaction, for the header.
    """
    event, body = noted(
        run, kind, content, by=by, at=at, marks=marks, contact=contact, occurred_at=occurred_at
    )
    writing = Writing()
    writing.update(run, ("events", "head", "changed_at"))
    writing.insert([event, body])
    writing.now()
    return event


def record_many(events: Sequence[tuple[EventHeader, EventBody]]) -> None:
    """Write events that `noted` has drawn up, each of another run, in three queries."""
    if not events:
        return
    runs = [event.run for event, _ in events]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_run SET events = given.events, head = given.head, changed_at = given.at"
            " FROM unnest(%s::uuid[], %s::int[], %s::bytea[], %s::timestamptz[])"
            " AS given (id, events, head, at) WHERE matters_run.id = given.id",
            [
                [run.pk for run in runs],
                [run.events for run in runs],
                [bytes(run.head) for run in runs],
                [run.changed_at for run in runs],
            ],
        )
    copy_rows(EventHeader, [event for event, _ in events])
    copy_rows(EventBody, [body for _, body in events])


def noted(
    run: Run, kind: str, content: codec.Json, *, by: Account, at: datetime,
    marks: codec.Json | None = None, contact: str = "", occurred_at: datetime | None = None,
) -> tuple[EventHeader, EventBody]:  # fmt: skip
    """Return the event that `record` writes, not saved yet; the run itself is changed. No query."""
    salt = new_salt()
    event = new(
        EventHeader,
        run=run,
        seq=run.events + 1,
        action=kind,
        account_id=by.account_id,
        post_id=by.post_id,
        unit_id=by.unit_id,
        contact_id=UUID(contact) if contact else None,
        recorded_at=at,
        occurred_at=occurred_at,
        from_state=run.state,
        to_state=run.state,
        effects={MARKS: marks} if marks else {},
        body_digest=digest_of(content, salt),
        previous=bytes(run.head),
    )
    event.hash = hash_of(event)
    run.events, run.head, run.changed_at = event.seq, event.hash, at
    return event, new(EventBody, event=event, salt=salt, content=content)


def _event(
    run: Run, procedure: Procedure, decision: Decision, before: codec.Json, after: codec.Json,
    by: Account, contact: str, at: datetime, occurred_at: datetime | None,
    marks: codec.Json | None,
) -> tuple[EventHeader, EventBody]:  # fmt: skip
    said = decision.event
    effects, personal = codec.split_personal(codec.difference(before, after), procedure)
    if marks:
        effects = {**effects, MARKS: marks}
    content: dict[str, Any] = {"form": {k: codec.value_out(v) for k, v in said.form.items()}}
    if personal:
        content["facts"] = personal
    salt = new_salt()
    event = new(
        EventHeader,
        run=run,
        seq=run.events + 1,
        action=said.action,
        as_actor=said.as_actor,
        account_id=by.account_id,
        post_id=by.post_id,
        unit_id=by.unit_id,
        contact_id=UUID(contact) if contact else None,
        on_behalf_of=said.on_behalf_of,
        recorded_at=at,
        occurred_at=occurred_at,
        from_state=said.from_state,
        to_state=said.to_state,
        is_pending=said.is_pending,
        effects=effects,
        body_digest=digest_of(content, salt),
        previous=bytes(run.head),
    )
    event.hash = hash_of(event)
    return event, new(EventBody, event=event, salt=salt, content=content)


def _project(run: Run, procedure: Procedure, decision: Decision, at: datetime) -> None:
    """Fill the columns that lists read."""
    state = procedure.states[decision.after.state]
    run.state, run.owner = state.name, state.owner
    run.is_done, run.is_closed, run.is_over = state.done, state.closed, state.end
    if state.done and run.done_at is None:
        run.done_at = at
    run.due_at = nearest_duty(procedure, decision.after.clocks.values())


def nearest_duty(procedure: Procedure, clocks: Iterable[Clock]) -> datetime | None:
    """Return the nearest end among the running clocks that are duties, not rights."""
    return min(
        (
            clock.due_at
            for clock in clocks
            if clock.status is Status.RUNNING and not procedure.clocks[clock.name].is_window
        ),
        default=None,
    )


def clock_row(run: Run, rule: ClockRule, clock: Clock, at: datetime, rules: Rules) -> RunClock:
    """Return the row of a clock as an act at an instant leaves it; `rules`: those of ladders."""
    return new(
        RunClock,
        run=run,
        name=clock.name,
        kind=rule.kind.value,
        unit_id=UUID(clock.unit) if clock.unit else None,
        is_window=rule.is_window,
        status=clock.status.value,
        started_at=clock.started_at,
        due_on=clock.due_on,
        due_at=clock.due_at,
        is_provisional=clock.is_provisional,
        overdue_at=clock.overdue_at,
        ended_at=clock.ended_at,
        outcome=clock.outcome.value if clock.outcome else "",
        next_step_at=_next_look(run, rule, clock, at, rules),
    )


def _next_look(
    run: Run, rule: ClockRule, clock: Clock, at: datetime, rules: Rules
) -> datetime | None:
    """Return before when no ladder says anything of a clock; None while it rests or is over."""
    if clock.status is not Status.RUNNING:
        return None
    return first_look(
        rule, Times(clock.started_at, clock.due_at), rules, calendar(),
        urgency=run.matter.urgency, has_unit=bool(clock.unit), at=at,
    )  # fmt: skip


def _end_assignments(writing: Writing, run: Run, before: codec.Json, at: datetime) -> None:
    """End the assignments that are over; with the run all of them."""
    if run.is_over:
        writing.statement(_END_THEM, at, run.pk)
        return
    for role, unit in sorted(_held(before) - _held(run.memory)):
        writing.statement(_END_ONE, at, run.pk, role, UUID(unit))


def _mark_assignments(
    writing: Writing, run: Run, before: codec.Json, event: EventHeader, *, was_done: bool
) -> None:
    """Note that a unit has moved on what it holds, and since when a run is done."""
    mover = mover_of(event)
    if mover and not run.is_over and any(unit == str(mover) for _role, unit in _held(before)):
        writing.statement(_MOVED, event.recorded_at, run.pk, mover)
    if run.is_done != was_done:
        writing.statement(_DONE, done_since(run), run.pk)


def mover_of(event: EventHeader) -> UUID | None:
    """Return the unit that moved a run on with an act; None where none did or it stays there."""
    return event.unit_id if event.from_state != event.to_state else None


def done_since(run: Run) -> datetime | None:
    """Return what assignments repeat of a run: when it was done, as long as it is."""
    return run.done_at if run.is_done else None


def ended_roles(before: codec.Json, after: codec.Json) -> set[tuple[str, str]]:
    """Return the roles that units have lost between two memories of a run: role and unit."""
    return _held(before) - _held(after)


def _begun_assignments(
    run: Run, before: codec.Json, after: codec.Json, mover: UUID | None, at: datetime
) -> list[Assignment]:
    """Return the new assignments."""
    senders = after["senders"]
    return [
        new(
            Assignment,
            run=run,
            role=role,
            unit_id=UUID(unit),
            sender_id=UUID(senders[role]) if senders.get(role) else None,
            from_at=at,
            to_at=at if run.is_over else None,
            moved_at=at if unit == str(mover) else None,
            done_at=done_since(run),
            due_at=run.due_at,
            came_in_at=run.matter.opened_at,
        )
        for role, unit in sorted(_held(after) - _held(before))
    ]


def _held(memory: codec.Json) -> set[tuple[str, str]]:
    return {(role, unit) for role, units in memory.get("roles", {}).items() for unit in units}
