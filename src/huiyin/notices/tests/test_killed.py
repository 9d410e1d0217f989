"""kill -9 between the gateway's answer and our commit: told all the same, and once."""

import os
import subprocess
import sys
import time

import pytest
from django.db import connection, transaction

from huiyin.notices.delivery import LEASE, deliver_batch
from huiyin.notices.models import Notice
from huiyin.notices.tests.factories import NOW, an_sms, now_of
from huiyin.people.tests.gateways import SECRET

pytestmark = [pytest.mark.fault, pytest.mark.django_db(transaction=True)]

WORKER = """
import datetime, django
django.setup()
from huiyin.notices.delivery import deliver_batch
deliver_batch(at=datetime.datetime.fromisoformat("{at}"))
"""


def a_worker(gateway):
    held = connection.settings_dict
    url = (
        f"postgresql://{held['USER']}:{held['PASSWORD']}@/{held['NAME']}"
        f"?host={held['HOST']}&port={held['PORT']}"
    )
    environ = {
        **os.environ,
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "huiyin.settings",
        "HUIYIN_SMS_URL": gateway.url,
        "HUIYIN_SMS_SECRET": SECRET,
    }
    return subprocess.Popen([sys.executable, "-c", WORKER.format(at=NOW.isoformat())], env=environ)


def until(is_so, *, seconds=240):
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def waits_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND query LIKE '%%notices_notice%%'"
        )
        return cursor.fetchone()[0] == 1


def test_a_message_the_gateway_took_before_we_were_killed_rings_once(gateway):
    gateway.may_answer.clear()
    notice = an_sms()
    worker = a_worker(gateway)
    try:
        # The gateway has the message; whoever holds the row keeps the worker from writing so.
        until(lambda: now_of(notice).leased_until is not None)
        with transaction.atomic():
            Notice.objects.select_for_update().get(pk=notice.pk)
            gateway.may_answer.set()
            until(lambda: gateway.messages)
            until(lambda: waits_for_a_lock() or worker.poll() is not None)
            assert worker.poll() is None
            worker.kill()
            worker.wait(timeout=240)
    finally:
        worker.kill()
        worker.wait(timeout=240)
        gateway.may_answer.set()
    assert now_of(notice).state == "queued"

    deliver_batch(at=NOW + LEASE)

    assert [message["id"] for message in gateway.messages] == [str(notice.pk)] * 2
    assert gateway.messages[0] == gateway.messages[1]  # to a gateway that honours ids: one
    assert (now_of(notice).state, now_of(notice).tries) == ("sent", 2)
