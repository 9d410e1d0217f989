"""`huiyin bench quick`: the figures that count, of a city with 100,000 matters, in four minutes."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from huiyin.ops.bench.filling import fill
from huiyin.ops.bench.grounds import Grounds
from huiyin.ops.bench.measuring import Figure, measure

MATTERS: Final = 100_000
SECONDS: Final = 4.0
WARM_SECONDS: Final = 1.0
PLAN: Final = {
    "inbox": (1,), "filter": (1,), "search": (1,), "deep": (1,), "report": (1,),
    "intake": (8,), "act": (8,), "lifecycle": (8,),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Quick:
    """Times at one connection, rates at eight; `rss_mb`: of server and worker.

    `errors`: what was not answered in the end, of all cases.
    """

    intake_per_s: float
    act_per_s: float
    inbox_p50_ms: float
    filter_p50_ms: float
    search_p50_ms: float
    deep_p50_ms: float
    report_ms: float
    lifecycle_per_s: float
    floor_per_s: float
    rss_mb: float
    errors: int


def quick(
    found: Grounds, *, at: datetime, matters: int = MATTERS, seconds: float = SECONDS
) -> Quick:  # fmt: skip
    """Fill the city where it is not filled yet, then measure."""
    fill(found, matters=matters, at=at)
    measured = measure(found, at=at, plan=PLAN, seconds=seconds, warm=WARM_SECONDS, is_short=True)
    one: dict[str, Figure] = {figure.case: figure for figure in measured.figures}
    return Quick(
        intake_per_s=one["intake"].per_second, act_per_s=one["act"].per_second,
        inbox_p50_ms=one["inbox"].p50, filter_p50_ms=one["filter"].p50,
        search_p50_ms=one["search"].p50, deep_p50_ms=one["deep"].p50, report_ms=one["report"].p50,
        lifecycle_per_s=one["lifecycle"].per_second,
        floor_per_s=round(measured.floor_per_second, 1), rss_mb=round(measured.memory_mb, 1),
        errors=sum(sum(figure.errors.values()) for figure in measured.figures),
    )  # fmt: skip


def told(one: Quick) -> str:
    """Return the figures as lines."""
    return "\n".join(f"{name:<16}{value:>10}" for name, value in asdict(one).items())
