"""What is put into the outbox stands or falls with the act it tells of."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from huiyin.notices import outbox, recipients
from huiyin.notices.choosing import own_texts
from huiyin.notices.facts import Facts
from huiyin.notices.models import Notice, NoticeState
from huiyin.notices.outbox import Draft
from huiyin.notices.queries import told_to_address, words_of
from huiyin.notices.recipients import index_of
from huiyin.notices.refusals import AddressMalformed
from huiyin.notices.tests.factories import (
    EMAIL,
    FACTS,
    INBOX,
    MAIL,
    MORNING,
    NIGHT,
    NOW,
    NUMBER,
    PHONE,
    SMS,
    a_notice_to,
    a_resident,
    an_email,
    an_sms,
    put,
)  # fmt: skip
from huiyin.people.refusals import PhoneNotMobile
from huiyin.people.tests.factories import an_account, the_city

pytestmark = pytest.mark.django_db


def reached(notices):
    return [(notice.channel, notice.state, notice.address) for notice in notices]


def test_a_resident_is_told_in_huiyin_and_by_sms():
    resident = a_resident()

    notices = put(to=recipients.account(resident.pk))

    assert reached(notices) == [
        ("inbox", NoticeState.DELIVERED, ""),
        ("sms", NoticeState.QUEUED, PHONE),
    ]
    assert {notice.account_id for notice in notices} == {resident.pk}


def test_staff_are_told_in_huiyin():
    clerk = an_account()

    assert reached(put("hotline.answer.centre", to=recipients.account(clerk.pk))) == [
        ("inbox", NoticeState.DELIVERED, "")
    ]


def test_a_unit_is_told_in_huiyin_once_for_all_its_people():
    unit = the_city().county_housing

    notice = a_notice_to(unit, key="event-1:unit")

    assert (notice.unit_id, notice.account_id, notice.channel) == (unit.pk, None, "inbox")
    assert words_of(notice, "zh-hans")[2] == (
        "新工单 3714 2611 0012 37：向阳路路灯不亮。请在 3 月 9 日（周一） 17:00 前签收。"
    )
    assert words_of(notice, "en")[2] == (
        "New order 3714 2611 0012 37: 向阳路路灯不亮. Please sign for it Mon 9 Mar, before 17:00."
    )


def test_a_phone_without_an_account_gets_an_sms():
    notice = an_sms(to=recipients.phone("+86 154 0000 0001"))

    assert reached([notice]) == [("sms", NoticeState.QUEUED, PHONE)]
    assert list(told_to_address(index_of(SMS, PHONE))) == [notice]


def test_an_address_gets_an_e_mail_with_a_subject():
    notice = an_email(language="en")

    language, subject, body = words_of(notice, "zh-hans")
    assert (language, subject) == ("en", f"News about your matter {grouped()}")
    assert f"http://localhost:8000/matters/{NUMBER}" in body
    assert list(told_to_address(index_of(MAIL, EMAIL.upper()))) == [notice]


def grouped():
    return "3714 2611 0012 37"


@pytest.mark.parametrize(
    ("make", "given", "refusal"),
    [
        pytest.param(recipients.phone, "0534-3210000", PhoneNotMobile, id="no-mobile"),
        pytest.param(recipients.email, "lihua", AddressMalformed, id="no-address"),
    ],
)
def test_where_nobody_can_be_reached_it_is_said_at_once(make, given, refusal):
    with pytest.raises(refusal):
        make(given)


def test_the_same_thing_is_told_once():
    put(key="event-1:person")
    put(key="event-1:person", data=Facts(number=NUMBER))
    put(key="event-2:person")

    assert Notice.objects.count() == 2


def test_an_act_that_fails_tells_nobody():
    def act():
        with transaction.atomic():
            put()
            raise IntegrityError

    with pytest.raises(IntegrityError):
        act()

    assert Notice.objects.count() == 0


def test_closed_accounts_and_residents_without_a_phone_are_not_reached():
    gone, mute = a_resident(), a_resident(phone="")
    gone.is_active = False
    gone.save(update_fields=["is_active"])

    assert put(to=recipients.account(gone.pk), key="k1") == []
    assert reached(put(to=recipients.account(mute.pk), key="k2")) == [
        ("inbox", NoticeState.DELIVERED, "")
    ]


def test_the_language_is_the_one_asked_for_or_the_accounts_own():
    resident = a_resident(language="en")
    to = recipients.account(resident.pk, SMS)

    (own,), (asked,) = put(to=to, key="k1"), put(to=to, key="k2", language="zh-hans")

    assert (own.language, asked.language) == ("en", "zh-hans")
    assert words_of(own, "zh-hans")[2].startswith("Your request is answered. See and rate it")
    assert words_of(asked, "en")[2].startswith("您的诉求已答复")


# --- confidential -------------------------------------------------------------------------------


def test_an_sms_about_a_petition_says_number_and_day_only():
    notice = an_sms(name="petition.accept.person")

    assert notice.confidential
    assert words_of(notice, "zh-hans")[2] == (
        "您的事项 3714 2611 0012 37 已受理，最晚3月9日（周一）17:00前答复您。"
    )


def test_a_matter_that_is_confidential_for_its_own_reasons_is_told_of_as_one():
    notice = an_sms(name="hotline.answer.person", confidential=True)

    assert words_of(notice, "zh-hans")[2] == (
        "您的事项 3714 2611 0012 37 有新进展。登录回音查看，或拨打 12345 询问。"
    )


def test_behind_the_sign_in_more_is_said():
    resident = a_resident()

    (notice,) = put("petition.accept.person", to=recipients.account(resident.pk, INBOX))

    assert words_of(notice, "zh-hans")[2].startswith("夏津县住建局已受理您的信访事项")


# --- when ---------------------------------------------------------------------------------------


def test_at_night_phones_rest_and_the_list_in_huiyin_does_not():
    resident = a_resident()

    here, sms = put(to=recipients.account(resident.pk), at=NIGHT)
    mail = an_email(at=NIGHT, key="k2")

    assert (here.due_at, sms.due_at, mail.due_at) == (NIGHT, MORNING, NIGHT)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"urgent": True}, id="the-caller-says-so"),
        pytest.param({"name": "clock.overdue", "data": FACTS}, id="the-text-says-so"),
    ],
)
def test_what_is_urgent_passes_the_quiet_hours(how):
    if "name" in how:
        (notice,) = put(how["name"], to=recipients.account(an_account().pk, INBOX), at=NIGHT)
    else:
        notice = an_sms(at=NIGHT, **how)

    assert (notice.urgent, notice.due_at) == (True, NIGHT)


def test_a_city_may_have_no_quiet_hours(configured):
    configured(notice_quiet_hours="never")

    assert an_sms(at=NIGHT).due_at == NIGHT


def test_nobody_is_told_before_the_time_asked_for():
    later = NOW + timedelta(days=2)

    assert an_sms(not_before=later).due_at == later


# --- what it costs ------------------------------------------------------------------------------


@pytest.mark.parametrize("many", [1, 30])
def test_putting_costs_two_queries_however_many(django_assert_num_queries, many):
    residents = [a_resident(phone=f"154000001{at:02}") for at in range(many)]
    drafts = [
        Draft(
            name="hotline.answer.person",
            to=recipients.account(resident.pk),
            data=FACTS,
            key=f"event-1:{resident.pk}",
        )
        for resident in residents
    ]

    own_texts()  # the city's own texts are in memory
    with transaction.atomic(), django_assert_num_queries(2):
        outbox.put_many(drafts, at=NOW)

    assert Notice.objects.count() == 2 * many


def test_a_unit_costs_one(django_assert_num_queries):
    unit = the_city().county_housing

    own_texts()  # the city's own texts are in memory

    with django_assert_num_queries(1):
        outbox.put(
            "hotline.dispatch.unit", to=recipients.unit(unit.pk), data=FACTS, key="k", at=NOW
        )


def test_putting_nothing_costs_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        outbox.put_many([], at=NOW)


# --- what the database holds to -----------------------------------------------------------------


def test_neither_words_nor_address_are_readable_in_the_database():
    an_sms()

    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(held)::text FROM notices_notice AS held")
        (row,) = cursor.fetchone()
    assert "hotline.answer.person" in row
    assert (PHONE in row, "答复" in row, "夏津" in row) == (False, False, False)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        pytest.param({"address": ""}, None, id="address-may-be-emptied"),
        pytest.param({"address_index": None}, "notices_reach_somebody", id="no-index"),
        pytest.param({"channel": "inbox"}, "notices_reach_somebody", id="inbox-of-nobody"),
        pytest.param({"texts": ""}, "notices_say_something", id="no-words"),
        pytest.param({"state": "sent"}, "notices_sent_have_a_time", id="sent-without-time"),
        pytest.param(
            {"emptied_at": timezone.now()}, "notices_to_be_sent_are_whole", id="emptied-too-soon"
        ),
    ],
)
def test_what_must_never_be_false_is_refused_by_the_database(change, constraint):
    notice = an_sms()
    rows = Notice.objects.filter(pk=notice.pk)

    if constraint is None:
        assert rows.update(**change) == 1
        return
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**change)


# --- waking the worker --------------------------------------------------------------------------


def jobs():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'notices.deliver'"
        )
        return cursor.fetchone()[0]


def test_a_commit_wakes_the_worker_once(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as first:
        put(key="k1")
        put(key="k2")
    with django_capture_on_commit_callbacks(execute=True):
        put(key="k3")

    assert len(first) == 1
    assert jobs() == 1  # one job that waits is enough


def test_what_needs_no_sending_wakes_nobody(django_capture_on_commit_callbacks):
    before = jobs()  # what tests with a server of their own have left
    with django_capture_on_commit_callbacks(execute=True):
        a_notice_to(the_city().county_housing, key="k1")

    assert jobs() == before
