"""What a procedure file says, as frozen values. The words are those of docs/procedure-language.md.

`reading` makes these out of YAML and answers for their names; `checking` proves them sound;
`deciding` acts by them. Nothing here knows a clock on the wall, a database or a page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from huiyin.worktime import Limit

NEW: Final = "new"  # the state of a run that is not open yet; no file lists it
PREVIOUS: Final = "previous"  # the target "where the run came from"
ACT: Final = "act"  # the instant of the act itself
ACTOR_UNIT: Final = ""  # a child's field that is filled with the unit of whoever acts
FROM_ROLE: Final = "role."  # … or with the unit that holds a role
CONFIGURATION: Final = "configuration"  # written for `law` where no law fixes a limit


@dataclass(frozen=True, slots=True)
class Words:
    """What the screen says, Chinese first."""

    zh: str
    en: str


class ActorKind(StrEnum):
    """How an actor is resolved to whoever acts."""

    UNIT = "unit"
    ASSIGNED = "assigned"
    SUPERIOR_OF = "superior_of"
    SENDER_OF = "sender_of"
    NOT_OF = "not_of"
    STAFF = "staff"
    REPORTER = "reporter"
    PARTY = "party"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class ActorRule:
    """Who a role of the procedure is. `role`: the role in the run that `kind` speaks of."""

    name: str
    label: Words
    kind: ActorKind
    role: str = ""
    unit_kinds: tuple[str, ...] = ()
    covers: bool = False
    levels: tuple[str, ...] = ()
    level_fact: str = ""
    permission: str = ""
    party: str = ""  # the name of a side, or "any"

    @property
    def is_person(self) -> bool:
        """Whether this is somebody the procedure is for, not staff and not the system."""
        return self.kind in (ActorKind.REPORTER, ActorKind.PARTY)


class FactType(StrEnum):
    """What kind of value a fact has."""

    FLAG = "flag"
    CHOICE = "choice"
    INSTANT = "instant"
    DATE = "date"
    NUMBER = "number"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class FactRule:
    """A thing the run remembers; an `outside` one is loaded by whoever calls the engine."""

    name: str
    label: Words
    type: FactType
    options: Mapping[str, Words] = field(default_factory=dict)
    first: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a run can be. `closed` implies `done`, `end` implies both."""

    name: str
    label: Words
    owner: str = ""
    plain: Words | None = None
    done: bool = False
    closed: bool = False
    end: bool = False
    result: str = ""
    waits_for: str = ""


class ClockKind(StrEnum):
    """Three kinds of clock, never mixed in statistics (architecture §4)."""

    PROMISE = "promise"
    UNIT = "unit"
    STAGE = "stage"


class Expiry(StrEnum):
    """What the end of a limit means."""

    FAULT = "fault"  # it goes on, overdue
    LAPSE = "lapse"  # a right is over
    ACT = "act"  # the system takes an action


@dataclass(frozen=True, slots=True)
class Choosing:
    """A name that depends on a value: a form's field, a fact, or nothing (`of` empty)."""

    of: str = ""  # "", "form" or "fact"
    name: str = ""
    options: Mapping[str, str] = field(default_factory=dict)  # value → name; {"": name} if fixed

    @property
    def names(self) -> tuple[str, ...]:
        """Every name that can be chosen."""
        return tuple(dict.fromkeys(self.options.values()))

    def chosen(self, values: Mapping[str, object]) -> str | None:
        """Return the name for these values of the form or the facts; None when none fits."""
        if not self.of:
            return self.options[""]
        value = values.get(self.name)
        return self.options.get(value) if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Warning:
    """When to warn before a limit ends: a time before it, or a share of it that has gone."""

    before: Limit | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Latest:
    """A clock counts, at the latest, from this term after a fact."""

    fact: str
    term: str


@dataclass(frozen=True, slots=True)
class Extending:
    """How a clock may be given more time."""

    term: Choosing
    law: Words | None
    times: int
    ask: str
    approve: str
    notify: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()  # issued when it is approved
    within: tuple[str, ...] = ()  # states


