"""`intake.open_matter` and `act`: one transaction, one event a run; a refusal writes nothing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from huiyin.matters import intake, numbers
from huiyin.matters.acting import act, act_many
from huiyin.matters.intake import Said
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import (
    Assignment,
    Channel,
    Contact,
    EventBody,
    EventHeader,
    Matter,
    MatterText,
    Run,
    RunClock,
)
from huiyin.matters.refusals import (
    ActRefused,
    KeyUsedOtherwise,
    NotFound,
    ProcedureUnknown,
    SomebodyWasFaster,
)
from huiyin.matters.tests.records import the_record
from huiyin.matters.verifying import verify
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db
ALL = (Matter, MatterText, Contact, Run, EventHeader, EventBody, RunClock, Assignment)


def rows():
    return {model.__name__: model.objects.count() for model in ALL}


def order(city, upto="dispatch"):
    """A hotline order, taken in and brought as far as named."""
    done = city.open("hotline", "accept_call")
    for action in ("dispatch", "acknowledge", "answer"):
        if upto == "accept_call":
            break
        done = city.act(done.run.pk, action)
        if action == upto:
            break
    return done.run


def test_a_matter_begins_with_its_words_people_run_and_first_event():
    city = the_record()

    done = city.open("hotline", "accept_call")

    matter = done.run.matter
    assert numbers.read(numbers.spoken(matter.number)) == matter.number
    assert matter.words.title == "路灯不亮"
    assert [(one.role, one.name) for one in matter.contacts.order_by("id")] == [
        ("reporter", "李娟"), ("party", "赵强")
    ]  # fmt: skip
    assert (done.run.state, done.run.events, done.event.seq) == ("received", 1, 1)
    assert (done.event.from_state, done.event.to_state) == ("new", "received")
    assert set(done.run.clocks.values_list("name", flat=True)) == {"promise", "dispatch"}
    assert verify().differences == []


def test_an_act_writes_one_event_and_what_follows_from_it():
    city = the_record()
    run = order(city, "accept_call")

    done = city.act(run.pk, "dispatch")

    assert EventHeader.objects.filter(run=run).count() == 2
    unit = city.unit("department")
    assert [(held.role, held.unit) for held in Assignment.objects.filter(run=run)] == [
        ("lead", unit)
    ]
    clocks = {clock.name: clock for clock in done.run.clocks.all()}
    assert clocks["dispatch"].outcome == "met"
    assert clocks["answer"].unit_id == unit.pk
    assert done.run.due_at == min(c.due_at for c in clocks.values() if c.status == "running")


def test_what_was_written_in_a_form_stands_in_the_body_alone():
    city = the_record()
    run = order(city, "acknowledge")

    done = city.act(run.pk, "answer", result="灯已修好，谢谢您告诉我们。")

    assert done.event.body.content["form"]["result"] == "灯已修好，谢谢您告诉我们。"
    assert "灯已修好" not in str(done.event.effects)
    assert "灯已修好" not in str(done.run.memory)


def test_a_refusal_writes_nothing_and_says_why():
    city = the_record()
    run = order(city, "accept_call")
    before = rows()

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "dispatch", by=city.reporter)

    assert refused.value.reason == "run.not_yours"
    assert "派单员" in refused.value.sentence
    assert rows() == before


def test_a_form_with_faults_is_refused_with_a_sentence_for_each_field():
    city = the_record()
    run = order(city, "accept_call")

    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "dispatch", form={"grade": "never"})

    assert refused.value.reason == "run.form"
    assert refused.value.errors["to_unit"] == "请填写这一项。"
    assert refused.value.errors["grade"] == "请从列出的选项中选。"


def test_an_opening_that_is_refused_leaves_no_trace():
    city = the_record()
    before = rows()

    with pytest.raises(ActRefused):
        city.open("hotline", "accept_call", by=city.reporter)

    assert rows() == before


def test_an_unknown_procedure_and_an_unknown_run_are_refused():
    city = the_record()

    with pytest.raises(NotFound):
        city.act(new_id(), "dispatch")
    with pytest.raises(ProcedureUnknown):
        city_open_unknown(city)


def city_open_unknown(city):
    intake.open_matter(
        procedure="nothing", action="x", said=Said("x"), place=city.place,
        channel=Channel.ONLINE, by=city.reporter, at=NOW,
    )  # fmt: skip


def test_whoever_saw_an_older_state_is_told_that_somebody_was_faster():
    city = the_record()
    run = order(city, "accept_call")
    city.act(run.pk, "dispatch", expected=1)

    with pytest.raises(SomebodyWasFaster) as refused:
        city.act(run.pk, "acknowledge", expected=1)

    assert refused.value.state == "已派单"


def test_a_note_is_never_too_late():
    city = the_record()
    run = order(city, "accept_call")
    city.act(run.pk, "dispatch")

    done = city.act(run.pk, "note", expected=1)

    assert done.event.seq == 3


def test_the_same_key_gives_the_same_answer_and_another_form_is_refused():
    city = the_record()
    run = order(city, "accept_call")
    dispatcher = city.whoever(*_dispatcher(run))
    first = city.act(run.pk, "dispatch", by=dispatcher, key="k-1")

    again = city.act(run.pk, "dispatch", by=dispatcher, key="k-1")
    with pytest.raises(KeyUsedOtherwise):
        city.act(run.pk, "dispatch", by=dispatcher, key="k-1", basis="territorial")

    assert again.is_repeat
    assert again.event == first.event
    assert EventHeader.objects.filter(run=run).count() == 2


def _dispatcher(run):
    rules = procedure_of(run.procedure)
    return rules, rules.actions["dispatch"].by[0], {}


def test_many_runs_are_acted_on_in_one_go_and_each_has_its_answer():
    city = the_record()
    runs = [order(city, "accept_call") for _ in range(3)]
    city.act(runs[1].pk, "dispatch")
    unit = str(city.unit("department").pk)

    answers = act_many(
        [run.pk for run in runs],
        "dispatch",
        by=city.whoever(*_dispatcher(runs[0])),
        at=NOW,
        form={"to_unit": unit, "basis": "functional", "grade": "ordinary"},
    )

    assert [type(answers[run.pk]).__name__ for run in runs] == ["Done", "ActRefused", "Done"]
    assert [Run.objects.get(pk=run.pk).state for run in runs] == ["dispatched"] * 3


def test_the_accused_unit_is_never_given_the_matter():
    city = the_record()
    accused = city.unit("department")
    done = city.open("hotline", "accept_call", accused=(accused.pk,))

    with pytest.raises(ActRefused) as refused:
        city.act(done.run.pk, "dispatch")

    assert refused.value.reason == "guard.not_the_accused"


def test_a_resident_acts_only_on_a_matter_of_their_own():
    city = the_record()
    run = order(city, "accept_call")
    stranger = city.opponent.__class__(account_id=new_id(), kind="resident")

    with pytest.raises(NotFound):
        city.act(run.pk, "remind", by=stranger)
    city.act(run.pk, "remind", by=city.reporter)


def test_late_entry_keeps_when_it_really_happened():
    city = the_record()
    run = order(city, "accept_call")
    late = NOW - timedelta(days=3)

    entered = act(
        run.pk, "note", by=city.staff(city.unit("hotline_centre", "z")), at=NOW,
        form={"text": "三天前来过电话。"}, occurred_at=late,
    )  # fmt: skip
    assert (entered.event.occurred_at, entered.event.recorded_at) == (late, NOW)


def test_an_act_takes_twelve_queries_at_most():
    city = the_record()
    run = order(city, "accept_call")
    dispatcher = city.whoever(*_dispatcher(run))
    form = {"to_unit": str(city.unit("department").pk), "basis": "functional", "grade": "ordinary"}

    with CaptureQueriesContext(connection) as captured:
        act(run.pk, "dispatch", by=dispatcher, at=NOW, form=form)

    # The test's own transaction makes a savepoint of what is a transaction elsewhere.
    asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    assert len(asked) <= 12, "\n".join(asked)
