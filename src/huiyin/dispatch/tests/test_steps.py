"""When steps of a ladder come, and that a standstill fires nothing twice. Pure: no database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.dispatch.models import Phase
from huiyin.dispatch.steps import Due, Timed, Times, When, moment_of, next_at, steps_due
from huiyin.dispatch.tests.factories import at_local
from huiyin.worktime import LimitUnit, statutory_calendar

CALENDAR = statutory_calendar()
MINUTE, HOUR, DAY, WORKING_DAY = (
    LimitUnit.MINUTE,
    LimitUnit.HOUR,
    LimitUnit.DAY,
    LimitUnit.WORKING_DAY,
)


def a_clock(start, end, **more):
    return Times(start, end, **more)


# A clock of five working days from Monday morning: in time until 24:00 on Monday, 9 March 2026.
FIVE_DAYS = a_clock(at_local(2, 9), at_local(10, 0))
LAST_MORNING = at_local(9, 8, 30)


@pytest.mark.parametrize(
    ("when", "times", "moment"),
    [
        pytest.param(
            When(Phase.WARNING, amount=1, unit=WORKING_DAY),
            FIVE_DAYS,
            LAST_MORNING,
            id="a-working-day-before-is-the-last-morning",
        ),
        pytest.param(
            When(Phase.WARNING, amount=2, unit=WORKING_DAY),
            FIVE_DAYS,
            at_local(6, 8, 30),
            id="two-working-days-before-is-friday",
        ),
        pytest.param(
            When(Phase.WARNING, amount=1, unit=WORKING_DAY),
            a_clock(at_local(2, 9), at_local(9, 15)),
            at_local(6, 15),
            id="before-an-hour-of-the-day-is-that-hour",
        ),
        pytest.param(
            When(Phase.WARNING, amount=30, unit=MINUTE),
            a_clock(at_local(2, 9), at_local(2, 11)),
            at_local(2, 10, 30),
            id="minutes-before",
        ),
        pytest.param(
            When(Phase.WARNING, share=0.5),
            a_clock(at_local(2, 9), at_local(2, 11)),
            at_local(2, 10),
            id="half-of-the-time",
        ),
        pytest.param(
            When(Phase.WARNING, share=0.5, amount=1, unit=WORKING_DAY),
            a_clock(at_local(2, 9), at_local(2, 11)),
            at_local(2, 10),
            id="short-limits-warn-when-the-share-has-gone",
        ),
        pytest.param(
            When(Phase.WARNING, amount=1, unit=WORKING_DAY),
            a_clock(at_local(2, 9), at_local(2, 11)),
            None,
            id="no-warning-before-the-beginning",
        ),
        pytest.param(
            When(Phase.WARNING, amount=2, unit=HOUR),
            a_clock(at_local(2, 9), at_local(2, 11)),
            None,
            id="no-warning-at-the-beginning",
        ),
        pytest.param(When(Phase.DUE), FIVE_DAYS, at_local(10, 0), id="at-the-end"),
        pytest.param(
            When(Phase.OVERDUE, amount=1, unit=WORKING_DAY),
            FIVE_DAYS,
            at_local(11, 8, 30),
            id="one-working-day-over-is-the-morning-after-it",
        ),
        pytest.param(
            When(Phase.OVERDUE, amount=1, unit=WORKING_DAY),
            a_clock(at_local(27, 9, month=2), at_local(7, 0)),
            at_local(10, 8, 30),
            id="weekends-do-not-count",
        ),
        pytest.param(
            When(Phase.OVERDUE, amount=1, unit=DAY),
            a_clock(at_local(2, 9), at_local(6, 15)),
            at_local(10, 8, 30),
            id="a-last-day-off-moves-to-monday",
        ),
        pytest.param(
            When(Phase.OVERDUE, amount=30, unit=MINUTE),
            a_clock(at_local(7, 9), at_local(7, 10)),
            at_local(7, 10, 30),
            id="minutes-run-on-saturdays-too",
        ),
    ],
)
def test_a_step_comes_at_its_moment(when, times, moment):
    assert moment_of(when, times, calendar=CALENDAR) == moment


LADDER = (
    Timed("warning", When(Phase.WARNING, share=0.5), "clerk"),
    Timed("due", When(Phase.DUE), "head"),
    Timed("late-1", When(Phase.OVERDUE, 1, amount=1, unit=HOUR), "head"),
    Timed("late-1-above", When(Phase.OVERDUE, 1, amount=1, unit=HOUR), "superior"),
    Timed("late-2", When(Phase.OVERDUE, 2, amount=4, unit=HOUR), "centre"),
    Timed("late-3", When(Phase.OVERDUE, 3, amount=1, unit=WORKING_DAY), "centre"),
)
TWO_HOURS = a_clock(at_local(2, 9), at_local(2, 11))


def look(now, fired=None, *, ladder=LADDER, times=TWO_HOURS):
    return steps_due(ladder, times, fired or {}, now=now, calendar=CALENDAR)


def test_steps_come_one_after_the_other():
    fired = {}
    taken = []
    for hour in (9, 10, 11, 12, 15):
        found = look(at_local(2, hour), fired)
        taken.append((hour, found.take, found.pass_over))
        fired |= dict.fromkeys(found.take + found.pass_over, at_local(2, hour))

    assert taken == [
        (9, (), ()),
        (10, ("warning",), ()),
        (11, ("due",), ()),
        (12, ("late-1", "late-1-above"), ()),
        (15, ("late-2",), ()),
    ]


def test_after_a_standstill_each_hears_the_highest_step_once():
    found = look(at_local(5, 9))

    assert found == Due(
        take=("late-3", "late-1", "late-1-above"), pass_over=("late-2", "due", "warning")
    )
    fired = dict.fromkeys(found.take + found.pass_over, at_local(5, 9))
    assert look(at_local(5, 9), fired) == Due()
    assert look(at_local(30, 9), fired) == Due()


def test_a_warning_is_passed_over_once_the_end_has_come():
    assert look(at_local(2, 11)) == Due(take=("due",), pass_over=("warning",))


def test_a_clock_that_rests_takes_no_step():
    resting = a_clock(at_local(2, 9), at_local(2, 11), is_paused=True)

    assert look(at_local(30, 9), times=resting) == Due()
    assert next_at(LADDER, resting, {}, now=at_local(2, 9), calendar=CALENDAR) is None


def test_after_an_extension_the_steps_come_again_for_the_new_end():
    now = at_local(2, 12)
    fired = {"warning": at_local(2, 10), "due": at_local(2, 11), "late-1": now}
    extended = a_clock(at_local(2, 9), at_local(3, 11))

    assert look(now, fired, times=extended) == Due()
    assert look(at_local(2, 22), fired, times=extended) == Due(take=("warning",))
    assert look(at_local(3, 11), {**fired, "warning": at_local(2, 22)}, times=extended) == Due(
        take=("due",)
    )


def test_an_end_that_moves_behind_a_taken_step_does_not_repeat_it():
    now = at_local(2, 16)
    fired = dict.fromkeys(("warning", "due", "late-1", "late-1-above", "late-2"), now)

    moved = a_clock(at_local(2, 9), at_local(2, 11, 30))

    assert look(at_local(2, 17), fired, times=moved) == Due()


def test_the_next_step_says_when_to_look_again():
    assert next_at(LADDER, TWO_HOURS, {}, now=at_local(2, 9), calendar=CALENDAR) == at_local(2, 10)
    fired = {"warning": at_local(2, 10)}
    assert next_at(LADDER, TWO_HOURS, fired, now=at_local(2, 10), calendar=CALENDAR) == at_local(
        2, 11
    )
    late = at_local(20, 9)
    assert next_at(LADDER, TWO_HOURS, fired, now=late, calendar=CALENDAR) == late
    everything = dict.fromkeys((step.key for step in LADDER), late)
    assert next_at(LADDER, TWO_HOURS, everything, now=late, calendar=CALENDAR) is None


# --- whatever the ladder, the clock and the moments of looking --------------------------------

_START = datetime(2026, 3, 2, 1, tzinfo=UTC)
_TOLD = ("clerk", "head", "superior", "centre")
_whens = st.one_of(
    st.builds(
        When,
        phase=st.just(Phase.WARNING),
        number=st.integers(1, 2),
        share=st.one_of(st.none(), st.sampled_from((0.1, 0.5, 0.8))),
        amount=st.integers(1, 4),
        unit=st.sampled_from((MINUTE, HOUR, DAY, WORKING_DAY)),
    ),
    st.just(When(Phase.DUE)),
    st.builds(
        When,
        phase=st.just(Phase.OVERDUE),
        number=st.integers(1, 4),
        amount=st.integers(1, 60),
        unit=st.sampled_from((MINUTE, HOUR, DAY, WORKING_DAY)),
    ),
)
_ladders = st.lists(st.tuples(_whens, st.sampled_from(_TOLD)), min_size=1, max_size=8).map(
    lambda steps: tuple(
        Timed(f"step-{number}", when, told) for number, (when, told) in enumerate(steps)
    )
)
_hours = st.integers(1, 24 * 20)
_looks = st.lists(st.integers(0, 24 * 90), min_size=1, max_size=12).map(sorted)


def walk(ladder, times, hours):
    """Look at these hours and record as the clock-keeper does; return what was taken, passed."""
    fired, taken, passed = {}, [], []
    for hour in hours:
        now = _START + timedelta(hours=hour)
        found = steps_due(ladder, times, fired, now=now, calendar=CALENDAR)
        fired |= dict.fromkeys(found.take + found.pass_over, now)
        taken += [(now, key) for key in found.take]
        passed += [(now, key) for key in found.pass_over]
    return taken, passed


@given(_ladders, _hours, _looks)
def test_no_step_is_taken_or_passed_twice_and_none_before_its_moment(ladder, length, hours):
    times = a_clock(_START, _START + timedelta(hours=length))
    by_key = {step.key: step for step in ladder}

    taken, passed = walk(ladder, times, hours)

    keys = [key for _now, key in taken + passed]
    assert len(keys) == len(set(keys))
    for now, key in taken + passed:
        moment = moment_of(by_key[key].when, times, calendar=CALENDAR)
        assert moment is not None
        assert moment <= now


@given(_ladders, _hours, _looks)
def test_every_step_that_came_is_taken_or_passed_by_the_last_look(ladder, length, hours):
    times = a_clock(_START, _START + timedelta(hours=length))
    last = _START + timedelta(hours=hours[-1])

    taken, passed = walk(ladder, times, hours)

    came = {
        step.key
        for step in ladder
        if (moment := moment_of(step.when, times, calendar=CALENDAR)) is not None and moment <= last
    }
    assert {key for _now, key in taken + passed} == came


@given(_ladders, _hours, st.integers(0, 24 * 90))
def test_one_late_look_tells_whom_the_end_concerns_their_highest_step_and_no_other(
    ladder, length, hour
):
    times = a_clock(_START, _START + timedelta(hours=length))
    now = _START + timedelta(hours=hour)

    found = steps_due(ladder, times, {}, now=now, calendar=CALENDAR)

    came = [
        step
        for step in ladder
        if (moment := moment_of(step.when, times, calendar=CALENDAR)) is not None and moment <= now
    ]
    relevant = [step for step in came if step.when.phase != Phase.WARNING or now < times.due_at]
    highest = {
        told: max(step.when.rank for step in relevant if step.told == told)
        for told in {step.told for step in relevant}
    }
    assert set(found.take) == {
        step.key for step in relevant if step.when.rank == highest[step.told]
    }


@given(_hours, _looks)
def test_nobody_hears_a_lower_step_after_a_higher_one(length, hours):
    times = a_clock(_START, _START + timedelta(hours=length))
    by_key = {step.key: step for step in LADDER}

    taken, _passed = walk(LADDER, times, hours)

    for told in {step.told for step in LADDER}:
        ranks = [by_key[key].when.rank for _now, key in taken if by_key[key].told == told]
        assert ranks == sorted(set(ranks))


@given(_ladders, _hours, st.lists(st.integers(-60, 300), min_size=1, max_size=6), _looks)
def test_an_end_that_moves_about_never_takes_a_step_twice_at_one_moment(
    ladder, length, moves, hours
):
    fired: dict[str, datetime] = {}
    end = _START + timedelta(hours=length)
    moves = [*moves, *[0] * len(hours)]
    for hour, move in zip(hours, moves, strict=False):
        end = max(end + timedelta(hours=move), _START + timedelta(hours=1))
        now = _START + timedelta(hours=hour)
        times = a_clock(_START, end)

        found = steps_due(ladder, times, fired, now=now, calendar=CALENDAR)

        for key in found.take + found.pass_over:
            step = next(step for step in ladder if step.key == key)
            moment = moment_of(step.when, times, calendar=CALENDAR)
            assert key not in fired or fired[key] < moment <= now
        fired |= dict.fromkeys(found.take + found.pass_over, now)
        assert steps_due(ladder, times, fired, now=now, calendar=CALENDAR) == Due()


@given(_ladders, _hours, _looks)
def test_looking_only_when_the_next_step_comes_finds_the_same(ladder, length, hours):
    times = a_clock(_START, _START + timedelta(hours=length))
    last = _START + timedelta(hours=hours[-1])
    fired: dict[str, datetime] = {}
    now = _START
    for _round in range(len(ladder) + 1):
        following = next_at(ladder, times, fired, now=now, calendar=CALENDAR)
        if following is None or following > last:
            break
        now = following
        found = steps_due(ladder, times, fired, now=now, calendar=CALENDAR)
        assert found != Due()
        fired |= dict.fromkeys(found.take + found.pass_over, now)

    assert steps_due(ladder, times, fired, now=last, calendar=CALENDAR) == Due()
