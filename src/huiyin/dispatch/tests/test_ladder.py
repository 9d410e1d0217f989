"""Who is told when a unit lets a clock run out: its own people, the unit above, the centres."""

from itertools import product
from uuid import UUID

import pytest

from huiyin.categories.models import Urgency
from huiyin.dispatch.ladder import Held, ladder, ladders
from huiyin.dispatch.models import ClockKind, LadderRule
from huiyin.dispatch.refusals import PlaceNotKnown, UnitNotKnown
from huiyin.dispatch.steps import Due, Times
from huiyin.dispatch.tests.factories import (
    CITY,
    CLERK,
    COUNTY,
    GRID,
    NOW,
    TODAY,
    TOMORROW,
    TOWN,
    VILLAGE,
    ZONE,
    a_unit,
    an_officer,
    at_local,
    the_city,
)
from huiyin.units import verbs
from huiyin.units.kinds import UnitKind
from huiyin.units.models import OfficerRole

pytestmark = pytest.mark.django_db


def told(city, unit, place=VILLAGE, **more):
    """Step by step: phase, number, and who is told."""
    names = {made.id: code for code, made in city.units.items()}
    found = ladder(city[unit].id if unit else None, city.places[place].id, at=NOW, **more)
    return [
        (f"{step.phase.value}-{step.number}", names[step.contact.unit_id], step.contact.role)
        for step in found.steps
    ]


def with_officers(city, unit):
    for role, name in (
        (OfficerRole.HEAD, "王海"),
        (OfficerRole.LEADER_IN_CHARGE, "李青"),
        (OfficerRole.LIAISON, "赵一"),
    ):
        an_officer(city[unit], role, name, "0534-2345678")


def test_a_departments_ladder_leads_from_its_liaison_to_the_city():
    city = the_city()
    with_officers(city, "HB-Z")

    assert told(city, "HB-Z") == [
        ("warning-1", "HB-Z", "liaison"),
        ("due-1", "HB-Z", "head"),
        ("overdue-1", "HB-Z", "leader_in_charge"),
        ("overdue-1", "HB-1", ""),
        ("overdue-2", "GC-Z", ""),
        ("overdue-3", "GC-1", ""),
        ("overdue-4", "GC-1", ""),
    ]


def test_a_villages_ladder_passes_every_level():
    city = the_city()
    with_officers(city, "VC")

    assert [who for _step, who, _role in told(city, "VC")] == [
        *("VC", "VC", "VC"),
        *("TO", "GC-T", "GC-Z", "GC-1"),
    ]


def test_officers_are_named_with_their_line():
    city = the_city()
    with_officers(city, "HB-Z")

    due = ladder(city["HB-Z"].id, city.places[GRID].id, at=NOW).steps[1]

    assert (due.contact.name, due.contact.phone, due.contact.unit_name) == (
        "王海",
        "0534-2345678",
        "天衢建设局",
    )


def test_where_no_officer_is_entered_the_unit_itself_is_told():
    city = the_city()

    assert told(city, "HB-Z")[:3] == [
        ("warning-1", "HB-Z", ""),
        ("due-1", "HB-Z", ""),
        ("overdue-1", "HB-Z", ""),
    ]


def test_where_there_is_no_unit_above_the_centre_stands_in():
    city = the_city()

    steps = told(city, "HB-1", CITY)

    assert steps[3:] == [
        ("overdue-1", "GC-1", ""),
        ("overdue-2", "GC-1", ""),
        ("overdue-3", "GC-1", ""),
        ("overdue-4", "GC-1", ""),
    ]


def test_the_citys_centre_has_nobody_above_it():
    city = the_city()

    assert [step for step, _who, _role in told(city, "GC-1", CITY)] == [
        "warning-1",
        "due-1",
        "overdue-1",
    ]


def test_a_centre_is_not_told_of_itself_nor_one_of_a_lower_level():
    city = the_city()

    who = [who for _step, who, _role in told(city, "GC-Z", GRID)]

    assert who == ["GC-Z", "GC-Z", "GC-Z", "GC-1", "GC-1", "GC-1", "GC-1"]


def test_a_zone_goes_up_to_the_city_not_to_the_county_whose_land_it_is():
    city = the_city()

    assert "GC-D" not in {who for _step, who, _role in told(city, "HB-Z", ZONE)}
    assert "GC-D" in {who for _step, who, _role in told(city, None, COUNTY)}


def test_what_nobody_holds_goes_to_the_centres_at_once_and_comes_first():
    city = the_city()

    assert told(city, None) == [
        ("due-1", "GC-T", ""),
        ("overdue-1", "GC-Z", ""),
        ("overdue-2", "GC-1", ""),
    ]
    place = city.places[VILLAGE].id
    ladders = [
        ladder(city["VC"].id, place, at=NOW),
        ladder(city["VC"].id, place, at=NOW, urgency=Urgency.URGENT),
        ladder(None, place, at=NOW),
        ladder(None, place, at=NOW, urgency=Urgency.URGENT),
    ]
    assert [
        (it.is_unheld, it.urgency.value) for it in sorted(ladders, key=lambda it: it.priority)
    ] == [(True, "urgent"), (True, "normal"), (False, "urgent"), (False, "normal")]


