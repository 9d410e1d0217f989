"""Work the background worker does: the life of the demo city, and looking after its own jobs."""

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from huiyin.ops.demo.life import pouring
from huiyin.ops.jobs import forget_jobs, take_up_jobs
from huiyin.ops.progress import say
from huiyin.ui.waking import put_once

LOCK = "ops.pour_life"


@app.task(name="ops.pour_life", queue="default", queueing_lock=LOCK)
def pour_life() -> None:
    """Tell one part of the life of the demo city, and put the next one to work.

    A part takes a second or two: whoever stops the worker does not wait, and other work of the city
    comes in between.
    """
    with transaction.atomic():
        found = pouring.pour_part()
        if found is None:
            return
        if not found.is_done:
            wake()
    say(pouring.told(found))


@app.periodic(cron="* * * * *", periodic_id="ops_tend_life")
@app.task(name="ops.tend_life", queue="default", queueing_lock="ops.tend_life")
def tend_life(timestamp: int) -> None:
    """Every minute, in the demo alone: go on where a worker was killed. Mostly nothing."""
    del timestamp
    if settings.HUIYIN.mode != "demo":
        return
    found = pouring.progress()
    if found is not None and not found.is_done:
        wake()


def wake() -> None:
    """Put the next part to work; one job waits at most."""
    put_once(pour_life.defer)


@app.periodic(cron="50 18 * * *", periodic_id="ops_forget_jobs")  # 2:50 in China
@app.task(name="ops.forget_jobs", queue="default", queueing_lock="ops.forget_jobs")
def forget_old_jobs(timestamp: int) -> None:
    """Every night: delete jobs that ended some days ago."""
    del timestamp
    forget_jobs(at=timezone.now())


@app.periodic(cron="* * * * *", periodic_id="ops_take_up_jobs")
@app.task(name="ops.take_up_jobs", queue="default", queueing_lock="ops.take_up_jobs")
def take_up_left_jobs(timestamp: int) -> None:
    """Every minute: go on with what a worker was killed over."""
    del timestamp
    take_up_jobs(at=timezone.now())
