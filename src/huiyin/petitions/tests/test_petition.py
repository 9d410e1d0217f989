"""The petition reads like the regulations: every limit with its start, pause, extension, expiry.

XF22 = 信访工作条例 (2022), SDXF15 = 山东省信访条例 (2015). XF22 has no rule for counting, so
those of the Civil Code apply (arts. 201, 203): the first day is not counted, a last day that is a
day off moves to the next working day. Days off used below, from the State Council's notices:

- 2025 Spring Festival 28 Jan (Tue) to 4 Feb (Tue); worked: Sun 26 Jan, Sat 8 Feb.
- 2025 National Day and Mid-autumn 1 Oct (Wed) to 8 Oct (Wed); worked: Sun 28 Sep, Sat 11 Oct.
- 2026 Spring Festival 15 Feb (Sun) to 23 Feb (Mon); worked: Sat 14 Feb, Sat 28 Feb.
- 2026 National Day 1 Oct (Thu) to 7 Oct (Wed); worked: Sun 20 Sep, Sat 10 Oct.
"""

from dataclasses import replace

import pytest

from huiyin.petitions.tests.factories import (
    DIRECT,
    MONDAY,
    REFERRED,
    SIMPLE,
    a_petition,
    do,
    moment,
    running,
    start,
    upto,
)
from huiyin.procedures.decisions import Notice
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Actor, Outcome, Status, Who
from huiyin.procedures.simulation import an_actor
from huiyin.procedures.tests.answers import decided, due_at, due_on, refused
from huiyin.procedures.tests.eves import EVES

UNDER_REVIEW = (*REFERRED, "request_review")


def reviewed(*acts, result="maintained", at=MONDAY):
    """Return a petition whose review has ended, and acts after it."""
    world = a_petition(*UNDER_REVIEW, at=at)
    world.finish_child("review", result)
    return do(world, *acts)


def re_reviewed(*acts, result="maintained", at=MONDAY):
    """Return a petition whose re-review has ended, and acts after it."""
    world = reviewed("serve_review", "request_re_review", at=at)
    world.finish_child("re_review", result)
    return do(world, *acts)


def each_festival(clock, acts, rule, *days):
    """One row a festival: clock, what was done that day, the day, the last day in time."""
    return [
        pytest.param(clock, acts, begin, day, id=f"{clock}-{rule}-{begin}") for begin, day in days
    ]


# --- 15 calendar days ---------------------------------------------------------------------------
# 16 Jan + 15 = Fri 31 Jan 2025; 16 Sep + 15 = Wed 1 Oct 2025; 31 Jan + 15 = Sun 15 Feb 2026;
# 16 Sep + 15 = Thu 1 Oct 2026: all days off, so the next working day. 24 Jan + 15 = Sat 8 Feb 2025,
# a worked Saturday, so that day itself. 3 Mar + 15 = Tue 18 Mar 2025.
FIFTEEN_DAYS = (
    ("2025-01-16", "Wed 2025-02-05"), ("2025-09-16", "Thu 2025-10-09"),
    ("2026-01-31", "Tue 2026-02-24"), ("2026-09-16", "Thu 2026-10-08"),
    ("2025-01-24", "Sat 2025-02-08"), ("2025-03-03", "Tue 2025-03-18"),
)  # fmt: skip
# --- 30 calendar days ---------------------------------------------------------------------------
# 2 Jan + 30 = Sat 1 Feb 2025; 5 Sep + 30 = Sun 5 Oct 2025; 16 Jan + 30 = Sun 15 Feb 2026;
# 2 Sep + 30 = Fri 2 Oct 2026. 3 Mar + 30 = Wed 2 Apr 2025.
THIRTY_DAYS = (
    ("2025-01-02", "Wed 2025-02-05"), ("2025-09-05", "Thu 2025-10-09"),
    ("2026-01-16", "Tue 2026-02-24"), ("2026-09-02", "Thu 2026-10-08"),
    ("2025-03-03", "Wed 2025-04-02"),
)  # fmt: skip
# --- 60 calendar days ---------------------------------------------------------------------------
# 2 Dec 2024 + 60 = Fri 31 Jan 2025; 4 Aug + 60 = Fri 3 Oct 2025; 19 Dec 2025 + 60 = Tue 17 Feb
# 2026; 5 Aug + 60 = Sun 4 Oct 2026. 3 Mar + 60 = Fri 2 May 2025, Labour Day holiday to Mon 5 May.
SIXTY_DAYS = (
    ("2024-12-02", "Wed 2025-02-05"), ("2025-08-04", "Thu 2025-10-09"),
    ("2025-12-19", "Tue 2026-02-24"), ("2026-08-05", "Thu 2026-10-08"),
    ("2025-03-03", "Tue 2025-05-06"),
)  # fmt: skip
# --- 75 calendar days ---------------------------------------------------------------------------
# 20 Nov 2024 + 75 = Mon 3 Feb 2025; 21 Jul + 75 = Sat 4 Oct 2025; 5 Dec 2025 + 75 = Wed 18 Feb
# 2026; 21 Jul + 75 = Sun 4 Oct 2026. 15 Sep + 75 = Sat 29 Nov 2025.
SEVENTY_FIVE_DAYS = (
    ("2024-11-20", "Wed 2025-02-05"), ("2025-07-21", "Thu 2025-10-09"),
    ("2025-12-05", "Tue 2026-02-24"), ("2026-07-21", "Thu 2026-10-08"),
    ("2025-09-15", "Mon 2025-12-01"),
)  # fmt: skip
# --- days that somebody names -------------------------------------------------------------------
# a day off moves to the next working day; a worked Saturday or Sunday stands
NAMED_DAYS = (
    ("2025-01-30", "Wed 2025-02-05"), ("2025-02-08", "Sat 2025-02-08"),
    ("2025-10-03", "Thu 2025-10-09"), ("2025-10-11", "Sat 2025-10-11"),
    ("2026-02-18", "Tue 2026-02-24"), ("2026-10-04", "Thu 2026-10-08"),
    ("2025-09-26", "Fri 2025-09-26"),
)  # fmt: skip
# --- working days ------------------------------------------------------------------------------
# after Mon 27 Jan 2025: Wed 5, Thu 6, Fri 7, Sat 8 (worked), Mon 10, Tue 11, Wed 12, Thu 13,
# Fri 14, Mon 17 Feb. After Tue 30 Sep 2025: Thu 9, Fri 10, Sat 11 (worked), Mon 13, Tue 14, Wed 15,
# Thu 16, Fri 17, Mon 20, Tue 21 Oct. After Fri 13 Feb 2026: Sat 14 (worked), Tue 24, Wed 25,
# Thu 26, Fri 27, Sat 28 Feb (worked), Mon 2, Tue 3, Wed 4, Thu 5 Mar. After Wed 30 Sep 2026:
# Thu 8, Fri 9, Sat 10 (worked), Mon 12, Tue 13, Wed 14, Thu 15, Fri 16, Mon 19, Tue 20 Oct.
TWO_WORKING = ("Thu 2025-02-06", "Fri 2025-10-10", "Tue 2026-02-24", "Fri 2026-10-09")
THREE_WORKING = ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10")
FIVE_WORKING = ("Mon 2025-02-10", "Tue 2025-10-14", "Fri 2026-02-27", "Tue 2026-10-13")
TEN_WORKING = ("Mon 2025-02-17", "Tue 2025-10-21", "Thu 2026-03-05", "Tue 2026-10-20")


