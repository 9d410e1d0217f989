"""One thing wrong at a time: whatever a slip in a procedure file could delete or misplace."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace

from huiyin.procedures.language import (
    Action,
    Choosing,
    ClockActs,
    Procedure,
    Words,
)

Mutant = tuple[str, str, Procedure]  # kind, what was done, the procedure with it


def mutants(procedure: Procedure) -> Iterator[Mutant]:
    """Yield every mutant of a procedure."""
    yield from deletions(procedure)
    yield from redirections(procedure)
    yield from other_owners(procedure)
    yield from clock_acts_gone(procedure)
    yield from labels_gone(procedure)


def deletions(procedure: Procedure) -> Iterator[Mutant]:
    """Delete each action."""
    for name in procedure.actions:
        rest = {other: action for other, action in procedure.actions.items() if other != name}
        yield "delete", f"delete {name}", replace(procedure, actions=rest)


def redirections(procedure: Procedure) -> Iterator[Mutant]:
    """Send each action, by each of its targets, to two other states."""
    for action in procedure.actions.values():
        for target in action.to.names if action.to else ():
            for other in elsewhere(procedure, target):
                options = {
                    value: other if name == target else name
                    for value, name in action.to.options.items()
                }
                to = Choosing(action.to.of, action.to.name, options)
                yield (
                    "redirect",
                    f"redirect {action.name} from {target} to {other}",
                    with_action(procedure, replace(action, to=to)),
                )


def elsewhere(procedure: Procedure, target: str) -> tuple[str, ...]:
    """Return the state below a target in the file, and the one half-way round."""
    names = list(procedure.states)
    at = names.index(target) if target in names else -1
    chosen = (names[(at + 1) % len(names)], names[(at + 1 + len(names) // 2) % len(names)])
    return tuple(name for name in dict.fromkeys(chosen) if name != target)


def other_owners(procedure: Procedure) -> Iterator[Mutant]:
    """Give each state to each other actor."""
    for state in procedure.states.values():
        for actor in procedure.actors if state.owner else ():
            if actor != state.owner:
                states = {**procedure.states, state.name: replace(state, owner=actor)}
                yield (
                    "owner",
                    f"owner of {state.name}: {actor} for {state.owner}",
                    replace(procedure, states=states),
                )


def clock_acts_gone(procedure: Procedure) -> Iterator[Mutant]:
    """Delete each start, stop, return and resume of a clock."""
    words = {"start": "start", "stop": "stop", "give_back": "return", "resume": "resume"}
    for action in procedure.actions.values():
        for key, word in words.items():
            for clock in getattr(action.clocks, key):
                left = tuple(name for name in getattr(action.clocks, key) if name != clock)
                acts: ClockActs = replace(action.clocks, **{key: left})
                yield (
                    "clock",
                    f"{action.name}: no {word} of {clock}",
                    with_action(procedure, replace(action, clocks=acts)),
                )


def labels_gone(procedure: Procedure) -> Iterator[Mutant]:
    """Delete each Chinese and each English text."""
    for section in (f.name for f in fields(procedure)):
        value = getattr(procedure, section)
        for where, changed in emptied(value):
            yield "label", f"no {section}{where}", replace(procedure, **{section: changed})


def emptied(value: object) -> Iterator[tuple[str, object]]:
    """Yield a value again and again, each time with one text of it empty, and where that was."""
    if isinstance(value, Words):
        if value.zh or value.en:
            yield " in Chinese", replace(value, zh="")
            yield " in English", replace(value, en="")
    elif isinstance(value, Mapping):
        for key, part in value.items():
            for where, changed in emptied(part):
                yield f" {key}{where}", {**value, key: changed}
    elif isinstance(value, tuple):
        for number, part in enumerate(value):
            for where, changed in emptied(part):
                name = getattr(part, "name", number)
                yield f" {name}{where}", (*value[:number], changed, *value[number + 1 :])
    elif is_dataclass(value) and not isinstance(value, type):
        for part in fields(value):
            for where, changed in emptied(getattr(value, part.name)):
                yield f" {part.name}{where}", replace(value, **{part.name: changed})


def with_action(procedure: Procedure, action: Action) -> Procedure:
    """Return a procedure with one action changed."""
    return replace(procedure, actions={**procedure.actions, action.name: action})
