"""Opening hours as an operator writes them, as they are stored, as a page says them."""

from datetime import datetime

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from huiyin.units import hours, wording
from huiyin.units.refusals import HoursNotUnderstood, HoursOverlap
from huiyin.units.tests.factories import SHANGHAI

OFFICE = [["08:30", "12:00"], ["14:00", "17:30"]]
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), OFFICE)
MORNING = [["09:00", "12:00"]]
ALL_DAY = [["00:00", "24:00"]]


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("", {}),
        ("周一至周五 08:30-12:00,14:00-17:30", WEEK),
        ("周一至周五 08:30-12:00,14:00-17:30; 周六 09:00-12:00", {**WEEK, "sat": MORNING}),
        ("周一到周五8：30－12：00、14：00～17：30".replace("－", "-"), WEEK),
        ("星期一至星期五:08:30-12:00，14:00-17:30；星期六 休息", WEEK),
        ("工作日 08:30–12:00, 14:00–17:30", WEEK),
        ("Mon-Fri 08:30-12:00, 14:00-17:30; Sat 9:00-12:00", {**WEEK, "sat": MORNING}),
        ("monday to friday 08:30-12:00,14:00-17:30; sun closed", WEEK),
        ("周二、周四 09:00-12:00", {"tue": MORNING, "thu": MORNING}),
        ("周六至周一 09:00-12:00", {"mon": MORNING, "sat": MORNING, "sun": MORNING}),
        ("周末 09:00-12:00", {"sat": MORNING, "sun": MORNING}),
        ("周天 09:00-12:00", {"sun": MORNING}),
        ("09:00-12:00", dict.fromkeys(hours.DAYS, MORNING)),
        ("每天 0:00-24:00", dict.fromkeys(hours.DAYS, ALL_DAY)),
        ("周六 24小时", {"sat": ALL_DAY}),
        ("周五 22:00-02:00", {"fri": [["22:00", "24:00"]], "sat": [["00:00", "02:00"]]}),
        ("周日 20:00-08:00", {"mon": [["00:00", "08:00"]], "sun": [["20:00", "24:00"]]}),
        ("周五 22:00-00:00", {"fri": [["22:00", "24:00"]]}),
        ("24h", {"always": True}),
        ("全天24小时", {"always": True}),
        ("24h (急诊)", {"always": True, "note": "急诊"}),
        ("周六 09:00-12:00（法定节假日除外）", {"sat": MORNING, "note": "法定节假日除外"}),
        ("周六 10:00-12:00,08:00-09:00", {"sat": [["08:00", "09:00"], ["10:00", "12:00"]]}),
    ],
)
def test_hours_are_read_as_operators_write_them(written, stored):
    assert hours.parse(written) == stored


@pytest.mark.parametrize(
    ("written", "part"),
    [
        ("上班时间", "上班时间"),
        ("周一至周五", "周一至周五"),
        ("周一至周五 08:30-25:00", "08:30-25:00"),
        ("周一至周五 08:30-12:75", "08:30-12:75"),
        ("周八 08:30-12:00", "周八 08:30-12:00"),
        ("周一 08:30", "08:30"),
        ("周一 08:30-08:30", "08:30-08:30"),
        ("周一 08:30-12:00 14:00-17:30", "08:30-12:00 14:00-17:30"),
        ("周一至周三至周五 08:30-12:00", "周一至周三至周五 08:30-12:00"),
        ("周日 休息", "周日 休息"),
        ("周一 9:00-10:00 (" + "长" * 121 + ")", "长" * 121),
    ],
)
def test_the_part_that_is_not_understood_is_named(written, part):
    with pytest.raises(HoursNotUnderstood) as refused:
        hours.parse(written)

    assert refused.value.part == part


@pytest.mark.parametrize(
    "written",
    [
        "周一至周五 08:30-12:00,11:00-17:30",
        "周一 08:30-12:00; 周一至周五 09:00-12:00",
        "周一、周一 08:30-12:00",
        "周五 22:00-02:00; 周六 01:00-03:00",
    ],
)
def test_hours_that_overlap_are_refused(written):
    with pytest.raises(HoursOverlap):
        hours.parse(written)


@pytest.mark.parametrize(
    "stored",
    [
        [],
        {"monday": MORNING},
        {"mon": "09:00-12:00"},
        {"mon": [["9", "12"]]},
        {"mon": [["12:00", "09:00"]]},
        {"mon": [["09:00"]]},
        {"always": 1},
        {"always": True, "mon": MORNING},
        {"note": 3},
    ],
)
def test_stored_hours_of_another_shape_are_refused(stored):
    with pytest.raises(HoursNotUnderstood):
        hours.check(stored)


