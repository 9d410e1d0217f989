"""The steps of the ladder: who hears of a limit before, at and after its end, each step once.

Runs are taken in chunks, each in a transaction of its own with what it tells; what somebody is
acting on just now is left for the next look. A `kill -9` loses nothing and doubles nothing: a step,
its event, its notices and the time of the next look are written together.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Final
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q

from huiyin.categories.models import Urgency
from huiyin.dispatch.ladder import Held, Ladder, Rules, Step, ladders, rules_in_use
from huiyin.dispatch.models import ClockKind, Level, Phase
from huiyin.dispatch.office_hours import OnDuty, on_duty_many
from huiyin.dispatch.steps import Times
from huiyin.matters.copying import copy_rows
from huiyin.matters.first_look import whens
from huiyin.matters.holding import holders
from huiyin.matters.limits import calendar, procedure_of
from huiyin.matters.models import (
    Assignment,
    EventBody,
    EventHeader,
    Run,
    RunClock,
    StepTaken,
)
from huiyin.matters.side_by_side import half_of, in_chunks
from huiyin.matters.writing import ESCALATED, MARKS, noted, record_many
from huiyin.notices import recipients
from huiyin.notices.facts import Facts
from huiyin.notices.outbox import Draft, put_many
from huiyin.people.actors import SYSTEM
from huiyin.people.refusals import PhoneNotMobile
from huiyin.procedures import Procedure
from huiyin.procedures.language import ClockRule, Expiry
from huiyin.ui.refusals import Refusal as WhyNot
from huiyin.units.models import Unit

log = structlog.get_logger("huiyin.matters")
STEPS: Final = "steps"  # in the marks of that event: [clock, rung, unit, role] of each step taken
PASSED: Final = "passed_over"  # … and of each that a higher one made needless
CHUNK: Final = 200
NAMES: Final = {Phase.WARNING: "clock.warning", Phase.DUE: "clock.due"}
# What is told first where one unit would hear of several limits of a run in one look.
WEIGHT: Final = (
    "clock.warning", "clock.due", "clock.overdue", "clock.escalated", "clock.unheld",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stepped:
    """What a pass did: steps taken (not those passed over), runs left to others or to their end."""

    taken: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class _Look:
    """One clock that is looked at: who holds it, its ladder, and the steps that come now."""

    run: Run
    clock: RunClock
    unit_id: UUID | None
    ladder: Ladder
    take: tuple[Step, ...]
    pass_over: tuple[Step, ...]


def take_steps(
    *, at: datetime, chunk: int = CHUNK, threads: int = 1, half: int | None = None
) -> Stepped:  # fmt: skip
    """Take every step that has come at an instant: of what no unit has first, then what is urgent.

    One query for the rules, one for what is due, and about fifteen for every chunk of runs.
    `half`: of the runs alone that belong to it.
    """
    rules = rules_in_use()
    due = [run_id for run_id in _due(at) if half in (None, half_of(run_id))]
    taken = left = 0
    work = partial(_parts, at=at, rules=rules)
    for parts in in_chunks(due, chunk, work, threads=threads):
        for part in parts:
            taken, left = taken + part.taken, left + part.left
    return Stepped(taken, left)


def _parts(run_ids: Sequence[UUID], at: datetime, rules: Rules) -> list[Stepped]:
    """Take the steps of a chunk; one by one where something is wrong with a run among them."""
    try:
        return [_chunk(run_ids, at, rules)]
    except (WhyNot, LookupError, ValueError):
        if len(run_ids) == 1:
            log.exception("clock_not_looked_at", run=str(run_ids[0]))
            return [Stepped(left=1)]
    return [part for pk in run_ids for part in _parts([pk], at, rules)]


def _due(at: datetime) -> list[UUID]:
    """Return the runs with a limit to be looked at."""
    has_unit = Exists(Assignment.objects.filter(run=OuterRef("run_id"), to_at=None))
    clocks = (
        RunClock.objects.filter(next_step_at__lte=at, run__is_over=False)
        .annotate(has_unit=has_unit)
        .alias(is_normal=Q(run__matter__urgency=Level.NORMAL))
        .order_by("has_unit", "is_normal", "next_step_at", "pk")
    )
    return list(dict.fromkeys(clocks.values_list("run_id", flat=True)))


def _chunk(run_ids: Sequence[UUID], at: datetime, rules: Rules) -> Stepped:
    with transaction.atomic():
        runs = _locked(run_ids)
        running: dict[UUID, list[RunClock]] = {pk: [] for pk in runs}
        for clock in RunClock.objects.filter(run__in=runs, status="running").order_by("pk"):
            running[clock.run_id].append(clock)
        ready = {pk: run for pk, run in runs.items() if not _ends_itself(run, running[pk], at)}
        clocks = [
            clock
            for pk in ready
            for clock in running[pk]
            if clock.next_step_at is not None and clock.next_step_at <= at
        ]
        looks = _looks(ready, clocks, at, rules)
        _look_next(clocks)
        _write(looks, at)
    return Stepped(sum(len(look.take) for look in looks), len(run_ids) - len(ready))


def _look_next(clocks: Sequence[RunClock]) -> None:
    """Write when each of these clocks is to be looked at next."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_runclock SET next_step_at = given.at"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS given (id, at)"
            " WHERE matters_runclock.id = given.id",
            [[clock.pk for clock in clocks], [clock.next_step_at for clock in clocks]],
        )


