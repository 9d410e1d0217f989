"""What the search shows: every finding about what can and cannot happen, with the way there."""

import re
from collections.abc import Iterable
from typing import Final

from huiyin.procedures.checking.clocks import check_clocks
from huiyin.procedures.checking.exploring import Search, passes
from huiyin.procedures.checking.findings import Findings
from huiyin.procedures.checking.graph import Graph, tests_of
from huiyin.procedures.checking.rules import allowed_to_system
from huiyin.procedures.language import (
    NEW,
    PREVIOUS,
    Action,
    ActorKind,
    Condition,
    ConditionKind,
)
from huiyin.procedures.sentences import Sentence, fill


def judge(search: Search, findings: Findings) -> None:
    """Report everything that the search has met, and what it never met."""
    _met(search, findings)
    if not search.complete:
        return
    _states(search, findings)
    _ways_to_the_end(search, findings)
    impossible = _actions(search, findings)
    _conditions(search, findings, impossible)
    _targets(search, findings)
    check_clocks(search, findings, impossible)


# --- what was met on the way --------------------------------------------------------------------

_TEXTS = {
    "clock_missing": ("clocks.{0}", "it does not run in {state}{more}, where it has to.",
                      "Start it on every way there, or take the state out of its in."),
    "clock_stray": ("clocks.{0}", "it still runs in {state}{more}.",
                    "Stop it on every way there, or add the state to its in or may."),
    "clock_at_end": ("clocks.{0}", "it still runs when the run ends in {state}{more}.",
                     "Stop it in the act that ends the run."),
    "clock_restarted": ("actions.{0}", "it starts {1} where that runs already.",
                        "Stop or return it first, or do not start it again."),
    "clock_paused_twice": ("actions.{0}", "it lets {1} rest where that rests already.",
                           "Resume it on every way there."),
    "clock_not_paused": ("actions.{0}", "it resumes {1}, which may run here.",
                         "Let it rest on every way here."),
    "term_unset": ("actions.{0}", "it starts {1}, whose length depends on a fact without a value.",
                   "Set the fact before, or give it a first value."),
    "expiry_refused": ("clocks.{0}", "it runs out in {state}{more}, where {1} is not possible.",
                       "Let the action be taken there, or stop the clock on the way."),
    "child_end_refused": ("children.{0}", "it can end in {state}{more}, where {1} is not possible.",
                          "Let the action be taken there."),
    "child_not_open": ("states.{state}", "it waits for {0}, which may not have been opened.",
                       "Open it on every way there."),
    "child_open_at_end": ("children.{0}", "it is still open when the run ends in {state}{more}.",
                          "Let the run end only when the child run is not open."),
    "owner_idle": ("states.{0}", "its owner can do nothing here.",
                   "Give the owner an act, name the one who has to act, or let a clock go on."),
    "result_missing": ("states.{0}", "a run is done here without a result.",
                       "Add result: … to the state, so that a parent run learns how it went."),
}  # fmt: skip


_HOLE: Final = re.compile(r"\{(\w+)\}")


def _filled(text: str, words: list[str], **named: str) -> Sentence:
    """Return a text of `_TEXTS` with its holes filled, each in its place."""
    names = _HOLE.findall(text)
    values = [words[int(name)] if name.isdecimal() else named[name] for name in names]
    return fill(_HOLE.sub("{}", text), *values)


def _met(search: Search, findings: Findings) -> None:
    for seen in search.seen.values():
        at, text, instead = _TEXTS[seen.code]
        words = seen.subject.split(" ")
        more = fill(" (and {})", ", ".join(seen.states)) if seen.states else ""
        step = (seen.step,) if seen.step else ()
        findings.add(
            seen.code,
            at.format(*words, state=seen.state),
            _filled(text, words, state=seen.state, more=more),
            instead,
            (*search.path(seen.index), *step),
        )


# --- states and ends ------------------------------------------------------------------------------


