"""Measuring the cases over HTTP, against the server and the worker as a city runs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from huiyin.matters.models import Matter
from huiyin.ops.bench.cases import Cases
from huiyin.ops.bench.client import Run, drive
from huiyin.ops.bench.floor import floor
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.bench.stage import Stage, stage
from huiyin.ops.progress import say

READING: Final = ("inbox", "filter", "search", "deep", "matter", "report")
WRITING: Final = ("intake", "act", "lifecycle")
CASES: Final = (*READING, *WRITING)
WARM_SECONDS: Final = 2.0
ACTS_A_SECOND: Final = 400  # more than there can be


@dataclass(frozen=True, slots=True)
class Figure:
    """One case at one number of connections. Times in milliseconds; `cpu_ms` of the server."""

    case: str
    connections: int
    matters: int
    per_second: float
    p50: float
    p95: float
    p99: float
    errors: dict[str, int]
    cpu_ms: float


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures, with the memory of server and worker, and the floor."""

    figures: list[Figure]
    memory_mb: float
    floor_per_second: float


def measure(
    found: Grounds, *, at: datetime, cases: Sequence[str] = CASES,
    connections: Sequence[int] = (1, 8), seconds: float = 5.0,
) -> Measured:  # fmt: skip
    """Measure cases at each number of connections, warm; and what PostgreSQL alone can do."""
    most = max(connections)
    figures = []
    with stage(found) as running:
        waiting = int(ACTS_A_SECOND * (seconds + WARM_SECONDS) * len(connections))
        ready = Cases(port=running.port, at=at, waiting=waiting if "act" in cases else 0)
        matters = Matter.objects.count()
        for case in cases:
            work = getattr(ready, case)
            drive(work, connections=min(most, 4), seconds=WARM_SECONDS)
            for many in connections:
                figures.append(_one(case, many, matters, running, work, seconds))
                say(told(figures[-1]))
        memory = running.memory_mb()
    return Measured(
        figures, memory, floor(found.urls.owner, connections=most, seconds=5, folder=found.folder)
    )


def _one(
    case: str, many: int, matters: int, running: Stage, work: object, seconds: float
) -> Figure:
    cpu = running.cpu_seconds()
    run: Run = drive(work, connections=many, seconds=seconds)  # type: ignore[arg-type]
    answers = max(len(run.times), 1)
    return Figure(
        case=case, connections=many, matters=matters, per_second=round(run.per_second, 1),
        p50=round(run.at(0.5), 1), p95=round(run.at(0.95), 1), p99=round(run.at(0.99), 1),
        errors=run.errors,
        cpu_ms=round(1_000 * (running.cpu_seconds() - cpu) / answers, 1),
    )  # fmt: skip


def told(one: Figure) -> str:
    """Return a figure as a line of a table."""
    wrong = f"  errors {one.errors}" if one.errors else ""
    return (
        f"{one.case:<10}{one.connections:>3} connections  {one.per_second:>7.1f}/s  "
        f"p50 {one.p50:>7.1f}  p95 {one.p95:>7.1f}  p99 {one.p99:>7.1f} ms  "
        f"cpu {one.cpu_ms:>6.1f} ms{wrong}"
    )
