"""What one action can do: a branch for every way of filling in what makes a difference."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import Final

from huiyin.procedures.checking.layout import (
    GIVEN,
    Layout,
    compared,
    first_value,
    values_of,
)
from huiyin.procedures.language import (
    NEW,
    Action,
    ActorKind,
    ActorRule,
    Condition,
    ConditionKind,
    Field,
    FieldType,
)

RESULT: Final = "result"  # the field by which the end of a child run is told
BY_ROLE: Final = frozenset((ActorKind.ASSIGNED, ActorKind.SUPERIOR_OF))

Filled = Mapping[str, object]
Test = tuple[int, frozenset[int]]  # these bits have one of these values


@dataclass(frozen=True, slots=True)
class Branch:
    """One way an action can go. `target`: a state, "" where the run stays, PREVIOUS."""

    action: Action
    label: str
    tests: tuple[Test, ...]
    target: str
    values: Mapping[str, object] = field(default_factory=dict)  # tracked facts it sets
    roles: frozenset[str] = frozenset()  # roles it surely gives
    by_person: bool = False  # only persons can take it
    has_unit: bool = False  # whoever takes it may be of a unit


class Branches:
    """Makes the branches of actions."""

    def __init__(self, layout: Layout) -> None:
        """Keep where everything is."""
        self._layout = layout
        self._procedure = layout.procedure

    def free(self, action: Action, *, among: frozenset[str] | None = None) -> list[Branch]:
        """Return what may happen when somebody takes an action.

        `among`: only these actors count.
        """
        actors = [rule for rule in self._takers(action) if among is None or rule.name in among]
        if not actors:
            return []
        able = self._able(action, [(rule.kind, rule.role) for rule in actors])
        if able is None:
            return []
        return self._branches(
            action,
            list(self._forms(action)),
            able,
            by_person=all(rule.is_person for rule in actors),
            has_unit=any(
                not rule.is_person and rule.kind is not ActorKind.SYSTEM for rule in actors
            ),
        )

    def by_system(self, action: Action, result: str | None = None) -> list[Branch]:
        """Return what happens when the system takes an action, its form empty but for `result`."""
        form: dict[str, object] = {}
        for rule in action.form:
            if rule.name == RESULT and result is not None:
                form[rule.name] = result
            else:
                form[rule.name] = False if rule.type is FieldType.FLAG else None
        return self._branches(action, [form], (), by_person=False, has_unit=False)

    def able(self, action: Action) -> tuple[Test, ...] | None:
        """Return the test that somebody is there to take an action; None when nobody can be."""
        return self._able(action, [(rule.kind, rule.role) for rule in self._takers(action)])

    def form_allows(self, action: Action, need: Condition) -> bool:
        """Tell whether a form can be filled in so that a condition on it holds."""
        return any(compared(need, form.get(need.name)) is not False for form in self._forms(action))

    def is_outside(self, need: Condition) -> bool:
        """Tell whether a condition is on a fact that is not set by the procedure."""
        return need.kind is ConditionKind.FACT and self._procedure.facts[need.name].outside

    def outside_allows(self, need: Condition) -> bool:
        """Tell whether a fact from outside can have a value for which a condition holds."""
        return any(
            compared(need, value) is not False
            for value in values_of(self._procedure.facts[need.name])
        )

    def _takers(self, action: Action) -> list[ActorRule]:
        """Return who takes an action of their own accord: the system only opens runs."""
        rules = [self._procedure.actors[name] for name in action.by]
        return [rule for rule in rules if rule.kind is not ActorKind.SYSTEM or opens(action)]

    # --- who --------------------------------------------------------------------------------

    def _able(self, action: Action, actors: list[tuple[ActorKind, str]]) -> tuple[Test, ...] | None:
        """Return the test that one of these actors is there; None when none can be."""
        mask = 0
        for kind, role in actors:
            if kind in BY_ROLE:
                mask |= self._layout.roles.get(role, 0)
            elif kind is ActorKind.SENDER_OF:
                mask |= self._layout.senders.get(role, 0)
            else:
                return ()
        if not mask or opens(action):
            return None
        return ((mask, frozenset(some_of(mask))),)

    # --- forms ------------------------------------------------------------------------------

    def _forms(self, action: Action) -> Iterator[Filled]:
        """Yield every way of filling in the fields that make a difference."""
        wanted = self._fields_that_matter(action)
        if not wanted:
            yield {}
            return
        fields = [rule for rule in action.form if rule.name in wanted]
        for chosen in product(*(_values(rule) for rule in fields)):
            form = dict(zip((rule.name for rule in fields), chosen, strict=True))
            if all(self._fits(rule, form) for rule in fields):
                yield form

    def _fields_that_matter(self, action: Action) -> set[str]:
        names = {need.name for need in action.needs if need.kind is ConditionKind.FORM}
        if action.to and action.to.of == "form":
            names.add(action.to.name)
        for fact, setting in action.set.items():
            if setting.source == "form" and fact in self._layout.facts:
                names.add(str(setting.value))
        for role, giving in action.assign.items():
            if giving.source == "form" and role in self._layout.roles | self._layout.senders:
                names.add(giving.name)
        fields = {rule.name: rule for rule in action.form}
        waiting = [name for name in names if name in fields]
        while waiting:
            for other in fields[waiting.pop()].when:
                if other in fields and other not in names:
                    names.add(other)
                    waiting.append(other)
        return names

    @staticmethod
    def _fits(rule: Field, form: Filled) -> bool:
        """Tell whether a field may have its value: shown it may, hidden it is empty."""
        empty = False if rule.type is FieldType.FLAG else None
        is_empty = form[rule.name] is empty
        may_show, may_hide = True, False
        for other, wanted in rule.when.items():
            value = form.get(other)
            if value == GIVEN:
                may_hide = True
            elif value not in wanted:
                may_show, may_hide = False, True
        if may_hide and is_empty:
            return True
        if not may_show:
            return False
        return not is_empty or not rule.required or rule.type is FieldType.FLAG

    # --- branches ---------------------------------------------------------------------------

    def _branches(
        self, action: Action, forms: list[Filled], able: tuple[Test, ...], *, by_person: bool,
        has_unit: bool,
    ) -> list[Branch]:  # fmt: skip
        tests = self._tests(action)
        if tests is None:
            return []
        found: dict[object, Branch] = {}
        for form in forms:
            if not all(
                compared(need, form.get(need.name)) is not False
                for need in action.needs
                if need.kind is ConditionKind.FORM
            ):
                continue
            values = self._values_set(action, form)
            roles = self._roles_given(action, form)
            for target, test in self._targets(action, form):
                more = (test,) if test else ()
                branch = Branch(
                    action, _label(action, form), (*able, *tests, *more), target, values, roles,
                    by_person, has_unit,
                )  # fmt: skip
                key = (target, test, tuple(sorted(values.items(), key=lambda v: v[0])), roles)
                found.setdefault(key, branch)
        return list(found.values())

    def _tests(self, action: Action) -> tuple[Test, ...] | None:
        """Return what must hold in the run itself; None when it never can."""
        layout, tests = self._layout, []
        outside: dict[str, list[Condition]] = {}
        for need in action.needs:
            if need.kind is ConditionKind.FORM:
                continue
            if need.kind is ConditionKind.FACT and self._procedure.facts[need.name].outside:
                outside.setdefault(need.name, []).append(need)
                continue
            test = self.test(need)
            if test is None:
                return None
            if test[0]:
                tests.append(test)
        for name, needs in outside.items():
            if not any(
                all(compared(need, value) is not False for need in needs)
                for value in values_of(self._procedure.facts[name])
            ):
                return None
        if action.within:
            runs = layout.clocks[action.within].runs
            tests.append((runs, frozenset((runs,))))
        if action.name in layout.counts and action.times is not None:
            bits = layout.counts[action.name]
            tests.append((bits.span.mask, frozenset(map(bits.span.of, range(action.times)))))
        for name in action.advance:
            fact = layout.facts[name]
            last = tuple(self._procedure.facts[name].options)[-1]
            good = frozenset(fact.of(value) for value in fact.codes if value != last)
            tests.append((fact.span.mask, good))
        for name in action.open:
            child = layout.children.get(name)
            if child and not self._procedure.children[name].many:
                tests.append((child.open, frozenset((0,))))
        acts = action.clocks
        if extended := acts.ask_more or acts.extend or acts.refuse_more:
            clock = layout.clocks[extended]
            tests.append((clock.alive, frozenset(some_of(clock.alive))))
        return tuple(tests)

    def test(self, need: Condition) -> Test | None:
        """Return a condition as a test: (0, …) when it always holds, None when it never does."""
        mask, good, every = self._compiled(need)
        if not good:
            return None
        return (0, frozenset((0,))) if good >= every else (mask, good)

    def _compiled(self, need: Condition) -> tuple[int, frozenset[int], frozenset[int]]:
        """Return the bits a condition looks at, their good values, and all their values."""
        layout = self._layout
        if need.kind is ConditionKind.FACT:
            fact = layout.facts.get(need.name)
            if fact is None:
                value = first_value(self._procedure.facts[need.name])
                kept = compared(need, value) is not False
                return 0, frozenset((0,) if kept else ()), frozenset((0,))
            good = frozenset(
                fact.of(value) for value in fact.codes if compared(need, value) is not False
            )
            return fact.span.mask, good, frozenset(map(fact.of, fact.codes))
        if need.kind is ConditionKind.CLOCK:
            clock = layout.clocks[need.name]
            statuses = {"open": clock.runs, "paused": clock.rests, "over": clock.over, "none": 0}
            return _statuses(need, statuses)
        if need.kind is ConditionKind.CHILD:
            child = layout.children[need.name]
            statuses = {"none": 0, "open": child.open, "done": child.done}
            return _statuses(need, statuses)
        if need.kind is ConditionKind.ROLE:
            role = layout.roles[need.name]
            statuses = {"held": role, "free": 0}
            return _statuses(need, statuses)
        count = layout.counts[need.name]
        bound = need.value if isinstance(need.value, int) else 0
        numbers = range(count.top + 1)
        good = frozenset(
            count.span.of(number)
            for number in numbers
            if (number >= bound if need.test == "at_least" else number <= bound)
        )
        return count.span.mask, good, frozenset(map(count.span.of, numbers))

    def _targets(self, action: Action, form: Filled) -> Iterator[tuple[str, Test | None]]:
        """Yield where an action may go, and what decides it."""
        to = action.to
        if to is None:
            yield "", None
        elif not to.of:
            yield to.options[""], None
        elif to.of == "form":
            value = form.get(to.name)
            if isinstance(value, str) and value in to.options:
                yield to.options[value], None
        elif self._procedure.facts[to.name].outside:
            for target in to.names:
                yield target, None
        elif to.name in self._layout.facts:
            fact = self._layout.facts[to.name]
            for target in to.names:
                good = {fact.of(v) for v, name in to.options.items() if name == target}
                yield target, (fact.span.mask, frozenset(good))
        else:
            value = first_value(self._procedure.facts[to.name])
            if isinstance(value, str) and value in to.options:
                yield to.options[value], None

    def _values_set(self, action: Action, form: Filled) -> dict[str, object]:
        """Return the tracked facts that an action sets, each with a value it may have."""
        values: dict[str, object] = {}
        for name, setting in action.set.items():
            fact = self._layout.facts.get(name)
            if fact is None:
                continue
            value = setting.value
            if setting.source == "form":
                value = form.get(str(setting.value))
            elif setting.source == "act":
                value = GIVEN
            if value is None:
                value = first_value(self._procedure.facts[name]) if False in fact.codes else None
            elif value not in fact.codes:
                value = GIVEN if GIVEN in fact.codes else next(iter(fact.codes))
            values[name] = value
        return values

    def _roles_given(self, action: Action, form: Filled) -> frozenset[str]:
        """Return the roles that somebody holds afterwards."""
        fields = {rule.name: rule for rule in action.form}
        given = set()
        for role, giving in action.assign.items():
            if giving.source == "form":
                rule = fields[giving.name]
                sure = rule.required and not rule.when
                if form.get(giving.name, GIVEN if sure else None) is not None:
                    given.add(role)
            elif giving.source == "actor":
                given.add(role)
        return frozenset(given)


def opens(action: Action) -> bool:
    """Tell whether an action opens a run."""
    return NEW in action.froms


def some_of(mask: int) -> Iterator[int]:
    """Yield every way in which at least one of the bits is set."""
    part = mask
    while part:
        yield part
        part = (part - 1) & mask


def _values(rule: Field) -> tuple[object, ...]:
    if rule.type is FieldType.FLAG:
        return (False, True)
    filled: tuple[object, ...] = tuple(rule.options) if rule.type is FieldType.CHOICE else (GIVEN,)
    return filled if rule.required and not rule.when else (*filled, None)


def _statuses(
    need: Condition, statuses: Mapping[str, int]
) -> tuple[int, frozenset[int], frozenset[int]]:
    """Return the bits that a condition on a status looks at, their good values, all of them.

    One bit stands for each status, none for "neither": a bit that is judged like none is not
    looked at, so that the search need not tell the two apart.
    """
    kept = {
        bits: (status == need.value) is (need.test == "is") for status, bits in statuses.items()
    }
    looked_at = {bits for bits, is_good in kept.items() if is_good is not kept[0]}
    mask = sum(looked_at)
    every = frozenset((0, *looked_at))
    return mask, frozenset(bits for bits in every if kept[bits]), every


def _label(action: Action, form: Filled) -> str:
    """Return the action's name, with what was chosen."""
    chosen = [
        f"{name}={'yes' if value is True else value}"
        for name, value in form.items()
        if value not in (GIVEN, None, False)
    ]
    return f"{action.name}({', '.join(chosen)})" if chosen else action.name
