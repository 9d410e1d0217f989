"""Police-referred mediation reads like the regulation: PSP20 178 to 186.

Days off and how the dates were worked out: `days`.
"""

import pytest

from huiyin.mediation.tests.days import FIFTEEN_DAYS, THIRTY_DAYS, on_eves, rows
from huiyin.mediation.tests.factories import APPLICANT, BOTH, CALENDAR, a_police_referral
from huiyin.procedures.decisions import Notice
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Outcome
from huiyin.procedures.simulation import World, an_actor, at_local
from huiyin.procedures.tests.answers import decided, due_on, refused
from huiyin.procedures.tests.shipped import limits

POLICE_ONLY = ("recognise", "decide", "recall", "hold_second_session", "note_first_session")


def a_failure(*, at: str = "2025-11-03T09:00") -> World:
    """Return a referral whose mediation has failed and whose result is with the police."""
    world = a_police_referral("begin", at=at)
    decided(world.finish_child("mediation", "failed"))
    decided(world.act("return_result"))
    return world


def a_performance(**special: dict[str, object]) -> World:
    """Return a referral whose agreement is performed and whose result is with the police."""
    world = a_police_referral("begin", **special)
    decided(world.finish_child("mediation", "agreed"))
    decided(world.act("record_performance"))
    decided(world.act("return_result"))
    return world


# --- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_the_committee_decides_in_three_working_days(start, day):
    assert due_on(a_police_referral("refer", at=f"{start}T16:00"), "accept") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_mediation_begins_within_three_working_days(start, day):
    assert due_on(a_police_referral("accept", at=f"{start}T16:00"), "begin") == day


@pytest.mark.parametrize(("start", "day"), rows(THIRTY_DAYS))
def test_a_referral_is_mediated_within_thirty_days_of_acceptance(start, day):
    assert due_on(a_police_referral("accept", at=f"{start}T10:00"), "mediate") == day


@pytest.mark.parametrize(("start", "day"), on_eves(1))
@pytest.mark.parametrize("result", ["failed", "withdrawn", "declined"])
def test_a_failure_is_told_the_police_within_one_working_day(result, start, day):
    world = a_police_referral("begin", at=f"{start}T16:00")

    decided(world.finish_child("mediation", result))

    assert (world.run.state, due_on(world, "after")) == ("failed", day)


@pytest.mark.parametrize(("start", "day"), rows(FIFTEEN_DAYS))
def test_an_agreement_is_looked_after_within_fifteen_days(start, day):
    world = a_police_referral("begin", at=f"{start}T10:00")

    decided(world.finish_child("mediation", "agreed"))

    assert (world.run.state, due_on(world, "after")) == ("agreed", day)


@pytest.mark.parametrize(("start", "day"), on_eves(7))
def test_a_second_session_is_over_within_seven_working_days_of_the_first(start, day):  # PSP20 183
    world = a_failure(at=f"{start}T09:00")
    world.advance_to(at_local(f"{start}T17:00"))

    decided(world.act("note_first_session", held_at=f"{start}T15:00"))

    assert due_on(world, "second_session") == day


def test_after_seven_working_days_there_is_no_second_session():
    world = a_failure(at="2026-02-13T09:00")
    decided(world.act("note_first_session", held_at="2026-02-13T09:00"))  # until Mon 2 Mar

    world.advance_to(at_local("2026-03-03T00:00"))
    late = refused(world.act("hold_second_session"))

    assert (late.code, world.run.clocks["second_session"].outcome) == (
        "run.window_closed", Outcome.LAPSED,
    )  # fmt: skip
    decided(world.act("decide"))  # the case is handled by law


def test_there_is_one_second_session_only():
    world = a_failure()
    decided(world.act("note_first_session"))
    decided(world.act("hold_second_session"))

    assert refused(world.act("note_first_session")).code == "run.used_up"
    assert refused(world.act("hold_second_session")).code == "run.window_closed"


def test_a_mediation_that_takes_too_long_is_a_fault_and_the_police_are_not_held_up():
    world = a_police_referral("begin", at="2025-11-03T09:00")  # until Wed 3 Dec
    world.advance_to(at_local("2025-12-04T00:00"))

    overdue = world.run.clocks["mediate"].overdue_at
    told = decided(world.act("ask_to_stop"))

    assert overdue == at_local("2025-12-04T00:00")
    assert Notice("committee", "police_referral.ask_to_stop.committee") in told.notices


