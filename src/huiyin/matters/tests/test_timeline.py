"""The timeline in sentences: who reads what of what happened."""

from datetime import timedelta

import pytest
from django.utils import translation

from huiyin.matters import (
    access,
    keeping,
    merging,
    notice_shown,
    reclassifying,
    redacting,
    retaining,
    similar,
)
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Contact, EventBody, Run
from huiyin.matters.tests.records import the_record
from huiyin.matters.timeline import NOTED, timeline
from huiyin.matters.writing import ESCALATED, record
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def read(run, by, **more):
    return list(timeline(run.matter, by=by, **more).entries)


def entry(run, by, action):
    return next((one for one in read(run, by) if one.action == action), None)


def details(run, by, action):
    found = entry(run, by, action)
    return None if found is None else {one.label: one.value for one in found.details}


def an_order(city, **answer):
    """An order that was dispatched, taken up, answered."""
    run = city.open("hotline", "accept_call", by=agent(city)).run
    for hours, action in enumerate(("dispatch", "acknowledge"), start=1):
        city.act(run.pk, action, at=NOW + hours * HOUR)
    return city.act(run.pk, "answer", at=NOW + 3 * HOUR, **answer).run


def agent(city):
    return city.staff(city.unit("hotline_centre"))


def lead(city):
    return city.staff(city.unit("department"))


# --- sentences ----------------------------------------------------------------------------------


def test_what_happened_is_told_in_sentences_the_latest_first():
    city = the_record()
    run = an_order(city)

    assert [one.sentence for one in read(run, lead(city))] == [
        "department（承办单位）：答复。现在是“已答复，待审核”。",
        "department（承办单位）：签收。现在是“办理中”。",
        "hotline_centrez（派单员）：派单。现在是“已派单”。",
        "hotline_centre（受理员）：受理。现在是“已受理”。",
    ]
    assert entry(run, lead(city), "answer").at == NOW + 3 * HOUR


def test_the_same_in_english():
    city = the_record()
    run = an_order(city)

    with translation.override("en"):
        said = entry(run, lead(city), "dispatch")

    assert said.sentence == "hotline_centrez (Dispatcher): Dispatch. It is now “Dispatched”."


def test_values_are_shown_by_the_type_of_their_field():
    city = the_record()
    run = an_order(city)

    shown = details(run, lead(city), "dispatch")

    assert shown["承办单位"] == "department"  # a unit by its name
    assert "ordinary" not in shown.values()  # a choice by its label


def test_the_end_of_a_limit_is_told_as_what_went_by_itself():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    keeping.keep(at=NOW + 20 * 24 * HOUR)

    assert "“热线处理时限”已到期。" in [one.sentence for one in read(run, agent(city))]


def test_a_child_run_tells_inside_its_matter():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch", at=NOW + HOUR)
    city.act(run.pk, "supervise", at=NOW + 2 * HOUR)

    assert {one.title for one in read(run, lead(city))} == {"12345 热线工单", "督办"}
    assert {one.title for one in read(run, city.reporter)} == {"12345 热线工单"}


# --- who reads what -----------------------------------------------------------------------------


def test_a_note_stays_among_staff():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "note", by=agent(city), text="来电人很着急。", at=NOW + HOUR)

    assert details(run, agent(city), "note")["备注"] == "来电人很着急。"
    assert entry(run, city.reporter, "note") is None


def test_people_read_where_their_matter_went_and_not_what_staff_wrote_to_each_other():
    city = the_record()
    run = an_order(city)

    assert entry(run, city.reporter, "dispatch").state == "已派单"
    assert details(run, city.reporter, "acknowledge") == {}
    own = [one.sentence for one in read(run, city.reporter)]
    assert own[-1] == "hotline_centre：受理。现在是“已受理”。"


def test_people_read_what_they_did_and_what_was_written_to_them():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "message_person", by=agent(city), text="请补一张照片。", at=NOW + HOUR)
    city.act(run.pk, "message_unit", by=city.reporter, text="照片已补。", at=NOW + 2 * HOUR)

    assert details(run, city.reporter, "message_person")["留言"] == "请补一张照片。"
    own = entry(run, city.reporter, "message_unit")
    assert (own.who, own.is_own, own.details[0].value) == ("您", True, "照片已补。")


def test_what_a_unit_is_asked_is_not_told_to_the_person_though_both_are_told():
    city = the_record()
    run = city.open("petition", "register", by=city.staff(city.unit("petition_office"))).run
    city.act(run.pk, "transfer", opinion="请注意信访人的身体。", at=NOW + HOUR)
    office = city.staff(city.unit("petition_office"))

    assert "请注意信访人的身体。" in details(run, office, "transfer").values()
    assert "请注意信访人的身体。" not in str(read(run, city.reporter))


def test_the_other_side_of_a_dispute_reads_no_words_of_this_side():
    city = the_record()
    run = city.open("mediation", "apply", by=city.reporter, facts="他欠我三万元。").run

    assert "他欠我三万元。" in str(read(run, city.reporter))
    assert "他欠我三万元。" not in str(read(run, city.opponent))
    assert entry(run, city.opponent, "apply") is not None


