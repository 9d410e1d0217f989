"""What an act was to tell a person and did not reach them, as the clerk reads it beside the act."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.matters.models import EventHeader
from huiyin.matters.tests.records import the_record
from huiyin.matters.untold import untold
from huiyin.notices import outage
from huiyin.notices.models import Notice, NoticeState

pytestmark = pytest.mark.django_db


@pytest.fixture
def dispatched():
    """A dispatch of which the reporter is told, by SMS; its event, its message, and when."""
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")
    event = EventHeader.objects.filter(run=run).latest("seq")
    notice = Notice.objects.get(name="hotline.dispatch.person", channel="sms")
    return event.pk, notice, notice.due_at


def sentences(event, at):
    return untold([event], at=at).get(event, [])


def test_what_is_on_its_way_or_has_arrived_is_not_named(dispatched):
    event, notice, at = dispatched
    assert sentences(event, at) == []

    Notice.objects.filter(pk=notice.pk).update(state=NoticeState.SENT, sent_at=at)
    assert sentences(event, at + timedelta(hours=1)) == []


def test_what_waits_for_a_gateway_that_is_away_says_since_when(dispatched):
    event, _notice, at = dispatched
    outage.found("sms", reason="gateway_key", at=at)

    (sentence,) = sentences(event, at)

    assert sentence.startswith("给诉求人的短信还没有发出：短信网关从")
    assert sentence.endswith("恢复后自动发出；急事请打电话告知。")


def test_what_waits_long_without_a_reason_is_late(dispatched):
    event, _notice, at = dispatched

    assert sentences(event, at + timedelta(minutes=6)) == ["给诉求人的短信还没有发出，已经晚了。"]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param(
            {"tries": 2, "reason": "gateway_refused"},
            "给诉求人的短信还没有发出（网关没有接收），系统会再试。",
            id="tried",
        ),
        pytest.param(
            {"state": NoticeState.DEAD, "reason": "gateway_unreachable:TimeoutError"},
            "给诉求人的短信没有发出，已放弃（短信网关连接不上），请打电话告知。",
            id="given-up",
        ),
        pytest.param(
            {"state": NoticeState.REFUSED, "reason": "phone_unreachable"},
            "给诉求人的短信没有送到（手机无法接通），请打电话告知。",
            id="not-deliverable",
        ),
        pytest.param(
            {"state": NoticeState.UNKNOWN, "reason": "gateway_unclear"},
            "不清楚给诉求人的短信有没有送到（网关没有明确答复），请问一问本人。",
            id="unclear",
        ),
    ],
)
def test_what_did_not_reach_the_person_says_why_and_what_to_do(dispatched, change, sentence):
    event, notice, at = dispatched
    Notice.objects.filter(pk=notice.pk).update(**change)

    assert sentences(event, at) == [sentence]

    Notice.objects.filter(pk=notice.pk).update(laid_aside_at=timezone.now())
    assert sentences(event, at) == []  # somebody has told the person


def test_it_takes_one_query_and_one_more_where_something_waits(
    dispatched, django_assert_num_queries
):
    event, _notice, at = dispatched
    others = list(EventHeader.objects.values_list("pk", flat=True))
    with django_assert_num_queries(2):
        untold([event, *others], at=at)

    Notice.objects.update(state=NoticeState.SENT, sent_at=at)
    with django_assert_num_queries(1):
        untold([event, *others], at=at)
