"""The clock-keeper: what the end of a limit means is recorded and done, once, also after downtime;
and whoever has to hear of a limit before, at and after its end hears of it (`escalating`).

It reads the clock table page by page and takes the runs in chunks, each in a transaction of its
own (`ending`); a run of which more follows is taken alone. What somebody is acting on just
now is left for the next round. A `kill -9` loses nothing: a clock is found again until its end
is written.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Min, Q

from huiyin.matters import ending, escalating
from huiyin.matters.acting import expire_clock, hold
from huiyin.matters.ending import MOST_A_RUN
from huiyin.matters.first_look import bring_forward
from huiyin.matters.models import RunClock
from huiyin.matters.refusals import NotFound
from huiyin.matters.second_keeper import FIRST, MANY, second_keeper
from huiyin.matters.side_by_side import half_of, in_chunks
from huiyin.procedures import due_clocks
from huiyin.ui.refusals import Refusal as WhyNot

BATCH = 200
PAGE = 10_000  # clocks read at once
THREADS = 2  # of each process: one decides while the database writes for the other
log = structlog.get_logger("huiyin.matters")


@dataclass(frozen=True, slots=True)
class Kept:
    """What one round did: ends of limits recorded, runs left because somebody was at them, steps
    of the ladder taken.
    """

    fired: int = 0
    busy: int = 0
    steps: int = 0


def keep_together(*, at: datetime) -> Kept:
    """Do what `keep` does; where very many limits wait, in two processes."""
    if not _are_many(at):
        return keep(at=at, threads=THREADS)
    with second_keeper(at=at):
        half = keep(at=at, threads=THREADS, half=FIRST)
    rest = keep(at=at, threads=THREADS)  # where the second has not come to its end
    return Kept(half.fired + rest.fired, rest.busy, half.steps + rest.steps)


def keep(
    *, at: datetime, batch: int = BATCH, threads: int = 1, half: int | None = None
) -> Kept:  # fmt: skip
    """Take the steps that have come, then record every limit that is over, the oldest first.

    `threads`: how many chunks at the same time; see `side_by_side`. `half`: of the runs alone that
    belong to it; see `second_keeper`.
    """
    first = escalating.take_steps(at=at, threads=threads, half=half)
    fired, busy = 0, list[UUID]()
    tried: set[UUID] = set()
    work = partial(_keep_runs, at=at)
    while True:
        before = len(tried)
        for page in _due_pages(at):
            fresh = [one for one in page if one not in tried and half in (None, half_of(one))]
            tried.update(fresh)
            for done, left in in_chunks(fresh, batch, work, threads=threads):
                fired, busy = fired + done, busy + left
        if len(tried) == before:  # what the system has begun on the way is over too
            break
    if busy and threads > 1:  # two chunks may have met at one matter
        ours = [_keep_runs([run_id], at=at) for run_id in busy]
        fired += sum(done for done, _ in ours)
        busy = [run_id for _, left in ours for run_id in left]
    # Behind what cannot wait: the city may have changed a ladder or its calendar.
    is_changed = half is None and bring_forward(at=at)
    # Limits that began with what the system did just now may be over already.
    is_more = fired or first.left or is_changed
    again = (
        escalating.take_steps(at=at, threads=threads, half=half)
        if is_more
        else escalating.Stepped()
    )
    return Kept(fired, len(busy), first.taken + again.taken)


def lag(*, at: datetime) -> float:
    """Return by how many seconds the first limit that should have been looked at has waited."""
    ended = RunClock.objects.filter(status="running", overdue_at=None, due_at__lte=at).aggregate(
        oldest=Min("due_at")
    )["oldest"]
    waiting = [one for one in (ended, escalating.unseen_since(at=at)) if one is not None]
    return (at - min(waiting)).total_seconds() if waiting else 0.0


def _are_many(at: datetime) -> bool:
    """Tell whether so many limits wait that a second process is worth its beginning."""
    return any(
        RunClock.objects.filter(waiting)[MANY : MANY + 1].exists()
        for waiting in (
            Q(status="running", overdue_at=None, due_at__lte=at),
            Q(next_step_at__lte=at),
        )
    )


def _due_pages(at: datetime) -> Iterator[list[UUID]]:
    """Yield the runs with a limit that is over, the oldest first, each once in a page."""
    clocks = RunClock.objects.filter(status="running", overdue_at=None, due_at__lte=at)
    ordered = clocks.order_by("due_at", "pk").values_list("due_at", "pk", "run_id")
    rest = Q()
    while page := list(ordered.filter(rest)[:PAGE]):
        yield list(dict.fromkeys(run_id for _, _, run_id in page))
        due_at, pk, _ = page[-1]
        rest = Q(due_at__gt=due_at) | Q(due_at=due_at, pk__gt=pk)
        if len(page) < PAGE:
            return


def _keep_runs(run_ids: Sequence[UUID], *, at: datetime) -> tuple[int, list[UUID]]:
    """Record the ends of a chunk of runs; return how many, and the runs that were left."""
    try:
        ended = ending.end_together(run_ids, at=at)
        fired, busy, alone = ended.fired, list(ended.busy), ended.alone
    except (WhyNot, LookupError, ValueError):
        # Something is wrong with a run among them: the others do not wait for it.
        fired, busy, alone = 0, [], tuple(run_ids)
    for run_id in alone:
        recorded = _keep_alone(run_id, at=at)
        fired += recorded or 0
        busy += [run_id] if recorded is None else []
    return fired, busy


def _keep_alone(run_id: UUID, *, at: datetime) -> int | None:
    """Record the ends of one run; None when it is busy, or something is wrong with it."""
    try:
        return _keep_run(run_id, at=at)
    except (WhyNot, LookupError, ValueError):
        log.exception("limit_not_recorded", run=str(run_id))
        return None


def _keep_run(run_id: UUID, *, at: datetime) -> int | None:
    """Record the ends of one run's limits, earliest first; None when the run is busy."""
    recorded = 0
    with transaction.atomic():
        for _ in range(MOST_A_RUN):
            try:
                held = hold(run_id, at=at, skip_locked=True)
            except NotFound:
                return None
            due = due_clocks(held.before, at)
            if not due or expire_clock(held, due[0].name, at=at) is None:
                return recorded
            recorded += 1
    return recorded
