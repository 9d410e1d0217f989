"""The list of one's own, the bell, the administrator's page, the outbox of the demo."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.notices import outage, recipients, verbs
from huiyin.notices.delivery import deliver_batch
from huiyin.notices.models import Notice, NoticeRead
from huiyin.notices.tests.factories import (
    EMAIL,
    INBOX,
    NUMBER,
    PHONE,
    SMS,
    a_client_of,
    a_dead_one,
    a_notice_to,
    a_resident,
    an_email,
    an_sms,
    now_of,
    put,
)  # fmt: skip
from huiyin.people.actors import SYSTEM
from huiyin.people.tests.factories import a_signed_in, the_city

pytestmark = pytest.mark.django_db

AGO = timedelta(minutes=5)


@pytest.fixture
def city():
    return the_city()


@pytest.fixture
def clerk(city):
    return a_signed_in(Client(), city.county_housing, "department_clerk")


@pytest.fixture
def admin(city):
    return a_signed_in(Client(), city.city_centre, "city_admin", username="lina")


def english(client):
    client.cookies["huiyin_language"] = "en"
    return client


# --- one's own ----------------------------------------------------------------------------------


def test_the_list_shows_what_was_told_and_what_is_new(city, clerk):
    a_notice_to(city.county_housing, key="k1", at=timezone.now())

    text = clerk.get("/notices/").content.decode()

    assert "新工单 3714 2611 0012 37：向阳路路灯不亮。" in text
    assert ">新</span>" in text
    assert "全部标为已读" in text


def test_the_list_speaks_the_language_of_the_reader(city, clerk):
    a_notice_to(city.county_housing, key="k1", at=timezone.now())

    text = english(clerk).get("/notices/").content.decode()

    assert 'lang="en"><b>New order 3714 2611 0012 37: 向阳路路灯不亮.' in text


def test_an_empty_list_says_what_will_stand_there(clerk):
    assert "还没有通知" in clerk.get("/notices/").content.decode()


def test_opening_one_marks_it_and_leads_to_what_it_speaks_of(city, clerk):
    notice = a_notice_to(city.county_housing, key="k1", at=timezone.now())

    answer = clerk.post(f"/notices/{notice.pk}/open")

    assert (answer.status_code, answer["Location"]) == (303, f"/matters/{NUMBER}")
    assert NoticeRead.objects.filter(notice=notice).count() == 1


def test_somebody_elses_leads_nowhere_and_stays_unread(city, clerk):
    notice = a_notice_to(city.city_housing, key="k1", at=timezone.now())

    answer = clerk.post(f"/notices/{notice.pk}/open")

    assert (answer.status_code, answer["Location"]) == (303, "/notices/")
    assert NoticeRead.objects.count() == 0


def test_all_are_marked_at_once(city, clerk):
    for key in ("k1", "k2"):
        a_notice_to(city.county_housing, key=key, at=timezone.now())

    text = clerk.post("/notices/read", follow=True).content.decode()

    assert "2 条通知已标为已读。" in text
    assert ">新</span>" not in text


def test_older_ones_are_on_the_next_page(city, clerk):
    now = timezone.now()
    made = [a_notice_to(city.county_housing, key=f"k{at}", at=now) for at in range(31)]

    first = clerk.get("/notices/").content.decode()
    second = clerk.get(f"/notices/?before={made[1].pk}").content.decode()

    assert f"?before={made[1].pk}" in first
    assert (str(made[0].pk) in first, str(made[0].pk) in second) == (False, True)
    assert clerk.get("/notices/?before=nonsense").status_code == 200


@pytest.mark.parametrize(("told", "words"), [(0, "通知"), (1, "1 条新通知"), (3, "3 条新通知")])
def test_the_bell_counts_what_is_unread(city, clerk, told, words):
    for at in range(told):
        a_notice_to(city.county_housing, key=f"k{at}", at=timezone.now())

    text = clerk.get("/notices/bell").content.decode()

    assert f'<span class="vh">{words}</span>' in text
    assert "<html" not in text


def test_a_bell_of_somebody_whose_session_ended_is_silent(client):
    answer = client.get("/notices/bell")

    assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.parametrize("path", ["/notices/", "/notices/bell", "/demo/notices"])
def test_pages_cost_as_many_queries_for_thirty_as_for_one(
    city, clerk, path, django_assert_max_num_queries
):
    """The session, the account with its post, the count of requests, and the list."""

    def cost():
        with django_assert_max_num_queries(12) as asked:
            assert clerk.get(path).status_code == 200
        return len(asked)

    now = timezone.now()
    clerk.get(path)  # what is read once only
    a_notice_to(city.county_housing, key="first", at=now)
    one = cost()
    for at in range(29):
        a_notice_to(city.county_housing, key=f"k{at}", at=now)

    assert cost() == one


# --- the administrator's ------------------------------------------------------------------------


def test_what_did_not_arrive_is_shown_without_its_words(admin):
    a_dead_one()

    text = admin.get("/desk/notices/").content.decode()

    assert "12345 热线工单：答复" in text
    assert ("已放弃" in text, "网关没有接收" in text) == (True, True)
    assert (PHONE in text, "已答复您的诉求" in text) == (False, False)


def test_of_a_confidential_matter_neither_procedure_nor_person_is_named(admin):
    resident = a_resident()
    (notice,) = put("petition.accept.person", to=recipients.account(resident.pk, SMS))
    Notice.objects.filter(pk=notice.pk).update(state="dead")

    text = admin.get("/desk/notices/").content.decode()

    assert "保密事项" in text
    assert ("信访" in text, "petition" in text, "李华" in text) == (False, False, False)


def test_one_is_sent_again(admin):
    notice = a_dead_one()

    text = admin.post(f"/desk/notices/{notice.pk}/resend", follow=True).content.decode()

    assert "正在重新发送。" in text
    assert now_of(notice).state == "queued"


def test_somebody_was_faster(admin):
    notice = a_dead_one()
    verbs.resend(notice_id=notice.pk, by=SYSTEM, at=timezone.now())

    answer = admin.post(f"/desk/notices/{notice.pk}/resend")

    assert answer.status_code == 409
    assert "可能有人先处理了" in answer.content.decode()


def test_one_is_laid_aside(admin):
    notice = a_dead_one()

    admin.post(f"/desk/notices/{notice.pk}/lay-aside")

    assert "消息都已送达" in admin.get("/desk/notices/").content.decode()


def test_the_list_can_be_narrowed_to_one_outcome(admin):
    a_dead_one()

    assert "12345 热线工单：答复" in admin.get("/desk/notices/?state=dead").content.decode()
    assert "12345 热线工单：答复" not in admin.get("/desk/notices/?state=unknown").content.decode()


def test_a_queue_that_stands_still_is_told(admin):
    an_sms(at=timezone.now() - timedelta(days=1), urgent=True)

    text = admin.get("/desk/notices/").content.decode()

    assert "1 条消息在等（最早：" in text
    assert "消息都已送达" not in text


def test_the_desk_of_the_administrator_says_whether_messages_leave(admin):
    assert "按时发出。" in admin.get("/desk").content.decode()

    an_sms(at=timezone.now() - timedelta(days=1), urgent=True)

    assert "有消息在等待发送。" in admin.get("/desk").content.decode()


# --- the demo's ---------------------------------------------------------------------------------


def test_the_demo_shows_what_would_have_been_sent_to_whom(city, client):
    an_sms(key="k1")
    an_email(key="k2")
    put("hotline.dispatch.unit", to=recipients.unit(city.county_housing.pk), key="k3")

    everything = client.get("/demo/notices").content.decode()
    mails = client.get("/demo/notices?channel=email").content.decode()

    assert "您的诉求已答复，请看并评价" in everything
    assert "德城区住建局" in everything
    assert (PHONE in everything, EMAIL in everything) == (False, False)
    assert ("事项 3714 2611 0012 37 有新进展" in mails, "已答复您的诉求" in mails) == (True, False)


def test_metrics_tell_queue_and_outcomes(client, gateway):
    an_sms(key="k1")
    deliver_batch(at=Notice.objects.get().due_at)
    an_sms(key="k2", at=timezone.now() - AGO, urgent=True)
    a_dead_one(key="k3")
    outage.found("email", reason="no_mail_server", at=timezone.now() - AGO)

    text = client.get("/metrics").content.decode()

    assert "huiyin_notices_due 1.0" in text
    assert 'huiyin_notices_away_seconds{channel="sms"} 0.0' in text
    assert 'huiyin_notices_away_seconds{channel="email"} 3' in text  # five minutes and a moment
    assert 'huiyin_notices_troubled{state="dead"} 1.0' in text
    assert 'huiyin_notice_outcomes_total{channel="sms",outcome="sent"} 1.0' in text
    (age,) = [line for line in text.splitlines() if line.startswith("huiyin_notices_oldest_due_s")]
    assert 290 < float(age.split()[1]) < 400


def test_a_resident_reads_their_own(client):
    resident = a_resident()
    put(to=recipients.account(resident.pk, INBOX), at=timezone.now() - AGO)

    text = a_client_of(resident).get("/notices/").content.decode()

    assert "夏津县住建局已答复您的诉求 3714 2611 0012 37" in text
