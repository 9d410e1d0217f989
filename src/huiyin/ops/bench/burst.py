"""Overload: many times the city's busiest hour, and four times what was measured to be possible.

Callers do not wait for each other: each begins at its time, whatever has become of the others, and
what it waits counts from then. Nothing that was accepted may be lost.
"""

import re
import time
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from random import Random
from typing import Final

from huiyin.matters.models import Matter
from huiyin.ops.bench.cases import Cases
from huiyin.ops.bench.client import Drop, Piece, Work, drive, rain, share_of, steady
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.bench.stage import stage
from huiyin.ops.demo.life.hours import busiest_share
from huiyin.ops.progress import say

DAY: Final = 3_500  # matters a day come in in the reference city
TIMES_PEAK: Final = 20
TIMES_CAPACITY: Final = 4
ROUNDS: Final = 3
SECONDS: Final = 30.0
PAUSE: Final = 10.0
MOST: Final = 400  # connections at once
CAPACITY_SECONDS: Final = 5.0
PROBE: Final = 0.25  # seconds between the single callers who come after it
PROBES: Final = 120
NORMAL: Final = 3.0  # times what it took in calm is normal again
REFUSED: Final = "refused in time"
_NUMBER: Final = re.compile(rb'"number":\s*"([0-9]+)"')


@dataclass(frozen=True, slots=True)
class Round:
    """One burst. Times in milliseconds, but for `normal_after`: seconds from its end.

    `wanted` came; of them `accepted` were taken in, `refused` told to come again (503 with
    Retry-After), the others `failed`. `answered`: the share of those admitted (not refused) that
    was taken in. `lost`: accepted and not in the database; has to be 0. `normal_after`: None where
    it did not become normal while it was looked at.
    """

    kind: str
    per_second: float
    wanted: int
    accepted: int
    refused: int
    failed: dict[str, int]
    answered: float
    p95: float
    refused_p95: float
    normal_after: float | None
    lost: int
    client_share: float


@dataclass(frozen=True, slots=True)
class Burst:
    """All bursts; `capacity`: matters a second that eight connections take in, before them."""

    capacity: float
    rounds: list[Round]


def burst(found: Grounds, *, at: datetime, rounds: int = ROUNDS, seconds: float = SECONDS) -> Burst:
    """Let bursts of both kinds come, several times with pauses, and look what becomes of each."""
    with stage(found) as running:
        ready = Cases(at=at)
        drive(ready.intake, port=running.port, connections=2, seconds=2)
        calm = drive(ready.intake, port=running.port, connections=1, seconds=2).at(0.95)
        capacity = drive(
            ready.intake, port=running.port, connections=8, seconds=CAPACITY_SECONDS
        ).per_second
        say(f"{capacity:.0f} matters a second with 8 connections; calm p95 {calm:.0f} ms")
        kinds = (
            (f"{TIMES_PEAK} × peak hour", peak_rate() * TIMES_PEAK),
            (f"{TIMES_CAPACITY} × capacity", capacity * TIMES_CAPACITY),
        )
        done = []
        for kind, rate in kinds:
            for number in range(rounds):
                done.append(_round(kind, rate, seconds, running.port, ready, calm, number))
                say(told(done[-1]))
                time.sleep(PAUSE)
    return Burst(round(capacity, 1), done)


def peak_rate() -> float:
    """Return how many matters a second come in in the busiest hour of the city's day."""
    return DAY * busiest_share() / 3_600


def _round(
    kind: str, rate: float, seconds: float, port: int, ready: Cases, calm: float, number: int
) -> Round:
    numbers: list[str] = []
    times = steady(rate, seconds)
    after = [seconds + PROBE * n for n in range(1, PROBES + 1)]
    work = Callers(ready, number, numbers)
    drops, run = rain(work, port=port, times=[*times, *after], most=MOST)
    wanted, probes = drops[: len(times)], drops[len(times) :]
    took = [one.took for one in wanted if not one.wrong]
    refused = [one.took for one in wanted if one.wrong == REFUSED]
    failed: dict[str, int] = {}
    for one in wanted:
        if one.wrong not in ("", REFUSED):
            failed[one.wrong] = failed.get(one.wrong, 0) + 1
    admitted = len(wanted) - len(refused)
    return Round(
        kind=kind, per_second=round(rate, 1), wanted=len(wanted), accepted=len(took),
        refused=len(refused), failed=failed, answered=round(len(took) / max(admitted, 1), 4),
        p95=round(1_000 * share_of(took, 0.95), 1),
        refused_p95=round(1_000 * share_of(refused, 0.95), 1),
        normal_after=normal_after(probes, since=seconds, limit=NORMAL * calm / 1_000),
        lost=lost(numbers), client_share=round(run.cpu / run.seconds, 3),
    )  # fmt: skip


def normal_after(probes: list[Drop], *, since: float, limit: float) -> float | None:
    """Return after how many seconds every single caller was answered as quickly as in calm."""
    normal: float | None = None
    for one in probes:
        if one.wrong or one.took > limit:
            normal = None
        elif normal is None:
            normal = round(one.at - since, 2)
    return normal


def lost(numbers: list[str]) -> int:
    """Return how many of the numbers that were given out stand for no matter."""
    there = 0
    for start in range(0, len(numbers), 5_000):
        part = numbers[start : start + 5_000]
        there += Matter.objects.filter(number__in=part).count()
    return len(numbers) - there


@dataclass(frozen=True, slots=True)
class Callers:
    """Makes the callers of one round; the numbers they are given go into a list."""

    ready: Cases
    round: int
    numbers: list[str]

    def __call__(self, lane: int) -> Work:
        """Return what one connection does."""
        rng = Random(f"burst/{self.round}/{lane}")  # noqa: S311 a draw, no secret

        def do() -> Piece:
            answer = yield self.ready.opening(rng, lane)
            if answer.status == HTTPStatus.CREATED:
                found = _NUMBER.search(answer.body)
                if found is None:
                    return "no number"
                self.numbers.append(found[1].decode())
                return ""
            if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
                return REFUSED if answer.header("retry-after") else "503 without Retry-After"
            return str(answer.status)

        return do


def told(one: Round) -> str:
    """Return a burst as a line of a table."""
    wrong = f"  failed {one.failed}" if one.failed else ""
    normal = "not within the time" if one.normal_after is None else f"{one.normal_after:.2f} s"
    return (
        f"{one.kind:<15}{one.per_second:>7.1f}/s  {one.wanted:>6} came, {one.accepted} taken in, "
        f"{one.refused} refused in p95 {one.refused_p95:.0f} ms; of those admitted "
        f"{100 * one.answered:.1f} %, p95 {one.p95:.0f} ms; normal again after {normal}; "
        f"lost {one.lost}{wrong}"
    )
