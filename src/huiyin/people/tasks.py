"""Work the background worker does for this capability."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from huiyin.people import cleaning, sealing


@app.periodic(cron="23 * * * *", periodic_id="people_clean")
@app.task(name="people.clean", queue="default")
def clean(timestamp: int) -> None:
    """Delete ended sessions, old codes, links and counts, every hour."""
    cleaning.clean(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="41 * * * *", periodic_id="people_reseal")
@app.task(name="people.reseal", queue="default")
def reseal(timestamp: int) -> None:
    """Seal with the current key what previous keys have sealed, every hour; mostly nothing."""
    del timestamp
    while sealing.reseal():
        pass
