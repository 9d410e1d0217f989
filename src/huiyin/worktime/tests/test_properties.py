"""What holds for every start, limit and pause."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from huiyin.worktime import (
    CITY,
    Limit,
    LimitUnit,
    Pause,
    add,
    between,
    count,
    due,
    local_date,
    never_longer,
    parse_limit,
    remaining,
    roll,
    working_time,
)
from huiyin.worktime.tests.days import CALENDAR

DAY_LIKE = [unit for unit in LimitUnit if unit.is_day_like]
OF_MOMENTS = [unit for unit in LimitUnit if not unit.is_day_like]
# Months are of different lengths: see the property of each.
STEADY = [unit for unit in LimitUnit if unit not in (LimitUnit.MONTH, LimitUnit.YEAR)]
DAY_LENGTH = timedelta(hours=7.5)

dates = st.dates(date(2003, 1, 1), date(2030, 12, 31))
# Near breaks, year ends and leap days more often than chance would have it.
starts = st.one_of(
    st.datetimes(datetime(2003, 1, 1), datetime(2030, 12, 31)),  # noqa: DTZ001 zone below
    st.datetimes(datetime(2026, 1, 25), datetime(2026, 3, 5)),  # noqa: DTZ001
    st.datetimes(datetime(2025, 9, 20), datetime(2025, 10, 15)),  # noqa: DTZ001
    st.datetimes(datetime(2023, 12, 20), datetime(2024, 3, 3)),  # noqa: DTZ001
).map(lambda at: at.replace(tzinfo=CITY))
later = st.one_of(
    st.timedeltas(timedelta(0), timedelta(days=60)),
    st.integers(0, 60).map(lambda days: timedelta(days=days)),
)


@st.composite
def limits(draw, units=tuple(LimitUnit)):
    unit = draw(st.sampled_from(units))
    most = {LimitUnit.YEAR: 5, LimitUnit.MONTH: 60}.get(unit, 120)
    at_closing = unit.is_day_like and draw(st.booleans())
    return Limit(draw(st.integers(1, most)), unit, at_closing)


@st.composite
def pauses_after(draw, start, most=4):
    found = []
    for _ in range(draw(st.integers(0, most))):
        from_at = start + draw(later) - draw(st.sampled_from([timedelta(0), timedelta(days=5)]))
        found.append(Pause(from_at, from_at + draw(later)))
    return found


def due_with(start, limit, pauses=()):
    return due(start, limit, calendar=CALENDAR, pauses=pauses)


@given(starts, limits())
def test_a_limit_ends_after_it_starts_and_on_a_working_day_if_it_ends_with_a_day(start, limit):
    found = due_with(start, limit)

    assert found.due_at > start
    assert found.due_at.tzinfo is UTC
    assert found.due_on == local_date(found.due_at - timedelta(microseconds=1))
    assert found.due_at.astimezone(CITY).utcoffset() == timedelta(hours=8)
    if limit.unit.is_day_like:
        assert CALENDAR.is_working(found.due_on)


@given(starts, limits(), st.data())
def test_a_later_start_never_ends_earlier(start, limit, data):
    second = start + data.draw(later)
    # With months, a pause can: from 30 January a month is longer than from 31 January.
    pauses = data.draw(pauses_after(start)) if limit.unit in STEADY else []

    assert due_with(start, limit, pauses).due_at <= due_with(second, limit, pauses).due_at


@given(starts, limits(), st.data())
def test_a_longer_limit_never_ends_earlier(start, limit, data):
    longer = Limit(limit.amount + data.draw(st.integers(1, 30)), limit.unit, limit.at_closing)
    pauses = data.draw(pauses_after(start))

    assert due_with(start, limit, pauses).due_at <= due_with(start, longer, pauses).due_at


@given(dates, limits(DAY_LIKE))
def test_between_inverts_count(start, limit):
    last = count(start, limit, calendar=CALENDAR)

    assert between(start, last, limit.unit, calendar=CALENDAR) == limit.amount
    assert between(last, start, limit.unit, calendar=CALENDAR) == -limit.amount


@given(dates, dates, st.sampled_from(DAY_LIKE))
def test_count_reaches_the_last_date_with_so_many_units_between(start, end, unit):
    assume(start < end)
    units = between(start, end, unit, calendar=CALENDAR)

    if units:
        assert count(start, Limit(units, unit), calendar=CALENDAR) <= end
    assert count(start, Limit(units + 1, unit), calendar=CALENDAR) > end


@given(dates, limits(DAY_LIKE))
def test_adding_is_counting_then_rolling_and_rolling_twice_is_rolling_once(start, limit):
    counted = count(start, limit, calendar=CALENDAR)
    rolled = roll(counted, calendar=CALENDAR)

    assert add(start, limit, calendar=CALENDAR) == rolled >= counted
    assert roll(rolled, calendar=CALENDAR) == rolled
    assert between(counted, rolled, LimitUnit.WORKING_DAY, calendar=CALENDAR) == int(
        rolled > counted
    )


@given(starts, limits([LimitUnit.DAY, LimitUnit.WORKING_DAY]))
def test_going_day_by_day_comes_to_the_same_end(start, limit):
    on, left = start.date(), limit.amount
    while left:
        on += timedelta(days=1)
        left -= limit.unit is LimitUnit.DAY or CALENDAR.day(on).is_working
    while not CALENDAR.day(on).is_working:
        on += timedelta(days=1)

    assert due_with(start, limit).due_on == on


@given(starts, limits(), st.data())
def test_a_pause_never_shortens_and_no_limit_ends_inside_one(start, limit, data):
    pauses = data.draw(pauses_after(start))
    more = data.draw(pauses_after(start, most=1))

    found = due_with(start, limit, pauses)

    assert found.due_at >= due_with(start, limit).due_at
    assert due_with(start, limit, pauses + more).due_at >= found.due_at
    assert [p for p in pauses if max(p.from_at, start) < found.due_at <= p.to_at] == []


@given(starts, limits(), later, later)
def test_the_length_of_a_pause_is_exact(start, limit, after, length):
    paused = Pause(start + after, start + after + length)
    plain = due_with(start, limit)
    assume(paused.from_at < plain.due_at)
    first, last = local_date(paused.from_at), local_date(paused.to_at)

    found = due_with(start, limit, [paused])

    if limit.unit in (LimitUnit.MINUTE, LimitUnit.HOUR):
        assert found.due_at - plain.due_at == length
    elif limit.unit is LimitUnit.WORKING_HOUR:
        gained = working_time(plain.due_at, found.due_at, CALENDAR)
        assert gained == working_time(paused.from_at, paused.to_at, CALENDAR)
    elif first > plain.counted_on or (first == plain.due_on):
        # It took the rest of the last day: that is given back on the day the pause ended.
        if found.due_at != plain.due_at or not limit.at_closing:
            after_it = [roll(last + timedelta(days=n), calendar=CALENDAR) for n in (0, 1)]
            assert found.due_on in (after_it if limit.at_closing else after_it[:1])
    elif limit.unit is LimitUnit.WORKING_DAY:
        gained = between(plain.due_on, found.due_on, limit.unit, calendar=CALENDAR)
        assert gained == between(first, last, limit.unit, calendar=CALENDAR)
    elif not limit.at_closing:
        assert found.counted_on - plain.counted_on == last - first


@given(starts, limits(), st.data())
def test_pauses_count_once_in_any_order_and_however_they_are_cut(start, limit, data):
    pauses = data.draw(pauses_after(start))
    cut = []
    for each in pauses:
        middle = each.from_at + (each.to_at - each.from_at) * data.draw(st.floats(0, 1))
        cut += [Pause(middle, each.to_at), Pause(each.from_at, middle)]

    assert due_with(start, limit, cut).due_at == due_with(start, limit, pauses).due_at


@given(starts, limits(), st.data())
def test_an_open_pause_gives_the_earliest_end_of_any_length(start, limit, data):
    from_at = start + data.draw(later)
    closed = Pause(from_at, from_at + data.draw(later))

    found = due_with(start, limit, [Pause(from_at)])

    assert found.due_at <= due_with(start, limit, [closed]).due_at
    assert (found.paused_from is not None) == (from_at < due_with(start, limit).due_at)


@given(starts, later, later)
def test_working_time_adds_up(start, first, second):
    a, b, c = start, start + first, start + first + second

    whole = working_time(a, c, CALENDAR)

    assert whole == working_time(a, b, CALENDAR) + working_time(b, c, CALENDAR)
    assert timedelta(0) <= whole <= c - a
    assert working_time(c, a, CALENDAR) == -whole


@given(starts, limits([LimitUnit.WORKING_HOUR]))
def test_so_many_working_hours_lie_before_the_end_of_a_limit_in_them(start, limit):
    found = due_with(start, limit)

    assert working_time(start, found.due_at, CALENDAR) == timedelta(hours=limit.amount)
    moment = timedelta(microseconds=1)
    assert working_time(start, found.due_at - moment, CALENDAR) == (
        timedelta(hours=limit.amount) - moment
    )


@given(starts, limits(), later)
def test_what_is_left_is_negative_exactly_when_overdue(start, limit, after):
    found = due_with(start, limit)

    left = remaining(start + after, found, calendar=CALENDAR)

    assert (left.amount < 0) == left.is_overdue == (start + after >= found.due_at)


@given(starts, limits(), st.data())
def test_skipped_days_and_counted_days_make_the_whole_time(start, limit, data):
    assume(limit.unit in (LimitUnit.DAY, LimitUnit.WORKING_DAY))
    pauses = data.draw(pauses_after(start))

    found = due_with(start, limit, pauses)

    days = (found.due_on - local_date(start)).days
    skipped = [each.on for each in found.skipped]
    assert skipped == sorted(set(skipped))
    # One day more when a pause began on the last day: it was counted and given back.
    assert days - len(skipped) - limit.amount in ((0, 1) if pauses else (0,))


@given(starts, limits(), limits())
def test_what_is_never_longer_ends_no_later_from_any_start(start, city, law):
    assume(never_longer(city, law))

    assert due(start, city, calendar=CALENDAR).due_at <= due(start, law, calendar=CALENDAR).due_at


@pytest.mark.parametrize(
    ("city", "law", "holds"),
    [
        ("5 working days", "5 working days", True),
        ("6 working days", "5 working days", False),
        ("5 days", "5 working days", True),
        ("5 working days", "5 days", False),
        ("30 days", "1 month", False),  # February
        ("28 days", "1 month", True),
        ("12 months", "1 year", True),
        ("1 day", "24 hours", False),  # it ends with the next day
        ("24 hours", "1 day", True),
        ("30 minutes", "1 hour", True),
    ],
)
def test_a_city_may_be_stricter_and_never_looser(city, law, holds):
    assert never_longer(parse_limit(city), parse_limit(law)) is holds
