"""People's mediation reads like a regulation: PML, PMR02 36, LDM07 14, RTA18 85, CPL 205 and 250.

Days off and how the dates were worked out: `days`.
"""

import pytest

from huiyin.mediation.tests.days import (
    FIFTEEN_DAYS,
    ONE_MONTH,
    THIRTY_DAYS,
    on_eves,
    rows,
)
from huiyin.mediation.tests.factories import (
    APPLICANT,
    BOTH,
    CALENDAR,
    MEDIATION,
    RESPONDENT,
    a_mediation,
    a_run,
)
from huiyin.procedures.decisions import Notice
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Actor, Outcome, Status, Who
from huiyin.procedures.simulation import World, an_actor, at_local
from huiyin.procedures.tests.answers import decided, due_on, refused
from huiyin.procedures.tests.shipped import limits

REFERRED = {"refer": {}, **{act: MEDIATION[act] for act in MEDIATION if act != "apply"}}
LABOUR = {
    "apply": {"dispute_type": "labour"}, "accept_labour": {}, "choose_mediator": {}, "notify": {},
    "hold_session": {},
}  # fmt: skip

# --- limits -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_the_committee_decides_in_three_working_days_whether_it_takes_an_application(start, day):
    assert due_on(a_mediation("apply", at=f"{start}T16:00"), "intake") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_and_in_three_working_days_whether_it_takes_a_referral(start, day):
    assert due_on(a_run("mediation", REFERRED, "refer", at=f"{start}T16:00"), "intake") == day


@pytest.mark.parametrize(("start", "day"), rows(ONE_MONTH))
def test_mediation_takes_one_month_from_acceptance(start, day):  # PMR02 36
    assert due_on(a_mediation("accept", at=f"{start}T10:00"), "finish") == day


@pytest.mark.parametrize(("start", "day"), rows(THIRTY_DAYS))
def test_mediation_of_what_was_referred_takes_thirty_days(start, day):
    assert due_on(a_run("mediation", REFERRED, "accept", at=f"{start}T10:00"), "finish") == day


@pytest.mark.parametrize(("start", "day"), rows(FIFTEEN_DAYS))
def test_a_labour_dispute_has_fifteen_days_from_the_application(start, day):  # LDM07 14
    world = a_run("mediation", LABOUR, "apply", at=f"{start}T10:00")
    world.advance_to(at_local(f"{start[:-2]}{int(start[-2:]) + 2:02}T10:00"))  # taken 2 days later

    decided(world.act("accept_labour"))

    assert due_on(world, "labour") == day


@pytest.mark.parametrize(("start", "day"), rows(THIRTY_DAYS))
def test_confirmation_is_asked_for_within_thirty_days_of_the_agreement(start, day):  # PML 33
    world = a_mediation("hold_session", at=f"{start}T10:00")
    world.advance_to(at_local(f"{start}T20:00"))

    decided(world.act("conclude_written", signed_at=f"{start}T18:00"))

    assert due_on(world, "confirm_request") == day


def test_entering_an_agreement_late_never_lengthens_the_thirty_days():
    world = a_mediation("hold_session", at="2025-01-02T10:00")
    world.advance_to(at_local("2025-01-10T10:00"))

    decided(world.act("conclude_written", signed_at="2025-01-02T18:00"))

    assert due_on(world, "confirm_request") == "Wed 2025-02-05"


@pytest.mark.parametrize(("start", "day"), rows(FIFTEEN_DAYS))
def test_performance_is_looked_after_fifteen_days_after_it_was_due(start, day):
    world = a_mediation("conclude_written", at="2025-01-02T10:00",
                        conclude_written={"perform_by": start})  # fmt: skip

    assert due_on(world, "follow_up") == day


@pytest.mark.parametrize(
    ("last_day", "day"),
    rows((
        ("2023-01-30", "Wed 2025-02-05"),  # Thu 30 Jan 2025, Spring Festival
        ("2023-10-07", "Thu 2025-10-09"),  # Tue 7 Oct 2025, National Day
        ("2024-02-16", "Tue 2026-02-24"),  # Mon 16 Feb 2026, Spring Festival
        ("2024-10-01", "Thu 2026-10-08"),  # Thu 1 Oct 2026, National Day
    )),
)  # fmt: skip
def test_enforcement_is_asked_for_within_two_years_of_the_last_day_to_perform(last_day, day):
    world = a_mediation("conclude_written", at="2024-12-02T10:00")  # CPL 250
    decided(world.act("record_confirmation_request"))
    decided(world.finish_child("confirmation", "confirmed"))

    decided(world.act("tell_execution", perform_by=last_day))

    assert due_on(world, "execute") == day


@pytest.mark.parametrize(("start", "day"), rows(THIRTY_DAYS))
def test_a_mediation_that_has_failed_is_archived_after_thirty_days(start, day):
    world = a_mediation("accept", at=f"{start}T10:00")

    decided(world.act("fail"))

    assert due_on(world, "keep") == day