def before(days):
    return tuple(zip(EVES, days, strict=True))


LIMITS = [
    # pet.route, XF22 22: from receipt by the petition office
    *each_festival("route", ("submit",), "XF22-22", *FIFTEEN_DAYS),
    # pet.notice_direct, XF22 23(2): from receipt by the unit
    *each_festival("inform_direct", ("register_direct",), "XF22-23", *FIFTEEN_DAYS),
    # pet.notice_referred, XF22 23(3): from receipt of the transferred or assigned matter
    *each_festival("inform_referred", upto("transfer"), "XF22-23", *FIFTEEN_DAYS),
    *each_festival("inform_referred", ("submit", "assign"), "XF22-23", *FIFTEEN_DAYS),
    # pet.accept_latest [default]: counted as accepted at the latest
    *each_festival("accept_by", ("register_direct",), "default", *FIFTEEN_DAYS),
    # pet.object, XF22 23(3): 5 working days from receipt
    *each_festival("object", upto("transfer"), "XF22-23", *before(FIVE_WORKING)),
    # pet.decide_objection [default]: 2 working days
    *each_festival(
        "decide_objection", (*upto("transfer"), "object"), "default", *before(TWO_WORKING)
    ),
    # pet.simple_accept, simplified handling: 3 working days from receipt
    *each_festival("simple_accept", upto("transfer"), "simple", *before(THREE_WORKING)),
    # pet.simple_handle: 10 working days from acceptance
    *each_festival("simple", SIMPLE, "simple", *before(TEN_WORKING)),
    # pet.handle, XF22 34: 60 days from acceptance
    *each_festival("handle", upto("inform_receipt_referred"), "XF22-34", *SIXTY_DAYS),
    *each_festival("handle", upto("accept", DIRECT), "XF22-34", *SIXTY_DAYS),
    *each_festival("handle", SIMPLE, "XF22-34", *SIXTY_DAYS),
    # pet.answer_other [default]: 60 days, for what has no limit in XF22
    *each_festival("answer", (*upto("transfer"), "accept_other"), "default", *SIXTY_DAYS),
    # pet.review_request, XF22 35: 30 days from receipt of the written opinion
    *each_festival("review_request", REFERRED, "XF22-35", *THIRTY_DAYS),
    # pet.serve, pet.decide_up [default]: 5 working days
    *each_festival("serve", upto("reply"), "default", *before(FIVE_WORKING)),
    *each_festival("decide_up", ("submit", "report_up"), "default", *before(FIVE_WORKING)),
    # pet.confirm_agreement [default]: 10 working days
    *each_festival(
        "confirm_agreement", (*upto("handle"), "settle"), "default", *before(TEN_WORKING)
    ),
    # pet.rate [default]: 30 days from service; pet.perform [default]: 60 days from the grant
    *each_festival("rate", REFERRED, "default", *THIRTY_DAYS),
    *each_festival("perform", (*upto("handle"), "reply_supported"), "default", *SIXTY_DAYS),
    # pet.report [default, where the sender names no day]: 75 days from receipt of the assignment
    *each_festival("report_back", ("submit", "assign"), "default", *SEVENTY_FIVE_DAYS),
    # pet.check [default]: 5 working days
    *each_festival("check", ("submit", "not_accept", "ask_check"), "default",
                   *before(FIVE_WORKING)),
]  # fmt: skip


@pytest.mark.parametrize(("clock", "acts", "begin", "day"), LIMITS)
def test_a_limit_ends_on(clock, acts, begin, day):
    world = a_petition(*acts, at=f"{begin}T16:00")

    assert due_on(world, clock) == day


@pytest.mark.parametrize(("begin", "day"), THIRTY_DAYS)
def test_the_time_to_ask_for_re_review_is_30_days_from_receipt(begin, day):  # XF22 36
    world = reviewed("serve_review", at=f"{begin}T16:00")

    assert due_on(world, "rereview_request") == day


@pytest.mark.parametrize(("begin", "day"), THIRTY_DAYS)
def test_new_handling_has_30_days_from_the_order(begin, day):  # SDXF15 45, [default]
    world = reviewed("handle_again", result="revoked", at=f"{begin}T16:00")

    assert due_on(world, "redo") == day


