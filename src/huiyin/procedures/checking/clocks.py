"""What the search shows of clocks: which never run, count from nothing, rest for ever."""

from huiyin.procedures.checking.exploring import Search
from huiyin.procedures.checking.findings import Findings
from huiyin.procedures.language import ACT, Action
from huiyin.procedures.sentences import fill


def check_clocks(search: Search, findings: Findings, impossible: frozenset[str]) -> None:
    """Report clocks that never start or never run where they may, and acts without effect."""
    layout = search.graph.layout
    seen: dict[int, int] = {}  # by state: the bits that are set in some configuration
    for number in search.numbers:
        code = number & layout.state.mask
        seen[code] = seen.get(code, 0) | number
    for name, bits in layout.clocks.items():
        if not any(met & bits.all for met in seen.values()):
            findings.add(
                "clock_never_started", f"clocks.{name}", "no action that can be taken starts it.",
                fill("Add clocks: {{start: [{}]}} to one.", name),
            )  # fmt: skip
            continue
        for state in sorted(search.graph.procedure.clocks[name].may_run_in):
            if not seen.get(layout.states[state], 0) & bits.alive and layout.states[state] in seen:
                findings.add(
                    "clock_never_there", f"clocks.{name}", fill("it never runs in {}.", state),
                    "Take the state out of its may, or start the clock on a way there.",
                )  # fmt: skip
    _vain(search, findings, impossible)
    _resting(search, findings)
    _starts(search, findings, impossible)


def _starts(search: Search, findings: Findings, impossible: frozenset[str]) -> None:
    """Report clocks that count from a fact which nothing can have set by then."""
    graph, procedure = search.graph, search.graph.procedure
    onward: dict[str, set[str]] = {}
    for place in graph.places:
        onward[place.state.name] = {
            graph.layout.names[arrow.move.target] for arrow in place.arrows if arrow.move
        }
        for happening in place.happenings:
            for arrow in happening.arrows:
                if arrow.move:
                    onward[place.state.name].add(graph.layout.names[arrow.move.target])
    for action in procedure.actions.values():
        for name in action.clocks.start if action.name not in impossible else ():
            fact = procedure.clocks[name].start
            if fact == ACT or procedure.facts[fact].outside or _gives(action, fact):
                continue
            waiting = [
                state
                for other in procedure.actions.values()
                if _gives(other, fact) and other.name not in impossible
                for state in (*other.froms, *(other.to.names if other.to else ()))
                if state in onward
            ]
            known_in = set(waiting)
            while waiting:
                new = onward[waiting.pop()] - known_in
                known_in |= new
                waiting += new
            if not known_in & action.froms:
                findings.add(
                    "clock_start_unset", f"actions.{action.name}",
                    fill(
                        "it starts {}, which counts from fact.{}, and nothing has set that.",
                        name, fact,
                    ),
                    "Set the fact in this action or before it.",
                )  # fmt: skip


def _gives(action: Action, fact: str) -> bool:
    """Tell whether an action gives a fact a value."""
    return fact in action.set and action.set[fact].source != "none"


def _vain(search: Search, findings: Findings, impossible: frozenset[str]) -> None:
    """Report what actions do to clocks without ever having an effect."""
    layout = search.graph.layout
    for action in search.graph.procedure.actions.values():
        if action.name in impossible or action.name not in search.taken:
            continue
        acts = action.clocks
        found = search.effects.get(action.name, 0)
        wanted = [("stops", name, layout.clocks[name].all) for name in acts.stop]
        wanted += [("returns", name, layout.clocks[name].all) for name in acts.give_back]
        wanted += [
            ("lets rest", name, layout.clocks[name].alive & ~layout.clocks[name].rests)
            for name in acts.pause
        ]
        wanted += [("resumes", name, layout.clocks[name].rests) for name in acts.resume]
        for word, name, bits in wanted:
            if not found & bits:
                findings.add(
                    "clock_act_in_vain", f"actions.{action.name}",
                    fill(
                        "it {} {}, which never {} here.",
                        word, name, 'rests' if word == 'resumes' else 'runs',
                    ),
                    "Take it out, or start the clock before.",
                )  # fmt: skip


def _resting(search: Search, findings: Findings) -> None:
    """Report clocks that rest in a state which no act leaves, or stays in, by resuming them."""
    graph, layout = search.graph, search.graph.layout
    resumed: dict[tuple[str, str], None] = {}
    for action in graph.procedure.actions.values():
        for clock in action.clocks.resume:
            for state in action.froms:
                resumed[(clock, state)] = None
    for name, bits in layout.clocks.items():
        if not search.graph.rests & bits.rests:
            continue
        stays: dict[str, int] = {}
        for at, number in enumerate(search.numbers):
            if number & bits.rests:
                state = graph.places[number & layout.state.mask].state.name
                if (name, state) not in resumed:
                    stays.setdefault(state, at)
        if stays:
            first, *others = stays
            more = fill(" (and {})", ", ".join(others)) if others else ""
            findings.add(
                "clock_stays_paused", f"clocks.{name}",
                fill("it rests in {}{}, where no act lets it go on.", first, more),
                "Resume it on the way there, or give an act there that resumes it.",
                search.path(stays[first]),
            )  # fmt: skip