# --- what the end of a limit means --------------------------------------------------------------


def test_when_the_month_is_over_the_mediation_goes_on_and_it_is_a_fault():
    world = a_mediation("hold_session", at="2025-11-03T09:00")  # until Wed 3 Dec

    world.advance_to(at_local("2025-12-04T00:00"))

    assert world.run.state == "in_mediation"
    assert world.run.clocks["finish"].overdue_at == at_local("2025-12-04T00:00")


def test_after_fifteen_days_the_sides_of_a_labour_dispute_are_told_of_arbitration():
    world = a_run("mediation", LABOUR, "hold_session", at="2025-11-03T09:00")  # until Tue 18 Nov

    (told,) = world.advance_to(at_local("2025-11-19T00:00"))

    assert decided(told).documents == ("labour_notice",)
    assert Notice("side", "mediation.tell_arbitration.side") in told.notices
    assert world.run.state == "in_mediation"  # the sides may go on all the same


def test_after_thirty_days_confirmation_is_no_longer_possible():
    world = a_mediation("conclude_written", at="2026-01-16T10:00")  # until Tue 24 Feb
    world.advance_to(at_local("2026-02-25T00:00"))
    before = world.run

    late = refused(world.act("apply_confirmation", by=APPLICANT))

    assert (late.code, f"{late.data['closed_on']}") == ("run.window_closed", "2026-02-24")
    assert world.run == before
    assert before.clocks["confirm_request"].outcome is Outcome.LAPSED


def test_on_the_thirtieth_day_both_sides_can_still_ask_for_confirmation():
    world = a_mediation("conclude_written", at="2026-01-16T10:00")
    world.advance_to(at_local("2026-02-24T23:00"))

    first = decided(world.act("apply_confirmation", by=APPLICANT))
    second = decided(world.act("apply_confirmation", by=RESPONDENT))

    assert (first.event.is_pending, first.openings) == (True, ())
    assert [opening.procedure for opening in second.openings] == ["confirmation"]
    assert world.run.state == "confirmation_applied"


def test_a_failed_mediation_is_archived_by_itself():
    world = a_mediation("accept", at="2026-01-16T10:00")
    decided(world.act("fail"))

    world.advance_to(at_local("2026-02-25T00:00"))

    assert world.run.state == "archived"


# --- more time, only if all sides agree ---------------------------------------------------------


def test_all_sides_agree_to_more_time_and_a_new_month_begins_on_that_day():
    world = a_mediation("hold_session", at="2025-12-10T09:00")
    assert due_on(world, "finish") == "Mon 2026-01-12"  # Sat 10 Jan 2026
    world.advance_to(at_local("2026-01-08T10:00"))

    decided(world.act("agree_longer", by=APPLICANT))
    alone = due_on(world, "finish")
    world.advance_to(at_local("2026-01-16T10:00"))
    decided(world.act("agree_longer", by=RESPONDENT))

    assert alone == "Mon 2026-01-12"
    assert due_on(world, "finish") == "Tue 2026-02-24"  # Mon 16 Feb


def test_the_committee_gives_no_more_time_by_itself():
    world = a_mediation("hold_session")

    alone = refused(world.act("agree_longer", by="committee"))
    bare = refused(world.act("record_longer", {"how": "电话同意"}))

    assert (alone.code, bare.data["errors"].keys()) == ("run.not_yours", {"signed"})


# --- agreements ---------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", ["all_signed", "sealed"])
def test_a_written_agreement_needs_every_signature_and_the_seal(missing):  # PML 29
    world = a_mediation("hold_session")

    assert refused(world.act("conclude_written", **{missing: False})).code == "mediation.all_sign"


def test_an_oral_agreement_binds_from_its_day_and_is_recorded():  # PML 28, 30
    world = a_mediation("hold_session", at="2025-11-03T09:00")

    agreed = decided(world.act("conclude_oral"))

    assert (agreed.done_with, agreed.documents) == ("agreed", ("oral_agreement",))
    assert due_on(world, "confirm_request") == "Wed 2025-12-03"


@pytest.mark.parametrize(
    ("result", "state"),
    [
        ("confirmed", "confirmed"),
        ("refused", "confirmation_refused"),
        ("not_accepted", "confirmation_not_accepted"),
        ("withdrawn", "agreement_written"),
    ],
)
def test_what_the_court_says_comes_back(result, state):
    world = a_mediation("conclude_written")
    decided(world.act("record_confirmation_request"))

    decided(world.finish_child("confirmation", result))

    assert (world.run.state, world.run.result) == (state, "agreed")


def test_a_confirmed_agreement_is_not_confirmed_twice():
    world = a_mediation("conclude_written")
    decided(world.act("record_confirmation_request"))
    decided(world.finish_child("confirmation", "confirmed"))
    decided(world.act("follow_up", outcome="unperformed", told="可以申请执行"))

    again = refused(world.act("record_confirmation_request"))

    assert again.code == "mediation.confirmed_already"


