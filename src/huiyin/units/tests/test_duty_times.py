"""Which shifts have to be filled, and where nobody is planned."""

from datetime import date, datetime, time, timedelta

import pytest

from huiyin.units import roster
from huiyin.units.duty_times import USUAL, Times, holes, set_times, times_of
from huiyin.units.models import DutyDays, RosterEntry, ShiftKind, UnitKind
from huiyin.units.tests.factories import CITY, CLERK, NOW, SHANGHAI, a_unit, the_places
from huiyin.worktime import statutory_calendar

NIGHT = Times(ShiftKind.NIGHT, time(17, 30), time(8, 30))
DAY_OFF = Times(ShiftKind.DAY, time(8, 30), time(17, 30), DutyDays.OFF)
LEADER = Times(ShiftKind.LEADER, time(8, 30), time(8, 30))


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def a_shift(starts, ends, kind="night"):
    return RosterEntry(starts_at=at(starts), ends_at=at(ends), kind=kind, name="张明")


def missing(times, entries, *days, now="2026-09-01T00:00"):
    known = [statutory_calendar().day(date.fromisoformat(day)) for day in days]
    return [
        (hole.kind.value, hole.on.isoformat(), f"{hole.starts_at.astimezone(SHANGHAI):%d %H:%M}")
        for hole in holes(times, entries, known, at=at(now))
    ]


def test_a_night_that_nobody_has_is_a_hole():
    entries = [a_shift("2026-09-04T17:30", "2026-09-05T08:30")]

    assert missing([NIGHT], entries, "2026-09-04", "2026-09-05") == [
        ("night", "2026-09-05", "05 17:30")
    ]


def test_a_part_of_a_night_is_a_hole_from_where_it_begins():
    entries = [a_shift("2026-09-04T17:30", "2026-09-05T00:00")]

    assert missing([NIGHT], entries, "2026-09-04") == [("night", "2026-09-04", "05 00:00")]


def test_two_shifts_one_after_the_other_fill_a_night():
    entries = [
        a_shift("2026-09-05T00:00", "2026-09-05T08:30"),
        a_shift("2026-09-04T17:30", "2026-09-05T00:00", "evening"),
    ]

    assert missing([NIGHT], entries, "2026-09-04") == []


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        pytest.param("2026-09-25", True, id="mid-autumn is a holiday"),
        pytest.param("2026-09-20", False, id="a Sunday that is worked"),
        pytest.param("2026-09-06", True, id="a Sunday"),
        pytest.param("2026-09-07", False, id="a Monday"),
    ],
)
def test_the_day_has_to_be_filled_on_days_off_of_the_official_calendar(day, wanted):
    assert bool(missing([DAY_OFF], [], day)) is wanted


def test_only_a_leader_leads_on_duty_and_a_leader_fills_nothing_else():
    leads = a_shift("2026-09-04T08:30", "2026-09-05T08:30", "leader")
    sits = a_shift("2026-09-04T08:30", "2026-09-05T08:30")

    assert missing([LEADER], [sits], "2026-09-04") != []
    assert missing([LEADER], [leads], "2026-09-04") == []
    assert missing([NIGHT], [leads], "2026-09-04") != []


def test_what_is_over_is_no_hole_and_of_what_goes_on_only_the_rest():
    assert missing([NIGHT], [], "2026-09-04", now="2026-09-05T08:30") == []
    assert missing([NIGHT], [], "2026-09-04", now="2026-09-05T03:00") == [
        ("night", "2026-09-04", "05 03:00")
    ]


@pytest.mark.django_db
def test_a_unit_has_the_usual_shifts_until_it_says_otherwise():
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, the_places()[CITY])
    assert times_of(centre.id) == USUAL

    set_times(unit_id=centre.id, times=[LEADER, NIGHT], by=CLERK, at=NOW)

    assert times_of(centre.id) == (NIGHT, LEADER)
    set_times(unit_id=centre.id, times=[], by=CLERK, at=NOW)
    assert times_of(centre.id) == USUAL


@pytest.mark.django_db
def test_other_times_change_nothing_that_is_planned():
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, the_places()[CITY])
    starts, ends = NIGHT.span(NOW.date())
    shift = roster.plan_shift(
        unit_id=centre.id, starts_at=starts, ends_at=ends, name="张明", by=CLERK, at=NOW
    )

    other = Times(ShiftKind.NIGHT, time(20), time(8))
    set_times(unit_id=centre.id, times=[other], by=CLERK, at=NOW + timedelta(hours=1))

    shift.refresh_from_db()
    assert (shift.starts_at, shift.ends_at) == (starts, ends)
