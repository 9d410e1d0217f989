"""The desk with matters on it: what lies where, what can be done, and nothing of others."""

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.matters.acting import act
from huiyin.matters.escalating import STEPS
from huiyin.matters.keeping import keep
from huiyin.matters.models import EventHeader
from huiyin.matters.tests.records import the_record
from huiyin.matters.tests.sample_files import a_file
from huiyin.matters.writing import ESCALATED, MARKS
from huiyin.notices.models import Notice, NoticeState
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_post, an_account

pytestmark = pytest.mark.django_db
DISPATCH = {"basis": "functional", "grade": "ordinary"}


@pytest.fixture
def city():
    return the_record()


def desk_of(unit, permission_set="department_clerk") -> Client:
    """Return the browser of somebody in a post of a unit."""
    account = an_account(f"{permission_set[:8]}{unit.code.lower()}")
    a_post(account, unit, permission_set)
    return client_of(session_of(account))


def a_colleague(unit, permission_set="department_clerk"):
    """Return another account in a post of the same kind."""
    account = an_account("colleague")
    a_post(account, unit, permission_set)
    return account


def a_call(city, *, days=0.0, **more):
    """Open a hotline order some days ago."""
    at = timezone.now() - timedelta(days=days)
    return city.open("hotline", "accept_call", at=at, reply="wanted", grade="ordinary", **more).run


def dispatched(city, run, unit):
    by = city.staff(city.unit("hotline_centre"), "hotline.dispatch")
    form = {"to_unit": str(unit.pk), **DISPATCH}
    return act(run.pk, "dispatch", by=by, at=timezone.now(), form=form).run


def page_of(run) -> str:
    return f"/desk/matters/{run.matter.number}"


def test_what_is_given_to_a_unit_lies_to_be_signed_for_and_moves_when_it_is(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)

    first = desk.get("/desk/inbox").content.decode()
    assert "路灯不亮" in first
    assert 'aria-current="page">待签收 <span class="n">1</span>' in first

    address = f"{page_of(run)}/runs/{run.pk}/acknowledge"
    assert "提交以后" in desk.get(address).content.decode()
    answer = desk.post(address, {"handler": "王芳", "expected": str(run.events), "key": "k1"})
    assert answer.status_code == 303

    after = desk.get("/desk/inbox").content.decode()
    assert '待签收 <span class="n">0</span>' in after
    assert 'aria-current="page">要办 <span class="n">1</span>' in after


def test_what_ends_first_stands_first_and_what_is_overdue_says_since_when(city):
    bureau = city.unit("department")
    dispatched(city, a_call(city), bureau)
    late = dispatched(city, a_call(city, days=30), bureau)
    keep(at=timezone.now())
    desk = desk_of(bureau)

    rows = desk.get("/desk/inbox", {"tray": "to_sign"}).content.decode()

    assert rows.index("已超期") < rows.index(late.matter.number)
    found = rows.index(f"{late.matter.number}?run=")
    assert all(found <= at for at in _all(rows, "?run="))


def test_a_page_shows_the_words_the_limits_and_who_has_it_and_covers_who_waits(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)

    shown = desk_of(bureau).get(page_of(run)).content.decode()

    assert "新华路 3 号门口的路灯坏了三天。" in shown
    assert "承诺答复期限" in shown
    assert bureau.name in shown
    assert "15400000001" not in shown
    assert "李娟" not in shown


def test_nobody_else_finds_it_by_its_address_its_words_or_its_file(city):
    run = dispatched(city, a_call(city), city.unit("department"))
    stranger = desk_of(city.unit("court"))

    assert stranger.get(page_of(run)).status_code == 404
    assert stranger.get(f"{page_of(run)}/runs/{run.pk}/acknowledge").status_code == 404
    assert "路灯不亮" not in stranger.get("/desk/find", {"q": "路灯"}).content.decode()
    assert run.matter.number not in stranger.get("/desk/inbox").content.decode()


def test_the_unit_that_is_complained_of_sees_nothing_of_it(city):
    accused = city.unit("department")
    run = a_call(city, accused=(accused.pk,))
    desk = desk_of(accused)

    assert desk.get(page_of(run)).status_code == 404
    assert desk.get("/desk/find", {"q": run.matter.number}).content.decode().count("data-row") == 0


