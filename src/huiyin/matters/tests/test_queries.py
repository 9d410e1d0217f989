"""What can be done now and why not, and what a resident is told of their matter."""

from datetime import timedelta

import pytest
from django.utils import translation

from huiyin.matters.acting import held_by
from huiyin.matters.models import Contact, EventBody, RunClock
from huiyin.matters.queries import Message, acts_on, possible_acts, told
from huiyin.matters.refusals import ActRefused, NotFound
from huiyin.matters.tests.records import the_record
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def agent(city, *permissions):
    return city.staff(city.unit("hotline_centre"), *permissions)


def lead(city):
    return city.staff(city.unit("department"))


def acts(run, by, *, at=NOW):
    return {one.action: one for one in possible_acts(run.pk, by=by, at=at)}


# --- what can be done ---------------------------------------------------------------------------


def test_every_action_is_listed_open_or_with_the_reason_against_it():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    run = city.act(run.pk, "dispatch").run

    found = acts(run, lead(city))

    open_ones = {name for name, one in found.items() if one.is_open}
    assert {"acknowledge", "return_order", "note"} <= open_ones
    dispatch = found["dispatch"]
    assert (dispatch.is_open, dispatch.is_theirs, dispatch.reason) == (
        False, False, "run.not_yours"
    )  # fmt: skip
    assert dispatch.sentence == "“派单”由派单员办理，请联系对方。"
    answer = found["ask_assistance"]
    assert (answer.is_open, answer.is_theirs) == (True, True)


def test_a_page_asks_for_what_is_theirs_alone_and_gets_the_same_of_it():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    run = city.act(run.pk, "dispatch").run
    contacts = tuple(Contact.objects.filter(matter=run.matter_id))
    held = held_by(run, run.matter, contacts, at=NOW)

    theirs = acts_on(held, by=lead(city), at=NOW, theirs_only=True)

    assert theirs == [one for one in acts(run, lead(city)).values() if one.is_theirs]
    assert {one.is_open for one in theirs} == {True, False}


def test_what_is_listed_as_open_can_be_done_and_the_rest_is_refused_with_that_reason():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    run = city.act(run.pk, "dispatch").run
    by = lead(city)

    for name, one in acts(run, by).items():
        if one.is_open or run.procedure not in ("hotline",):
            continue
        with pytest.raises(ActRefused) as refused:
            city.act(run.pk, name, by=by)
        assert (refused.value.reason, refused.value.sentence) == (one.reason, one.sentence)


def test_an_open_action_brings_its_form_and_whether_it_moves_the_run():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    found = acts(run, agent(city, "hotline.dispatch"))

    assert "to_unit" in [field.name for field in found["dispatch"].form]
    assert (found["dispatch"].is_moving, found["note"].is_moving) == (True, False)
    with translation.override("en"):
        assert acts(run, agent(city, "hotline.dispatch"))["dispatch"].label == "Dispatch"


def test_what_can_be_done_is_not_told_to_those_who_may_not_see_the_run():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    with pytest.raises(NotFound):
        possible_acts(run.pk, by=city.staff(city.unit("department", "other")), at=NOW)


@pytest.mark.parametrize("notes", [0, 29])
def test_possible_actions_take_a_fixed_number_of_queries(django_assert_max_num_queries, notes):
    city = the_record()
    by = agent(city)
    run = city.open("hotline", "accept_call").run
    for _ in range(notes):
        city.act(run.pk, "note", by=by)

    with django_assert_max_num_queries(4):
        assert acts(run, by)


# --- what the person is told --------------------------------------------------------------------


def test_a_person_reads_the_state_in_plain_words_the_promised_day_and_who_has_it():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch", at=NOW + HOUR)

    found = told(run.matter_id, by=city.reporter, at=NOW + 2 * HOUR)

    assert found.matter.number == run.matter.number
    assert (found.procedure, found.state) == ("12345 热线工单", "已派单")
    assert found.plain
    assert (found.who, found.is_your_turn, found.is_done) == ("department", False, False)
    promise = RunClock.objects.get(run=run, name="promise")
    assert (found.promised_on, found.is_late) == (promise.due_on, False)
    assert "remind" in [act.action for act in found.acts if act.is_open]
    assert "dispatch" not in [act.action for act in found.acts]


def test_a_person_is_told_that_it_is_late():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    assert told(run.matter_id, by=city.reporter, at=NOW + 30 * 24 * HOUR).is_late


def test_a_person_is_told_when_it_is_their_turn():
    city = the_record()
    run = city.open("court_referral").run
    city.act(run.pk, "ask_consent")

    found = told(run.matter_id, by=city.opponent, at=NOW)

    assert (found.who, found.is_your_turn) == ("当事人", True)


def test_messages_go_to_and_fro_and_the_other_side_reads_none_of_them():
    city = the_record()
    run = city.open("mediation", "apply", by=city.reporter).run
    committee = city.staff(city.unit("mediation_committee"))
    city.act(run.pk, "message_person", by=committee, text="请带合同来。", at=NOW + HOUR)
    city.act(run.pk, "message_unit", by=city.reporter, text="好的。", at=NOW + 2 * HOUR)

    assert told(run.matter_id, by=city.reporter, at=NOW).messages == (
        Message(NOW + HOUR, False, "请带合同来。"),
        Message(NOW + 2 * HOUR, True, "好的。"),
    )
    assert told(run.matter_id, by=city.opponent, at=NOW).messages == ()


def test_a_redacted_message_is_said_to_be():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "message_person", by=agent(city))
    EventBody.objects.filter(event__run=run, event__action="message_person").delete()

    (message,) = told(run.matter_id, by=city.reporter, at=NOW).messages
    assert (message.text, message.is_redacted) == ("", True)


def test_nobody_elses_matter_is_told():
    city = the_record()
    run = city.open("hotline", "accept_call").run

    with pytest.raises(NotFound):
        told(run.matter_id, by=city.opponent, at=NOW)


@pytest.mark.parametrize("messages", [1, 30])
def test_a_person_is_told_in_a_fixed_number_of_queries(django_assert_max_num_queries, messages):
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch")
    for _ in range(messages):
        city.act(run.pk, "message_unit", by=city.reporter)

    with django_assert_max_num_queries(8):
        assert len(told(run.matter_id, by=city.reporter, at=NOW).messages) == messages