@dataclass(frozen=True, slots=True)
class ClockRule:
    """A limit: from when, how long, in which states, and what its end means.

    `law` is None where no law fixes the limit (`configuration`).
    """

    name: str
    label: Words
    law: Words | None
    term: Choosing
    kind: ClockKind = ClockKind.STAGE
    per: str = ""
    start: str = ACT  # ACT or the name of a fact
    latest: Latest | None = None
    until: str = ""  # a fact: where it holds a date, the clock ends with that and not by its term
    runs_in: frozenset[str] = frozenset()
    may_run_in: frozenset[str] = frozenset()
    pauses: Mapping[str, Words] = field(default_factory=dict)
    extending: Extending | None = None
    on_expiry: Expiry = Expiry.FAULT
    expiry_action: str = ""
    warnings: tuple[Warning, ...] = ()

    @property
    def is_service(self) -> bool:
        """Whether a `done` state ends it: what was promised or measured has been delivered."""
        return self.kind in (ClockKind.PROMISE, ClockKind.UNIT)

    @property
    def is_window(self) -> bool:
        """Whether it is a right that ends, rather than a duty that becomes overdue."""
        return self.on_expiry is Expiry.LAPSE


@dataclass(frozen=True, slots=True)
class ChildRule:
    """A run inside this one."""

    name: str
    label: Words
    procedure: str
    opening: str
    on_done: str = ""
    fills: Mapping[str, str] = field(default_factory=dict)  # theirs → ours, ACTOR_UNIT, role.NAME
    many: bool = False

    @property
    def fields(self) -> Mapping[str, str]:
        """Which fields of ours fill which of theirs."""
        return {
            theirs: ours
            for theirs, ours in self.fills.items()
            if ours != ACTOR_UNIT and not ours.startswith(FROM_ROLE)
        }

    @property
    def roles(self) -> Mapping[str, str]:
        """Which of their fields are filled with the unit that holds a role of ours."""
        return {
            theirs: ours.removeprefix(FROM_ROLE)
            for theirs, ours in self.fills.items()
            if ours.startswith(FROM_ROLE)
        }


class FieldType(StrEnum):
    """What a field of a form takes."""

    TEXT = "text"
    NUMBER = "number"
    MONEY = "money"
    FLAG = "flag"
    CHOICE = "choice"
    CHOICES = "choices"
    DATE = "date"
    INSTANT = "instant"
    PLACE = "place"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"
    PERSON = "person"
    COLLEAGUE = "colleague"
    PARTY = "party"
    PARTIES = "parties"
    FILES = "files"
    STARS = "stars"


