"""An operator's CSV: a year given, single days changed, and faults told cell by cell."""

from datetime import date

import pytest

from huiyin.worktime import CalendarFileError, DayKind
from huiyin.worktime.tests.days import CALENDAR

# As the notice for 2027 could read: not the real one.
NOTICE = (
    CALENDAR.csv(2027)
    + """2027-02-04,adjusted_day_off,春节,Spring Festival
2027-01-30,makeup_working_day,春节,Spring Festival
"""
)


@pytest.mark.parametrize("year", [2004, 2012, 2015, 2020, 2025, 2026])
def test_a_year_written_as_csv_reads_back_as_the_same_year(year):
    again = CALENDAR.with_overrides(CALENDAR.csv(year))

    assert list(again.days(year)) == list(CALENDAR.days(year))
    assert again.csv(year) == CALENDAR.csv(year)


def test_a_complete_year_is_no_longer_provisional():
    given = CALENDAR.with_overrides(NOTICE)

    assert not given.is_provisional(date(2027, 12, 31))
    assert given.provisional_reason(2027) == ""
    assert given.is_working(date(2027, 1, 30))
    assert not given.is_working(date(2027, 2, 4))
    assert not given.is_provisional(date(2026, 12, 31))  # settled with the year after it
    assert given.is_provisional(date(2028, 1, 1))


def test_a_year_with_every_date_is_complete_whatever_it_says():
    rows = "".join(f"{day.on},{day.kind},,\n" for day in CALENDAR.days(2027))

    assert not CALENDAR.with_overrides("date,kind,name_zh,name_en\n" + rows).is_provisional(
        date(2027, 6, 1)
    )


@pytest.mark.parametrize(
    ("text", "lacking"),
    [
        pytest.param(CALENDAR.csv(2027), "the make-up working days", id="computed-year-unedited"),
        pytest.param(
            NOTICE.replace("2027-06-09,statutory_holiday,端午节,Dragon Boat Festival\n", ""),
            "2027-06-09 端午节",
            id="a-statutory-day-forgotten",
        ),
        pytest.param("date,kind\n2027-01-30,makeup_working_day\n", "2027-01-01 元旦", id="one-row"),
    ],
)
def test_an_incomplete_year_stays_provisional_and_says_what_the_file_lacks(text, lacking):
    given = CALENDAR.with_overrides(text)

    assert given.is_provisional(date(2027, 6, 1))
    assert given.provisional_reason(2027).endswith(f"; the file lacks {lacking}")


def test_a_complete_year_replaces_the_announced_one():
    text = CALENDAR.csv(2026).replace("2026-10-06,adjusted_day_off,国庆节,National Day\n", "")

    given = CALENDAR.with_overrides(text)

    assert given.is_working(date(2026, 10, 6))


def test_one_row_changes_one_day_of_an_announced_year():
    given = CALENDAR.with_overrides("date,kind,name_zh\n2026/8/3,调休放假,台风停工\n")

    assert [day for day in given.days(2026) if day != CALENDAR.day(day.on)] == [
        (date(2026, 8, 3), DayKind.ADJUSTED_DAY_OFF, "台风停工", "台风停工")
    ]
    assert not given.is_provisional(date(2026, 8, 3))
    assert CALENDAR.is_working(date(2026, 8, 3))  # the calendar it came from has not changed


def test_a_second_file_goes_above_the_first():
    first = CALENDAR.with_overrides("date,kind\n2026-08-03,adjusted_day_off\n")

    second = first.with_overrides("date,kind\n2026-08-04,adjusted_day_off\n")

    assert [second.is_working(date(2026, 8, day)) for day in (3, 4, 5)] == [False, False, True]


KINDS = "working_day, weekend, statutory_holiday, adjusted_day_off, makeup_working_day"


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        pytest.param(
            "",
            "row 1, date: this column is missing: the first row is date,kind,name_zh,name_en\n"
            "row 1, kind: this column is missing: the first row is date,kind,name_zh,name_en",
            id="empty-file",
        ),
        pytest.param(
            "date,kind,note\n",
            "row 1, note: unknown column: the first row is date,kind,name_zh,name_en",
            id="unknown-column",
        ),
        pytest.param(
            "date,kind,kind\n",
            "row 1, kind: this column is there twice: leave one out",
            id="column-twice",
        ),
        pytest.param(
            "date,kind\nsoon,holiday\n2027-02-30,\n,weekend\n1949-10-01,weekend\n",
            'row 2, date: "soon" is no date: write it as 2027-02-05\n'
            f'row 2, kind: "holiday" is no kind of day: write one of {KINDS}\n'
            'row 3, date: there is no day "2027-02-30": correct it\n'
            f"row 3, kind: empty: write one of {KINDS}\n"
            "row 4, date: empty: write it as 2027-02-05\n"
            "row 5, date: 1949-10-01 is not in the years 2000 to 2099: correct it",
            id="every-faulty-cell",
        ),
        pytest.param(
            "date,kind\n2027-02-13,working_day\n2027-02-13,adjusted_day_off\n"
            "2027-02-15,makeup_working_day\n2027-02-16,weekend\n",
            "row 2, kind: 2027-02-13 is a Saturday: when it is worked, it is a makeup_working_day\n"
            "row 3, kind: 2027-02-13 is a Saturday: it is off anyhow, a weekend\n"
            "row 3, date: 2027-02-13 is in row 2 already: leave one out\n"
            "row 4, kind: 2027-02-15 is a Monday: it is worked anyhow, a working_day\n"
            "row 5, kind: 2027-02-16 is a Tuesday: when it is off, it is an adjusted_day_off or a "
            "statutory_holiday",
            id="against-the-day-of-the-week",
        ),
        pytest.param(
            "date,kind\n2027-02-05,weekend,春节\n",
            "row 2: 3 cells under 2 titles: quote a name with a comma",
            id="more-cells-than-titles",
        ),
        pytest.param(
            f"date,kind,name_zh\n2027-02-05,adjusted_day_off,{'长' * 61}\n",
            "row 2, name_zh: a name is one line of at most 60 characters",
            id="long-name",
        ),
    ],
)
def test_a_faulty_file_is_told_cell_by_cell(text, problems):
    with pytest.raises(CalendarFileError) as refused:
        CALENDAR.with_overrides(text)

    assert str(refused.value) == problems


def test_blank_rows_and_a_byte_order_mark_do_no_harm():
    given = CALENDAR.with_overrides("\ufeffDate,Kind\n\n2026-08-03,adjusted_day_off\n,\n")

    assert not given.is_working(date(2026, 8, 3))
