"""Walks through a procedure: every state reached once by the shortest way, and random ones."""

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from functools import cache

from huiyin.procedures import Decision, Procedure, due_clocks
from huiyin.procedures.language import ActorKind, ConditionKind, FactType
from huiyin.procedures.runs import Actor, Snapshot, Status, Who
from huiyin.procedures.simulation import World, a_form, all_choices, an_actor, at_local
from huiyin.procedures.tests.sample import CALENDAR, LIMITS
from huiyin.procedures.tests.shipped import PROCEDURES, limits
from huiyin.worktime import due

START = at_local("2026-01-05T09:00")
MOST_CONFIGURATIONS = 2_500
FAR = 1_000
DECISIVE = (FactType.FLAG, FactType.CHOICE)
A_WHILE = (timedelta(hours=2), timedelta(days=1), timedelta(days=8), timedelta(days=70))


def a_world(procedure: Procedure) -> World:
    return World(procedure, CALENDAR, START, {**LIMITS, **limits()})


@dataclass(frozen=True)
class Move:
    """Something that can happen next; `toggle` names an outside fact that changes first."""

    action: str = ""
    actor: Actor | None = None
    choices: tuple[tuple[str, str], ...] = ()
    child: str = ""
    result: str = ""
    wait: timedelta | None = None
    toggle: str = ""


def everybody(procedure: Procedure, run: Snapshot) -> Iterator[tuple[str, Actor]]:
    """Somebody for each actor of a procedure; of an actor who is any party, every one of them."""
    for name, rule in procedure.actors.items():
        if rule.kind is ActorKind.PARTY and rule.party == "any":
            yield from ((name, Actor(Who.PERSON, person)) for person in run.parties)
        else:
            yield name, an_actor(procedure, name, run)


def moves(world: World) -> Iterator[Move]:
    """Everything that can happen next, the acts of people first."""
    procedure, run = world.procedure, world.run
    waiting = {  # what the system does when a limit is over: it does it then, and no sooner
        rule.expiry_action
        for rule in procedure.clocks.values()
        if rule.expiry_action and rule.name in run.clocks and run.clocks[rule.name].is_alive
    }
    for name, actor in everybody(procedure, run):
        for action in world.open_actions(actor):
            rule = procedure.actions[action]
            if name in rule.by and not (actor.who is Who.SYSTEM and action in waiting):
                for choices in all_choices(rule):
                    yield Move(action, actor, tuple(choices.items()))
    for child in dict.fromkeys(child.name for child in run.children if not child.is_done):
        for result in results_of(procedure, child):
            yield Move(child=child, result=result)
    for fact in procedure.facts.values():
        if fact.outside and fact.type is FactType.FLAG:
            yield Move(toggle=fact.name)
    for time in A_WHILE:
        yield Move(wait=time)


@cache
def _results(name: str) -> tuple[str, ...]:
    procedure = PROCEDURES.get(name)
    return tuple(sorted(procedure.results)) if procedure else ("agreed", "failed")


def results_of(procedure: Procedure, child: str) -> tuple[str, ...]:
    return _results(procedure.children[child].procedure)


def make(world: World, move: Move) -> bool:
    """Let it happen; tell whether anything came of it."""
    if move.wait:
        return bool(world.advance(move.wait))
    if move.toggle:
        world.outside = {**world.outside, move.toggle: not world.outside.get(move.toggle, False)}
        return True
    if move.child:
        before = world.run
        world.finish_child(move.child, move.result)
        return world.run != before
    rule = world.procedure.actions[move.action]
    form = a_form(rule, world.run, world.now, choices=dict(move.choices))
    return isinstance(world.act(move.action, form, by=move.actor), Decision)


def branched(world: World) -> World:
    """A world that goes its own way from here."""
    twin = copy(world)
    twin.outside, twin.steps = dict(world.outside), list(world.steps)
    return twin


def outline(world: World) -> object:
    """What of a run decides where it can go: two runs alike in it need not both be followed."""
    run = world.run
    read = read_facts(world.procedure)
    return (
        run.state, run.came_from, tuple(sorted(run.roles)),
        tuple((name, str(run.facts.get(name))) for name in read if name in run.facts),
        tuple(sorted((c.name, c.status, c.is_over(world.now)) for c in run.clocks.values())),
        tuple(sorted({(child.name, child.is_done, child.result) for child in run.children})),
        tuple(sorted((k, bool(v)) for k, v in world.outside.items())),
        tuple(sorted(run.consents)),
        tuple((name, run.counts.get(name, 0)) for name in counted(world.procedure)),
    )  # fmt: skip


