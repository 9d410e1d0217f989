"""The handbook's pages of procedures: picture, states, limits, acts, sentences of refusal."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from huiyin.ops.procedures.catalogue import limits
from huiyin.ops.procedures.showing import actor_words, limit_words
from huiyin.procedures import library
from huiyin.procedures.drawing import draw
from huiyin.procedures.language import ACT, NEW, Action, ClockRule, Procedure, State, Words

OVER = {
    "fault": "overdue: a fault",
    "lapse": "the right ends",
    "act": "the system takes `{}`",
}


def pages() -> dict[str, str]:
    """Return every file below docs/procedures by its name."""
    found = {"index.md": index()}
    for name, procedure in library.procedures().items():
        found[f"{name}.md"] = page(procedure)
        found[f"{name}.svg"] = draw(procedure, terms=limits()) + "\n"
        found[f"{name}.en.svg"] = draw(procedure, terms=limits(), language="en") + "\n"
    return found


def index() -> str:
    """Return the list of all procedures."""
    lines = [
        "# Procedures",
        "",
        "How each kind of matter is handled: who may do what, from where, by when, by which law.",
        "These pages are read off the procedure files.",
        "What such a file can say: [the procedure language](../procedure-language.md).",
        "",
        "| Procedure | 程序 | Kind | States | Acts | Law |",
        "|---|---|---|---|---|---|",
    ]
    for name, procedure in sorted(library.procedures().items()):
        kind = "inside another one" if procedure.is_child else "main"
        lines.append(
            _row(
                f"[{procedure.title.en}]({name}.md)",
                procedure.title.zh,
                kind + (", confidential" if procedure.confidential else ""),
                str(len(procedure.states)),
                str(len(procedure.actions)),
                _both(procedure.law) if procedure.law else "none",
            )
        )
    return "\n".join(lines) + "\n"


def page(procedure: Procedure) -> str:
    """Return the page of one procedure."""
    name, title = procedure.name, procedure.title
    lines = [
        "---",
        "hide: [navigation, toc]",
        "---",
        "",
        f"# {title.en} {title.zh}",
        "",
        f"`{name}`, version {procedure.version}. [All procedures](index.md)",
        "",
    ]
    if procedure.law:
        lines += [f"Law: {_both(procedure.law)}", ""]
    if procedure.confidential:
        lines += ["Confidential: found by its number only.", ""]
    if procedure.is_child:
        lines += ["A run inside another one.", ""]
    lines += [
        f"[![{title.zh}：流程图]({name}.svg)]({name}.svg)",
        "",
        f"The same picture [in English]({name}.en.svg).",
        "",
    ]
    lines += _table(
        "Who acts 谁来办",
        ("Actor", "角色", "Who that is"),
        (
            (f"{rule.label.en} `{rule.name}`", rule.label.zh, actor_words(rule))
            for rule in procedure.actors.values()
        ),
    )
    lines += _table(
        "States 环节",
        ("State", "环节", "Whose turn", "What it is", "What the resident reads"),
        (_state(state, procedure) for state in procedure.states.values()),
    )
    lines += _table(
        "Limits 时限",
        ("Limit", "时限", "Length", "Counts from", "When over", "More time", "Law"),
        (_clock(clock, procedure) for clock in procedure.clocks.values()),
    )
    lines += _table(
        "Acts 操作",
        ("Act", "操作", "By", "From", "To", "Law"),
        (_action(action, procedure) for action in procedure.actions.values()),
    )
    lines += _table(
        "Why not 为什么不能办",
        ("Code", "Sentence", "中文"),
        ((f"`{name}.{code}`", words.en, words.zh) for code, words in procedure.refusals.items()),
    )
    return "\n".join(lines).rstrip() + "\n"


def _table(title: str, heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    listed = list(rows)
    if not listed:
        return
    yield f"## {title}"
    yield ""
    yield _row(*heads)
    yield _row(*("---" for _ in heads))
    for row in listed:
        yield _row(*row)
    yield ""


def _state(state: State, procedure: Procedure) -> tuple[str, ...]:
    kind = "end" if state.end else "closed" if state.closed else "done" if state.done else ""
    parts = [kind] if kind else []
    if state.result:
        parts.append(f"result `{state.result}`")
    if state.waits_for:
        parts.append(f"waits for {procedure.children[state.waits_for].label.en}")
    owner = procedure.actors[state.owner].label if state.owner else None
    plain = _lines(state.plain) if state.plain else ""
    return (
        f"{state.label.en} `{state.name}`",
        state.label.zh,
        _both(owner) if owner else "",
        ", ".join(parts),
        plain,
    )


def _clock(clock: ClockRule, procedure: Procedure) -> tuple[str, ...]:
    start = "the act" if clock.start == ACT else procedure.facts[clock.start].label.en
    if clock.latest:
        known = limits()[clock.latest.term]
        start += f"; at the latest {known} after {procedure.facts[clock.latest.fact].label.en}"
    until = procedure.facts[clock.until].label if clock.until else None
    named = f"<br>or the day named: {_both(until)}" if until else ""
    more = ""
    if clock.extending:
        extending = clock.extending
        by = procedure.actors[extending.approve].label.en
        term = replace(clock, term=extending.term)
        times = "once" if extending.times == 1 else f"{extending.times} times"
        more = f"{_length(term)}<br>{times}, given by {by}"
        papers = ", ".join(_both(procedure.documents[name]) for name in extending.documents)
        more += f"<br>{papers}" if papers else ""
    rests = [f"rests: {_both(words)}" for words in clock.pauses.values()]
    return (
        f"{clock.label.en} `{clock.name}`",
        clock.label.zh,
        _length(clock) + named,
        start,
        OVER[clock.on_expiry].format(clock.expiry_action),
        "<br>".join(filter(None, [more, *rests])),
        _lines(clock.law) if clock.law else "set by the city",
    )


def _length(clock: ClockRule) -> str:
    words = limit_words(clock, limits())
    return words.replace(": ", ":<br>", 1).replace(", ", "<br>") if clock.term.of else words


def _action(action: Action, procedure: Procedure) -> tuple[str, ...]:
    shared = f"<br>shared: {action.origin}" if action.origin.startswith("fragment ") else ""
    return (
        f"{action.label.en} `{action.name}`{shared}",
        action.label.zh,
        ", ".join(procedure.actors[name].label.en for name in action.by),
        _froms(action, procedure),
        _target(action, procedure),
        _lines(action.law) if action.law else "",
    )


def _froms(action: Action, procedure: Procedure) -> str:
    states = procedure.states
    groups = {
        "any state": {name for name, state in states.items() if not state.end},
        "any state that is not done": {name for name, state in states.items() if not state.done},
        "any state after it is done": {
            name for name, state in states.items() if state.done and not state.end
        },
    }
    for words, names in groups.items():
        if len(names) > 2 and action.froms == names:
            return words
    ordered = [name for name in (NEW, *states) if name in action.froms]
    return ", ".join("(opens)" if name == NEW else states[name].label.en for name in ordered)


def _target(action: Action, procedure: Procedure) -> str:
    if action.to is None:
        return "stays"
    names = {
        name: procedure.states[name].label.en if name in procedure.states else "where it came from"
        for name in action.to.names
    }
    if not action.to.of:
        return next(iter(names.values()))
    return "<br>".join(f"`{value}`: {names[name]}" for value, name in action.to.options.items())


def _both(words: Words) -> str:
    return f"{words.en} {words.zh}"


def _lines(words: Words) -> str:
    return f"{words.en}<br>{words.zh}"


def _row(*cells: str) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"
