"""Review, re-review and suggestions read like the regulations (XF22 35, 36, 40; SDXF15 43-46, 59).

Days off and worked weekends as listed in test_petition.
"""

from dataclasses import replace

import pytest

from huiyin.petitions.tests.factories import MONDAY, choose, do, moment, running, start
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Outcome, Status
from huiyin.procedures.simulation import an_actor
from huiyin.procedures.tests.answers import decided, due_on, refused

LEVELS = ("review", "re_review")


def requested(level="review", *acts, at=MONDAY):
    """Return a review or re-review that was asked for, and acts after it."""
    world = start(level, at)
    units = {"review_unit": "unit-above", "handling_unit": "unit-a"}
    if level == "re_review":
        units["re_review_unit"] = "unit-top"
    decided(world.act("request", **units))
    return do(world, *acts)


# 30 days from receipt of the request: 2 Jan + 30 = Sat 1 Feb 2025; 5 Sep + 30 = Sun 5 Oct 2025;
# 16 Jan + 30 = Sun 15 Feb 2026; 2 Sep + 30 = Fri 2 Oct 2026; 3 Mar + 30 = Wed 2 Apr 2025
THIRTY_DAYS = (
    ("2025-01-02", "Wed 2025-02-05"), ("2025-09-05", "Thu 2025-10-09"),
    ("2026-01-16", "Tue 2026-02-24"), ("2026-09-02", "Thu 2026-10-08"),
    ("2025-03-03", "Wed 2025-04-02"),
)  # fmt: skip
# 3 working days: Wed 5, Thu 6, Fri 7 Feb 2025; Thu 9, Fri 10, Sat 11 Oct 2025 (worked); Sat 14
# (worked), Tue 24, Wed 25 Feb 2026; Thu 8, Fri 9, Sat 10 Oct 2026 (worked)
THREE_WORKING = (
    ("2025-01-27", "Fri 2025-02-07"), ("2025-09-30", "Sat 2025-10-11"),
    ("2026-02-13", "Wed 2026-02-25"), ("2026-09-30", "Sat 2026-10-10"),
)  # fmt: skip
# 5 working days: as above and Sat 8 (worked), Mon 10 Feb 2025; Mon 13, Tue 14 Oct 2025; Thu 26,
# Fri 27 Feb 2026; Mon 12, Tue 13 Oct 2026
FIVE_WORKING = (
    ("2025-01-27", "Mon 2025-02-10"), ("2025-09-30", "Tue 2025-10-14"),
    ("2026-02-13", "Fri 2026-02-27"), ("2026-09-30", "Tue 2026-10-13"),
)  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("begin", "day"), THIRTY_DAYS)
def test_the_opinion_is_due_30_days_after_the_request(level, begin, day):  # XF22 35, 36
    assert due_on(requested(level, at=f"{begin}T16:00"), "decide") == day


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(("begin", "day"), THREE_WORKING)
def test_acceptance_is_decided_within_3_working_days(level, begin, day):  # SDXF15 43, 44
    assert due_on(requested(level, at=f"{begin}T16:00"), "accept") == day


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_overdue_is_a_fault_and_goes_on(level):
    world = requested(level)

    world.advance_to(moment("2025-04-03T00:00"))

    overdue = {name for name, clock in world.run.clocks.items() if clock.overdue_at}
    assert (world.run.state, overdue) == ("requested", {"accept", "decide"})


@pytest.mark.parametrize("level", LEVELS)
def test_there_is_no_extension(level):
    assert all(rule.extending is None for rule in procedure(level).clocks.values())


def test_a_hearing_during_review_counts():  # art. 35 has no exclusion
    world = requested("review", "accept")
    before = world.run.clocks["decide"]

    do(world, "call_hearing", at="2025-03-10T10:00")
    do(world, "record_hearing", at="2025-03-24T10:00")

    assert world.run.clocks["decide"] == before


