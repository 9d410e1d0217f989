"""The port to the SMS gateway, against a real server on this machine."""

import socket

import pytest

from huiyin.people import sms
from huiyin.people.sms import Outcome
from huiyin.people.tests.factories import PHONE
from huiyin.people.tests.gateways import SECRET, Gateway


def a_message():
    return sms.send(to=PHONE, text="回音登录验证码", template="sign_in_code", message_id="m-1")


def test_a_message_arrives_signed_and_whole(gateway):
    outcome = a_message()

    assert outcome is Outcome.ACCEPTED
    assert gateway.messages == [
        {"id": "m-1", "to": PHONE, "text": "回音登录验证码", "template": "sign_in_code"}
    ]


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        pytest.param(202, Outcome.ACCEPTED, id="accepted"),
        pytest.param(200, Outcome.ACCEPTED, id="ok"),
        pytest.param(400, Outcome.REFUSED, id="not-wanted"),
        pytest.param(429, Outcome.REFUSED, id="too-many"),
        pytest.param(302, Outcome.UNKNOWN, id="sent-elsewhere"),
        pytest.param(500, Outcome.UNKNOWN, id="broken-gateway"),
    ],
)
def test_the_answer_says_what_became_of_a_message(configured, status, outcome):
    with Gateway(status=status) as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)

        assert a_message() is outcome


def test_a_wrong_secret_is_refused(configured, gateway):
    configured(sms_secret=SECRET + "x")

    assert a_message() is Outcome.REFUSED
    assert gateway.messages == []


def test_a_gateway_that_hangs_up_leaves_it_unknown(configured):
    with Gateway(drop=True) as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)

        assert a_message() is Outcome.UNKNOWN


def test_a_gateway_that_is_too_slow_leaves_it_unknown(configured, monkeypatch):
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", 0.05)
    with Gateway() as gateway:
        gateway.may_answer.clear()
        configured(sms_url=gateway.url, sms_secret=SECRET)

        assert a_message() is Outcome.UNKNOWN
        gateway.may_answer.set()


def test_a_gateway_that_is_not_there_has_sent_nothing(configured):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # taken, and nobody listens
        configured(sms_url=f"http://127.0.0.1:{taken.getsockname()[1]}/", sms_secret=SECRET)

        assert a_message() is Outcome.UNREACHABLE


def test_without_a_gateway_nothing_is_sent(configured):
    configured(sms_url="")

    assert a_message() is Outcome.UNREACHABLE


@pytest.mark.parametrize("status", [202, 400])
def test_neither_phone_nor_text_is_logged(configured, status, capsys, caplog):
    with Gateway(status=status) as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        a_message()

    told = capsys.readouterr()
    said = told.out + told.err + caplog.text
    assert "sign_in_code" in said
    assert (PHONE in said, "验证码" in said) == (False, False)


def test_many_messages_go_over_one_connection(configured):
    with Gateway(keeps=True) as gateway, sms.Line() as line:
        configured(sms_url=gateway.url, sms_secret=SECRET)

        for number in range(3):
            sent = line.send(to=PHONE, text="办结", template="told", message_id=f"m-{number}")
            assert sent is Outcome.ACCEPTED

        line.close()
        assert [one["id"] for one in gateway.messages] == ["m-0", "m-1", "m-2"]
        assert gateway.connections == 1


def test_a_connection_the_gateway_has_closed_is_made_anew_and_nothing_stays_unclear(configured):
    with Gateway(keeps=True, hangs_up_after=1) as gateway, sms.Line() as line:
        configured(sms_url=gateway.url, sms_secret=SECRET)

        found = []
        for number in range(3):
            found.append(line.send(to=PHONE, text="办结", template="told", message_id=str(number)))
            gateway.ended.wait(20)
            gateway.ended.clear()

        assert found == [Outcome.ACCEPTED] * 3
        assert gateway.connections == 3
