"""Court-referred mediation reads like the regulation: TY16, ZX21, CPL 125, 126 and 205.

Days off and how the dates were worked out: `days`.
"""

import pytest

from huiyin.mediation.tests.days import (
    FIFTEEN_DAYS,
    SEVEN_DAYS,
    THIRTY_DAYS,
    on_eves,
    rows,
)
from huiyin.mediation.tests.factories import APPLICANT, BOTH, RESPONDENT, a_court_referral
from huiyin.procedures.decisions import Notice
from huiyin.procedures.library import procedure
from huiyin.procedures.runs import Outcome, Status
from huiyin.procedures.simulation import an_actor, at_local
from huiyin.procedures.tests.answers import decided, due_on, refused

# --- limits in working days ---------------------------------------------------------------------


@pytest.mark.parametrize(("start", "day"), on_eves(2))
def test_both_sides_choose_within_two_working_days_of_consent(start, day):  # ZX21 10
    assert due_on(a_court_referral("record_consents", at=f"{start}T16:00"), "choose") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_the_court_names_a_body_within_three_working_days(start, day):  # ZX21 10
    assert due_on(a_court_referral("record_consents", at=f"{start}T16:00"), "appoint") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_the_body_confirms_within_three_working_days(start, day):  # ZX21 12
    assert due_on(a_court_referral("appoint", at=f"{start}T16:00"), "org_accept") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_the_other_side_is_contacted_within_three_working_days(start, day):  # ZX21 15
    assert due_on(a_court_referral("accept_referral", at=f"{start}T16:00"), "contact_other") == day


@pytest.mark.parametrize(("start", "day"), on_eves(1))
def test_the_papers_of_a_failed_mediation_go_back_at_once(start, day):  # ZX21 15: 即时
    world = a_court_referral("start_mediation", at=f"{start}T16:00")

    decided(world.act("end_mediation"))

    assert due_on(world, "give_back") == day


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_a_trial_is_resumed_within_the_citys_three_working_days(start, day):
    world = a_court_referral("start_mediation", mode="entrusted_ordinary", at=f"{start}T16:00")
    decided(world.act("end_mediation"))

    decided(world.act("return_to_court"))

    assert due_on(world, "court_acts") == day


# --- limits in days -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "start", "day"),
    [
        # TY16 27, ZX21 24: 30 days before filing, 15 in ordinary and 7 in summary procedure after
        *(pytest.param("delegated", *row, id=f"30-days-from-{row[0]}") for row in THIRTY_DAYS),
        *(
            pytest.param("entrusted_ordinary", *row, id=f"15-days-from-{row[0]}")
            for row in FIFTEEN_DAYS
        ),
        *(
            pytest.param("entrusted_summary", *row, id=f"7-days-from-{row[0]}")
            for row in SEVEN_DAYS
        ),
    ],
)
def test_the_time_for_mediation_runs_from_the_signature_for_the_papers(mode, start, day):
    world = a_court_referral("accept_referral", mode=mode, at=f"{start}T10:00")

    assert due_on(world, "mediate") == day


@pytest.mark.parametrize(("start", "day"), rows(SEVEN_DAYS))
def test_after_a_failed_delegation_the_court_files_within_seven_days(start, day):  # CPL 126
    world = a_court_referral("start_mediation", at=f"{start}T10:00")
    decided(world.act("end_mediation"))

    decided(world.act("return_to_court"))

    assert due_on(world, "court_acts") == day


@pytest.mark.parametrize(("start", "day"), rows(THIRTY_DAYS))
def test_confirmation_is_asked_for_within_thirty_days(start, day):  # CPL 205
    assert due_on(a_court_referral("agree", at=f"{start}T10:00"), "confirm_request") == day


@pytest.mark.parametrize(("start", "day"), rows(FIFTEEN_DAYS))
def test_performance_is_looked_after_fifteen_days_after_it_was_due(start, day):
    world = a_court_referral("agree", at="2025-01-02T10:00", agree={"perform_by": start})

    assert due_on(world, "follow_up") == day


