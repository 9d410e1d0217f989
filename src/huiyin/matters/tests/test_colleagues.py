"""Fields that name a colleague: who can be named, and how it reads."""

import pytest

from huiyin.matters.act_forms import ActForm
from huiyin.matters.limits import procedure_of
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.matters.timeline import timeline
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_an_officer_is_a_colleague_of_the_unit_that_acts_and_is_named_in_the_timeline():
    city = the_record()
    office = city.staff(city.unit("petition_office"))
    run = city.open("petition", "register", by=office).run
    city.act(run.pk, "transfer", by=office)
    city.act(run.pk, "inform_receipt_referred")
    unit = run.assignments.get(role="lead", to_at=None).unit
    here, elsewhere = city.colleague(unit.pk), city.colleague(city.unit("court").pk)
    contact = run.matter.contacts.first()
    form = {"no_interest": True}

    for wrong in (elsewhere.pk, contact.pk, "nobody"):
        with pytest.raises(ActRefused) as refused:
            city.act(run.pk, "handle", by=city.staff(unit), form={**form, "officer": str(wrong)})
        assert set(refused.value.errors) == {"officer"}, wrong
    city.act(run.pk, "handle", by=city.staff(unit), form={**form, "officer": str(here.pk)})

    entry = timeline(run.matter, by=city.staff(unit)).entries[0]
    assert ("承办人", "王芳") in [(each.label, each.value) for each in entry.details]


def test_a_form_offers_the_colleagues_of_whoever_fills_it_in():
    city = the_record()
    unit = city.unit("department")
    here = city.colleague(unit.pk)
    city.colleague(city.unit("court").pk)
    rules = procedure_of("petition").actions["handle"]

    form = ActForm(rules.form, by=city.staff(unit))

    assert form.fields["officer"].choices == [(str(here.pk), "王芳")]


def test_a_sponsor_is_looked_up_among_all_staff_and_has_to_be_of_the_unit_that_is_named():
    city = the_record()
    office = city.staff(city.unit("petition_office"))
    sponsors, other = city.unit("department", "s"), city.unit("court")
    leader = city.colleague(sponsors.pk)
    rules = procedure_of("backlog").actions["name_sponsor"]
    sent = {"sponsor_unit": str(sponsors.pk), "leader__typed": "王芳"}

    form = ActForm(rules.form, sent, by=office)
    form.take_in(by=office, at=NOW)
    assert form.values()["leader"] == str(leader.pk)

    city.colleague(other.pk)
    form = ActForm(rules.form, sent, by=office)
    assert not form.take_in(by=office, at=NOW)  # two are called that
    hints = [one.hint for one in form.fields["leader"].widget.found]
    assert sorted(hints) == sorted([sponsors.name, other.name])
