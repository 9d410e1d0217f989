"""What operations read of the outbox: for Prometheus, and for the administrator's desk."""

from collections.abc import Iterator

from django.db import Error, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from huiyin.notices import outage, queries, waiting
from huiyin.notices.texts import OUTSIDE
from huiyin.ui.dates import said_moment
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
                at = timezone.now()
                due, counts, away = queries.waiting(at=at), queries.outcomes(), outage.open_ones()
                troubled = queries.troubled_counts()
        except Error:
            return
        seconds = GaugeMetricFamily(
            "huiyin_notices_away_seconds",
            "How long the gateway or mail server of a channel has taken nothing; 0 while it does.",
            labels=("channel",),
        )
        for outside in OUTSIDE:
            held = away.get(outside.value)
            lasts = (at - held.began_at).total_seconds() if held else 0.0
            seconds.add_metric((outside.value,), lasts)
        yield seconds
        yield GaugeMetricFamily(
            "huiyin_notices_due", "Messages that are due and not sent.", due.count
        )
        yield GaugeMetricFamily(
            "huiyin_notices_oldest_due_seconds",
            "How long the first of them has been due.",
            due.oldest_seconds,
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
    """Return whether messages leave in time, and what keeps them if not."""
    standing = waiting.standing(at=timezone.now())
    found = [
        Reading(name=away.title, well=False, words=_held(away), url=_page())
        for away in standing.aways
    ]
    if found and standing.late is None:
        return found
    name = _("Messages to people")
    if standing.late is None:
        return [Reading(name=name, well=True, words=_("They leave in time."))]
    words = _("Messages wait. Look whether a worker is running: huiyin worker")
    return [*found, Reading(name=name, well=False, words=words, url=_page())]


def _held(away: waiting.Away) -> str:
    words = gettext("Since %(since)s.") % {"since": " ".join(said_moment(away.since).pieces)}
    if not away.queue.all:
        return words
    more = ngettext(
        "%(number)d message waits; it leaves by itself when it is back.",
        "%(number)d messages wait; they leave by themselves when it is back.",
        away.queue.all,
    )
    return gettext("%(first)s %(second)s") % {
        "first": words, "second": more % {"number": away.queue.all},
    }  # fmt: skip


def _page() -> str:
    return reverse("web:admin_undelivered", args=["notice"])
