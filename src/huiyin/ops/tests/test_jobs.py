"""What the worker has done is forgotten after three days; what failed is not."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob

from huiyin.ops import jobs
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def a_job(status, *, ended):
    """Write a job that began an hour before it ended; return its id."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " VALUES ('default', 'ops.something', %s) RETURNING id",
            [status],
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
