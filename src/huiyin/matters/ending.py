"""The ends of limits of many runs in one transaction: overdue, lapsed, or the act that follows.

What each run gets is what `acting.expire_clock` gives it (the same engine, the same rows); it is
only read and written together, in a fixed number of statements however many runs there are. An end
that draws more along than its own run (child runs, a parent told, another procedure, effects, facts
from outside) is taken by itself (`keeping`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from huiyin.dispatch.ladder import Rules
from huiyin.matters import codec
from huiyin.matters.acting import snapshot_of
from huiyin.matters.chain import canonical
from huiyin.matters.copying import copy_rows
from huiyin.matters.first_look import known_rules
from huiyin.matters.limits import calendar, limits_for, procedure_of
from huiyin.matters.listening import Happened, tell_all
from huiyin.matters.models import (
    Assignment,
    Contact,
    EventBody,
    EventHeader,
    Matter,
    Run,
    RunClock,
)
from huiyin.matters.writing import (
    CLOCK_FIELDS,
    Rows,
    done_since,
    drafted,
    ended_roles,
    nearest_duty,
)
from huiyin.people.actors import SYSTEM
from huiyin.procedures import Decision, Facts, Procedure, Snapshot, due_clocks, expire
from huiyin.procedures.runs import Status
from huiyin.worktime import Limit

PROJECTED = (
    "id", "state", "owner", "is_done", "is_closed", "is_over", "changed_at", "done_at", "due_at",
    "events", "memory",
)  # fmt: skip
MOST_A_RUN = 50  # ends of limits of one run in one go; more would be a fault of its procedure


@dataclass(frozen=True, slots=True)
class Ended:
    """What a chunk came to: ends written; runs that have to be taken by themselves; runs that
    somebody else was at.
    """

    fired: int
    alone: tuple[UUID, ...]
    busy: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class _End:
    """One end: what the engine says of it, how the run stood before, and its rows."""

    run: Run
    procedure: Procedure
    contacts: tuple[Contact, ...]
    before: Snapshot
    memory: codec.Json
    decision: Decision
    rows: Rows

    @property
    def is_act(self) -> bool:
        """Whether the system acts by it."""
        return bool(self.decision.event.action)


class _Limits(Mapping[str, Limit]):
    """The limits of one matter, read when the first is asked for: most ends begin none."""

    def __init__(self, procedure: Procedure, matter: Matter, at: datetime) -> None:
        self._of = procedure, matter, at
        self._read: dict[str, Limit] | None = None

    def _all(self) -> dict[str, Limit]:
        if self._read is None:
            procedure, matter, at = self._of
            self._read = limits_for(procedure, matter, at=at)
        return self._read

    def __getitem__(self, key: str) -> Limit:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


def end_together(run_ids: Sequence[UUID], *, at: datetime) -> Ended:
    """Write every end of limits that has come of these runs, each run earliest first.

    Two statements to lock and read any number of runs, at most ten to write; an act that begins
    limits or tells somebody adds its own. A run that somebody acts on just now is left alone.
    """
    with transaction.atomic():
        runs = _locked(run_ids)
        contacts = _contacts(runs)
        ladders = known_rules()
        ends: list[_End] = []
        alone = []
        for run in runs:
            found = _ends_of(run, contacts.get(run.matter_id, ()), ladders, at)
            if found is None:
                alone.append(run.pk)
            else:
                ends += found
        _write(ends, at)
    ours = {run.pk for run in runs}
    busy = tuple(run_id for run_id in run_ids if run_id not in ours)
    return Ended(len(ends), tuple(alone), busy)


def _locked(run_ids: Sequence[UUID]) -> list[Run]:
    """Lock these runs with their matters, as `acting.hold` does; others' are left alone."""
    found = (
        Run.objects.select_for_update(of=("matter", "self"), no_key=True, skip_locked=True)
        .select_related("matter", "matter__category")
        .annotate(has_merged=Exists(Matter.objects.filter(merged_into=OuterRef("matter"))))
        .filter(pk__in=run_ids)
        .order_by("matter_id", "pk")
    )
    runs: list[Run] = []
    for run in found:
        run.matter.has_merged = run.has_merged
        runs.append(run)
    return runs