@pytest.mark.parametrize(("named", "day"), NAMED_DAYS)
def test_the_sender_names_the_day_of_the_report_back(named, day):  # XF22 22(3)
    world = a_petition("submit", at="2024-12-02T10:00")

    decided(world.act("assign", report_on=named))

    assert due_on(world, "report_back") == day


@pytest.mark.parametrize("action", ["assign", "name_redo_day", "reply_supported"])
def test_a_day_that_is_named_is_still_to_come(action):
    ways = {
        "assign": (a_petition("submit"), "report_on"),
        "name_redo_day": (reviewed(result="revoked"), "redo_on"),
        "reply_supported": (a_petition(*upto("handle")), "perform_by"),
    }
    world, field = ways[action]

    refusal = refused(world.act(action, **{field: "2025-03-02"}))

    assert field in refusal.data["errors"]


@pytest.mark.parametrize(("named", "day"), NAMED_DAYS)
def test_new_handling_ends_with_the_day_that_was_ordered(named, day):  # SDXF15 45
    world = reviewed(result="revoked", at="2024-12-02T10:00")

    decided(world.act("name_redo_day", redo_on=named))
    before = due_on(world, "redo")
    do(world, "handle_again", at="2024-12-09T10:00")

    assert (before, due_on(world, "redo")) == (day, day)


def test_the_ordered_day_counts_although_the_unit_began_before_it_was_recorded():
    world = reviewed("handle_again", result="revoked")

    decided(world.act("name_redo_day", redo_on="2025-03-20"))

    assert due_on(world, "redo") == "Thu 2025-03-20"


def test_the_day_of_new_handling_is_named_once_and_never_by_the_unit_that_owes_it():
    world = reviewed(result="revoked")

    assert refused(world.act("name_redo_day", by="unit")).code == "run.not_yours"
    do(world, "name_redo_day", "handle_again")
    assert refused(world.act("name_redo_day")).code == "petition.day_named"


def test_an_ordered_day_is_for_its_own_order_only():
    world = reviewed(result="revoked", at="2025-03-03T10:00")
    decided(world.act("name_redo_day", redo_on="2025-03-20"))
    do(world, "handle_again", "reply", "serve", "request_review")
    world.finish_child("review", "revoked")

    do(world, "handle_again")

    assert due_on(world, "redo") == "Wed 2025-04-02"  # 3 Mar + 30


def test_an_ordered_day_does_not_bind_what_follows_a_wrong_agreement():
    world = reviewed(result="revoked", at="2025-03-03T10:00")
    decided(world.act("name_redo_day", redo_on="2025-03-20"))

    do(world, "handle_again", "settle", "deny_agreement")

    assert due_on(world, "redo") == "Wed 2025-04-02"  # 3 Mar + 30


@pytest.mark.parametrize(("named", "day"), NAMED_DAYS)
def test_what_is_granted_is_carried_out_by_the_day_in_the_opinion(named, day):  # XF22 32(2)
    world = a_petition(*upto("handle"), at="2024-12-02T10:00")

    decided(world.act("reply_supported", review_unit="unit-above", perform_by=named))

    assert due_on(world, "perform") == day


def test_a_day_is_named_too_where_review_grants_it():
    world = reviewed(result="changed")

    decided(world.act("order_performance", perform_by="2025-03-20"))

    assert due_on(world, "perform") == "Thu 2025-03-20"


def test_a_day_named_for_one_unit_does_not_bind_the_next():
    world = a_petition("submit", at="2025-09-15T10:00")
    decided(world.act("assign", report_on="2025-09-26"))

    do(world, "object", "uphold_objection", "assign")

    assert due_on(world, "report_back") == "Mon 2025-12-01"  # 15 Sep + 75


def test_what_is_granted_later_is_not_bound_by_the_day_of_the_first_grant():
    world = a_petition(*upto("handle"), at="2025-03-03T10:00")
    decided(world.act("reply_supported", review_unit="unit-above", perform_by="2025-03-20"))
    do(world, "serve", "record_performance", "request_review")
    world.finish_child("review", "changed")

    do(world, "order_performance")

    assert due_on(world, "perform") == "Tue 2025-05-06"  # 3 Mar + 60, Labour Day to Mon 5 May


def test_a_limit_in_days_is_over_at_midnight():
    assert due_at(a_petition("submit"), "route") == "2025-03-19T00:00"  # Tue 18 Mar, 24:00


# --- where a limit counts from ------------------------------------------------------------------


def test_time_counts_from_receipt_not_from_registration():
    world = start("petition", "2025-03-07T09:00")

    decided(world.act("register", received_at="2025-03-03T16:30"))

    assert due_on(world, "route") == "Tue 2025-03-18"


def test_the_time_to_ask_for_review_counts_from_service():
    world = a_petition(*upto("reply"), at="2025-03-03T09:00")

    world.advance_to(moment("2025-03-12T10:00"))
    decided(world.act("serve", served_on="2025-03-10"))  # proof of Mon 10 Mar

    assert due_on(world, "review_request") == "Wed 2025-04-09"


def test_receipt_can_be_confirmed_by_the_petitioner_and_means_no_consent():
    world = a_petition(*upto("reply"))
    world.advance_to(moment("2025-03-05T10:00"))

    decided(world.act("confirm_receipt", {}))

    # 5 Mar + 30 = Fri 4 Apr, Qingming to Sun 6 Apr
    assert (world.run.state, due_on(world, "review_request")) == ("served", "Mon 2025-04-07")


