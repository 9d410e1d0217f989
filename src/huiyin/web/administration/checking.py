"""A draft of a procedure: is it sound, what differs from the version in force, one way through.

Nothing of it is kept: a new version comes into force with a release that brings its file.
"""

import difflib
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

import yaml
from django.utils.translation import gettext as _

from huiyin.matters.limits import calendar
from huiyin.matters.wording import language, said
from huiyin.procedures import Refusal, library
from huiyin.procedures.checking import Known, Report, check
from huiyin.procedures.deciding import possible
from huiyin.procedures.language import Procedure
from huiyin.procedures.reading import ReadingError, read_procedure
from huiyin.procedures.sentences import said_by
from huiyin.procedures.simulation import World, a_form, an_actor
from huiyin.worktime import Limit

LARGEST: Final = 200_000  # bytes; the longest file of ours has a third of it
MOST_NODES: Final = 50_000  # the longest file of ours has a tenth of it
BOUND: Final = 60_000  # configurations: more than any of ours needs, and seconds at most
LINES_SHOWN: Final = 400
STEPS: Final = 24
_sources: list[Callable[[], Known]] = []


def learn(known: Callable[[], Known]) -> None:
    """Let the floor above say what procedure files may name: limits, permissions, effects."""
    _sources[:] = [known]


@dataclass(frozen=True)
class Line:
    """One finding of the reader or the checker."""

    line: int
    text: str
    path: str = ""
    instead: str = ""


@dataclass(frozen=True)
class Step:
    """One act of the way through: who does what, where it stands then, what is promised."""

    at: datetime
    act: str
    by: str
    state: str
    due: Sequence[tuple[str, date]]


@dataclass
class Verdict:
    """What is said about a draft. `changes`: (what, names added, names gone)."""

    name: str = ""
    title: str = ""
    version: int = 0
    in_force: int = 0
    findings: list[Line] = field(default_factory=list)
    is_sound: bool = False
    seen: str = ""
    changes: list[tuple[str, list[str], list[str]]] = field(default_factory=list)
    diff: list[tuple[str, str]] = field(default_factory=list)
    more_lines: bool = False
    steps: list[Step] = field(default_factory=list)


def judge(text: str, *, limits: Mapping[str, Limit], at: datetime) -> Verdict:
    """Read, check, compare and try a draft. Pure but for the files of the package."""
    verdict = Verdict()
    if _stands_for_too_much(text):
        verdict.findings.append(
            Line(1, _("With its aliases (*) written out this file is too long: write it shorter."))
        )
        return verdict
    try:
        draft = read_procedure(text, fragments=library.fragments())
    except ReadingError as error:
        verdict.findings = [
            Line(fault.line, _here(fault.text), instead=_here(fault.instead))
            for fault in error.faults
        ]
        return verdict
    verdict.name, verdict.version = draft.name, draft.version
    verdict.title = said(draft.title)
    report = check(
        draft, known=_sources[0](), library={**library.procedures(), draft.name: draft},
        bound=BOUND,
    )  # fmt: skip
    verdict.findings = [
        Line(one.line, _here(one.text), " → ".join(one.path), _here(one.instead))
        for one in report.findings
    ]
    verdict.is_sound, verdict.seen = report.is_sound, _seen(report)
    present = library.procedures().get(draft.name)
    if present is not None:
        verdict.in_force = present.version
        verdict.changes = list(_changes(present, draft))
        verdict.diff, verdict.more_lines = _diff(_text_in_force(present), text)
    if not verdict.findings:
        verdict.steps = _way_through(draft, limits, at)
    return verdict


def _here(text: str) -> str:
    """Return what reader or checker said in the language of the page."""
    return said_by(library.chinese(), text) if language().startswith("zh") else text


def _stands_for_too_much(text: str) -> bool:
    """Tell whether a few lines with aliases stand for more than can be looked through."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError):
        return False  # the reader says what is wrong
    sizes: dict[int, float] = {}

    def size(node: yaml.Node) -> float:
        """Count the nodes with every alias written out; one inside itself never ends."""
        if id(node) not in sizes:
            sizes[id(node)] = math.inf
            inside: list[yaml.Node] = []
            if isinstance(node, yaml.MappingNode):
                inside = [one for pair in node.value for one in pair]
            elif isinstance(node, yaml.SequenceNode):
                inside = node.value
            sizes[id(node)] = 1 + sum(size(one) for one in inside)
        return sizes[id(node)]

    return root is not None and size(root) > MOST_NODES


def _seen(report: Report) -> str:
    data = {"count": f"{report.configurations:,}", "bound": f"{report.bound:,}"}
    if report.complete:
        return _("%(count)s situations looked at: all there are.") % data
    return _("%(count)s situations looked at, then the bound of %(bound)s was reached.") % data


def _changes(present: Procedure, draft: Procedure) -> Iterator[tuple[str, list[str], list[str]]]:
    for words, before, after in (
        (_("States"), present.states, draft.states),
        (_("Acts"), present.actions, draft.actions),
        (_("Limits"), present.clocks, draft.clocks),
        (_("Actors"), present.actors, draft.actors),
    ):
        added = [said(one.label) for name, one in after.items() if name not in before]
        gone = [said(one.label) for name, one in before.items() if name not in after]
        if added or gone:
            yield words, added, gone


def _text_in_force(procedure: Procedure) -> str:
    return library.texts().get(procedure.file, "")


def _diff(before: str, after: str) -> tuple[list[tuple[str, str]], bool]:
    """Return the lines that differ, each with its sign, three around them for orientation."""
    found = [
        (line[0], line[1:])
        for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2)
        if not line.startswith(("---", "+++"))
    ]
    return found[:LINES_SHOWN], len(found) > LINES_SHOWN


def _way_through(draft: Procedure, limits: Mapping[str, Limit], at: datetime) -> list[Step]:
    """Return one way from the opening towards an end: the first act of the owner that moves it."""
    world = World(draft, calendar(), at, limits)
    steps: list[Step] = []
    been: set[str] = set()
    name: str | None = draft.openings[0].name if draft.openings else None
    while name is not None and len(steps) < STEPS:
        answer = world.act(name)
        if isinstance(answer, Refusal):
            break
        act, state = draft.actions[name], world.run.state
        been.add(state)
        steps.append(
            Step(
                at=world.now,
                act=said(act.label),
                by=said(draft.actors[act.by[0]].label),
                state=said(draft.states[state].label),
                due=[
                    (said(draft.clocks[clock].label), found.due_on)
                    for clock, found in world.run.clocks.items()
                    if found.is_alive and clock in draft.clocks
                ],
            )
        )
        name = None if draft.states[state].end else _next(world, been)
    return steps


def _next(world: World, been: set[str]) -> str | None:
    """Return the first act that is possible now and leads where the run has not been."""
    for name, act in world.procedure.actions.items():
        if act.to is None or not (set(act.to.names) - been):
            continue
        actor = an_actor(world.procedure, act.by[0], world.run)
        listed = possible(world.procedure, world.run, actor, world.now, world.facts)
        if not any(one.action == name and one.is_open for one in listed):
            continue
        form = a_form(act, world.run, world.now)
        trial = copy(world)
        trial.outside, trial.steps = dict(world.outside), []
        answer = trial.act(name, form)
        if not isinstance(answer, Refusal) and trial.run.state not in been:
            return name
    return None
