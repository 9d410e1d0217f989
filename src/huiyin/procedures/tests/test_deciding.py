"""The engine: who may do what, from where, by when; what is written, and why not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from huiyin.procedures import Decision, Refusal, child_done, due_clocks, expire, new_run, possible
from huiyin.procedures.decisions import Change, Notice
from huiyin.procedures.refusals import FIELD_SENTENCES, SENTENCES, sentence
from huiyin.procedures.runs import Actor, Outcome, Status, Who
from huiyin.procedures.simulation import PASSER_BY, STRANGER, World, an_actor, at_local
from huiyin.procedures.tests.sample import CALENDAR, LIMITS, TEXT, a_procedure, a_world

DAY = timedelta(days=1)


def refused(answer):
    assert isinstance(answer, Refusal), answer
    return answer


def decided(answer):
    assert isinstance(answer, Decision), answer
    return answer


def due_on(world, clock):
    return world.run.clocks[clock].due_on.isoformat()


# --- the answer of one act ------------------------------------------------------------------


def test_an_act_writes_event_state_clocks_roles_documents_and_notices():
    world = a_world(upto="receive")

    decision = decided(world.act("dispatch", to_unit="unit-b"))

    event = decision.event
    assert (event.from_state, event.to_state) == ("received", "dispatched")
    assert event.form == {"to_unit": "unit-b"}
    assert (event.actor, event.as_actor) == ("staff-office", "office")
    assert [(change.change, change.clock.name) for change in decision.clocks] == [
        (Change.ENDED, "route"),
        (Change.STARTED, "window"),
        (Change.STARTED, "handle"),
    ]
    assert decision.assigned == {"lead": ("unit-b",)}
    assert decision.documents == ("letter",)
    assert decision.notices == (
        Notice("person", "sample.dispatch.person"),
        Notice("unit", "sample.dispatch.unit"),
    )
    assert world.run.senders == {"lead": "unit-office"}
    assert world.run.clocks["handle"].unit == "unit-b"


def test_a_run_knows_the_person_who_opened_it():
    world = a_world()
    world.run = replace(world.run, reporter="")

    world.act("receive", by=Actor(Who.PERSON, "person-li"))

    assert world.run.reporter == "person-li"


def test_what_a_new_run_knows_already_leaves_the_other_facts_at_their_first_value():
    run = new_run(a_procedure(), facts={"designated": True})

    assert run.facts == {"level": "town", "designated": True}


def test_a_form_with_faults_is_refused_field_by_field_and_nothing_is_written():
    world = a_world(upto="dispatch")
    before = world.run

    refusal = refused(world.act("answer", {"text": "长" * 21, "checked": "perhaps", "more": 1}))

    assert {name: error.code for name, error in refusal.data["errors"].items()} == {
        "text": "too_long", "checked": "no_flag", "more": "unknown_field"
    }  # fmt: skip
    assert world.run == before


def test_a_condition_on_the_form_is_told_by_its_own_sentence():
    world = a_world(upto="dispatch")

    refusal = refused(world.act("answer", {"text": "已修好"}))

    assert refusal.code == "sample.unticked"
    assert sentence(refusal, world.procedure) == "请先核对。"


# --- who ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "who"),
    [
        pytest.param("answer", STRANGER, id="staff-of-another-unit"),
        pytest.param("answer", PASSER_BY, id="a-person"),
        pytest.param("remind", PASSER_BY, id="somebody-elses-matter"),
        pytest.param("suspend", STRANGER, id="not-the-superior"),
        pytest.param("designate", STRANGER, id="not-the-sender"),
    ],
)
def test_an_act_is_refused_to_those_it_is_not_for(action, who):
    world = a_world(upto="dispatch")

    refusal = refused(world.act(action, by=who))

    assert refusal.code == "run.not_yours"
    assert refusal.data["who"] == world.procedure.actions[action].by


def test_an_office_elsewhere_does_not_act_here():
    world = a_world(upto="receive")
    office = an_actor(world.procedure, "office", world.run)
    elsewhere = replace(office, place="place-elsewhere")

    assert refused(world.act("dispatch", by=elsewhere)).code == "run.not_yours"
    decided(world.act("dispatch", by=office))


def test_nobody_of_the_unit_itself_checks_its_result():
    world = a_world(upto="answer")
    checker = an_actor(world.procedure, "other", world.run)
    own = replace(checker, unit=world.run.roles["lead"][0])

    assert refused(world.act("verify", by=own)).code == "run.not_yours"
    decided(world.act("verify", by=checker))


def test_the_superior_of_the_unit_acts_where_its_superior_is_named():
    world = a_world(upto="dispatch")

    decision = decided(world.act("suspend", by="above"))

    assert decision.event.unit == "unit-superior"


# --- why not --------------------------------------------------------------------------------


def test_an_unknown_action_is_refused():
    assert refused(a_world().act("fly")).code == "run.unknown_action"


def test_nothing_is_possible_in_an_end_state():
    world = a_world(upto="answer")
    world.act("close")

    listed = possible(world.procedure, world.run, STRANGER, world.now, world.facts)

    assert {entry.refusal.code for entry in listed} == {"run.ended"}


def test_from_the_wrong_state_the_right_ones_are_named():
    world = a_world(upto="receive")

    refusal = refused(world.act("resume", by=an_actor(world.procedure, "sender", world.run)))
    other = refused(a_world(upto="dispatch").act("dispatch"))

    assert refusal.code == "run.not_yours"  # nobody has sent it yet: the lasting reason comes first
    assert other.code == "run.not_from_here"
    assert other.data["froms"] == ("received",)


def test_an_outside_fact_stands_in_the_way():
    world = a_world(upto="receive")
    world.outside = {"pending": True}

    assert refused(world.act("dispatch")).code == "sample.pending"


def test_the_accused_unit_is_never_given_the_matter():
    world = a_world(upto="receive")
    world.run = replace(world.run, accused=frozenset({"unit-b"}))

    assert refused(world.act("dispatch", to_unit="unit-b")).code == "guard.not_the_accused"
    decided(world.act("dispatch", to_unit="unit-a"))


GIVEN_TO = "    assign: {lead: form.to_unit}"


def test_the_accused_unit_does_not_take_the_matter_itself():
    world = a_world((GIVEN_TO, "    assign: {lead: actor.unit}"), upto="receive")
    world.run = replace(world.run, accused=frozenset({"unit-office"}))

    assert refused(world.act("dispatch")).code == "guard.not_by_the_accused"


def test_roles_change_hands_all_at_once():
    world = a_world((GIVEN_TO, "    assign: {lead: form.to_unit, assist: role.lead}"))
    world.act("receive")
    world.run = replace(world.run, roles={"lead": ("unit-before",)})

    decided(world.act("dispatch", to_unit="unit-b"))

    assert world.run.roles == {"lead": ("unit-b",), "assist": ("unit-before",)}


def test_a_role_that_the_system_gives_was_sent_by_nobody():
    by_system = (
        "    by: office\n    form: {to_unit",
        "    by: [office, system]\n    form: {to_unit",
    )
    world = a_world(by_system, upto="receive")
    world.run = replace(world.run, senders={"lead": "unit-before"})

    decided(world.act("dispatch", by="system"))

    assert world.run.senders == {}


def test_an_act_with_a_number_is_used_up():
    world = a_world(upto="receive")
    for _ in range(2):
        decided(world.act("dispatch"))
        decided(world.act("give_back"))
    decided(world.act("dispatch"))

    refusal = refused(world.act("give_back"))

    assert (refusal.code, refusal.data["times"]) == ("run.used_up", 2)


def test_a_reminder_may_be_repeated_on_the_next_working_day():
    world = a_world(at="2026-03-06T16:00", upto="dispatch")  # a Friday
    decided(world.act("remind"))

    refusal = refused(world.act("remind", after=2 * DAY))

    assert refusal.code == "run.too_soon"
    assert refusal.data["again_at"] == at_local("2026-03-09T00:00")  # Monday morning
    decided(world.act("remind", after=timedelta(hours=8)))


def test_a_choice_fact_is_advanced_to_its_last_step_and_no_further():
    world = a_world(upto="dispatch")
    decided(world.act("lift"))

    assert world.run.facts["level"] == "county"
    assert refused(world.act("lift")).code == "run.last_level"


def test_a_lasting_reason_is_told_before_one_that_could_be_put_right():
    world = a_world(upto="dispatch")
    decided(world.act("designate", by="sender"))
    world.advance(5 * DAY)
    unit = an_actor(world.procedure, "unit", world.run)

    listed = possible(world.procedure, world.run, unit, world.now, world.facts)

    reason = next(entry.refusal for entry in listed if entry.action == "give_back")
    assert reason.code == "run.window_closed"


# --- clocks ---------------------------------------------------------------------------------


def test_a_clock_counts_from_its_start_fact_even_when_that_lies_before_the_act():
    world = a_world(at="2026-03-10T09:00")

    decided(world.act("receive", received_at="2026-03-02T16:00"))

    assert due_on(world, "route") == "2026-03-17"  # 15 days after Monday 2 March


def test_a_start_before_all_calendars_is_simply_overdue():
    world = a_world(at="2026-03-10T09:00")

    decided(world.act("receive", received_at="1987-05-01T10:00"))

    assert world.run.clocks["route"].overdue_at == world.now


def test_a_late_acceptance_never_lengthens_the_case():
    """Domain §2d: the date of the notice, at the latest day 15 after receipt."""
    early, late = a_world(at="2026-03-02T09:00"), a_world(at="2026-03-02T09:00")
    early.act("receive")
    late.act("receive")

    early.act("dispatch", after=10 * DAY)  # 12 March
    late.act("dispatch", after=30 * DAY)  # 1 April, though 17 March was the last day

    assert due_on(early, "handle") == "2026-05-11"  # 60 days after 12 March
    assert due_on(late, "handle") == "2026-05-18"  # 60 days after 17 March: 16 May, a Saturday


def test_a_right_lapses_and_cannot_be_used_afterwards():
    world = a_world(at="2026-03-05T10:00", upto="dispatch")  # Thursday; 2 working days: Monday 9

    decided(world.act("remind", after=4 * DAY))
    answer = refused(world.act("give_back", after=timedelta(hours=15)))  # Tuesday, 01:00

    assert answer.code == "run.window_closed"
    assert answer.data["closed_on"].isoformat() == "2026-03-09"
    assert world.run.clocks["window"].outcome is Outcome.LAPSED


def test_a_window_is_closed_by_time_alone_even_if_nobody_recorded_it():
    world = a_world(at="2026-03-05T10:00", upto="dispatch")
    world.now += 6 * DAY  # the clock-keeper slept

    assert refused(world.act("give_back")).code == "run.window_closed"


def test_being_overdue_is_recorded_once_and_the_clock_goes_on():
    world = a_world(at="2026-03-02T09:00", upto="receive")

    world.advance(30 * DAY)

    assert [step.action for step in world.steps] == ["receive", ""]
    clock = world.run.clocks["route"]
    assert (clock.status, clock.overdue_at) == (Status.RUNNING, clock.due_at)
    assert due_clocks(world.run, world.now) == ()
    again = expire(world.procedure, world.run, "route", world.now, world.facts)
    assert refused(again).code == "run.clock_not_over"
    decided(world.act("dispatch"))
    assert world.run.clocks["route"].was_late


def test_a_clock_that_acts_takes_its_action():
    world = a_world(at="2026-03-02T09:00", upto="answer")

    (answer,) = world.advance(31 * DAY)

    assert decided(answer).event.action == "close"
    assert [entry.change for entry in answer.clocks][:1] == [Change.FIRED]
    assert world.run.state == "archived"
    assert world.run.clocks["review"].outcome is Outcome.FIRED


def test_a_returned_matter_books_its_hours_to_the_unit_that_held_it():
    world = a_world(upto="dispatch")

    decided(world.act("give_back", after=timedelta(hours=3)))

    clock = world.run.clocks["handle"]
    assert (clock.outcome, clock.unit) == (Outcome.RETURNED, "unit-a")
    assert world.run.roles == {}


def test_done_ends_the_units_clock_and_leaves_the_window_of_the_person():
    world = a_world(upto="answer")

    assert world.run.clocks["handle"].outcome is Outcome.MET
    assert world.run.clocks["review"].is_alive
    assert world.steps[-1].answer.done_with == "answered"


def test_a_pause_moves_the_end_by_exactly_its_days():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")
    before = world.run.clocks["handle"]

    world.act("suspend")
    assert world.run.clocks["handle"].ground == "hearing"
    world.act("resume", after=7 * DAY)

    after = world.run.clocks["handle"]
    assert world.run.state == "dispatched"
    assert (before.due_on.isoformat(), after.due_on.isoformat()) == ("2026-05-06", "2026-05-08")
    assert after.first_due_at == before.due_at


def test_more_time_is_asked_for_by_the_unit_and_given_by_its_head_once():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")

    assert refused(world.act("approve_handle_extension")).code == "run.extension_not_asked"
    decided(world.act("ask_handle_extension", amount=20))
    assert refused(world.act("ask_handle_extension")).code == "run.extension_asked_already"
    decided(world.act("approve_handle_extension", {}))

    clock = world.run.clocks["handle"]
    assert (clock.extensions[0].amount, due_on(world, "handle")) == (20, "2026-05-21")
    assert refused(world.act("ask_handle_extension")).code == "run.extended_already"


def test_the_head_may_give_less_than_was_asked():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")
    world.act("ask_handle_extension", amount=20)

    world.act("approve_handle_extension", {"amount": 5})

    assert due_on(world, "handle") == "2026-05-06"  # 65 days after 2 March


def test_more_than_the_law_allows_is_refused():
    world = a_world(upto="dispatch")

    refusal = refused(world.act("ask_handle_extension", amount=31))

    assert (refusal.code, refusal.data["most"]) == ("run.extension_too_long", LIMITS["t.more"])
    assert sentence(refusal, world.procedure) == "“办理”最多延长 30日，请改短。"


def test_more_time_is_not_asked_for_after_the_end():
    world = a_world(at="2026-03-02T09:00", upto="dispatch")

    assert refused(world.act("ask_handle_extension", after=80 * DAY)).code == "run.window_closed"


def test_a_refused_extension_leaves_the_clock_as_it_was():
    world = a_world(upto="dispatch")
    before = world.run.clocks["handle"]

    world.act("ask_handle_extension")
    world.act("refuse_handle_extension")

    assert world.run.clocks["handle"] == before


# --- parties and child runs -----------------------------------------------------------------


def test_what_needs_all_sides_happens_when_the_last_one_agrees():
    world = a_world(upto="dispatch")
    applicant, respondent = (Actor(Who.PERSON, person) for person in world.run.parties)

    first = decided(world.act("agree", {}, by=applicant))
    assert first.event.is_pending
    assert (world.run.state, first.openings) == ("dispatched", ())
    assert refused(world.act("agree", {}, by=applicant)).code == "run.agreed_already"

    second = decided(world.act("agree", {}, by=respondent))
    assert world.run.state == "mediating"
    assert [opening.action for opening in second.openings] == ["refer"]


def test_staff_record_the_agreement_of_a_side_on_its_behalf():
    world = a_world(upto="dispatch")
    unit = an_actor(world.procedure, "unit", world.run)
    applicant, respondent = world.run.parties

    first = decided(world.act("agree", {"party": applicant}, by=unit))
    assert first.event.on_behalf_of == applicant
    assert refused(world.act("agree", {"party": "x"}, by=unit)).code == "run.no_party"
    decided(world.act("agree", {"party": respondent}, by=unit))

    assert world.run.state == "mediating"


def in_mediation():
    world = a_world(upto="dispatch")
    for person in world.run.parties:
        world.act("agree", {}, by=Actor(Who.PERSON, person))
    return world


def test_a_run_waits_for_its_child_and_goes_on_with_its_result():
    world = in_mediation()
    system = an_actor(world.procedure, "system", world.run)

    waiting = refused(world.act("mediation_ended", {"result": "agreed"}, by=system))
    assert waiting.code == "run.waits_for_child"
    decided(world.finish_child("mediation", "failed"))

    assert world.run.state == "dispatched"
    assert world.run.children[0].result == "failed"


MANY = ("with: {reason: form.reason},", "many: true, with: {unit: form.units},")
FOR_UNITS = (
    "      reason: {type: text, label: {zh: 事由, en: About}, required: false}",
    "      units: {type: units, label: {zh: 单位, en: Units}, required: false}",
)


def test_a_run_that_waits_for_several_goes_on_with_the_last_of_them():
    world = a_world(MANY, FOR_UNITS, upto="dispatch")
    for person in world.run.parties:
        form = {"units": ["unit-b", "unit-c"]}
        decision = decided(world.act("agree", form, by=Actor(Who.PERSON, person)))
    assert [opening.form for opening in decision.openings] == [
        {"unit": "unit-b"},
        {"unit": "unit-c"},
    ]

    first = world.finish_child("mediation", "failed")
    assert first == world.run
    assert [child.is_done for child in world.run.children] == [True, False]
    assert world.run.state == "mediating"
    decided(world.finish_child("mediation", "agreed"))

    assert world.run.state == "mediated"


def test_a_child_run_for_each_unit_named_is_none_where_none_is_named():
    world = a_world(MANY, FOR_UNITS, upto="dispatch")

    for person in world.run.parties:
        decision = decided(world.act("agree", {}, by=Actor(Who.PERSON, person)))

    assert (decision.openings, world.run.children) == ((), ())


def test_a_child_that_is_not_open_cannot_be_done():
    world = a_world(upto="dispatch")

    answer = child_done(world.procedure, world.run, "mediation", "agreed", world.now, world.facts)

    assert refused(answer).code == "run.child_not_open"


# --- sentences ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [*SENTENCES, *FIELD_SENTENCES])
def test_every_sentence_is_there_in_both_languages(code):
    words = {**SENTENCES, **FIELD_SENTENCES}[code]

    assert any("\u4e00" <= sign <= "\u9fff" for sign in words.zh)
    assert words.en
    assert not any("\u4e00" <= sign <= "\u9fff" for sign in words.en)


def test_braces_in_a_sentence_of_the_file_are_shown_as_they_are():
    written = ("zh: 请先核对。", 'zh: "请先核对{清单}。"')
    world = a_world(written, upto="dispatch")

    refusal = refused(world.act("answer", {"text": "已修好"}))

    assert sentence(refusal, world.procedure) == "请先核对{清单}。"


def test_a_sentence_names_things_by_their_labels():
    world = a_world(upto="dispatch")

    refusal = refused(world.act("dispatch"))

    assert sentence(refusal, world.procedure) == (
        "现在是“已派单”，“派单”要在下列状态才能办：已收到。"
    )
    assert sentence(refusal, world.procedure, language="en") == (
        "It is now “Dispatched”. “Dispatch” can be done in: Received."
    )


def test_a_sentence_says_days_as_people_do():
    def said(at, language="zh"):
        refusal = Refusal("run.too_soon", {"action": "dispatch", "again_at": at_local(at)})
        return sentence(refusal, a_procedure(), language=language)

    assert said("2026-11-30T00:00") == "刚办过“派单”，2026 年 11 月 30 日起可以再办。"
    assert "2026 年 11 月 30 日 08:30起" in said("2026-11-30T08:30")
    assert "from 2026-11-30." in said("2026-11-30T00:00", "en")


# --- days that somebody names, units that hold a role, papers of an extension -----------------


def with_a_named_day():
    text = TEXT.replace(
        "  pending:     {type",
        "  report_on: {type: date, label: {zh: 报告日, en: Report}}\n  pending:     {type",
    ).replace("t.handle, kind: unit,\n", "t.handle, kind: unit, until: fact.report_on,\n")
    text = text.replace("            pause: {hearing: {zh: 听证, en: Hearing}},\n", "")
    text = text.replace("    clocks: {pause: {handle: hearing}}\n", "")
    text = text.replace("notify: [person], in: [dispatched]", "notify: [person], documents: letter")
    text = text.replace(
        "form: {to_unit: {type: unit, label: {zh: 承办单位, en: Unit}}}",
        "form: {to_unit: {type: unit, label: {zh: 承办单位, en: Unit}},\n"
        "           report_on: {type: date, label: {zh: 报告日, en: On}, required: false}}",
    ).replace("set: {accepted_at: act}", "set: {accepted_at: act, report_on: form.report_on}")
    text = text.replace("with: {reason: form.reason}", "with: {reason: form.reason, by: role.lead}")
    world = World(a_procedure(text), CALENDAR, at_local("2026-09-01T09:00"), LIMITS)
    world.act("receive")
    return world


def test_a_clock_ends_with_the_day_that_was_named():
    world = with_a_named_day()

    world.act("dispatch", report_on="2026-09-18")

    assert due_on(world, "handle") == "2026-09-18"


def test_a_named_day_off_moves_to_the_next_working_day():
    world = with_a_named_day()

    world.act("dispatch", report_on="2026-10-03")  # within the National Day holiday, 1 to 7 October

    assert due_on(world, "handle") == "2026-10-08"


def test_without_a_named_day_the_term_counts():
    world = with_a_named_day()

    world.act("dispatch")

    assert due_on(world, "handle") == "2026-11-02"  # 60 days: 31 October, a Saturday


def test_a_named_day_is_extended_from_itself_and_the_paper_is_issued():
    world = with_a_named_day()
    world.act("dispatch", report_on="2026-09-18")
    world.act("ask_handle_extension", amount=10)

    decision = decided(world.act("approve_handle_extension", {}))

    assert due_on(world, "handle") == "2026-09-28"
    assert decision.documents == ("letter",)


def test_more_time_on_a_day_named_for_the_past_never_shortens_the_clock():
    world = with_a_named_day()
    world.act("dispatch", report_on="2026-06-01")  # named for a day before the start
    assert due_on(world, "handle") == "2026-09-01"
    world.act("ask_handle_extension", amount=10)

    decided(world.act("approve_handle_extension", {}))

    assert due_on(world, "handle") == "2026-09-11"


def test_a_child_run_is_told_which_unit_holds_a_role():
    world = with_a_named_day()
    world.act("dispatch", to_unit="unit-b")
    for person in world.run.parties:
        answer = world.act("agree", {}, by=Actor(Who.PERSON, person))

    assert decided(answer).openings[0].form == {"by": "unit-b"}


def test_a_form_with_faults_has_a_sentence_of_its_own():
    world = a_world(upto="dispatch")

    assert sentence(refused(world.act("answer", {})), world.procedure) == (
        "请先改好标出的内容，已填的都还在。"
    )


def test_a_named_day_that_is_taken_back_ends_no_clock():
    world = with_a_named_day()
    world.act("dispatch", report_on="2026-09-18")
    world.act("give_back")

    world.act("dispatch")

    assert "report_on" not in world.run.facts
    assert due_on(world, "handle") == "2026-11-02"


# --- where to -----------------------------------------------------------------------------------


def test_a_run_that_was_just_opened_has_no_previous_state():
    world = a_world(("    from: suspended", "    from: [suspended, received]"), upto="receive")
    world.run = replace(world.run, senders={"lead": "unit-office"})
    sender = an_actor(world.procedure, "sender", world.run)

    listed = possible(world.procedure, world.run, sender, world.now, world.facts)

    reason = next(entry.refusal for entry in listed if entry.action == "resume")
    assert reason.code == "run.nowhere_to_go"
    assert refused(world.act("resume", by=sender)).code == "run.nowhere_to_go"


LIFT_BY_LEVEL = """    to: {by: fact.level, map: {town: mediated, county: suspended}}
    form: {level: {type: choice, label: {zh: 层级, en: To},
                   options: {town: {zh: 乡镇, en: Town}, county: {zh: 县, en: County}}}}
"""


def test_a_target_by_a_fact_reads_the_fact_before_the_act_and_no_field_of_that_name():
    world = a_world(("    advance: [level]\n", LIFT_BY_LEVEL), upto="dispatch")

    decided(world.act("lift", {"level": "county"}))

    assert world.run.state == "mediated"
