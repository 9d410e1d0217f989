"""The clock-keeper: what the end of a limit means is recorded and done, once, also after downtime;
and whoever has to hear of a limit before, at and after its end hears of it (`escalating`).

It scans the clock table in batches; each run is taken in a transaction of its own, and one that
somebody is acting on just now is left for the next round. A `kill -9` loses nothing: a clock is
found again until its end is written.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from huiyin.matters import escalating
from huiyin.matters.acting import expire_clock, hold
from huiyin.matters.models import RunClock
from huiyin.matters.refusals import NotFound
from huiyin.procedures import due_clocks

BATCH = 200
MOST_A_RUN = 50  # ends of limits of one run in one go; more would be a fault of its procedure


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
    while runs := _due_runs(at, batch, tried):
        for run_id in runs:
            tried.add(run_id)
            recorded = _keep_run(run_id, at=at)
            fired += recorded or 0
            busy += recorded is None
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


def _due_runs(at: datetime, batch: int, tried: set[UUID]) -> list[UUID]:
    clocks = (
        RunClock.objects.filter(status="running", overdue_at=None, due_at__lte=at)
        .exclude(run_id__in=tried)
        .order_by("due_at")
        .values_list("run_id", flat=True)[:batch]
    )
    return list(dict.fromkeys(clocks))


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
