"""What each date is: announced years, computed years, and what is not yet sure."""

from collections import Counter
from datetime import date

import pytest
from chinese_calendar.constants import holidays, workdays

from huiyin.worktime import Calendar, Day, DayKind, OutOfCalendar, statutory_calendar
from huiyin.worktime.announced import ANNOUNCED, REACHES_BACK_TO
from huiyin.worktime.holiday_law import statutory_days
from huiyin.worktime.tests.days import CALENDAR, day

VICTORY = "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日"


@pytest.mark.parametrize(
    ("on", "kind", "name_zh"),
    [
        ("Wed 2025-01-01", DayKind.STATUTORY_HOLIDAY, "元旦"),
        ("Sun 2025-01-26", DayKind.MAKEUP_WORKING_DAY, "春节"),
        ("Tue 2025-01-28", DayKind.STATUTORY_HOLIDAY, "春节"),  # eve
        ("Tue 2025-02-04", DayKind.ADJUSTED_DAY_OFF, "春节"),
        ("Sat 2025-02-08", DayKind.MAKEUP_WORKING_DAY, "春节"),
        ("Mon 2025-10-06", DayKind.STATUTORY_HOLIDAY, "中秋节"),
        ("Wed 2025-10-08", DayKind.ADJUSTED_DAY_OFF, "国庆节"),
        ("Thu 2025-10-09", DayKind.WORKING_DAY, "周四"),
        ("Sat 2025-10-11", DayKind.MAKEUP_WORKING_DAY, "国庆节"),
        ("Sat 2026-02-14", DayKind.MAKEUP_WORKING_DAY, "春节"),
        ("Sun 2026-02-15", DayKind.WEEKEND, "春节"),
        ("Mon 2026-02-16", DayKind.STATUTORY_HOLIDAY, "春节"),
        ("Thu 2026-02-19", DayKind.STATUTORY_HOLIDAY, "春节"),
        ("Fri 2026-02-20", DayKind.ADJUSTED_DAY_OFF, "春节"),
        ("Mon 2026-02-23", DayKind.ADJUSTED_DAY_OFF, "春节"),
        ("Sat 2026-02-28", DayKind.MAKEUP_WORKING_DAY, "春节"),
        ("Sun 2026-04-05", DayKind.STATUTORY_HOLIDAY, "清明节"),
        ("Mon 2026-04-06", DayKind.ADJUSTED_DAY_OFF, "清明节"),  # for the Sunday (art. 6)
        ("Sun 2026-09-20", DayKind.MAKEUP_WORKING_DAY, "国庆节"),
        ("Sat 2026-10-10", DayKind.MAKEUP_WORKING_DAY, "国庆节"),
        ("Sat 2026-11-07", DayKind.WEEKEND, "周六"),
        ("Thu 2015-09-03", DayKind.STATUTORY_HOLIDAY, VICTORY),
        ("Fri 2015-09-04", DayKind.ADJUSTED_DAY_OFF, VICTORY),
        ("Sat 2012-06-23", DayKind.STATUTORY_HOLIDAY, "端午节"),
        ("Fri 2027-02-05", DayKind.STATUTORY_HOLIDAY, "春节"),  # eve, computed
        ("Thu 2020-10-01", DayKind.STATUTORY_HOLIDAY, "国庆节、中秋节"),
    ],
)
def test_a_date_has_its_kind_and_name(on, kind, name_zh):
    found = CALENDAR.day(day(on))

    assert (found.kind, found.name_zh) == (kind, name_zh)
    assert CALENDAR.is_working(found.on) is kind.is_working


@pytest.mark.parametrize(
    ("year", "days"),
    [
        (2025, "01-01 01-28 01-29 01-30 01-31 04-04 05-01 05-02 05-31 10-01 10-02 10-03 10-06"),
        (2026, "01-01 02-16 02-17 02-18 02-19 04-05 05-01 05-02 06-19 09-25 10-01 10-02 10-03"),
        (2027, "01-01 02-05 02-06 02-07 02-08 04-05 05-01 05-02 06-09 09-15 10-01 10-02 10-03"),
        (2028, "01-01 01-25 01-26 01-27 01-28 04-04 05-01 05-02 05-28 10-01 10-02 10-03"),
        (2024, "01-01 02-10 02-11 02-12 04-04 05-01 06-10 09-17 10-01 10-02 10-03"),
        (2013, "01-01 02-09 02-10 02-11 04-04 05-01 06-12 09-19 10-01 10-02 10-03"),  # from eve
        (2007, "01-01 02-18 02-19 02-20 05-01 05-02 05-03 10-01 10-02 10-03"),
    ],
)
def test_the_holiday_law_gives_the_days_of_its_version(year, days):
    assert [f"{on:%m-%d}" for on in statutory_days(year)] == days.split()


