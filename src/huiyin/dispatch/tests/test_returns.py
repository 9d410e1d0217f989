"""Sending work back: some reasons need the law and the unit believed right."""

from uuid import UUID

import pytest
from django.utils import translation

from huiyin.dispatch import returns
from huiyin.dispatch.refusals import (
    BasisMissing,
    ReasonNotKnown,
    RightUnitClosed,
    RightUnitIsTheSame,
    RightUnitMissing,
    UnitNotKnown,
)
from huiyin.dispatch.tests.factories import CLERK, NOW, TODAY, the_city
from huiyin.units import verbs

pytestmark = pytest.mark.django_db

UNKNOWN = UUID("019cae00-0000-7000-8000-00000000dead")


def check(city, code="not_our_duty", *, basis="权责清单第3条", right="HB-1"):
    return returns.check_return(
        code=code,
        basis=basis,
        right_unit_id=city[right].id if right else None,
        unit_id=city["HB-Z"].id,
        on=TODAY,
    )


def test_a_return_with_everything_it_needs_is_in_order():
    city = the_city()

    assert check(city).code == "not_our_duty"
    assert check(city, "duplicate", basis="", right=None).code == "duplicate"


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        pytest.param({"code": "too_much_work"}, ReasonNotKnown, id="no-such-reason"),
        pytest.param({"basis": "  "}, BasisMissing, id="no-basis"),
        pytest.param({"right": None}, RightUnitMissing, id="no-right-unit"),
        pytest.param({"right": "HB-Z"}, RightUnitIsTheSame, id="itself"),
        pytest.param({"code": "legal_path", "basis": ""}, BasisMissing, id="another-path"),
    ],
)
def test_a_return_that_lacks_something_is_refused(given, refusal):
    city = the_city()

    with pytest.raises(refusal):
        check(city, **given)


def test_the_refusal_names_the_reason_in_the_language_of_the_reader():
    city = the_city()

    with translation.override("zh-hans"), pytest.raises(BasisMissing) as refused:
        check(city, basis="")

    with translation.override("zh-hans"):
        assert str(refused.value) == (
            "以“不属于本单位职责”退回，须写明依据：法规名称和条款，或者权责清单的条目。"
            "没有依据的，由本单位继续办理。"
        )


def test_the_unit_believed_right_must_exist():
    city = the_city()
    verbs.close_unit(unit_id=city["HB-M"].id, on=TODAY, by=CLERK, at=NOW)

    with pytest.raises(RightUnitClosed):
        check(city, right="HB-M")
    with pytest.raises(UnitNotKnown):
        returns.check_return(
            code="not_our_duty", basis="清单", right_unit_id=UNKNOWN, unit_id=UNKNOWN, on=TODAY
        )


def test_the_reasons_come_in_their_order(django_assert_num_queries):
    with django_assert_num_queries(1):
        codes = [reason.code for reason in returns.reasons()]

    assert codes[:3] == ["not_our_duty", "not_our_area", "accused"]
