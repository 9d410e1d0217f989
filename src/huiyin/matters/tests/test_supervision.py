"""Supervision: the unit owes feedback in writing, the supervising unit judges it.

Neither XF22 art. 40 nor HWF21 art. 26 fixes a limit: the city's values. The four
eves and their days off: procedures/tests/eves.py.
"""

import pytest

from huiyin.matters.tests.factories import a_supervision
from huiyin.procedures.decisions import Notice
from huiyin.procedures.runs import Status
from huiyin.procedures.simulation import at_local
from huiyin.procedures.tests.answers import decided, due_on, refused
from huiyin.procedures.tests.eves import rows

# Start on Mon 27 Jan 2025  Tue 30 Sep 2025   Fri 13 Feb 2026   Wed 30 Sep 2026
LIMITS = [
    # 5 working days from the order: written feedback
    *rows("feedback", (),
          ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")),
    # 3 working days from the feedback: judge it
    *rows("review", ("give_feedback",),
          ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "acts", "start", "day"), LIMITS)
def test_a_limit_in_working_days_ends_on(clock, acts, start, day):
    assert due_on(a_supervision(*acts, at=f"{start}T16:00"), clock) == day


def test_late_feedback_is_a_fault_and_still_owed():
    world = a_supervision(at="2025-11-03T09:00")
    world.advance_to(at_local("2025-11-11T00:00"))  # Mon 10 Nov was the last day

    assert (world.run.state, world.run.clocks["feedback"].status) == ("ordered", Status.RUNNING)
    decided(world.act("give_feedback"))


def test_feedback_sent_back_gets_a_new_limit():
    world = a_supervision("give_feedback", at="2025-11-03T09:00")
    world.advance_to(at_local("2025-11-05T09:00"))

    decided(world.act("return_feedback"))

    assert (world.run.state, due_on(world, "feedback")) == ("ordered", "Wed 2025-11-12")


def test_supervision_is_lifted_only_after_feedback_and_the_parent_learns_it():
    world = a_supervision()

    early = refused(world.act("lift"))
    decided(world.act("give_feedback"))
    lifted = decided(world.act("lift"))

    assert early.code == "run.not_from_here"
    assert (lifted.done_with, lifted.documents) == ("lifted", ("lifting_notice",))


def test_the_degree_rises_from_daily_over_listed_to_interview():
    world = a_supervision()

    assert refused(world.act("hold_interview")).code == "supervision.no_interview"
    decided(world.act("raise_degree"))
    assert world.run.facts["degree"] == "listed"
    decided(world.act("raise_degree"))
    decided(world.act("hold_interview"))

    assert refused(world.act("raise_degree")).code == "run.last_level"


def test_the_supervised_unit_lifts_nothing_itself():
    world = a_supervision("give_feedback")

    assert refused(world.act("lift", by="unit")).code == "run.not_yours"
    assert refused(world.act("withdraw", by="unit")).code == "run.not_yours"


def test_supervision_tells_units_only():
    actions = a_supervision().procedure.actions.values()

    assert {to for action in actions for to in action.notify} == {"unit", "supervisor"}


def test_a_supervision_without_a_ground_is_withdrawn_and_the_parent_learns_it():
    answer = decided(a_supervision().act("withdraw"))

    assert answer.done_with == "withdrawn"
    assert answer.notices == (Notice("unit", "supervision.withdraw.unit"),)