def _locked(run_ids: Sequence[UUID]) -> dict[UUID, Run]:
    """Lock these runs with their matters, as `acting.hold` does; others' are left alone."""
    found = (
        Run.objects.select_for_update(of=("matter", "self"), no_key=True, skip_locked=True)
        .select_related("matter")
        .filter(pk__in=run_ids, is_over=False)
        .order_by("matter_id", "pk")
    )
    return {run.pk: run for run in found}


def _ends_itself(run: Run, clocks: Sequence[RunClock], at: datetime) -> bool:
    """Tell whether a limit is over on which the system acts: that comes before anybody is told."""
    rules = procedure_of(run.procedure).clocks
    return any(
        clock.due_at <= at and clock.name in rules and rules[clock.name].on_expiry is Expiry.ACT
        for clock in clocks
    )


# --- which steps come -----------------------------------------------------------------------------


def _looks(
    runs: Mapping[UUID, Run], clocks: Sequence[RunClock], at: datetime, rules: Rules
) -> list[_Look]:
    """Return what comes now for each clock, and set when it is to be looked at next."""
    held = holders(list(runs.values()))
    units = [clock.unit_id or held[clock.run_id] for clock in clocks]
    asked = [
        _asked(runs[clock.run_id], clock, unit)
        for clock, unit in zip(clocks, units, strict=True)
    ]  # fmt: skip
    told: dict[int, list[StepTaken]] = {}
    for step in StepTaken.objects.filter(clock__in=clocks).order_by("at", "pk"):
        told.setdefault(step.clock_id, []).append(step)
    found = []
    for clock, unit, ladder in zip(clocks, units, ladders(asked, at=at, known=rules), strict=True):
        run = runs[clock.run_id]
        rule = procedure_of(run.procedure).clocks[clock.name]
        found.append(_look(run, clock, rule, unit, ladder, told.get(clock.pk, ()), at))
    return sorted(found, key=lambda look: look.ladder.priority)


def _asked(run: Run, clock: RunClock, unit: UUID | None) -> Held:
    is_urgent = run.matter.urgency != Level.NORMAL
    return Held(
        unit_id=unit,
        place_id=run.matter.place_id,
        clock_kind=ClockKind(clock.kind),
        urgency=Urgency.URGENT if is_urgent else Urgency.NORMAL,
        exclude=frozenset(run.matter.accused),
    )


def _look(
    run: Run, clock: RunClock, rule: ClockRule, unit: UUID | None, ladder: Ladder,
    told: Sequence[StepTaken], at: datetime,
) -> _Look:  # fmt: skip
    days = calendar()
    times = Times(clock.started_at, clock.due_at)
    if rule.warnings:
        ladder = ladder.warned(whens(rule), times, calendar=days)
    if rule.on_expiry is not Expiry.FAULT:
        warnings = tuple(step for step in ladder.steps if step.phase == Phase.WARNING)
        ladder = replace(ladder, steps=warnings if rule.warnings else ())
    there = {step.key: step for step in ladder.steps}
    # A step taken for a clock of this name that began at another time, or told to another unit,
    # was another step.
    fired = {
        one.rung: one.at
        for one in told
        if one.began_at == clock.started_at
        and one.rung in there
        and there[one.rung].contact.unit_id == one.unit_id
    }
    due = ladder.due(times, fired, now=at, calendar=days)
    fired |= dict.fromkeys((*due.take, *due.pass_over), at)
    clock.next_step_at = ladder.next_at(times, fired, now=at, calendar=days)
    return _Look(
        run, clock, unit, ladder,
        take=tuple(there[key] for key in due.take),
        pass_over=tuple(there[key] for key in due.pass_over),
    )  # fmt: skip


# --- what is written ------------------------------------------------------------------------------


