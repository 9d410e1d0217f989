"""What the engine answers: what is to be written, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from huiyin.procedures.language import Words
from huiyin.procedures.runs import Clock, Snapshot, Values


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: a code with data; the sentence is looked up above (`refusals.sentence`)."""

    code: str
    data: Mapping[str, object] = field(default_factory=dict)


class Change(StrEnum):
    """What happened to a clock."""

    STARTED = "started"
    ENDED = "ended"  # also one that had lapsed or fired, and is out of the way now
    PAUSED = "paused"
    RESUMED = "resumed"
    EXTENSION_ASKED = "extension_asked"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    OVERDUE = "overdue"
    LAPSED = "lapsed"
    FIRED = "fired"


@dataclass(frozen=True, slots=True)
class ClockChange:
    """A change of one clock, with the clock as it is afterwards."""

    change: Change
    clock: Clock


@dataclass(frozen=True, slots=True)
class Event:
    """One act on the timeline. `as_actor`: the rule of the procedure that allowed it.

    `action` is empty when a clock went by itself. `is_pending`: a party agreed, others still have
    to. `on_behalf_of`: the party for whom staff recorded it.
    """

    action: str
    actor: str
    as_actor: str
    unit: str
    at: datetime
    from_state: str
    to_state: str
    form: Values
    law: Words | None = None
    is_pending: bool = False
    on_behalf_of: str = ""


@dataclass(frozen=True, slots=True)
class ChildOpening:
    """A child run to be opened with its opening action."""

    child: str
    procedure: str
    action: str
    form: Values


@dataclass(frozen=True, slots=True)
class Notice:
    """Somebody to be told: an actor of the procedure, and the name of the text."""

    to: str
    name: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything that one act writes. `after` is the run afterwards.

    `done_with`: the result by which a parent run is told; None while the run is not done by this
    act. `hands_over_to`: the procedure in which the matter goes on. `merges_into`: the number of
    the matter it becomes part of.
    """

    event: Event
    after: Snapshot
    clocks: tuple[ClockChange, ...] = ()
    assigned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    released: tuple[str, ...] = ()
    openings: tuple[ChildOpening, ...] = ()
    done_with: str | None = None
    hands_over_to: str = ""
    merges_into: str = ""
    documents: tuple[str, ...] = ()
    notices: tuple[Notice, ...] = ()
    effects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Possible:
    """One action as somebody sees it now: open, or the one reason against it."""

    action: str
    refusal: Refusal | None = None

    @property
    def is_open(self) -> bool:
        """Whether it can be done now."""
        return self.refusal is None
