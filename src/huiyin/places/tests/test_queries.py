"""Reading the tree: of today, of a day, and by who took over."""

from datetime import date

import pytest

from huiyin.places.models import PlaceKind, PlaceLevel
from huiyin.places.queries import (
    ancestors,
    as_of,
    child_counts,
    children,
    counts_below,
    descendants,
    full_name_on,
    place_by_code,
    predecessors,
    successors_today,
)
from huiyin.places.tests.factories import AT, BY, a_city, a_place, again
from huiyin.places.verbs import close, merge, move, recode, rename, split

pytestmark = pytest.mark.django_db

APRIL, MAY, JULY = date(2026, 4, 30), date(2026, 5, 1), date(2026, 7, 1)


def names(places) -> list[str]:
    return [place.name for place in places]


def test_code_finds_its_holder_of_today_or_of_the_day():
    city = a_city()
    recode(place_id=city["北城街道"].id, code="371427009000", on=MAY, by=BY, at=AT)
    recode(place_id=city["南城镇"].id, code="371427002000", on=MAY, by=BY, at=AT)

    assert place_by_code("371427002000") == city["南城镇"]
    assert place_by_code("371427002000", on=APRIL) == city["北城街道"]
    assert place_by_code("371427009000", on=APRIL) is None
    assert place_by_code("no such code") is None


def test_tree_of_a_day_is_as_it_was():
    city = a_city()
    rename(
        place_id=city["夏津县"].id, name="夏津市", kind=PlaceKind.COUNTY_CITY, on=MAY, by=BY, at=AT
    )
    close(place_id=city["第2网格"].id, on=MAY, by=BY, at=AT)

    def xiajin(on):
        below = as_of(on).filter(code__startswith="371427").values_list("name", flat=True)
        return [name for name in below if name in ("夏津县", "夏津市", "第2网格")]

    assert sorted(xiajin(APRIL)) == ["夏津县", "第2网格"]
    assert xiajin(MAY) == ["夏津市"]


def test_full_name_is_in_the_words_of_the_day():
    city = a_city()
    rename(
        place_id=city["夏津县"].id, name="夏津市", kind=PlaceKind.COUNTY_CITY, on=MAY, by=BY, at=AT
    )
    move(place_id=city["北城街道"].id, parent_id=city["乐陵市"].id, on=JULY, by=BY, at=AT)
    grid = city["第一网格"]

    said = [full_name_on(grid, on) for on in (APRIL, MAY, JULY)]

    assert said == [
        "德州市夏津县北城街道杨庄村第一网格",
        "德州市夏津市北城街道杨庄村第一网格",
        "德州市乐陵市北城街道杨庄村第一网格",
    ]
    assert said[-1] == again(grid).full_name


def test_full_name_of_a_day_is_empty_before_the_place_was_there():
    city = a_city()
    town = a_place(under=city["夏津县"], valid_from=MAY)

    assert (full_name_on(town, APRIL), full_name_on(town, MAY)) == ("", "德州市夏津县新城街道")


def test_ancestors_come_from_the_city_down(django_assert_num_queries):
    city = a_city()

    with django_assert_num_queries(1):
        above = ancestors(city["第一网格"])

    assert names(above) == ["德州市", "夏津县", "北城街道", "杨庄村委会"]
    assert ancestors(city["德州市"]) == []


def test_children_of_a_county_include_the_zone_on_its_land_where_asked():
    city = a_city()

    assert names(children(city["德城区"])) == ["新湖街道"]
    assert names(children(city["德城区"], with_overlays=True)) == ["德州天衢新区", "新湖街道"]
    assert names(children(city["第一网格"])) == []


def test_descendants_are_of_one_level_or_of_all(django_assert_num_queries):
    city = a_city()

    with django_assert_num_queries(1):
        towns = names(descendants(city["夏津县"], level=PlaceLevel.TOWN))

    assert towns == ["银城街道", "北城街道", "南城镇"]
    assert names(descendants(city["北城街道"])) == [
        "会盟社区居委会",
        "杨庄村委会",
        "第一网格",
        "第2网格",
    ]
    assert names(descendants(city["第一网格"])) == []


def test_descendants_with_overlays_have_the_zone_and_what_lies_below_it():
    city = a_city()

    assert names(descendants(city["德城区"], with_overlays=True)) == [
        "德州天衢新区",
        "新湖街道",
        "长河街道",
    ]
    assert names(descendants(city["德城区"])) == ["新湖街道"]


def test_closed_places_are_not_below():
    city = a_city()
    close(place_id=city["第2网格"].id, on=MAY, by=BY, at=AT)

    assert names(descendants(city["杨庄村委会"])) == ["第一网格"]
    assert names(children(city["杨庄村委会"])) == ["第一网格"]


def test_counts_below_count_each_place_once():
    city = a_city()

    assert counts_below(city["德州市"]) == {
        PlaceLevel.COUNTY: 4,
        PlaceLevel.TOWN: 6,
        PlaceLevel.VILLAGE: 3,
        PlaceLevel.GRID: 2,
    }
    assert counts_below(city["德城区"]) == {PlaceLevel.TOWN: 1}
    assert counts_below(city["德城区"], with_overlays=True) == {
        PlaceLevel.COUNTY: 1,
        PlaceLevel.TOWN: 2,
    }
    assert counts_below(city["第一网格"]) == {}


def test_child_counts_of_a_list_take_one_query(django_assert_num_queries):
    city = a_city()
    listed = [city["夏津县"], city["杨庄村委会"], city["第一网格"]]

    with django_assert_num_queries(1):
        counts = child_counts(listed)

    assert counts == {listed[0].id: 3, listed[1].id: 2, listed[2].id: 0}


def test_old_places_are_followed_to_those_who_took_over():
    city = a_city()
    silver, south, north = city["银城街道"], city["南城镇"], city["北城街道"]
    merge(predecessor_ids=[silver.id], successor_id=south.id, on=APRIL, by=BY, at=AT)
    merge(predecessor_ids=[south.id], successor_id=north.id, on=MAY, by=BY, at=AT)

    assert successors_today(again(silver)) == [north]
    assert successors_today(north) == [north]
    assert names(predecessors(north)) == ["南城镇"]


def test_split_place_is_followed_to_every_part():
    city = a_city()
    silver = city["银城街道"]
    parts = [
        a_place(f"37142701{n}000", f"银{side}街道", under=city["夏津县"], valid_from=APRIL)
        for n, side in ((1, "东"), (2, "西"))
    ]
    split(predecessor_id=silver.id, successor_ids=[part.id for part in parts], on=MAY, by=BY, at=AT)

    assert successors_today(again(silver)) == parts


def test_closed_place_without_successor_leads_nowhere():
    city = a_city()
    close(place_id=city["第2网格"].id, on=MAY, by=BY, at=AT)

    assert successors_today(again(city["第2网格"])) == []
