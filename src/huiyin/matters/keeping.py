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
from uuid import UUID

import structlog
from django.db import transaction
from django.db.models import Min, Q

from huiyin.matters import ending, escalating
from huiyin.matters.acting import expire_clock, hold
from huiyin.matters.ending import MOST_A_RUN
from huiyin.matters.models import RunClock
from huiyin.matters.refusals import NotFound
from huiyin.procedures import due_clocks
from huiyin.ui.refusals import Refusal as WhyNot

BATCH = 200
PAGE = 10_000  # clocks read at once
log = structlog.get_logger("huiyin.matters")


@dataclass(frozen=True, slots=True)
class Kept:
    """What one round did: ends of limits recorded, runs left because somebody was at them, steps
    of the ladder taken.
    """

    fired: int = 0
    busy: int = 0
    steps: int = 0


def keep(*, at: datetime, batch: int = BATCH) -> Kept:
    """Take the steps that have come, then record every limit that is over, the oldest first."""
    first = escalating.take_steps(at=at)
    fired = busy = 0
    tried: set[UUID] = set()
    while True:
        before = len(tried)
        for page in _due_pages(at):
            fresh = [run_id for run_id in page if run_id not in tried]
            tried.update(fresh)
            for begin in range(0, len(fresh), batch):
                done, left = _keep_runs(fresh[begin : begin + batch], at=at)
                fired, busy = fired + done, busy + left
        if len(tried) == before:  # what the system has begun on the way is over too
            break
    # Limits that began with what the system did just now may be over already.
    again = escalating.take_steps(at=at) if fired or first.left else escalating.Stepped()
    return Kept(fired, busy, first.taken + again.taken)


def lag(*, at: datetime) -> float:
    """Return by how many seconds the first limit that should have been looked at has waited."""
    ended = RunClock.objects.filter(status="running", overdue_at=None, due_at__lte=at).aggregate(
        oldest=Min("due_at")
    )["oldest"]
    waiting = [one for one in (ended, escalating.unseen_since(at=at)) if one is not None]
    return (at - min(waiting)).total_seconds() if waiting else 0.0


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


def _keep_runs(run_ids: Sequence[UUID], *, at: datetime) -> tuple[int, int]:
    """Record the ends of a chunk of runs; return how many, and how many runs were left."""
    try:
        ended = ending.end_together(run_ids, at=at)
        fired, busy, alone = ended.fired, ended.busy, ended.alone
    except (WhyNot, LookupError, ValueError):
        # Something is wrong with a run among them: the others do not wait for it.
        fired, busy, alone = 0, 0, tuple(run_ids)
    for run_id in alone:
        recorded = _keep_alone(run_id, at=at)
        fired += recorded or 0
        busy += recorded is None
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