def test_clear_data_need_a_reason_and_are_covered_again(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    contact = run.matter.contacts.order_by("id").first()
    desk, address = desk_of(bureau), f"{page_of(run)}/people/{contact.pk}"

    refused = desk.post(f"{address}/reveal", {"purpose": ""})
    shown = desk.post(
        f"{address}/reveal", {"purpose": "约上门时间"}, headers={"HX-Request": "true"}
    )

    assert refused.status_code == 422
    assert "15400000001" not in refused.content.decode()
    assert "15400000001" in shown.content.decode()
    assert "15400000001" not in desk.get(address).content.decode()


def test_what_cannot_be_done_now_says_why(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)

    shown = desk.get(page_of(run)).content.decode()
    sent_away = desk.get(f"{page_of(run)}/runs/{run.pk}/answer", follow=True).content.decode()

    assert "现在不能办，看原因" in shown
    assert "现在是“已派单”" in sent_away


def test_a_form_with_faults_comes_back_with_what_was_written(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)
    desk.post(f"{page_of(run)}/runs/{run.pk}/acknowledge", {"handler": "王芳"})

    answer = desk.post(f"{page_of(run)}/runs/{run.pk}/answer", {"result": "灯已修好。"})

    assert answer.status_code == 422
    assert "灯已修好。" in answer.content.decode()
    assert "请填写这一项" in answer.content.decode()


def test_whoever_was_slower_is_told_on_the_form(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk, address = desk_of(bureau), f"{page_of(run)}/runs/{run.pk}/acknowledge"
    desk.get(address)
    act(run.pk, "note", by=city.staff(bureau), at=timezone.now(), form={"text": "已联系。"})

    slower = desk.post(address, {"handler": "王芳", "expected": str(run.events)})

    assert slower.status_code == 422
    assert "王芳" in slower.content.decode()
    assert "有人先办了一步" in slower.content.decode()

    told = slower.context["expected"]
    assert desk.post(address, {"handler": "王芳", "expected": str(told)}).status_code == 303


def test_what_was_written_too_late_stays_in_the_form_that_says_who_was_faster(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    address = f"{page_of(run)}/runs/{run.pk}/acknowledge"
    desk, colleague = desk_of(bureau), client_of(session_of(a_colleague(bureau)))
    sent = {"expected": str(run.events)}
    desk.post(address, {**sent, "handler": "王芳", "key": "k1"})

    late = colleague.post(address, {**sent, "handler": "赵强，转李明", "key": "k2"})
    again = desk.post(address, {**sent, "handler": "王芳", "key": "k1"})

    assert late.status_code == 422
    assert "有人先办了一步" in late.content.decode()
    assert "赵强，转李明" in late.content.decode()
    assert again.status_code == 303  # sent twice, done once
    assert EventHeader.objects.filter(run=run, action="acknowledge").count() == 1


def test_the_same_form_sent_twice_acts_once(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk, address = desk_of(bureau), f"{page_of(run)}/runs/{run.pk}/note"
    sent = {"text": "已到现场。", "key": "one-form"}

    for _ in range(2):
        assert desk.post(address, sent).status_code == 303

    assert run.timeline.filter(action="note").count() == 1


def test_many_are_signed_for_in_one_go_and_each_refusal_is_told(city):
    bureau = city.unit("department")
    runs = [dispatched(city, a_call(city), bureau) for _ in range(3)]
    desk = desk_of(bureau)
    desk.post(f"{page_of(runs[0])}/runs/{runs[0].pk}/acknowledge", {"handler": "王芳"})
    listed = desk.get("/desk/inbox", {"tray": "to_sign"}).content.decode()
    offered = 'name="action" value="acknowledge"' in listed

    answer = desk.post(
        "/desk/inbox/acts",
        {"runs": [str(run.pk) for run in runs], "action": "acknowledge", "tray": "to_sign"},
        follow=True,
    ).content.decode()

    assert offered
    assert "已办 2 件，没有办 1 件" in answer
    assert answer.count("已办，现在是") == 2
    assert "已派单" in answer  # why not: only from there


@pytest.mark.parametrize("count", [1, 30])
def test_an_inbox_takes_the_same_queries_however_much_lies_in_it(
    city, count, django_assert_num_queries
):
    bureau = city.unit("department")
    for _ in range(count):
        dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)
    desk.get("/desk/inbox")

    with django_assert_num_queries(6):
        shown = desk.get("/desk/inbox", {"tray": "to_sign"})

    assert shown.content.decode().count("data-row") == count


def test_words_are_found_and_a_place_beside_them(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)

    found = desk.get(f"/desk/find?q={quote('路灯')}").content.decode()
    nothing = desk.get("/desk/find", {"q": "从来没有的词"}).content.decode()
    phone = desk.get("/desk/find", {"q": "139 1234 5678"}).content.decode()

    assert run.matter.number in found
    assert "没有找到" in nothing
    assert "编号后四位" in nothing
    assert "不按电话号码查人" in phone


def test_what_is_found_shows_the_words_looked_for_where_its_title_does_not(city):
    bureau = city.unit("department")
    dispatched(city, a_call(city), bureau)  # 路灯不亮: 新华路 3 号门口的路灯坏了三天。
    desk = desk_of(bureau)

    by_words, by_title = (
        desk.get("/desk/find", {"q": words}).content.decode() for words in ("新华路", "路灯不亮")
    )

    assert "<mark>新华路</mark> 3 号门口的路灯坏了三天。" in by_words
    assert "路灯不亮" in by_title
    assert "<mark>" not in by_title


def test_the_picture_of_the_procedure_says_where_it_is(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)

    drawn = desk_of(bureau).get(f"{page_of(run)}/runs/{run.pk}").content.decode()

    assert "<svg" in drawn
    assert "已派单" in drawn


def _all(text: str, part: str) -> list[int]:
    return [at for at in range(len(text)) if text.startswith(part, at)]


def test_on_paper_the_whole_course_stands_in_order_and_people_stay_covered(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)
    for number in range(40):  # more than a page of the timeline
        act(
            run.pk, "note", by=city.staff(bureau), at=timezone.now(), form={"text": f"第{number}次"}
        )

    paper = desk.get(f"{page_of(run)}/paper").content.decode()

    places = [paper.index(f"第{number}次") for number in range(40)]
    assert places == sorted(places)
    assert "事项办理单" in paper
    assert "承办单位（盖章）" in paper
    assert "李娟" not in paper
    assert "15400000001" not in paper
    assert desk_of(city.unit("court")).get(f"{page_of(run)}/paper").status_code == 404


def test_a_recording_plays_in_place_and_is_read_from_any_point(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    by = city.staff(bureau)
    sound = a_file(by, "audio")
    act(run.pk, "note", by=by, at=timezone.now(), form={"text": "录音", "files": [str(sound.pk)]})
    desk = desk_of(bureau)

    shown = desk.get(page_of(run))
    part = desk.get(f"/files/{sound.pk}", headers={"Range": "bytes=2-5"})

    assert f'<audio controls preload="none" src="/files/{sound.pk}">' in shown.content.decode()
    assert "media-src 'self'" in shown["Content-Security-Policy"]
    assert part.status_code == 206
    assert part["Content-Range"].startswith("bytes 2-5/")
    assert len(part.getvalue()) == 4


def test_what_may_be_the_same_leads_to_its_page_only_where_it_is_seen(city):
    bureau = city.unit("department")
    run, mine = (dispatched(city, a_call(city), bureau) for _ in range(2))
    other = a_call(city)

    shown = desk_of(bureau).get(page_of(run)).content.decode()

    assert shown.count('class="holders"') == 2  # who works on it, what may be the same
    assert f'href="{page_of(mine)}"' in shown
    assert other.matter.number not in shown


def told(run, *, at, action=ESCALATED):
    """Write that the system told somebody of a limit, or did something else."""
    held = EventHeader.objects.filter(run=run).latest("seq")
    EventHeader.objects.create(
        run=run, seq=held.seq + 1, action=action, recorded_at=at, from_state=run.state,
        to_state=run.state, body_digest=b"", previous=b"", hash=b"",
        effects={MARKS: {STEPS: []}},
    )  # fmt: skip


def test_what_was_told_again_and_again_in_one_night_is_one_line_that_opens(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city, days=3), bureau)
    night = timezone.localtime().replace(hour=1, minute=0, second=0) + timedelta(days=1)
    for minutes in range(6):
        told(run, at=night + timedelta(minutes=minutes))
    told(run, at=night + timedelta(minutes=7), action="matters.joined")
    told(run, at=night + timedelta(days=1))

    page = desk_of(bureau).get(page_of(run))

    entries = [(one.entry.action, one.times) for one in page.context["m"].entries][:3]
    assert entries == [(ESCALATED, 1), ("matters.joined", 1), (ESCALATED, 6)]
    assert "当天 6 次" in page.content.decode()


def test_the_clerk_sees_at_the_act_that_the_person_was_not_told(city):
    bureau = city.unit("department")
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)
    assert "请打电话告知" not in desk.get(page_of(run)).content.decode()

    Notice.objects.filter(name="hotline.dispatch.person", channel="sms").update(
        state=NoticeState.DEAD, reason="gateway_refused"
    )

    page = desk.get(page_of(run)).content.decode()
    assert page.count("给诉求人的短信没有发出，已放弃") == 1