@pytest.mark.parametrize(
    ("delivered", "told", "day"),
    [
        # in time: 60 days from the notice. 10 Mar + 60 = Fri 9 May
        pytest.param("2025-03-03", "2025-03-10", "Fri 2025-05-09", id="told-on-day-7"),
        # on the last day: 18 Mar + 60 = Sat 17 May
        pytest.param("2025-03-03", "2025-03-18", "Mon 2025-05-19", id="told-on-day-15"),
        # ten days late: as if told on day 15
        pytest.param("2025-03-03", "2025-03-28", "Mon 2025-05-19", id="told-on-day-25"),
        # day 15 is Fri 31 Jan, in the Spring Festival, so Wed 5 Feb is in time;
        # 5 Feb + 60 = Sun 6 Apr, Qingming
        pytest.param("2025-01-16", "2025-02-20", "Mon 2025-04-07", id="over-Spring-Festival"),
    ],
)
def test_a_late_notice_never_lengthens_the_60_days(delivered, told, day):
    world = a_petition(*upto("transfer"), at=f"{delivered}T16:00")

    do(world, "inform_receipt_referred", at=f"{told}T10:00")

    assert due_on(world, "handle") == day


def test_a_late_notice_is_a_fault_of_the_unit():  # XF22 44(3)
    world = a_petition(*upto("transfer"))

    world.advance_to(moment("2025-03-19T00:00"))

    assert world.run.state == "transferred"
    assert world.run.clocks["inform_referred"].overdue_at == moment("2025-03-19T00:00")


def test_transferring_late_is_a_fault_of_the_office():  # XF22 43
    world = a_petition("submit")

    world.advance_to(moment("2025-03-20T00:00"))
    do(world, "transfer")

    assert world.run.clocks["route"].was_late
    assert (world.run.clocks["route"].outcome, world.run.state) == (Outcome.MET, "transferred")


def test_handling_beyond_its_time_is_a_fault_and_goes_on():  # XF22 45(1)
    world = a_petition(*upto("handle"))

    world.advance_to(moment("2025-05-07T00:00"))  # due Tue 6 May

    handle = world.run.clocks["handle"]
    assert (handle.status, handle.overdue_at) == (Status.RUNNING, moment("2025-05-07T00:00"))
    do(world, "reply")
    assert world.run.clocks["handle"].was_late


def test_a_reply_in_time_fixes_the_statistics():
    world = do(a_petition(*upto("handle")), "reply", at="2025-04-30T17:00")

    handle = world.run.clocks["handle"]
    assert (handle.outcome, handle.was_late) == (Outcome.MET, False)


# --- extension of the 60 days: once, by the head, before the end, the petitioner is told ----------


def test_handling_is_extended_by_at_most_30_days_in_one_go():
    # Mon 7 Jul + 60 = Fri 5 Sep; + 90 = Sun 5 Oct 2025, in the holiday to Wed 8 Oct
    world = a_petition(*upto("handle"), at="2025-07-07T10:00")
    first = due_on(world, "handle")

    decided(world.act("ask_handle_extension", amount=30))
    granted = decided(world.act("approve_handle_extension"))

    assert (first, due_on(world, "handle")) == ("Fri 2025-09-05", "Thu 2025-10-09")
    assert f"{world.run.clocks['handle'].first_due_at:%F}" == "2025-09-05"  # kept for statistics
    assert Notice("person", "petition.approve_handle_extension.person") in granted.notices
    assert granted.documents == ("extension_notice",)


def test_more_than_30_days_are_refused():
    world = a_petition(*upto("handle"))

    refusal = refused(world.act("ask_handle_extension", amount=31))

    assert refusal.code == "run.extension_too_long"


def test_the_head_may_grant_less_than_was_asked():
    world = a_petition(*upto("handle"), at="2025-07-07T10:00")
    decided(world.act("ask_handle_extension", amount=30))

    decided(world.act("approve_handle_extension", amount=10))

    assert due_on(world, "handle") == "Mon 2025-09-15"  # 70 days


def test_only_the_head_extends():
    world = a_petition(*upto("handle"))
    decided(world.act("ask_handle_extension", amount=10))

    assert refused(world.act("approve_handle_extension", by="unit")).code == "run.not_yours"


def test_there_is_one_extension_only():
    world = a_petition(*upto("handle"))
    decided(world.act("ask_handle_extension", amount=10))
    decided(world.act("approve_handle_extension"))

    again = refused(world.act("ask_handle_extension", amount=10))

    assert again.code == "run.extended_already"


def test_an_extension_is_asked_for_before_the_end():
    world = a_petition(*upto("handle"))
    world.advance_to(moment("2025-05-07T09:00"))  # was due Tue 6 May

    late = refused(world.act("ask_handle_extension", amount=10))

    assert (late.code, f"{late.data['closed_on']}") == ("run.window_closed", "2025-05-06")


def test_the_report_back_is_extended_by_the_sender():  # SDXF15 42(2)
    world = a_petition("submit", "assign")
    decided(world.act("ask_report_back_extension", amount=30))

    assert refused(world.act("approve_report_back_extension", by="head")).code == "run.not_yours"
    decided(world.act("approve_report_back_extension"))

    assert due_on(world, "report_back") == "Mon 2025-06-16"  # 3 Mar + 105


def test_the_report_back_is_extended_while_the_matter_is_handled():
    world = a_petition("submit", "assign", "inform_receipt_referred", "handle")

    decided(world.act("ask_report_back_extension", amount=10))
    decided(world.act("approve_report_back_extension"))

    assert due_on(world, "report_back") == "Tue 2025-05-27"  # 3 Mar + 85


def test_no_report_back_is_extended_where_none_is_due():
    refusal = refused(a_petition(*upto("handle")).act("ask_report_back_extension", amount=10))

    assert refusal.code == "run.clock_not_running"


