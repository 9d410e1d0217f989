"""A petition in people's mediation (FD25; People's Mediation Law): limits are the city's own.

Days off, from the State Council's notices:

- 2025 Spring Festival 28 Jan (Tue) to 4 Feb (Tue); worked: Sun 26 Jan, Sat 8 Feb.
- 2025 National Day and Mid-autumn 1 Oct (Wed) to 8 Oct (Wed); worked: Sun 28 Sep, Sat 11 Oct.
- 2026 Spring Festival 15 Feb (Sun) to 23 Feb (Mon); worked: Sat 14 Feb, Sat 28 Feb.
- 2026 National Day 1 Oct (Thu) to 7 Oct (Wed); worked: Sun 20 Sep, Sat 10 Oct.
"""

import pytest

from huiyin.procedures import Decision, Refusal
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Actor, Who
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import statutory_calendar

CALENDAR = statutory_calendar()
BOTH = ("person-applicant", "person-respondent")


def referred(*acts, at="2025-03-03T09:00"):
    """Return a referral after acts, all taken at one local time."""
    world = World(procedure("petition_referral"), CALENDAR, at_local(at), limits())
    decided(world.act("refer", committee="unit-committee", from_unit="unit-a"))
    for act in acts:
        decided(world.act(act))
    return world


def decided(answer):
    assert isinstance(answer, Decision), answer
    return answer


def refused(answer):
    assert isinstance(answer, Refusal), answer
    return answer


def due_on(world, clock):
    return f"{world.run.clocks[clock].due_on:%a %Y-%m-%d}"


def as_person(name):
    return Actor(Who.PERSON, name)


# --- limits, all [default] ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "day"),
    [  # 3 working days
        ("2025-01-27", "Fri 2025-02-07"), ("2025-09-30", "Sat 2025-10-11"),
        ("2026-02-13", "Wed 2026-02-25"), ("2026-09-30", "Sat 2026-10-10"),
    ],
)  # fmt: skip
def test_the_committee_decides_within_3_working_days(begin, day):
    assert due_on(referred(at=f"{begin}T16:00"), "accept") == day


@pytest.mark.parametrize(
    ("begin", "day"),
    [  # 1 working day
        ("2025-01-27", "Wed 2025-02-05"), ("2025-09-30", "Thu 2025-10-09"),
        ("2026-02-13", "Sat 2026-02-14"), ("2026-09-30", "Thu 2026-10-08"),
    ],
)  # fmt: skip
def test_the_result_goes_back_within_1_working_day(begin, day):
    assert due_on(referred("decline", at=f"{begin}T16:00"), "give_back") == day


@pytest.mark.parametrize(
    ("begin", "day"),
    [  # 30 days: Sat 1 Feb 2025, Sun 5 Oct 2025, Sun 15 Feb 2026, Fri 2 Oct 2026 are days off
        ("2025-01-02", "Wed 2025-02-05"), ("2025-09-05", "Thu 2025-10-09"),
        ("2026-01-16", "Tue 2026-02-24"), ("2026-09-02", "Thu 2026-10-08"),
    ],
)  # fmt: skip
def test_mediation_has_30_days_from_acceptance(begin, day):
    assert due_on(referred("accept", at=f"{begin}T16:00"), "mediate") == day


def test_silence_of_the_committee_gives_the_matter_back():
    world = referred()  # Mon 3 Mar: until Thu 6 Mar

    world.advance_to(at_local("2025-03-07T00:00"))

    assert (world.run.state, world.run.result) == ("declined", "declined")


def test_when_the_time_is_over_the_petition_goes_on_and_the_sides_may():
    world = referred("accept")  # until Wed 2 Apr

    world.advance_to(at_local("2025-04-03T00:00"))
    assert (world.run.state, world.run.result) == ("lapsed", "failed")
    decided(world.finish_child("mediation", "agreed"))

    assert world.run.state == "agreed"


# --- consent ------------------------------------------------------------------------------------


def test_it_begins_only_when_every_side_wishes_it():  # PML 17
    refusal = refused(referred().act("accept", voluntary=False))

    assert refusal.code == "petition_referral.ask_the_sides"


@pytest.mark.parametrize("person", BOTH)
def test_either_side_can_refuse_without_a_reason(person):  # PML 17, 23
    world = referred()

    decided(world.act("refuse", {}, by=as_person(person)))

    assert (world.run.state, world.run.result) == ("withdrawn", "withdrawn")


def test_nobody_refuses_for_a_side():
    world = referred()

    for actor in ("committee", "referrer"):
        assert refused(world.act("refuse", {}, by=actor)).code == "run.not_yours"


def test_more_time_needs_every_side_and_runs_from_that_day():
    world = referred("accept")
    world.advance_to(at_local("2025-03-31T10:00"))  # Mon

    first = decided(world.act("agree_more_time", {}, by=as_person(BOTH[0])))
    assert (first.event.is_pending, due_on(world, "mediate")) == (True, "Wed 2025-04-02")
    decided(world.act("agree_more_time", {}, by=as_person(BOTH[1])))

    assert due_on(world, "mediate") == "Wed 2025-04-30"


# --- the result ---------------------------------------------------------------------------------


def test_accepting_opens_the_mediation_with_this_committee():
    opened = decided(referred().act("accept")).openings

    assert [(one.procedure, one.action, one.form["committee"]) for one in opened] == [
        ("mediation", "take_over", "unit-committee")
    ]


@pytest.mark.parametrize("result", ["agreed", "failed", "withdrawn", "declined"])
def test_the_end_of_the_mediation_is_told_and_the_papers_go_back(result):
    world = referred("accept")

    answer = decided(world.finish_child("mediation", result))
    decided(world.act("return_result"))

    assert (answer.done_with, world.run.state, world.run.result) == (
        result, "result_returned", result,
    )  # fmt: skip


def test_the_unit_takes_it_back_to_answer_in_time_and_the_sides_may_go_on():
    world = referred("accept")

    answer = decided(world.act("recall_to_answer"))
    decided(world.finish_child("mediation", "agreed"))

    assert (answer.done_with, world.run.state) == ("recalled", "agreed")


def test_before_it_is_accepted_it_can_simply_be_taken_back():
    world = referred("recall", "return_result")

    assert (world.is_over, world.run.result) == (True, "recalled")


def test_only_the_unit_that_referred_it_takes_it_back():
    assert (
        refused(referred("accept").act("recall_to_answer", by="committee")).code == "run.not_yours"
    )
