"""Work the background worker does for grid work."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from huiyin.grid import photos, visits


@app.periodic(cron="23 19 * * *", periodic_id="grid_forget")
@app.task(name="grid.forget", queue="default")
def forget(timestamp: int) -> None:
    """Every night (03:23 in the city): photos left on their way for a day, notes of a year ago."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    photos.expire(at=at)
    visits.forget_notes(at=at)
