"""Twelve named points at which work may stop, and what stops it there.

A point lies before or after a call that the work makes, or before a commit. A process of its own
does the work; the blow is put into that process alone, around the call, so nothing of this is in
the program. What the process says when it has done its work is what a client would have heard.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from huiyin.matters import acting, ending, exporting, files, numbers, telling
from huiyin.matters.models import Tally
from huiyin.matters.tests.test_faults import cut_us_off, kill_ourselves
from huiyin.notices import delivery

DONE = "done"
KILLED = "killed"


@dataclass(frozen=True)
class Place:
    """Where a point lies: at which call of a name, as its callers see it, and on which side."""

    holder: Any
    name: str
    is_before: bool
    call: int = 1


def before(holder: Any, name: str, *, call: int = 1) -> Place:
    return Place(holder, name, is_before=True, call=call)


def after(holder: Any, name: str, *, call: int = 1) -> Place:
    return Place(holder, name, is_before=False, call=call)


class Point(StrEnum):
    """The points, by the work they lie in."""

    INTAKE_AFTER_NUMBER = "intake.after_number"
    INTAKE_BEFORE_COMMIT = "intake.before_commit"
    ACT_AFTER_EVENT = "act.after_event"
    ACT_AFTER_OUTBOX = "act.after_outbox"
    OUTBOX_CLAIMED = "outbox.claimed"
    OUTBOX_SENT_NOT_RECORDED = "outbox.sent_not_recorded"
    KEEPER_BETWEEN_RUNS = "keeper.between_runs"
    KEEPER_IN_RUN = "keeper.in_run"
    EXPORT_BETWEEN_PARTS = "export.between_parts"
    EXPORT_BEFORE_RENAME = "export.before_rename"
    ROLLUP_AFTER_DELETE = "rollup.after_delete"
    ROLLUP_BEFORE_COMMIT = "rollup.before_commit"


PARTS = 3  # of the list that is exported: the fourth file that is put is the list itself
PLACES = {
    Point.INTAKE_AFTER_NUMBER: after(numbers, "next_number"),
    Point.INTAKE_BEFORE_COMMIT: before(BaseDatabaseWrapper, "commit"),
    Point.ACT_AFTER_EVENT: after(acting, "write"),
    Point.ACT_AFTER_OUTBOX: after(telling, "put_many"),
    Point.OUTBOX_CLAIMED: before(delivery, "_handed"),
    Point.OUTBOX_SENT_NOT_RECORDED: after(delivery, "_handed"),
    Point.KEEPER_BETWEEN_RUNS: before(ending, "end_together", call=2),
    Point.KEEPER_IN_RUN: after(ending, "_write_runs"),
    Point.EXPORT_BETWEEN_PARTS: before(exporting, "_put_part", call=2),
    Point.EXPORT_BEFORE_RENAME: before(files, "put", call=PARTS + 1),
    # Deltas are deleted and added up by one statement; what is behind it are counts of nothing.
    Point.ROLLUP_AFTER_DELETE: before(Tally.objects, "filter"),
    Point.ROLLUP_BEFORE_COMMIT: before(BaseDatabaseWrapper, "commit"),
}


# A disk is found full while a file is written, not when the whole file gets its name.
WRITING_BEFORE = {Point.EXPORT_BEFORE_RENAME: before(exporting, "_put_together")}


def disk_fills_up() -> None:
    """Let every file that is written from now on meet a full disk: the system's own /dev/full."""
    names = iter(range(1_000))

    def a_full_one(_length: int) -> str:
        name = f"full-{os.getpid()}-{next(names)}"
        (files.root() / files.DRAFTS / name).symlink_to(Path("/dev/full"))
        return name

    files.secrets.token_hex = a_full_one


class Fault(StrEnum):
    KILL = "killed"
    CUT = "cut off from the database"
    FULL = "out of disk"


BLOWS: dict[Fault, Callable[[], None]] = {
    Fault.KILL: kill_ourselves,
    Fault.CUT: cut_us_off,
    Fault.FULL: disk_fills_up,
}


def struck_at(point: Point, fault: Fault, job: Callable[[], object]) -> str:
    """Do a job in a process that is struck at a point; return what became of it.

    `DONE`, `KILLED`, or the name of the error it failed with.
    """
    place = WRITING_BEFORE.get(point, PLACES[point]) if fault is Fault.FULL else PLACES[point]
    connections.close_all()  # nothing of ours may be open in two processes
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        word = DONE
        try:
            _arm(place, BLOWS[fault])
            job()
        except Exception as error:
            word = type(error).__name__
        finally:
            os.write(said, word.encode())
            os._exit(0)
    os.close(said)
    with os.fdopen(heard, "rb") as answer:
        word = answer.read().decode()
    _, status = os.waitpid(child, 0)
    return KILLED if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else word


def _arm(place: Place, blow: Callable[[], None]) -> None:
    """Wrap the call at a place; for this process alone."""
    real = getattr(place.holder, place.name)
    calls = 0

    def struck(*args: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == place.call and place.is_before:
            blow()
        answer = real(*args, **more)
        if calls == place.call and not place.is_before:
            blow()
        return answer

    setattr(place.holder, place.name, struck)