@pytest.mark.parametrize(
    ("asked", "called", "held", "day"),
    [
        # rested 14 days: Wed 2 Apr + 14
        pytest.param("2025-03-03", "2025-03-10", "2025-03-24", "Wed 2025-04-16", id="14-days"),
        # 2 Sep + 30 + 10 = Sun 12 Oct 2025, so Mon 13
        pytest.param(
            "2025-09-02", "2025-09-10", "2025-09-20", "Mon 2025-10-13", id="National-2025"
        ),
        # 20 Jan + 30 + 7 = Thu 26 Feb 2026
        pytest.param("2026-01-20", "2026-01-26", "2026-02-02", "Thu 2026-02-26", id="Spring-2026"),
        # called and held on one day: nothing is gained. 3 Mar + 30
        pytest.param("2025-03-03", "2025-03-10", "2025-03-10", "Wed 2025-04-02", id="one-day"),
    ],
)
def test_a_hearing_during_re_review_is_not_counted(asked, called, held, day):  # XF22 36(2)
    world = requested("re_review", "accept", at=f"{asked}T10:00")

    do(world, "call_hearing", at=f"{called}T14:00")
    assert world.run.clocks["decide"].status is Status.PAUSED
    do(world, "conclude_hearing", at=f"{held}T14:00")

    assert (world.run.state, due_on(world, "decide")) == ("reviewing", day)


def test_a_hearing_that_is_called_off_rests_no_longer():
    world = requested("re_review", "accept")
    do(world, "call_hearing", at="2025-03-10T10:00")

    do(world, "cancel_hearing", at="2025-03-13T10:00")

    assert due_on(world, "decide") == "Mon 2025-04-07"  # Wed 2 + 3 = Sat 5 Apr, Qingming to Sun 6


def test_a_hearing_does_not_rest_the_clock_for_ever():  # [default] 30 days
    world = requested("re_review", "accept", "call_hearing")

    assert due_on(world, "hold_hearing") == "Wed 2025-04-02"


@pytest.mark.parametrize("level", LEVELS)
def test_a_paper_request_counts_from_when_it_was_really_received(level):
    world = requested(level, at="2025-03-07T10:00")

    decided(world.act("correct_receipt", received_at="2025-03-03T15:00"))

    assert (due_on(world, "accept"), due_on(world, "decide")) == (
        "Thu 2025-03-06", "Wed 2025-04-02",
    )  # fmt: skip


@pytest.mark.parametrize("level", LEVELS)
def test_the_wrong_unit_passes_it_on_at_no_loss_to_the_petitioner(level):
    world = requested(level)
    before = dict(world.run.clocks)

    do(world, "pass_on", at="2025-03-05T10:00")

    assert (world.run.roles["lead"], dict(world.run.clocks)) == (("unit-a",), before)


@pytest.mark.parametrize(
    ("level", "outcome", "result"),
    [
        ("review", "maintain", "maintained"), ("review", "change", "changed"),
        ("review", "revoke", "revoked"), ("review", "void", "voided"),
        ("re_review", "maintain", "maintained"), ("re_review", "change", "changed"),
        ("re_review", "revoke", "revoked"), ("re_review", "revoke_review", "revoked_review"),
        ("re_review", "void", "voided"),
    ],
)  # fmt: skip
def test_an_opinion_ends_it_with(level, outcome, result):  # SDXF15 45
    answer = decided(choose(requested(level, "accept"), "decide", outcome=outcome))

    assert (answer.after.state, answer.done_with) == (result, result)
    assert answer.after.clocks["decide"].outcome is Outcome.MET


def test_revoking_names_the_fault_and_the_time_for_new_handling():  # SDXF15 45
    world = requested("review", "accept")
    form = {"outcome": "revoke", "facts": "查明的事实", "opinion": "撤销"}

    refusal = refused(world.act("decide", form))

    assert refusal.data["errors"].keys() == {"faults", "redo_by"}


