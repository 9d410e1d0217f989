"""What operations read of the outbox: for Prometheus, and for the administrator's desk."""

from collections.abc import Iterator

from django.db import Error, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from huiyin.notices import queries
from huiyin.web.system import Reading


class NoticeMetrics(Collector):
    """Length and age of the queue, and outcomes by channel, read when they are asked for."""

    def describe(self) -> Iterator[Metric]:
        """Name nothing beforehand: to be registered must not ask the database."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; nothing while the database does not answer."""
        try:
            with transaction.atomic():
                waiting, counts = queries.waiting(at=timezone.now()), queries.outcomes()
                troubled = queries.troubled_counts()
        except Error:
            return
        yield GaugeMetricFamily(
            "huiyin_notices_due", "Messages that are due and not sent.", waiting.count
        )
        yield GaugeMetricFamily(
            "huiyin_notices_oldest_due_seconds",
            "How long the first of them has been due.",
            waiting.oldest_seconds,
        )
        in_trouble = GaugeMetricFamily(
            "huiyin_notices_troubled", "Messages somebody has to look at.", labels=("state",)
        )
        for state, count in troubled.items():
            in_trouble.add_metric((state,), count)
        yield in_trouble
        outcomes = CounterMetricFamily(
            "huiyin_notice_outcomes", "What became of messages.", labels=("channel", "outcome")
        )
        for channel, outcome, count in counts:
            outcomes.add_metric((channel, outcome), count)
        yield outcomes


def readings() -> list[Reading]:
    """Return whether messages leave in time."""
    is_late = queries.waiting(at=timezone.now()).is_late
    words = (
        _("Messages wait. Look whether a worker is running and the gateway answers.")
        if is_late
        else _("They leave in time.")
    )
    return [Reading(name=_("Messages to people"), well=not is_late, words=words)]
