"""The grid matter reads like a regulation: every limit with its start, pause, extension, expiry.

No law fixes a limit for grid matters (the Binzhou regulation, art. 11, says "within the prescribed
time"); these are the city's values. The four eves and their days off: procedures/tests/eves.py.
"""

from dataclasses import replace

import pytest

from huiyin.grid.tests.factories import CALENDAR, a_matter
from huiyin.procedures.decisions import Change, Notice
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Actor, Outcome, Status, Who
from huiyin.procedures.simulation import World, an_actor, at_local
from huiyin.procedures.tests.answers import decided, due_at, due_on, refused
from huiyin.procedures.tests.eves import rows
from huiyin.procedures.tests.shipped import limits

# --- limits in working days -------------------------------------------------------------------
# clock, the act that starts it, grade, last day in time for a start on
# Mon 27 Jan 2025        Tue 30 Sep 2025     Fri 13 Feb 2026     Wed 30 Sep 2026
WORKING_DAYS = [
    # 2 working days from the report: check it and register or refuse it
    *rows("intake", "report", "normal",
          ("Thu 2025-02-06", "Fri 2025-10-10", "Tue 2026-02-24", "Fri 2026-10-09")),
    # 1 working day from registration: dispatch
    *rows("dispatch", "register", "normal",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # 1 working day from dispatch: sign
    *rows("sign", "dispatch", "normal",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # 1, 3, 5, 15 working days from dispatch (not from signing): handle
    *rows("handle", "dispatch", "simple",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    *rows("handle", "dispatch", "normal",
          ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")),
    *rows("handle", "dispatch", "complex",
          ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")),
    *rows("handle", "dispatch", "difficult",
          ("Mon 2025-02-24", "Tue 2025-10-28", "Thu 2026-03-12", "Tue 2026-10-27")),
    # 4, 6, 8, 18 working days from registration: what the reporter is promised
    *rows("answer", "register", "simple",
          ("Sat 2025-02-08", "Mon 2025-10-13", "Thu 2026-02-26", "Mon 2026-10-12")),
    *rows("answer", "register", "normal",
          ("Tue 2025-02-11", "Wed 2025-10-15", "Sat 2026-02-28", "Wed 2026-10-14")),
    *rows("answer", "register", "complex",
          ("Thu 2025-02-13", "Fri 2025-10-17", "Tue 2026-03-03", "Fri 2026-10-16")),
    *rows("answer", "register", "difficult",
          ("Thu 2025-02-27", "Fri 2025-10-31", "Tue 2026-03-17", "Fri 2026-10-30")),
    # 2 working days from the feedback: verify
    *rows("verify", "feed_back", "normal",
          ("Thu 2025-02-06", "Fri 2025-10-10", "Tue 2026-02-24", "Fri 2026-10-09")),
    # 1 working day from verification: close
    *rows("close", "verify_result", "normal",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "upto", "grade", "start", "day"), WORKING_DAYS)
def test_a_limit_in_working_days_ends_on(clock, upto, grade, start, day):
    world = a_matter(upto, at=f"{start}T16:00", grade=grade)

    assert due_on(world, clock) == day


# --- urgent matters: hours, on any day ---------------------------------------------------------


@pytest.mark.parametrize(
    ("clock", "upto", "moment"),
    [
        pytest.param("intake", "report", "2026-02-17T01:30", id="check-within-2-hours"),
        pytest.param("dispatch", "register", "2026-02-17T00:30", id="dispatch-within-1-hour"),
        pytest.param("sign", "dispatch", "2026-02-17T01:30", id="sign-within-2-hours"),
    ],
)
def test_an_urgent_matter_counts_hours_through_new_years_eve(clock, upto, moment):
    world = a_matter(upto, at="2026-02-16T23:30", urgency="urgent")  # Mon, the last of the year

    assert due_at(world, clock) == moment


# --- limits in days: the last day moves off the days off ---------------------------------------


@pytest.mark.parametrize(
    ("clock", "closed", "day"),
    [
        # 7 days to ask for more
        pytest.param("reopen_window", "2025-01-24", "Wed 2025-02-05", id="Fri+7-Spring-2025"),
        pytest.param("reopen_window", "2025-09-25", "Thu 2025-10-09", id="Thu+7-National-2025"),
        pytest.param("reopen_window", "2026-02-13", "Tue 2026-02-24", id="Fri+7-Spring-2026"),
        pytest.param("reopen_window", "2026-09-24", "Thu 2026-10-08", id="Thu+7-National-2026"),
        pytest.param("reopen_window", "2025-03-01", "Mon 2025-03-10", id="Sat+7-plain-weekend"),
        pytest.param("reopen_window", "2026-02-07", "Sat 2026-02-14", id="Sat+7-worked-Saturday"),
        # 30 days to rate, then the archive
        pytest.param("archive", "2025-01-02", "Wed 2025-02-05", id="Thu+30-Spring-2025"),
        pytest.param("archive", "2025-09-05", "Thu 2025-10-09", id="Fri+30-National-2025"),
        pytest.param("archive", "2026-01-16", "Tue 2026-02-24", id="Fri+30-Spring-2026"),
        pytest.param("archive", "2026-09-02", "Thu 2026-10-08", id="Wed+30-National-2026"),
    ],
)
def test_a_limit_in_days_ends_on_a_working_day(clock, closed, day):
    world = a_matter("close", at=f"{closed}T10:00")

    assert due_on(world, clock) == day


# --- at expiry ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upto", "clock", "state", "over"),
    [
        pytest.param("report", "intake", "reported", "2025-11-06", id="check"),
        pytest.param("dispatch", "sign", "dispatched", "2025-11-05", id="sign"),
        pytest.param("start_handling", "handle", "handling", "2025-11-07", id="handle"),
        pytest.param("start_handling", "answer", "handling", "2025-11-12", id="promise"),
        pytest.param("feed_back", "verify", "fed_back", "2025-11-06", id="verify"),
        pytest.param("verify_result", "close", "verified_result", "2025-11-05", id="close"),
    ],
)
def test_what_is_overdue_is_a_fault_and_the_matter_goes_on(upto, clock, state, over):
    world = a_matter(upto, at="2025-11-03T09:00")  # Mon; no holiday near

    world.advance_to(at_local(f"{over}T00:00"))

    found = world.run.clocks[clock]
    assert (world.run.state, found.status, found.overdue_at) == (
        state, Status.RUNNING, at_local(f"{over}T00:00"),
    )  # fmt: skip


def test_the_right_to_ask_for_more_lapses_and_the_matter_is_archived_later():
    world = a_matter("close", at="2026-02-13T10:00")  # Fri; 7 days: until Tue 24 Feb

    world.advance_to(at_local("2026-02-25T00:00"))
    late = refused(world.act("reopen"))
    world.advance_to(at_local("2026-03-17T00:00"))  # 30 days: Sun 15 Mar, so until Mon 16 Mar

    assert late.code == "run.window_closed"
    assert world.run.state == "archived"


def test_on_its_last_day_the_matter_can_still_be_reopened():
    world = a_matter("close", at="2026-02-13T10:00")
    world.advance_to(at_local("2026-02-24T23:59"))

    decided(world.act("reopen"))

    assert (world.run.state, due_on(world, "answer")) == ("handling", "Tue 2026-03-03")


# --- the unit's clock: returned, extended, paused ----------------------------------------------


def test_the_hours_of_a_return_stay_with_the_unit_and_the_promise_never_restarts():
    world = a_matter("dispatch", at="2025-09-29T09:00")  # Mon
    promised = world.run.clocks["answer"]

    world.advance_to(at_local("2025-09-30T15:00"))
    returned = decided(world.act("return_order"))
    world.advance_to(at_local("2025-10-09T11:00"))  # Thu, the first day after the holiday
    decided(world.act("dispatch", to_unit="unit-b"))

    ended = [c.clock for c in returned.clocks if c.change is Change.ENDED]
    assert [(c.name, c.unit, c.outcome) for c in ended] == [
        ("sign", "", Outcome.RETURNED), ("handle", "unit-a", Outcome.RETURNED),
    ]  # fmt: skip
    assert (world.run.clocks["handle"].unit, due_on(world, "handle")) == (
        "unit-b", "Mon 2025-10-13",  # three: Fri 10, Sat 11 (worked), Mon 13
    )  # fmt: skip
    assert world.run.clocks["answer"] == promised


def test_handling_is_extended_once_by_the_centre_before_its_end():
    world = a_matter("start_handling", at="2025-09-30T16:00")  # due Sat 11 Oct

    asked = decided(world.act("ask_handle_extension", amount=3))
    granted = decided(world.act("approve_handle_extension"))
    again = refused(world.act("ask_handle_extension", amount=1))

    assert asked.notices == (Notice("centre", "grid.ask_handle_extension.centre"),)
    assert Notice("person", "grid.approve_handle_extension.person") in granted.notices
    assert due_on(world, "handle") == "Wed 2025-10-15"  # 3 + 3 working days, in one go
    assert again.code == "run.extended_already"


def test_an_extension_is_at_most_the_original_length():
    world = a_matter("start_handling", at="2025-11-03T09:00")

    assert refused(world.act("ask_handle_extension", amount=4)).code == "run.extension_too_long"


def test_an_extension_asked_for_after_the_end_is_refused():
    world = a_matter("start_handling", at="2025-09-30T16:00")
    world.advance_to(at_local("2025-10-12T00:00"))  # Sat 11 Oct, the last day, is over

    late = refused(world.act("ask_handle_extension", amount=1))

    assert (late.code, f"{late.data['closed_on']}") == ("run.window_closed", "2025-10-11")


def test_a_unit_does_not_approve_its_own_extension():
    world = a_matter("start_handling")
    decided(world.act("ask_handle_extension", amount=1))

    own = refused(world.act("approve_handle_extension", by="unit"))

    assert own.code == "run.not_yours"


def test_the_promise_is_moved_once_and_the_reporter_is_told():
    world = a_matter("start_handling", at="2026-02-13T16:00")  # promised: Sat 28 Feb

    moved = decided(world.act("extend_answer", amount=3))

    assert due_on(world, "answer") == "Wed 2026-03-04"  # Mon 2, Tue 3, Wed 4 Mar
    assert moved.notices == (Notice("person", "grid.extend_answer.person"),)
    assert refused(world.act("extend_answer", amount=1)).code == "run.extended_already"


def test_a_suspension_approved_by_the_centre_rests_the_unit_and_not_the_promise():
    # Wed; three working days: Thu 25, Fri 26, Sun 28 (worked)
    world = a_matter("start_handling", at="2025-09-24T09:00")
    promised = due_on(world, "answer")

    alone = refused(world.act("suspend"))
    world.advance_to(at_local("2025-09-25T10:00"))
    decided(world.act("ask_suspension"))
    decided(world.act("suspend"))
    world.advance_to(at_local("2025-10-09T10:00"))
    decided(world.act("resume"))

    assert alone.code == "grid.not_asked"
    # rested from Thu 25 Sep to Thu 9 Oct: Fri 26, Sun 28, Mon 29, Tue 30 Sep, Thu 9 Oct = 5 working
    # days more: Fri 10 Oct, Sat 11 Oct (worked)
    assert due_on(world, "handle") == "Sat 2025-10-11"
    assert due_on(world, "answer") == promised == "Thu 2025-10-09"


def test_a_suspension_ends_by_itself():
    world = a_matter("start_handling", at="2025-09-05T09:00")  # Fri
    decided(world.act("ask_suspension"))
    decided(world.act("suspend"))

    assert due_on(world, "rest") == "Thu 2025-10-09"  # 30 days: Sun 5 Oct, a holiday
    world.advance_to(at_local("2025-10-10T00:00"))

    assert (world.run.state, world.run.clocks["handle"].status) == ("handling", Status.RUNNING)


# --- returning, designating, escalating --------------------------------------------------------


def test_a_designated_matter_cannot_be_returned():
    world = a_matter("dispatch")
    decided(world.act("return_order"))
    decided(world.act("designate", to_unit="unit-a"))

    assert refused(world.act("return_order")).code == "grid.designated"
    assert world.run.state == "dispatched"


def test_what_came_back_three_times_has_to_be_designated():
    world = a_matter("analyse")
    for unit in ("unit-a", "unit-b", "unit-c"):
        decided(world.act("dispatch", to_unit=unit))
        decided(world.act("return_order"))

    assert refused(world.act("dispatch", to_unit="unit-a")).code == "grid.designate_now"
    minutes = decided(world.act("designate", to_unit="unit-a"))
    assert minutes.documents == ("consultation_minutes", "dispatch_order")


def test_a_matter_is_returned_before_it_is_signed_for_and_not_afterwards():
    assert refused(a_matter("acknowledge").act("return_order")).code == "run.not_from_here"


def test_a_matter_goes_up_one_level_at_a_time_and_no_higher_than_the_city():
    world = a_matter("start_handling")  # at the town

    decided(world.act("escalate"))
    assert world.run.facts["level"] == "county"
    decided(world.act("escalate"))

    assert world.run.facts["level"] == "city"
    assert refused(world.act("escalate")).code == "run.last_level"
    assert world.run.state == "handling"


def test_only_the_centre_of_the_level_leads():
    world = a_matter("register")
    town = an_actor(world.procedure, "centre", world.run)

    assert refused(world.act("analyse", by=replace(town, level="county"))).code == "run.not_yours"
    decided(world.act("analyse", by=town, level="county"))
    assert refused(world.act("dispatch", by=town)).code == "run.not_yours"


# --- verification ------------------------------------------------------------------------------


def test_nobody_verifies_the_work_of_the_own_unit():
    world = a_matter("feed_back")
    own = replace(an_actor(world.procedure, "checker", world.run), unit="unit-a")

    assert refused(world.act("verify_result", by=own)).code == "run.not_yours"


def test_rework_gives_the_unit_a_new_clock_and_leaves_the_promise():
    world = a_matter("feed_back", at="2025-11-03T09:00")
    promised = world.run.clocks["answer"]
    world.advance_to(at_local("2025-11-05T09:00"))  # Wed

    decided(world.act("rework"))

    assert (world.run.state, due_on(world, "handle")) == ("handling", "Mon 2025-11-10")
    assert world.run.clocks["answer"] == promised


def test_a_redo_after_closing_keeps_the_old_promise_and_makes_a_new_one():
    world = a_matter("close", at="2025-11-03T09:00")
    first = world.run.clocks["answer"]
    world.advance_to(at_local("2025-11-05T09:00"))

    decided(world.act("redo"))

    assert (first.status, first.outcome, first.was_late) == (Status.ENDED, Outcome.MET, False)
    assert due_on(world, "answer") == "Thu 2025-11-13"  # 6 working days after Wed 5 Nov


@pytest.mark.parametrize(
    ("ask", "child", "sentence"),
    [("blow_whistle", "whistle", "whistles_open"), ("ask_assistance", "assist", "assistance_open")],
)
def test_the_unit_does_not_finish_before_those_it_called_have(ask, child, sentence):
    world = a_matter("start_handling")
    opened = decided(world.act(ask, to_units=["unit-b", "unit-c"]))

    assert len(opened.openings) == 2
    assert refused(world.act("feed_back")).code == f"grid.{sentence}"
    result = {"whistle": "done", "assist": "answered"}[child]
    world.finish_child(child, result)
    assert refused(world.act("feed_back")).code == f"grid.{sentence}"
    world.finish_child(child, result)
    decided(world.act("feed_back"))


# --- the people --------------------------------------------------------------------------------


def test_a_resident_needs_no_photo_and_no_category():
    world = World(procedure("grid"), CALENDAR, at_local("2025-11-03T09:00"), limits())

    decided(world.act("submit", {"urgency": "normal", "place": "place", "text": "路灯不亮"}))

    assert world.run.state == "reported"


def test_a_grid_worker_brings_a_photo_unless_it_is_urgent():
    form = {"category": "c", "place": "place", "text": "井盖缺失"}

    def report(urgency):
        world = World(procedure("grid"), CALENDAR, at_local("2025-11-03T09:00"), limits())
        return world.act("report", {"urgency": urgency, **form})

    assert refused(report("normal")).data["errors"].keys() == {"photos"}
    decided(report("urgent"))


@pytest.mark.parametrize("action", ["withdraw", "rate", "reopen", "contest", "remind"])
def test_staff_never_act_for_the_reporter(action):
    world = a_matter("close")
    staff = [an_actor(world.procedure, name, world.run) for name in ("centre", "unit", "worker")]

    assert {refused(world.act(action, by=actor)).code for actor in staff} == {"run.not_yours"}


def test_another_person_never_acts_for_the_reporter():
    world = a_matter("close")
    stranger = Actor(Who.PERSON, "person-somebody-else")

    assert refused(world.act("rate", by=stranger)).code == "run.not_yours"


def test_a_matter_ends_as_withdrawn_only_after_the_reporter_withdrew():
    world = a_matter("start_handling")

    assert refused(world.act("close_withdrawn")).code == "grid.not_withdrawn"
    decided(world.act("withdraw"))
    assert world.run.state == "handling"  # a danger to others is still removed
    decided(world.act("close_withdrawn"))

    assert world.run.state == "withdrawn"
    assert world.run.clocks["answer"].outcome is Outcome.RETURNED  # neither kept nor broken


def test_the_accused_unit_is_never_given_the_matter():
    world = a_matter("analyse")
    world.run = replace(world.run, accused=frozenset({"unit-a"}))

    for action, field in (
        ("dispatch", {"to_unit": "unit-a"}),
        ("dispatch", {"to_unit": "unit-b", "assist_units": ["unit-a"]}),
        ("blow_whistle", {"to_units": ["unit-b", "unit-a"]}),
        ("supervise", {"unit": "unit-a"}),
    ):
        assert refused(world.act(action, **field)).code == "guard.not_the_accused"


def test_nobody_of_the_accused_unit_decides_on_the_matter_and_it_gets_away_from_there():
    world = a_matter("report")
    committee = replace(an_actor(world.procedure, "local", world.run), unit="unit-village")
    world.run = replace(world.run, accused=frozenset({"unit-village"}))

    own = refused(world.act("verify_report", by=committee))
    decided(world.act("verify_report", level="village"))
    refusal = refused(world.act("refuse", by=replace(committee, level="village")))
    decided(world.act("escalate", by="local"))

    assert (own.code, refusal.code) == ("guard.not_by_the_accused", "guard.not_by_the_accused")
    assert world.run.facts["level"] == "town"


def test_a_refusal_says_why_and_where_to_turn_and_can_be_contested():
    world = a_matter("verify_report", at="2026-02-13T10:00")

    told = decided(world.act("refuse"))
    world.advance_to(at_local("2026-02-24T12:00"))  # Tue, the last of the 7 days
    decided(world.act("contest"))

    assert {"reason", "text", "guidance"} <= told.event.form.keys()
    assert told.notices == (Notice("person", "grid.refuse.person"),)
    assert told.documents == ("refusal_notice",)
    assert (world.run.state, due_on(world, "intake")) == ("verified", "Thu 2026-02-26")


def test_a_rating_is_free_and_can_be_changed_once():
    world = a_matter("close")

    decided(world.act("rate", stars=1))
    decided(world.act("rate", stars=2))

    assert refused(world.act("rate", stars=5)).code == "run.used_up"
    assert world.run.state == "closed"
    decided(a_matter("close").act("archive", by="system"))  # no rating is needed


def test_a_reporter_reminds_at_most_once_a_working_day():
    world = a_matter("dispatch", at="2025-09-30T10:00")  # Tue before the holiday
    decided(world.act("remind"))

    world.advance_to(at_local("2025-10-08T23:59"))  # Wed, the last day off
    early = refused(world.act("remind"))
    world.advance_to(at_local("2025-10-09T00:00"))  # Thu

    assert early.code == "run.too_soon"
    decided(world.act("remind"))
