"""Delivery: at least once, under one id, never blindly twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from huiyin.notices import delivery
from huiyin.notices.delivery import (
    LEASE,
    LONGEST_WAIT,
    MOST_TRIES,
    deliver_batch,
    wait_before,
)  # fmt: skip
from huiyin.notices.models import Notice, NoticeState, Outage, OutcomeCount
from huiyin.notices.outage import FIRST_REST, GIVEN_UP_AFTER, LONGEST_REST
from huiyin.notices.tests.factories import (
    EMAIL,
    MINUTE,
    MORNING,
    NIGHT,
    NOW,
    NUMBER,
    PHONE,
    an_email,
    an_sms,
    now_of,
    put,
)  # fmt: skip
from huiyin.notices.tests.servers import MailServer
from huiyin.people import sms
from huiyin.people.tests.gateways import SECRET, Gateway

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def outcomes():
    return {(row.channel, row.outcome): row.count for row in OutcomeCount.objects.all()}


def test_an_sms_is_handed_over_under_its_id(gateway):
    notice = an_sms()

    assert deliver_batch(at=NOW).count == 1

    assert gateway.messages == [
        {
            "id": str(notice.pk),
            "to": PHONE,
            "text": f"您的诉求已答复，请看并评价：http://localhost:8000/matters/{NUMBER}",
            "template": "hotline.answer.person",
        }
    ]
    sent = now_of(notice)
    assert (sent.state, sent.sent_at, sent.tries, sent.leased_until) == ("sent", NOW, 1, None)
    assert outcomes() == {("sms", "sent"): 1}
    assert not deliver_batch(at=NOW + MINUTE)


def test_an_e_mail_is_sent_with_subject_and_an_id_of_its_own(mail_server):
    notice = an_email()

    deliver_batch(at=NOW)

    (mail,) = mail_server.mails
    assert (mail["To"], mail["Subject"]) == (EMAIL, "事项 3714 2611 0012 37 有新进展")
    assert mail["Message-ID"] == f"<{notice.pk}@localhost>"
    assert mail["From"] == "no-reply@localhost"
    assert "请登录回音查看" in mail.get_content()
    assert now_of(notice).state == "sent"


def test_what_is_not_due_yet_waits(gateway):
    an_sms(at=NIGHT)

    assert not deliver_batch(at=MORNING - MINUTE)
    assert deliver_batch(at=MORNING).count == 1


def test_what_came_late_into_the_night_waits_for_the_morning(gateway):
    """The worker was away when it was due: a phone does not ring at half past ten for that."""
    an_sms(at=NOW)
    urgent = an_sms(at=NOW, key="k2", urgent=True)

    assert deliver_batch(at=NIGHT).count == 1
    assert now_of(urgent).state == "sent"
    assert deliver_batch(at=MORNING).count == 1


# --- what does not go well ----------------------------------------------------------------------


def test_a_gateway_that_does_not_take_it_is_asked_again_later(configured):
    notice = an_sms()
    with Gateway(status=503 - 74) as gateway:  # 429: too many
        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=NOW)

    waiting = now_of(notice)
    assert (waiting.state, waiting.reason) == ("queued", "gateway_refused")
    assert timedelta(seconds=22) < waiting.due_at - NOW < timedelta(seconds=38)
    assert outcomes() == {("sms", "again"): 1}


def test_a_gateway_that_is_away_is_tried_with_one_message_and_the_others_wait_untried(
    configured, mail_server
):
    notices = [an_sms(key=f"event-{number}:person") for number in range(3)]
    letter = an_email(key="event-8:person")
    configured(sms_url="http://127.0.0.1:9/", sms_secret=SECRET)  # nobody listens there

    deliver_batch(at=NOW)

    assert [(one.state, one.tries, one.due_at) for one in map(now_of, notices)] == [
        ("queued", 0, NOW)
    ] * 3  # what met nobody has not been tried
    assert now_of(letter).state == "sent"
    assert not deliver_batch(at=NOW + FIRST_REST - SECOND)
    later = an_email(key="event-9:person")
    assert deliver_batch(at=NOW + FIRST_REST - SECOND).count == 1  # e-mails go on
    assert now_of(later).state == "sent"

    assert deliver_batch(at=NOW + FIRST_REST)
    assert not deliver_batch(at=NOW + 3 * FIRST_REST - SECOND)  # the second rest is twice as long

    held = Outage.objects.get()
    assert (held.channel, held.began_at, held.tried_at, held.tries, held.ended_at) == (
        "sms", NOW, NOW + FIRST_REST, 2, None,
    )  # fmt: skip
    assert held.reason == "gateway_unreachable:ConnectionRefusedError"

    with Gateway() as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        while deliver_batch(at=NOW + HOUR):
            pass
        assert {one["id"] for one in gateway.messages} == {str(notice.pk) for notice in notices}
        new = an_sms(key="event-10:person")
        assert deliver_batch(at=NOW + HOUR).count == 1
    assert now_of(new).state == "sent"
    assert Outage.objects.get().ended_at == NOW + HOUR


def test_the_rest_grows_to_five_minutes_and_no_further(configured):
    an_sms()
    configured(sms_url="")
    at = NOW
    for _try in range(20):
        assert deliver_batch(at=at)
        at = Outage.objects.get().rest_until

    held = Outage.objects.get()
    assert held.rest_until - held.tried_at == LONGEST_REST
    assert now_of(Notice.objects.get()).tries == 0


def test_a_gateway_that_does_not_know_our_key_is_left_alone_like_one_that_is_away(configured):
    notices = [an_sms(key=f"event-{number}:person") for number in range(3)]
    with Gateway() as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET[::-1])
        deliver_batch(at=NOW)

        assert Outage.objects.get().reason == "gateway_key"
        assert {now_of(one).tries for one in notices} == {0}

        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=NOW + FIRST_REST)
    assert {now_of(one).state for one in notices} == {"sent"}


def test_a_mail_server_that_is_away_is_tried_with_one_e_mail(settings, mail_server):
    letters = [an_email(key=f"event-{number}:person") for number in range(3)]
    with MailServer() as server:
        settings.EMAIL_PORT = server.port
    deliver_batch(at=NOW)

    held = Outage.objects.get()
    assert (held.channel, held.reason) == ("email", "mail_unreachable:ConnectionRefusedError")
    assert {(now_of(one).state, now_of(one).tries) for one in letters} == {("queued", 0)}

    settings.EMAIL_PORT = mail_server.port
    deliver_batch(at=NOW + FIRST_REST)
    assert {now_of(one).state for one in letters} == {"sent"}
    assert Outage.objects.get().ended_at == NOW + FIRST_REST


def test_what_has_waited_a_day_for_a_gateway_that_is_away_is_given_up(configured):
    old = [an_sms(key=f"event-{number}:person") for number in range(3)]
    new = an_sms(key="event-4:person", at=NOW + HOUR)
    configured(sms_url="")

    deliver_batch(at=NOW)
    deliver_batch(at=NOW + GIVEN_UP_AFTER - SECOND)
    assert {now_of(one).state for one in old} == {"queued"}

    deliver_batch(at=NOW + GIVEN_UP_AFTER + HOUR - SECOND)
    assert {(now_of(one).state, now_of(one).reason) for one in old} == {
        ("dead", "gateway_unreachable:not set")
    }
    assert now_of(new).state == "queued"
    assert outcomes() == {("sms", "dead"): 3}


def test_what_waited_for_a_worker_is_not_given_up_for_an_outage_of_a_moment(
    configured,
):
    notice = an_sms()
    configured(sms_url="")

    deliver_batch(at=NOW + 3 * GIVEN_UP_AFTER)
    deliver_batch(at=NOW + 3 * GIVEN_UP_AFTER + HOUR)

    assert now_of(notice).state == "queued"


def test_after_eight_tries_it_is_dead_and_not_tried_again(configured):
    notice, at = an_sms(), NOW
    with Gateway(status=429) as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        for _try in range(MOST_TRIES + 2):
            at = max(at, now_of(notice).due_at)
            deliver_batch(at=at)

    dead = now_of(notice)
    assert (dead.state, dead.tries, dead.settled_at is not None) == ("dead", MOST_TRIES, True)
    assert len(gateway.messages) == MOST_TRIES
    assert outcomes() == {("sms", "again"): MOST_TRIES - 1, ("sms", "dead"): 1}


def test_an_unclear_outcome_is_shown_and_never_blindly_sent_again(configured):
    notice = an_sms()
    with Gateway(drop=True) as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=NOW)
        for hours in range(1, 48):
            deliver_batch(at=NOW + timedelta(hours=hours))

    unclear = now_of(notice)
    assert (unclear.state, unclear.tries) == ("unknown", 1)


def test_a_gateway_that_is_too_slow_leaves_it_unclear(configured, monkeypatch):
    monkeypatch.setattr(sms, "TIMEOUT_SECONDS", 0.05)
    notice = an_sms()
    with Gateway() as gateway:
        gateway.may_answer.clear()
        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=NOW)
        gateway.may_answer.set()

    assert now_of(notice).state == "unknown"


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        pytest.param({"recipient": 550}, "refused", id="no-such-mailbox"),
        pytest.param({"recipient": 450}, "queued", id="mailbox-busy"),
        pytest.param({"data": 554}, "refused", id="mail-not-wanted"),
        pytest.param({"data": 451}, "queued", id="server-busy"),
        pytest.param({"hang_up": True}, "unknown", id="hangs-up"),
    ],
)
def test_the_mail_server_says_what_became_of_an_e_mail(settings, mail_server, answers, state):
    notice = an_email()
    with MailServer(**answers) as server:
        settings.EMAIL_PORT = server.port
        deliver_batch(at=NOW)

    assert now_of(notice).state == state


def test_without_a_mail_server_an_e_mail_waits(settings):
    settings.EMAIL_HOST = ""
    notice = an_email()

    deliver_batch(at=NOW)

    assert (now_of(notice).state, Outage.objects.get().reason) == ("queued", "no_mail_server")


def test_one_that_cannot_be_read_does_not_stop_the_others(gateway):
    broken, good = an_sms(key="k1"), an_sms(key="k2")
    Notice.objects.filter(pk=broken.pk).update(texts="no JSON at all")

    deliver_batch(at=NOW)

    assert (now_of(broken).state, now_of(good).state) == ("unknown", "sent")


def test_nothing_personal_is_logged(gateway, caplog, capsys):
    an_sms()
    deliver_batch(at=NOW)

    told = capsys.readouterr()
    said = told.out + told.err + caplog.text
    assert (PHONE in said, "答复" in said) == (False, False)


def test_only_a_full_batch_is_followed_by_another_one(gateway):
    for number in range(3):
        an_sms(key=f"event-{number}:person")

    assert deliver_batch(at=NOW, most=2).is_more
    assert not deliver_batch(at=NOW, most=2).is_more

    assert len(gateway.messages) == 3


# --- a worker that ends while sending -----------------------------------------------------------


def leased(notice, *, until):
    Notice.objects.filter(pk=notice.pk).update(leased_until=until, tries=1)


def test_what_a_batch_has_no_time_for_is_left_to_the_next_one_untried(gateway, monkeypatch):
    notices = [an_sms(key=f"event-{n}:person") for n in range(3)]
    monkeypatch.setattr(delivery, "ENOUGH", 0.0)

    assert deliver_batch(at=NOW).is_more

    found = [now_of(notice) for notice in notices]
    assert sorted((one.state, one.tries, one.leased_until) for one in found) == [
        ("queued", 0, None), ("queued", 0, None), ("sent", 1, None),
    ]  # fmt: skip
    while deliver_batch(at=NOW):
        pass
    assert [now_of(notice).state for notice in notices] == ["sent"] * 3


def test_an_sms_of_a_killed_worker_goes_out_again_under_its_id(gateway):
    notice = an_sms()
    leased(notice, until=NOW + LEASE)

    assert not deliver_batch(at=NOW + LEASE - MINUTE)
    assert deliver_batch(at=NOW + LEASE).count == 1

    assert [message["id"] for message in gateway.messages] == [str(notice.pk)]


def test_an_e_mail_of_a_killed_worker_is_unclear(mail_server):
    notice = an_email()
    leased(notice, until=NOW + LEASE)

    deliver_batch(at=NOW + LEASE)

    assert (now_of(notice).state, now_of(notice).reason) == ("unknown", delivery.CUT_OFF)
    assert mail_server.mails == []


def test_whoever_lost_its_lease_settles_nothing(gateway):
    notice = an_sms()
    stale = now_of(notice)
    leased(notice, until=NOW + 2 * LEASE)

    late = delivery.Handed(delivery.Verdict.UNKNOWN, "late")
    delivery._settle([delivery._settled(stale, late, NOW)], lease_until=NOW + LEASE)

    assert now_of(notice).state == "queued"


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_message_once(gateway):
    for at in range(40):
        an_sms(key=f"event-{at}")

    def work():
        try:
            while deliver_batch(at=NOW, most=5):
                pass
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _worker in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(gateway.messages) == 40
    assert len({message["id"] for message in gateway.messages}) == 40
    assert Notice.objects.filter(state=NoticeState.SENT, tries=1).count() == 40


# --- what it costs, and how long it waits -------------------------------------------------------


@pytest.mark.parametrize("many", [1, 30])
def test_a_batch_of_many_costs_no_more_statements_than_one_of_one(
    gateway, django_assert_num_queries, many
):
    """Looking for what was cut off, leasing, reading; then outcomes and their counts, together."""
    for at in range(many):
        put(key=f"event-{at}")

    with django_assert_num_queries(3 + 5):
        deliver_batch(at=NOW, most=100)


@given(tries=st.integers(1, 50), share=st.floats(0, 1))
def test_it_waits_longer_each_time_and_never_longer_than_some_hours(tries, share):
    wait = wait_before(tries, share=share)

    assert timedelta(seconds=22) <= wait <= LONGEST_WAIT * 1.25
    assert wait_before(tries, share=0) <= wait <= wait_before(tries, share=1)
    assert wait_before(tries, share=share) <= wait_before(tries + 1, share=share)


def test_eight_tries_take_about_fifteen_hours():
    waits = [wait_before(tries, share=0.5) for tries in range(1, MOST_TRIES)]

    assert waits[:3] == [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8)]
    assert timedelta(hours=14) < sum(waits, timedelta()) < timedelta(hours=16)
