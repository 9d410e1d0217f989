"""Work the background worker does for matters."""

from datetime import UTC, datetime
from uuid import UUID

from django.utils import timezone
from procrastinate.contrib.django import app

from huiyin.matters import (
    anchoring,
    attachments,
    exporting,
    keeping,
    links,
    retaining,
    tallies,
    watching,
)
from huiyin.ui.identifiers import new_id


@app.periodic(cron="* * * * *", periodic_id="matters_keep_clocks")
@app.task(name="matters.keep_clocks", queue="default", lock="matters.keep_clocks")
def keep_clocks(timestamp: int) -> None:
    """Every minute: tell of limits step by step, record those that are over."""
    keeping.keep_together(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="* * * * *", periodic_id="matters_watch_keeper")
@app.task(name="matters.watch_keeper", queue="default", queueing_lock="matters.watch_keeper")
def watch_keeper(timestamp: int) -> None:
    """Every minute: see whether the one above keeps up."""
    watching.watch(at=datetime.fromtimestamp(timestamp, tz=UTC))


@app.periodic(cron="* * * * *", periodic_id="matters_roll_up")
@app.task(name="matters.roll_up", queue="default", queueing_lock="matters.roll_up")
def roll_up(timestamp: int) -> None:
    """Every minute: bring what acts have changed into the counts of all places above."""
    del timestamp
    while tallies.roll_up():
        pass


@app.periodic(cron="17 19 * * *", periodic_id="matters_forget_files")
@app.task(name="matters.forget_files", queue="default")
def forget_files(timestamp: int) -> None:
    """Every night (03:17 here): delete files no act has named, bytes no row names; old links."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    attachments.expire(at=at)
    attachments.clean(at=at)
    links.clean(at=at)


@app.task(name=exporting.TASK, queue="default")
def write_export(export_id: str) -> None:
    """Write an export, part by part, from where it was left."""
    pk, claim = UUID(export_id), new_id()
    if exporting.claim(pk, claim=claim, at=timezone.now()):
        while exporting.write_part(pk, claim=claim, at=timezone.now()):
            pass


@app.periodic(cron="* * * * *", periodic_id="matters_tend_exports")
@app.task(name="matters.tend_exports", queue="default", queueing_lock="matters.tend_exports")
def tend_exports(timestamp: int) -> None:
    """Every minute: go on with exports whose worker died, delete those that are over."""
    at = datetime.fromtimestamp(timestamp, tz=UTC)
    for pk in exporting.unwritten(at=at):
        exporting.put_to_work(pk)
    exporting.expire(at=at)


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