def _states(search: Search, findings: Findings) -> None:
    graph = search.graph
    mask = graph.layout.state.mask
    reached = {number & mask for number in search.numbers}
    for code, place in enumerate(graph.places):
        if code not in reached:
            findings.add(
                "state_unreachable", f"states.{place.state.name}", "no run can come here.",
                "Give an action that can be taken this state as its target, or take it out.",
            )  # fmt: skip


def _ways_to_the_end(search: Search, findings: Findings) -> None:
    """Go backwards from the ends: with everybody, then with nobody but staff and the system."""
    with_all = _before_ends(search, [search.edges, search.person_edges])
    lost = _first(search, with_all)
    if lost is not None:
        _trap(search, findings, lost, "trap", "no end can be reached any more.",
              "Give an act that leads on, towards an end.")  # fmt: skip
        return
    without_persons = _before_ends(search, [search.edges])
    lost = _first(search, without_persons)
    if lost is not None:
        _trap(
            search, findings, lost, "hangs_on_person",
            "the run never ends unless a person acts, who may be unknown or never answer.",
            "Let a clock or somebody of staff lead on.",
        )  # fmt: skip


def _trap(
    search: Search, findings: Findings, at: int, code: str, text: str, instead: str
) -> None:  # fmt: skip
    place = search.graph.places[search.numbers[at] & search.graph.layout.state.mask]
    findings.add(code, f"states.{place.state.name}", text, instead, search.path(at))


def _before_ends(search: Search, edges: Iterable[list[list[int]]]) -> bytearray:
    """Mark every configuration from which an end can be reached."""
    before: list[list[int]] = [[] for _ in search.numbers]
    for part in edges:
        for at, targets in enumerate(part):
            for target in targets:
                before[target].append(at)
    mask, places = search.graph.layout.state.mask, search.graph.places
    reaches = bytearray(len(search.numbers))
    waiting = [at for at, number in enumerate(search.numbers) if places[number & mask].state.end]
    for at in waiting:
        reaches[at] = 1
    while waiting:
        for at in before[waiting.pop()]:
            if not reaches[at]:
                reaches[at] = 1
                waiting.append(at)
    return reaches


def _first(search: Search, reaches: bytearray) -> int | None:
    """Return the first configuration of an open run that reaches no end."""
    return next((at for at in range(1, len(reaches)) if not reaches[at]), None)


# --- actions --------------------------------------------------------------------------------------


def _actions(search: Search, findings: Findings) -> frozenset[str]:
    """Report actions that can never be taken; return their names."""
    procedure = search.graph.procedure
    triggered = {clock.expiry_action for clock in procedure.clocks.values()}
    triggered |= {child.on_done for child in procedure.children.values()}
    impossible = set()
    for action in procedure.actions.values():
        if action.name in search.taken:
            continue
        only_system = all(
            procedure.actors[name].kind is ActorKind.SYSTEM for name in action.by
        ) and allowed_to_system(procedure, action)
        if only_system and NEW not in action.froms:
            if action.name not in triggered:
                impossible.add(action.name)
                findings.add(
                    "system_never_acts", f"actions.{action.name}",
                    "only the system may do it, but no clock and no child run makes it do so.",
                    "Name it in on_expiry or on_done, or let somebody do it.",
                )  # fmt: skip
            elif not _is_answer(search, action) or action.name in _answers_tracked(search.graph):
                impossible.add(action.name)
                _impossible(search, action, findings)
            continue
        if action.name in search.graph.quiet and _takeable(search, action):
            continue
        impossible.add(action.name)
        _impossible(search, action, findings)
    return frozenset(impossible)


def _is_answer(search: Search, action: Action) -> bool:
    """Tell whether an action follows the end of a child run that somebody can open."""
    procedure = search.graph.procedure
    return any(
        child.on_done == action.name
        and any(child.name in act.open for act in procedure.actions.values())
        for child in procedure.children.values()
    )


def _answers_tracked(graph: Graph) -> set[str]:
    return {graph.procedure.children[name].on_done for name in graph.layout.children}


def _takeable(search: Search, action: Action) -> bool:
    """Tell whether an act that changes nothing can be taken somewhere."""
    tests = [tests_of(branch.tests) for branch in search.graph.free[action.name]]
    return any(passes(number, test) for number in _there(search, action) for test in tests)


