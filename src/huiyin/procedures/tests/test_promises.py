"""What was promised before a run began is not lengthened by it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from huiyin.procedures.language import Words
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import BY_CITY, BY_LAW
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.shipped import limits
from huiyin.procedures.timing import kept_promise
from huiyin.worktime import CITY, statutory_calendar

CALENDAR = statutory_calendar()
MON = at_local("2025-11-03T09:00")
LAW = Words("某法第一条", "Some Law, art. 1")


def an_order(**promised):
    """A service order taken over when this had been promised; `whole` is the city's promise."""
    world = World(procedure("orders"), CALENDAR, MON, limits())
    world.run = replace(world.run, promised={name: at_local(at) for name, at in promised.items()})
    world.act("take_over")
    return world


def alone():
    return an_order().run.clocks["whole"]


def test_the_earlier_promise_is_kept_to_the_minute():
    clock = an_order(city="2025-11-04T17:30").run.clocks["whole"]

    assert clock.due_at == at_local("2025-11-04T17:30")
    assert f"{clock.due_on:%a %Y-%m-%d}" == "Tue 2025-11-04"
    assert clock.started_at == alone().started_at


def test_a_promise_until_midnight_ends_with_its_day():
    clock = an_order(law="2025-11-05T00:00").run.clocks["whole"]

    assert f"{clock.due_on:%a %Y-%m-%d}" == "Tue 2025-11-04"


def test_a_later_promise_changes_nothing():
    assert an_order(city="2026-01-01T00:00").run.clocks["whole"] == alone()


def test_one_that_was_missed_before_is_over_at_once():
    world = an_order(city="2025-11-01T00:00")
    world.advance(timedelta(0))

    assert world.run.clocks["whole"].overdue_at is not None


def test_more_time_that_is_granted_counts_from_what_was_promised():
    world = an_order(city="2025-11-06T00:00")
    for action in ("assign", "accept", "ask_whole_extension", "approve_whole_extension"):
        world.act(action)

    due_at = world.run.clocks["whole"].due_at
    assert at_local("2025-11-06T00:00") < due_at < alone().due_at + timedelta(days=14)


@pytest.mark.parametrize(
    ("law", "promised", "is_kept"),
    [
        pytest.param(None, BY_CITY, True, id="the-city-keeps-the-city's"),
        pytest.param(None, BY_LAW, True, id="the-city-keeps-the-law's"),
        pytest.param(LAW, BY_LAW, True, id="the-law-keeps-the-law's"),
        pytest.param(LAW, BY_CITY, False, id="the-law-is-as-it-says"),
    ],
)
def test_whose_promise_gives_way(law, promised, is_kept):
    rule = replace(procedure("orders").clocks["whole"], law=law)
    earlier = at_local("2025-11-04T12:00")

    clock = kept_promise(alone(), rule, {promised: earlier})

    assert (clock.due_at == earlier) is is_kept


def test_other_clocks_and_days_that_were_named_stay():
    rules = procedure("orders").clocks
    clock, earlier = alone(), {BY_CITY: MON}
    named = replace(clock, until=clock.due_on)

    assert kept_promise(clock, rules["assign"], earlier) == clock
    assert kept_promise(named, rules["whole"], earlier) == named
    assert clock.due_at.astimezone(CITY) > MON
