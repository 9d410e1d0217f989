"""Who may do it, and whether what it needs holds."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from huiyin.procedures.language import (
    NEW,
    Action,
    ActorKind,
    ActorRule,
    Condition,
    ConditionKind,
    FactType,
    Procedure,
)
from huiyin.procedures.runs import Actor, Snapshot, Status, Values, Who

# --- actors ---------------------------------------------------------------------------------


def is_actor(rule: ActorRule, actor: Actor, run: Snapshot, known: Values) -> bool:
    """Tell whether somebody is an actor of the procedure in this run."""
    return _IS[rule.kind](rule, actor, run) and (
        actor.who is not Who.STAFF or _is_such_staff(rule, actor, run, known)
    )


def _is_such_staff(rule: ActorRule, actor: Actor, run: Snapshot, known: Values) -> bool:
    if rule.unit_kinds and actor.unit_kind not in rule.unit_kinds:
        return False
    if rule.covers and actor.place not in run.places:
        return False
    if rule.levels and actor.level not in rule.levels:
        return False
    if rule.level_fact and actor.level != known.get(rule.level_fact):
        return False
    return not rule.permission or rule.permission in actor.permissions


def _is_staff(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    return actor.who is Who.STAFF


def _is_assigned(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    return actor.who is Who.STAFF and actor.unit in run.roles.get(rule.role, ())


def _is_above(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    return actor.who is Who.STAFF and bool(actor.unit) and any(
        run.above.get(unit) == actor.unit for unit in run.roles.get(rule.role, ())
    )  # fmt: skip


def _is_sender(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    return actor.who is Who.STAFF and bool(actor.unit) and (
        run.senders.get(rule.role) == actor.unit
    )  # fmt: skip


def _is_other(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    return actor.who is Who.STAFF and actor.unit not in run.roles.get(rule.role, ())


def _is_reporter(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    if actor.who is not Who.PERSON:
        return False
    if run.reporter:
        return actor.id == run.reporter
    # Before the run is open its reporter is whoever opens it; afterwards it has none.
    return run.state == NEW


def _is_party(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    if actor.who is not Who.PERSON:
        return False
    if run.state == NEW and not run.parties:
        return True
    side = run.parties.get(actor.id)
    return side is not None and rule.party in ("any", side)


def _is_system(rule: ActorRule, actor: Actor, run: Snapshot) -> bool:
    return actor.who is Who.SYSTEM


_IS: Final[Mapping[ActorKind, Callable[[ActorRule, Actor, Snapshot], bool]]] = {
    ActorKind.UNIT: _is_staff,
    ActorKind.ASSIGNED: _is_assigned,
    ActorKind.SUPERIOR_OF: _is_above,
    ActorKind.SENDER_OF: _is_sender,
    ActorKind.NOT_OF: _is_other,
    ActorKind.STAFF: _is_staff,
    ActorKind.REPORTER: _is_reporter,
    ActorKind.PARTY: _is_party,
    ActorKind.SYSTEM: _is_system,
}


def those_asked(procedure: Procedure, rule: Action, run: Snapshot) -> frozenset[str]:
    """Return the parties that all have to take an act with a quorum: those whose act it is."""
    actors = (procedure.actors[name] for name in rule.by)
    sides = {actor.party for actor in actors if actor.kind is ActorKind.PARTY}
    return frozenset(
        person for person, side in run.parties.items() if side in sides or "any" in sides
    )


# --- conditions -----------------------------------------------------------------------------


def holds(need: Condition, run: Snapshot, *, known: Values, form: Values, now: datetime) -> bool:
    """Tell whether a condition holds. `known`: the facts of the run and those from outside."""
    return _HOLDS[need.kind](need, run, known, form, now)


def _compared(need: Condition, value: object) -> bool:
    if need.test == "is":
        return value == need.value
    if need.test == "is_not":
        return value != need.value
    if need.test == "in":
        return isinstance(need.value, tuple) and value in need.value
    return (value is not None) == need.value


def _fact(need: Condition, run: Snapshot, known: Values, form: Values, now: datetime) -> bool:
    return _compared(need, known.get(need.name))


def _form(need: Condition, run: Snapshot, known: Values, form: Values, now: datetime) -> bool:
    return _compared(need, form.get(need.name))


def _clock(need: Condition, run: Snapshot, known: Values, form: Values, now: datetime) -> bool:
    clock = run.clocks.get(need.name)
    if clock is None or clock.status is Status.ENDED:
        status = "none"
    elif clock.status is Status.PAUSED:
        status = "paused"
    else:
        status = "over" if clock.is_over(now) else "open"
    return _compared(need, status)


def _child(need: Condition, run: Snapshot, known: Values, form: Values, now: datetime) -> bool:
    children = [child for child in run.children if child.name == need.name]
    status = "none" if not children else "done"
    if any(not child.is_done for child in children):
        status = "open"
    return _compared(need, status)


def _count(need: Condition, run: Snapshot, known: Values, form: Values, now: datetime) -> bool:
    count, bound = run.counts.get(need.name, 0), need.value
    if not isinstance(bound, int):
        return False
    return count >= bound if need.test == "at_least" else count <= bound


def _role(need: Condition, run: Snapshot, known: Values, form: Values, now: datetime) -> bool:
    return _compared(need, "held" if run.roles.get(need.name) else "free")


_HOLDS: Final[
    Mapping[ConditionKind, Callable[[Condition, Snapshot, Values, Values, datetime], bool]]
] = {
    ConditionKind.FACT: _fact,
    ConditionKind.FORM: _form,
    ConditionKind.CLOCK: _clock,
    ConditionKind.CHILD: _child,
    ConditionKind.COUNT: _count,
    ConditionKind.ROLE: _role,
}


def known_facts(procedure: Procedure, run: Snapshot, outside: Values) -> dict[str, object]:
    """Return every fact a condition may read: flags are false until set."""
    known: dict[str, object] = {
        rule.name: False for rule in procedure.facts.values() if rule.type is FactType.FLAG
    }
    known.update(run.facts)
    for name, rule in procedure.facts.items():
        if rule.outside and name in outside:
            known[name] = outside[name]
    return known
