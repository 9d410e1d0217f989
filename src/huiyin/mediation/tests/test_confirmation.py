"""Judicial confirmation reads like the regulation: JC11 4 to 6, CPL 187 and 206.

Days off and how the dates were worked out: `days`.
"""

import pytest

from huiyin.mediation.tests.days import (
    FIFTEEN_DAYS,
    THIRTY_DAYS,
    THREE_DAYS,
    TWENTY_FIVE_DAYS,
    rows,
)
from huiyin.mediation.tests.factories import APPLICANT, RESPONDENT, a_confirmation
from huiyin.procedures.runs import Status
from huiyin.procedures.simulation import at_local
from huiyin.procedures.tests.answers import decided, due_on, refused


@pytest.mark.parametrize(("start", "day"), rows(THREE_DAYS))
def test_the_court_decides_in_three_days_whether_it_takes_it(start, day):  # JC11 4
    assert due_on(a_confirmation("apply", at=f"{start}T10:00"), "accept") == day


@pytest.mark.parametrize(("start", "day"), rows(FIFTEEN_DAYS))
def test_the_court_rules_in_fifteen_days(start, day):  # JC11 5
    assert due_on(a_confirmation("accept", at=f"{start}T10:00"), "decide") == day


@pytest.mark.parametrize(("start", "day"), rows(TWENTY_FIVE_DAYS))
def test_the_president_gives_ten_days_more(start, day):  # JC11 5
    world = a_confirmation("accept", at=f"{start}T10:00")

    decided(world.act("ask_decide_extension", amount=10))
    decided(world.act("approve_decide_extension"))

    assert due_on(world, "decide") == day


@pytest.mark.parametrize(("start", "day"), rows(THIRTY_DAYS))
def test_the_special_procedure_ends_within_thirty_days_of_filing(start, day):  # CPL 187
    assert due_on(a_confirmation("accept", at=f"{start}T10:00"), "ceiling") == day


def test_more_than_ten_days_or_twice_or_by_the_judge_alone_is_refused():
    world = a_confirmation("accept")
    too_long = refused(world.act("ask_decide_extension", amount=11))
    decided(world.act("ask_decide_extension", amount=10))
    by_judge = refused(world.act("approve_decide_extension", by="court"))
    decided(world.act("approve_decide_extension"))
    twice = refused(world.act("ask_decide_extension", amount=1))

    assert (too_long.code, by_judge.code, twice.code) == (
        "run.extension_too_long", "run.not_yours", "run.extended_already",
    )  # fmt: skip


def test_a_ruling_that_is_late_is_a_fault_and_still_a_ruling():
    world = a_confirmation("accept", at="2025-11-03T09:00")  # until Tue 18 Nov
    world.advance_to(at_local("2025-11-19T00:00"))

    late = world.run.clocks["decide"]
    decided(world.act("confirm"))

    assert (late.status, late.overdue_at) == (Status.RUNNING, at_local("2025-11-19T00:00"))
    assert (world.run.state, world.run.result) == ("confirmed", "confirmed")


def test_while_papers_are_asked_for_the_time_goes_on():
    world = a_confirmation("accept", at="2025-11-03T09:00")
    decided(world.act("ask_supplement"))
    world.advance_to(at_local("2025-11-10T09:00"))
    decided(world.act("supply"))

    assert due_on(world, "decide") == "Tue 2025-11-18"


def test_only_without_a_good_reason_it_counts_as_withdrawn():  # JC11 6
    world = a_confirmation("accept")
    decided(world.act("ask_supplement"))

    early = refused(world.act("treat_as_withdrawn"))
    decided(world.act("note_late", no_good_reason=True))
    decided(world.act("treat_as_withdrawn"))

    assert (early.code, world.run.result) == ("confirmation.not_late", "withdrawn")


@pytest.mark.parametrize("upto", ["apply", "accept"])
@pytest.mark.parametrize("side", [APPLICANT, RESPONDENT], ids=lambda side: side.id)
def test_until_the_ruling_either_side_may_withdraw(upto, side):  # JC11 5
    world = a_confirmation(upto)

    decided(world.act("withdraw", {}, by=side))

    assert world.run.result == "withdrawn"


def test_nobody_withdraws_for_a_side():
    world = a_confirmation("accept")

    assert refused(world.act("withdraw", by="court")).code == "run.not_yours"


def test_at_once_only_when_all_sides_are_there():  # JC11 4
    world = a_confirmation("apply")

    absent = refused(world.act("confirm_at_once", present=False))
    decided(world.act("confirm_at_once"))

    assert (absent.code, world.run.state) == ("confirmation.both_there", "confirmed")


@pytest.mark.parametrize("action", ["confirm", "refuse"])
def test_a_committee_enters_a_ruling_only_with_the_courts_paper_and_number(action):
    world = a_confirmation("accept")

    bare = refused(world.act(action, {"ruled_on": "2025-11-03", "ground": "other"}
                             if action == "refuse" else {"ruled_on": "2025-11-03"},
                             by="recorder"))  # fmt: skip

    assert bare.data["errors"].keys() == {"court_number", "paper"}
    decided(world.act(action, by="recorder"))
