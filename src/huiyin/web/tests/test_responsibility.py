"""Who answers for what and where: the list of duties first, the usual owner as a likely one."""

import pytest
from django.utils.translation import override

from huiyin.categories.tree import tree
from huiyin.units.models import Unit, UnitKind
from huiyin.web.responsibility import responsible
from huiyin.web.tests.factories import NOW, a_category, a_city, a_duty, a_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    places = a_city()
    a_category("01", "市容环卫", owner_kind="department:urban_management")
    a_category("0101", "路灯")
    a_category("010101", "路灯不亮")
    return places


def the_node():
    return tree().by_code["010101"]


def test_the_unit_whose_list_names_the_matter_answers(city):
    bureau = a_unit("DP-1", UnitKind.DEPARTMENT, city["夏津县"], "夏津县城管局")
    a_duty(bureau, the_node().category, city["夏津县"])

    answer = responsible(the_node(), city["杨庄村委会"], at=NOW)

    assert (answer.unit, answer.others, answer.named) == (bureau, (), True)


def test_the_usual_owner_is_only_likely_when_no_list_names_anybody(city):
    bureau = a_unit(
        "DP-1",
        UnitKind.DEPARTMENT,
        city["夏津县"],
        "夏津县城管局",
        function="urban_management",
    )
    a_unit("DP-2", UnitKind.DEPARTMENT, city["夏津县"], "夏津县水利局", function="water")

    with override("en"):
        answer = responsible(the_node(), city["杨庄村委会"], at=NOW)

    assert (answer.unit, answer.named) == (bureau, False)
    assert "Department: urban management" in answer.why


def test_the_nearest_of_the_usual_owners_is_shown(city):
    a_unit("DP-1", UnitKind.DEPARTMENT, city["德州市"], "市城管局", function="urban_management")
    near = a_unit(
        "DP-2", UnitKind.DEPARTMENT, city["夏津县"], "县城管局", function="urban_management"
    )

    assert responsible(the_node(), city["杨庄村委会"], at=NOW).unit == near


def test_a_closed_unit_is_not_shown(city):
    a_unit("DP-1", UnitKind.DEPARTMENT, city["夏津县"], "县城管局", function="urban_management")
    Unit.objects.update(valid_to=NOW.date())

    assert responsible(the_node(), city["杨庄村委会"], at=NOW).unit is None


def test_12345_finds_out_when_nobody_is_known(city):
    with override("en"):
        answer = responsible(the_node(), city["杨庄村委会"], at=NOW)

    assert answer.unit is None
    assert answer.why == "12345 finds out who it is, and keeps hold of the matter until then."
