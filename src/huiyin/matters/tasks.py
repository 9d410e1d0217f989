"""Work the background worker does for matters."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from huiyin.matters import anchoring, keeping, retaining


@app.periodic(cron="* * * * *", periodic_id="matters_keep_clocks")
@app.task(name="matters.keep_clocks", queue="default", lock="matters.keep_clocks")
def keep_clocks(timestamp: int) -> None:
    """Record the limits that are over, every minute."""
    keeping.keep(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="41 18 * * *", periodic_id="matters_retain")
@app.task(name="matters.retain", queue="default", lock="matters.retain")
def retain(timestamp: int) -> None:
    """Every night (02:41 in the city): make nameless what has been kept long enough."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    retaining.retain(at=at)
    retaining.forget_keys(at=at)


@app.periodic(cron="11 20 * * *", periodic_id="matters_anchor")
@app.task(name="matters.anchor", queue="default", lock="matters.anchor")
def anchor(timestamp: int) -> None:
    """Every night (04:11 in the city), behind all its changes: note the heads of all chains."""
    anchoring.anchor(at=datetime.fromtimestamp(timestamp, tz=UTC))
