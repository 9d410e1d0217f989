"""Who else writes when an act is written: in its transaction, after everything of its own.

A floor above, or beside, registers itself when it is ready; `carry_out` tells everybody, for every
run that an act touches. What a listener raises undoes the act.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from huiyin.matters.models import Contact, EventHeader, Matter, Run
from huiyin.procedures import Decision, Procedure, Snapshot


@dataclass(frozen=True, slots=True)
class Happened:
    """What was written: event, run as it is now, decision; the run before it; the people."""

    matter: Matter
    run: Run
    procedure: Procedure
    event: EventHeader
    decision: Decision
    at: datetime
    before: Snapshot
    contacts: tuple[Contact, ...]


Listener = Callable[[Happened], None]
_listeners: Final[list[Listener]] = []


def listen(listener: Listener) -> None:
    """Let somebody be told of every act; registering twice tells them once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(happened: Happened) -> None:
    """Tell everybody who listens, in the order in which they came."""
    for listener in _listeners:
        listener(happened)
