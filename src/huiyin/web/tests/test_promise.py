"""The ruler of days, and what was shown of the use of data."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from huiyin.matters.promises import Promise
from huiyin.matters.retaining import rules
from huiyin.web.asking import title_of
from huiyin.web.doors import DOORS
from huiyin.web.following import apart, standing
from huiyin.web.ruler import ruler
from huiyin.web.shown import all_versions, in_force
from huiyin.worktime import statutory_calendar

pytestmark = pytest.mark.django_db  # the city's own days stand in the database
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def a_promise(start="2026-01-15T09:41", due="2026-01-22", ended=""):
    return Promise(
        at(start), date.fromisoformat(due), at(f"{due}T17:00"), at(ended) if ended else None
    )


def drawn(promise, now):
    """One sign a day: # past, > today, . ahead, - day off."""
    found = ruler(promise, at=at(now), of=statutory_calendar())
    signs = {"past": "#", "now": ">", "ahead": "."}
    return "".join(signs[day.fill] if day.is_working else "-" for day in found.days), found


@pytest.mark.parametrize(
    ("now", "days", "gone"),
    [
        pytest.param("2026-01-15T10:00", ">.--....", 0, id="the-day-it-came-in-counts-nothing"),
        pytest.param("2026-01-18T10:00", "##--....", 1, id="days-off-are-dots"),
        pytest.param("2026-01-20T10:00", "##--#>..", 3, id="filled-up-to-now"),
        pytest.param("2026-01-26T10:00", "##--####", 5, id="no-more-than-promised-when-late"),
    ],
)
def test_five_working_days_explain_themselves(now, days, gone):
    signs, found = drawn(a_promise(), now)

    assert signs[:8] == days
    assert (found.gone, found.total) == (gone, 5)


def test_receipt_today_and_promise_are_named():
    _signs, found = drawn(a_promise(), "2026-01-20T10:00")

    assert [(day.number, day.word) for day in found.days if day.word] == [
        ("15", "收到"), ("20", "今天"), ("22", "答复"),
    ]  # fmt: skip


def test_a_long_promise_becomes_a_bar():
    found = ruler(a_promise(due="2026-03-20"), at=at("2026-01-20T10:00"))

    assert found.days == ()
    assert 0 < found.gone < found.total


@pytest.mark.parametrize(
    ("now", "shape", "words"),
    [
        ("2026-01-15T10:00", "in_time", "还剩 5 个工作日"),
        ("2026-01-21T10:00", "soon", "还剩 1 个工作日"),
        ("2026-01-22T10:00", "soon", "今天 17:00 前"),
        ("2026-01-22T18:00", "overdue", "已超期，应于 1 月 22 日 答复"),
    ],
)
def test_a_promise_says_in_words_how_it_stands(now, shape, words):
    found = standing(a_promise(), state="", is_done=False, at=at(now))

    assert (found.shape, found.words) == (shape, words)


@pytest.mark.parametrize(
    ("ended", "words"),
    [
        ("2026-01-21T10:20", "比答应的早 1 个工作日"),
        ("2026-01-22T16:00", "按时答复"),
        ("2026-01-22T17:30", "比答应的晚"),
        ("2026-01-26T09:00", "比答应的晚 2 个工作日"),
    ],
)
def test_an_answer_is_measured_against_the_promise(ended, words):
    assert apart(a_promise(ended=ended)) == words


def test_a_title_is_the_first_clause_and_short():
    assert title_of("路灯不亮。\n快修。") == "路灯不亮"
    assert title_of("灯" * 40) == "灯" * 29 + "…"
    assert title_of("  ！？") == "！？"


# --- what was shown -----------------------------------------------------------------------------


def test_every_door_has_words_about_data_and_versions_only_grow():
    versions = all_versions()

    assert set(DOORS) <= set(versions)
    for rows in versions.values():
        numbers = [one.version for one in rows]
        assert numbers == sorted(set(numbers), reverse=True)
        assert [one.in_force_from for one in rows] == sorted(
            (one.in_force_from for one in rows), reverse=True
        )


@pytest.mark.parametrize(
    ("door", "procedure", "said"), [("report", "hotline", "五年"), ("order", "orders", "三年")]
)
def test_the_years_that_are_promised_are_the_years_that_are_kept(door, procedure, said):
    kept = rules()[procedure].years

    with override("zh-hans"):
        assert said in str(in_force(door, on=date(2026, 11, 26)))
    assert {"三年": 3, "五年": 5}[said] == kept