# --- appraisal, extension, expiry ---------------------------------------------------------------


def test_the_time_of_an_appraisal_before_filing_is_not_counted():  # ZX21 26
    world = a_court_referral("start_mediation", at="2025-11-05T09:00")  # Wed, until Fri 5 Dec
    world.advance_to(at_local("2025-11-10T10:00"))
    decided(world.act("start_appraisal"))
    world.advance_to(at_local("2025-11-20T10:00"))

    decided(world.act("end_appraisal"))

    # it rested from Mon 10 to Thu 20 Nov: ten days; so Mon 15 Dec
    assert due_on(world, "mediate") == "Mon 2025-12-15"


def test_while_an_appraisal_lasts_the_mediation_does_not_end():
    world = a_court_referral("start_mediation", at="2025-11-05T09:00")
    decided(world.act("start_appraisal"))

    world.advance_to(at_local("2025-12-31T09:00"))

    assert (world.run.state, world.run.clocks["mediate"].status) == ("mediating", Status.PAUSED)


@pytest.mark.parametrize("mode", ["entrusted_ordinary", "entrusted_summary"])
def test_after_filing_no_appraisal_lets_the_time_rest(mode):
    world = a_court_referral("start_mediation", mode=mode)

    assert refused(world.act("start_appraisal")).code == "court_referral.only_delegated"


def test_the_time_is_extended_only_when_all_sides_agree():  # TY16 27, ZX21 24
    world = a_court_referral("start_mediation", at="2025-11-05T09:00")
    world.advance_to(at_local("2025-12-01T09:00"))  # Mon

    own = refused(world.act("agree_longer", by="committee"))
    decided(world.act("agree_longer", {}, by=APPLICANT))
    alone = due_on(world, "mediate")
    decided(world.act("agree_longer", {}, by=RESPONDENT))

    assert (own.code, alone) == ("run.not_yours", "Fri 2025-12-05")
    assert due_on(world, "mediate") == "Wed 2025-12-31"  # 30 days from Mon 1 Dec


def test_without_agreed_extension_the_end_of_the_time_ends_the_mediation():  # ZX21 25(6)
    world = a_court_referral("start_mediation", at="2026-01-16T10:00")  # until Tue 24 Feb

    world.advance_to(at_local("2026-02-24T23:59"))
    before = world.run.state
    answers = world.advance_to(at_local("2026-02-25T00:00"))

    assert (before, world.run.state) == ("mediating", "failed")
    notices = [notice for answer in answers for notice in decided(answer).notices]
    assert Notice("court", "court_referral.end_by_expiry.court") in notices
    assert world.run.clocks["mediate"].outcome is Outcome.FIRED


def test_after_the_end_nobody_can_agree_to_more_time():
    world = a_court_referral("start_mediation", at="2026-01-16T10:00")
    world.advance_to(at_local("2026-02-25T00:00"))

    assert refused(world.act("agree_longer", {}, by=APPLICANT)).code == "run.not_from_here"


def test_silence_of_the_body_lets_the_court_name_another():  # ZX21 12
    world = a_court_referral("appoint", at="2026-02-13T16:00")  # until Wed 25 Feb

    early = refused(world.act("appoint", body="unit-b"))
    world.advance_to(at_local("2026-02-26T00:00"))
    decided(world.act("appoint", body="unit-b"))

    assert early.code == "court_referral.still_theirs"
    assert (world.run.state, world.run.roles["lead"]) == ("delegated", ("unit-b",))
    assert due_on(world, "org_accept") == "Mon 2026-03-02"  # Fri 27, Sat 28 (worked), Mon 2


# --- consent and choice -------------------------------------------------------------------------


