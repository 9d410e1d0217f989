"""The administrator's pages: units, duties, posts, procedures, what did not arrive, the log."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from huiyin.gateway.models import ApiToken, Message, Subscription
from huiyin.matters.models import Assignment, Matter, Run
from huiyin.notices import outage, outbox, recipients
from huiyin.notices.facts import Facts
from huiyin.notices.models import Notice, NoticeState, Outage
from huiyin.people.models import AccessLog, Post
from huiyin.procedures import library
from huiyin.units.models import Duty, Unit, UnitKind
from huiyin.web.models import GivenUp
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import (
    NOW,
    a_category,
    a_city,
    a_duty,
    a_notice,
    a_post,
    a_unit,
    an_account,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    return a_city()


def somebody(city, permission_set="city_admin"):
    account = an_account("sun", name="孙月英")
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, city["德州市"], "德州综治中心")
    a_post(account, centre, permission_set)
    return client_of(session_of(account))


def a_bureau(city, code="DP-1", name="夏津县住建局", **more):
    return a_unit(code, UnitKind.DEPARTMENT, city["夏津县"], name, **more)


def given_to(unit, place, *, procedure="hotline"):
    """An open run of which a unit has the lead."""
    matter = Matter.objects.create(number=f"37{unit.pk.int % 10**12}", channel="call",
                                   opened_at=NOW, place=place)  # fmt: skip
    run = Run.objects.create(matter=matter, procedure=procedure, version=1, state="dispatched",
                             opened_at=NOW, changed_at=NOW, head=b"0" * 32)  # fmt: skip
    Assignment.objects.create(run=run, role="lead", unit=unit, from_at=NOW)
    return run


def text(answer):
    return answer.content.decode()


def today():
    return timezone.localdate()


# --- units --------------------------------------------------------------------------------------


def test_a_unit_is_entered_renamed_and_found_by_its_other_names(city):
    admin = somebody(city)
    sent = {"code": "DP-9", "name": "夏津县城管局", "kind": "department",
            "function": "urban_management", "place": str(city["夏津县"].pk),
            "opening_hours": "周一至周五 08:30-12:00,13:30-17:30"}  # fmt: skip

    admin.post(reverse("web:admin_new_unit"), sent)
    made = Unit.objects.get(code="DP-9")
    change = lambda what, data: admin.post(  # noqa: E731 said once
        reverse("web:admin_change_unit", args=[made.pk, what]), data
    )
    change("rename", {"name": "夏津县综合行政执法局", "basis": "夏编〔2026〕3号"})
    change("aliases", {"aliases": "城管局\n执法局\n"})
    page = text(admin.get(reverse("web:admin_unit", args=[made.pk])))

    made.refresh_from_db()
    assert (made.name, made.aliases) == ("夏津县综合行政执法局", ["城管局", "执法局"])
    assert "夏津县城管局" in page  # what it was called before, in its history
    assert "夏编〔2026〕3号" in page
    assert "夏津县综合行政执法局" in text(admin.get(reverse("web:admin_units") + "?q=城管局"))
    assert "夏津县综合行政执法局" in text(admin.get("/units/?q=执法局"))


def test_a_unit_with_open_matters_ends_on_a_later_day_and_never_at_once(city):
    admin = somebody(city)
    bureau, other = a_bureau(city), a_bureau(city, "DP-2", "夏津县综合局")
    a_duty(bureau, a_category("01", "路灯不亮"), city["夏津县"])
    given_to(bureau, city["夏津县"])
    page = reverse("web:admin_change_unit", args=[bureau.pk, "close"])
    sent = {"on": today().isoformat(), "duties_to": str(other.pk), "basis": "夏编〔2026〕4号"}

    at_once = admin.post(page, sent)
    still = Unit.objects.get(pk=bureau.pk).valid_to
    admin.post(page, sent | {"on": (today() + timedelta(days=30)).isoformat()})

    assert at_once.status_code == 422
    assert "还有 1 件在办事项" in text(at_once)
    assert still is None
    assert Unit.objects.get(pk=bureau.pk).valid_to == today() + timedelta(days=30)
    assert Duty.objects.filter(unit=other, valid_from=today() + timedelta(days=30)).count() == 1


def test_without_a_script_other_words_go_before_what_was_chosen(city):
    above, other = a_bureau(city, "DP-2", "夏津县综合局"), a_bureau(city, "DP-3", "夏津县教育局")
    bureau = a_bureau(city, superior_id=above.pk)
    admin = somebody(city)
    page = reverse("web:admin_change_unit", args=[bureau.pk, "move"])
    place = city["夏津县"]
    sent = {"place": str(place.pk), "place__typed": place.full_name, "level": "2",
            "superior": str(above.pk), "basis": "夏编〔2026〕5号"}  # fmt: skip

    admin.post(page, sent | {"superior__typed": "夏津县教育局"})
    moved = Unit.objects.get(pk=bureau.pk).superior
    ticked = sent | {"superior": [str(other.pk), str(above.pk)], "superior__typed": "夏津县"}
    admin.post(page, ticked)
    chosen = Unit.objects.get(pk=bureau.pk).superior
    admin.post(page, sent | {"superior__typed": ""})

    assert (moved, chosen) == (other, above)
    assert Unit.objects.get(pk=bureau.pk).superior is None


@pytest.mark.parametrize("many", [1, 4])
def test_the_list_of_units_costs_the_same_however_many_there_are(
    city, many, django_assert_num_queries
):
    admin = somebody(city)
    for number in range(many):
        given_to(a_bureau(city, f"DP-{number}", f"局{number}"), city["夏津县"])
    admin.get(reverse("web:admin_units"))

    with django_assert_num_queries(5):
        page = text(admin.get(reverse("web:admin_units")))

    assert page.count("1 件") == many


# --- duties -------------------------------------------------------------------------------------

HEAD = "单位编号,分类编号,地方编号,依据,清单序号\n"


def test_a_list_of_duties_says_each_fault_with_its_row_and_takes_nothing_over(city):
    admin = somebody(city)
    a_bureau(city)
    a_category("01", "路灯不亮")
    good = "DP-1,01,371427000000,权责清单第 96 项,96\n"
    bad = "DP-7,99,371427000000,,1\nDP-1,01,371427000000,权责清单,97\n"

    answer = admin.post(
        reverse("web:admin_take_over_duties"),
        {"text": HEAD + good + bad, "starts_on": today().isoformat(), "basis": "夏政办〔2026〕1号",
         "sure": "1"},
    )  # fmt: skip

    page = text(answer)
    assert answer.status_code == 422
    assert "4 处错误" in page
    for words in ("第 3 行", "DP-7", "没有这个编号的现行单位", "不能为空", "第 4 行"):
        assert words in page
    assert not Duty.objects.exists()


def test_a_list_is_shown_before_it_holds_and_what_is_missing_ends(city):
    admin = somebody(city)
    bureau = a_bureau(city)
    lamp, water = a_category("01", "路灯不亮"), a_category("02", "停水")
    a_duty(bureau, water, city["夏津县"])
    sent = {"text": HEAD + "DP-1,01,371427000000,权责清单第 96 项,96\n",
            "starts_on": today().isoformat(), "whole": "on", "basis": "夏政办一号"}  # fmt: skip
    page = reverse("web:admin_take_over_duties")

    shown = text(admin.post(page, sent))
    before = Duty.objects.filter(valid_to=None).get().category
    done = admin.post(page, sent | {"sure": "1"})

    assert "新增：" in shown
    assert "停水" in shown
    assert before == water  # showing has changed nothing
    assert done.status_code == 303
    (now,) = Duty.objects.filter(valid_to=None)
    assert (now.category, now.valid_from) == (lamp, today())
    assert Duty.objects.get(category=water).valid_to == today()


def test_the_tester_says_who_would_get_it_and_by_which_item(city):
    admin = somebody(city)
    lamp = a_category("01", "路灯不亮")
    a_duty(a_bureau(city), lamp, city["夏津县"], basis="夏津县权责清单第 96 项")
    ask = {"category": str(lamp.pk), "place": str(city["杨庄村委会"].pk)}

    now = text(admin.get(reverse("web:admin_who"), ask))
    Duty.objects.update(valid_from=today() + timedelta(days=5))
    not_yet = text(admin.get(reverse("web:admin_who"), ask))
    then = text(
        admin.get(reverse("web:admin_who"), ask | {"on": (today() + timedelta(days=6)).isoformat()})
    )

    assert "夏津县权责清单第 96 项" in now
    assert "夏津县权责清单第 96 项" in then
    assert "夏津县权责清单第 96 项" not in not_yet
    assert "没有职责清单指明" in not_yet


# --- posts --------------------------------------------------------------------------------------


def test_a_post_shows_what_it_opens_before_it_is_given_and_who_gave_it(city):
    admin = somebody(city)
    hotline = a_unit("HC-1", UnitKind.HOTLINE_CENTRE, city["德州市"], "12345热线中心")
    given_to(hotline, city["夏津县"])
    an_account("wang", name="王芳")
    page = reverse("web:admin_new_post")
    sent = {"who": "wang", "unit": "HC-1", "permission_set": "hotline_agent",
            "first_day": today().isoformat()}  # fmt: skip

    shown = admin.post(page, sent)
    before = Post.objects.filter(account__username="wang").count()
    done = admin.post(page, sent | {"seen": shown.context["form"]["seen"].value()})

    assert "今天看得到 1 件在办事项" in text(shown)
    assert "12345 热线工单" in text(shown)
    assert before == 0
    assert done.status_code == 303
    listed = text(admin.get(reverse("web:admin_posts") + "?q=王芳"))
    assert "12345热线中心" in listed
    assert "孙月英" in listed
    assert AccessLog.objects.filter(action="give_post").count() == 1


def test_another_post_than_was_shown_is_shown_first(city):
    admin = somebody(city)
    a_unit("HC-1", UnitKind.HOTLINE_CENTRE, city["德州市"], "12345热线中心")
    an_account("wang", name="王芳")
    sent = {"who": "王芳", "unit": "HC-1", "permission_set": "department_clerk",
            "first_day": today().isoformat()}  # fmt: skip

    seen = admin.post(reverse("web:admin_new_post"), sent).context["form"]["seen"].value()
    other = admin.post(
        reverse("web:admin_new_post"), sent | {"permission_set": "city_admin", "seen": seen}
    )

    assert other.status_code == 200
    assert "超出一个单位" in text(other)
    assert not Post.objects.filter(account__username="wang").exists()


def test_a_post_that_was_left_is_vacant_until_somebody_holds_it(city):
    admin = somebody(city)
    bureau = a_bureau(city)
    gone = a_post(an_account("zhao", name="赵刚"), bureau, "department_clerk")
    Post.objects.filter(pk=gone.pk).update(valid_to=today())
    page = reverse("web:admin_posts") + "?state=vacant"

    left = text(admin.get(page))
    a_post(an_account("qian", name="钱伟"), bureau, "department_clerk")
    filled = text(admin.get(page))

    assert "赵刚" in left
    assert "赵刚" not in filled


def test_a_unit_administrator_sees_the_posts_of_the_own_units_alone(city):
    account = an_account("li")
    a_post(account, a_bureau(city), "unit_admin")
    elsewhere = a_unit("DP-3", UnitKind.DEPARTMENT, city["乐陵市"], "乐陵市住建局")
    a_post(an_account("far", name="远山"), elsewhere, "department_clerk")

    page = text(client_of(session_of(account)).get(reverse("web:admin_posts")))

    assert "夏津县住建局" in page
    assert "远山" not in page


# --- procedures ---------------------------------------------------------------------------------


def test_every_procedure_can_be_read_in_words_with_its_picture(city):
    admin = somebody(city, "department_clerk")

    for name, rules in library.procedures().items():
        page = text(admin.get(reverse("web:admin_procedure", args=[name])))
        assert rules.title.zh in page
        assert "<svg" in page
        missing = [act.label.zh for act in rules.actions.values() if act.label.zh not in page]
        assert missing == [], name


def test_a_draft_is_checked_line_by_line_and_compared_with_what_is_in_force(city):
    admin = somebody(city)
    page = reverse("web:admin_check")
    present = library.procedure("assist")
    written = library.texts()[present.file]

    same = text(admin.post(page, {"text": written}))
    broken = text(admin.post(page, {"text": written.replace("states:", "stats:", 1)}))
    levels = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 7)]
    bomb = text(admin.post(page, {"text": "\n".join(["a0: &a0 [x, x]", *levels])}))
    endless = text(admin.post(page, {"text": "a: &a [*a]"}))
    ours = text(admin.post(page, {"text": library.texts()[library.procedure("petition").file]}))

    assert "没有问题" in same
    assert "没有不同" in same
    assert "从现在开始走一遍" in same
    assert "第 " in broken
    assert "stats" in broken
    assert "这里不认识它" in broken or "缺少 states" in broken  # in the language of the page
    assert "展开后太长" in bomb
    assert "展开后太长" in endless
    assert "没有问题" in ours  # its file has aliases: what is ours can be looked at too


# --- what did not arrive ------------------------------------------------------------------------


def test_what_failed_is_tried_again_or_given_up_with_a_reason(city):
    admin = somebody(city)
    first, second = (a_notice(a_bureau(city, f"DP-{n}", f"局{n}")) for n in (1, 2))
    Notice.objects.update(state=NoticeState.DEAD)
    act = reverse("web:admin_act_undelivered", args=["notice"])

    admin.post(act, {"do": "retry", "ref": [str(first.pk)]})
    without = admin.post(act, {"do": "give_up", "ref": [str(second.pk)], "reason": ""})
    admin.post(act, {"do": "give_up", "ref": [str(second.pk)], "reason": "已电话告知"})
    page = text(admin.get(reverse("web:admin_undelivered", args=["notice"])))

    assert Notice.objects.get(pk=first.pk).state == NoticeState.QUEUED
    assert without.status_code == 422
    assert GivenUp.objects.get().reason == "已电话告知"
    assert "没有放弃的消息" in page
    assert "消息都已送达" not in page  # the first is on its way
    assert "已电话告知" in page


def test_a_failed_job_is_put_to_work_again(city):
    admin = somebody(city)
    from django.db import connection  # noqa: PLC0415 the table is the worker's own

    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status)"
            " VALUES ('default', 'people.clean', '{}', 'failed') RETURNING id"
        )
        (job,) = cursor.fetchone()

    page = text(admin.get(reverse("web:admin_undelivered", args=["job"])))
    admin.post(
        reverse("web:admin_act_undelivered", args=["job"]), {"do": "retry", "ref": [str(job)]}
    )

    assert "people.clean" in page
    assert ProcrastinateJob.objects.get(pk=job).status == "todo"


def test_what_waits_for_a_gateway_that_is_away_is_said_and_tried_at_once(city):
    admin = somebody(city)
    page = reverse("web:admin_undelivered", args=["notice"])
    assert "消息都已送达" in text(admin.get(page))
    at = timezone.now()
    outbox.put(
        "hotline.answer.person", to=recipients.phone("15400000001"), urgent=True,
        data=Facts(number="37142611001237"), key="event-1", at=at,
    )  # fmt: skip
    outage.found("sms", reason="gateway_unreachable:TimeoutError", at=at)

    shown, first = text(admin.get(page)), text(admin.get(reverse("web:admin")))
    old = text(admin.get(reverse("notices:troubled")))
    answer = admin.post(reverse("notices:try_now", args=["sms"]), {"next": page})

    assert "短信网关不接收消息" in shown
    assert "短信网关连接不上（到时间没有答复）" in shown
    assert "HUIYIN_SMS_URL" in shown
    assert "1 条（最早：" in shown
    assert ("消息都已送达" in shown, "消息都已送达" in old) == (False, False)
    assert "短信网关不接收消息" in old
    assert "1 条消息在等，恢复后自动发出。" in first
    assert f'href="{page}"' in first
    assert "短信网关不接收消息" in text(admin.get(reverse("web:desk")))
    assert (answer.status_code, answer["Location"]) == (303, page)
    assert Outage.objects.get().rest_until <= timezone.now()
    assert AccessLog.objects.get(action="try_channel").subject_id == "sms"

    outage.over("sms", at=timezone.now())
    Notice.objects.update(state=NoticeState.SENT, sent_at=at)
    after = text(admin.get(page))
    assert "消息都已送达" in after
    assert "最近的中断" in after
    assert "短信网关不接收消息" not in text(admin.get(reverse("web:admin")))


def test_what_waits_for_another_system_is_said_and_tried_at_once(city):
    admin = somebody(city)
    page = reverse("web:admin_undelivered", args=["webhook"])
    nothing = text(admin.get(page))
    token = ApiToken.objects.create(
        digest=b"7" * 32, hint="hy_7", label="城管平台", account=an_account("machine"), rights=[],
        created_at=NOW, expires_at=NOW + timedelta(days=900),
    )  # fmt: skip
    at = timezone.now()
    hook = Subscription.objects.create(
        token=token, url="https://chengguan.example/hook", secret="s", kinds=["run.acted"],
        created_at=at, failing_since=at,
    )  # fmt: skip
    message = Message.objects.create(
        subscription=hook, kind="run.acted", event_id=UUID(int=7), payload={}, put_at=at, tries=2,
        due_at=at + timedelta(hours=2), reason="ConnectionRefusedError",
    )  # fmt: skip

    shown, first = text(admin.get(page)), text(admin.get(reverse("web:admin")))
    admin.post(reverse("web:admin_try_receiver", args=[hook.pk]))

    assert "都已告知" in nothing
    assert "“城管平台”不接收消息" in shown
    assert "这个地址上没有程序在接收" in shown
    assert "没有放弃的消息" in shown
    assert "个外部系统现在不接收消息" in first
    assert Message.objects.get(pk=message.pk).due_at <= timezone.now()

    Subscription.objects.update(disabled_at=at)
    assert "已停止通知“城管平台”" in text(admin.get(page))
    admin.post(reverse("web:admin_try_receiver", args=[hook.pk]))
    assert Subscription.objects.get().disabled_at is None


# --- the first page and the log -----------------------------------------------------------------


def test_the_first_page_names_what_waits_the_urgent_first(city):
    admin = somebody(city)
    given_to(a_bureau(city), city["夏津县"])
    a_category("01", "路灯不亮")

    page = text(admin.get(reverse("web:admin")))

    assert page.index("却没有人在岗") < page.index("没有列入任何职责清单")
    assert '<span class="nb">1</span></span> 个单位' in page  # also one alone is counted


def test_entries_leave_the_log_with_a_reason_that_stands_in_the_log(city):
    admin = somebody(city)
    page = reverse("web:export_log")

    without = admin.post(page, {"purpose": ""})
    taken = admin.post(page + "?action=sign_in", {"purpose": "内审抽查"})

    rows = taken.content.decode("utf-8-sig").splitlines()
    assert without.status_code == 422
    assert taken.headers["Content-Type"].startswith("text/csv")
    assert len(rows) == 1 + AccessLog.objects.filter(action="sign_in").count()
    assert AccessLog.objects.get(action="export").purpose == "内审抽查"
