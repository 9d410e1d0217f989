"""Limits counted by the law's rules; every row can be checked with a calendar on the wall.

Days off of these years, by the State Council's notices (worked weekends in brackets):
2025: 1 Jan · 28 Jan to 4 Feb [Sun 26 Jan, Sat 8 Feb] · 4 to 6 Apr · 1 to 5 May [Sun 27 Apr]
      · 31 May to 2 Jun · 1 to 8 Oct [Sun 28 Sep, Sat 11 Oct]
2026: 1 to 3 Jan [Sun 4 Jan] · 15 to 23 Feb [Sat 14 Feb, Sat 28 Feb] · 4 to 6 Apr · 1 to 5 May
      [Sat 9 May] · 19 to 21 Jun · 25 to 27 Sep · 1 to 7 Oct [Sun 20 Sep, Sat 10 Oct]
"""

from datetime import UTC, date, datetime, timedelta

import pytest

from huiyin.worktime import (
    CITY,
    DayKind,
    HoursError,
    LimitUnit,
    OfficeHours,
    OutOfCalendar,
    add,
    between,
    count,
    due,
    parse_limit,
    remaining,
    roll,
    working_time,
)
from huiyin.worktime.tests.days import CALENDAR, at, day, due_of, pause


@pytest.mark.parametrize(
    ("start", "limit", "last_day"),
    [
        # Working days: only they count (agreed or special rule, Civil Code art. 204).
        pytest.param("Wed 2026-11-04", "1 working day", "Thu 2026-11-05", id="next-day"),
        pytest.param("Fri 2026-11-06", "1 working day", "Mon 2026-11-09", id="weekend"),
        pytest.param("Sat 2026-11-07", "1 working day", "Mon 2026-11-09", id="from-a-saturday"),
        pytest.param("Tue 2026-02-10", "5 working days", "Tue 2026-02-24", id="spring-2026"),
        pytest.param("Fri 2026-02-13", "1 working day", "Sat 2026-02-14", id="worked-saturday"),
        pytest.param("Sat 2026-02-14", "1 working day", "Tue 2026-02-24", id="from-a-worked-one"),
        pytest.param("Tue 2026-02-17", "1 working day", "Tue 2026-02-24", id="from-new-year"),
        pytest.param("Fri 2025-01-24", "2 working days", "Mon 2025-01-27", id="worked-sunday"),
        pytest.param("Mon 2025-01-27", "2 working days", "Thu 2025-02-06", id="spring-2025"),
        pytest.param("Fri 2025-02-07", "1 working day", "Sat 2025-02-08", id="after-spring-2025"),
        pytest.param("Thu 2025-04-03", "1 working day", "Mon 2025-04-07", id="qingming-2025"),
        pytest.param("Fri 2026-04-03", "1 working day", "Tue 2026-04-07", id="qingming-2026"),
        pytest.param("Mon 2026-04-27", "10 working days", "Wed 2026-05-13", id="labour-day-2026"),
        pytest.param("Fri 2025-09-26", "2 working days", "Mon 2025-09-29", id="before-oct-2025"),
        pytest.param("Tue 2025-09-30", "5 working days", "Tue 2025-10-14", id="october-2025"),
        pytest.param("Fri 2026-09-18", "1 working day", "Sun 2026-09-20", id="before-oct-2026"),
        pytest.param("Wed 2026-09-30", "3 working days", "Sat 2026-10-10", id="october-2026"),
        pytest.param("Wed 2025-12-31", "3 working days", "Tue 2026-01-06", id="year-end"),
        pytest.param("Mon 2026-02-02", "30 working days", "Fri 2026-03-20", id="medical-dispute"),
        # Days: the first is not counted (art. 201), a last day off moves on (art. 203).
        pytest.param("Mon 2026-11-02", "1 day", "Tue 2026-11-03", id="first-day-not-counted"),
        pytest.param("Wed 2026-11-04", "3 days", "Mon 2026-11-09", id="last-on-a-saturday"),
        pytest.param("Wed 2026-11-04", "4 days", "Mon 2026-11-09", id="last-on-a-sunday"),
        pytest.param("Fri 2026-01-30", "15 days", "Sat 2026-02-14", id="last-on-a-worked-one"),
        pytest.param("Mon 2026-02-02", "15 days", "Tue 2026-02-24", id="last-in-spring-2026"),
        pytest.param("Mon 2025-12-22", "60 days", "Tue 2026-02-24", id="petition-spring-2026"),
        pytest.param("Mon 2025-12-01", "60 days", "Fri 2026-01-30", id="petition-year-end"),
        pytest.param("Sat 2024-11-30", "60 days", "Wed 2025-02-05", id="petition-spring-2025"),
        pytest.param("Fri 2026-03-20", "15 days", "Tue 2026-04-07", id="last-in-qingming-2026"),
        pytest.param("Thu 2025-03-20", "15 days", "Mon 2025-04-07", id="last-in-qingming-2025"),
        pytest.param("Tue 2025-09-02", "30 days", "Thu 2025-10-09", id="last-in-october-2025"),
        pytest.param("Thu 2025-09-11", "30 days", "Sat 2025-10-11", id="last-on-worked-oct-2025"),
        pytest.param("Mon 2026-09-07", "30 days", "Thu 2026-10-08", id="last-in-october-2026"),
        pytest.param("Mon 2025-12-22", "10 days", "Sun 2026-01-04", id="new-year-worked-sunday"),
        pytest.param("Wed 2024-02-14", "15 days", "Thu 2024-02-29", id="leap-day-2024"),
        pytest.param("Mon 2028-02-14", "15 days", "Tue 2028-02-29", id="leap-day-2028"),
        # Months and years: the corresponding day, or the last of the month (art. 202).
        pytest.param("Thu 2026-10-15", "1 month", "Mon 2026-11-16", id="month-then-sunday"),
        pytest.param("Fri 2025-01-31", "1 month", "Fri 2025-02-28", id="month-end"),
        pytest.param("Sat 2026-01-31", "1 month", "Sat 2026-02-28", id="month-end-worked"),
        pytest.param("Wed 2024-01-31", "1 month", "Thu 2024-02-29", id="month-end-leap-2024"),
        pytest.param("Mon 2028-01-31", "1 month", "Tue 2028-02-29", id="month-end-leap-2028"),
        pytest.param("Tue 2026-03-31", "1 month", "Thu 2026-04-30", id="month-of-30-days"),
        pytest.param("Sun 2025-08-31", "6 months", "Sat 2026-02-28", id="over-the-year-end"),
        pytest.param("Mon 2025-12-15", "1 month", "Thu 2026-01-15", id="december-to-january"),
        pytest.param("Fri 2026-11-20", "1 month", "Mon 2026-12-21", id="into-december"),
        pytest.param("Tue 2026-09-01", "1 month", "Thu 2026-10-08", id="month-into-october"),
        pytest.param("Thu 2024-02-29", "1 year", "Fri 2025-02-28", id="from-a-leap-day"),
        pytest.param("Thu 2024-02-29", "2 years", "Sat 2026-02-28", id="leap-day-then-worked"),
        pytest.param("Thu 2024-02-29", "4 years", "Tue 2028-02-29", id="leap-day-to-leap-day"),
        pytest.param("Thu 2025-01-02", "1 year", "Sun 2026-01-04", id="year-into-new-year"),
    ],
)
def test_a_limit_ends_on_the_last_day_the_law_gives(start, limit, last_day):
    received = datetime.combine(day(start), at("2026-01-01T09:30").timetz())

    found = due(received, parse_limit(limit), calendar=CALENDAR)

    assert found.due_on == day(last_day)
    assert found.due_at == at(f"{found.due_on}T00:00") + timedelta(days=1)
    assert found.due_on == add(received.date(), parse_limit(limit), calendar=CALENDAR)


