"""The call-back list as pages: whom to call, in which words, what came of it; checks beside it."""

import re

import pytest
from django.utils import timezone

from huiyin.matters.models import CallBack
from huiyin.matters.tests.records import the_record
from huiyin.people.models import AccessLog
from huiyin.web.tests.test_board import HTMX, desk_of

pytestmark = pytest.mark.django_db
ANSWERED = ("dispatch", "acknowledge", "answer", "audit")


@pytest.fixture
def city():
    return the_record()


def caller(city):
    return desk_of(city.unit("hotline_centre"), "hotline.call_back")


def to_call(city, **more):
    run = city.open("hotline", "accept_call", grade="ordinary", reply="wanted", **more).run
    for name in ANSWERED:
        fields = {"outcome": "solved", "result": "灯已换好。"} if name == "answer" else {}
        run = city.act(run.pk, name, at=timezone.now(), **fields).run
    return run


def address(run, action):
    return f"/desk/callbacks/{run.matter.number}/{run.pk}/{action}"


SPOKEN = {"contacted": "contacted", "solved": "solved", "words": "修好了，谢谢。", "tray": "call"}


def test_the_caller_sees_what_was_asked_what_was_answered_and_the_words_for_that_result(city):
    to_call(city)

    page = caller(city).get("/desk/callbacks").content.decode()

    assert "新华路 3 号门口的路灯坏了三天。" in page
    assert "灯已换好。" in page
    assert "单位说事情已经办好了" in page  # of the result `solved`, and of no other
    assert "单位说办了一部分" not in page
    assert "15400000001" not in page


def test_a_number_is_shown_with_a_reason_and_the_look_is_written_down(city):
    run = to_call(city)
    contact = run.matter.contacts.order_by("id").first()
    desk = caller(city)
    where = f"/desk/callbacks/{run.matter.number}/{contact.pk}"

    refused = desk.post(where, {"run": run.pk, "purpose": ""}, headers=HTMX)
    shown = desk.post(where, {"run": run.pk, "purpose": "按规定回访"}, headers=HTMX)
    whole = desk.post(where, {"run": run.pk, "purpose": "按规定回访"})

    assert refused.status_code == 422
    assert "15400000001" not in refused.content.decode()
    assert 'href="tel:15400000001"' in shown.content.decode()
    assert 'href="tel:15400000001"' in whole.content.decode()
    looks = AccessLog.objects.filter(action="reveal", case_no=run.matter.number)
    assert {look.purpose for look in looks} == {"按规定回访"}
    assert looks.count() == 2


def test_what_was_said_is_kept_and_the_next_one_opens(city):
    first, second = to_call(city), to_call(city)
    desk = caller(city)
    opened = desk.get("/desk/callbacks").context["c"].run
    other = second if opened.pk == first.pk else first

    answer = desk.post(address(opened, "call_back"), SPOKEN)

    assert answer.url.endswith(f"run={other.pk}")
    assert CallBack.objects.get(run=opened).solved == "solved"
    opened.refresh_from_db()
    assert opened.state == "called_back"


def test_what_was_said_is_not_lost_when_a_colleague_wrote_the_call_down_first(city):
    run = to_call(city)
    desk = caller(city)
    desk.post(address(run, "call_back"), SPOKEN)

    late = desk.post(address(run, "call_back"), {**SPOKEN, "words": "还有一盏没亮。"}, follow=True)

    assert "您写的内容：还有一盏没亮。" in late.content.decode()


def test_three_calls_nobody_answered_end_it_and_no_fewer(city):
    run = to_call(city)
    desk = caller(city)
    ends = address(run, "call_back_unreached")

    early = desk.post(ends, {"tray": "call"}, follow=True).content.decode()
    for note in ("无人接听。", "占线。", "关机。"):
        desk.post(address(run, "try_call_back"), {"note": note, "tray": "call"})
    page = desk.get("/desk/callbacks", {"run": run.pk}).content.decode()
    desk.post(ends, {"tray": "call"})

    assert "未接通满三次才能这样结束回访" in early
    assert [page.index(note) for note in ("无人接听。", "占线。", "关机。")] == sorted(
        page.index(note) for note in ("无人接听。", "占线。", "关机。")
    )
    assert "打过 3 次" in page
    assert CallBack.objects.get(run=run).reached == "no_answer"


def test_what_is_missing_comes_back_with_its_words_kept(city):
    run = to_call(city)

    answer = caller(city).post(
        address(run, "call_back"), {"words": "说水管还在漏。", "tray": "call"}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "说水管还在漏。" in page
    assert page.count('class="errors"') >= 2
    assert not CallBack.objects.exists()


def test_nobody_rates_for_the_person(city):
    to_call(city)

    page = caller(city).get("/desk/callbacks").content.decode()

    form = re.search(r'<div class="section" id="call-act">.*?</form>', page, re.DOTALL)[0]
    assert 'name="satisfaction"' not in form
    assert "不代评" in page


def test_the_unit_that_did_it_neither_sees_nor_calls(city):
    run = to_call(city)
    bureau = desk_of(city.unit("department"), "hotline.call_back")

    assert "您的岗位不做回访" in bureau.get("/desk/callbacks").content.decode()
    answer = bureau.post(address(run, "call_back"), SPOKEN)
    assert (answer.status_code, CallBack.objects.count()) == (303, 0)


def test_what_complains_of_the_own_unit_is_on_no_list(city):
    hotline = city.unit("hotline_centre")
    run = to_call(city, accused=(hotline.pk,))
    desk = caller(city)

    assert run.matter.number not in desk.get("/desk/callbacks").content.decode()
    assert desk.get("/desk/callbacks", {"run": run.pk}).status_code == 404
    assert desk.post(address(run, "call_back"), SPOKEN).status_code == 404


def test_a_checker_sends_back_what_is_not_done_and_passes_it_when_it_is(city):
    run = city.open("grid", "submit").run
    for name in (
        "verify_report", "register", "analyse", "dispatch", "acknowledge", "start_handling",
        "feed_back",
    ):  # fmt: skip
        fields = {"level": "town"} if name in ("verify_report", "analyse") else {}
        run = city.act(run.pk, name, at=timezone.now(), **fields).run
    checker = desk_of(city.unit("governance_centre", "2"))
    sent = {"how": "on_site", "tray": "check"}

    page = checker.get("/desk/callbacks", {"tray": "check"}).content.decode()
    checker.post(address(run, "rework"), {**sent, "text": "灯罩还没有装。"})
    run.refresh_from_db()
    assert ("核查不通过，返工" in page, run.state) == (True, "handling")

    run = city.act(run.pk, "feed_back", at=timezone.now()).run
    checker.post(address(run, "verify_result"), {**sent, "text": "灯罩装好了。"})
    run.refresh_from_db()
    assert run.state == "verified_result"


def test_the_list_takes_as_many_queries_with_many_as_with_one(city, django_assert_max_num_queries):
    desk = caller(city)
    to_call(city)

    def queries():
        with django_assert_max_num_queries(200) as counted:
            desk.get("/desk/callbacks", headers=HTMX)
        return len(counted)

    queries()
    one = queries()
    for _ in range(2):
        to_call(city)

    assert queries() == one
