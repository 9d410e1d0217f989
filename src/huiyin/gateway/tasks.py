"""Work the background worker does for the gateway."""

from datetime import UTC, datetime
from functools import partial

from django.utils import timezone
from procrastinate.contrib.django import app

from huiyin.gateway import delivery, once
from huiyin.ui.waking import Waker, put_once

LOCK = "gateway.deliver"


@app.task(name="gateway.deliver", queue="default", queueing_lock=LOCK)
def deliver() -> None:
    """Send every webhook that is due."""
    while delivery.deliver_batch(at=timezone.now()):
        pass


@app.periodic(cron="* * * * *", periodic_id="gateway_sweep")
@app.task(name="gateway.sweep", queue="default", queueing_lock="gateway.sweep")
def sweep(timestamp: int) -> None:
    """Every minute: what waited for its time, or whose wake-up was lost."""
    del timestamp
    deliver()


@app.periodic(cron="17 3 * * *", periodic_id="gateway_clean")
@app.task(name="gateway.clean", queue="default")
def clean(timestamp: int) -> None:
    """Every night: forget old messages and kept answers."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    delivery.clean(at=at)
    once.clean(at=at)


wake = Waker(partial(put_once, deliver.defer))
"""Let a worker look at once; one job waits at most, however much is put."""
