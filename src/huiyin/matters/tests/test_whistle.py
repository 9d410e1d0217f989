"""Whistle and report-in: who has to come by when, what both sides may say, and who decides.

The limits are the city's values. The four eves and their days off:
procedures/tests/eves.py.
"""

import pytest

from huiyin.matters.tests.factories import a_whistle
from huiyin.procedures.runs import Outcome, Status
from huiyin.procedures.simulation import an_actor, at_local
from huiyin.procedures.tests.answers import decided, due_at, due_on, refused
from huiyin.procedures.tests.eves import rows

# Start on Mon 27 Jan 2025  Tue 30 Sep 2025   Fri 13 Feb 2026   Wed 30 Sep 2026
LIMITS = [
    # 1 working day from the whistle: report in
    *rows("report_in", (),
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # 1 working day from the objection: the centre decides
    *rows("coordinate", ("object",),
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # 3 working days from reporting in: do one's part
    *rows("finish", ("report_in",),
          ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")),
    # 5 working days from the end: both sides assess each other
    *rows("assess", ("report_in", "finish"),
          ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "acts", "start", "day"), LIMITS)
def test_a_limit_in_working_days_ends_on(clock, acts, start, day):
    assert due_on(a_whistle(*acts, at=f"{start}T16:00"), clock) == day


def test_an_urgent_whistle_is_answered_within_thirty_minutes_on_any_day():
    world = a_whistle(urgency="urgent", at="2026-02-16T23:50")  # Mon, New Year's Eve

    assert due_at(world, "report_in") == "2026-02-17T00:20"


def test_an_urgent_dispute_is_decided_within_the_hour():
    world = a_whistle("report_in", "object_on_spot", urgency="urgent", at="2026-02-16T23:50")

    assert due_at(world, "coordinate") == "2026-02-17T00:50"


def test_more_time_after_reporting_in_is_granted_by_the_caller_once():
    world = a_whistle("report_in", at="2025-09-30T16:00")  # due Sat 11 Oct
    decided(world.act("ask_finish_extension", amount=3))

    decided(world.act("approve_finish_extension"))

    assert due_on(world, "finish") == "Wed 2025-10-15"  # 3 + 3 working days
    assert refused(world.act("ask_finish_extension", amount=1)).code == "run.extended_already"


def test_an_urgent_whistle_is_answered_before_anybody_objects():
    world = a_whistle(urgency="urgent")

    assert refused(world.act("object")).code == "whistle.urgent_first"
    decided(world.act("report_in"))
    decided(world.act("object_on_spot"))

    assert world.run.state == "raised"


def test_a_caller_complains_of_absence_only_when_the_time_is_over():
    world = a_whistle(urgency="urgent", at="2025-11-03T09:00")

    early = refused(world.act("report_absence"))
    world.advance_to(at_local("2025-11-03T09:30"))
    decided(world.act("report_absence"))

    late = world.run.clocks["report_in"]
    assert early.code == "whistle.still_time"
    assert (late.outcome, late.unit, late.was_late) == (Outcome.RETURNED, "unit-a", True)


def test_the_centre_of_the_called_level_decides_and_its_order_is_final():
    world = a_whistle("object")
    centre = an_actor(world.procedure, "coordinator", world.run)
    assert centre.level == "county"

    decided(world.act("order_report_in", to_unit="unit-c"))

    assert world.run.roles["called"] == ("unit-c",)
    assert refused(world.act("object")).code == "whistle.ordered"
    decided(world.act("report_in"))
    assert refused(world.act("object_on_spot")).code == "whistle.ordered"


def test_answering_the_whistle_is_not_yet_coming():
    world = a_whistle(at="2025-11-03T09:00")

    decided(world.act("set_out"))

    assert world.run.state == "on_the_way"
    assert due_on(world, "report_in") == "Tue 2025-11-04"  # the time to be there goes on
    assert refused(world.act("object")).code == "run.not_from_here"
    decided(world.act("report_in"))
    assert world.run.state == "answered"


def test_who_said_they_would_come_and_did_not_is_complained_of_as_well():
    world = a_whistle("set_out", urgency="urgent", at="2025-11-03T09:00")
    world.advance_to(at_local("2025-11-03T09:30"))

    decided(world.act("report_absence"))

    assert world.run.state == "raised"


def test_a_dispute_goes_up_to_the_city_and_no_further():
    world = a_whistle("object", level="town", at="2025-11-03T09:00")

    decided(world.act("raise_level"))
    decided(world.act("raise_level"))

    assert world.run.facts["level"] == "city"
    assert refused(world.act("raise_level")).code == "run.last_level"
    assert due_on(world, "coordinate") == "Tue 2025-11-04"  # each level has its own limit


@pytest.mark.parametrize(
    ("acts", "form", "result"),
    [
        (("report_in", "finish"), {"outcome": "done"}, "done"),
        (("report_in", "finish"), {"outcome": "partly", "rest": "余下部分"}, "partly"),
        (("object", "release"), {}, "released"),
        (("withdraw",), {}, "withdrawn"),
    ],
)
def test_every_way_out_tells_the_parent_and_ends_in_the_archive(acts, form, result):
    world = a_whistle(*acts[:-1], at="2025-11-03T09:00")

    last = decided(world.act(acts[-1], **form))
    world.advance_to(at_local("2025-11-11T00:00"))  # 5 working days: Mon 10 Nov

    assert last.done_with == result
    assert (world.run.state, world.run.result) == ("archived", result)


def test_both_sides_are_assessed_once():
    world = a_whistle("report_in", "finish")

    decided(world.act("assess_called"))
    decided(world.act("assess_caller"))

    assert refused(world.act("assess_called")).code == "run.used_up"
    assert refused(world.act("assess_caller")).code == "run.used_up"


def test_a_call_that_was_not_needed_can_be_said_so():
    decided(a_whistle("withdraw").act("assess_caller", warranted="avoidable"))


def test_nobody_assesses_the_own_side():
    world = a_whistle("report_in", "finish")

    assert refused(world.act("assess_called", by="called")).code == "run.not_yours"
    assert refused(world.act("assess_caller", by="caller")).code == "run.not_yours"


def test_what_is_late_is_a_fault_and_the_whistle_goes_on():
    world = a_whistle(at="2025-11-03T09:00")
    world.advance_to(at_local("2025-11-05T00:00"))  # Tue 4 Nov was the last day

    assert (world.run.state, world.run.clocks["report_in"].status) == ("blown", Status.RUNNING)
    decided(world.act("report_in"))
    assert world.run.clocks["report_in"].was_late is True
