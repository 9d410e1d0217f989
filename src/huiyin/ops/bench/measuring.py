"""Measuring the cases over HTTP, against the server and the worker as a city runs them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db import connection

from huiyin.matters.keeping import keep
from huiyin.matters.models import Matter
from huiyin.ops.bench import inside
from huiyin.ops.bench.cases import Cases
from huiyin.ops.bench.client import drive
from huiyin.ops.bench.floor import floor
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.bench.inside import Inside
from huiyin.ops.bench.quiet import until_quiet
from huiyin.ops.bench.stage import Stage, stage
from huiyin.ops.demo.passwords import demo_password
from huiyin.ops.progress import say

WARM_SECONDS: Final = 2.0
ACTS_A_SECOND: Final = 1_000  # more than there can be
FLOOR_SECONDS: Final = 5
QUIET_SECONDS, QUIET_SECONDS_SHORT = 300.0, 15.0  # at most, after each case that leaves work
NOT_ALONE: Final = ("export",)  # the worker does most of it: its statements are not counted
LEAVE_WORK: Final = ("intake", "act", "lifecycle", "export")  # to the worker, when they are over


@dataclass(frozen=True, slots=True)
class Figure:
    """One case at one number of connections. Times in milliseconds.

    `first`: of the first piece after server and database were started. `cpu_ms`: of server and
    worker for each piece; `client_ms`: of the client on the same cores.
    `rows`: shown on a page of a list, on average. `requests`: asked for each piece; `statements`:
    sent to the database for each piece, None where that was not counted.
    """

    case: str
    connections: int
    matters: int
    per_second: float
    first: float
    p50: float
    p95: float
    p99: float
    errors: dict[str, int]
    refused: int
    cpu_ms: float
    client_ms: float
    rows: float
    requests: float
    statements: int | None


@dataclass(frozen=True, slots=True)
class Measured:
    """All figures, the functions behind them, the memory of server and worker, and the floor.

    `database_mb`: how large the database is; `cached`: the share of its pages that were found in
    the database's own memory while the cases ran.
    """

    figures: list[Figure]
    functions: list[Inside]
    memory_mb: float
    floor_per_second: float
    database_mb: int
    cached: float


def measure(
    found: Grounds, *, at: datetime, plan: Mapping[str, Sequence[int]], seconds: float = 5.0,
    warm: float = WARM_SECONDS, is_short: bool = False,
) -> Measured:  # fmt: skip
    """Measure cases, warm, and what PostgreSQL alone can do.

    `plan`: each case with the numbers of connections at which it is measured. `is_short`: over
    HTTP only.
    """
    most = max(many for each in plan.values() for many in each)
    figures = []
    say("The clock-keeper catches up with what was filled …")
    keep(at=at)
    with stage(found) as running:
        times = len(plan.get("act", ()))
        ready = Cases(
            at=at, waiting=int(ACTS_A_SECOND * (seconds * times + warm)) if times else 0,
            password=demo_password(found.folder)[0],
        )  # fmt: skip
        _wait_for_the_worker(is_short=is_short)
        matters = Matter.objects.count()
        read = _pages_read()
        for case, connections in plan.items():
            work = getattr(ready, case)
            port = running.port
            first = drive(work, port=port, connections=1, pieces=1)
            drive(work, port=port, connections=min(max(connections), 4), seconds=warm)
            statements = None
            if not (is_short or case in NOT_ALONE):
                statements = inside.asked(work(0))
            for many in connections:
                one = _one(case, many, matters, running, ready, seconds)
                one = replace(one, first=round(first.at(1), 1), statements=statements)
                figures.append(one)
                say(told(one))
                if case in LEAVE_WORK:
                    _wait_for_the_worker(is_short=is_short)
        cached = _cached(read, _pages_read())
        functions = [] if is_short else inside.functions(ready)
        memory = round(running.memory_mb(), 1)
    alone = floor(found.urls.owner, connections=most, seconds=FLOOR_SECONDS, folder=found.folder)
    return Measured(figures, functions, memory, alone, _database_mb(), cached)


def _wait_for_the_worker(*, is_short: bool) -> None:
    """Let the worker end what nobody waits for any more, so that the next case has the machine."""
    if not until_quiet(QUIET_SECONDS_SHORT if is_short else QUIET_SECONDS):
        say("The worker is not done yet; it goes on beside what is measured next.")


def _one(
    case: str, many: int, matters: int, running: Stage, ready: Cases, seconds: float
) -> Figure:
    cpu, rows, work = running.cpu_seconds(), ready.rows, getattr(ready, case)
    run = drive(work, port=running.port, connections=many, seconds=seconds)
    done = max(len(run.times) + run.wrong, 1)
    return Figure(
        case=case, connections=many, matters=matters, per_second=round(run.per_second, 1),
        first=0.0, p50=round(run.at(0.5), 1), p95=round(run.at(0.95), 1),
        p99=round(run.at(0.99), 1), errors=run.errors, refused=run.refused,
        cpu_ms=round(1_000 * (running.cpu_seconds() - cpu) / done, 1),
        client_ms=round(1_000 * run.cpu / done, 2),
        rows=round((ready.rows - rows) / done, 1), requests=round(run.asked / done, 1),
        statements=None,
    )  # fmt: skip


def _pages_read() -> tuple[int, int]:
    """Return how many pages the database has found in its memory, and how many it has read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT blks_hit, blks_read FROM pg_stat_database WHERE datname = current_database()"
        )
        hit, read = cursor.fetchone()
    return int(hit), int(read)


def _cached(before: tuple[int, int], after: tuple[int, int]) -> float:
    hit, read = after[0] - before[0], after[1] - before[1]
    return round(hit / (hit + read), 4) if hit + read else 1.0


def _database_mb() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0]) // 1_000_000


def told(one: Figure) -> str:
    """Return a figure as a line of a table."""
    wrong = f"  refused {one.refused}" if one.refused else ""
    wrong += f"  errors {one.errors}" if one.errors else ""
    counted = f"  {one.rows:g} rows" if one.rows else ""
    counted += "" if one.statements is None else f"  {one.statements} statements"
    return (
        f"{one.case:<10}{one.connections:>3} connections  {one.per_second:>7.1f}/s  "
        f"p50 {one.p50:>7.1f}  p95 {one.p95:>7.1f}  p99 {one.p99:>7.1f} ms  "
        f"cpu {one.cpu_ms:>6.1f} ms + client {one.client_ms:.2f}{counted}{wrong}"
    )


def told_inside(one: Inside) -> str:
    """Return what a function took as a line of a table."""
    return (
        f"{one.name:<20}p50 {one.p50:>7.2f}  p95 {one.p95:>7.2f} ms  cpu {one.cpu_ms:>7.2f} ms  "
        f"{one.statements} statements"
    )


def table(one: Measured) -> str:
    """Return everything as lines."""
    lines = [told(figure) for figure in one.figures]
    lines += [told_inside(function) for function in one.functions]
    lines.append(f"memory of server and worker: {one.memory_mb:.0f} MB")
    lines.append(f"PostgreSQL alone: {one.floor_per_second:.0f} transactions/s")
    share = f"{100 * one.cached:.1f} %"
    lines.append(f"database: {one.database_mb} MB, {share} of its pages found in its memory")
    return "\n".join(lines)