@pytest.mark.parametrize(
    ("accused", "unit", "never"),
    [
        pytest.param("TO", "HB-Z", {"TO", "VC"}, id="another-unit"),
        pytest.param("GC-Z", "HB-Z", {"GC-Z", "GC-T"}, id="a-centre-and-those-below-it"),
        pytest.param("HB-1", "HB-Z", {"HB-1", "HB-Z", "HB-M"}, id="the-unit-above"),
        pytest.param("HB-Z", "HB-Z", {"HB-Z", "HB-M"}, id="the-unit-itself"),
    ],
)
def test_the_accused_is_never_told(accused, unit, never):
    city = the_city()
    with_officers(city, unit)

    who = {name for _step, name, _role in told(city, unit, exclude=frozenset({city[accused].id}))}

    assert who
    assert who.isdisjoint(never)


def test_the_next_one_above_stands_in_for_an_accused_unit():
    city = the_city()
    with_officers(city, "HB-Z")

    steps = told(city, "HB-Z", exclude=frozenset({city["HB-Z"].id}))

    assert steps[:2] == [("warning-1", "HB-1", ""), ("due-1", "HB-1", "")]
    assert steps.count(("overdue-1", "HB-1", "")) == 1


def test_a_closed_centre_is_told_no_more():
    city = the_city()
    verbs.close_unit(unit_id=city["GC-T"].id, on=TODAY, by=CLERK, at=NOW)

    assert told(city, None)[0] == ("due-1", "GC-Z", "")


def test_officers_of_the_day_are_told():
    city = the_city()
    an_officer(city["HB-Z"], OfficerRole.HEAD, "王海")
    verbs.set_officer(
        unit_id=city["HB-Z"].id,
        role=OfficerRole.HEAD,
        name="孙立",
        on=TOMORROW,
        by=CLERK,
        at=NOW,
    )

    def head(at):
        return ladder(city["HB-Z"].id, city.places[TOWN].id, at=at).steps[1].contact.name

    assert (head(NOW), head(at_local(3, 9))) == ("王海", "孙立")


def test_urgent_ladders_go_by_minutes_and_hours():
    city = the_city()
    held = ladder(city["HB-Z"].id, city.places[TOWN].id, at=NOW, urgency=Urgency.URGENT)
    clock = Times(at_local(7, 20), at_local(7, 22))

    found = held.due(clock, {}, now=at_local(8, 0))

    assert [held.step(key).contact.unit_name for key in found.take] == [
        "天衢综治中心",
        "天衢建设局",
        "市住建局",
    ]
    assert held.next_at(clock, {}, now=at_local(7, 20)) == at_local(7, 21)


def test_a_step_that_a_city_leaves_out_is_not_in_the_ladder():
    city = the_city()
    LadderRule.objects.filter(phase="warning").update(active=False)

    assert told(city, "HB-Z")[0][0] == "due-1"


def test_a_city_without_rules_tells_nobody():
    city = the_city()
    LadderRule.objects.update(active=False)

    held = ladder(city["HB-Z"].id, city.places[TOWN].id, at=NOW)

    assert held.steps == ()
    assert held.due(Times(at_local(2, 9), at_local(2, 10)), {}, now=at_local(9, 9)) == Due()


@pytest.mark.parametrize("clock_kind", [kind for kind in ClockKind if kind != ClockKind.UNHELD])
@pytest.mark.parametrize("urgency", Urgency)
def test_every_kind_of_clock_has_a_ladder_that_ends_with_the_city(clock_kind, urgency):
    city = the_city()

    steps = told(city, "HB-Z", clock_kind=clock_kind, urgency=urgency)

    assert steps[0][0] == "warning-1"
    assert steps[-1][1] == "GC-1"


@pytest.mark.parametrize("depth", [1, 18])
def test_a_ladder_takes_three_queries_however_long(depth, django_assert_num_queries):
    city = the_city()
    above = city["HB-1"]
    for number in range(depth):
        above = a_unit(f"D-{number}", UnitKind.DEPARTMENT, city.places[CITY], superior=above)
    with_officers(city, "HB-Z")

    with django_assert_num_queries(3):
        ladder(above.id, city.places[GRID].id, at=NOW)


@pytest.mark.parametrize("count", [1, 30])
def test_many_ladders_take_three_queries_and_are_those_of_each(count, django_assert_num_queries):
    city = the_city()
    for unit in ("HB-Z", "VC", "TO"):
        with_officers(city, unit)
    held = [
        Held(
            city[unit].id if unit else None,
            city.places[place].id,
            urgency=tuple(Urgency)[number % 2],
            exclude=frozenset({city["TO"].id}) if number % 3 else frozenset(),
        )
        for number, (unit, place) in enumerate(
            product(("HB-Z", "VC", "TO", "GC-T", None, "HB-1"), (GRID, TOWN, ZONE, COUNTY, CITY))
        )
    ][:count]

    with django_assert_num_queries(3):
        found = ladders(held, at=NOW)

    assert found == [
        ladder(it.unit_id, it.place_id, at=NOW, urgency=it.urgency, exclude=it.exclude)
        for it in held
    ]


def test_no_clock_takes_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ladders([], at=NOW) == []


UNKNOWN = UUID("019cae00-0000-7000-8000-00000000dead")


def test_an_unknown_unit_or_place_is_refused():
    city = the_city()

    with pytest.raises(UnitNotKnown):
        ladder(UNKNOWN, city.places[TOWN].id, at=NOW)
    with pytest.raises(PlaceNotKnown):
        ladder(city["VC"].id, UNKNOWN, at=NOW)
