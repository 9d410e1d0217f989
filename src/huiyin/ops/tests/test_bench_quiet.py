"""The next case is measured when nothing of the one before is left to be done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.notices.models import Notice
from huiyin.notices.tests.factories import an_email, an_sms
from huiyin.ops.bench.quiet import is_quiet, until_quiet

pytestmark = pytest.mark.django_db
LATER = timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_left_over():
    """What other tests have left to the worker is not meant here."""
    ProcrastinateJob.objects.all().delete()
    Notice.objects.all().delete()


def a_job(status, *, scheduled_at=None, worker=None):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs"
            " (queue_name, task_name, status, scheduled_at, worker_id)"
            " VALUES ('default', 'ops.something', %s, %s, %s)",
            [status, scheduled_at, worker],
        )


def a_worker(heartbeat):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (%s) RETURNING id",
            [heartbeat],
        )
        return cursor.fetchone()[0]


def test_what_is_due_is_waited_for_and_what_is_not_is_not():
    now = timezone.now()
    a_job("todo", scheduled_at=now + LATER)
    a_job("doing", worker=a_worker(now - LATER))  # it was killed, and is taken up by and by
    a_job("succeeded")
    assert is_quiet()

    a_job("todo")

    assert not is_quiet()
    assert not until_quiet(0.0)


def test_a_job_somebody_is_at_is_waited_for():
    a_job("doing", worker=a_worker(timezone.now()))

    assert not is_quiet()


def test_an_e_mail_that_is_due_is_given_to_the_worker_at_once():
    notice = an_email(at=timezone.now())
    ProcrastinateJob.objects.all().delete()

    assert not is_quiet()

    waiting = ProcrastinateJob.objects.filter(status="todo").values_list("task_name", flat=True)
    assert list(waiting) == ["notices.deliver"]
    Notice.objects.filter(pk=notice.pk).update(due_at=timezone.now() + LATER)
    ProcrastinateJob.objects.all().delete()
    assert is_quiet()


def test_sms_are_not_waited_for_while_their_gateway_is_away():
    an_sms(at=timezone.now())
    ProcrastinateJob.objects.all().delete()

    assert is_quiet()
