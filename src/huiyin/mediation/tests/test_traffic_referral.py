"""Mediation of traffic accident damages reads like the regulation: RTA18 84 to 94.

The ten and the three days of this regulation are working days (RTA18 112(5)); so the rows count.
Days off and how the dates were worked out: `days`.
"""

import pytest

from huiyin.mediation.tests.days import THIRTY_DAYS, on_eves, rows
from huiyin.mediation.tests.factories import APPLICANT, BOTH, RESPONDENT, TRAFFIC, a_run
from huiyin.procedures.runs import Outcome
from huiyin.procedures.simulation import World, at_local
from huiyin.procedures.tests.answers import decided, due_on, refused
from huiyin.procedures.tests.shipped import limits
from huiyin.worktime import parse_limit

RTA18 = {
    "traffic.apply": parse_limit("10 working days"),
    "traffic.after_committee": parse_limit("3 working days"),
    "traffic.finish": parse_limit("10 working days"),
}


def an_accident(upto: str, *, at: str = "2025-11-03T09:00", **special: dict[str, object]) -> World:
    """Return the mediation of an accident after an act, by the limits of the regulation."""
    return a_run("traffic_referral", TRAFFIC, upto, at=at, values=RTA18, **special)


@pytest.mark.parametrize("key", RTA18)
def test_the_catalogue_counts_as_the_regulation_does(key):  # RTA18 112(5)
    assert limits()[key] == RTA18[key]


# --- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "day"), on_eves(10))
def test_the_police_are_asked_within_ten_working_days_of_the_decision(start, day):  # RTA18 86
    world = an_accident("serve_decision", at=f"{start}T16:00",
                        serve_decision={"received_on": start})  # fmt: skip

    assert due_on(world, "apply") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_after_a_committee_the_police_are_asked_within_three_working_days(start, day):  # RTA18 85
    world = an_accident("accept", at=f"{start}T16:00")

    decided(world.finish_child("mediation", "failed"))

    assert due_on(world, "after_committee") == day


@pytest.mark.parametrize(("start", "day"), on_eves(10))
def test_the_police_finish_within_ten_working_days_of_the_beginning(start, day):  # RTA18 90
    world = an_accident("serve_decision", at=f"{start}T10:00")
    decided(world.act("record_joint_request"))

    decided(world.act("begin_police_mediation", began_on=start))

    assert due_on(world, "finish") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_the_committee_decides_in_three_working_days(start, day):
    assert due_on(an_accident("choose_committee", at=f"{start}T16:00"), "accept") == day


@pytest.mark.parametrize(("start", "day"), rows(THIRTY_DAYS))
def test_a_referral_is_mediated_within_thirty_days(start, day):
    assert due_on(an_accident("accept", at=f"{start}T10:00"), "mediate") == day


def test_a_committee_that_returns_late_does_not_lengthen_the_three_days():
    world = an_accident("accept", at="2026-02-13T16:00")
    decided(world.finish_child("mediation", "failed"))
    world.advance_to(at_local("2026-02-24T10:00"))

    decided(world.act("return_failed"))

    assert due_on(world, "after_committee") == "Wed 2026-02-25"


# --- asking, together and in time ---------------------------------------------------------------


def test_on_the_third_working_day_all_sides_can_still_ask_the_police():
    world = an_accident("accept", at="2026-02-13T16:00")
    decided(world.finish_child("mediation", "withdrawn"))
    world.advance_to(at_local("2026-02-25T23:00"))

    decided(world.act("ask_police_after", {}, by=APPLICANT))
    alone = world.run.state
    decided(world.act("ask_police_after", {}, by=RESPONDENT))

    assert (alone, world.run.state) == ("mediation_over", "police_mediation")


def test_after_three_working_days_the_courts_stay_open():
    world = an_accident("accept", at="2026-02-13T16:00")
    decided(world.finish_child("mediation", "failed"))
    decided(world.act("return_failed"))
    world.advance_to(at_local("2026-02-26T00:00"))

    late = refused(world.act("ask_police_after", {}, by=APPLICANT))
    ended = world.run.clocks["after_committee"].outcome
    decided(world.act("sue", {}, by=APPLICANT))

    assert (late.code, ended) == ("run.window_closed", Outcome.LAPSED)
    assert world.run.state == "ended"


def test_an_agreement_of_the_committee_leaves_nothing_to_ask():
    world = an_accident("accept")
    decided(world.finish_child("mediation", "agreed"))

    asked = refused(world.act("ask_police_after", {}, by=APPLICANT))
    decided(world.act("return_agreed"))

    assert (asked.code, world.run.state) == ("traffic_referral.agreed_already", "agreed")


def test_the_police_do_not_close_while_the_sides_have_time():
    world = an_accident("serve_decision")

    assert refused(world.act("close")).code == "traffic_referral.time_left"


def test_the_police_begin_only_when_treatment_or_assessment_is_over():  # RTA18 90
    world = an_accident("serve_decision")
    decided(world.act("record_joint_request"))

    early = refused(world.act("settle"))
    decided(world.act("begin_police_mediation", basis="injury"))
    decided(world.act("settle"))

    assert (early.code, world.run.state) == ("traffic_referral.begin_first", "agreed")


@pytest.mark.parametrize("side", BOTH, ids=lambda side: side.id)
def test_either_side_may_stop_and_sue(side):  # RTA18 84, 94
    referred = an_accident("choose_committee")
    chosen = an_accident("serve_decision")

    decided(referred.act("withdraw", {}, by=side))
    decided(chosen.act("sue", {}, by=side))

    assert (referred.run.state, chosen.run.state) == ("ended", "ended")