@pytest.mark.parametrize("time", ["00:00", "09:30", "20:00", "23:59:59.999999"])
def test_the_time_of_day_does_not_move_a_limit_in_days(time):
    assert due_of(f"2026-11-02T{time}", "15 days").due_on == date(2026, 11, 17)


def test_the_local_date_counts_and_not_that_of_utc():
    late = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)  # 00:30 on the 3rd in China

    assert due(late, parse_limit("1 day"), calendar=CALENDAR).due_on == date(2026, 11, 4)


def test_a_limit_ends_at_24_00_local_time_told_in_utc():
    found = due_of("2026-02-10T09:30", "5 working days")

    assert found.due_at == datetime(2026, 2, 24, 16, 0, tzinfo=UTC)
    assert found.due_at.tzinfo is UTC
    assert not found.is_overdue(at("2026-02-24T23:59:59"))
    assert found.is_overdue(at("2026-02-25T00:00"))


def test_a_limit_by_closing_ends_when_the_office_closes():
    summer = CALENDAR.with_hours("08:30-12:00,14:00-18:00")

    assert due_of("2026-11-02T09:30", "15 days by closing").due_at == at("2026-11-17T17:30")
    assert due_of("2026-11-02T09:30", "15 days by closing", calendar=summer).due_at == at(
        "2026-11-17T18:00"
    )


