"""What the gateway says later is believed when it is signed, and never takes back an arrival."""

import hashlib
import hmac
import json
import time
from uuid import UUID

import pytest

from huiyin.notices.delivery import deliver_batch
from huiyin.notices.models import Notice, NoticeState, OutcomeCount
from huiyin.notices.reports import Status, take_report
from huiyin.notices.tests.factories import MINUTE, NOW, an_email, an_sms, now_of
from huiyin.people.tests.gateways import SECRET, Gateway

pytestmark = pytest.mark.django_db

LATER = NOW + MINUTE


def report(client, value, *, secret=SECRET, at=None):
    body = json.dumps(value).encode()
    stamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    return client.post(
        "/notices/sms/report",
        body,
        content_type="application/json",
        headers={"X-Huiyin-Timestamp": stamp, "X-Huiyin-Signature": signature.hexdigest()},
    )


@pytest.fixture
def sent(gateway):
    notice = an_sms()
    deliver_batch(at=NOW)
    return notice


def test_a_message_that_arrived_is_delivered(client, sent):
    answer = report(client, {"id": str(sent.pk), "status": "delivered"})

    assert (answer.status_code, answer.json()) == (200, {"changed": True})
    assert (now_of(sent).state, now_of(sent).settled_at is not None) == ("delivered", True)
    assert OutcomeCount.objects.get(outcome="delivered").count == 1


def test_many_reports_may_come_at_once(client, gateway):
    arrived, lost, unknown = an_sms(), an_sms(key="b"), UUID(int=7)
    deliver_batch(at=NOW)

    answer = report(client, [
        {"id": str(lost.pk), "status": "failed"},
        {"id": str(arrived.pk), "status": "failed"},
        {"id": str(arrived.pk), "status": "delivered"},
        {"id": str(unknown), "status": "delivered"},
    ])  # fmt: skip

    assert (answer.status_code, answer.json()) == (200, {"changed": True})
    assert [now_of(arrived).state, now_of(lost).state] == ["delivered", "refused"]
    assert OutcomeCount.objects.get(outcome="delivered").count == 1
    assert OutcomeCount.objects.get(outcome="refused").count == 1


def test_a_phone_that_cannot_be_reached_is_shown(client, sent):
    report(client, {"id": str(sent.pk), "status": "failed"})

    assert (now_of(sent).state, now_of(sent).reason) == (
        "refused",
        "phone_unreachable",
    )


def test_the_same_report_twice_changes_nothing_more(client, sent):
    value = {"id": str(sent.pk), "status": "delivered"}
    report(client, value)

    assert report(client, value).json() == {"changed": False}
    assert OutcomeCount.objects.get(outcome="delivered").count == 1


def test_what_arrived_has_arrived(sent):
    take_report(message_id=sent.pk, status=Status.DELIVERED, at=LATER)

    assert not take_report(message_id=sent.pk, status=Status.FAILED, at=LATER)
    assert now_of(sent).state == "delivered"


def test_a_report_settles_an_unclear_message(configured):
    notice = an_sms()
    with Gateway(drop=True) as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=NOW)
    assert now_of(notice).state == "unknown"

    take_report(message_id=notice.pk, status=Status.DELIVERED, at=LATER)

    assert (now_of(notice).state, now_of(notice).reason) == ("delivered", "")


def test_a_report_may_come_before_our_own_worker_has_written(gateway):
    """The gateway is fast, the worker was killed: what has arrived is not sent again."""
    notice = an_sms()
    Notice.objects.filter(pk=notice.pk).update(leased_until=LATER, tries=1)

    take_report(message_id=notice.pk, status=Status.DELIVERED, at=NOW)
    deliver_batch(at=LATER)

    assert (now_of(notice).state, gateway.messages) == ("delivered", [])


def test_an_e_mail_is_no_business_of_the_gateway():
    mail = an_email()

    assert not take_report(message_id=mail.pk, status=Status.DELIVERED, at=LATER)


@pytest.mark.parametrize(
    ("how", "status"),
    [
        pytest.param({"secret": SECRET + "x"}, 403, id="wrong-secret"),
        pytest.param({"at": time.time() - 3_600}, 403, id="an-hour-old"),
    ],
)
def test_what_is_not_signed_rightly_is_refused(client, sent, how, status):
    answer = report(client, {"id": str(sent.pk), "status": "delivered"}, **how)

    assert answer.status_code == status
    assert now_of(sent).state == NoticeState.SENT


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        [{}],
        [{"id": str(UUID(int=1)), "status": "failed"}] * 201,
        "text",
        {"id": "1", "status": "delivered"},
        {"id": str(UUID(int=1)), "status": "?"},
    ],
)
def test_a_report_of_another_form_is_refused(client, gateway, value):
    answer = report(client, value)

    assert answer.status_code == 400


def test_without_a_secret_nobody_is_believed(client, configured):
    configured(sms_secret="")

    assert report(client, {"id": str(UUID(int=1)), "status": "delivered"}).status_code == 403


def test_a_body_without_end_is_not_read(client, gateway):
    assert report(client, {"id": "x" * 33_000}).status_code == 413


def test_a_message_of_somebody_elses_is_nothing_new(client, gateway):
    value = {"id": str(UUID(int=7)), "status": "delivered"}

    assert report(client, value).json() == {"changed": False}
