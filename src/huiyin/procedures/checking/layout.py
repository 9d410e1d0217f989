"""What of a run the search remembers, packed into the bits of one whole number.

Only what can make a difference has bits: facts that a condition, a target or the length of a clock
depends on, with values that make no difference to any of them merged; roles that decide who may
act; counters up to the bound that somebody asks for.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from huiyin.procedures.language import (
    NEW,
    PREVIOUS,
    Action,
    ActorKind,
    Condition,
    ConditionKind,
    Expiry,
    FactRule,
    FactType,
    Procedure,
)

GIVEN: Final = "\x00given"  # some value; which one makes no difference
BY_ROLE: Final = frozenset((ActorKind.ASSIGNED, ActorKind.SUPERIOR_OF))


@dataclass(frozen=True, slots=True)
class Span:
    """Some bits that hold a small number."""

    shift: int
    mask: int

    def of(self, number: int) -> int:
        """Return the bits for a number."""
        return number << self.shift


@dataclass(frozen=True, slots=True)
class FactBits:
    """A fact: the number of each of its values, merged where nothing tells them apart."""

    span: Span
    codes: Mapping[object, int]

    def of(self, value: object) -> int:
        """Return the bits for a value."""
        return self.span.of(self.codes[value])


@dataclass(frozen=True, slots=True)
class ClockBits:
    """A clock: at most one of three neighbouring bits."""

    runs: int
    rests: int
    over: int
    keeps_running: bool  # a fault goes on, overdue; rights and acts are gone when they are over

    @property
    def all(self) -> int:
        """Every bit of it."""
        return self.runs | self.rests | self.over

    @property
    def alive(self) -> int:
        """The bits that mean it still has to end."""
        return self.all if self.keeps_running else self.runs | self.rests


@dataclass(frozen=True, slots=True)
class ChildBits:
    """A child run: open, or done; neither before it was opened."""

    open: int
    done: int


@dataclass(frozen=True, slots=True)
class CountBits:
    """How often an action was taken, up to the number beyond which it makes no difference."""

    span: Span
    top: int


class Layout:
    """Where in the number everything is."""

    def __init__(self, procedure: Procedure) -> None:
        """Give bits to everything in a procedure that can make a difference."""
        self.procedure = procedure
        self._next = 0
        names = (NEW, *procedure.states)
        self.states: dict[str, int] = {name: code for code, name in enumerate(names)}
        self.state = self._span(len(names))
        self.names = names
        self.returning = frozenset(
            state
            for action in procedure.actions.values()
            if action.to and PREVIOUS in action.to.names
            for state in action.froms
        )
        self.came_from = self._span(len(names) if self.returning else 1)
        self.result = self._bit()
        self.facts: dict[str, FactBits] = {}
        self.constants: dict[str, object] = {}
        for fact in procedure.facts.values():
            if not fact.outside:
                self._fact(fact)
        self.clocks = {
            name: ClockBits(self._bit(), self._bit(), self._bit(), rule.on_expiry is Expiry.FAULT)
            for name, rule in procedure.clocks.items()
        }
        self.reads_over = self._clocks_read()
        self.children = {
            name: ChildBits(self._bit(), self._bit())
            for name in procedure.children
            if self._child_matters(name)
        }
        self.roles = {name: self._bit() for name in sorted(self._roles_read())}
        self.senders = {
            name: self._bit()
            for name in sorted(
                {a.role for a in procedure.actors.values() if a.kind is ActorKind.SENDER_OF}
            )
        }
        self.counts = self._counts()
        self.all_bits = (1 << self._next) - 1

    # --- bits -------------------------------------------------------------------------------

    def _bit(self) -> int:
        bit = 1 << self._next
        self._next += 1
        return bit

    def _span(self, values: int) -> Span:
        width = (values - 1).bit_length()
        span = Span(self._next, ((1 << width) - 1) << self._next)
        self._next += width
        return span

    def start(self) -> int:
        """Return the run before it is open."""
        number = self.state.of(self.states[NEW])
        for name, bits in self.facts.items():
            number |= bits.of(first_value(self.procedure.facts[name]))
        return number

    # --- facts ------------------------------------------------------------------------------

    def _fact(self, fact: FactRule) -> None:
        readers = self._readers(fact)
        codes: dict[object, int] = {}
        classes: dict[tuple[object, ...], int] = {}
        for value in values_of(fact):
            seen = tuple(reader(value) for reader in readers)
            codes[value] = classes.setdefault(seen, len(classes))
        if len(classes) > 1:
            self.facts[fact.name] = FactBits(self._span(len(classes)), codes)

    def _readers(self, fact: FactRule) -> list["_Reader"]:
        """Return everything that may tell two values of a fact apart."""
        procedure, name = self.procedure, fact.name
        readers: list[_Reader] = []
        for action in procedure.actions.values():
            for need in action.needs:
                if need.kind is ConditionKind.FACT and need.name == name:
                    readers.append(_Reader(condition=need))
            if action.to and action.to.of == "fact" and action.to.name == name:
                readers.append(_Reader(options=action.to.options))
            if name in action.advance:
                readers.append(_Reader(exact=True))
        for clock in procedure.clocks.values():
            if clock.term.of == "fact" and clock.term.name == name:
                readers.append(_Reader())
        return readers

    # --- what else is read -------------------------------------------------------------------

    def _conditions(self, kind: ConditionKind) -> Iterable[Condition]:
        for action in self.procedure.actions.values():
            for need in action.needs:
                if need.kind is kind:
                    yield need

    def _clocks_read(self) -> frozenset[str]:
        """Return the clocks for which it makes a difference whether they are over."""
        read = {need.name for need in self._conditions(ConditionKind.CLOCK)}
        read |= {action.within for action in self.procedure.actions.values() if action.within}
        read |= {
            name
            for name, rule in self.procedure.clocks.items()
            if rule.on_expiry is not Expiry.FAULT
        }
        return frozenset(read)

    def _child_matters(self, name: str) -> bool:
        rule = self.procedure.children[name]
        answer = self.procedure.actions.get(rule.on_done)
        return (
            not rule.many
            or any(state.waits_for == name for state in self.procedure.states.values())
            or any(need.name == name for need in self._conditions(ConditionKind.CHILD))
            or (answer is not None and (self.leads_on(answer) or bool(answer.needs)))
        )

    def _roles_read(self) -> set[str]:
        read = {need.name for need in self._conditions(ConditionKind.ROLE)}
        read |= {a.role for a in self.procedure.actors.values() if a.kind in BY_ROLE}
        for action in self.procedure.actions.values():
            for role, giving in action.assign.items():
                if giving.source == "role" and role in read:
                    read.add(giving.name)
        return read

    def leads_on(self, action: Action) -> bool:
        """Tell whether an action changes anything that something depends on."""
        acts = action.clocks
        return bool(
            action.to
            or any(name in self.facts for name in (*action.set, *action.advance))
            or action.assign
            or action.release
            or action.open
            or acts.start
            or acts.stop
            or acts.give_back
            or acts.pause
            or acts.resume
        )

    def _counts(self) -> dict[str, CountBits]:
        tops: dict[str, int] = {
            action.name: action.times
            for action in self.procedure.actions.values()
            if action.times is not None and self.leads_on(action)
        }
        for need in self._conditions(ConditionKind.COUNT):
            bound = need.value if isinstance(need.value, int) else 0
            top = bound + (need.test == "at_most")
            tops[need.name] = max(tops.get(need.name, 0), top)
        return {name: CountBits(self._span(top + 1), top) for name, top in tops.items()}


@dataclass(frozen=True, slots=True)
class _Reader:
    """Something that looks at a fact; called, it says what it sees: if nothing else, a value."""

    condition: Condition | None = None
    options: Mapping[str, str] | None = None
    exact: bool = False

    def __call__(self, value: object) -> object:
        if self.exact:
            return value
        if self.condition:
            return compared(self.condition, value)
        if self.options is not None:
            return self.options.get(value) if isinstance(value, str) else None
        return value is not None


def compared(need: Condition, value: object) -> bool | None:
    """Tell whether a condition on a fact or field holds; None when it depends on the value."""
    if need.test == "set":
        return (value is not None) == need.value
    if value == GIVEN:
        return None
    if need.test == "is":
        return value == need.value
    if need.test == "is_not":
        return value != need.value
    return isinstance(need.value, tuple) and value in need.value


def values_of(fact: FactRule) -> tuple[object, ...]:
    """Return the values of a fact that can be told apart."""
    if fact.type is FactType.FLAG:
        return (False, True)
    if fact.type is FactType.CHOICE:
        return (None, *fact.options)
    return (None, GIVEN)


def first_value(fact: FactRule) -> object:
    """Return what a fact is before anything is set."""
    return False if fact.type is FactType.FLAG else fact.first or None
