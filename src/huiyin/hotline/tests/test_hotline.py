"""The hotline order reads like a regulation: every limit with its start, extension and expiry.

Shandong (HSD20): five working days from receipt by the unit, ten more for especially complex
orders, two working days to return. The other values are the city's. No law lets a hotline limit
rest, so none can. The four eves and their days off: procedures/tests/eves.py.
"""

from dataclasses import replace

import pytest

from huiyin.hotline.tests.factories import CALENDAR, an_order
from huiyin.procedures.decisions import Change, Notice
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Actor, Outcome, Status, Who
from huiyin.procedures.simulation import World, an_actor, at_local
from huiyin.procedures.tests.answers import decided, due_at, due_on, refused
from huiyin.procedures.tests.eves import on_eves, rows
from huiyin.procedures.tests.shipped import limits

# --- limits in working days ---------------------------------------------------------------------
# clock, the act that starts it, grade, last day in time for a start on
# Mon 27 Jan 2025        Tue 30 Sep 2025     Fri 13 Feb 2026     Wed 30 Sep 2026
WORKING_DAYS = [
    # HSD20: 5 working days from receipt of the order by the unit, for an ordinary order
    *rows("answer", "dispatch", "ordinary",
          ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")),
    # the city's own, never beyond these five: 3 for a question, 1 for an urgent order
    *rows("answer", "dispatch", "consultation",
          ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")),
    *rows("answer", "dispatch", "supply",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    *rows("answer", "dispatch", "danger",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # what the caller is promised at intake
    *rows("promise", "accept_call", "ordinary",
          ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")),
    *rows("promise", "accept_call", "consultation",
          ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")),
    # HSD20: 2 working days from receipt to return what is not the unit's duty
    *rows("return_window", "dispatch", "ordinary",
          ("Thu 2025-02-06", "Fri 2025-10-10", "Tue 2026-02-24", "Fri 2026-10-09")),
    # 1 working day to sign for an ordinary order
    *rows("acknowledge", "dispatch", "ordinary",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    # 1 working day to audit the answer, 3 to call back
    *rows("audit", "answer", "ordinary",
          ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08")),
    *rows("call_back", "audit", "ordinary",
          ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "upto", "grade", "start", "day"), WORKING_DAYS)
def test_a_limit_in_working_days_ends_on(clock, upto, grade, start, day):
    world = an_order(upto, at=f"{start}T16:00", grade=grade)

    assert due_on(world, clock) == day


@pytest.mark.parametrize(
    ("start", "day"),
    on_eves("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08"),
)
def test_a_return_is_decided_in_one_working_day(start, day):
    world = an_order("dispatch", at=f"{start}T10:00")

    decided(world.act("return_order"))

    assert due_on(world, "decide_return") == day


@pytest.mark.parametrize(
    ("start", "day"),
    on_eves("Mon 2025-02-17", "Tue 2025-10-21", "Thu 2026-03-05", "Tue 2026-10-20"),
)
def test_the_leaders_decide_in_ten_working_days(start, day):
    world = an_order("acknowledge", at=f"{start}T10:00")

    decided(world.act("refer_up"))

    assert due_on(world, "leader") == day


@pytest.mark.parametrize(
    ("start", "day"),
    on_eves("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08"),
)
def test_a_quarrel_goes_to_mediation_in_one_working_day(start, day):
    world = an_order("accept_call", at=f"{start}T10:00")

    decided(world.act("offer_mediation"))

    assert due_on(world, "refer") == day


# --- signing for what is urgent: minutes, on any day --------------------------------------------


@pytest.mark.parametrize(
    ("grade", "moment"),
    [
        pytest.param("danger", "2026-02-17T00:05", id="danger-15-minutes"),
        pytest.param("supply", "2026-02-17T00:20", id="supply-30-minutes"),
    ],
)
def test_an_urgent_order_is_signed_for_within_minutes_on_new_years_eve(grade, moment):
    world = an_order("dispatch", at="2026-02-16T23:50", grade=grade)  # Mon, the last of the year

    assert due_at(world, "acknowledge") == moment


def test_a_call_on_a_holiday_is_dispatched_within_four_hours():
    world = an_order("accept_call", at="2025-10-01T20:00")  # Wed, National Day

    assert due_at(world, "dispatch") == "2025-10-02T00:00"


# --- limits in days: the last day moves off the days off ----------------------------------------


@pytest.mark.parametrize(
    ("clock", "upto", "start", "day"),
    [
        # 7 days after the call-back it closes by itself
        pytest.param("settle", "call_back", "2025-01-24", "Wed 2025-02-05", id="Fri+7-Spring-2025"),
        pytest.param("settle", "call_back", "2025-09-25", "Thu 2025-10-09", id="Thu+7-Natl-2025"),
        pytest.param("settle", "call_back", "2026-02-13", "Tue 2026-02-24", id="Fri+7-Spring-2026"),
        pytest.param("settle", "call_back", "2026-09-24", "Thu 2026-10-08", id="Thu+7-Natl-2026"),
        # 30 days after closing it is archived
        pytest.param("keep", "close", "2025-01-02", "Wed 2025-02-05", id="Thu+30-Spring-2025"),
        pytest.param("keep", "close", "2025-09-05", "Thu 2025-10-09", id="Fri+30-Natl-2025"),
        pytest.param("keep", "close", "2026-01-16", "Tue 2026-02-24", id="Fri+30-Spring-2026"),
        pytest.param("keep", "close", "2026-09-02", "Thu 2026-10-08", id="Wed+30-Natl-2026"),
    ],
)
def test_a_limit_in_days_ends_on_a_working_day(clock, upto, start, day):
    world = an_order(upto, at=f"{start}T10:00")

    assert due_on(world, clock) == day


# --- extension: by at most ten working days, once, asked for before the end, by the centre ------


@pytest.mark.parametrize(
    ("start", "day"),
    # 5 + 10 = 15 working days, counted in one go
    on_eves("Mon 2025-02-24", "Tue 2025-10-28", "Thu 2026-03-12", "Tue 2026-10-27"),
)
def test_an_especially_complex_order_has_ten_working_days_more(start, day):
    world = an_order("acknowledge", at=f"{start}T16:00")

    decided(world.act("ask_answer_extension", amount=10))
    granted = decided(world.act("approve_answer_extension"))

    assert due_on(world, "answer") == day
    assert granted.documents == ("extension",)
    assert Notice("person", "hotline.approve_answer_extension.person") in granted.notices


def test_more_than_ten_working_days_are_refused():
    world = an_order("acknowledge")

    assert refused(world.act("ask_answer_extension", amount=11)).code == "run.extension_too_long"


@pytest.mark.parametrize(
    ("grade", "most", "day"),
    [
        pytest.param("consultation", 2, "Mon 2025-11-10", id="3+2"),
        pytest.param("supply", 1, "Wed 2025-11-05", id="1+1-supply"),
        pytest.param("danger", 1, "Wed 2025-11-05", id="1+1-danger"),
    ],
)
def test_with_its_extension_a_shorter_limit_stays_within_the_five_days_of_the_law(grade, most, day):
    world = an_order("acknowledge", at="2025-11-03T09:00", grade=grade)  # Mon
    too_long = refused(world.act("ask_answer_extension", amount=most + 1))

    decided(world.act("ask_answer_extension", amount=most))
    decided(world.act("approve_answer_extension"))

    assert too_long.code == "run.extension_too_long"
    assert due_on(world, "answer") == day  # the fifth working day is Mon 10 Nov


def test_an_order_is_extended_once_only():
    world = an_order("acknowledge")
    decided(world.act("ask_answer_extension", amount=5))
    decided(world.act("approve_answer_extension"))

    assert refused(world.act("ask_answer_extension", amount=1)).code == "run.extended_already"


def test_an_extension_is_asked_for_before_the_end():
    world = an_order("acknowledge", at="2025-09-30T16:00")  # due Tue 14 Oct
    world.advance_to(at_local("2025-10-15T00:00"))

    late = refused(world.act("ask_answer_extension", amount=1))

    assert (late.code, f"{late.data['closed_on']}") == ("run.window_closed", "2025-10-14")


def test_a_unit_does_not_approve_its_own_extension():
    world = an_order("acknowledge")
    decided(world.act("ask_answer_extension", amount=1))

    assert refused(world.act("approve_answer_extension", by="unit")).code == "run.not_yours"


def test_the_promise_moves_only_when_the_caller_is_told():
    world = an_order("acknowledge", at="2025-11-03T09:00")  # promised: Mon 10 Nov
    decided(world.act("ask_answer_extension", amount=3))
    decided(world.act("approve_answer_extension"))
    assert due_on(world, "promise") == "Mon 2025-11-10"

    moved = decided(world.act("extend_promise", amount=3))

    assert due_on(world, "promise") == due_on(world, "answer") == "Thu 2025-11-13"
    assert moved.notices == (Notice("person", "hotline.extend_promise.person"),)


def test_no_hotline_limit_can_rest():
    assert all(not clock.pauses for clock in procedure("hotline").clocks.values())


# --- returning, ruling, who keeps the order -----------------------------------------------------


def test_the_hours_of_a_return_stay_with_the_unit_and_the_promise_never_restarts():
    world = an_order("acknowledge", at="2025-09-29T09:00")  # Mon
    promised = world.run.clocks["promise"]

    world.advance_to(at_local("2025-09-30T15:00"))
    returned = decided(world.act("return_order"))
    world.advance_to(at_local("2025-10-09T11:00"))  # Thu, the first day after the holiday
    decided(world.act("redispatch", to_unit="unit-b"))

    ended = {c.clock.name: c.clock for c in returned.clocks if c.change is Change.ENDED}
    assert (ended["answer"].unit, ended["answer"].outcome) == ("unit-a", Outcome.RETURNED)
    # five working days: Fri 10, Sat 11 (worked), Mon 13, Tue 14, Wed 15
    assert (world.run.clocks["answer"].unit, due_on(world, "answer")) == (
        "unit-b", "Wed 2025-10-15",
    )  # fmt: skip
    assert world.run.clocks["promise"] == promised


def test_on_its_second_working_day_an_order_can_still_be_returned():
    world = an_order("acknowledge", at="2026-02-13T16:00")  # Fri; 2 wd: Sat 14 (worked), Tue 24
    world.advance_to(at_local("2026-02-24T23:59"))

    decided(world.act("return_order"))

    assert world.run.state == "returned"


def test_after_two_working_days_the_order_stays_with_the_unit():
    world = an_order("acknowledge", at="2026-02-13T16:00")
    world.advance_to(at_local("2026-02-25T00:00"))
    before = world.run

    late = refused(world.act("return_order"))

    assert late.code == "hotline.return_late"
    assert world.run == before
    assert world.run.clocks["return_window"].outcome is Outcome.LAPSED
    assert (world.run.state, world.run.roles["lead"]) == ("acknowledged", ("unit-a",))


def test_a_designated_order_cannot_be_returned():
    world = an_order("dispatch")
    decided(world.act("return_order"))
    ruled = decided(world.act("resolve_dispute", to_unit="unit-a"))

    assert refused(world.act("return_order")).code == "hotline.designated"
    assert world.run.state == "dispatched"
    assert ruled.documents == ("designation",)


def test_an_order_is_never_given_to_the_unit_it_is_about():
    world = an_order("accept_call")
    world.run = replace(world.run, accused=frozenset(("unit-a",)))

    assert refused(world.act("dispatch", to_unit="unit-a")).code == "guard.not_the_accused"
    decided(world.act("dispatch", to_unit="unit-b"))


def test_county_work_is_not_pushed_down_to_a_town():
    world = an_order("acknowledge")

    assert refused(world.act("pass_down", on_list=False)).code == "hotline.not_on_list"


# --- at expiry ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("upto", "clock", "state", "over"),
    [
        pytest.param("accept_call", "dispatch", "received", "2025-11-03T13:00", id="dispatch"),
        pytest.param("dispatch", "acknowledge", "dispatched", "2025-11-05T00:00", id="sign"),
        pytest.param("acknowledge", "answer", "acknowledged", "2025-11-11T00:00", id="answer"),
        pytest.param("acknowledge", "promise", "acknowledged", "2025-11-11T00:00", id="promise"),
        pytest.param("answer", "audit", "answered", "2025-11-05T00:00", id="audit"),
        pytest.param("audit", "call_back", "audited", "2025-11-07T00:00", id="call-back"),
    ],
)
def test_what_is_overdue_is_a_fault_and_the_order_goes_on(upto, clock, state, over):
    world = an_order(upto, at="2025-11-03T09:00")  # Mon; no holiday near

    world.advance_to(at_local(over))

    found = world.run.clocks[clock]
    assert (world.run.state, found.status, found.overdue_at) == (
        state, Status.RUNNING, at_local(over),
    )  # fmt: skip


def test_an_overdue_order_can_be_supervised():
    world = an_order("acknowledge", at="2025-11-03T09:00")
    world.advance_to(at_local("2025-11-11T00:00"))

    supervised = decided(world.act("supervise"))

    assert [opening.child for opening in supervised.openings] == ["supervision"]
    assert world.run.state == "acknowledged"


def test_it_closes_by_itself_seven_days_after_the_call_back_and_is_archived_later():
    world = an_order("call_back", at="2026-02-13T10:00")  # Fri; 7 days: until Tue 24 Feb

    world.advance_to(at_local("2026-02-25T00:00"))
    closed = world.run.state
    world.advance_to(at_local("2026-03-28T00:00"))  # 30 days from Wed 25 Feb: Fri 27 Mar

    assert (closed, world.run.state) == ("closed", "archived")


# --- interim reply: the five days are kept by telling the plan and the date ---------------------


@pytest.mark.parametrize(
    ("finish_on", "day"),
    [
        pytest.param("2025-02-20", "Thu 2025-02-20", id="an-ordinary-Thursday"),
        # a day off moves to the next working day
        pytest.param("2025-01-28", "Wed 2025-02-05", id="Spring-2025"),
        pytest.param("2025-10-01", "Thu 2025-10-09", id="National-2025"),
        pytest.param("2026-02-17", "Tue 2026-02-24", id="Spring-2026"),
        pytest.param("2026-10-01", "Thu 2026-10-08", id="National-2026"),
    ],
)
def test_an_interim_reply_keeps_the_limit_and_promises_a_day(finish_on, day):
    world = an_order("acknowledge", at="2025-01-13T09:00")

    told = decided(world.act("interim_reply", ground="obstacle", obstacle="冬季不能施工",
                             finish_on=finish_on))  # fmt: skip

    ended = {c.clock.name: c.clock.was_late for c in told.clocks if c.change is Change.ENDED}
    assert (ended["answer"], ended["promise"]) == (False, False)
    assert Notice("person", "hotline.interim_reply.person") in told.notices
    assert (world.run.state, due_on(world, "plan")) == ("committed", day)


def test_the_date_told_to_the_caller_moves_once_and_only_by_the_centre():
    world = an_order("acknowledge", at="2025-11-03T09:00")
    decided(world.act("interim_reply", finish_on="2025-11-20"))

    own = refused(world.act("new_date", by="unit", finish_on="2025-12-01"))
    decided(world.act("new_date", finish_on="2025-12-01"))
    again = refused(world.act("new_date", finish_on="2025-12-20"))

    assert (own.code, again.code) == ("run.not_yours", "run.used_up")
    assert due_on(world, "plan") == "Mon 2025-12-01"


# --- ending without an answer -------------------------------------------------------------------


def test_a_unit_only_asks_for_termination_and_the_centre_decides():
    world = an_order("acknowledge")

    alone = refused(world.act("terminate_handling"))
    decided(world.act("ask_termination"))
    own = refused(world.act("terminate_handling", by="unit"))
    decided(world.act("terminate_handling"))

    assert (alone.code, own.code) == ("hotline.termination_not_asked", "run.not_yours")
    assert world.run.state == "terminated"


def test_while_termination_is_asked_for_the_limits_run():
    world = an_order("acknowledge", at="2025-11-03T09:00")
    decided(world.act("ask_termination"))

    world.advance_to(at_local("2025-11-11T00:00"))

    assert world.run.clocks["answer"].overdue_at == at_local("2025-11-11T00:00")


def test_a_matter_for_another_path_is_declined_with_that_path():
    world = an_order("accept_call")

    bare = refused(world.act("decline", {"ground": "other_path", "reason": "应当复议"}))
    said = decided(
        world.act("decline", ground="other_path", path="reconsideration", where_to="市政府复议机构")
    )

    assert bare.data["errors"].keys() == {"path", "where_to"}
    assert (world.run.state, said.documents) == ("declined", ("decline_notice",))


def test_what_was_declined_by_mistake_is_taken_up_again_with_a_new_promise():
    world = an_order("accept_call", at="2025-11-03T09:00")
    decided(world.act("decline"))
    world.advance_to(at_local("2025-11-10T09:00"))

    decided(world.act("reopen"))

    assert (world.run.state, due_on(world, "promise")) == ("received", "Mon 2025-11-17")


def test_the_leaders_are_asked_twice_at_most():
    world = an_order("acknowledge")
    for stage in ("office", "meeting"):
        decided(world.act("refer_up"))
        assert world.run.facts["leader_stage"] == stage
        decided(world.act("decide_leader"))

    assert refused(world.act("refer_up")).code == "run.last_level"


# --- after the answer ---------------------------------------------------------------------------


def test_the_lead_does_not_answer_before_the_assisting_units_have():
    world = an_order("acknowledge")
    opened = decided(world.act("ask_assistance", to_units=["unit-b", "unit-c"]))

    assert len(opened.openings) == 2
    assert refused(world.act("answer")).code == "hotline.assistance_open"
    world.finish_child("assist", "answered")
    assert refused(world.act("answer")).code == "hotline.assistance_open"
    world.finish_child("assist", "refused")
    decided(world.act("answer"))


def test_units_that_the_centre_names_to_assist_answer_to_the_lead():
    world = an_order("acknowledge")

    named = decided(world.act("split_lead_assist", to_units=["unit-b", "unit-c"]))

    assert [(o.form["to_unit"], o.form["by_unit"]) for o in named.openings] == [
        ("unit-b", "unit-a"), ("unit-c", "unit-a"),
    ]  # fmt: skip


def test_redoing_is_a_new_limit_and_the_first_keeps_its_statistics():
    world = an_order("call_back", at="2025-11-03T09:00")
    first = world.run.clocks["answer"]
    world.advance_to(at_local("2025-11-05T09:00"))  # Wed

    decided(world.act("redo"))

    assert (first.status, first.outcome, first.was_late) == (Status.ENDED, Outcome.MET, False)
    assert due_on(world, "answer") == due_on(world, "promise") == "Wed 2025-11-12"


def test_a_call_back_ends_unanswered_only_after_three_tries_each_time():
    world = an_order("audit")
    for _ in range(3):
        assert refused(world.act("call_back_unreached")).code == "hotline.try_three_times"
        decided(world.act("try_call_back"))
    decided(world.act("call_back_unreached"))

    decided(world.act("redo"))
    decided(world.act("answer"))
    decided(world.act("audit"))

    assert refused(world.act("call_back_unreached")).code == "hotline.try_three_times"


def test_a_caller_who_wants_a_reply_is_called_back():
    world = an_order("audit")

    assert refused(world.act("call_back_waived")).code == "hotline.reply_wanted"


# --- mediation ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "state"),
    [("agreed", "mediated"), ("failed", "received"), ("withdrawn", "received"),
     ("declined", "received")],
)  # fmt: skip
def test_the_result_of_mediation_comes_back_to_the_order(result, state):
    world = an_order("accept_call", at="2025-11-03T09:00")
    decided(world.act("offer_mediation"))
    sent = decided(world.act("refer_to_mediation"))

    answer = decided(world.finish_child("mediation", result))

    assert Notice("person", "hotline.refer_to_mediation.person") in sent.notices
    assert world.run.clocks["promise"].status is Status.RUNNING  # a new promise, told to the caller
    assert (world.run.state, answer.event.action) == (state, "mediation_ended")


def test_one_clear_refusal_keeps_an_order_out_of_mediation():
    world = an_order("accept_call")
    decided(world.act("offer_mediation"))

    assert refused(world.act("refer_to_mediation", consent="refused")).code == "hotline.not_agreed"
    decided(world.act("mediation_refused"))
    assert world.run.state == "received"


# --- the people ---------------------------------------------------------------------------------


def test_a_person_submits_online_without_a_category_or_a_contact():
    world = World(procedure("hotline"), CALENDAR, at_local("2025-10-01T22:00"), limits())

    decided(
        world.act("submit_online", {"place": "place", "content": "路灯不亮", "reply": "no_contact"})
    )

    assert (world.run.state, due_on(world, "promise")) == ("received", "Tue 2025-10-14")


@pytest.mark.parametrize("action", ["rate", "withdraw", "remind", "message_unit"])
def test_staff_never_act_for_the_caller(action):
    world = an_order("acknowledge")
    names = ("agent", "dispatcher", "centre", "callback_agent", "unit")
    staff = [an_actor(world.procedure, name, world.run) for name in names]

    assert {refused(world.act(action, by=actor)).code for actor in staff} == {"run.not_yours"}


def test_another_person_never_rates_for_the_caller():
    world = an_order("call_back")

    stranger = refused(world.act("rate", by=Actor(Who.PERSON, "person-somebody-else")))

    assert stranger.code == "run.not_yours"


def test_a_rating_can_be_changed_once_and_needs_no_reason():
    world = an_order("close")

    decided(world.act("rate", {"satisfaction": "unsatisfied"}))
    decided(world.act("rate", {"satisfaction": "satisfied"}))

    assert refused(world.act("rate", {"satisfaction": "satisfied"})).code == "run.used_up"


def test_only_the_caller_ends_an_order_as_withdrawn():
    world = an_order("acknowledge")

    decided(world.act("withdraw"))

    assert world.run.state == "withdrawn"


def test_the_caller_has_it_taken_up_again_until_it_is_archived():
    world = an_order("call_back")
    decided(world.act("close"))

    decided(world.act("ask_again", by="person"))

    assert world.run.state == "acknowledged"
    assert {"answer", "promise"} <= {
        name for name, clock in world.run.clocks.items() if clock.status is Status.RUNNING
    }


def test_a_matter_handed_over_to_the_hotline_is_dispatched_like_a_call():
    world = World(procedure("hotline"), CALENDAR, at_local("2025-11-03T09:00"), limits())

    decided(world.act("take_over"))

    assert (world.run.state, world.run.facts["reply"]) == ("received", "wanted")
    decided(world.act("dispatch"))
