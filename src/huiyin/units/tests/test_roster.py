"""The duty roster: planned ahead, one person at a time unless two are meant."""

from datetime import datetime, timedelta

import pytest

from huiyin.units import roster, verbs
from huiyin.units.models import RosterEntry, ShiftKind, UnitKind
from huiyin.units.queries import next_on_duty, on_duty
from huiyin.units.refusals import (
    Closed,
    NameMissing,
    PhoneMalformed,
    ShiftEndsBeforeItStarts,
    ShiftInPast,
    ShiftNotKnown,
    ShiftOverlaps,
    ShiftTooLong,
)
from huiyin.units.tests.factories import (
    CITY,
    CLERK,
    NOW,
    SHANGHAI,
    TOMORROW,
    a_unit,
    the_places,
)

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 3, 2, 20, 0, tzinfo=SHANGHAI)
MORNING = datetime(2026, 3, 3, 8, 0, tzinfo=SHANGHAI)
HOUR = timedelta(hours=1)


@pytest.fixture
def centre():
    return a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, the_places()[CITY], name="综治中心")


def plan(unit, name="张明", starts_at=EVENING, ends_at=MORNING, **more):
    return roster.plan_shift(
        unit_id=unit.id,
        name=name,
        starts_at=starts_at,
        ends_at=ends_at,
        by=CLERK,
        at=NOW,
        **more,
    )


def test_on_duty_is_who_has_begun_and_not_ended(centre):
    shift = plan(centre, phone="0534-2345678")

    assert on_duty(centre, at=EVENING - HOUR) == []
    assert next_on_duty(centre, at=EVENING - HOUR) == shift
    assert on_duty(centre, at=EVENING) == [shift]
    assert on_duty(centre, at=MORNING) == []
    assert next_on_duty(centre, at=EVENING) is None


def test_one_shift_follows_the_other(centre):
    plan(centre)

    assert plan(centre, "李华", MORNING, MORNING + HOUR).name == "李华"


def test_two_people_together_only_when_meant(centre):
    plan(centre)

    with pytest.raises(ShiftOverlaps) as refused:
        plan(centre, "李华", MORNING - HOUR, MORNING + HOUR)
    assert refused.value.data == {"name": "张明", "starts_at": EVENING, "ends_at": MORNING}

    plan(centre, "李华", MORNING - HOUR, MORNING + HOUR, together=True)
    assert [entry.name for entry in on_duty(centre, at=MORNING - HOUR)] == ["张明", "李华"]


def test_nobody_is_on_duty_twice_at_the_same_time(centre):
    plan(centre)

    with pytest.raises(ShiftOverlaps):
        plan(centre, "张明", MORNING - HOUR, MORNING + HOUR, together=True)


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"starts_at": NOW - HOUR}, ShiftInPast),
        ({"ends_at": EVENING}, ShiftEndsBeforeItStarts),
        ({"ends_at": EVENING + 25 * HOUR}, ShiftTooLong),
        ({"name": " "}, NameMissing),
        ({"phone": "call me"}, PhoneMalformed),
    ],
)
def test_a_shift_that_cannot_be_is_refused(centre, fields, refusal):
    with pytest.raises(refusal):
        plan(centre, **fields)

    assert RosterEntry.objects.count() == 0


def test_a_closed_unit_has_no_shifts(centre):
    verbs.close_unit(unit_id=centre.id, on=TOMORROW, by=CLERK, at=NOW)

    with pytest.raises(Closed):
        plan(centre, "张明", MORNING, MORNING + HOUR)


def test_a_shift_is_cancelled_before_it_begins(centre):
    shift = plan(centre)

    with pytest.raises(ShiftInPast):
        roster.cancel_shift(shift_id=shift.id, by=CLERK, at=EVENING)
    roster.cancel_shift(shift_id=shift.id, by=CLERK, at=NOW)
    with pytest.raises(ShiftNotKnown):
        roster.cancel_shift(shift_id=shift.id, by=CLERK, at=NOW)


def test_who_leads_on_duty_is_there_beside_those_on_duty(centre):
    plan(centre)

    leader = plan(centre, "王主任", kind=ShiftKind.LEADER)

    assert on_duty(centre, at=EVENING)[-1] == leader
    with pytest.raises(ShiftOverlaps):
        plan(centre, "另一位主任", kind=ShiftKind.LEADER)


def test_somebody_else_takes_a_shift_that_is_not_over(centre):
    shift = plan(centre, account_id=CLERK.account_id)

    changed = roster.change_shift(
        shift_id=shift.pk, name="李华", by=CLERK, at=EVENING + HOUR, phone="0534-2345678"
    )

    assert (changed.name, changed.phone, changed.account_id) == ("李华", "0534-2345678", None)
    with pytest.raises(ShiftInPast):
        roster.change_shift(shift_id=shift.pk, name="张明", by=CLERK, at=MORNING)


def test_nobody_is_put_into_two_shifts_at_once_by_a_change(centre):
    shift = plan(centre)
    plan(centre, "李华", kind=ShiftKind.LEADER)

    with pytest.raises(ShiftOverlaps):
        roster.change_shift(shift_id=shift.pk, name="李华", by=CLERK, at=NOW)


def test_a_week_is_planned_as_the_one_before_and_what_is_there_stays(centre):
    week = timedelta(days=7)
    plan(centre)
    plan(centre, "王主任", kind=ShiftKind.LEADER)
    plan(centre, "李华", EVENING + week, MORNING + week)

    made = roster.copy_days(
        unit_id=centre.id, first=NOW.date(), to=NOW.date() + week, days=7, by=CLERK, at=NOW
    )

    assert made == 1
    there = on_duty(centre, at=EVENING + week)
    assert [(one.name, one.kind) for one in there] == [("李华", "day"), ("王主任", "leader")]
