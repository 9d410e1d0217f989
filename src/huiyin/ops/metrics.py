"""What is counted for Prometheus. Labels are routes, never addresses."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from huiyin.ops.clocks import ClockMetrics
from huiyin.ops.notices import NoticeMetrics

MULTIPROCESS = "PROMETHEUS_MULTIPROC_DIR"

REQUESTS = Counter(
    "huiyin_requests_total", "Answered requests.", ("method", "route", "status"), registry=None
)
SECONDS = Histogram(
    "huiyin_request_seconds",
    "Time to answer a request.",
    ("route",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
    registry=None,
)
REFUSED = Counter(
    "huiyin_refused_total", "Requests answered 503 because too many came at once.", registry=None
)


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    if MULTIPROCESS in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
        registry.register(REFUSED)
    registry.register(NoticeMetrics())
    registry.register(ClockMetrics())
    return generate_latest(registry)
