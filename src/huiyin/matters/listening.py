"""Who else writes when an act is written: in its transaction, after everything of its own.

A floor above, or beside, registers itself when it is ready; `carry_out` tells everybody, for every
run that an act touches. What a listener raises undoes the act.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from huiyin.matters.models import Contact, EventHeader, Matter, Run
from huiyin.people.actors import SYSTEM
from huiyin.people.actors import Actor as Account
from huiyin.procedures import Decision, Procedure, Snapshot
from huiyin.ui.rows import Writing


@dataclass(frozen=True, slots=True)
class Happened:
    """What was written: event, run as it is now, decision; the run before it; people; who acted."""

    matter: Matter
    run: Run
    procedure: Procedure
    event: EventHeader
    decision: Decision
    at: datetime
    before: Snapshot
    contacts: tuple[Contact, ...]
    by: Account = SYSTEM
    was_done: bool | None = None  # before this act, at any time; None where that has to be asked
    writing: Writing = field(default_factory=Writing)  # what listeners add to the act's own


Listener = Callable[[Happened], None]
BulkListener = Callable[[Sequence[Happened]], None]
_listeners: Final[list[Listener]] = []
_in_bulk: Final[dict[Listener, BulkListener]] = {}


def listen(listener: Listener, *, in_bulk: BulkListener | None = None) -> None:
    """Let somebody be told of every act; registering twice tells them once.

    `in_bulk`: the same for the many acts of an import in one go.
    """
    if listener not in _listeners:
        _listeners.append(listener)
    if in_bulk is not None:
        _in_bulk[listener] = in_bulk


def tell(happened: Happened) -> None:
    """Tell everybody who listens, in the order in which they came.

    What they add to `happened.writing` is sent by whoever tells.
    """
    for listener in _listeners:
        listener(happened)


def tell_all(happened: Sequence[Happened]) -> None:
    """Tell everybody who listens of many acts, in bulk whoever can hear them so."""
    for listener in _listeners:
        if listener in _in_bulk:
            _in_bulk[listener](happened)
            continue
        for one in happened:
            listener(one)
    whole = Writing()
    for one in happened:
        whole.take(one.writing)
    whole.now()