def test_a_named_day_of_the_report_back_is_extended_from_itself():
    world = a_petition("submit")
    decided(world.act("assign", report_on="2025-04-30"))
    decided(world.act("ask_report_back_extension", amount=30))

    decided(world.act("approve_report_back_extension"))

    assert due_on(world, "report_back") == "Fri 2025-05-30"  # Wed 30 Apr + 30


# --- objection ----------------------------------------------------------------------------------


def test_an_objection_after_5_working_days_is_refused_and_the_matter_stays():
    world = a_petition(*upto("transfer"), at="2025-09-30T16:00")
    world.advance_to(moment("2025-10-15T00:00"))  # Tue 14 Oct was the last day

    late = refused(world.act("object"))

    assert (late.code, f"{late.data['closed_on']}") == ("run.window_closed", "2025-10-14")
    assert (world.run.state, world.run.roles["lead"]) == ("transferred", ("unit-a",))
    assert world.run.clocks["object"].outcome is Outcome.LAPSED


def test_on_the_5th_working_day_an_objection_is_in_time():
    world = a_petition(*upto("transfer"), at="2025-09-30T16:00")

    do(world, "object", at="2025-10-14T23:59")

    assert world.run.state == "objected"


def test_an_agreed_objection_brings_it_back_and_wins_no_time():
    world = a_petition(*upto("transfer"), at="2025-03-03T10:00")
    do(world, "object", at="2025-03-07T10:00")

    do(world, "uphold_objection", at="2025-03-10T10:00")

    assert (world.run.state, due_on(world, "route")) == ("registered", "Tue 2025-03-18")
    assert world.run.clocks["inform_referred"].outcome is Outcome.RETURNED
    assert "lead" not in world.run.roles


def test_a_refused_objection_leaves_the_first_15_days_and_cannot_be_repeated():
    world = a_petition("submit", "assign", at="2025-03-03T10:00")
    do(world, "object", at="2025-03-06T10:00")

    do(world, "refuse_objection", at="2025-03-07T10:00")

    assert (world.run.state, due_on(world, "inform_referred")) == ("assigned", "Tue 2025-03-18")
    assert refused(world.act("object")).code == "petition.settled"


def test_only_the_sender_decides_an_objection():
    world = a_petition(*upto("transfer"), "object")
    other = replace(an_actor(world.procedure, "sender", world.run), unit="unit-other")

    assert refused(world.act("uphold_objection", by=other)).code == "run.not_yours"
    assert refused(world.act("refuse_objection", by="unit")).code == "run.not_yours"


def test_no_return_after_the_unit_was_settled():  # XF22 24
    world = a_petition("submit", "designate")

    assert refused(world.act("object")).code == "petition.settled"


def test_an_objection_within_a_system_goes_back_to_the_unit_that_passed_it_down():
    world = start("petition", "2025-03-03T10:00")
    decided(world.act("register_direct"))
    do(world, "transfer_down", at="2025-03-05T10:00")
    do(world, "object", at="2025-03-07T10:00")

    assert refused(world.act("uphold_objection")).code == "petition.sent_by_a_unit"
    decided(world.act("take_back_down", first_received_at="2025-03-03T10:00"))

    assert (world.run.state, world.run.roles["lead"]) == ("received", ("unit-receiver",))
    assert due_on(world, "inform_direct") == "Tue 2025-03-18"


def test_a_unit_that_is_abolished_is_replaced_and_no_time_is_won():  # XF22 24(2)
    world = a_petition(*upto("handle"))
    before = dict(world.run.clocks)

    world.advance_to(moment("2025-03-24T10:00"))
    decided(world.act("replace_unit", to_unit="unit-b"))

    assert (world.run.roles["lead"], world.run.state) == (("unit-b",), "handling")
    assert dict(world.run.clocks) == before


# --- simplified handling ------------------------------------------------------------------------


def test_simplified_handling_falls_back_to_60_days_from_acceptance():
    world = a_petition(*SIMPLE, at="2025-09-30T16:00")  # 10 working days: Tue 21 Oct

    world.advance_to(moment("2025-10-22T00:00"))

    assert (world.run.state, due_on(world, "handle")) == ("handling", "Mon 2025-12-01")
    # 30 Sep + 60 = Sat 29 Nov


def test_simplified_handling_can_be_turned_earlier_and_wins_no_time():
    world = a_petition(*SIMPLE)
    handle = due_on(world, "handle")

    do(world, "turn_ordinary", at="2025-03-07T10:00")

    assert (world.run.state, due_on(world, "handle")) == ("handling", handle)
    assert "simple" not in running(world)


def test_a_repeated_petition_is_not_handled_the_simple_way():
    world = a_petition(*upto("transfer"))

    refusal = refused(world.act("accept_simple", is_first=False))

    assert refusal.code == "petition.not_a_first_petition"


def test_after_3_working_days_only_the_ordinary_way_is_left():
    world = a_petition(*upto("transfer"))  # Mon 3 Mar: until Thu 6 Mar
    world.advance_to(moment("2025-03-07T09:00"))

    assert refused(world.act("accept_simple")).code == "run.window_closed"
    do(world, "inform_receipt_referred")


# --- mediation inside ---------------------------------------------------------------------------


def test_mediation_does_not_stop_the_60_days():
    world = a_petition(*upto("handle"))
    before = world.run.clocks["handle"]

    do(world, "mediate", at="2025-03-10T10:00")

    assert (world.run.state, world.run.clocks["handle"]) == ("mediating", before)


def test_a_referral_names_both_sides_and_carries_their_consents():
    world = a_petition(*upto("handle"))

    opened = decided(world.act("mediate", committee="unit-committee")).openings

    assert [(one.procedure, one.action) for one in opened] == [("petition_referral", "refer")]
    assert {"committee", "from_unit", "sides", "consents"} <= opened[0].form.keys()
    assert opened[0].form["from_unit"] == "unit-a"