def read_facts(procedure: Procedure) -> tuple[str, ...]:
    """The facts that decide something: read by a condition, a target or the level of an actor."""
    read = {name for rule in procedure.actions.values() for name in rule.reads}
    read |= {rule.level_fact for rule in procedure.actors.values() if rule.level_fact}
    return tuple(sorted(name for name in read if procedure.facts[name].type in DECISIVE))


def counted(procedure: Procedure) -> tuple[str, ...]:
    """The actions whose number a condition asks for."""
    needs = (need for rule in procedure.actions.values() for need in rule.needs)
    return tuple(sorted({need.name for need in needs if need.kind is ConditionKind.COUNT}))


def distances(procedure: Procedure, targets: Iterable[str]) -> dict[str, int]:
    """How many acts each state is away from the nearest of some states, by the file alone."""
    far = dict.fromkeys(targets, 0)
    ways = [
        (state, target)
        for rule in procedure.actions.values()
        for state in rule.froms
        for target in (rule.to.names if rule.to else ())
    ]
    for _ in procedure.states:
        for state, target in ways:
            far[state] = min(far.get(state, FAR), far.get(target, FAR) + 1)
    return far


def kind(world: World) -> object:
    """The state of a run, and the facts and numbers that decide something."""
    run = world.run
    facts = tuple(str(run.facts.get(name)) for name in read_facts(world.procedure))
    return run.state, facts, tuple(run.counts.get(name, 0) for name in counted(world.procedure))


def every_state(procedure: Procedure) -> dict[str, World]:
    """Reach every state by real acts; what is not reached is missing.

    Runs near to a state not reached yet go first, of those such as were looked at least often.
    """
    first = a_world(procedure)
    found = {first.run.state: first}
    waiting = [first]
    seen = {outline(first)}
    looked_at: Counter[object] = Counter()
    far = distances(procedure, procedure.states)
    while waiting and len(seen) < MOST_CONFIGURATIONS and len(found) <= len(procedure.states):
        world = min(waiting, key=lambda one: far.get(one.run.state, FAR) + looked_at[kind(one)])
        waiting.remove(world)
        looked_at[kind(world)] += 1
        for move in moves(world):
            twin = branched(world)
            if not make(twin, move) or outline(twin) in seen:
                continue
            seen.add(outline(twin))
            waiting.append(twin)
            if twin.run.state not in found:
                found[twin.run.state] = twin
                far = distances(procedure, procedure.states.keys() - found.keys())
                looked_at.clear()
    return found


def flaws(world: World) -> list[str]:
    """What is wrong with the clocks of a run; nothing, if the engine is right."""
    procedure, run = world.procedure, world.run
    found = []
    for name, rule in procedure.clocks.items():
        clock = run.clocks.get(name)
        stands = clock is not None and clock.status is not Status.ENDED
        if run.state in rule.runs_in and not stands:
            found.append(f"{name} does not run in {run.state}")
        if clock is None:
            continue
        if clock.is_alive and run.state not in rule.runs_in | rule.may_run_in:
            found.append(f"{name} runs in {run.state}")
        if (clock.ended_at is None) != clock.is_alive:
            found.append(f"{name} is {clock.status} with an end at {clock.ended_at}")
        if (clock.status is Status.PAUSED) != bool(clock.ground):
            found.append(f"{name} is {clock.status} on the ground {clock.ground}")
        if clock.due_at <= clock.started_at:
            found.append(f"{name} is due before it starts")
        if clock.due_at < clock.first_due_at:
            found.append(f"{name} was shortened")
        if rule.per and not clock.unit:
            found.append(f"{name} measures nobody")
        if clock.status is not Status.PAUSED and not clock.extensions and not clock.until:
            pauses = clock.pauses
            again = due(clock.started_at, clock.limit, calendar=CALENDAR, pauses=pauses)
            if again.due_at != clock.due_at:
                found.append(f"{name} is due {clock.due_at}, counted again {again.due_at}")
    return found


def is_settled(world: World) -> bool:
    """Whether every clock that is over by now has been recorded."""
    return not due_clocks(world.run, world.now)


def held(procedure: Procedure, name: str, run: Snapshot) -> bool:
    """Whether somebody can be this actor now: its role is held, its side or reporter exists."""
    rule = procedure.actors[name]
    if rule.kind in (ActorKind.ASSIGNED, ActorKind.SUPERIOR_OF):
        return bool(run.roles.get(rule.role))
    if rule.kind is ActorKind.SENDER_OF:
        return rule.role in run.senders
    return True
