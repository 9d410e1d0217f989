"""What a picture shows of a procedure: boxes, arrows between them, and what stands beside.

Left out: acts that change nothing (notes, messages). Parallel acts share one arrow. What may be
done from many states stands in a list, not as arrows.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from huiyin.procedures.drawing import words
from huiyin.procedures.drawing.palette import GROUP, NOBODY, PERSON, STAFF, Hue
from huiyin.procedures.drawing.texts import kept_whole
from huiyin.procedures.drawing.words import Language, say
from huiyin.procedures.language import (
    NEW,
    PREVIOUS,
    Action,
    ActorKind,
    ClockRule,
    Expiry,
    Procedure,
    State,
    Words,
)
from huiyin.worktime import Limit

MANY_FROMS = 4  # acts of so many states leave from a box that names them, or stand in the list
MOST_NAMED = 9  # a box names so many states at most
LETTERS = "ⒶⒷⒸⒹⒺⒻⒼⒽⒾⒿⓀⓁⓂⓃⓄⓅⓆⓇⓈⓉⓊⓋⓌⓍⓎⓏ"
LONG_CLOCK = 4  # a clock of so many states is written where it starts, not in each of them


class Shape(StrEnum):
    """The outline of a box."""

    START = "start"
    OPEN = "open"
    DONE = "done"
    CLOSED = "closed"
    END = "end"
    MANY = "many"  # stands for several states at once; acts that all of them allow leave from it


class Mark(StrEnum):
    """The small sign before a line."""

    NONE = ""
    CLOCK = "clock"
    CHILD = "child"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing written in a box, on an arrow or in the list."""

    text: str
    mark: Mark = Mark.NONE
    quiet: bool = False


@dataclass(frozen=True, slots=True)
class Box:
    """A state."""

    name: str
    label: str
    shape: Shape
    hue: Hue
    owner: str = ""
    lines: tuple[Line, ...] = ()
    is_waiting: bool = False  # for a child: drawn with a double border