def test_an_agreement_the_court_did_not_confirm_can_be_mediated_again():  # CPL 206
    world = a_mediation("conclude_written")
    decided(world.act("record_confirmation_request"))
    decided(world.finish_child("confirmation", "refused"))

    for side in BOTH:
        decided(world.act("mediate_again", by=side))

    assert (world.run.state, world.run.clocks["confirm_request"].status) == (
        "in_mediation", Status.ENDED,
    )  # fmt: skip


# --- no mediation against anybody's will --------------------------------------------------------


def test_one_clear_refusal_forbids_mediation():  # PML 17
    world = a_mediation("apply")

    assert refused(world.act("accept", other_side="refuses")).code == "mediation.one_refuses"
    declined = decided(world.act("decline", ground="refused"))
    assert (declined.done_with, world.run.state) == ("declined", "declined")


@pytest.mark.parametrize("upto", ["apply", "accept", "choose_mediator", "notify", "hold_session"])
@pytest.mark.parametrize(("action", "who"), [("withdraw", APPLICANT), ("refuse", RESPONDENT)])
def test_either_side_can_stop_at_any_time_without_a_reason(upto, action, who):  # PML 23
    world = a_mediation(upto)

    ended = decided(world.act(action, {}, by=who))

    assert (ended.done_with, world.run.state) == ("withdrawn", "terminated_withdrawn")


@pytest.mark.parametrize("action", ["withdraw", "refuse", "agree_longer", "wish_mediator"])
def test_nobody_of_staff_speaks_for_a_party(action):
    world = a_mediation("hold_session")
    staff = [an_actor(world.procedure, name, world.run) for name in ("committee", "intake")]

    assert {refused(world.act(action, by=actor)).code for actor in staff} == {"run.not_yours"}


def test_a_stranger_is_no_party():
    world = a_mediation("hold_session")

    stranger = refused(world.act("refuse", {}, by=Actor(Who.PERSON, "person-somebody-else")))

    assert stranger.code == "run.not_yours"


def test_a_mediator_with_an_interest_is_not_named():
    world = a_mediation("accept")

    assert refused(world.act("choose_mediator", no_conflict=False)).code == "mediation.conflict"


def test_after_a_change_of_mediator_the_rights_are_told_again():
    world = a_mediation("hold_session")
    month = world.run.clocks["finish"]

    decided(world.act("replace_mediator"))

    assert (world.run.state, world.run.clocks["finish"]) == ("mediator_assigned", month)


def test_the_police_hear_only_of_what_may_become_their_case():  # PML 25
    world = a_mediation("hold_session")

    kept = decided(world.act("prevent"))
    told = decided(world.act("report_risk"))

    assert (kept.notices, told.notices) == ((), (Notice("police", "mediation.report_risk.police"),))


# --- failing ------------------------------------------------------------------------------------


def test_when_it_fails_the_other_routes_are_told():  # PML 26
    world = a_mediation("hold_session")

    assert refused(world.act("fail", routes_told=False)).code == "mediation.routes_told"
    failed = decided(world.act("fail"))

    assert (failed.done_with, failed.documents) == ("failed", ("failure_notice",))
    assert Notice("side", "mediation.fail.side") in failed.notices


def test_only_a_traffic_accident_opens_the_days_to_ask_the_traffic_police():  # RTA18 85
    world = a_mediation("hold_session")
    accident = a_mediation("hold_session", accept={"dispute_type": "traffic"})

    assert refused(world.act("fail_traffic")).code == "mediation.not_traffic"
    assert refused(accident.act("fail")).code == "mediation.traffic_apart"
    decided(accident.act("fail_traffic"))
    for side in BOTH:
        decided(accident.act("ask_traffic_police", {}, by=side))

    assert accident.run.clocks["after_committee"].outcome is Outcome.MET


def test_a_labour_dispute_is_not_taken_without_its_fifteen_days():
    world = a_run("mediation", LABOUR, "apply", at="2025-11-03T09:00")

    assert refused(world.act("accept", dispute_type="labour")).code == "mediation.labour_apart"


# --- openings -----------------------------------------------------------------------------------


def test_a_person_applies_with_both_sides_named():
    world = World(procedure("mediation"), CALENDAR, at_local("2025-11-03T09:00"), limits())

    one = refused(world.act("apply", parties=["person-applicant"]))

    assert one.data["errors"].keys() == {"parties"}
    decided(world.act("apply"))


def test_a_referral_that_a_committee_has_taken_is_not_decided_twice():
    world = World(procedure("mediation"), CALENDAR, at_local("2025-11-03T09:00"), limits())

    decided(world.act("take_over", {"committee": "unit-a", "reason": "邻里纠纷"}))

    assert (world.run.state, world.run.roles["lead"]) == ("accepted", ("unit-a",))
    assert due_on(world, "finish") == "Wed 2025-12-03"  # 30 days
