"""The inbox as a page: filters in its address, views that are saved, one act for many."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.matters.acting import act
from huiyin.matters.inbox import Tray
from huiyin.matters.models import Matter, MatterText, Run
from huiyin.matters.tests.records import the_record
from huiyin.people.models import Post
from huiyin.web import bulk
from huiyin.web.inbox_rows import rows_of
from huiyin.web.models import FirstView, SavedView
from huiyin.web.tests.test_matter_page import a_call, desk_of, dispatched

pytestmark = pytest.mark.django_db
INBOX, VIEWS = "/desk/inbox", "/desk/inbox/views"


@pytest.fixture
def city():
    return the_record()


@pytest.fixture
def bureau(city):
    return city.unit("department")


def titled(run, title, **changed):
    """Give a matter a title, and whatever else tells it from the others."""
    MatterText.objects.filter(matter=run.matter_id).update(title=title)
    if changed:
        Matter.objects.filter(pk=run.matter_id).update(**changed)
    return run


def shown(desk, **asked):
    return desk.get(INBOX, {"tray": "to_sign", **asked}).content.decode()


# --- filters --------------------------------------------------------------------------------------


def test_filters_combine_and_each_is_taken_away_by_its_chip(city, bureau):
    titled(dispatched(city, a_call(city), bureau), "小区停水", urgency="urgent")
    titled(dispatched(city, a_call(city), bureau), "井盖丢了", urgency="urgent")
    titled(dispatched(city, a_call(city), bureau), "路灯坏了")
    desk = desk_of(bureau)

    urgent = shown(desk, urgency="urgent")
    both = shown(desk, urgency="urgent", words="停水")

    assert [name in urgent for name in ("小区停水", "井盖丢了", "路灯坏了")] == [True, True, False]
    assert [name in both for name in ("小区停水", "井盖丢了", "路灯坏了")] == [True, False, False]
    assert "共 1 件" in both
    assert 'href="/desk/inbox?tray=to_sign&amp;urgency=urgent"' in both  # without the words
    assert 'href="/desk/inbox?tray=to_sign&amp;words=%E5%81%9C%E6%B0%B4"' in both


def test_a_place_that_was_typed_is_found_without_a_script_and_stands_in_the_address(city, bureau):
    titled(dispatched(city, a_call(city), bureau), "小区停水")
    desk = desk_of(bureau)
    typed = {"tray": "to_sign", "words": "", "place__typed": "德州天衢新区长河街道", "narrow": "1"}

    answer = desk.get(INBOX, typed)
    several = desk.get(INBOX, {**typed, "place__typed": "德"}).content.decode()
    nothing = desk.get(INBOX, {**typed, "place__typed": "没有的地方"}).content.decode()

    assert answer.status_code == 303
    assert answer["Location"].startswith(f"{INBOX}?tray=to_sign&place=")
    assert "小区停水" in desk.get(answer["Location"]).content.decode()
    assert "有几个叫这个名称，请选一个。" in several
    assert 'type="radio" name="place"' in several
    assert "没有找到这个名称，请换个写法。" in nothing


@pytest.mark.parametrize(
    "asked",
    [
        {"urgency": "very"}, {"place": "1"}, {"since": "yesterday"}, {"sort": "mood"},
        {"tray": "attic"}, {"procedure": "x"}, {"after": "x~y~z"}, {"view": "1"},
        {"words": "\x00"}, {"unit__typed": "\x00"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_narrows_nothing(city, bureau, asked):
    titled(dispatched(city, a_call(city), bureau), "小区停水")

    found = desk_of(bureau).get(INBOX, {"tray": "to_sign", **asked})

    assert found.status_code == 200
    assert "小区停水" in found.content.decode()


def test_what_came_in_last_stands_first_where_that_is_asked_for(city, bureau):
    for number, days in enumerate((9, 2, 5)):
        titled(dispatched(city, a_call(city, days=days), bureau), f"第{number}件")
    desk = desk_of(bureau)

    latest = shown(desk, sort="latest")

    assert sorted(range(3), key=lambda number: latest.index(f"第{number}件")) == [1, 2, 0]
    assert "一周内" in latest


def test_what_is_decided_and_still_has_a_limit_here_shows_the_limit(city, bureau):
    run = dispatched(city, a_call(city), bureau)
    run.is_done, run.done_at = True, timezone.now()
    run.due_at = timezone.now() + timedelta(days=11, hours=1)

    here, over = (
        rows_of([run], by=city.staff(bureau), at=timezone.now(), tray=tray)[0].stand.words
        for tray in (Tray.TO_DO, Tray.DONE)
    )

    assert (here, over) == ("还剩 11 天", "已办")


def test_what_is_done_is_not_offered_by_urgency_and_stands_by_when_it_was_done(city, bureau):
    titled(dispatched(city, a_call(city), bureau), "小区停水")
    desk = desk_of(bureau)

    waiting, done = (
        desk.get(INBOX, {"tray": tray, "sort": "urgency"}).context["sorts"]
        for tray in ("to_sign", "done")
    )

    assert [(one["url"].rpartition("sort=")[2], one["on"]) for one in waiting[1:]] == [
        ("latest", False), ("urgency", True),
    ]  # fmt: skip
    assert [(str(one["label"]), one["on"]) for one in done] == [
        ("按办结时间", True), ("按收到时间", False),
    ]  # fmt: skip


def test_what_is_done_and_waits_to_be_called_back_says_until_when(city):
    run = a_call(city)
    for name in ("dispatch", "acknowledge", "answer", "audit"):
        run = city.act(run.pk, name, at=timezone.now() - timedelta(days=30)).run
    desk = desk_of(city.unit("hotline_centre"), "hotline_agent")

    rows = [
        row
        for group in desk.get(INBOX, {"tray": "overdue"}).context["groups"]
        for row in group.rows
    ]

    assert Run.objects.get(pk=run.pk).is_done
    assert [(row.run_id, row.stand.state) for row in rows] == [(run.pk, "overdue")]


# --- saved views ----------------------------------------------------------------------------------


def save(desk, name="停水", query="tray=to_sign&urgency=urgent", **more):
    return desk.post(VIEWS, {"name": name, "query": query, **more}, follow=True)


def test_a_view_is_saved_and_stands_above_the_list_with_its_number(city, bureau):
    titled(dispatched(city, a_call(city), bureau), "小区停水", urgency="urgent")
    titled(dispatched(city, a_call(city), bureau), "路灯坏了")
    desk = desk_of(bureau)

    opened = save(desk).content.decode()
    whole = shown(desk)

    assert "视图“停水”已保存。" in opened
    assert "小区停水" in opened
    assert "路灯坏了" not in opened
    assert '<span lang="zh-Hans">停水</span> <span class="n">1</span>' in whole


def test_the_inbox_opens_with_the_view_that_was_chosen_and_only_for_that_post(city, bureau):
    titled(dispatched(city, a_call(city), bureau), "小区停水", urgency="urgent")
    titled(dispatched(city, a_call(city), bureau), "路灯坏了")
    desk, colleague = desk_of(bureau), desk_of(bureau, "leader")

    save(desk, shared="on", first="on")

    assert "路灯坏了" not in desk.get(INBOX).content.decode()
    assert "路灯坏了" in shown(desk)  # a tray that is asked for is shown as it is
    theirs = colleague.get(INBOX).content.decode()
    assert "路灯坏了" in theirs
    assert "停水</span>" in theirs  # it is shared
    assert FirstView.objects.count() == 1


def test_a_view_of_ones_own_is_nobody_elses_and_a_shared_one_only_its_makers_to_change(
    city, bureau
):
    desk, colleague = desk_of(bureau), desk_of(bureau, "leader")
    save(desk, name="只我看")
    save(desk, name="大家看", shared="on")
    mine, ours = (SavedView.objects.get(name=name) for name in ("只我看", "大家看"))

    listed = colleague.get(VIEWS).content.decode()
    for view in (mine, ours):
        for what in ("rename", "delete", "up", "unshare", "replace"):
            sent = {"do": what, "name": "改了", "query": "tray=done"}
            answer = colleague.post(f"{VIEWS}/{view.pk}", sent, follow=True).content.decode()
            assert "这个视图已经没有了，或者是同事的：只有本人能改。" in answer, what

    assert "大家看" in listed
    assert "只我看" not in listed
    assert "只我看" not in desk_of(city.unit("court")).get(VIEWS).content.decode()
    assert {view.name for view in SavedView.objects.all()} == {"只我看", "大家看"}


def test_a_shared_view_whose_maker_left_can_be_deleted_by_colleagues(city, bureau):
    desk, colleague = desk_of(bureau), desk_of(bureau, "leader")
    save(desk, shared="on")
    view = SavedView.objects.get()
    Post.objects.filter(pk=view.post_id).update(valid_to=timezone.localdate() - timedelta(days=1))

    colleague.post(f"{VIEWS}/{view.pk}", {"do": "delete"})

    assert not SavedView.objects.exists()


def test_views_are_renamed_moved_shared_changed_and_deleted(city, bureau):
    desk = desk_of(bureau)
    for name in ("甲", "乙", "丙"):
        save(desk, name=name)

    def do(called, what, **more):
        view = SavedView.objects.get(name=called)
        return desk.post(f"{VIEWS}/{view.pk}", {"do": what, **more}, follow=True).content.decode()

    do("丙", "up")
    do("甲", "down")
    do("甲", "rename", name="  甲 组 ")
    assert "已经有一个叫“乙”的视图了" in do("甲 组", "rename", name="乙")
    assert "请给视图起个名字" in do("甲 组", "rename", name=" ")
    do("乙", "replace", query="tray=done&nonsense=1&words=井盖")
    do("乙", "share")
    assert [view.name for view in SavedView.objects.order_by("place")] == ["丙", "甲 组", "乙"]
    changed = SavedView.objects.get(name="乙")
    assert changed.query == "tray=done&words=%E4%BA%95%E7%9B%96"
    assert changed.unit_id == bureau.pk
    do("乙", "unshare")
    do("丙", "delete")
    assert [view.unit_id for view in SavedView.objects.order_by("place")] == [None, None]


def test_more_than_a_dozen_views_are_not_kept(city, bureau):
    desk = desk_of(bureau)

    for number in range(13):
        answer = save(desk, name=f"第{number}个").content.decode()

    assert "视图最多 12 个" in answer
    assert SavedView.objects.count() == 12


def test_a_view_shows_nothing_that_the_post_may_not_see(city, bureau):
    titled(dispatched(city, a_call(city), city.unit("department", "x")), "别人的事")
    desk = desk_of(bureau)

    opened = save(desk, query="tray=to_sign&words=别人的事").content.decode()

    assert "共 0 件" in opened


@pytest.mark.parametrize("views", [0, 6])
def test_views_take_no_query_each(city, bureau, views, django_assert_num_queries):
    desk = desk_of(bureau)
    place = city.town.pk
    for number in range(views):
        save(desk, name=f"第{number}个", query=f"tray=to_do&place={place}")
    desk.get(INBOX)

    with django_assert_num_queries(7 if views else 5):
        shown(desk)


# --- many at once ---------------------------------------------------------------------------------


def ids(runs):
    return [str(run.pk) for run in runs]


def test_an_act_for_many_that_needs_words_asks_for_them_once_and_writes_them_into_each(
    city, bureau
):
    runs = [dispatched(city, a_call(city), bureau) for _ in range(3)]
    desk = desk_of(bureau)
    sent = {"runs": ids(runs), "action": "note", "back": "tray=to_sign"}

    asked = desk.post(f"{INBOX}/acts", sent).content.decode()
    empty = desk.post(f"{INBOX}/acts", {**sent, "filled_in": "1", "text": ""})
    words = {"filled_in": "1", "text": "已联系物业。"}
    done = desk.post(f"{INBOX}/acts", {**sent, **words}, follow=True)

    assert all(f'value="{pk}" checked' in asked for pk in ids(runs))
    assert empty.status_code == 422
    assert "请填写这一项" in empty.content.decode()
    assert all(f'value="{pk}" checked' in empty.content.decode() for pk in ids(runs))
    assert done.redirect_chain == [(f"{INBOX}?tray=to_sign", 303)]
    assert "写备注：已办理 3 件。" in done.content.decode()
    notes = [run.timeline.get(action="note").body.content["form"]["text"] for run in runs]
    assert notes == ["已联系物业。"] * 3


def test_what_is_not_seen_or_not_for_many_is_left_alone(city, bureau):
    mine = dispatched(city, a_call(city), bureau)
    other = dispatched(city, a_call(city), city.unit("department", "x"))
    desk = desk_of(bureau)

    desk.post(f"{INBOX}/acts", {"runs": ids([mine, other]), "action": "acknowledge"})
    answer = desk.post(
        f"{INBOX}/acts", {"runs": ids([mine]), "action": "answer"}, follow=True
    ).content.decode()

    assert Run.objects.get(pk=mine.pk).state == "acknowledged"
    assert Run.objects.get(pk=other.pk).state == "dispatched"
    assert "这一步不能批量办理。" in answer


def test_only_what_somebody_may_do_is_offered_for_many(city):
    at = timezone.now()
    runs = [city.open("hotline", "accept_call", at=at, reply="wanted", grade="ordinary").run]
    centre = city.unit("hotline_centre")
    dispatcher = city.staff(centre, "hotline.dispatch")
    agent = city.staff(centre)

    assert [one.action for one in bulk.offers_for(runs, by=dispatcher)] == ["dispatch", "note"]
    assert [one.action for one in bulk.offers_for(runs, by=agent)] == ["note"]


# --- beside the list ------------------------------------------------------------------------------


def test_an_act_beside_the_list_stays_there_and_lets_the_list_look_again(city, bureau):
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)
    address = f"/desk/matters/{run.matter.number}/runs/{run.pk}/acknowledge"
    beside = {
        "HX-Request": "true", "HX-Current-URL": f"http://testserver{INBOX}?tray=to_sign",
    }  # fmt: skip

    answer = desk.post(address, {"handler": "王芳"}, headers=beside)

    assert answer.status_code == 200
    assert answer["HX-Retarget"] == "#detail"
    assert answer["HX-Trigger-After-Swap"] == "inbox:changed"
    assert "“签收”已记录。" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_a_row_says_how_many_events_there_were_so_that_a_change_is_seen(city, bureau):
    run = dispatched(city, a_call(city), bureau)
    desk = desk_of(bureau)
    before = shown(desk)

    act(run.pk, "note", by=city.staff(bureau), at=timezone.now(), form={"text": "已联系。"})

    assert f'data-run="{run.pk}" data-events="{run.events}"' in before
    assert f'data-run="{run.pk}" data-events="{run.events + 1}"' in shown(desk)