# What the page of a one-time link has a control for.
ON_A_LINK: Final = frozenset(
    {
        FieldType.TEXT, FieldType.NUMBER, FieldType.FLAG, FieldType.CHOICE, FieldType.CHOICES,
        FieldType.DATE, FieldType.INSTANT, FieldType.STARS,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an action's form. `at_least`, `at_most`: of a number, a text, a count."""

    name: str
    label: Words
    type: FieldType
    hint: Words | None = None
    required: bool = True
    options: Mapping[str, Words] = field(default_factory=dict)
    at_least: float | None = None
    at_most: float | None = None
    decimals: int = 0
    line: bool = False
    past: bool = False
    future: bool = False
    accept: tuple[str, ...] = ()
    personal: bool = False
    when: Mapping[str, tuple[object, ...]] = field(default_factory=dict)
    of: str = ""  # of a colleague: the field that names their unit; empty: that of whoever acts


class ConditionKind(StrEnum):
    """What a condition reads."""

    FACT = "fact"
    FORM = "form"
    CLOCK = "clock"
    CHILD = "child"
    COUNT = "count"
    ROLE = "role"


@dataclass(frozen=True, slots=True)
class Condition:
    """One line of `needs`. `test` is one of is, is_not, in, set, at_least, at_most."""

    kind: ConditionKind
    name: str
    test: str
    value: object
    refusal: str  # a name in the procedure's `refusals`


@dataclass(frozen=True, slots=True)
class Setting:
    """A value a fact is given. `source`: literal, form, act (its instant) or none."""

    source: str
    value: object = None


@dataclass(frozen=True, slots=True)
class Assigning:
    """Who is given a role. `source`: form (a unit or units field), actor or role."""

    source: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ClockActs:
    """What an action does to clocks."""

    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    give_back: tuple[str, ...] = ()  # `return` in the file
    pause: Mapping[str, str] = field(default_factory=dict)
    resume: tuple[str, ...] = ()
    ask_more: str = ""  # made by `extend` of a clock, not written in files
    extend: str = ""
    refuse_more: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that may be done."""

    name: str
    label: Words
    froms: frozenset[str]
    by: tuple[str, ...]
    to: Choosing | None = None  # None: the run stays; the name may be PREVIOUS
    law: Words | None = None
    hint: Words | None = None
    form: tuple[Field, ...] = ()
    needs: tuple[Condition, ...] = ()
    within: str = ""
    times: int | None = None
    every: Limit | None = None
    quorum: bool = False
    guards: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()  # asked above the engine, by the city's lists
    assign: Mapping[str, Assigning] = field(default_factory=dict)
    release: tuple[str, ...] = ()
    set: Mapping[str, Setting] = field(default_factory=dict)
    advance: tuple[str, ...] = ()
    clocks: ClockActs = ClockActs()
    open: tuple[str, ...] = ()
    hand_over: str = ""  # the form's field that names the procedure
    merge: str = ""  # the form's field that names the other matter, by its number
    message: str = ""  # the form's field with the words, where people talk to each other by it
    documents: tuple[str, ...] = ()
    notify: tuple[str, ...] = ()
    effects: tuple[str, ...] = ()
    bulk: bool = False
    by_link: bool = False  # a person may take it by a one-time link, without an account
    origin: str = ""  # the fragment, or the clock it was made for; "" when written in the file

    @property
    def reads(self) -> frozenset[str]:
        """The facts that its conditions and choices look at: what the caller has to load."""
        read = {need.name for need in self.needs if need.kind is ConditionKind.FACT}
        if self.to and self.to.of == "fact":
            read.add(self.to.name)
        return frozenset(read)

    def field_named(self, name: str) -> Field | None:
        """Return a field of the form, or None."""
        return next((field for field in self.form if field.name == name), None)


@dataclass(frozen=True, slots=True)
class Procedure:
    """One procedure in one version, as its file says. `lines`: where each thing stands in it.

    The keys of `lines` are paths such as "actions.transfer" or "clocks.route".
    """

    name: str
    version: int
    title: Words
    law: Words | None
    actors: Mapping[str, ActorRule]
    facts: Mapping[str, FactRule]
    states: Mapping[str, State]
    clocks: Mapping[str, ClockRule]
    children: Mapping[str, ChildRule]
    documents: Mapping[str, Words]
    refusals: Mapping[str, Words]
    actions: Mapping[str, Action]
    is_child: bool = False
    confidential: bool = False
    helps: bool = False  # in a run of it a unit lends the one around it a hand
    oversees: bool = False  # in a run of it a unit looks whether another does what it should
    uses: tuple[str, ...] = ()
    file: str = ""
    lines: Mapping[str, int] = field(default_factory=dict)

    @property
    def openings(self) -> tuple[Action, ...]:
        """The actions that open a run."""
        return tuple(action for action in self.actions.values() if NEW in action.froms)

    @property
    def results(self) -> frozenset[str]:
        """Every result that a state of this procedure names."""
        return frozenset(state.result for state in self.states.values() if state.result)

    def is_end(self, state: str) -> bool:
        """Tell whether nothing is possible any more in a state."""
        return state != NEW and self.states[state].end