@pytest.mark.parametrize(
    ("start", "limit", "ends", "due_on"),
    [
        # Hours run from the moment, on any day (art. 201, second paragraph).
        ("2026-02-17T23:40", "30 minutes", "2026-02-18T00:10", "2026-02-18"),
        ("2026-02-17T23:30", "30 minutes", "2026-02-18T00:00", "2026-02-17"),
        ("2026-02-15T10:00", "48 hours", "2026-02-17T10:00", "2026-02-17"),
        # Working hours, 08:30-12:00 and 13:30-17:30.
        ("2026-11-04T09:00", "2 working hours", "2026-11-04T11:00", "2026-11-04"),
        ("2026-11-04T11:00", "2 working hours", "2026-11-04T14:30", "2026-11-04"),
        ("2026-11-04T10:00", "2 working hours", "2026-11-04T12:00", "2026-11-04"),
        ("2026-11-04T12:30", "1 working hour", "2026-11-04T14:30", "2026-11-04"),
        ("2026-11-04T16:30", "1 working hour", "2026-11-04T17:30", "2026-11-04"),
        ("2026-11-04T20:00", "4 working hours", "2026-11-05T14:00", "2026-11-05"),
        ("2026-11-06T16:30", "4 working hours", "2026-11-09T11:30", "2026-11-09"),
        ("2026-02-14T16:30", "4 working hours", "2026-02-24T11:30", "2026-02-24"),
        ("2026-02-18T10:00", "1 working hour", "2026-02-24T09:30", "2026-02-24"),
        ("2026-11-02T08:30", "15 working hours", "2026-11-03T17:30", "2026-11-03"),
    ],
)
def test_a_limit_in_hours_ends_at_the_moment(start, limit, ends, due_on):
    found = due_of(start, limit)

    assert (found.due_at, str(found.due_on)) == (at(ends), due_on)


def test_skipped_days_are_told_with_their_reason():
    found = due_of("2026-02-10T09:30", "5 working days")

    assert [f"{skipped.on:%m-%d} {skipped.reason}" for skipped in found.skipped] == [
        "02-15 Spring Festival (weekend)",
        "02-16 Spring Festival (statutory holiday)",
        "02-17 Spring Festival (statutory holiday)",
        "02-18 Spring Festival (statutory holiday)",
        "02-19 Spring Festival (statutory holiday)",
        "02-20 Spring Festival (adjusted day off)",
        "02-21 Spring Festival (weekend)",
        "02-22 Spring Festival (weekend)",
        "02-23 Spring Festival (adjusted day off)",
    ]
    assert found.skipped[1].reason_zh == "春节（法定节假日）"


def test_of_calendar_days_only_those_after_the_last_are_skipped():
    found = due_of("2026-09-07T09:30", "30 days")  # over the Mid-Autumn weekend, which counts

    assert found.counted_on == day("Wed 2026-10-07")
    assert [(skipped.on, skipped.kind) for skipped in found.skipped] == [
        (day("Wed 2026-10-07"), DayKind.ADJUSTED_DAY_OFF)
    ]