def test_while_both_sides_choose_the_court_names_nobody():  # ZX21 10
    world = a_court_referral("record_consents", at="2026-02-13T16:00")  # until Tue 24 Feb

    early = refused(world.act("appoint"))
    world.advance_to(at_local("2026-02-25T00:00"))
    decided(world.act("appoint"))

    assert (early.code, world.run.state) == ("court_referral.still_choosing", "delegated")


def test_both_sides_choose_the_same_body():
    world = a_court_referral("record_consents")
    nothing = refused(world.act("choose_together", {}, by=APPLICANT))
    decided(world.act("propose_body", by=APPLICANT, body="unit-b"))
    decided(world.act("choose_together", {}, by=APPLICANT))
    changed = refused(world.act("propose_body", by=RESPONDENT, body="unit-c"))
    decided(world.act("choose_together", {}, by=RESPONDENT))

    assert (nothing.code, changed.code) == (
        "court_referral.propose_first", "court_referral.somebody_agreed",
    )  # fmt: skip
    decided(world.act("delegate_chosen"))
    assert world.run.roles["lead"] == ("unit-b",)


def test_consent_of_one_side_does_not_speak_for_the_other():
    world = a_court_referral("ask_consent")

    decided(world.act("consent_all", {}, by=APPLICANT))

    assert world.run.state == "consent_asked"
    decided(world.act("consent_all", {}, by=RESPONDENT))
    assert world.run.state == "choosing"


def test_the_side_that_sues_may_consent_alone_before_filing_only():  # ZX21 10, 15
    before = a_court_referral("ask_consent")
    after = a_court_referral("ask_consent", mode="entrusted_ordinary")

    other = refused(before.act("consent_one", {}, by=RESPONDENT))
    decided(before.act("consent_one", {}, by=APPLICANT))

    assert (other.code, before.run.state) == ("run.not_yours", "choosing")
    assert refused(after.act("consent_one", {}, by=APPLICANT)).code == (
        "court_referral.only_delegated"
    )


@pytest.mark.parametrize("upto", ["identify", "ask_consent"])
@pytest.mark.parametrize("side", BOTH, ids=lambda side: side.id)
def test_a_no_leaves_the_seven_days_of_filing_as_they_were(upto, side):  # CPL 125, 126
    world = a_court_referral(upto, at="2025-09-26T10:00", identify={"received_on": "2025-09-25"})

    decided(world.act("refuse_consent", {}, by=side))

    # from Thu 25 Sep, the day of the complaint: Thu 2 Oct, a holiday
    assert (world.run.state, due_on(world, "court_acts")) == (
        "returned_to_court", "Thu 2025-10-09",
    )  # fmt: skip


@pytest.mark.parametrize(("start", "day"), on_eves(3))
def test_asking_for_consent_ends_by_itself_in_three_working_days(start, day):
    world = a_court_referral("ask_consent", at=f"{start}T16:00")
    assert due_on(world, "consent") == day

    answers = world.advance_to(world.run.clocks["consent"].due_at)

    assert world.run.state == "returned_to_court"
    # the seven days of filing have run since the complaint: they are over or nearly so
    assert world.run.clocks["court_acts"].started_at == at_local(f"{start}T00:00")
    assert decided(answers[0]).event.action == "no_answer"


@pytest.mark.parametrize("upto", ["record_consents", "appoint"])
@pytest.mark.parametrize("side", BOTH, ids=lambda side: side.id)
def test_consent_is_taken_back_freely_and_filing_counts_from_that_day(upto, side):
    world = a_court_referral(upto, at="2025-09-25T10:00")

    decided(world.act("refuse_consent", {}, by=side))

    assert due_on(world, "court_acts") == "Thu 2025-10-09"


@pytest.mark.parametrize("upto", ["accept_referral", "start_mediation"])
@pytest.mark.parametrize("side", BOTH, ids=lambda side: side.id)
def test_either_side_stops_mediating_without_a_reason(upto, side):
    world = a_court_referral(upto)

    decided(world.act("stop_mediating", {}, by=side))

    assert world.run.state == "failed"


