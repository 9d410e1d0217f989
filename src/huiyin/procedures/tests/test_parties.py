"""Persons in a run: each acts for themselves only, and what needs all of them waits for all."""

from dataclasses import replace

import pytest

from huiyin.procedures import Decision, Refusal
from huiyin.procedures.runs import Actor, Who
from huiyin.procedures.simulation import an_actor
from huiyin.procedures.tests.sample import a_world

APPLICANT = Actor(Who.PERSON, "person-applicant")
RESPONDENT = Actor(Who.PERSON, "person-respondent")
NOBODY_NAMED = Actor(Who.PERSON)


def refused(answer):
    assert isinstance(answer, Refusal), answer
    return answer


def decided(answer):
    assert isinstance(answer, Decision), answer
    return answer


# --- whoever brought it -------------------------------------------------------------------------


def test_nobody_is_the_reporter_of_an_anonymous_run():
    world = a_world(upto="dispatch")
    world.run = replace(world.run, reporter="")

    assert refused(world.act("remind", by=NOBODY_NAMED)).code == "run.not_yours"


def test_a_run_whose_reporter_is_known_is_opened_by_nobody_else():
    world = a_world()

    assert refused(world.act("receive", by=Actor(Who.PERSON, "person-li"))).code == "run.not_yours"
    decided(world.act("receive", by="person"))


def test_staff_without_a_unit_are_above_nobody():
    world = a_world(upto="dispatch")
    world.run = replace(world.run, above={"unit-a": ""})
    nowhere = replace(an_actor(world.procedure, "above", world.run), unit="")

    assert refused(world.act("suspend", by=nowhere)).code == "run.not_yours"


# --- what all sides have to do ------------------------------------------------------------------


def test_a_side_cannot_agree_for_the_other():
    world = a_world(upto="dispatch")
    before = world.run

    refusal = refused(world.act("agree", {"party": RESPONDENT.id}, by=APPLICANT))

    assert refusal.code == "run.not_for_another"
    assert world.run == before


def test_a_side_that_names_itself_agrees_for_itself():
    world = a_world(upto="dispatch")

    decision = decided(world.act("agree", {"party": APPLICANT.id}, by=APPLICANT))

    assert decision.event.on_behalf_of == ""
    assert world.run.consents == {"agree": frozenset({APPLICANT.id})}


def test_who_agreed_before_the_run_went_elsewhere_is_asked_again():
    world = a_world(upto="dispatch")
    decided(world.act("agree", {}, by=APPLICANT))
    decided(world.act("give_back"))
    decided(world.act("dispatch"))

    decision = decided(world.act("agree", {}, by=RESPONDENT))

    assert decision.event.is_pending
    assert world.run.state == "dispatched"
    decided(world.act("agree", {}, by=APPLICANT))
    assert world.run.state == "mediating"


def test_what_another_act_leaves_in_place_keeps_the_consents():
    world = a_world(upto="dispatch")
    decided(world.act("agree", {}, by=APPLICANT))
    decided(world.act("lift"))

    decided(world.act("agree", {}, by=RESPONDENT))

    assert world.run.state == "mediating"


@pytest.mark.parametrize("side", ["applicant", "respondent"])
def test_an_act_of_one_side_waits_for_nobody_of_the_other(side):
    world = a_world(("party: any", f"party: {side}"), upto="dispatch")
    unit = an_actor(world.procedure, "unit", world.run)
    person, other = f"person-{side}", {"applicant": RESPONDENT, "respondent": APPLICANT}[side]

    assert refused(world.act("agree", {}, by=other)).code == "run.not_yours"
    assert refused(world.act("agree", {"party": other.id}, by=unit)).code == "run.no_party"
    decided(world.act("agree", {}, by=Actor(Who.PERSON, person)))

    assert world.run.state == "mediating"


def test_staff_agree_for_nobody_unless_they_say_for_whom():
    world = a_world(upto="dispatch")

    refusal = refused(world.act("agree", {}, by=an_actor(world.procedure, "unit", world.run)))

    assert refusal.code == "run.party_not_named"


# --- whoever is complained of -------------------------------------------------------------------


def test_staff_of_an_accused_unit_do_nothing_in_the_matter():
    world = a_world(upto="dispatch")
    unit = an_actor(world.procedure, "unit", world.run)
    world.run = replace(world.run, accused=frozenset({unit.unit}))

    for action in ("answer", "give_back", "lift", "ask_handle_extension"):
        assert refused(world.act(action, by=unit)).code == "guard.not_by_the_accused"


def test_a_complaint_is_taken_in_even_by_those_it_is_about():
    world = a_world()
    office = an_actor(world.procedure, "office", world.run)
    world.run = replace(world.run, accused=frozenset({office.unit}))

    decided(world.act("receive", by=office))
    assert refused(world.act("dispatch", by=office)).code == "guard.not_by_the_accused"
