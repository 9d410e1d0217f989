"""A procedure as readable text and as JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from huiyin.procedures.language import (
    ACT,
    NEW,
    Action,
    ActorRule,
    Choosing,
    ClockRule,
    Field,
    Procedure,
    Setting,
    State,
    Words,
)
from huiyin.worktime import Limit


def as_json(value: object) -> Any:
    """Return any part of a procedure as plain values."""
    if isinstance(value, Limit):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_json(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_json(entry) for key, entry in value.items()}
    if isinstance(value, frozenset):
        return sorted(as_json(entry) for entry in value)
    if isinstance(value, tuple | list):
        return [as_json(entry) for entry in value]
    return value


def summary(procedure: Procedure) -> dict[str, Any]:
    """Return the row of a procedure in a list."""
    return {
        "name": procedure.name,
        "version": procedure.version,
        "title": as_json(procedure.title),
        "law": as_json(procedure.law),
        "kind": "child" if procedure.is_child else "main",
        "confidential": procedure.confidential,
        "file": procedure.file,
        "states": len(procedure.states),
        "actions": len(procedure.actions),
        "clocks": len(procedure.clocks),
    }


def lines(procedure: Procedure, limits: Mapping[str, Limit]) -> Iterator[str]:
    """Yield a procedure as text: actors, states, clocks, child runs, actions."""
    yield f"{procedure.name} version {procedure.version}: {both(procedure.title)}"
    yield f"File: {procedure.file}"
    if procedure.law:
        yield f"Law: {both(procedure.law)}"
    marks = [
        *(["a run inside another one"] if procedure.is_child else []),
        *(["confidential: found by number only"] if procedure.confidential else []),
        *([f"with the shared acts {', '.join(procedure.uses)}"] if procedure.uses else []),
    ]
    if marks:
        yield f"Kind: {'; '.join(marks)}"
    yield from _section("Actors", map(_actor, procedure.actors.values()))
    yield from _section("States", (_state(state, procedure) for state in procedure.states.values()))
    yield from _section(
        "Clocks", (_clock(clock, procedure, limits) for clock in procedure.clocks.values())
    )
    yield from _section(
        "Child runs",
        (
            (child.name, both(child.label), [f"procedure {child.procedure}, opens with "
              f"{child.opening}" + (f", then {child.on_done}" if child.on_done else "")])
            for child in procedure.children.values()
        ),
    )  # fmt: skip
    yield from _section(
        "Actions", (_action(action, procedure) for action in procedure.actions.values())
    )


Entry = tuple[str, str, list[str]]


def _section(title: str, entries: Iterable[Entry]) -> Iterator[str]:
    listed = list(entries)
    if not listed:
        return
    yield ""
    yield title
    width = max(len(name) for name, _, _ in listed)
    for name, label, more in listed:
        yield f"  {name.ljust(width)}  {label}"
        for line in more:
            yield f"  {' ' * width}    {line}"


def both(words: Words) -> str:
    """Return the Chinese and the English words beside each other."""
    return f"{words.zh} {words.en}"


def actor_words(rule: ActorRule) -> str:
    """Say who an actor is."""
    parts = [rule.kind.replace("_", " ")]
    if rule.role:
        parts[0] += f" {rule.role}"
    if rule.unit_kinds:
        kinds = " or ".join(rule.unit_kinds)
        parts = [f"unit {kinds}"] if rule.kind == "unit" else [*parts, f"unit {kinds}"]
    if rule.covers:
        parts.append("covers the place")
    if rule.levels:
        parts.append(f"level {' or '.join(rule.levels)}")
    if rule.level_fact:
        parts.append(f"level of the fact {rule.level_fact}")
    if rule.party:
        parts.append(rule.party)
    if rule.permission:
        parts.append(f"permission {rule.permission}")
    return ", ".join(parts)


def _actor(rule: ActorRule) -> Entry:
    return rule.name, f"{both(rule.label)}: {actor_words(rule)}", []


def _state(state: State, procedure: Procedure) -> Entry:
    kind = "end" if state.end else "closed" if state.closed else "done" if state.done else ""
    parts = [
        *([f"turn of {state.owner}"] if state.owner else []),
        *([kind] if kind else []),
        *([f"result {state.result}"] if state.result else []),
        *([f"waits for {state.waits_for}"] if state.waits_for else []),
    ]
    clocks = [clock.name for clock in procedure.clocks.values() if state.name in clock.runs_in]
    if clocks:
        parts.append(f"clocks {', '.join(clocks)}")
    return state.name, f"{both(state.label)}: {'; '.join(parts)}", []


def limit_words(clock: ClockRule, limits: Mapping[str, Limit]) -> str:
    """Say how long a clock runs, by the value that decides where there is one."""
    if not clock.term.of:
        term = clock.term.names[0]
        return _limit(term, limits)
    return f"by {clock.term.of} {clock.term.name}: " + ", ".join(
        f"{value} {_limit(term, limits)}" for value, term in clock.term.options.items()
    )


def _limit(term: str, limits: Mapping[str, Limit]) -> str:
    return f"{limits.get(term, 'unknown')} ({term})"


def _clock(clock: ClockRule, procedure: Procedure, limits: Mapping[str, Limit]) -> Entry:
    start = "the act that starts it" if clock.start == ACT else f"fact {clock.start}"
    if clock.latest:
        start += f", at the latest {_limit(clock.latest.term, limits)} after {clock.latest.fact}"
    if clock.until:
        start += f", or with the day that fact {clock.until} names"
    kind = clock.kind.value + (f" per {clock.per}" if clock.per else "")
    end = {
        "fault": "it goes on, a fault of the owner",
        "lapse": "the right ends",
        "act": f"the system takes {clock.expiry_action}",
    }[clock.on_expiry]
    more = [
        f"{limit_words(clock, limits)} from {start}; {kind}",
        f"runs in {_states(clock.runs_in, procedure)}"
        + (f"; may in {_states(clock.may_run_in, procedure)}" if clock.may_run_in else ""),
        f"when over: {end}",
    ]
    if clock.pauses:
        more.append("rests for " + "; ".join(f"{g} ({both(w)})" for g, w in clock.pauses.items()))
    if clock.extending:
        extra = ", ".join(_limit(term, limits) for term in clock.extending.term.names)
        times = f"{clock.extending.times} time{'s' if clock.extending.times > 1 else ''}"
        more.append(
            f"more time: {extra}, {times}; asked by {clock.extending.ask}, "
            f"given by {clock.extending.approve}"
        )
    more.append(f"law: {both(clock.law) if clock.law else 'none, set by the city'}")
    return clock.name, both(clock.label), more


def _action(action: Action, procedure: Procedure) -> Entry:
    way = f"by {', '.join(action.by)}; from {_states(action.froms, procedure)}"
    way += f"; to {target_words(action.to)}" if action.to else "; stays"
    more = [way]
    rules = [
        *([f"within {action.within}"] if action.within else []),
        *(
            [f"at most {action.times} time{'s' if action.times > 1 else ''}"]
            if action.times
            else []
        ),
        *([f"once in {action.every}"] if action.every else []),
        *(["all parties"] if action.quorum else []),
        *([f"guards {', '.join(action.guards)}"] if action.guards else []),
    ]
    if rules:
        more.append("; ".join(rules))
    more += [
        f"needs {need.kind} {need.name} {need.test} {_shown(need.value)}, else {need.refusal}"
        for need in action.needs
    ]
    if action.form:
        more.append("form: " + ", ".join(map(_field, action.form)))
    more += [f"does: {what}" for what in ["; ".join(_effects(action))] if what]
    if action.notify:
        more.append(f"tells {', '.join(action.notify)}")
    if action.law:
        more.append(f"law: {both(action.law)}")
    origin = f" ({action.origin})" if action.origin else ""
    return action.name, both(action.label) + origin, more


def _effects(action: Action) -> Iterator[str]:
    clocks = action.clocks
    for verb, names in (
        ("starts", clocks.start),
        ("stops", clocks.stop),
        ("returns", clocks.give_back),
        ("rests", tuple(f"{name} ({ground})" for name, ground in clocks.pause.items())),
        ("resumes", clocks.resume),
        ("asks more time for", (clocks.ask_more,)),
        ("extends", (clocks.extend,)),
        ("refuses more time for", (clocks.refuse_more,)),
        ("opens", action.open),
        ("releases", action.release),
        ("advances", action.advance),
        ("writes", action.documents),
        ("effects", action.effects),
    ):
        if any(names):
            yield f"{verb} {', '.join(names)}"
    for role, assigning in action.assign.items():
        yield f"{role} = {assigning.source} {assigning.name}".rstrip()
    for fact, setting in action.set.items():
        yield f"{fact} = {_setting(setting)}"
    if action.hand_over:
        yield f"hands over to the procedure in {action.hand_over}"


def _setting(setting: Setting) -> str:
    if setting.source == "literal":
        return _shown(setting.value)
    if setting.source == ACT:
        return "the instant"
    return f"{setting.source} {_shown(setting.value or '')}".strip()


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | list | frozenset):
        return " or ".join(map(_shown, value))
    return str(value)


def _field(field: Field) -> str:
    optional = "" if field.required else ", optional"
    options = f": {'|'.join(field.options)}" if field.options else ""
    return f"{field.name} ({field.type}{options}{optional})"


def target_words(to: Choosing) -> str:
    """Say where an action leads."""
    if not to.of:
        return to.names[0]
    return f"by {to.of} {to.name}: " + ", ".join(f"{v} → {n}" for v, n in to.options.items())


def _states(names: frozenset[str], procedure: Procedure) -> str:
    ordered = [name for name in (NEW, *procedure.states) if name in names]
    everything = [state.name for state in procedure.states.values() if not state.end]
    if ordered == everything and len(ordered) > 3:
        return "any state but ends"
    if len(ordered) > 3 and ordered == [
        state.name for state in procedure.states.values() if not state.done
    ]:
        return "any state that is not done"
    return ", ".join(ordered)