def test_the_unit_answers_in_time_even_while_mediation_goes_on():
    world = a_petition(*upto("handle"), "mediate")

    do(world, "reply", "serve", at="2025-05-06T10:00")
    world.finish_child("mediation", "agreed")

    assert world.run.state == "served"  # the petitioner's 30 days are not touched
    assert not world.run.clocks["handle"].was_late


def test_an_agreement_is_recorded_only_when_the_mediation_is_over():
    world = a_petition(*upto("handle"), "mediate")

    assert refused(world.act("settle")).code == "petition.mediation_open"
    world.finish_child("mediation", "agreed")
    do(world, "settle")

    assert world.run.state == "mediated"


def test_a_failed_mediation_leads_back_to_handling():
    world = a_petition(*upto("handle"), "mediate")
    world.finish_child("mediation", "failed")

    do(world, "resume_handling")

    assert (world.run.state, due_on(world, "handle")) == ("handling", "Tue 2025-05-06")


def test_an_agreement_ends_the_matter_when_the_petitioner_finds_it_right():  # SDXF15 46(1)
    world = a_petition(*upto("handle"), "settle", "confirm_agreement")

    assert world.run.state == "terminated"


def test_a_wrong_agreement_leads_to_new_handling():
    world = do(a_petition(*upto("handle"), "settle"), "deny_agreement", at="2025-03-10T10:00")

    assert (world.run.state, due_on(world, "redo")) == ("rehandling", "Wed 2025-04-09")


def test_an_agreement_stands_when_nobody_objects_and_can_still_be_contested():
    world = a_petition(*upto("handle"), "settle")  # 10 working days: Mon 17 Mar
    world.advance_to(moment("2025-03-18T00:00"))

    assert world.run.state == "terminated"
    do(world, "contest_termination", "order_acceptance")
    assert world.run.state == "transferred"


# --- the legal path, not accepted, and what the petitioner can do against it ---------------------


def test_a_legal_path_is_told_with_authority_way_and_time():
    world = a_petition("submit")

    answer = decided(world.act("route_legal"))

    assert answer.documents == ("legal_path_notice",)
    assert {"authority", "how", "by_when", "explanation"} <= answer.event.form.keys()
    assert (world.run.state, running(world)) == ("routed_out", set())


@pytest.mark.parametrize("ending", ["route_legal", "not_accept", "no_longer_accept"])
def test_the_petitioner_can_have_an_ending_checked(ending):
    world = a_petition("submit", ending, "ask_check")

    do(world, "order_acceptance")

    assert (world.run.state, world.run.roles["lead"]) == ("transferred", ("unit-a",))
    assert refused(world.act("object")).code == "petition.settled"


def test_an_ending_that_stands_goes_back_to_where_it_was():
    world = a_petition("submit", "not_accept", "ask_check", "confirm_ending")

    assert world.run.state == "not_accepted"


def test_a_class_without_60_days_is_answered_without_review():
    world = a_petition(*upto("transfer"), "accept_other", "answer")

    assert world.run.state == "answered"
    assert refused(world.act("request_review")).code == "run.not_from_here"


def test_whoever_is_owed_an_opinion_that_can_be_reviewed_can_have_the_class_checked():  # XF22 31
    world = a_petition(*upto("transfer"), "accept_other", "answer", "ask_check")

    decided(world.act("order_acceptance", kind="petition"))
    do(world, "inform_receipt_referred")

    assert "handle" in running(world)


@pytest.mark.parametrize("outcome", ["acted", "no_ground"])
def test_an_answer_to_a_call_to_act_names_the_remedies(outcome):
    world = a_petition(*upto("transfer"), "accept_other")

    refusal = refused(world.act("answer", {"outcome": outcome, "text": "已查处"}))

    assert refusal.data["errors"].keys() == {"remedy"}


# --- the answer ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ask", ["ask_hearing", "ask_recusal"])
def test_no_opinion_before_a_request_of_the_petitioner_is_answered(ask):
    world = a_petition(*upto("handle"), ask)

    assert refused(world.act("reply")).code == "petition.request_unanswered"
    do(world, "decide_request", "reply")

    assert world.run.state == "replied"


def test_a_hearing_counts_in_the_60_days():  # only XF22 36, the re-review, excludes it
    world = a_petition(*upto("handle"))
    before = world.run.clocks["handle"]

    do(world, "call_hearing", at="2025-03-10T10:00")
    do(world, "record_hearing", at="2025-03-24T10:00")

    assert world.run.clocks["handle"] == before


def test_what_is_granted_has_to_be_carried_out_before_the_archive():  # XF22 32(2)
    world = a_petition(*upto("handle"), "reply_supported", "serve")
    world.advance_to(moment("2025-04-03T00:00"))  # no review asked for until Wed 2 Apr

    assert world.run.state == "expired_no_review"
    assert refused(world.act("archive")).code == "petition.perform_first"
    do(world, "record_performance", "archive")

    assert world.is_over


def test_assisting_units_do_not_hold_up_the_answer():
    world = a_petition(*upto("handle"))
    decided(world.act("ask_assistance", to_units=["unit-b"]))

    do(world, "reply")

    assert world.run.state == "replied"


# --- review and re-review -----------------------------------------------------------------------


def test_without_a_request_the_matter_ends_after_30_days():  # SDXF15 46(2)
    world = a_petition(*REFERRED, at="2025-09-05T10:00")

    world.advance_to(moment("2025-10-09T23:59"))
    assert world.run.state == "served"
    world.advance_to(moment("2025-10-10T00:00"))

    assert world.run.state == "expired_no_review"
    assert refused(world.act("request_review")).code == "run.not_from_here"