def test_a_review_opinion_says_where_to_ask_for_re_review():  # SDXF15 41
    world = requested("review", "accept")
    form = {"outcome": "maintain", "facts": "查明的事实", "opinion": "维持"}

    assert refused(world.act("decide", form)).data["errors"].keys() == {"re_review_unit"}


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize(
    ("acts", "result"),
    [
        pytest.param(("not_accept",), "not_accepted", id="not-accepted"),
        pytest.param(("withdraw",), "withdrawn", id="withdrawn"),
        pytest.param(("accept", "withdraw"), "withdrawn", id="withdrawn-later"),
        pytest.param(("accept", "discontinue"), "discontinued", id="discontinued"),
    ],
)
def test_without_an_opinion_it_ends_with(level, acts, result):
    world = requested(level, *acts)

    assert (world.run.state, world.run.result, running(world)) == (result, result, set())
    assert world.run.clocks["decide"].outcome is Outcome.RETURNED  # neither kept nor broken


def test_a_re_review_can_be_withdrawn_during_the_hearing():
    assert requested("re_review", "accept", "call_hearing", "withdraw").is_over


@pytest.mark.parametrize("level", LEVELS)
def test_nobody_withdraws_for_the_petitioner(level):
    world = requested(level)
    staff = [
        an_actor(world.procedure, name, world.run)
        for name, rule in procedure(level).actors.items()
        if not rule.is_person
    ]

    assert {refused(world.act("withdraw", by=one)).code for one in staff} == {"run.not_yours"}
    assert refused(world.act("withdraw", sure=False)).code == f"{level}.of_own_will"


@pytest.mark.parametrize("level", LEVELS)
def test_the_unit_under_review_decides_nothing(level):
    world = requested(level)
    handler = an_actor(world.procedure, "handler", world.run)

    for action in ("accept", "not_accept", "pass_on", "discontinue"):
        assert refused(world.act(action, by=handler)).code == "run.not_yours"
    assert "hand_in_file" in world.open_actions(handler)


# --- suggestions --------------------------------------------------------------------------------


def suggested(at=MONDAY):
    world = start("suggestion", at)
    decided(world.act("suggest", to_unit="unit-b", by_unit="unit-office"))
    return world


@pytest.mark.parametrize(("begin", "day"), THIRTY_DAYS)
def test_a_suggestion_is_answered_in_writing_within_30_days(begin, day):  # SDXF15 59(2), XF22 40
    assert due_on(suggested(f"{begin}T16:00"), "feedback") == day


@pytest.mark.parametrize(("begin", "day"), FIVE_WORKING)
def test_feedback_is_looked_at_within_5_working_days(begin, day):  # [default]
    assert due_on(do(suggested(f"{begin}T16:00"), "feed_back"), "note") == day


@pytest.mark.parametrize("adoption", ["adopted", "partly", "not_adopted"])
def test_a_suggestion_ends_with_what_became_of_it(adoption):
    world = suggested()
    decided(choose(world, "feed_back", adoption=adoption))

    do(world, "take_note")

    assert (world.run.state, world.run.result) == (adoption, adoption)


def test_not_to_adopt_needs_reasons():
    refusal = refused(suggested().act("feed_back", {"adoption": "not_adopted", "files": ["f"]}))

    assert refusal.data["errors"].keys() == {"reasons"}


def test_what_is_missing_in_the_feedback_is_asked_for_with_new_time():
    world = do(suggested(), "feed_back", "ask_again", at="2025-03-10T10:00")

    assert (world.run.state, due_on(world, "feedback")) == ("suggested", "Wed 2025-04-09")


def test_only_the_office_that_suggested_judges_the_feedback():
    world = do(suggested(), "feed_back")
    other = replace(an_actor(world.procedure, "proposer", world.run), unit="unit-other")

    assert refused(world.act("take_note", by=other)).code == "run.not_yours"
