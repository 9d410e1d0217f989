"""What operations read of the keeper of limits, for Prometheus."""

from collections.abc import Iterator

from django.db import Error, transaction
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from huiyin.matters import keeping


class ClockMetrics(Collector):
    """How far the keeper is behind, read when it is asked for."""

    def describe(self) -> Iterator[Metric]:
        """Name nothing beforehand: to be registered must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the metric; nothing while the database does not answer."""
        try:
            with transaction.atomic():
                seconds = keeping.lag(at=timezone.now())
        except Error:
            return
        yield GaugeMetricFamily(
            "huiyin_clock_lag_seconds",
            "How long the first limit that should have been looked at has waited.",
            seconds,
        )
