"""A run as the engine sees it: its state, facts, clocks, roles and child runs, all of it frozen.

Ids are texts (UUIDs outside of this floor). Instants are aware, in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from huiyin.procedures.language import NEW
from huiyin.worktime import Calendar, Limit, Pause

Values = Mapping[str, object]
NOTHING: Final[Mapping[str, object]] = {}
BY_LAW: Final = "law"  # who fixed what was promised: the law …
BY_CITY: Final = "city"  # … or the city's own values


class Who(StrEnum):
    """What sort of actor somebody is."""

    STAFF = "staff"
    PERSON = "person"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts, with what decides whether they may.

    `place`: the area of the post's unit; it covers a run when it is among the run's places.
    """

    who: Who
    id: str = ""
    unit: str = ""
    unit_kind: str = ""
    level: str = ""
    place: str = ""
    permissions: frozenset[str] = frozenset()


SYSTEM: Final = Actor(Who.SYSTEM)


class Status(StrEnum):
    """How a clock stands. Being overdue is a fact, not a status (domain §0.2 rule 6)."""

    RUNNING = "running"
    PAUSED = "paused"
    OVER = "over"  # it lapsed, or it fired its action
    ENDED = "ended"


class Outcome(StrEnum):
    """Why a clock ended."""

    MET = "met"
    RETURNED = "returned"
    LAPSED = "lapsed"
    FIRED = "fired"


@dataclass(frozen=True, slots=True)
class Extension:
    """More time that was granted, in the unit of the limit."""

    amount: int
    term: str
    granted_at: datetime
    by: str


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock: the limit it was started with and what has happened to it since.

    `due_on`: the last local date in time. `due_at`: the instant at which it is over.
    `first_due_at`: before any pause or extension; statistics use it. `overdue_at`: when its end
    was recorded as a fault; None again when more time was given than had gone.
    """

    name: str
    term: str
    limit: Limit
    started_at: datetime
    due_on: date
    due_at: datetime
    first_due_at: datetime
    is_provisional: bool = False
    status: Status = Status.RUNNING
    outcome: Outcome | None = None
    ended_at: datetime | None = None
    overdue_at: datetime | None = None
    unit: str = ""
    pauses: tuple[Pause, ...] = ()
    ground: str = ""
    extensions: tuple[Extension, ...] = ()
    asked: int | None = None
    until: date | None = None  # a day that was named, in place of the limit

    @property
    def is_alive(self) -> bool:
        """Whether it runs or rests, so that it still has to end."""
        return self.status in (Status.RUNNING, Status.PAUSED)

    def is_open(self, now: datetime) -> bool:
        """Tell whether it runs and is not over yet."""
        return self.status is Status.RUNNING and now < self.due_at

    def is_over(self, now: datetime) -> bool:
        """Tell whether it lapsed, fired, or runs beyond its end."""
        return self.status is Status.OVER or (self.status is Status.RUNNING and now >= self.due_at)

    def has_run_out(self, now: datetime) -> bool:
        """Tell whether its end has come: it is over, or only began to rest after its end."""
        rests_late = self.status is Status.PAUSED and self.pauses[-1].from_at >= self.due_at
        return rests_late or self.is_over(now)

    @property
    def was_late(self) -> bool | None:
        """Whether it was met after its end; None while it has not ended."""
        return None if self.ended_at is None else self.ended_at >= self.due_at


@dataclass(frozen=True, slots=True)
class Child:
    """A run inside this one; `result` once it is done."""

    name: str
    id: str = ""
    is_done: bool = False
    result: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A run at one moment: all that decides what may be done next.

    `places`: the place of the matter and those above it. `accused`: units the matter accuses and
    all below them. `above`: the superior of each unit that holds a role. `senders`: by role, the
    unit whose act gave it. `consents`: by action, the parties that have agreed so far; void once
    the run goes where the action cannot be taken. `promised`: the instants by which the person was
    promised an answer before this run began, by whose rule: `BY_LAW`, `BY_CITY`.
    """

    procedure: str
    version: int
    state: str = NEW
    came_from: str = ""
    result: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    senders: Mapping[str, str] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)
    children: tuple[Child, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, datetime] = field(default_factory=dict)
    consents: Mapping[str, frozenset[str]] = field(default_factory=dict)
    promised: Mapping[str, datetime] = field(default_factory=dict)
    reporter: str = ""
    parties: Mapping[str, str] = field(default_factory=dict)  # person → side
    places: tuple[str, ...] = ()
    accused: frozenset[str] = frozenset()

    def open_children(self, name: str) -> tuple[Child, ...]:
        """The child runs of a name that are not done."""
        return tuple(child for child in self.children if child.name == name and not child.is_done)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the caller has loaded for one decision.

    `limits`: the value of each term for the category, level and place of the matter. `outside`:
    the outside facts that the action reads. `above`: the superiors of the units in the form, and of
    the actor's own.
    """

    calendar: Calendar
    limits: Mapping[str, Limit]
    outside: Mapping[str, object] = field(default_factory=dict)
    above: Mapping[str, str] = field(default_factory=dict)