_minutes = st.lists(st.integers(0, 24 * 60), min_size=2, max_size=6, unique=True).map(sorted)
_intervals = _minutes.map(
    lambda marks: [
        [f"{start // 60:02}:{start % 60:02}", f"{end // 60:02}:{end % 60:02}"]
        for start, end in zip(marks[::2], marks[1::2], strict=False)
    ]
)
_notes = st.text("法定节假日除外abc ", max_size=10).map(str.strip)


@given(
    st.dictionaries(st.sampled_from(hours.DAYS), _intervals, min_size=1),
    _notes,
)
def test_what_is_written_out_reads_back_the_same(days, note):
    stored = {day: days[day] for day in hours.DAYS if day in days} | (
        {"note": note} if note else {}
    )

    assert hours.parse(hours.text(stored)) == stored
    assert hours.check(stored) == stored


def at(day: int, clock: str) -> datetime:
    """A time in the week of Monday, 2 March 2026."""
    hour, minute = map(int, clock.split(":"))
    return datetime(2026, 3, 1 + day, hour, minute, tzinfo=SHANGHAI)


MON, TUE, FRI, SAT, SUN = 1, 2, 5, 6, 7
WITH_SATURDAY = {**WEEK, "sat": MORNING}
NIGHT = hours.parse("每天 20:00-06:00")


@pytest.mark.parametrize(
    ("stored", "instant", "expected"),
    [
        pytest.param({}, at(MON, "09:00"), (None, None), id="not-known"),
        pytest.param({"always": True}, at(SUN, "03:00"), (True, None), id="always"),
        pytest.param(WEEK, at(MON, "08:29"), (False, at(MON, "08:30")), id="before-opening"),
        pytest.param(WEEK, at(MON, "08:30"), (True, at(MON, "12:00")), id="at-opening"),
        pytest.param(WEEK, at(MON, "12:00"), (False, at(MON, "14:00")), id="at-lunch"),
        pytest.param(WEEK, at(FRI, "17:30"), (False, at(8, "08:30")), id="weekend"),
        pytest.param(WITH_SATURDAY, at(SAT, "11:59"), (True, at(SAT, "12:00")), id="saturday"),
        pytest.param(NIGHT, at(TUE, "23:00"), (True, at(3, "06:00")), id="past-midnight"),
        pytest.param(NIGHT, at(TUE, "03:00"), (True, at(TUE, "06:00")), id="after-midnight"),
        pytest.param(
            dict.fromkeys(hours.DAYS, ALL_DAY), at(TUE, "03:00"), (True, None), id="never-closes"
        ),
        pytest.param({"sun": MORNING}, at(SUN, "13:00"), (False, at(14, "09:00")), id="next-week"),
        pytest.param({"note": "预约"}, at(SUN, "13:00"), (False, None), id="never-opens"),
    ],
)
def test_a_door_is_open_from_opening_up_to_closing(stored, instant, expected):
    assert (hours.is_open(stored, instant), hours.changes_at(stored, instant)) == expected


@pytest.mark.parametrize(
    ("stored", "instant", "english", "chinese"),
    [
        (WEEK, at(MON, "09:00"), "Open until 12:00", "现在开门，12:00 关门"),
        (WEEK, at(MON, "12:30"), "Closed now; opens 14:00", "现在关门，14:00 开门"),
        (WEEK, at(FRI, "18:00"), "Closed now; opens Mon at 08:30", "现在关门，周一 08:30 开门"),
        (
            {"mon": [["20:00", "24:00"]]},
            at(MON, "21:00"),
            "Open until 24:00",
            "现在开门，24:00 关门",
        ),
        ({"always": True}, at(MON, "21:00"), "Open around the clock", "全天开放"),
        ({"note": "预约"}, at(MON, "21:00"), "Closed now", "现在关门"),
        ({}, at(MON, "21:00"), "", ""),
    ],
)
def test_pages_say_whether_it_is_open(stored, instant, english, chinese):
    with translation.override("en"):
        assert wording.open_words(stored, instant) == english
    with translation.override("zh-hans"):
        assert wording.open_words(stored, instant) == chinese


def test_pages_list_the_hours_day_by_day():
    stored = {**WITH_SATURDAY, "note": "法定节假日除外"}

    with translation.override("en"):
        assert wording.hours_lines(stored) == [
            "Mon to Fri 08:30–12:00, 14:00–17:30",
            "Sat 09:00–12:00",
            "法定节假日除外",
        ]
    with translation.override("zh-hans"):
        assert wording.hours_lines(stored) == [
            "周一至周五 08:30–12:00、14:00–17:30",
            "周六 09:00–12:00",
            "法定节假日除外",
        ]
        assert wording.hours_lines({"always": True}) == ["全天 24 小时"]
        assert wording.hours_lines({}) == []
