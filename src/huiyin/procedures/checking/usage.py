"""What is defined is used, and what is used can be given."""

from collections.abc import Iterator

from huiyin.procedures.checking.findings import Findings
from huiyin.procedures.checking.references import given_roles
from huiyin.procedures.language import (
    ACT,
    ACTOR_UNIT,
    Action,
    ActorKind,
    Choosing,
    ConditionKind,
    Procedure,
)
from huiyin.procedures.sentences import fill

ROLE_KINDS = frozenset(
    (ActorKind.ASSIGNED, ActorKind.SUPERIOR_OF, ActorKind.SENDER_OF, ActorKind.NOT_OF)
)
ALWAYS_THERE = frozenset((ActorKind.REPORTER, ActorKind.SYSTEM))  # every procedure has both


def check_usage(procedure: Procedure, findings: Findings) -> None:
    """Report what nothing uses, facts that nothing sets, roles that nobody is given."""
    used = {
        "actors": {
            *(actor.name for actor in procedure.actors.values() if actor.kind in ALWAYS_THERE),
            *_actors_used(procedure),
        },
        "facts": {*facts_read(procedure), *facts_set(procedure)},
        "clocks": {name for act in procedure.actions.values() for name in act.clocks.start},
        "children": {name for act in procedure.actions.values() for name in act.open},
        "documents": {name for act in procedure.actions.values() for name in act.documents},
        "refusals": {need.refusal for act in procedure.actions.values() for need in act.needs},
    }
    for section, names in used.items():
        entries = tuple(getattr(procedure, section))
        for name in _own(procedure, section, entries):
            if name not in names:
                findings.add(
                    "unused", fill("{}.{}", section, name), "nothing uses it.", "Take it out."
                )
    for clock in procedure.clocks.values():
        rested = {act.clocks.pause.get(clock.name) for act in procedure.actions.values()}
        for ground in clock.pauses:
            if ground not in rested:
                findings.add(
                    "unused", f"clocks.{clock.name}",
                    fill("it never rests on the ground {}.", ground),
                    "Take it out.",
                )  # fmt: skip
    _facts(procedure, findings)
    _roles(procedure, findings)


def _own(procedure: Procedure, section: str, entries: tuple[str, ...]) -> Iterator[str]:
    """Yield the entries that stand in the file itself.

    Those of fragments come after them and count their lines anew: what a fragment brings and a
    procedure does not need is nobody's fault.
    """
    above = 0
    for name in entries:
        line = procedure.lines.get(f"{section}.{name}", above + 1)
        if procedure.uses and line <= above:
            return
        above = line
        yield name


def _actors_used(procedure: Procedure) -> Iterator[str]:
    for state in procedure.states.values():
        yield state.owner
    for action in procedure.actions.values():
        yield from action.by
        yield from action.notify
    for clock in procedure.clocks.values():
        if clock.extending:
            yield from (clock.extending.ask, clock.extending.approve, *clock.extending.notify)


def facts_read(procedure: Procedure) -> Iterator[str]:
    """Yield the facts that something depends on."""
    for actor in procedure.actors.values():
        yield actor.level_fact
    for action in procedure.actions.values():
        yield from action.reads
        yield from action.advance
    for clock in procedure.clocks.values():
        choices: list[Choosing] = [clock.term]
        if clock.extending:
            choices.append(clock.extending.term)
        yield from (choice.name for choice in choices if choice.of == "fact")
        if clock.start != ACT:
            yield clock.start
        if clock.until:
            yield clock.until
        if clock.latest:
            yield clock.latest.fact


def facts_set(procedure: Procedure) -> Iterator[str]:
    """Yield the facts that some action gives a value."""
    for action in procedure.actions.values():
        yield from action.set
        yield from action.advance


def _facts(procedure: Procedure, findings: Findings) -> None:
    given = set(facts_set(procedure))
    for name in set(facts_read(procedure)) & procedure.facts.keys():
        if name not in given and not procedure.facts[name].outside:
            findings.add(
                "fact_never_set", f"facts.{name}", "it is read, but no action sets it.",
                fill("Add set: {{{}: …}} to an action, or mark it outside: true.", name),
            )  # fmt: skip


def _roles(procedure: Procedure, findings: Findings) -> None:
    given = given_roles(procedure)
    asked = [
        *(
            (f"actors.{actor.name}", actor.role)
            for actor in procedure.actors.values()
            if actor.kind in ROLE_KINDS
        ),
        *((f"clocks.{clock.name}", clock.per) for clock in procedure.clocks.values() if clock.per),
        *(
            (f"actions.{action.name}", need.name)
            for action in procedure.actions.values()
            for need in action.needs
            if need.kind is ConditionKind.ROLE
        ),
        *(
            (f"actions.{action.name}", role)
            for action in procedure.actions.values()
            for role in action.release
        ),
    ]
    for at, role in asked:
        if role not in given:
            findings.add(
                "role_never_given", at, fill("no action gives the role {}.", role),
                fill("Add assign: {{{}: form.UNIT}} to an action.", role),
            )  # fmt: skip
    for action in procedure.actions.values():
        _assigning(procedure, action, findings)


def _assigning(procedure: Procedure, action: Action, findings: Findings) -> None:
    """`actor.unit` needs an actor who is of a unit."""
    without = [
        name
        for name in action.by
        if (actor := procedure.actors.get(name))
        and (actor.is_person or actor.kind is ActorKind.SYSTEM)
    ]
    if not without:
        return
    for name in action.open:
        child = procedure.children.get(name)
        if child and ACTOR_UNIT in child.fills.values():
            findings.add(
                "actor_without_unit", f"actions.{action.name}",
                fill(
                    "it opens {} for the unit of whoever acts, but {} has none.",
                    name, without[0],
                ),
                "Take the unit from the form, or let only staff do it.",
            )  # fmt: skip
    for role, giving in action.assign.items():
        if giving.source == "actor":
            findings.add(
                "actor_without_unit", f"actions.{action.name}",
                fill("{} is given to the unit of whoever acts, but {} has none.", role, without[0]),
                "Take the unit from the form, or let only staff do it.",
            )  # fmt: skip
