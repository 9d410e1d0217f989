"""The counts that sentences and tables are made of."""

import pytest

from huiyin.people.models import GridRole
from huiyin.places.models import Place, PlaceKind, PlaceLevel
from huiyin.units.models import UnitKind
from huiyin.web.figures import (
    Figures,
    figures_by_child,
    figures_of,
    grids_without,
    map_legend,
    map_step,
    units_by_kind,
)
from huiyin.web.tests.factories import TODAY, a_city, a_place, a_unit, a_worker

pytestmark = pytest.mark.django_db


@pytest.fixture
def city():
    places = a_city()
    first, second = places["第一网格"], places["第2网格"]
    a_worker("w1", first, GridRole.LEADER)
    a_worker("w2", first, GridRole.FULL_TIME)
    a_worker("w3", second, GridRole.PART_TIME)
    a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places["夏津县"], "夏津县综治中心")
    a_unit("VC-1", UnitKind.VILLAGE_COMMITTEE, places["杨庄村委会"], "杨庄村村民委员会")
    return places


def test_a_county_counts_what_lies_below_it(city):
    assert figures_of(city["夏津县"], on=TODAY) == Figures(
        {PlaceLevel.TOWN: 3, PlaceLevel.VILLAGE: 2, PlaceLevel.GRID: 2},
        workers=3,
        full_time=1,
        units=2,
    )


def test_a_grid_counts_its_own_workers(city):
    assert figures_of(city["第2网格"], on=TODAY) == Figures({}, workers=1, full_time=0, units=0)


def test_a_worker_who_has_left_is_not_counted(city):
    a_worker("w4", city["第一网格"], GridRole.PART_TIME, valid_to=TODAY)

    assert figures_of(city["夏津县"], on=TODAY).workers == 3


def test_each_county_of_the_city_gets_its_own_counts(city):
    counties = [city["夏津县"], city["德城区"]]

    assert figures_by_child(city["德州市"], counties, on=TODAY) == {
        city["夏津县"].pk: Figures(
            {PlaceLevel.TOWN: 3, PlaceLevel.VILLAGE: 2, PlaceLevel.GRID: 2}, 3, 1, 2
        ),
        city["德城区"].pk: Figures({PlaceLevel.TOWN: 1}, 0, 0, 0),
    }


def test_the_counts_of_counties_cost_the_same_with_more_counties(city, django_assert_num_queries):
    every = list(Place.objects.filter(parent=city["德州市"]))

    for counties in (every[:1], every[:3]):
        with django_assert_num_queries(3):
            figures_by_child(city["德州市"], counties, on=TODAY)


def test_a_grid_with_only_a_part_time_worker_is_a_gap(city):
    gaps = grids_without(GridRole.FULL_TIME, city["夏津县"], on=TODAY)

    assert list(gaps) == [city["第2网格"]]


def test_a_grid_whose_full_time_worker_left_is_a_gap(city):
    village = city["会盟社区居委会"]
    grid = a_place("371427002001001", "第1网格", PlaceKind.GRID_BASIC, under=village)
    a_worker("w5", grid, GridRole.FULL_TIME, valid_to=TODAY)

    assert list(grids_without(GridRole.FULL_TIME, village, on=TODAY)) == [grid]


def test_units_are_counted_by_kind_in_the_order_of_the_kinds(city):
    assert units_by_kind(city["夏津县"], on=TODAY) == [
        (UnitKind.GOVERNANCE_CENTRE, 1),
        (UnitKind.VILLAGE_COMMITTEE, 1),
    ]


def test_the_map_says_what_its_steps_mean():
    assert map_legend(528) == [(1, 1, 176), (2, 177, 352), (3, 353, 528)]
    assert [map_step(value, 528) for value in (0, 1, 176, 177, 352, 353, 528)] == [
        0, 1, 1, 2, 2, 3, 3,
    ]  # fmt: skip


def test_small_numbers_leave_steps_out():
    assert map_legend(1) == [(3, 1, 1)]
    assert map_legend(2) == [(2, 1, 1), (3, 2, 2)]
    assert [map_step(value, 2) for value in (1, 2)] == [2, 3]
    assert map_legend(0) == []