# --- the boundary -------------------------------------------------------------------------------


@pytest.mark.parametrize("action", POLICE_ONLY)
def test_a_committee_never_acts_on_a_police_case(action):
    for world in (a_failure(), a_performance()):
        assert refused(world.act(action, by="committee")).code == "run.not_yours"


def test_no_act_of_a_committee_closes_a_police_case():
    police = procedure("police_referral")
    closed = {state.name for state in police.states.values() if state.closed}

    ways = {
        action.name: action.by
        for action in police.actions.values()
        if action.to and closed & set(action.to.names)
    }

    assert ways == {
        "recall": ("police",), "recognise": ("police",), "decide": ("police",),
        "archive": ("police",),
    }  # fmt: skip


@pytest.mark.parametrize(
    "excluded", ["hired", "gang", "repeated", "unwilling", "new_act", "fled", "other"]
)
def test_what_the_law_excludes_is_not_referred(excluded):  # PSP20 179
    world = World(procedure("police_referral"), CALENDAR, at_local("2025-11-03T09:00"), limits())

    assert refused(world.act("refer", excluded=excluded)).code == "police_referral.excluded"


def test_nothing_is_referred_without_the_consent_of_all():
    world = World(procedure("police_referral"), CALENDAR, at_local("2025-11-03T09:00"), limits())

    assert refused(world.act("refer", consent="not_all")).code == "police_referral.no_consent"


def test_for_a_minor_the_guardian_is_named():  # PSP20 181
    world = World(procedure("police_referral"), CALENDAR, at_local("2025-11-03T09:00"), limits())

    bare = refused(world.act("refer", minor=True, guardian=""))

    assert bare.data["errors"].keys() == {"guardian"}


@pytest.mark.parametrize("upto", ["refer", "accept"])
def test_the_police_take_a_case_back_at_any_time(upto):
    world = a_police_referral(upto)

    decided(world.act("recall"))

    assert world.run.state == "recalled"


@pytest.mark.parametrize("upto", ["refer", "accept"])
@pytest.mark.parametrize("side", BOTH, ids=lambda side: side.id)
def test_either_side_may_say_no(upto, side):
    world = a_police_referral(upto)

    said = decided(world.act("refuse", {}, by=side))

    assert world.run.state == "failed"
    assert Notice("police", "police_referral.refuse.police") in said.notices


# --- recognition --------------------------------------------------------------------------------


def test_the_police_recognise_only_what_is_performed_and_asked_for_by_all():  # PSP20 186
    world = a_performance()

    early = refused(world.act("recognise"))
    decided(world.act("ask_recognition", {}, by=APPLICANT))
    one = refused(world.act("recognise"))
    decided(world.act("ask_recognition", {}, by=BOTH[1]))
    decided(world.act("recognise"))

    assert (early.code, one.code) == ("police_referral.ask_first", "police_referral.ask_first")
    assert world.run.state == "decided"


def test_what_was_not_performed_cannot_be_recognised():  # PSP20 185
    world = a_police_referral("begin")
    decided(world.finish_child("mediation", "agreed"))
    decided(world.act("record_performance", outcome="not_performed"))
    decided(world.act("return_result"))

    asked = refused(world.act("ask_recognition", {}, by=APPLICANT))

    assert asked.code == "police_referral.not_performed_yet"


def test_a_quarrel_that_is_no_public_order_act_needs_no_recognition():  # PSP20 178
    world = a_performance(refer={"kind": "civil"})

    assert refused(world.act("ask_recognition", {}, by=APPLICANT)).code == (
        "police_referral.not_minor_act"
    )
    assert refused(world.act("note_first_session")).code == "police_referral.not_minor_act"


def test_nobody_of_staff_refuses_or_asks_for_a_party():
    world = a_performance()
    staff = [an_actor(world.procedure, name, world.run) for name in ("police", "committee")]

    for action in ("ask_recognition", "refuse"):
        assert {refused(world.act(action, by=actor)).code for actor in staff} == {"run.not_yours"}
