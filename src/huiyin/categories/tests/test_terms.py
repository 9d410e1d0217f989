"""Limits: the law's are locked, the city's own hold from a day on, the most specific one wins."""

import pytest

from huiyin.categories.models import TermUnit
from huiyin.categories.refusals import (
    TermAlreadyPlanned,
    TermAmountOutOfRange,
    TermInPast,
    TermLocked,
    TermUnknown,
)
from huiyin.categories.terms import set_term_value, term_value
from huiyin.categories.tests.factories import (
    BY,
    MON,
    TUE,
    WED,
    a_category,
    a_term,
    a_value,
    noon,
)

pytestmark = pytest.mark.django_db

COUNTY, TOWN = "371427000000", "371427001000"


def changed(**fields):
    given = {
        "key": "grid.verify",
        "amount": 3,
        "unit": TermUnit.DAY,
        "starts_on": TUE,
        "by": BY,
        "at": noon(MON),
    }
    return set_term_value(**(given | fields))


def test_the_nearest_place_wins_over_category_level_and_the_general_value():
    term = a_term()
    light = a_category("01")
    a_value(term, 1)
    a_value(term, 2, level=3)
    a_value(term, 3, category=light)
    a_value(term, 4, place_code=COUNTY)
    a_value(term, 5, place_code=TOWN)

    def amount(**where):
        return term_value("grid.verify", on=MON, **where).amount

    assert amount() == 1
    assert amount(level=3) == 2
    assert amount(level=3, category=light) == 3
    assert amount(level=3, category=light, place_codes=[COUNTY]) == 4
    assert amount(level=3, category=light, place_codes=[TOWN, COUNTY]) == 5


def test_a_class_takes_the_value_of_its_nearest_ancestor():
    term = a_term()
    branch, below, leaf = a_category("01"), a_category("0101"), a_category("010101")
    a_value(term, 5)
    a_value(term, 9, category=branch)
    a_value(term, 7, category=below)

    assert term_value("grid.verify", on=MON, category=leaf).amount == 7
    assert term_value("grid.verify", on=MON, category=branch).amount == 9


def test_a_new_value_holds_from_its_day_and_the_old_one_until_then():
    a_value(a_term(), 2)

    changed(amount=3, starts_on=WED)

    days = [term_value("grid.verify", on=on).amount for on in (MON, TUE, WED)]
    assert days == [2, 2, 3]


def test_a_second_change_for_the_same_day_replaces_the_first():
    a_value(a_term(), 2)
    changed(amount=3)

    changed(amount=4)

    assert term_value("grid.verify", on=TUE).amount == 4


def test_a_limit_fixed_by_law_cannot_be_changed_by_a_city():
    term = a_term("pet.handle", locked=True)
    a_value(term, 60, TermUnit.DAY, law_zh="信访工作条例", article="34")

    with pytest.raises(TermLocked) as refused:
        changed(key="pet.handle", amount=90)

    assert refused.value.data == {"title": "核查", "law": "信访工作条例", "article": "34"}
    assert term_value("pet.handle", on=WED).amount == 60


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param({"key": "no.such"}, TermUnknown, id="unknown"),
        pytest.param({"starts_on": MON, "at": noon(TUE)}, TermInPast, id="in the past"),
        pytest.param({"amount": 0}, TermAmountOutOfRange, id="nothing"),
        pytest.param({"amount": 4_000}, TermAmountOutOfRange, id="longer than ten years"),
    ],
)
def test_a_change_that_makes_no_sense_is_refused_and_writes_nothing(fields, why):
    a_value(a_term(), 2)

    with pytest.raises(why):
        changed(**fields)

    assert term_value("grid.verify", on=WED).amount == 2


def test_a_value_cannot_slip_before_one_that_is_planned():
    a_value(a_term(), 2)
    changed(amount=3, starts_on=WED)

    with pytest.raises(TermAlreadyPlanned) as refused:
        changed(amount=4, starts_on=TUE)

    assert refused.value.starts_on == WED


def test_a_limit_without_a_value_that_day_is_unknown():
    a_value(a_term(), 2, valid_from=WED)

    with pytest.raises(TermUnknown):
        term_value("grid.verify", on=MON)