def _there(search: Search, action: Action) -> Iterable[int]:
    """Yield what is reached in the states that an action is possible from."""
    layout = search.graph.layout
    froms = {layout.states[name] for name in action.froms}
    mask = layout.state.mask
    return (number for number in search.numbers if number & mask in froms)


def _impossible(search: Search, action: Action, findings: Findings) -> None:
    at = f"actions.{action.name}"
    there = list(_there(search, action))
    if not there:
        return  # its states are unreachable, and that is reported
    branches = search.graph.branches
    never = False
    for need in action.needs:
        if not _ever(search, action, need, there):
            never = True
            findings.add(
                "condition_never_true", at,
                fill("the condition {} never holds here.", describe(need)),
                "Change the condition, or make it possible before.",
            )  # fmt: skip
    if never:
        return
    able = branches.able(action)
    if able is not None and not any(passes(number, tests_of(able)) for number in there):
        able = None
    if able is None:
        roles = sorted({
            rule.role for name in action.by if (rule := search.graph.procedure.actors[name]).role
        })  # fmt: skip
        findings.add(
            "actor_absent", at,
            fill(
                "nobody can do it: the role {} is held nowhere it could be taken.",
                ', '.join(roles),
            )
            if roles else "nobody can do it.",
            "Assign the role before, or let somebody else do it.",
        )  # fmt: skip
        return
    findings.add(
        "action_impossible", at,
        fill("it can never be taken from {}.", ", ".join(sorted(action.froms))),
        "Look at its conditions, its window and the child run its states wait for.",
    )  # fmt: skip


def _ever(search: Search, action: Action, need: Condition, there: list[int]) -> bool:
    """Tell whether a condition ever holds where its action could be taken."""
    branches = search.graph.branches
    if need.kind is ConditionKind.FORM:
        return branches.form_allows(action, need)
    if branches.is_outside(need):
        return branches.outside_allows(need)
    test = branches.test(need)
    return test is not None and any(number & test[0] in test[1] for number in there)


def describe(need: Condition) -> str:
    """Write a condition as the file does."""
    value = need.value
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, tuple):
        value = f"[{', '.join(map(str, value))}]"
    return f"{{{need.kind}: {need.name}, {need.test}: {value}}}"


def _conditions(search: Search, findings: Findings, impossible: frozenset[str]) -> None:
    """Report conditions of possible actions that always hold: their refusal is never given."""
    branches = search.graph.branches
    for action in search.graph.procedure.actions.values():
        if action.name in impossible or action.origin:
            continue
        for need in action.needs:
            if need.kind is ConditionKind.FORM or branches.is_outside(need):
                continue
            test = branches.test(need)
            if test is None:
                continue
            mask, good = test
            if not any(number & mask not in good for number in _there(search, action)):
                findings.add(
                    "condition_never_false", f"actions.{action.name}",
                    fill("the condition {} always holds here.", describe(need)),
                    "Take it out, or let it matter.",
                )  # fmt: skip


def _targets(search: Search, findings: Findings) -> None:
    """Report targets that depend on a fact without a value, or on where a new run came from."""
    layout = search.graph.layout
    for action in search.graph.procedure.actions.values():
        to = action.to
        if to is None:
            continue
        fact = layout.facts.get(to.name) if to.of == "fact" else None
        if fact is None and PREVIOUS not in to.names:
            continue
        for at, number in enumerate(search.numbers):
            state = layout.names[number & layout.state.mask]
            if state not in action.froms:
                continue
            if fact and None in fact.codes and number & fact.span.mask == fact.of(None):
                why = fill("fact.{} may have no value in {}", to.name, state)
            elif PREVIOUS in to.names and not number & layout.came_from.mask:
                why = fill("{} may be where the run began, and nothing comes before that", state)
            else:
                continue
            findings.add(
                "target_unset", f"actions.{action.name}", fill("it has nowhere to go: {}.", why),
                "Let the target be known on every way here.", search.path(at),
            )  # fmt: skip
            break
