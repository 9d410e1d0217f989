"""Work the background worker does for matters."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from huiyin.matters import keeping


@app.periodic(cron="* * * * *", periodic_id="matters_keep_clocks")
@app.task(name="matters.keep_clocks", queue="default", lock="matters.keep_clocks")
def keep_clocks(timestamp: int) -> None:
    """Record the limits that are over, every minute."""
    keeping.keep(at=datetime.fromtimestamp(timestamp, tz=UTC))
