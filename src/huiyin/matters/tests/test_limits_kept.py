"""A changed limit holds for clocks that start from its day on: those that run keep theirs."""

from datetime import timedelta

import pytest

from huiyin.categories.models import Term, TermUnit, TermValue
from huiyin.categories.terms import set_term_value
from huiyin.matters.models import RunClock
from huiyin.matters.open_clocks import open_clocks
from huiyin.matters.tests.records import the_record
from huiyin.people.actors import SYSTEM
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def promised(run):
    return RunClock.objects.get(run=run.pk, name="acknowledge").due_at


def dispatched(city):
    run = city.open("hotline", "accept_call").run
    return city.act(run.pk, "dispatch").run


def test_a_running_clock_keeps_its_end_and_a_new_one_gets_the_new_limit():
    city = the_record()
    old = dispatched(city)
    before = promised(old)
    term = RunClock.objects.get(run=old.pk, name="acknowledge").run.memory["clocks"]["acknowledge"]
    key = term["term"]
    (kept,) = open_clocks(key)

    set_term_value(
        key=key, amount=20, unit=TermUnit.MINUTE, starts_on=NOW.date(), by=SYSTEM, at=NOW
    )
    new = dispatched(city)

    assert promised(old) == before
    assert promised(new) == NOW + timedelta(minutes=20)
    assert (kept.count, kept.length) == (1, term["limit"])
    assert {one.length: one.count for one in open_clocks(key)} == {
        term["limit"]: 1, "20 minutes": 1
    }  # fmt: skip
    assert Term.objects.filter(pk=key).exists()
    assert TermValue.objects.filter(term=key, valid_to=None, category=None).count() == 1


def test_open_clocks_of_a_place_or_kind_are_counted_alone():
    city = the_record()
    run = dispatched(city)
    key = run.memory["clocks"]["acknowledge"]["term"]
    matter = run.matter
    matter.category = city.category
    matter.save(update_fields=["category"])

    here = open_clocks(key, place_code=matter.place.code)
    of_kind = open_clocks(key, category_code=matter.category.code[:2])
    elsewhere = open_clocks(key, place_code="110000000000")
    other_kind = open_clocks(key, category_code="99")

    assert [one.count for one in here] == [one.count for one in of_kind] == [1]
    assert (elsewhere, other_kind) == ([], [])