def _contacts(runs: Sequence[Run]) -> dict[UUID, tuple[Contact, ...]]:
    """Return the people of each matter."""
    rows = Contact.objects.filter(matter__in={run.matter_id for run in runs})
    found: dict[UUID, tuple[Contact, ...]] = {}
    for row in rows.select_related("account").order_by("id"):
        found[row.matter_id] = (*found.get(row.matter_id, ()), row)
    return found


def _ends_of(
    run: Run, contacts: tuple[Contact, ...], ladders: Rules, at: datetime
) -> list[_End] | None:
    """Return the ends of one run, in order; None where one of them draws more along."""
    procedure = procedure_of(run.procedure)
    now = snapshot_of(run, run.matter, procedure, contacts)
    facts = Facts(calendar=calendar(), limits=_Limits(procedure, run.matter, at))
    answers: list[tuple[Snapshot, Decision]] = []
    for _ in range(MOST_A_RUN):
        due = due_clocks(now, at)
        if not due:
            break
        if _reads_outside(procedure, due[0].name):
            return None
        answer = expire(procedure, now, due[0].name, at, facts)
        if not isinstance(answer, Decision):
            break
        if _draws_along(run, procedure, answer):
            return None
        answers.append((now, answer))
        now = answer.after
    found = []
    for before, answer in answers:
        memory = run.memory
        rows = drafted(run, procedure, answer, by=SYSTEM, contact="", at=at, ladders=ladders)
        found.append(_End(run, procedure, contacts, before, memory, answer, rows))
    return found


def _reads_outside(procedure: Procedure, clock: str) -> bool:
    act = procedure.actions.get(procedure.clocks[clock].expiry_action)
    return act is not None and any(procedure.facts[name].outside for name in act.reads)


def _draws_along(run: Run, procedure: Procedure, answer: Decision) -> bool:
    """Tell whether something beyond the run itself follows from a decision."""
    act = procedure.actions.get(answer.event.action)
    return bool(
        answer.openings
        or answer.hands_over_to
        or answer.merges_into
        or answer.effects
        or (answer.done_with is not None and run.parent_id)
        or (act is not None and act.checks)
    )


# --- what is written ------------------------------------------------------------------------------


def _write(ends: Sequence[_End], at: datetime) -> None:
    """Write the runs, their events and what follows; then whoever listens writes what is theirs."""
    if not ends:
        return
    _write_runs({end.run.pk: end.run for end in ends})
    copy_rows(EventHeader, [end.rows.event for end in ends])
    copy_rows(EventBody, [end.rows.body for end in ends])
    acted = {end.run.pk for end in ends if end.is_act}
    last = {(row.run_id, row.name): row for end in ends for row in end.rows.clocks}
    _upsert_clocks([row for (run_id, _), row in last.items() if run_id in acted])
    _end_clocks([row for (run_id, _), row in last.items() if run_id not in acted])
    _write_assignments([end for end in ends if end.is_act], at)
    _write_due(ends)
    tell_all(
        [
            Happened(
                end.run.matter, end.run, end.procedure, end.rows.event, end.decision, at,
                end.before, end.contacts,
            )
            for end in ends
        ]
    )  # fmt: skip


def _write_runs(runs: Mapping[UUID, Run]) -> None:
    """Write the whole projection of runs that are there, sent as one JSON text."""
    rows = [
        {**{name: getattr(run, name) for name in PROJECTED}, "head": bytes(run.head).hex()}
        for run in runs.values()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_run SET state = given.state, owner = given.owner,"
            " is_done = given.is_done, is_closed = given.is_closed, is_over = given.is_over,"
            " changed_at = given.changed_at, done_at = given.done_at, due_at = given.due_at,"
            " events = given.events, head = decode(given.head, 'hex'), memory = given.memory"
            " FROM json_to_recordset(%s) AS given (id uuid, state text, owner text,"
            " is_done boolean, is_closed boolean, is_over boolean, changed_at timestamptz,"
            " done_at timestamptz, due_at timestamptz, events int, head text, memory jsonb)"
            " WHERE matters_run.id = given.id",
            [canonical(rows).decode()],
        )


