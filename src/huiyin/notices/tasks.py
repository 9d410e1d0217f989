"""Work the background worker does for this capability."""

from datetime import UTC, datetime
from functools import partial

from django.utils import timezone
from procrastinate.contrib.django import app

from huiyin.notices import cleaning, delivery
from huiyin.ui.waking import Waker, put_once

LOCK = "notices.deliver"


@app.task(name="notices.deliver", queue="default", queueing_lock=LOCK)
def deliver() -> None:
    """Send everything that is due."""
    while delivery.deliver_batch(at=timezone.now()).is_more:
        pass


@app.periodic(cron="* * * * *", periodic_id="notices_sweep")
@app.task(name="notices.sweep", queue="default", queueing_lock="notices.sweep")
def sweep(timestamp: int) -> None:
    """Every minute: what waited for its time, or whose wake-up was lost."""
    del timestamp
    deliver()


@app.periodic(cron="7 3 * * *", periodic_id="notices_empty")
@app.task(name="notices.empty", queue="default")
def empty(timestamp: int) -> None:
    """Every night: forget the words of old messages, and outages long over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    while cleaning.empty_bodies(at=at):
        pass
    cleaning.forget_outages(at=at)


wake = Waker(partial(put_once, deliver.defer))
"""Let a worker look at once; one job waits at most, however much is put."""
