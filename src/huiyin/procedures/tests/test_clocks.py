"""What acts do to clocks that rest, are overdue, or were begun again."""

from dataclasses import replace
from datetime import timedelta

from huiyin.procedures import Decision, Refusal, due_clocks
from huiyin.procedures.runs import Outcome, Status
from huiyin.procedures.simulation import at_local
from huiyin.procedures.tests.sample import LIMITS, a_world
from huiyin.worktime import parse_limit

DAY = timedelta(days=1)
RESTS_IN_PLACE = ("    to: suspended\n    by: above", "    by: above")
MORE_WHILE_IT_RESTS = ("in: [dispatched]}}", "in: [dispatched, suspended]}}")


def refused(answer):
    assert isinstance(answer, Refusal), answer
    return answer


def decided(answer):
    assert isinstance(answer, Decision), answer
    return answer


def handle(world):
    return world.run.clocks["handle"]


def test_hours_count_from_the_end_of_the_latest_day_and_never_from_before_an_earlier_act():
    due_at = []
    for days in (14, 15, 16):  # the 15th day ends on 17 March at 24:00
        world = a_world(at="2026-03-02T15:00", upto="receive")
        world.limits = {**world.limits, "t.handle": parse_limit("48 hours")}
        decided(world.act("dispatch", after=days * DAY))
        due_at.append(handle(world).due_at)

    assert due_at == [
        at_local("2026-03-18T15:00"), at_local("2026-03-19T15:00"), at_local("2026-03-20T00:00")
    ]  # fmt: skip


def test_a_clock_whose_act_is_refused_does_not_hold_up_the_others():
    world = a_world(
        ("in: [answered], on_expiry: {act: close}", "in: [dispatched], on_expiry: {act: close}"),
        ("start: [window, handle]", "start: [window, handle, review]"),
        upto="dispatch",
    )

    answers = world.advance_to(at_local("2026-06-01T09:00"))

    assert [isinstance(answer, Decision) for answer in answers] == [True, True, True]
    assert handle(world).overdue_at == at_local("2026-05-07T00:00")
    assert world.run.clocks["review"].overdue_at is not None
    assert due_clocks(world.run, world.now) == ()


def test_a_clock_that_is_met_while_it_rests_was_not_late():
    world = a_world(RESTS_IN_PLACE, at="2026-03-02T09:00", upto="dispatch")  # due on 6 May
    world.act("suspend", after=30 * DAY)  # 1 April

    decided(world.act("answer", {"text": "已修好", "checked": "on"}, after=60 * DAY))  # 31 May

    assert handle(world).outcome is Outcome.MET
    assert handle(world).pauses[0].to_at == world.now
    assert handle(world).due_on.isoformat() == "2026-06-30"  # 60 days after 1 May, a pause of 60
    assert handle(world).was_late is False


def test_a_clock_that_was_late_before_it_rested_stays_late():
    world = a_world(RESTS_IN_PLACE, at="2026-03-02T09:00", upto="dispatch")
    world.act("suspend", after=80 * DAY)

    decided(world.act("answer", {"text": "已修好", "checked": "on"}, after=DAY))

    assert handle(world).due_on.isoformat() == "2026-05-06"
    assert handle(world).was_late is True


def test_more_time_asked_for_in_time_takes_the_fault_back_and_the_new_end_counts():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")  # due on 6 May
    decided(world.act("ask_handle_extension", amount=30))
    world.advance_to(at_local("2026-05-08T09:00"))
    assert handle(world).overdue_at == at_local("2026-05-07T00:00")

    decided(world.act("approve_handle_extension", {}))

    assert handle(world).overdue_at is None
    assert handle(world).due_on.isoformat() == "2026-06-01"  # 90 days: 31 May, a Sunday
    world.advance_to(at_local("2026-06-03T09:00"))
    assert handle(world).overdue_at == at_local("2026-06-02T00:00")


def test_too_little_more_time_leaves_the_fault():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")
    decided(world.act("ask_handle_extension", amount=5))
    world.advance_to(at_local("2026-05-20T09:00"))

    decided(world.act("approve_handle_extension", {}))

    assert handle(world).overdue_at == at_local("2026-05-07T00:00")


def test_a_rest_that_ends_a_moment_before_it_began_took_no_time():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")
    before = handle(world)
    world.act("suspend")
    world.now -= timedelta(seconds=1)  # as another server has it

    decided(world.act("resume"))

    assert handle(world).due_at == before.due_at


def test_a_rest_after_the_end_does_not_open_the_way_to_more_time():
    world = a_world(MORE_WHILE_IT_RESTS, at="2026-03-02T09:00", upto="dispatch")
    world.act("suspend", after=80 * DAY)

    refusal = refused(world.act("ask_handle_extension"))

    assert (refusal.code, refusal.data["closed_on"].isoformat()) == (
        "run.window_closed", "2026-05-06"
    )  # fmt: skip


def test_a_clock_that_rests_in_time_may_be_given_more():
    world = a_world(MORE_WHILE_IT_RESTS, at="2026-03-02T09:00", upto="dispatch")
    world.act("suspend", after=10 * DAY)

    decided(world.act("ask_handle_extension", amount=30, after=80 * DAY))
    decided(world.act("approve_handle_extension", {}))
    decided(world.act("resume", after=DAY))

    assert handle(world).due_on.isoformat() == "2026-08-20"  # 90 days and a rest of 81


def test_stopping_a_right_that_has_lapsed_is_told_and_leaves_its_outcome():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")
    world.advance_to(at_local("2026-03-05T09:00"))
    lapsed = world.run.clocks["window"]

    decision = decided(world.act("answer", {"text": "已修好", "checked": "on"}))

    told = {change.clock.name: change.clock for change in decision.clocks}
    assert told == {name: world.run.clocks[name] for name in ("window", "handle", "review")}
    assert told["window"] == replace(lapsed, status=Status.ENDED)
    assert (lapsed.outcome, lapsed.ended_at) == (Outcome.LAPSED, at_local("2026-03-05T00:00"))


def test_an_end_whose_action_cannot_be_taken_is_recorded_as_a_fault():
    needs = (
        "by: [system, person]",
        "by: [system, person]\n    needs: [{fact: designated, is: true, else: designated}]",
    )
    world = a_world(needs, at="2026-03-02T09:00", upto="answer")

    (answer,) = world.advance(timedelta(days=31))

    assert isinstance(answer, Decision)
    assert world.run.state == "answered"
    assert world.run.clocks["review"].overdue_at is not None


def test_an_extension_in_another_unit_is_counted_from_the_end_of_the_limit():
    limits = {**LIMITS, "t.more": parse_limit("5 working days")}
    world = a_world(at="2026-03-02T09:00", upto="dispatch")
    world.limits = limits
    world.act("ask_handle_extension", amount=5)

    world.act("approve_handle_extension", {})

    # 60 days end on 6 May, the first working day after Labour Day; five working days more, with
    # Saturday 9 May worked: 7, 8, 9, 11, 12 May.
    assert world.run.clocks["handle"].due_on.isoformat() == "2026-05-12"
