"""Owners of states: whoever has to act next has an act that is meant for it."""

from huiyin.procedures.checking.findings import Findings
from huiyin.procedures.checking.graph import Graph, is_shared
from huiyin.procedures.language import PREVIOUS, Action, ActorKind, State
from huiyin.procedures.sentences import fill


def check_owners(graph: Graph, findings: Findings) -> None:
    """Report states that no act of their owner ever moves a run out of."""
    actors = graph.procedure.actors
    for state in graph.procedure.states.values():
        if state.end or state.owner not in actors:
            continue
        if state.waits_for:
            _waiting(graph, state, findings)
            continue
        leading = [
            action
            for action in graph.procedure.actions.values()
            if _leads_on(graph, action, state.name)
        ]
        if actors[state.owner].kind is ActorKind.SYSTEM:
            _not_the_system(graph, state, leading, findings)
        elif not any(graph.owned_by(action, state.owner) for action in leading):
            findings.add(
                "owner_stuck", f"states.{state.name}",
                fill("no act of its owner {} leads on from here.", state.owner),
                "Name as owner whoever has to act next, or give the owner an act that leads on.",
            )  # fmt: skip


def _waiting(graph: Graph, state: State, findings: Findings) -> None:
    """Report an owner who can only wait: while the child run is open nothing moves the run."""
    if graph.procedure.actors[state.owner].kind is ActorKind.SYSTEM:
        return
    for action in graph.procedure.actions.values():
        is_possible = state.name in action.froms and not action.to
        if is_possible and graph.owned_by(action, state.owner) and graph.layout.leads_on(action):
            return
    findings.add(
        "owner_stuck", f"states.{state.name}",
        fill("while it waits for {}, its owner {} can do nothing.", state.waits_for, state.owner),
        "Let the system own it.",
    )  # fmt: skip


def _not_the_system(graph: Graph, state: State, leading: list[Action], findings: Findings) -> None:
    """Report an open state of the system in which it is for somebody else to lead on.

    In a done state the system may wait for its clock while others still may reopen; and where a
    child run is open, others may call it off.
    """
    answers = {child.on_done for child in graph.procedure.children.values()}
    if state.done or any(action.name in answers for action in leading):
        return
    for action in leading:
        if graph.free[action.name]:
            findings.add(
                "owner_is_system", f"states.{state.name}",
                fill(
                    "the system owns it, but {} is for {} to do.",
                    action.name, ', '.join(action.by),
                ),
                "Name as owner whoever has to act next.",
            )  # fmt: skip
            return


def _leads_on(graph: Graph, action: Action, state: str) -> bool:
    """Tell whether an action leaves a state or opens a child run, and is meant for the state."""
    if state not in action.froms or action.name in graph.general or is_shared(action):
        return False
    names = action.to.names if action.to else ()
    return any(name in (PREVIOUS, *graph.procedure.states) and name != state for name in names) or (
        bool(action.open)
    )