def _write(looks: Sequence[_Look], at: datetime) -> None:
    """Write the events, the steps and the notices of a chunk."""
    of_runs: dict[UUID, list[_Look]] = {}
    for look in looks:
        if look.take or look.pass_over:
            of_runs.setdefault(look.run.pk, []).append(look)
    events: dict[UUID, tuple[EventHeader, EventBody]] = {}
    for pk, some in of_runs.items():
        if any(look.take for look in some):
            events[pk] = noted(some[0].run, ESCALATED, {}, by=SYSTEM, at=at, marks=_marks(some))
    record_many(list(events.values()))
    steps = [
        StepTaken(
            clock=look.clock,
            began_at=look.clock.started_at,
            rung=step.key,
            unit_id=step.contact.unit_id,
            role=step.contact.role,
            is_passed_over=step in look.pass_over,
            at=at,
            event_id=events[pk][0].pk if pk in events else None,
        )
        for pk, some in of_runs.items()
        for look in some
        for step in (*look.take, *look.pass_over)
    ]
    copy_rows(StepTaken, steps)
    _tell([look for some in of_runs.values() for look in some], events, at)


def _marks(looks: Sequence[_Look]) -> dict[str, object]:
    def said(look: _Look, step: Step) -> list[str]:
        return [look.clock.name, step.key, str(step.contact.unit_id), step.contact.role]

    passed = [said(look, step) for look in looks for step in look.pass_over]
    marks: dict[str, object] = {
        STEPS: [said(look, step) for look in looks for step in look.take]
    }  # fmt: skip
    return {**marks, PASSED: passed} if passed else marks


def steps_of(event: EventHeader) -> list[list[str]]:
    """Return the steps that an event tells of: clock, rung, unit and role of each."""
    if event.action != ESCALATED:
        return []
    found: list[list[str]] = event.effects[MARKS][STEPS]
    return found


def _tell(
    looks: Sequence[_Look], events: Mapping[UUID, tuple[EventHeader, EventBody]], at: datetime
) -> None:
    """Put the notices: of one run a unit hears one thing in one look, the weightiest."""
    heaviest: dict[tuple[UUID, UUID], tuple[str, _Look]] = {}
    for look in looks:
        for step in look.take:
            name, key = (
                name_of(look.ladder, step, look.unit_id),
                (look.run.pk, step.contact.unit_id),
            )
            if key not in heaviest or WEIGHT.index(name) > WEIGHT.index(heaviest[key][0]):
                heaviest[key] = (name, look)
    if not heaviest:
        return
    urgent = {
        unit
        for (_, unit), (_, look) in heaviest.items()
        if look.ladder.urgency == Urgency.URGENT
    }  # fmt: skip
    duty = on_duty_many(urgent, at=at, calendar=calendar()) if urgent else {}
    names = _names({look.unit_id for _, look in heaviest.values() if look.unit_id})
    put_many(
        (
            draft
            for (run_id, unit), (name, look) in heaviest.items()
            for draft in _drafts(events[run_id][0], unit, name, look, names, duty.get(unit))
        ),
        at=at,
    )


def name_of(ladder: Ladder, step: Step, holder: UUID | None) -> str:
    """Return the name of the notice of a step, as its unit is to hear it."""
    if ladder.is_unheld:
        return "clock.unheld"
    if step.phase == Phase.WARNING:
        return NAMES[Phase.WARNING]
    if step.contact.unit_id != holder:
        return "clock.escalated"
    return NAMES.get(step.phase, "clock.overdue")


def _drafts(
    event: EventHeader, unit: UUID, name: str, look: _Look, names: Mapping[UUID, str],
    duty: OnDuty | None,
) -> Iterator[Draft]:  # fmt: skip
    matter = look.run.matter
    draft = Draft(
        name=name,
        to=recipients.unit(unit),
        data=Facts(
            number=matter.number,
            due=look.clock.due_at,
            unit=names.get(look.unit_id, "") if look.unit_id else "",
        ),
        key=f"{event.pk} {name} {unit}",
        confidential=matter.is_confidential or _procedure(look).confidential,
        urgent=look.ladder.urgency == Urgency.URGENT,
    )
    if duty is None or duty.is_open is not False:
        yield draft
        return
    # Outside office hours: whoever is on duty hears it now, else the unit when it opens.
    yield draft if duty.shifts else replace(draft, not_before=duty.next_at)
    for number, shift in enumerate(duty.shifts):
        try:
            yield replace(
                draft, to=recipients.phone(shift.phone), key=f"{draft.key} duty {number}"
            )  # fmt: skip
        except PhoneNotMobile:
            continue  # a landline: it is on the list of the unit


def _procedure(look: _Look) -> Procedure:
    return procedure_of(look.run.procedure)


def _names(units: set[UUID]) -> dict[UUID, str]:
    found = Unit.objects.filter(pk__in=units).values_list("pk", "short_name", "name")
    return {pk: short or name for pk, short, name in found}


def unseen_since(*, at: datetime) -> datetime | None:
    """Return since when the first clock that should have been looked at waits."""
    first = RunClock.objects.filter(next_step_at__lte=at, run__is_over=False).order_by(
        F("next_step_at")
    )
    return first.values_list("next_step_at", flat=True).first()
