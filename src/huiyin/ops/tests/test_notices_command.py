"""Messages as an operator sees them: a real worker, a real web server, the gateway of the demo."""

import http.client
import json
import textwrap
import time

import pytest

from huiyin.ops.serving import free_port
from huiyin.ops.tests.instances import said

pytestmark = pytest.mark.fault

SECRET = "a-secret-of-the-test-that-is-long-enough-0123456789"
PUT = """
    from huiyin.ops.installation import with_django
    with with_django("app"):
        from django.utils import timezone
        from huiyin.notices import outbox, recipients
        from huiyin.notices.facts import Facts
        from huiyin.notices.models import Notice
        for number in range({count}):
            outbox.put(
                "hotline.answer_directly.person", to=recipients.phone("15400000001"), urgent=True,
                data=Facts(number="37142611001237"), key=f"event-{{number}}", at=timezone.now(),
            )
        Notice.objects.update({change})
"""


def put(instance, *, count=1, change=""):
    script = textwrap.dedent(PUT.format(count=count, change=change or "language='zh-hans'"))
    process = instance.start_python("-c", script)
    told, _ = process.communicate(timeout=240)
    assert process.returncode == 0, told


def listed(instance, *arguments):
    done = instance.run("notices", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["notices"]


def metrics(port):
    line = http.client.HTTPConnection("localhost", port, timeout=120)
    try:
        line.request("GET", "/metrics")
        return line.getresponse().read().decode()
    except OSError:
        return ""  # it does not listen yet
    finally:
        line.close()


DEAD = "state='dead', settled_at=timezone.now(), reason='gateway_refused'"


def test_what_did_not_arrive_is_listed_without_words_and_sent_again(migrated):
    put(migrated, change=DEAD)
    done = migrated.run("notices", "waiting")
    assert done.stdout.splitlines() == ["sms    0 due, 0 later", "email  0 due, 0 later"]

    (row,) = listed(migrated, "dead")
    assert {name: row[name] for name in ("channel", "to", "state", "reason")} == {
        "channel": "sms",
        "to": "154****0001",
        "state": "dead",
        "reason": "gateway_refused",
    }
    shown = migrated.run("notices", "list", "--state", "dead")
    assert (row["id"] in shown.stdout, "答复" in shown.stdout) == (True, False)

    again = migrated.run("notices", "resend", row["id"])

    assert (again.returncode, again.stderr) == (0, f"{row['id']} is sent again.\n")
    assert listed(migrated, "dead") == []
    assert listed(migrated, "list", "--state", "queued")[0]["id"] == row["id"]
    assert "on its way or has arrived" in said(migrated.run("notices", "resend", row["id"]))


def test_the_texts_are_in_order(migrated):
    done = migrated.run("notices", "check")

    assert (done.returncode, done.stdout) == (0, "In order.\n")


def test_a_message_goes_to_the_phone_and_its_report_comes_back(migrated, tmp_path):
    """The web server takes the report that the gateway sends when the worker has sent."""
    web, sms = free_port(0), free_port(0)
    outbox = tmp_path / "sms.jsonl"
    gateway = migrated.start_python(
        *("-m", "huiyin.ops.fake_sms", "--port", str(sms), "--outbox", str(outbox)),
        *("--reports", f"http://127.0.0.1:{web}/notices/sms/report"),
        HUIYIN_SMS_SECRET=SECRET,
    )
    put(migrated, count=3)
    serving = migrated.start_with_log(
        *("serve", "--with-worker"),
        HUIYIN_PORT=str(web),
        HUIYIN_SMS_URL=f"http://127.0.0.1:{sms}/",
        HUIYIN_SMS_SECRET=SECRET,
    )
    try:
        deadline = time.monotonic() + 180
        while 'channel="sms",outcome="delivered"} 3.0' not in metrics(web):
            assert time.monotonic() < deadline, migrated.log()
            assert serving.poll() is None, migrated.log()
            time.sleep(0.5)
    finally:
        serving.terminate()
        serving.wait(timeout=240)
        gateway.terminate()
        gateway.wait(timeout=240)

    messages = [json.loads(line) for line in outbox.read_text(encoding="utf-8").splitlines()]
    assert [message["to"] for message in messages] == ["15400000001"] * 3
    assert "15400000001" not in migrated.log()
