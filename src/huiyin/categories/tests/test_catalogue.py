"""A city in use gets the limits of a new version, and what the law says of those it fixes."""

import pytest

from huiyin.categories import catalogue
from huiyin.categories.models import Term, TermValue
from huiyin.categories.tests.factories import a_term, a_value

pytestmark = pytest.mark.django_db
KEYS = {row["key"] for row in catalogue.rows()}


def test_a_new_city_is_left_to_its_first_load():
    assert catalogue.bring() == []
    assert Term.objects.count() == 0


def test_limits_that_are_missing_come_with_their_law():
    a_value(a_term("grid.verify"), 2)

    brought = catalogue.bring()

    assert set(brought) == KEYS - {"grid.verify"}
    value = TermValue.objects.get(term="pet.handle")
    assert (value.amount, value.unit, value.law_zh, value.article) == (
        60, "day", "信访工作条例", "34, 45"
    )  # fmt: skip
    assert Term.objects.get(pk="pet.handle").locked
    assert catalogue.bring() == []


def test_what_a_city_has_set_itself_stays():
    a_value(a_term("grid.verify"), 9)

    catalogue.bring()

    assert TermValue.objects.get(term="grid.verify").amount == 9


def test_a_value_of_the_law_is_corrected():
    a_value(a_term("grid.verify"), 2)
    catalogue.bring()
    TermValue.objects.filter(term="traffic.apply").update(unit="day", article="86")

    brought = catalogue.bring()

    assert brought == ["traffic.apply"]
    value = TermValue.objects.get(term="traffic.apply")
    assert (value.amount, value.unit, value.article) == (10, "working_day", "86, 112")


def test_special_values_wait_for_their_category():
    a_value(a_term("grid.verify"), 2)

    catalogue.bring()

    assert TermValue.objects.filter(term="hot.acknowledge").count() == 1