@pytest.mark.parametrize(
    "action", ["refuse_consent", "stop_mediating", "consent_all", "give_up", "agree_longer"]
)
def test_nobody_of_staff_speaks_for_a_party(action):
    world = a_court_referral("start_mediation")
    staff = [an_actor(world.procedure, name, world.run) for name in ("court", "committee")]

    assert {refused(world.act(action, by=actor)).code for actor in staff} == {"run.not_yours"}


# --- what follows -------------------------------------------------------------------------------


def test_before_filing_the_court_files_and_after_filing_the_trial_goes_on():
    before = a_court_referral("start_mediation")
    after = a_court_referral("start_mediation", mode="entrusted_summary")
    for world in (before, after):
        decided(world.act("end_mediation"))
        decided(world.act("return_to_court"))

    assert refused(before.act("resume_trial")).code == "court_referral.only_entrusted"
    assert refused(after.act("file")).code == "court_referral.only_delegated"
    decided(before.act("file"))
    decided(after.act("resume_trial"))

    assert (before.run.state, after.run.state) == ("filed", "trial_resumed")


def test_only_the_side_that_sues_gives_up_the_suit():  # TY16 21
    world = a_court_referral("start_mediation")
    decided(world.act("end_mediation"))
    decided(world.act("return_to_court"))

    assert refused(world.act("give_up", {}, by=RESPONDENT)).code == "run.not_yours"
    decided(world.act("give_up", {}, by=APPLICANT))
    assert world.run.state == "given_up"


@pytest.mark.parametrize(
    ("action", "state"),
    [
        ("make_statement", "statement_made"),
        ("allow_withdrawal", "suit_withdrawn"),
        ("not_approve", "trial_resumed"),
    ],
)
def test_after_filing_an_agreement_is_the_courts_to_conclude(action, state):  # TY16 20
    world = a_court_referral("start_mediation", mode="entrusted_ordinary")

    out_of_court = refused(world.act("agree"))
    decided(world.act("agree_in_trial"))
    own = refused(world.act(action, by="committee"))
    decided(world.act(action))

    assert (out_of_court.code, own.code) == ("court_referral.only_delegated", "run.not_yours")
    assert (world.run.state, "confirm_request" in world.run.clocks) == (state, False)


@pytest.mark.parametrize(
    ("result", "state"),
    [("confirmed", "confirmed"), ("refused", "agreed"), ("not_accepted", "agreed"),
     ("withdrawn", "agreed")],
)  # fmt: skip
def test_the_result_of_the_confirmation_comes_back(result, state):
    world = a_court_referral("agree")
    for side in BOTH:
        decided(world.act("apply_confirmation", by=side))

    decided(world.finish_child("confirmation", result))

    assert world.run.state == state


def test_what_the_court_refused_to_confirm_is_not_asked_again():
    world = a_court_referral("agree")
    decided(world.act("record_confirmation_request"))
    decided(world.finish_child("confirmation", "refused"))

    assert refused(world.act("record_confirmation_request")).code == (
        "court_referral.refused_before"
    )


def test_suspected_sham_halts_and_the_court_decides():  # TY16 18
    world = a_court_referral("start_mediation")
    decided(world.act("suspect_sham"))

    own = refused(world.act("go_on", by="committee"))
    decided(world.act("stop_sham"))

    assert (own.code, world.run.state) == ("run.not_yours", "failed")


# --- numbers and secrecy ------------------------------------------------------------------------


def test_every_number_is_a_text_the_court_gives_and_none_is_made_up():
    court = procedure("court_referral")
    numbers = [
        field.type
        for action in court.actions.values()
        for field in action.form
        if field.name in ("court_pre_number", "case_number", "number")
    ]

    assert set(numbers) == {"text"}
    assert a_court_referral("identify").run.facts.keys() == {"mode", "counts_from"}


def test_a_court_referral_is_found_by_number_only():  # TY16 2(5)
    assert procedure("court_referral").confidential