def _upsert_clocks(rows: Sequence[RunClock]) -> None:
    """Write the clocks of runs on which the system acted: new ones too."""
    if rows:
        RunClock.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["run", "name"],
            update_fields=list(CLOCK_FIELDS),
        )  # fmt: skip


def _end_clocks(rows: Sequence[RunClock]) -> None:
    """Write what an end that is only recorded changes of a clock.

    Who hears of it next and when goes by its beginning and its end: where it runs on, the time at
    which it is looked at stays as the ladder has it.
    """
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_runclock AS held SET status = given.status,"
            " overdue_at = given.overdue_at, ended_at = given.ended_at, outcome = given.outcome,"
            " next_step_at = CASE WHEN given.goes_on THEN held.next_step_at END"
            " FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::timestamptz[],"
            " %s::timestamptz[], %s::text[], %s::boolean[])"
            " AS given (run, name, status, overdue_at, ended_at, outcome, goes_on)"
            " WHERE held.run_id = given.run AND held.name = given.name",
            [
                [row.run_id for row in rows],
                [row.name for row in rows],
                [row.status for row in rows],
                [row.overdue_at for row in rows],
                [row.ended_at for row in rows],
                [row.outcome for row in rows],
                [row.status == Status.RUNNING.value for row in rows],
            ],
        )


def _write_assignments(ends: Sequence[_End], at: datetime) -> None:
    """End the assignments that acts take away, with a run that is over all of them; begin others.

    A role that one act gives and a later one of the same chunk takes ends where it began.
    """
    begun = [row for end in ends for row in end.rows.assignments]
    gone = [
        (end.run.pk, role, UUID(unit))
        for end in ends
        for role, unit in ended_roles(end.memory, codec.encoded(end.decision.after))
    ]
    over = {end.run.pk for end in ends if end.run.is_over}
    for row in begun:
        if (row.run_id, row.role, row.unit_id) in gone or row.run_id in over:
            row.to_at = at
    if gone:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE matters_assignment AS held SET to_at = %s"
                " FROM unnest(%s::uuid[], %s::text[], %s::uuid[]) AS given (run, role, unit)"
                " WHERE held.run_id = given.run AND held.role = given.role"
                " AND held.unit_id = given.unit AND held.to_at IS NULL",
                [at, *(list(column) for column in zip(*gone, strict=True))],
            )
    if over:
        Assignment.objects.filter(run__in=over, to_at=None).update(to_at=at)
    _write_done(ends, begun)
    Assignment.objects.bulk_create(begun)


def _write_due(ends: Sequence[_End]) -> None:
    """Write what is due next now for the units that hold the runs, where that is another limit."""
    was = {
        end.run.pk: nearest_duty(end.procedure, end.before.clocks.values())
        for end in reversed(ends)
    }
    now = {end.run.pk: end.run.due_at for end in ends if not end.run.is_over}
    changed = {pk: due for pk, due in now.items() if due != was[pk]}
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE matters_assignment AS held SET due_at = given.due"
                " FROM unnest(%s::uuid[], %s::timestamptz[]) AS given (run, due)"
                " WHERE held.run_id = given.run AND held.to_at IS NULL"
                " AND held.due_at IS DISTINCT FROM given.due",
                [list(changed), list(changed.values())],
            )


def _write_done(ends: Sequence[_End], begun: Sequence[Assignment]) -> None:
    """Write since when runs are done that by these ends are done, or are so no more."""
    for row in begun:
        row.done_at = done_since(row.run)
    changed = {
        end.run.pk: done_since(end.run)
        for end in ends
        if end.before.state != end.decision.after.state
    }
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE matters_assignment AS held SET done_at = given.at"
                " FROM unnest(%s::uuid[], %s::timestamptz[]) AS given (run, at)"
                " WHERE held.run_id = given.run AND held.done_at IS DISTINCT FROM given.at",
                [list(changed), list(changed.values())],
            )
