"""What the worker has done is forgotten after three days; what it was killed over goes on."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from huiyin.ops import jobs
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def a_job(status, *, ended, lock=None, queueing_lock=None):
    """Write a job that began an hour before it ended; return its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, lock, queueing_lock)"
            " VALUES ('default', 'ops.something', %s, %s, %s) RETURNING id",
            [status, lock, queueing_lock],
        )
        (pk,) = cursor.fetchone()
        for at in (ended - timedelta(hours=1), ended):
            cursor.execute(
                "INSERT INTO procrastinate_events (job_id, type, at) VALUES (%s, 'started', %s)",
                [pk, at],
            )
    return pk


def test_jobs_that_ended_three_days_ago_are_forgotten_and_what_failed_or_waits_is_kept(
    monkeypatch,
):
    monkeypatch.setattr(jobs, "BATCH", 2)
    long_ago, lately = NOW - timedelta(days=3, minutes=1), NOW - timedelta(days=3)
    old = [a_job(one, ended=long_ago) for one in ("succeeded", "cancelled", "aborted") * 2]
    kept = [
        a_job("succeeded", ended=lately), a_job("failed", ended=long_ago),
        a_job("todo", ended=long_ago), a_job("doing", ended=long_ago),
    ]  # fmt: skip

    assert jobs.forget_jobs(at=NOW) == len(old)

    assert sorted(ProcrastinateJob.objects.filter(pk__in=[*old, *kept]).values_list(
        "pk", flat=True
    )) == kept  # fmt: skip
    assert not ProcrastinateEvent.objects.filter(job_id__in=old).exists()
    assert jobs.forget_jobs(at=NOW) == 0


def test_a_job_whose_worker_was_killed_is_done_again_and_keeps_nobody_out():
    killed = NOW - timedelta(minutes=2, seconds=1)
    left = a_job("doing", ended=killed, lock="nightly")
    kept_out = a_job("doing", ended=killed, lock="keeper")
    next_one = a_job("todo", ended=killed, lock="keeper")
    looked_for = a_job("doing", ended=killed, queueing_lock="sweep")
    waiting = a_job("todo", ended=killed, queueing_lock="sweep")
    lately = a_job("doing", ended=NOW - timedelta(minutes=1))
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        (worker,) = cursor.fetchone()
        alive = a_job("doing", ended=killed)
        cursor.execute(
            "UPDATE procrastinate_jobs SET worker_id = %s WHERE id = %s", [worker, alive]
        )

    assert jobs.take_up_jobs(at=NOW) == 3

    ours = (left, kept_out, next_one, looked_for, waiting, lately, alive)
    status = dict(ProcrastinateJob.objects.filter(pk__in=ours).values_list("pk", "status"))
    assert status == {
        left: "todo", kept_out: "aborted", next_one: "todo", looked_for: "aborted",
        waiting: "todo", lately: "doing", alive: "doing",
    }  # fmt: skip
