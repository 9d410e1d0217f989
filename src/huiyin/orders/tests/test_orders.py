"""The service order reads like a regulation: every limit with its start, extension and expiry.

No statute fixes a limit for service orders; these are the city's values. The four eves and
their days off: procedures/tests/eves.py.
"""

from dataclasses import replace

import pytest

from huiyin.orders.tests.factories import an_order
from huiyin.procedures.decisions import Notice
from huiyin.procedures.runs import Actor, Outcome, Status, Who
from huiyin.procedures.simulation import an_actor, at_local
from huiyin.procedures.tests.answers import decided, due_at, due_on, refused
from huiyin.procedures.tests.eves import rows

# clock, the act that starts it, mode, last day in time for a start on
# Mon 27 Jan 2025        Tue 30 Sep 2025     Fri 13 Feb 2026     Wed 30 Sep 2026
WORKING_DAYS = [
    # 5 working days from placing it: the whole order, as promised
    *rows("whole", "submit", "online",
          ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")),
    # 1 working day from assignment: accept
    *rows("accept", "assign", "online",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # 1 working day from acceptance: answer online
    *rows("respond", "accept", "online",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # 3 working days from acceptance: offer a time for the visit
    *rows("respond", "accept", "visit",
          ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")),
    # 5 working days from the agreed visit: finish
    *rows("visit", "schedule_visit", "visit",
          ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "upto", "mode", "start", "day"), WORKING_DAYS)
def test_a_limit_in_working_days_ends_on(clock, upto, mode, start, day):
    assert due_on(an_order(upto, at=f"{start}T16:00", mode=mode), clock) == day


def test_an_order_is_assigned_within_four_hours_on_any_day():
    world = an_order("submit", at="2026-02-16T22:30")  # Mon, New Year's Eve

    assert due_at(world, "assign") == "2026-02-17T02:30"


@pytest.mark.parametrize(
    ("upto", "clock", "start", "day"),
    [
        # 7 days to ask for a redo
        ("answer", "reopen_window", "2025-01-24", "Wed 2025-02-05"),  # Fri; Fri 31 Jan is off
        ("answer", "reopen_window", "2025-09-25", "Thu 2025-10-09"),  # Thu; Thu 2 Oct is off
        ("answer", "reopen_window", "2026-02-13", "Tue 2026-02-24"),  # Fri; Fri 20 Feb is off
        ("answer", "reopen_window", "2026-09-24", "Thu 2026-10-08"),  # Thu; Thu 1 Oct is off
        # 30 days to rate once it is closed
        ("close", "archive", "2025-01-02", "Wed 2025-02-05"),  # Thu; Sat 1 Feb is off
        ("close", "archive", "2025-09-05", "Thu 2025-10-09"),  # Fri; Sun 5 Oct is off
        ("close", "archive", "2026-01-16", "Tue 2026-02-24"),  # Fri; Sun 15 Feb is off
        ("close", "archive", "2026-09-02", "Thu 2026-10-08"),  # Wed; Fri 2 Oct is off
    ],
)
def test_a_limit_in_days_ends_on_a_working_day(upto, clock, start, day):
    assert due_on(an_order(upto, at=f"{start}T10:00"), clock) == day


# --- extension ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "day"),
    [  # 5 + 5 working days in one go
        pytest.param("2025-01-27", "Mon 2025-02-17", id="Mon-Spring-2025"),
        pytest.param("2025-09-30", "Tue 2025-10-21", id="Tue-National-2025"),
        pytest.param("2026-02-13", "Thu 2026-03-05", id="Fri-Spring-2026"),
        pytest.param("2026-09-30", "Tue 2026-10-20", id="Wed-National-2026"),
    ],
)
def test_the_whole_order_is_extended_once_and_the_resident_is_told(start, day):
    world = an_order("accept", at=f"{start}T16:00", mode="visit")

    decided(world.act("ask_whole_extension", amount=5))
    told = decided(world.act("approve_whole_extension"))

    assert due_on(world, "whole") == day
    assert Notice("person", "orders.approve_whole_extension.person") in told.notices
    assert refused(world.act("ask_whole_extension", amount=1)).code == "run.extended_already"


def test_an_extension_after_the_end_is_refused():
    world = an_order("accept", at="2026-02-13T16:00")
    world.advance_to(at_local("2026-02-28T00:00"))  # Fri 27 Feb was the last day

    assert refused(world.act("ask_whole_extension", amount=1)).code == "run.window_closed"


# --- at expiry ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upto", "mode", "clock", "over"),
    [
        ("submit", "online", "assign", "2025-11-03T13:00"),
        ("assign", "online", "accept", "2025-11-05T00:00"),
        ("accept", "online", "respond", "2025-11-05T00:00"),
        ("accept", "visit", "respond", "2025-11-07T00:00"),
        ("schedule_visit", "visit", "visit", "2025-11-11T00:00"),
        ("accept", "online", "whole", "2025-11-11T00:00"),
    ],
)
def test_what_is_overdue_is_a_fault_and_the_order_goes_on(upto, mode, clock, over):
    world = an_order(upto, mode=mode)  # Mon 3 Nov 2025, 09:00
    state = world.run.state

    world.advance_to(at_local(over))

    found = world.run.clocks[clock]
    assert (world.run.state, found.status) == (state, Status.RUNNING)
    assert found.overdue_at == at_local(over)


def test_after_seven_days_the_order_is_closed_and_after_thirty_more_archived():
    world = an_order("answer", at="2026-02-13T10:00")  # Fri; 7 days: until Tue 24 Feb

    world.advance_to(at_local("2026-02-25T00:00"))
    closed = world.run.state
    late = refused(world.act("reopen"))
    decided(world.act("rate"))  # still possible
    world.advance_to(at_local("2026-03-28T00:00"))  # 30 days: Fri 27 Mar

    assert (closed, late.code) == ("closed", "run.not_from_here")
    assert world.run.state == "archived"


def test_on_the_seventh_day_it_can_be_reopened_and_gets_a_new_promise():
    world = an_order("answer", at="2026-02-13T10:00")
    first = world.run.clocks["whole"]
    world.advance_to(at_local("2026-02-24T23:59"))

    decided(world.act("reopen"))

    assert (first.status, first.outcome) == (Status.ENDED, Outcome.MET)
    # 5 working days after Tue 24 Feb: Wed 25, Thu 26, Fri 27, Sat 28 (worked), Mon 2 Mar
    assert (world.run.state, due_on(world, "whole")) == ("redo", "Mon 2026-03-02")


# --- who does it -------------------------------------------------------------------------------


def test_a_transfer_books_the_hours_to_the_unit_and_leaves_the_promise():
    world = an_order("accept")
    promised = world.run.clocks["whole"]

    decided(world.act("propose_transfer"))
    decided(world.act("reassign", to_unit="unit-b"))

    returned = world.run.clocks["respond"]
    assert (returned.outcome, returned.unit) == (Outcome.RETURNED, "unit-a")
    assert world.run.clocks["accept"].unit == "unit-b"
    assert world.run.clocks["whole"] == promised


def test_a_unit_that_was_told_to_keep_it_proposes_no_other_transfer():
    world = an_order("assign")
    decided(world.act("propose_transfer"))
    decided(world.act("keep"))

    assert refused(world.act("propose_transfer")).code == "orders.kept"


def test_an_order_for_a_visit_waits_for_a_time_and_one_for_an_answer_is_answered():
    assert an_order("accept", mode="visit").run.state == "accepted"
    assert an_order("accept", mode="online").run.state == "online_answering"


def test_an_order_is_laid_aside_only_after_three_visits_and_comes_back_with_one_act():
    world = an_order("schedule_visit", mode="visit")
    for _ in range(3):
        assert refused(world.act("lay_aside")).code == "orders.keep_trying"
        decided(world.act("not_met"))

    decided(world.act("lay_aside"))
    aside = world.run.state
    decided(world.act("take_up_again"))

    assert (aside, world.run.state) == ("unreached", "redo")


def test_only_the_centre_lays_an_order_aside():
    world = an_order("schedule_visit", mode="visit")
    for _ in range(3):
        decided(world.act("not_met"))

    assert refused(world.act("lay_aside", by="unit")).code == "run.not_yours"


def test_a_visit_the_unit_missed_does_not_count_against_the_resident():
    world = an_order("accept", mode="visit")
    for _ in range(3):
        decided(world.act("schedule_visit"))
        decided(world.act("missed_visit"))
    decided(world.act("schedule_visit"))

    assert refused(world.act("lay_aside")).code == "orders.keep_trying"


# --- the resident ------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["cancel", "rate", "reopen", "take_up_again", "contest"])
def test_staff_never_act_for_the_resident(action):
    world = an_order("answer")
    staff = [an_actor(world.procedure, name, world.run) for name in ("centre", "unit", "agent")]

    assert {refused(world.act(action, by=actor)).code for actor in staff} == {"run.not_yours"}


@pytest.mark.parametrize("upto", ["submit", "assign", "accept", "schedule_visit", "record_visit"])
def test_the_resident_cancels_before_it_is_done_without_a_reason(upto):
    world = an_order(upto, mode="visit")

    decided(world.act("cancel", {}))

    assert world.run.state == "cancelled"
    assert world.run.clocks["whole"].outcome is Outcome.RETURNED  # neither kept nor broken


def test_what_is_done_is_not_cancelled_but_reopened():
    assert refused(an_order("answer").act("cancel", {})).code == "run.not_from_here"


def test_one_rating_that_can_be_changed_once_by_the_resident_alone():
    world = an_order("answer")

    low = decided(world.act("rate", stars=1))
    decided(world.act("rate", stars=4))

    assert low.notices == (Notice("centre", "orders.rate.centre"),)  # who calls back
    assert world.run.facts["stars"] == 4
    assert refused(world.act("rate", stars=5)).code == "run.used_up"
    stranger = Actor(Who.PERSON, "person-somebody-else")
    assert refused(an_order("answer").act("rate", by=stranger)).code == "run.not_yours"


def test_only_a_rating_is_followed_up():
    world = an_order("answer")

    assert refused(world.act("call_back")).code == "orders.not_rated"
    decided(world.act("rate", stars=2))
    decided(world.act("call_back"))


def test_a_declined_order_says_why_and_where_to_turn_and_can_be_contested():
    world = an_order("submit")

    told = decided(world.act("decline"))
    decided(world.act("contest"))

    assert {"reason", "text", "path"} <= told.event.form.keys()
    assert told.notices == (Notice("person", "orders.decline.person"),)
    assert world.run.state == "submitted"


def test_the_accused_unit_is_never_given_the_order():
    world = an_order("submit")
    world.run = replace(world.run, accused=frozenset({"unit-a"}))

    assert refused(world.act("assign", to_unit="unit-a")).code == "guard.not_the_accused"