def test_days_skipped_by_working_hours_begin_with_the_day_itself():
    found = due_of("2026-11-07T10:00", "1 working hour")

    assert [f"{skipped.on:%a} {skipped.reason}" for skipped in found.skipped] == [
        "Sat Saturday (weekend)",
        "Sun Sunday (weekend)",
    ]
    assert due_of("2026-11-07T10:00", "48 hours").skipped == ()


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        pytest.param("2026-11-02T09:30", "15 days", False, id="announced"),
        pytest.param("2026-12-10T09:30", "60 days", True, id="ends-in-a-computed-year"),
        pytest.param("2026-12-21T09:30", "10 working days", True, id="counts-into-one"),
        pytest.param("2026-12-21T09:30", "5 working days", False, id="ends-before-the-29th"),
        pytest.param("2026-12-21T09:30", "10 days", True, id="ends-in-the-last-days"),
        pytest.param("2026-12-31T09:30", "48 hours", False, id="hours-know-no-days-off"),
        pytest.param("2026-12-31T16:30", "2 working hours", True, id="working-hours-do"),
        pytest.param("2003-12-01T09:30", "60 days", False, id="ends-in-an-announced-year"),
    ],
)
def test_a_limit_is_provisional_when_a_notice_may_still_move_it(start, limit, provisional):
    found = due_of(start, limit)

    assert found.provisional is provisional
    assert bool(found.provisional_reason) is provisional
    assert bool(found.provisional_reason_zh) is provisional


def test_a_provisional_limit_is_counted_by_the_holiday_law():
    found = due_of("2027-09-29T09:30", "3 working days")

    # Fri 1 Oct is the law's; the days the notice will add cannot be known.
    assert found.due_on == day("Tue 2027-10-05")
    assert found.provisional_reason == CALENDAR.provisional_reason(2027)


@pytest.mark.parametrize(
    ("start", "end", "unit", "units"),
    [
        ("2026-02-10", "2026-02-24", LimitUnit.DAY, 14),
        ("2026-02-10", "2026-02-24", LimitUnit.WORKING_DAY, 5),
        ("2026-02-24", "2026-02-10", LimitUnit.WORKING_DAY, -5),
        ("2026-01-31", "2026-02-27", LimitUnit.MONTH, 0),
        ("2026-01-31", "2026-02-28", LimitUnit.MONTH, 1),
        ("2024-02-29", "2025-02-27", LimitUnit.YEAR, 0),
        ("2024-02-29", "2025-02-28", LimitUnit.YEAR, 1),
        ("2024-02-29", "2026-02-28", LimitUnit.YEAR, 2),
    ],
)
def test_whole_units_lie_between_two_dates(start, end, unit, units):
    found = between(date.fromisoformat(start), date.fromisoformat(end), unit, calendar=CALENDAR)

    assert found == units


def test_only_days_and_longer_are_counted_between_dates():
    with pytest.raises(ValueError, match="use due"):
        between(date(2026, 1, 1), date(2026, 1, 2), LimitUnit.HOUR, calendar=CALENDAR)
    with pytest.raises(ValueError, match="use due"):
        count(date(2026, 1, 1), parse_limit("2 hours"), calendar=CALENDAR)


def test_rolling_goes_to_the_day_after_the_break():
    assert roll(day("Sun 2026-02-15"), calendar=CALENDAR) == day("Tue 2026-02-24")
    assert roll(day("Sat 2026-02-28"), calendar=CALENDAR) == day("Sat 2026-02-28")


