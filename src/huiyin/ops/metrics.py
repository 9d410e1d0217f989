"""What is counted for Prometheus. Labels are routes, never addresses."""

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

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


def share_between_processes(folder: Path) -> None:
    """Let the server's processes count together in `folder`; call it before they start.

    The client library decides when it is imported; so this only sets the environment of children
    and empties what earlier processes left.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for leftover in folder.glob("*.db"):
        leftover.unlink(missing_ok=True)
    os.environ[MULTIPROCESS] = str(folder)


def exposition() -> bytes:
    """Return all metrics in Prometheus' text format."""
    registry = CollectorRegistry()
    if MULTIPROCESS in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own
    else:
        registry.register(REQUESTS)
        registry.register(SECONDS)
    return generate_latest(registry)
