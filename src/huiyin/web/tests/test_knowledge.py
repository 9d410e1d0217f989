"""The knowledge base at the desk, an answer on its way to the public, and what everybody reads."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from huiyin.gateway.tests.callers import clerk
from huiyin.knowledge import verbs
from huiyin.knowledge.models import Entry, Kind, State
from huiyin.knowledge.tests.factories import HEATING, an_entry, checker, words, writer
from huiyin.matters.models import Matter
from huiyin.matters.tests.loaded import queries
from huiyin.matters.tests.records import the_record
from huiyin.web.tests.test_matter_page import a_call, desk_of

pytestmark = pytest.mark.django_db
LIST, NEW = "/desk/knowledge/", "/desk/knowledge/new"


@pytest.fixture
def city():
    return the_record()


def soon():
    return timezone.localdate() + timedelta(days=180)


def said(**more):
    return {
        "kind": "guide", "title_zh": "路灯不亮找谁", "text_zh": "说清哪条路、哪一盏。",
        "review_on": soon().isoformat(), **more,
    }  # fmt: skip


def agent_of(city):
    return desk_of(city.unit("hotline_centre"), "hotline_agent")


def leader_of(city):
    return desk_of(city.unit("hotline_centre"), "leader")


def fresh(title=HEATING, **more):
    return words(title, review_on=soon(), **more)


def body(answer):
    return answer.content.decode()


# --- at the desk --------------------------------------------------------------------------------


def test_an_entry_is_written_checked_by_somebody_else_and_read_by_everybody(city):
    agent, leader, resident = agent_of(city), leader_of(city), Client()

    written = agent.post(NEW, said(ask="1"), follow=True)
    page = written.redirect_chain[-1][0]
    assert "已写好并送审" in body(written)
    assert "发布" not in body(agent.get(page)).split("</main>")[0].split("entry-acts")[1]
    assert "路灯不亮找谁" not in body(resident.get("/answers/"))

    assert leader.post(f"{page}/publish", {"seen": "1"}).status_code == 303
    assert "路灯不亮找谁" in body(resident.get("/answers/"))


def test_who_does_not_check_is_told_who_does(city):
    entry = an_entry(city, fresh(), upto="to_check")

    answer = agent_of(city).post(f"{LIST}{entry.pk}/publish", {"seen": "1"})

    assert answer.status_code == 403
    assert Entry.objects.get().state == State.TO_CHECK


def test_words_that_may_name_somebody_are_marked_and_have_to_be_looked_at(city):
    entry = an_entry(city, fresh(text="张女士说暖气不热。"), upto="to_check")
    leader, page = leader_of(city), f"{LIST}{entry.pk}"

    assert '<mark class="person" lang="zh-Hans">张女士</mark>' in body(leader.get(page))
    unseen = leader.post(f"{page}/publish", {"seen": "1"})
    assert (unseen.status_code, "请先看这些词" in body(unseen)) == (422, True)

    assert leader.post(f"{page}/publish", {"seen": "1", "has_looked": "1"}).status_code == 303


def test_what_is_sent_back_comes_with_its_reason(city):
    entry = an_entry(city, fresh(), upto="to_check")
    page = f"{LIST}{entry.pk}"
    leader = leader_of(city)

    assert leader.post(f"{page}/send-back", {"reason": ""}).status_code == 422
    leader.post(f"{page}/send-back", {"reason": "请写明依据"})

    assert "请写明依据" in body(agent_of(city).get(page))


def test_a_change_shows_what_went_and_what_came(city):
    entry = an_entry(city, fresh(text="室温不低于16度。"))
    agent = agent_of(city)
    changed = {
        "title_zh": HEATING,
        "text_zh": "室温不低于18度。",
        "seen": "1",
        "note": "按条例改正",
    }

    agent.post(f"{LIST}{entry.pk}/change", said(**changed))

    page = body(agent.get(f"{LIST}{entry.pk}"))
    assert "<del>16</del><ins>18</ins>" in page
    assert "按条例改正" in page
    slower = agent.post(f"{LIST}{entry.pk}/change", said(**changed, text_en="x"))
    assert (slower.status_code, "有人改过" in body(slower)) == (422, True)


def test_a_preview_writes_nothing_and_marks_what_may_name_somebody(city):
    answer = agent_of(city).post(NEW, said(text_zh="找 13800002607。", preview="1"))

    assert '<mark class="person certain">13800002607' in body(answer)
    assert not Entry.objects.exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        pytest.param({"title_zh": ""}, "请填写", id="no-question"),
        pytest.param({"categories__typed": "zzzz"}, "没有找到这个名称", id="a-class-nobody-knows"),
        pytest.param(
            {"valid_from": "2026-05-02", "valid_to": "2026-05-01"}, "晚于生效日期", id="ends-first"
        ),
        pytest.param({"review_on": "明年"}, "2026-01-31", id="no-day"),
    ],
)
def test_what_is_missing_is_said_where_it_was_typed(city, more, told):
    answer = agent_of(city).post(NEW, said(**more))

    assert answer.status_code == 422
    assert told in body(answer)
    assert not Entry.objects.exists()


def test_what_waits_for_review_lies_in_a_tray_of_its_own_and_is_marked(city):
    entry = an_entry(city, fresh())
    today = timezone.localdate()
    agent = agent_of(city)
    Entry.objects.filter(pk=entry.pk).update(review_on=today)
    an_entry(city, fresh("另一条"))

    tray = body(agent.get(f"{LIST}?tray=due"))

    assert HEATING in tray
    assert "另一条" not in tray
    assert "待复核" in tray
    again = {"again_on": (today + timedelta(days=90)).isoformat()}
    agent.post(f"{LIST}{entry.pk}/review", again)
    assert HEATING not in body(agent.get(f"{LIST}?tray=due"))


def test_the_list_takes_as_many_queries_with_many_entries_as_with_one(city):
    agent = agent_of(city)
    an_entry(city, fresh())
    agent.get(LIST)
    one = queries(agent.get, LIST)

    for number in range(35):
        an_entry(city, fresh(f"第{number}条"), upto="draft")

    assert queries(agent.get, LIST) == one
    assert "下一页" in body(agent.get(LIST)) or "?after=" in body(agent.get(LIST))


# --- an answer made public ----------------------------------------------------------------------


def answered(city):
    run = a_call(city)
    agent = city.staff(city.unit("hotline_centre"))
    done = city.act(run.pk, "answer_directly", by=agent, answer="已更换灯头，当晚亮灯。")
    return done.run.matter


def test_the_answer_of_a_finished_matter_is_proposed_and_never_says_whose_it_was(city):
    matter = answered(city)
    agent, leader = agent_of(city), leader_of(city)

    assert f"{NEW}?matter={matter.number}" in body(agent.get(f"/desk/matters/{matter.number}"))
    begun = body(agent.get(f"{NEW}?matter={matter.number}"))
    assert "已更换灯头，当晚亮灯。" in begun
    sent = said(
        title_zh="小区路灯什么时候修", text_zh="已更换灯头。", matter=matter.number, ask="1"
    )
    agent.post(NEW, sent)
    entry = Entry.objects.get()
    assert (entry.kind, entry.matter_id) == (Kind.ANSWER, matter.pk)
    leader.post(f"{LIST}{entry.pk}/publish", {"seen": "1"})

    page = body(Client().get(f"/answers/{entry.pk}"))
    assert "已更换灯头" in page
    assert matter.number not in page
    assert matter.number[:4] not in page.replace(str(entry.pk), "")


def test_what_is_not_answered_confidential_or_not_ones_own_is_not_proposed(city):
    open_one = a_call(city).matter
    done = answered(city)
    Matter.objects.filter(pk=done.pk).update(is_confidential=True)

    for matter in (open_one, done):
        answer = agent_of_other(city, matter).get(f"{NEW}?matter={matter.number}", follow=True)
        assert "不能公开" in body(answer)


def agent_of_other(city, matter):
    return desk_of(city.unit("hotline_centre", matter.number), "hotline_agent")


# --- what everybody reads -----------------------------------------------------------------------


def test_only_what_is_in_use_and_public_is_there(city):
    shown = an_entry(city, fresh())
    script = an_entry(city, fresh("怎么问"), kind=Kind.SCRIPT)
    draft = an_entry(city, fresh("草稿"), upto="to_check")
    visitor = Client()

    assert [
        visitor.get(f"/answers/{entry.pk}").status_code for entry in (shown, script, draft)
    ] == [200, 404, 404]
    verbs.withdraw(shown.pk, reason="已调整", by=checker(city), at=timezone.now())
    assert visitor.get(f"/answers/{shown.pk}").status_code == 404


def test_whether_it_helped_is_counted_a_few_times_a_day_from_one_connection(city):
    entry = an_entry(city, fresh())
    visitor = Client()

    for _ in range(5):
        visitor.post(f"/answers/{entry.pk}/helpful", {"helpful": "yes"})
    visitor.post(f"/answers/{entry.pk}/helpful", {"helpful": "perhaps"})

    entry.refresh_from_db()
    assert (entry.helpful, entry.unhelpful) == (3, 0)


def test_the_search_of_the_start_page_knows_guidance_and_published_answers(city):
    an_entry(city, fresh())
    an_entry(city, fresh("暖气不热什么时候修好"), kind=Kind.ANSWER)

    found = body(Client().get("/find?q=暖气不热"))

    assert HEATING in found.split("问与答")[0]
    assert "暖气不热什么时候修好" in found.split("更多问与答")[1]


def test_while_somebody_tells_at_most_two_answers_are_shown_and_nothing_is_blocked(city):
    for number in range(3):
        an_entry(city, fresh(f"暖气不热的第{number}种办法"))
    visitor = Client()

    shown = visitor.post("/report/kinds", {"content": "家里暖气不热三天了"})

    assert body(shown).count("<details>") == 2
    assert "也许已经有答案" in body(shown)


# --- while somebody calls -----------------------------------------------------------------------


def test_answers_and_scripts_appear_while_somebody_speaks(city):
    an_entry(city, fresh(categories=(city.category.code,)))
    an_entry(city, fresh("先问这几样", categories=(city.category.code,)), kind=Kind.SCRIPT)

    hints = agent_of(city).get(
        "/desk/new/hints", {"words": "家里暖气不热", "category": str(city.category.pk)}
    )

    assert HEATING in body(hints)
    assert "先问这几样" in body(hints)


def call(city, **more):
    return {
        "phone": "15400000009", "name": "张女士", "words": "问暖气不热怎么办。",
        "category": str(city.category.pk), "place": str(city.place.pk), "key": "call-1",
        "channel": "phone", "kind": "consult", "grade": "consultation", "reply": "wanted",
        **more,
    }  # fmt: skip


def test_an_enquiry_is_answered_and_settled_at_once(city):
    desk = agent_of(city)
    sent = call(city, settle="1", settle_answer="请先看阀门。", settle_source="ZS-1")

    for _ in range(2):
        answer = desk.post("/desk/new/hotline.accept_call", sent, follow=True)

    run = Matter.objects.get().runs.get()
    assert run.state == "answered_directly"
    assert "已当场答复并办结" in body(answer)


def test_without_an_answer_nothing_is_opened_and_nothing_is_lost(city):
    answer = agent_of(city).post("/desk/new/hotline.accept_call", call(city, settle="1"))

    assert answer.status_code == 422
    assert 'id="id_settle_answer_error"' in body(answer)
    assert "问暖气不热怎么办" in body(answer)
    assert not Matter.objects.exists()


# --- for programs -------------------------------------------------------------------------------


def test_programs_read_what_is_in_use_page_by_page_and_staff_also_scripts(city):
    for number in range(3):
        an_entry(city, fresh(f"暖气不热之{number}"))
    an_entry(city, fresh("暖气不热怎么问"), kind=Kind.SCRIPT)
    an_entry(city, fresh("暖气不热的草稿"), upto="to_check")
    visitor, staff = Client(), clerk(city.unit("hotline_centre"), "hotline_agent")

    first = visitor.get("/api/v1/knowledge?limit=2").json()
    rest = visitor.get(f"/api/v1/knowledge?limit=2&cursor={first['next']}").json()
    found = visitor.get("/api/v1/knowledge?q=暖气不热").json()["entries"]

    assert [one["title"] for one in first["entries"] + rest["entries"]] == [
        "暖气不热之2", "暖气不热之1", "暖气不热之0",
    ]  # fmt: skip
    assert rest["next"] is None
    assert {one["kind"] for one in found} == {"guide"}
    assert {one["state"] for one in found} == {None}
    scripts = staff.get("/knowledge", kind="script").json()["entries"]
    assert [(one["title"], one["state"]) for one in scripts] == [("暖气不热怎么问", "published")]
    assert visitor.get(f"/api/v1/knowledge/{scripts[0]['id']}").status_code == 404
    assert visitor.get(f"/api/v1/knowledge/{found[0]['id']}").json()["title"] == found[0]["title"]


def test_the_writer_of_another_unit_changes_nothing(city):
    entry = verbs.begin(fresh(), kind=Kind.GUIDE, by=writer(city), at=timezone.now())

    other = desk_of(city.unit("department"))

    assert other.get(f"{LIST}{entry.pk}").status_code == 200
    assert other.get(f"{LIST}{entry.pk}/change").status_code == 403
    assert other.post(f"{LIST}{entry.pk}/ask").status_code == 403


def test_a_tray_is_counted_up_to_a_thousand_and_says_so(city, monkeypatch):
    for title in ("一", "二", "三"):
        an_entry(city, fresh(title))
    agent = agent_of(city)

    assert '<span class="n">3</span>' in body(agent.get(LIST))
    monkeypatch.setattr("huiyin.web.counting.MOST_COUNTED", 2)
    shown = body(agent.get(LIST))
    assert '<span class="n">1+</span>' in shown
    assert '<span class="n">3</span>' not in shown