@dataclass(slots=True)
class Arrow:
    """All acts that lead from one state to another."""

    source: str
    target: str
    lines: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Item:
    """A thing in the list beside the picture. `target`: the state it leads to, or nothing."""

    lines: tuple[Line, ...]
    target: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole content of a picture."""

    title: str
    boxes: Mapping[str, Box]  # with the start under NEW, in the order of the file
    groups: Mapping[str, tuple[str, ...]]  # which states a box of shape MANY stands for
    arrows: tuple[Arrow, ...]
    items: tuple[Item, ...]
    long_clocks: tuple[Line, ...]
    owners: tuple[tuple[str, Hue], ...]


def chart(procedure: Procedure, terms: Mapping[str, Limit], language: Language) -> Chart:
    """Work out what the picture of a procedure shows."""
    return _Charting(procedure, terms, language).chart()


class _Charting:
    def __init__(
        self, procedure: Procedure, terms: Mapping[str, Limit], language: Language
    ) -> None:
        self.procedure = procedure
        self.terms = terms
        self.language = language
        self.hues = _hues(procedure)
        self.arrows: dict[tuple[str, str], Arrow] = {}
        self.items: list[Item] = []
        self.staying: dict[str, list[str]] = {}
        self.back: dict[str, list[str]] = {}  # acts that lead to where the run came from
        self.many: list[tuple[Action, list[str]]] = []
        self.groups: dict[str, tuple[str, ...]] = {}
        self.letters: dict[tuple[str, ...], str] = {}

    def chart(self) -> Chart:
        for action in self.procedure.actions.values():
            self._take(action)
        linked = {name for pair in self.arrows for name in pair}
        for action, froms in self.many:
            self._take_many(action, froms, linked)
        boxes = self._boxes()
        long_clocks = tuple(
            Line(words.clock_words(clock, self.terms, self.language), Mark.CLOCK)
            for clock in self.procedure.clocks.values()
            if not self._is_short(clock)
        )
        owners = tuple(
            (self._actor(name), hue)
            for name, hue in self.hues.items()
            if any(state.owner == name for state in self.procedure.states.values())
        )
        return Chart(
            title=self._say(words.TITLE).format(self._say(self.procedure.title)),
            boxes=boxes,
            groups=self.groups,
            arrows=tuple(self.arrows.values()),
            items=tuple(self.items),
            long_clocks=long_clocks,
            owners=owners,
        )

    def _take(self, action: Action) -> None:
        if action.to is None:
            self._take_staying(action)
            return
        targets = _targets(action)
        froms = [name for name in (NEW, *self.procedure.states) if name in action.froms]
        if len(froms) >= MANY_FROMS:
            self.many.append((action, froms))
            return
        for target, values in targets.items():
            for source in froms:
                if target == PREVIOUS:
                    self.back.setdefault(source, []).append(self._say(action.label))
                elif target == source:
                    self.staying.setdefault(source, []).append(self._say(action.label))
                else:
                    self._join(source, target, self._lines(action, source, values))

    def _join(self, source: str, target: str, lines: list[Line]) -> None:
        arrow = self.arrows.setdefault((source, target), Arrow(source, target))
        arrow.lines = _in_order([*arrow.lines, *lines])

    def _take_many(self, action: Action, froms: list[str], linked: set[str]) -> None:
        """Let an act of many states leave from one box, where its target is in the picture."""
        for target, values in _targets(action).items():
            others = tuple(name for name in froms if name != target)
            if target in linked and len(others) <= MOST_NAMED and len(self.letters) < len(LETTERS):
                group = self._group(others, target)
                self._join(group, target, self._lines(action, "", values))
            else:
                self._list(action, froms, {target: values})

    def _group(self, froms: tuple[str, ...], target: str) -> str:
        """Return the box for these states: below them, or right above what it leads back to."""
        order = {name: number for number, name in enumerate(self.procedure.states)}
        is_back = all(order[name] > order[target] for name in froms)
        self.letters.setdefault(froms, LETTERS[len(self.letters)])
        name = " ".join((*froms, *([target] if is_back else ())))
        self.groups[name] = froms
        return name

    def _boxes(self) -> dict[str, Box]:
        """All boxes in the order of the file; a group comes right before where it leads to."""
        boxes = {NEW: Box(NEW, self._say(words.START), Shape.START, NOBODY)}
        before = {group: self._leads_to(group) for group in self.groups}
        for name, state in self.procedure.states.items():
            for group, froms in self.groups.items():
                if before[group] == name:
                    named = words.joined(map(self._whole, froms), self.language)
                    line = Line(f"{self.letters[froms]} {named}", quiet=True)
                    boxes[group] = Box(group, "", Shape.MANY, GROUP, lines=(line,))
            boxes[name] = self._box(state)
        return boxes

    def _leads_to(self, group: str) -> str:
        """The first state that an act of a group leads to, of those further on if there are any."""
        order = list(self.procedure.states)
        targets = sorted(
            (target for source, target in self.arrows if source == group), key=order.index
        )
        first = min(map(order.index, self.groups[group]))
        return next((name for name in targets if order.index(name) > first), targets[0])

    def _take_staying(self, action: Action) -> None:
        if not _changes(action):
            return
        froms = [name for name in self.procedure.states if name in action.froms]
        if len(froms) >= MANY_FROMS:
            self._list(action, froms, {})
            return
        for source in froms:
            self.staying.setdefault(source, []).append(self._say(action.label))

    def _list(
        self, action: Action, froms: list[str], targets: Mapping[str, tuple[str, ...]]
    ) -> None:
        where = Line(self._where(froms), quiet=True)
        for target, values in targets.items() or (("", ()),):
            lines = [*self._lines(action, "", values), where]
            if target == PREVIOUS:
                lines.append(Line(f"→ {self._say(words.PREVIOUS_STATE)}"))
                target = ""
            self.items.append(Item(tuple(lines), target))

    def _lines(self, action: Action, source: str, values: tuple[str, ...]) -> list[Line]:
        """What stands on an arrow for one act: its label, the choice, who, clocks, children."""
        text = self._say(action.label)
        if values:
            colon = "：" if self.language == "zh" else ": "
            text += colon + ("／" if self.language == "zh" else " / ").join(
                self._option(action, value) for value in values
            )
        lines = [Line(text + self._by(action, source))]
        for name in action.clocks.start:
            clock = self.procedure.clocks[name]
            if not self._is_short(clock):
                text = words.clock_words(clock, self.terms, self.language, with_extension=False)
                lines.append(Line(text, Mark.CLOCK, True))
        lines += [
            Line(self._say(self.procedure.children[name].label), Mark.CHILD, True)
            for name in action.open
        ]
        return lines

    def _by(self, action: Action, source: str) -> str:
        """Who acts, where that is not whose turn it is."""
        owner = self.procedure.states[source].owner if source and source != NEW else ""
        expiring = [
            clock
            for clock in self.procedure.clocks.values()
            if clock.on_expiry is Expiry.ACT and clock.expiry_action == action.name
        ]
        if expiring:
            names = words.joined((self._say(clock.label) for clock in expiring), self.language)
            text = self._say(words.EXPIRES).format(names)
            return f"（{text}）" if self.language == "zh" else f" ({text})"
        actors = [name for name in action.by if name in self.procedure.actors]
        if not actors or owner in actors:
            return ""
        kinds = {self.procedure.actors[name].kind for name in actors}
        if kinds == {ActorKind.SYSTEM}:
            names = self._say(words.AUTOMATIC)
        else:
            names = words.joined(
                (
                    self._actor(name)
                    for name in actors
                    if self.procedure.actors[name].kind is not ActorKind.SYSTEM
                ),
                self.language,
            )
        return f"（{names}）" if self.language == "zh" else f" ({names})"

    def _box(self, state: State) -> Box:
        lines = [
            Line(words.clock_words(clock, self.terms, self.language), Mark.CLOCK)
            for clock in self.procedure.clocks.values()
            if state.name in clock.runs_in and self._is_short(clock)
        ]
        if state.waits_for in self.procedure.children:
            child = self.procedure.children[state.waits_for]
            lines.append(Line(self._say(child.label), Mark.CHILD))
        lines += [
            Line(f"↩ {label}", quiet=True) for label in dict.fromkeys(self.back.get(state.name, ()))
        ]
        staying = dict.fromkeys(self.staying.get(state.name, ()))
        if staying:
            lines.append(
                Line(f"+ {('；' if self.language == 'zh' else '; ').join(staying)}", quiet=True)
            )
        letters = [letter for froms, letter in self.letters.items() if state.name in froms]
        if letters:
            lines.append(Line(f"→ {' '.join(letters)}", quiet=True))
        hue = self.hues.get(state.owner, NOBODY)
        return Box(
            name=state.name,
            label=self._say(state.label),
            shape=_shape(state),
            hue=hue,
            owner=self._actor(state.owner),
            lines=tuple(lines),
            is_waiting=bool(state.waits_for),
        )

    def _where(self, froms: list[str]) -> str:
        """Say from which states, as short as it is true."""
        states = self.procedure.states
        groups = (
            (words.FROM_ANY, [name for name, state in states.items() if not state.end]),
            (words.FROM_OPEN, [name for name, state in states.items() if not _is_done(state)]),
            (
                words.FROM_DONE,
                [name for name, state in states.items() if _is_done(state) and not state.end],
            ),
        )
        told = words.joined(map(self._whole, froms), self.language)
        options = [told]
        for phrase, members in groups:
            if not set(froms) <= set(members):
                continue
            missing = [self._whole(name) for name in members if name not in froms]
            text = self._say(phrase)
            if missing:
                text += self._say(words.BUT).format(words.joined(missing, self.language))
            options.append(text)
        return min(options, key=len)

    def _option(self, action: Action, value: str) -> str:
        choosing = action.to
        options: Mapping[str, Words] = {}
        if choosing and choosing.of == "form":
            chosen = action.field_named(choosing.name)
            options = chosen.options if chosen else {}
        elif choosing and choosing.name in self.procedure.facts:
            options = self.procedure.facts[choosing.name].options
        return self._say(options[value]) if value in options else value

    def _is_short(self, clock: ClockRule) -> bool:
        return len(clock.runs_in) < LONG_CLOCK

    def _whole(self, name: str) -> str:
        """The name of a state that no line divides."""
        label = (
            self._say(self.procedure.states[name].label) if name in self.procedure.states else ""
        )
        return kept_whole(label)

    def _actor(self, name: str) -> str:
        actor = self.procedure.actors.get(name)
        return self._say(actor.label) if actor else ""

    def _say(self, text: Words) -> str:
        return say(text, self.language)


def _in_order(lines: list[Line]) -> list[Line]:
    """Put what several acts of an arrow start below all their names, each once."""
    return list(dict.fromkeys(sorted(lines, key=lambda line: line.mark is not Mark.NONE)))


def _targets(action: Action) -> dict[str, tuple[str, ...]]:
    """Return every target with the values that choose it; no values where there is no choice."""
    if action.to is None:
        return {}
    if not action.to.of:
        return dict.fromkeys(action.to.names, ())
    found: dict[str, tuple[str, ...]] = {}
    for value, name in action.to.options.items():
        found[name] = (*found.get(name, ()), value)
    return found if len(found) > 1 else dict.fromkeys(found, ())


def _changes(action: Action) -> bool:
    """Tell whether an act that stays where it is does anything worth a place in the picture."""
    clocks = action.clocks
    if clocks.ask_more or clocks.extend or clocks.refuse_more:
        return False  # told with the clock itself
    moved = (clocks.start, clocks.stop, clocks.give_back, clocks.pause, clocks.resume)
    return bool(any(moved) or action.assign or action.open or action.advance or action.set)


def _is_done(state: State) -> bool:
    return state.done or state.closed or state.end


def _shape(state: State) -> Shape:
    if state.end:
        return Shape.END
    if state.closed:
        return Shape.CLOSED
    return Shape.DONE if state.done else Shape.OPEN


def _hues(procedure: Procedure) -> dict[str, Hue]:
    """Give every owner a colour, in the order in which they come up."""
    owners: Iterable[str] = dict.fromkeys(
        state.owner for state in procedure.states.values() if state.owner
    )
    hues: dict[str, Hue] = {}
    staff = 0
    for name in owners:
        actor = procedure.actors.get(name)
        if actor is None or actor.kind is ActorKind.SYSTEM:
            hues[name] = NOBODY
        elif actor.is_person:
            hues[name] = PERSON
        else:
            hues[name] = STAFF[staff % len(STAFF)]
            staff += 1
    return hues