@pytest.mark.parametrize(
    ("from_at", "to_at", "hours"),
    [
        ("2026-11-04T09:00", "2026-11-04T11:00", 2),
        ("2026-11-04T11:00", "2026-11-04T14:30", 2),
        ("2026-11-04T00:00", "2026-11-05T00:00", 7.5),
        ("2026-11-06T16:30", "2026-11-09T09:30", 2),
        ("2026-02-13T17:30", "2026-02-24T08:30", 7.5),  # the worked Saturday
        ("2026-11-09T09:30", "2026-11-06T16:30", -2),
        ("2026-11-07T09:00", "2026-11-08T20:00", 0),
    ],
)
def test_working_time_is_what_the_office_was_open(from_at, to_at, hours):
    assert working_time(at(from_at), at(to_at), CALENDAR) == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("start", "limit", "now", "amount"),
    [
        ("2026-02-10T09:30", "5 working days", "2026-02-10T10:00", 5),
        ("2026-02-10T09:30", "5 working days", "2026-02-18T10:00", 1),
        ("2026-02-10T09:30", "5 working days", "2026-02-24T23:00", 0),
        ("2026-02-10T09:30", "5 working days", "2026-02-25T00:00", -1),
        ("2026-02-10T09:30", "5 working days", "2026-02-26T09:00", -2),
        ("2026-11-02T09:30", "4 working days", "2026-11-07T09:00", -1),  # a Saturday after Friday
        ("2026-11-02T09:30", "15 days", "2026-11-10T09:00", 7),
        ("2026-11-02T09:30", "15 days by closing", "2026-11-17T17:29", 0),
        ("2026-11-02T09:30", "15 days by closing", "2026-11-17T17:30", -1),
        ("2026-11-02T09:30", "1 month", "2026-11-02T10:00", 1),
        ("2026-11-02T09:30", "1 month", "2026-11-03T10:00", 0),
        ("2026-11-02T09:30", "30 minutes", "2026-11-02T09:40", 20),
        ("2026-11-02T09:30", "30 minutes", "2026-11-02T10:00:30", -1),
        ("2026-11-02T16:30", "4 working hours", "2026-11-02T17:00", 3),
        ("2026-11-02T16:30", "4 working hours", "2026-11-03T11:30", -1),
        ("2026-11-02T16:30", "1 working hour", "2026-11-02T20:00", -1),
    ],
)
def test_what_is_left_is_told_in_the_unit_of_the_limit(start, limit, now, amount):
    found = due_of(start, limit)

    left = remaining(at(now), found, calendar=CALENDAR)

    assert left.amount == amount
    assert left.is_overdue is (amount < 0)
    assert left.time == found.due_at - at(now)


def test_what_is_left_is_told_in_office_hours_too():
    found = due_of("2026-11-02T09:30", "15 days by closing")

    left = remaining(at("2026-11-16T16:30"), found, calendar=CALENDAR)

    assert (left.amount, left.working_time) == (1, timedelta(hours=8.5))
    late = remaining(at("2026-11-18T09:30"), found, calendar=CALENDAR)
    assert (late.amount, late.working_time) == (-1, timedelta(hours=-1))


def test_what_is_left_stands_still_while_paused():
    found = due_of("2026-11-02T09:30", "15 days", pause("2026-11-10T09:00"))

    left = remaining(at("2027-03-01T09:00"), found, calendar=CALENDAR)

    assert (left.amount, left.is_paused, left.is_overdue) == (7, True, False)
    assert left.time == timedelta(days=7, hours=15)


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="has no time zone"):
        due(datetime(2026, 1, 1, 9), parse_limit("1 day"), calendar=CALENDAR)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "limit"),
    [
        ("2099-12-01T09:30", "60 days"),
        ("2099-12-31T09:30", "1 working day"),
        ("2090-01-01T09:30", "1000000 working days"),
        ("2090-01-01T09:30", "1000000 days"),
        ("2090-01-01T09:30", "1000000 years"),
        ("2099-12-31T16:30", "4 working hours"),
        ("1999-06-01T09:30", "4 working hours"),
        ("1999-06-01T09:30", "4 working days"),
        ("1999-06-01T09:30", "4 days"),
    ],
)
def test_a_limit_outside_the_calendar_is_refused(start, limit):
    with pytest.raises(OutOfCalendar, match="is outside the calendar: give a date"):
        due_of(start, limit)


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("9-17", '"9-17" is no span of the day'),
        ("08:30-25:00", '"08:30-25:00" is no span of the day'),
        ("13:30-17:30,08:30-12:00", "does not go forward"),
        ("12:00-08:30", "does not go forward"),
        ("08:30-12:00,12:00-17:30", "does not go forward"),
        ("", '"" is no span of the day'),
    ],
)
def test_office_hours_that_cannot_be_are_refused(text, wrong):
    with pytest.raises(HoursError, match="08:30-12:00,13:30-17:30") as refused:
        OfficeHours.parse(text)

    assert wrong in str(refused.value)


def test_office_hours_are_read_and_written():
    assert str(OfficeHours.parse("08:30-12:00, 14:00-18:00")) == "08:30-12:00,14:00-18:00"


def test_china_has_had_one_offset_in_all_years_of_the_calendar():
    offsets = {
        datetime(year, month, 1, tzinfo=CITY).utcoffset()
        for year in range(2000, 2101)
        for month in range(1, 13)
    }

    assert offsets == {timedelta(hours=8)}
