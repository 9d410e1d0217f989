"""Who is there now and when somebody is next: hours, holidays, make-up days, rosters."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import translation

from huiyin.dispatch import wording
from huiyin.dispatch.office_hours import Shift, door, on_duty, on_duty_many
from huiyin.dispatch.refusals import UnitNotKnown
from huiyin.dispatch.tests.factories import CLERK, NOW, TODAY, TOWN, a_unit, at_local, the_places
from huiyin.units import roster, verbs
from huiyin.units.hours import parse
from huiyin.units.kinds import UnitKind
from huiyin.worktime import statutory_calendar

CALENDAR = statutory_calendar()
OFFICE = parse("周一至周五 08:30-12:00,14:00-17:30")
WITH_SATURDAY = parse("周一至周五 08:30-12:00,14:00-17:30; 周六 09:00-12:00")
NIGHT = parse("每天 20:00-06:00")


@pytest.mark.parametrize(
    ("hours", "at", "state"),
    [
        pytest.param({}, at_local(2, 9), (None, None, None), id="not-known"),
        pytest.param({"note": "预约"}, at_local(2, 9), (None, None, None), id="only-a-note"),
        pytest.param({"always": True}, at_local(7, 3), (True, None, None), id="always"),
        pytest.param(OFFICE, at_local(2, 9), (True, at_local(2, 12), None), id="open"),
        pytest.param(OFFICE, at_local(2, 12), (False, None, at_local(2, 14)), id="at-noon"),
        pytest.param(OFFICE, at_local(6, 18), (False, None, at_local(9, 8, 30)), id="weekend"),
        pytest.param(
            WITH_SATURDAY, at_local(6, 18), (False, None, at_local(7, 9)), id="open-on-saturday"
        ),
        pytest.param(
            OFFICE,
            at_local(16, 9, month=2),
            (False, None, at_local(24, 8, 30, month=2)),
            id="spring-festival",
        ),
        pytest.param(
            OFFICE,
            at_local(14, 9, month=2),
            (True, at_local(14, 12, month=2), None),
            id="make-up-saturday",
        ),
        pytest.param(
            WITH_SATURDAY,
            at_local(3, 10, month=10),
            (False, None, at_local(8, 8, 30, month=10)),
            id="a-saturday-in-the-national-holiday",
        ),
        pytest.param(
            NIGHT, at_local(2, 23), (True, at_local(3, 6), None), id="over-midnight-is-one-span"
        ),
        pytest.param(NIGHT, at_local(3, 1), (True, at_local(3, 6), None), id="after-midnight"),
    ],
)
def test_a_door_is_open_or_opens(hours, at, state):
    assert door(hours, at, calendar=CALENDAR) == state


@pytest.fixture
def centre(db):
    return a_unit("GC", UnitKind.GOVERNANCE_CENTRE, the_places()[TOWN], opening_hours=OFFICE)


def a_shift(unit, starts_at, hours=8, name="王海"):
    roster.plan_shift(
        unit_id=unit.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=hours),
        name=name,
        phone="0534-2345678",
        by=CLERK,
        at=NOW,
    )


def test_a_shift_is_there_also_when_the_door_is_closed(centre):
    a_shift(centre, at_local(7, 20))

    state = on_duty(centre.id, at=at_local(7, 21))

    assert state.shifts == (Shift("王海", "0534-2345678", at_local(7, 20), at_local(8, 4)),)
    assert (state.is_open, state.is_reachable, state.next_at) == (False, True, None)


@pytest.mark.parametrize(
    ("shift_starts", "next_at"),
    [
        pytest.param(at_local(7, 20), at_local(7, 20), id="a-shift-before-the-door"),
        pytest.param(at_local(9, 20), at_local(9, 8, 30), id="the-door-before-a-shift"),
    ],
)
def test_the_next_one_there_is_a_shift_or_the_door(centre, shift_starts, next_at):
    a_shift(centre, shift_starts)

    state = on_duty(centre.id, at=at_local(6, 18))

    assert (state.is_reachable, state.next_at) == (False, next_at)


def test_a_closed_unit_is_never_there(centre):
    a_shift(centre, at_local(3, 8))
    verbs.close_unit(unit_id=centre.id, on=TODAY, by=CLERK, at=NOW)

    state = on_duty(centre.id, at=at_local(3, 9))

    assert (state.is_open, state.is_reachable, state.next_at) == (False, False, None)


@pytest.mark.django_db
def test_nothing_is_known_of_a_unit_without_hours_and_roster():
    unit = a_unit("X", UnitKind.ENTERPRISE, the_places()[TOWN])

    state = on_duty(unit.id, at=NOW)

    assert (state.is_open, state.is_reachable, state.next_at) == (None, False, None)
    assert wording.on_duty_words(state) == ""


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.django_db
def test_many_units_take_two_queries(count, django_assert_num_queries):
    place = the_places()[TOWN]
    units = [
        a_unit(f"U-{number}", UnitKind.DEPARTMENT, place, opening_hours=OFFICE)
        for number in range(count)
    ]
    for unit in units:
        a_shift(unit, at_local(7, 20))
        a_shift(unit, at_local(8, 20))

    with django_assert_num_queries(2):
        states = on_duty_many([unit.id for unit in units], at=at_local(7, 21))

    assert all(state.is_reachable for state in states.values())
    assert len(states) == count


def test_an_unknown_unit_is_refused(centre):
    with pytest.raises(UnitNotKnown):
        on_duty(UUID("019cae00-0000-7000-8000-00000000dead"), at=NOW)


def test_it_is_said_in_words(centre):
    a_shift(centre, at_local(7, 20))

    def said(at):
        with translation.override("en"):
            return wording.on_duty_words(on_duty(centre.id, at=at))

    assert said(at_local(7, 21)) == "On duty now: 王海"
    assert said(at_local(2, 9)).startswith("Open now, until ")
    assert said(at_local(6, 18)).startswith("Nobody is there now; again from ")
