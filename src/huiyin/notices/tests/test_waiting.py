"""What waits and what keeps it, as whoever looks after the machine is told."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from huiyin.notices import cleaning, outage, verbs, waiting
from huiyin.notices.delivery import deliver_batch
from huiyin.notices.models import Notice, NoticeState, Outage
from huiyin.notices.outage import FIRST_REST, GIVEN_UP_AFTER
from huiyin.notices.refusals import NotAway, NotPermitted
from huiyin.notices.tests.factories import (
    MINUTE,
    MORNING,
    NIGHT,
    NOW,
    an_email,
    an_sms,
    now_of,
)  # fmt: skip
from huiyin.people.models import AccessLog
from huiyin.people.tests.factories import somebody, the_city
from huiyin.people.tests.gateways import SECRET, Gateway

pytestmark = pytest.mark.django_db

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)


def an_admin():
    return somebody("admin", the_city().city_centre, "city_admin")


def test_each_channel_says_what_is_due_and_what_has_its_time_to_come():
    an_sms(key="due")
    an_sms(key="due later", at=NOW + HOUR)
    an_email(key="letter", at=NOW - HOUR)
    tried = an_sms(key="tried", at=NOW)
    Notice.objects.filter(pk=tried.pk).update(tries=2, due_at=NOW + 2 * HOUR)

    assert waiting.queues(at=NOW) == {
        "sms": waiting.Queue(
            due=1, oldest_at=NOW, later=2, next_at=NOW + HOUR, again=1, first_at=NOW
        ),
        "email": waiting.Queue(due=1, oldest_at=NOW - HOUR, first_at=NOW - HOUR),
    }


def test_what_rests_for_the_night_is_not_due():
    an_sms(key="day")
    urgent = an_sms(key="urgent", urgent=True, at=NIGHT)

    (queue,) = waiting.queues(at=NIGHT).values()

    assert queue == waiting.Queue(
        due=1, oldest_at=urgent.due_at, later=1, next_at=MORNING, first_at=NOW
    )


def test_what_takes_nothing_says_since_when_what_was_met_and_what_comes_next(configured):
    an_sms(key="event-1")
    an_sms(key="event-2", at=NOW - HOUR)
    configured(sms_url="http://127.0.0.1:9/", sms_secret=SECRET)
    deliver_batch(at=NOW)

    (away,) = waiting.away(at=NOW + SECOND)

    assert (away.channel, away.since, away.tried_at, away.tries) == ("sms", NOW, NOW, 1)
    assert (away.queue.due, away.queue.oldest_at) == (2, NOW - HOUR)
    assert away.next_try_at == NOW + MINUTE  # in twenty seconds; the worker looks each minute
    assert away.given_up_at == NOW + GIVEN_UP_AFTER
    assert (away.can_be_tried, away.is_quiet, away.is_overdue) == (True, False, False)
    assert waiting.away(at=NOW + HOUR)[0].is_overdue
    with override("zh-hans"):
        assert (str(away.title), away.answer) == (
            "短信网关不接收消息", "短信网关连接不上（这个地址上没有程序在接收）",
        )  # fmt: skip
        assert "HUIYIN_SMS_URL" in away.advice


def test_in_the_night_the_next_try_is_in_the_morning(configured):
    an_sms()
    configured(sms_url="")
    deliver_batch(at=NOW)

    (away,) = waiting.away(at=NIGHT)

    assert (away.is_quiet, away.can_be_tried, away.next_try_at) == (True, False, MORNING)
    assert away.given_up_at == NOW + GIVEN_UP_AFTER


def test_it_is_not_said_any_more_when_the_gateway_is_back(configured):
    an_sms()
    configured(sms_url="")
    deliver_batch(at=NOW)
    assert waiting.away(at=NOW)

    with Gateway() as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=NOW + FIRST_REST)

    assert (waiting.away(at=NOW + FIRST_REST), waiting.queues(at=NOW + FIRST_REST)) == ([], {})


def test_who_looks_after_messages_has_one_tried_at_once_and_the_log_says_so(configured):
    admin, notice = an_admin(), an_sms()
    configured(sms_url="")
    for seconds in (0, 20, 60, 140):
        deliver_batch(at=NOW + seconds * SECOND)
    soon = NOW + 150 * SECOND
    assert not deliver_batch(at=soon)

    verbs.try_now(channel="sms", by=admin, at=soon)
    with Gateway() as gateway:
        configured(sms_url=gateway.url, sms_secret=SECRET)
        deliver_batch(at=soon)

    assert now_of(notice).state == NoticeState.SENT
    entry = AccessLog.objects.get(action="try_channel")
    assert (entry.account_id, entry.subject_id, entry.at) == (admin.account_id, "sms", soon)
    with pytest.raises(NotAway):
        verbs.try_now(channel="sms", by=admin, at=soon)


def test_only_who_looks_after_messages_may_have_one_tried():
    outage.found("sms", reason="gateway_key", at=NOW)
    clerk = somebody("clerk", the_city().county_housing)

    with pytest.raises(NotPermitted):
        verbs.try_now(channel="sms", by=clerk, at=NOW)

    assert Outage.objects.get().rest_until == NOW + FIRST_REST


def test_an_outage_that_is_long_over_is_forgotten_and_one_that_lasts_is_not():
    outage.found("sms", reason="gateway_key", at=NOW)
    outage.over("sms", at=NOW)
    outage.found("email", reason="no_mail_server", at=NOW)

    cleaning.forget_outages(at=NOW + timedelta(days=1_000))

    assert list(Outage.objects.values_list("channel", flat=True)) == ["email"]


def test_a_worker_that_starts_tries_what_rested_at_once():
    outage.found("sms", reason="gateway_unreachable", at=NOW)
    later = NOW + FIRST_REST / 2

    outage.try_all_at_once(at=later)

    assert outage.open_ones()["sms"].rest_until == later
    assert outage.open_ones()["sms"].began_at == NOW