def test_on_the_last_day_review_can_be_asked_for():
    world = do(
        a_petition(*REFERRED, at="2025-09-05T10:00"), "request_review", at="2025-10-09T23:59"
    )

    assert (world.run.state, "review_request" in running(world)) == ("review_requested", False)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize(
    ("chosen", "unit"),
    [
        pytest.param({}, "unit-above", id="as-the-opinion-says"),
        pytest.param({"review_unit": "unit-government"}, "unit-government", id="another"),
    ],
)
def test_review_is_by_the_unit_of_the_opinion_or_the_one_the_petitioner_chooses(
    late, chosen, unit
):  # XF22 35, SDXF15 46(2)
    world = a_petition(*REFERRED)
    if late:
        world.advance_to(moment("2025-04-03T09:00"))

    answer = decided(world.act("request_review_late" if late else "request_review", **chosen))

    assert (world.run.state, world.run.roles["reviewer"]) == ("review_requested", (unit,))
    form = answer.openings[0].form
    assert (form["review_unit"], form["handling_unit"]) == (unit, "unit-a")


def test_the_re_review_is_told_who_handled_and_who_reviewed():
    opened = decided(reviewed("serve_review").act("request_re_review", re_review_unit="unit-top"))

    form = opened.openings[0].form
    assert (form["re_review_unit"], form["review_unit"], form["handling_unit"]) == (
        "unit-top", "unit-above", "unit-a",
    )  # fmt: skip


def test_no_unit_names_itself_to_review_its_opinion():
    world = a_petition(*upto("handle"))

    assert refused(world.act("reply", review_unit="unit-a")).code == "guard.not_own_unit"


def test_the_unit_to_which_a_request_was_passed_on_serves_its_opinion():
    world = a_petition(*UNDER_REVIEW)
    decided(world.act("correct_reviewer", review_unit="unit-government"))
    world.finish_child("review", "maintained")
    wrong = Actor(Who.STAFF, "post-above", unit="unit-above")

    assert refused(world.act("serve_review", by=wrong)).code == "run.not_yours"
    do(world, "serve_review")

    assert world.run.state == "review_served"


def test_the_unit_to_which_a_request_for_re_review_was_passed_on_serves_it():
    world = reviewed("serve_review", "request_re_review")
    decided(world.act("correct_re_reviewer", re_review_unit="unit-government"))
    world.finish_child("re_review", "maintained")

    assert world.run.roles["re_reviewer"] == ("unit-government",)
    do(world, "serve_re_review")


def test_a_review_that_was_ordered_is_done_by_the_unit_that_reviewed():
    opened = decided(re_reviewed(result="revoked_review").act("review_again")).openings[0]

    assert (opened.procedure, opened.form["review_unit"]) == ("review", "unit-above")


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("maintained", "reviewed"), ("changed", "reviewed"), ("voided", "reviewed"),
        ("revoked", "redo_ordered"), ("not_accepted", "review_refused"),
        ("withdrawn", "review_refused"), ("discontinued", "review_refused"),
    ],
)  # fmt: skip
def test_a_review_leads_to(result, state):
    assert reviewed(result=result).run.state == state


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("maintained", "re_review_decided"), ("changed", "re_review_decided"),
        ("voided", "re_review_decided"), ("revoked", "redo_ordered"),
        ("revoked_review", "review_ordered"), ("not_accepted", "re_review_refused"),
        ("withdrawn", "re_review_refused"), ("discontinued", "re_review_refused"),
    ],
)  # fmt: skip
def test_a_re_review_leads_to(result, state):
    assert re_reviewed(result=result).run.state == state


def test_a_review_that_was_not_taken_leaves_the_rest_of_the_30_days():
    world = a_petition(*REFERRED, at="2025-03-03T10:00")  # until Wed 2 Apr
    do(world, "request_review", at="2025-03-10T10:00")
    world.finish_child("review", "not_accepted")

    do(world, "tell_review_refused", at="2025-03-12T10:00")

    assert (world.run.state, due_on(world, "review_request")) == ("served", "Wed 2025-04-02")


def test_a_review_refused_after_the_30_days_ends_the_matter_at_once():
    world = a_petition(*REFERRED, at="2025-03-03T10:00")
    do(world, "request_review", at="2025-04-02T10:00")
    world.advance_to(moment("2025-04-08T10:00"))
    world.finish_child("review", "not_accepted")

    do(world, "tell_review_refused")

    assert world.run.state == "expired_no_review"


def test_new_handling_counts_from_the_order_not_from_its_beginning():
    world = reviewed(result="revoked", at="2025-03-03T10:00")

    do(world, "handle_again", at="2025-03-10T10:00")

    assert due_on(world, "redo") == "Wed 2025-04-02"


def test_after_new_handling_the_whole_way_of_review_is_open_again():
    world = reviewed("handle_again", "reply", "serve", "request_review", result="revoked")

    assert world.run.state == "review_requested"


def test_the_re_review_is_final():  # XF22 36, SDXF15 46(3)
    world = re_reviewed("serve_re_review")
    person = an_actor(world.procedure, "person", world.run)

    assert world.run.state == "re_reviewed"
    assert not {"request_review", "request_re_review", "ask_check"} & set(
        world.open_actions(person)
    )
    assert "rate" in world.open_actions(person)


def test_without_a_request_for_re_review_the_matter_ends_after_30_days():
    world = reviewed("serve_review", at="2026-01-16T10:00")

    world.advance_to(moment("2026-02-25T00:00"))  # until Tue 24 Feb

    assert world.run.state == "expired_no_re_review"


# --- the petitioner -----------------------------------------------------------------------------

THEIR_OWN = (
    "withdraw", "rate", "confirm_agreement", "deny_agreement", "ask_check", "contest_termination",
    "confirm_receipt", "remind",
)  # fmt: skip


