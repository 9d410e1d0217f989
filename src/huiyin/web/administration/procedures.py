"""Procedures as the administrator reads them: which there are, how many runs, and each in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from huiyin.categories.terms import term_values
from huiyin.matters.models import Run
from huiyin.matters.wording import language, said
from huiyin.notices.library import fitting
from huiyin.procedures import library, terms_of
from huiyin.procedures.drawing import draw
from huiyin.procedures.language import (
    NEW,
    PREVIOUS,
    Action,
    ActorKind,
    ClockRule,
    Expiry,
    Procedure,
)
from huiyin.ui.kept import Kept
from huiyin.units.kinds import UnitKind
from huiyin.web.terms import length_words
from huiyin.worktime import Limit, LimitUnit

CAPABILITIES: Final[Mapping[str, str | Promise]] = {
    "grid": gettext_lazy("Grid matters"),
    "hotline": gettext_lazy("Hotline 12345"),
    "orders": gettext_lazy("Service orders"),
    "petitions": gettext_lazy("Petitions"),
    "mediation": gettext_lazy("People's mediation"),
    "matters": gettext_lazy("Inside every matter"),
}


_kept: Final[Kept[str, dict[str, list[tuple[int, int]]]]] = Kept(60.0)


@dataclass(frozen=True)
class Row:
    """A procedure of the list: the version in force, and its open runs by version."""

    name: str
    title: str
    law: str
    version: int
    runs: Sequence[tuple[int, int]]
    states: int
    acts: int
    is_child: bool
    confidential: bool

    @property
    def open(self) -> int:
        return sum(count for _version, count in self.runs)

    @property
    def older(self) -> int:
        """How many open runs go on under a version that is no longer in force."""
        return sum(count for version, count in self.runs if version != self.version)


def open_runs() -> dict[str, list[tuple[int, int]]]:
    """Return how many runs are open under each version of each procedure, a minute ago at most.

    One query, which reads everything that is open.
    """
    return _kept.get("open", _open_runs)


def _open_runs() -> dict[str, list[tuple[int, int]]]:
    found: dict[str, list[tuple[int, int]]] = {}
    rows = (
        Run.objects.filter(is_over=False)
        .values_list("procedure", "version")
        .annotate(count=Count("pk"))
        .order_by("procedure", "-version")
    )
    for name, version, count in rows:
        found.setdefault(name, []).append((version, count))
    return found


def by_capability() -> list[tuple[str, list[Row]]]:
    """Return every procedure under the name of its field of work. One query."""
    runs = open_runs()
    groups: dict[str, list[Row]] = {}
    for procedure in sorted(library.procedures().values(), key=_order):
        capability = procedure.file.partition("/")[0]
        groups.setdefault(capability, []).append(_row(procedure, runs.get(procedure.name, [])))
    order = [*CAPABILITIES, *sorted(set(groups) - set(CAPABILITIES))]
    return [(str(CAPABILITIES.get(name, name)), groups[name]) for name in order if name in groups]


def _order(procedure: Procedure) -> tuple[bool, str]:
    return procedure.is_child, procedure.name


def _row(procedure: Procedure, runs: Sequence[tuple[int, int]]) -> Row:
    return Row(
        name=procedure.name,
        title=said(procedure.title),
        law=said(procedure.law),
        version=procedure.version,
        runs=runs,
        states=len(procedure.states),
        acts=len(procedure.actions),
        is_child=procedure.is_child,
        confidential=procedure.confidential,
    )


# --- one procedure in words ---------------------------------------------------------------------


@dataclass(frozen=True)
class Clock:
    """A limit: how long today, under which law, when it runs and what its end means."""

    label: str
    length: str
    law: str
    runs_in: str
    ends: str
    terms: Sequence[str]


@dataclass(frozen=True)
class Act:
    """An act: who, from where to where, what is asked, what follows."""

    label: str
    by: str
    way: str
    law: str
    asks: str
    starts: str
    tells: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class InWords:
    """A whole procedure as sentences."""

    row: Row
    actors: Sequence[tuple[str, str]]
    states: Sequence[tuple[str, str, str]]
    clocks: Sequence[Clock]
    acts: Sequence[Act]
    shared: Sequence[Act]
    children: Sequence[str]


def limits_today(procedure: Procedure, *, on: date) -> dict[str, Limit]:
    """Return what the limits of a procedure are in general on a day. One query."""
    values = term_values(terms_of(procedure), on=on)
    return {key: Limit(value.amount, LimitUnit(value.unit)) for key, value in values.items()}


def in_words(procedure: Procedure, limits: Mapping[str, Limit]) -> InWords:
    """Return a procedure as sentences. One query."""
    acts = list(procedure.actions.values())
    return InWords(
        row=_row(procedure, open_runs().get(procedure.name, [])),
        actors=[(said(one.label), _who(procedure, name))
                for name, one in procedure.actors.items()],
        states=[
            (said(state.label), _actor(procedure, state.owner), _mark(state.done, state.closed,
                                                                      state.end))
            for state in procedure.states.values()
        ],
        clocks=[_clock(procedure, clock, limits) for clock in procedure.clocks.values()],
        acts=[_act(procedure, act) for act in acts if not act.origin],
        shared=[_act(procedure, act) for act in acts if act.origin],
        children=[
            said(library.procedures()[child.procedure].title)
            for child in procedure.children.values()
            if child.procedure in library.procedures()
        ],
    )  # fmt: skip


def picture(procedure: Procedure, limits: Mapping[str, Limit]) -> str:
    """Return the picture of a procedure as SVG."""
    return draw(procedure, terms=limits, language="zh" if language().startswith("zh") else "en")


def _listed(words: Iterable[str]) -> str:
    return _(", ").join(filter(None, words))


def _actor(procedure: Procedure, name: str) -> str:
    rule = procedure.actors.get(name)
    return said(rule.label) if rule else ""


def _who(procedure: Procedure, name: str) -> str:
    rule = procedure.actors[name]
    kinds = _listed(str(UnitKind(kind).label) for kind in rule.unit_kinds)
    match rule.kind:
        case ActorKind.UNIT:
            words = kinds
        case ActorKind.ASSIGNED:
            words = _("the unit it was given to")
        case ActorKind.SUPERIOR_OF:
            words = _("the unit above the one it was given to")
        case ActorKind.SENDER_OF:
            words = _("the unit that gave it")
        case ActorKind.NOT_OF:
            words = _("another unit than the one that did it: %(kinds)s") % {"kinds": kinds}
        case ActorKind.STAFF:
            words = _("any member of staff who sees it")
        case ActorKind.REPORTER:
            words = _("whoever reported it")
        case ActorKind.PARTY:
            words = _("a side of the dispute")
        case ActorKind.SYSTEM:
            words = _("the system itself")
    return words


def _mark(done: bool, closed: bool, end: bool) -> str:
    if end:
        return _("the end")
    if closed:
        return _("closed for good")
    return _("answered") if done else ""


def _states(procedure: Procedure, names: Iterable[str]) -> str:
    wanted = set(names)
    said_states = [said(state.label) for name, state in procedure.states.items() if name in wanted]
    if len(said_states) > 6 and len(said_states) >= len(procedure.states) - 3:
        return _("nearly every state")
    return _listed(said_states)


def _clock(procedure: Procedure, clock: ClockRule, limits: Mapping[str, Limit]) -> Clock:
    lengths = [
        length_words(limits[term].amount, limits[term].unit)
        for term in clock.term.names
        if term in limits
    ]
    ends = {
        Expiry.FAULT: _("it is overdue and goes on"),
        Expiry.LAPSE: _("the right is over"),
        Expiry.ACT: _("the system does: %(act)s")
        % {
            "act": said(procedure.actions[clock.expiry_action].label)
            if clock.expiry_action in procedure.actions
            else ""
        },
    }[clock.on_expiry]
    return Clock(
        label=said(clock.label),
        length=_(" or ").join(dict.fromkeys(lengths)),
        law=said(clock.law) or _("the city decides"),
        runs_in=_states(procedure, clock.runs_in),
        ends=ends,
        terms=clock.term.names,
    )


def _act(procedure: Procedure, act: Action) -> Act:
    froms = _("it is opened with this") if NEW in act.froms else _states(procedure, act.froms)
    way = froms
    if act.to is not None and NEW not in act.froms:
        to = (
            _("where it came from")
            if PREVIOUS in act.to.names
            else _(" or ").join(
                said(procedure.states[name].label)
                for name in act.to.names
                if name in procedure.states
            )
        )
        way = f"{froms} → {to}"
    clocks = procedure.clocks
    return Act(
        label=said(act.label),
        by=_listed(_actor(procedure, name) for name in act.by),
        way=way,
        law=said(act.law),
        asks=_listed(said(field.label) for field in act.form),
        starts=_listed(said(clocks[name].label) for name in act.clocks.start if name in clocks),
        tells=[
            (_actor(procedure, actor), _text_of(f"{procedure.name}.{act.name}.{actor}", procedure))
            for actor in act.notify
        ],
    )


def _text_of(name: str, procedure: Procedure) -> str:
    """Return the first shipped text of a notice, as it is written; facts stand in brackets."""
    rule = procedure.actors.get(name.rpartition(".")[2])
    audience = "person" if rule and rule.is_person else "staff"
    for template in fitting(name, audience):
        for parts in template.channels.values():
            return said(parts[-1].words)
    return ""