def test_whoever_helps_in_a_run_inside_reads_no_personal_words_of_the_run_around_it():
    city = the_record()
    run = city.open("hotline", "accept_call", content="我母亲住在三单元。").run
    for hours, action in enumerate(("dispatch", "acknowledge"), start=1):
        city.act(run.pk, action, at=NOW + hours * HOUR)
    other = city.unit("department", "helper")
    asked = city.act(run.pk, "ask_assistance", at=NOW + 3 * HOUR, **helpers(other))
    child = asked.run.children.get()
    helper = city.staff(other)

    assert access.runs_seen_by(helper).filter(pk=child.pk).exists()
    assert "我母亲住在三单元。" in str(read(run, lead(city)))
    assert "我母亲住在三单元。" not in str(read(run, helper))
    hidden = [one for one in entry(run, helper, "accept_call").details if one.is_hidden]
    assert hidden
    assert {one.value for one in hidden} == {""}


def helpers(*units):
    return {"to_units": [str(unit.pk) for unit in units]}


def test_what_was_redacted_is_said_to_be():
    city = the_record()
    run = an_order(city)
    EventBody.objects.filter(event__run=run, event__action="answer").delete()

    found = entry(run, lead(city), "answer")

    assert (found.is_redacted, found.details) == (True, ())
    assert found.sentence.startswith("department（承办单位）：答复。")


def test_what_is_recorded_beside_the_steps_has_a_sentence_for_every_kind():
    assert set(NOTED) == {
        merging.MERGED_IN, reclassifying.RECLASSIFIED, redacting.REDACTED, retaining.RETAINED,
        similar.JOINED, similar.RATED, ESCALATED, notice_shown.NOTICE_SHOWN,
    }  # fmt: skip
    city = the_record()
    run = city.open("hotline", "accept_call").run
    record(
        Run.objects.get(pk=run.pk), reclassifying.RECLASSIFIED, {"reason": "地点有误"},
        by=agent(city), at=NOW + HOUR,
    )  # fmt: skip

    found = entry(run, agent(city), reclassifying.RECLASSIFIED)

    assert found.sentence == "更正了类别、地点或单位。"
    assert [(one.label, one.value) for one in found.details] == [("事由", "地点有误")]
    assert entry(run, city.reporter, reclassifying.RECLASSIFIED) is None


def test_a_hand_over_is_told_on_both_sides():
    city = the_record()
    run = city.open("hotline", "accept_call", by=agent(city)).run
    city.act(run.pk, "hand_over", at=NOW + HOUR, procedure="orders")

    gone = entry(run, agent(city), "hand_over")
    come = read(run, agent(city))[0]
    assert ("转为", procedure_of("orders").title.zh) in [
        (one.label, one.value) for one in gone.details
    ]
    assert ("来自", "12345 热线工单") in [(one.label, one.value) for one in come.details]


# --- pages --------------------------------------------------------------------------------------


def test_pages_follow_each_other_without_a_gap():
    city = the_record()
    run = city.open("hotline", "accept_call").run
    for _ in range(6):  # at the same moment
        city.act(run.pk, "note", by=agent(city))

    keys, after = [], None
    for _ in range(4):
        page = timeline(run.matter, by=agent(city), after=after, limit=2)
        keys += [one.key for one in page.entries]
        after = page.older

    assert after is None
    assert len(keys) == len(set(keys)) == 7
    assert keys == [one.key for one in read(run, agent(city))]


@pytest.mark.parametrize("who", ["lead", "agent", "reporter", "stranger"])
def test_runs_and_people_that_were_read_already_tell_the_same(who):
    city = the_record()
    run = an_order(city)
    other = city.staff(city.unit("department", "other"))
    by = {"lead": lead(city), "agent": agent(city), "reporter": city.reporter}.get(who, other)

    runs = access.runs_of(run.matter, by=by)
    people = list(Contact.objects.filter(matter=run.matter).order_by("id"))

    assert runs == list(access.runs_seen_by(by).filter(matter=run.matter))
    assert bool(runs) is (who != "stranger")
    assert timeline(run.matter, by=by, runs=runs, contacts=people) == timeline(run.matter, by=by)


@pytest.mark.parametrize("who", ["unit", "reporter"])
@pytest.mark.parametrize("notes", [0, 28])
def test_a_timeline_takes_a_fixed_number_of_queries(django_assert_num_queries, notes, who):
    city = the_record()
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch", at=NOW + HOUR)
    for number in range(notes):
        by = city.reporter if number % 2 else agent(city)
        action = "message_unit" if number % 2 else "message_person"
        city.act(run.pk, action, by=by, at=NOW + 2 * HOUR)

    by = lead(city) if who == "unit" else city.reporter
    with django_assert_num_queries(7 if who == "unit" else 6):
        assert len(read(run, by)) == 2 + notes
