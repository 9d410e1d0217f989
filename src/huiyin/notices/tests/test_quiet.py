"""Phones rest from nine in the evening to eight in the morning; urgent messages pass."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.notices.quiet import QuietHours, read_quiet_hours
from huiyin.people.tests.factories import SHANGHAI

NIGHT = QuietHours(time(21), time(8))
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0, tzinfo=None))
YEAR_BEGINS = datetime(2026, 1, 1, tzinfo=SHANGHAI)
MOMENTS = st.integers(0, 525_600).map(lambda minutes: YEAR_BEGINS + timedelta(minutes=minutes))


def at(hour, minute=0, day=2):
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        pytest.param(at(20, 59), at(20, 59), id="in-the-evening"),
        pytest.param(at(21), at(8, day=3), id="when-it-begins"),
        pytest.param(at(23, 30), at(8, day=3), id="before-midnight"),
        pytest.param(at(0), at(8), id="at-midnight"),
        pytest.param(at(7, 59), at(8), id="before-eight"),
        pytest.param(at(8), at(8), id="when-it-ends"),
    ],
)
def test_a_phone_rings_when_the_night_is_over(asked, told):
    assert NIGHT.over_at(asked) == told


@given(begins=TIMES, ends=TIMES, moment=MOMENTS)
def test_after_the_rest_it_is_never_quiet_and_never_a_day_later(begins, ends, moment):
    hours = QuietHours(begins, ends)

    over = hours.over_at(moment)

    assert not hours.hold_at(over)
    assert timedelta(0) <= over - moment <= timedelta(days=1)
    assert (over == moment) == (not hours.hold_at(moment))


def test_the_setting_is_read():
    assert read_quiet_hours("21:00-08:00") == NIGHT
    assert read_quiet_hours("never") is None
    assert read_quiet_hours("12:00-12:00") is None
    with pytest.raises(ValueError, match="21"):
        read_quiet_hours("21")
