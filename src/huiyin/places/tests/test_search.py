"""Finding places by what people type."""

from datetime import date

import pytest

from huiyin.places.models import PlaceKind, PlaceLevel
from huiyin.places.search import Match, search
from huiyin.places.tests.factories import AT, BY, a_city, a_place
from huiyin.places.verbs import close, move, rename

pytestmark = pytest.mark.django_db

MAY = date(2026, 5, 1)


def found(text: str, **narrower) -> list[str]:
    return [hit.place.name for hit in search(text, **narrower)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("北城", id="short-name"),
        pytest.param("北城街道", id="name"),
        pytest.param("北城街", id="part-of-three-characters"),
        pytest.param("北城街道办事处", id="its-office"),
        pytest.param("夏津县北城街道办", id="its-office-as-said"),
        pytest.param("夏津 北城", id="county-and-town"),
        pytest.param("北城 夏津", id="town-and-county"),
        pytest.param("夏津北城", id="run-together"),
        pytest.param("夏津县北城街道", id="from-the-county"),
        pytest.param("德州市夏津县北城街道", id="full-name"),
        pytest.param("德州夏津北城", id="full-name-as-said"),
        pytest.param("北城（街道）", id="with-brackets"),
        pytest.param("beicheng", id="pinyin"),
        pytest.param("bei cheng", id="pinyin-in-syllables"),
        pytest.param("BeiCheng", id="pinyin-in-capitals"),
        pytest.param("beich", id="start-of-pinyin"),
        pytest.param("xia jin bei cheng", id="pinyin-from-the-county"),
        pytest.param("xiajin beicheng", id="pinyin-of-both"),
        pytest.param("bcjd", id="initials"),
        pytest.param("bc", id="start-of-initials"),
        pytest.param("xjbc", id="initials-from-the-county"),
        pytest.param("夏津 bc", id="name-and-initials"),
        pytest.param("371427002000", id="code"),
        pytest.param("371427002", id="start-of-code"),
        pytest.param("Beicheng Subdistrict", id="english-word-for-the-kind"),
        pytest.param("Beicheng, Xiajin County", id="english-order"),
    ],
)
def test_many_ways_to_say_it_find_the_town_first(text):
    a_city()

    assert found(text)[0] == "北城街道"


def test_other_readings_find_a_place_whose_proper_one_few_know():
    a_city()

    assert [found(text)[0] for text in ("laoling", "leling", "lao ling shi", "lls")] == [
        "乐陵市"
    ] * 4
    assert found("xiezhuang") == found("jiezhuang") == ["解庄村委会"]


def test_exact_comes_before_start_before_part_and_higher_levels_first():
    city = a_city()
    a_place("371481107201", "北城村委会", PlaceKind.VILLAGE, under=city["孔镇"])
    a_place("371481107202", "小北城村委会", PlaceKind.VILLAGE, under=city["孔镇"])
    a_place("371481107203", "北城后村委会", PlaceKind.VILLAGE, under=city["孔镇"])

    hits = [(hit.place.name, hit.match) for hit in search("北城")]

    assert hits == [
        ("北城街道", Match.EXACT),
        ("北城村委会", Match.START),
        ("北城后村委会", Match.START),
        ("小北城村委会", Match.PART),
        ("会盟社区居委会", Match.WITHIN),
        ("杨庄村委会", Match.WITHIN),
        ("第一网格", Match.WITHIN),
        ("第2网格", Match.WITHIN),
    ]


def test_village_and_grid_are_found_through_the_places_above_them():
    a_city()

    assert found("夏津北城杨庄")[0] == "杨庄村委会"
    assert found("夏津县杨庄村")[0] == "杨庄村委会"
    assert found("夏津县北城街道杨庄村第一网格") == ["第一网格"]
    assert found("杨庄村 第2网格") == ["第2网格"]
    assert found("乐陵孔镇解庄")[0] == "解庄村委会"
    assert found("天衢新区 长河")[0] == found("tqxqch")[0] == "长河街道"


def test_every_part_must_fit():
    a_city()

    assert found("乐陵 北城") == []
    assert found("夏津 北城 无此") == []


def test_search_stays_within_places_and_levels():
    city = a_city()

    assert found("网格", within=city["杨庄村委会"]) == ["第一网格", "第2网格"]
    assert found("网格", within=city["乐陵市"]) == []
    assert found("街道", within=[city["德城区"], city["德州天衢新区"]]) == ["新湖街道", "长河街道"]
    assert found("夏津", levels=[PlaceLevel.TOWN]) == ["银城街道", "北城街道", "南城镇"]
    assert found("北城", levels=[PlaceLevel.COUNTY]) == []
    assert found("北城", levels=[]) == []


def test_no_more_than_the_limit():
    a_city()

    assert found("371427", limit=2) == ["夏津县", "银城街道"]


@pytest.mark.parametrize(
    "text", ["", "   ", "%", "_", "%%%", "\\", "'", "''", "b", "3", "😀", "。"]
)
def test_nothing_to_search_for_finds_nothing(text):
    a_city()

    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "北%",
        "北_街",
        "' | '北城",
        "北城:*",
        "!北城",
        "北城') OR 1=1 --",
        "\x00北城" * 3,
        "<->",
        "^bei",
        "/xj",
    ],
)
def test_signs_have_no_meaning_of_their_own(text):
    a_city()

    assert all(
        "北城" in hit.place.full_name
        or hit.place.initials.startswith("b")
        or hit.place.county.name == "夏津县"
        for hit in search(text)
    )


def test_only_the_beginning_of_a_very_long_text_counts():
    a_city()

    assert found("北城街道" + " " * 10_000 + "孔镇")[0] == "北城街道"
    assert found("北" * 100_000) == []


def test_single_characters_find_names_with_them():
    a_city()

    assert found("孔") == ["孔镇"]
    assert found("庄") == ["杨庄村委会", "解庄村委会"]


def test_old_name_still_finds_the_place_and_closed_places_are_not_found():
    city = a_city()
    rename(
        place_id=city["南城镇"].id,
        name="银山街道",
        kind=PlaceKind.SUBDISTRICT,
        on=MAY,
        by=BY,
        at=AT,
    )
    close(place_id=city["第2网格"].id, on=MAY, by=BY, at=AT)

    assert found("南城镇") == found("银山") == ["银山街道"]
    assert found("第2网格") == []


def test_moved_places_are_found_under_their_new_parent_only():
    city = a_city()

    move(place_id=city["北城街道"].id, parent_id=city["乐陵市"].id, on=MAY, by=BY, at=AT)

    assert found("乐陵 北城")[0] == found("laolingbeicheng")[0] == found("llbc")[0] == "北城街道"
    assert found("乐陵 杨庄")[0] == "杨庄村委会"
    assert found("夏津 北城") == []


def test_searching_takes_two_queries(django_assert_num_queries):
    a_city()

    for text in ("北", "夏津"):
        with django_assert_num_queries(2):
            search(text)