@pytest.mark.parametrize("year", [2025, 2026])
def test_computed_days_are_days_off_of_the_announced_years(year):
    assert set(statutory_days(year)) <= set(holidays)
    assert len(statutory_days(year)) == 13


@pytest.mark.parametrize("year", sorted(ANNOUNCED))
def test_no_day_of_the_law_is_worked_in_any_announced_year(year):
    assert [on for on in statutory_days(year) if CALENDAR.is_working(on)] == []


@pytest.mark.parametrize("year", sorted(ANNOUNCED))
def test_an_announced_year_is_worked_as_the_notice_says(year):
    worked = {found.on for found in CALENDAR.days(year) if found.is_working}

    assert worked == {
        found.on
        for found in CALENDAR.days(year)
        if found.on in workdays or (found.on.weekday() < 5 and found.on not in holidays)
    }


def test_the_calendar_of_2026_has_these_days():
    kinds = Counter(found.kind for found in CALENDAR.days(2026))

    assert kinds == {
        DayKind.WORKING_DAY: 242,
        DayKind.MAKEUP_WORKING_DAY: 6,
        DayKind.STATUTORY_HOLIDAY: 13,
        DayKind.ADJUSTED_DAY_OFF: 9,
        DayKind.WEEKEND: 95,
    }


def test_a_year_nobody_announced_is_provisional_and_says_what_it_lacks():
    assert CALENDAR.is_provisional(date(2027, 6, 1))
    assert CALENDAR.provisional_reason(2027) == (
        "the days off of 2027 are not announced: computed from the holiday law, without make-up "
        "working days and moved days off, which cannot be computed"
    )
    assert CALENDAR.provisional_reason_zh(2027) == (
        "2027年放假安排尚未公布：按放假办法推算，调休上班和调休放假无法推算"
    )
    assert not CALENDAR.is_provisional(date(2025, 12, 31))
    assert CALENDAR.provisional_reason(2025) == ""


def test_the_last_days_of_december_are_provisional_until_the_next_year_is_announced():
    last = max(ANNOUNCED)

    assert not CALENDAR.is_provisional(date(last, 12, 28))
    assert CALENDAR.is_provisional(date(last, 12, 29))
    assert CALENDAR.provisional_reason(last) == (
        f"the notice for {last + 1} may still move the last days of December {last}"
    )


def test_no_notice_reached_further_back_into_december():
    moved = [(on.month, on.day) for on in {**holidays, **workdays} if on.month == 12]

    assert min(moved) == REACHES_BACK_TO


def test_years_before_the_first_notice_follow_the_law_of_their_time():
    found = CALENDAR.day(date(2003, 5, 3))

    assert found == Day(date(2003, 5, 3), DayKind.STATUTORY_HOLIDAY, "劳动节", "Labour Day")
    assert CALENDAR.is_provisional(found.on)


@pytest.mark.parametrize("on", [date(1999, 12, 30), date(2100, 1, 2), date.min, date.max])
def test_dates_outside_the_calendar_are_refused_with_its_years(on):
    for ask in (CALENDAR.day, CALENDAR.is_working, CALENDAR.is_provisional):
        with pytest.raises(
            OutOfCalendar, match=r"outside the calendar: give a date from 2000 to 2099"
        ):
            ask(on)


def test_far_years_are_prepared_when_they_are_asked_for():
    fresh = Calendar()

    assert fresh.is_working(date(2099, 12, 31))
    assert fresh.is_working(date(2026, 2, 14))


def test_the_calendar_is_made_once():
    assert statutory_calendar() is statutory_calendar()
