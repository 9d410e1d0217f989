"""Work the background worker does for the pages."""

from datetime import UTC, datetime

from procrastinate.contrib.django import app

from huiyin.web import drafts


@app.periodic(cron="37 * * * *", periodic_id="web_clean_drafts")
@app.task(name="web.clean_drafts", queue="default")
def clean_drafts(timestamp: int) -> None:
    """Delete drafts whose time is over, every hour."""
    drafts.clean(at=datetime.fromtimestamp(timestamp, tz=UTC))