@pytest.mark.parametrize("action", THEIR_OWN)
def test_staff_never_act_for_the_petitioner(action):
    world = a_petition(*REFERRED)
    staff = [
        an_actor(world.procedure, name, world.run)
        for name, rule in procedure("petition").actors.items()
        if not rule.is_person
    ]

    assert {refused(world.act(action, by=actor)).code for actor in staff} == {"run.not_yours"}


def test_another_person_never_acts_for_the_petitioner():
    world = a_petition(*REFERRED)

    refusal = refused(world.act("rate", by=Actor(Who.PERSON, "person-somebody-else")))

    assert refusal.code == "run.not_yours"


def test_a_withdrawal_is_of_the_own_will():
    world = a_petition(*upto("handle"))

    assert refused(world.act("withdraw", sure=False)).code == "petition.of_own_will"
    do(world, "withdraw")

    assert (world.run.state, running(world)) == ("withdrawn", set())
    assert world.run.clocks["handle"].outcome is Outcome.RETURNED  # neither kept nor broken


@pytest.mark.parametrize(
    "state", [name for name, rule in procedure("petition").states.items() if not rule.done]
)
def test_the_petitioner_can_withdraw_from_every_open_state(state):
    assert state in procedure("petition").actions["withdraw"].froms


def test_the_petitioner_rates_office_and_unit_apart_once_for_each_answer():
    world = a_petition(*REFERRED)

    answer = decided(world.act("rate"))

    assert {"office_rating", "unit_rating"} <= answer.event.form.keys()
    assert refused(world.act("rate")).code == "run.window_closed"


def test_a_rating_is_possible_until_its_time_is_over_and_only_then_comes_the_archive():
    world = a_petition(*upto("transfer"), "accept_other", "answer", at="2025-09-05T10:00")

    world.advance_to(moment("2025-10-09T12:00"))
    assert refused(world.act("archive")).code == "petition.rating_open"
    world.advance_to(moment("2025-10-10T00:00"))  # until Thu 9 Oct
    do(world, "archive")

    assert world.is_over


@pytest.mark.parametrize("count", [1, 5])
def test_up_to_5_representatives(count):  # XF22 20
    decided(
        start("petition").act(
            "submit", together="joint", people=60, representative_count=count, is_accusation=False
        )
    )


def test_a_sixth_representative_is_asked_to_stand_back():
    form = {"together": "joint", "people": 60, "representative_count": 6}

    refusal = refused(start("petition").act("submit", **form))

    assert refusal.data["errors"].keys() == {"representative_count"}


def test_an_officer_with_an_interest_does_not_handle_it():  # XF22 28(3)
    world = a_petition(*upto("inform_receipt_referred"))

    assert refused(world.act("handle", no_interest=False)).code == "petition.conflict_of_interest"


def test_a_report_is_passed_to_the_discipline_organs():  # XF22 22(2), 30
    world = a_petition("submit")

    answer = decided(world.act("pass_to_organ", kind="accusation"))

    assert (answer.after.state, answer.after.facts["kind"]) == ("routed_out", "accusation")
    assert answer.documents == ("transfer_letter", "legal_path_notice")


@pytest.mark.parametrize("action", ["transfer", "assign", "designate", "suggest"])
def test_a_report_never_goes_to_the_unit_it_accuses(action):  # XF22 30, 46(5)
    world = a_petition("submit")
    world.run = replace(world.run, accused=frozenset({"unit-a"}))

    assert refused(world.act(action)).code == "guard.not_the_accused"
    assert world.run.roles == {}


@pytest.mark.parametrize("action", ["inform_receipt_referred", "accept_simple", "accept_other"])
def test_the_accused_unit_takes_no_decision(action):
    world = a_petition(*upto("transfer"))
    world.run = replace(world.run, accused=frozenset({"unit-a"}))

    assert refused(world.act(action)).code == "guard.not_by_the_accused"


# --- the petition office watches over it --------------------------------------------------------


def test_an_assigned_matter_is_archived_after_the_report():  # XF22 22(3)
    world = a_petition("submit", "assign", "inform_receipt_referred", "handle", "reply", "serve")
    world.advance_to(moment("2025-05-05T00:00"))

    assert refused(world.act("archive")).code == "petition.report_first"
    do(world, "report_back", "archive")

    assert world.is_over


def test_nothing_is_reported_back_on_a_matter_that_was_only_transferred():
    world = a_petition(*upto("reply"))

    assert refused(world.act("report_back")).code == "petition.no_report_due"


def test_a_suggestion_goes_to_its_own_run_and_the_petition_goes_on():  # XF22 40
    world = a_petition(*upto("handle"))

    opened = decided(world.act("suggest", to_unit="unit-b")).openings

    assert [(one.procedure, one.form["to_unit"], one.form["by_unit"]) for one in opened] == [
        ("suggestion", "unit-b", "unit-office")
    ]
    assert world.run.state == "handling"


def test_an_urgent_matter_is_reported_at_once_and_goes_on():  # XF22 25
    world = a_petition("submit")

    answer = decided(world.act("report_urgent"))

    assert (answer.documents, world.run.state) == (("urgent_report",), "registered")


def test_a_matter_reported_up_is_sent_on_after_the_decision():  # XF22 22(1)
    world = a_petition("submit", "report_up")

    assert running(world) == {"decide_up"}
    do(world, "designate")

    assert world.run.state == "transferred"


@pytest.mark.parametrize("acts", [("submit",), upto("handle"), REFERRED])
def test_death_without_a_successor_ends_it_by_the_office_with_proof(acts):  # SDXF15 46(4)
    world = a_petition(*acts)

    assert refused(world.act("terminate", by="unit")).code == "run.not_yours"
    assert refused(world.act("terminate", files=[])).code == "run.form"
    do(world, "terminate")

    assert world.run.state == "terminated"
