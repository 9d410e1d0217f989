"""How places are called: as people say it, in full, in pinyin."""

import pytest

from huiyin.places.models import PlaceKind
from huiyin.places.names import (
    fold,
    full_name,
    initials,
    place_form,
    readings,
    short_name,
    syllables,
)


@pytest.mark.parametrize(
    ("name", "kind", "short"),
    [
        pytest.param("德州市", PlaceKind.CITY, "德州", id="city"),
        pytest.param("大兴安岭地区", PlaceKind.CITY, "大兴安岭", id="prefecture"),
        pytest.param("夏津县", PlaceKind.COUNTY, "夏津", id="county"),
        pytest.param("孟村回族自治县", PlaceKind.COUNTY, "孟村", id="autonomous-county"),
        pytest.param("德城区", PlaceKind.DISTRICT, "德城", id="district"),
        pytest.param("乐陵市", PlaceKind.COUNTY_CITY, "乐陵", id="county-level-city"),
        pytest.param("莘县", PlaceKind.COUNTY, "莘县", id="one-character-keeps-its-word"),
        pytest.param("德州天衢新区", PlaceKind.FUNCTIONAL_ZONE, "天衢新区", id="zone-without-city"),
        pytest.param("北城街道", PlaceKind.SUBDISTRICT, "北城", id="subdistrict"),
        pytest.param("北城街道办事处", PlaceKind.SUBDISTRICT, "北城", id="office"),
        pytest.param("苏留庄镇", PlaceKind.TOWN, "苏留庄", id="town"),
        pytest.param("孔镇", PlaceKind.TOWN, "孔镇", id="town-of-one-character"),
        pytest.param("十里望回族镇", PlaceKind.TOWN, "十里望", id="town-of-a-people"),
        pytest.param("渡口驿乡", PlaceKind.TOWNSHIP, "渡口驿", id="township"),
        pytest.param("杨庄村委会", PlaceKind.VILLAGE, "杨庄村", id="village"),
        pytest.param("会盟社区居委会", PlaceKind.COMMUNITY, "会盟社区", id="community"),
        pytest.param("尚德居民委员会", PlaceKind.COMMUNITY, "尚德", id="committee-alone"),
        pytest.param("第一网格", PlaceKind.GRID_BASIC, "第一网格", id="grid"),
    ],
)
def test_short_name_is_what_people_say(name, kind, short):
    assert short_name(name, kind, city="德州") == short


@pytest.mark.parametrize(
    ("committee", "place"),
    [
        ("杨庄村委会", "杨庄村"),
        ("夏庄村民委员会", "夏庄村"),
        ("菜园村村民委员会", "菜园村"),
        ("韩春村委员会", "韩春村"),
        ("王坤社区村委会", "王坤社区"),
        ("会盟社区居民委员会", "会盟社区"),
        ("八里庄居委会", "八里庄居委会"),
        ("苏陈村", "苏陈村"),
        ("居委会", "居委会"),
    ],
)
def test_village_is_named_as_a_place_where_the_list_names_its_committee(committee, place):
    assert place_form(committee, PlaceKind.VILLAGE) == place


def test_full_name_starts_at_the_city_and_takes_the_village_for_its_committee():
    assert (
        full_name("杨庄村委会", PlaceKind.VILLAGE, parent_full="德州市夏津县北城街道", city="德州")
        == "德州市夏津县北城街道杨庄村"
    )


def test_full_name_of_a_zone_does_not_repeat_the_city():
    assert (
        full_name("德州天衢新区", PlaceKind.FUNCTIONAL_ZONE, parent_full="德州市", city="德州")
        == "德州天衢新区"
    )
    assert (
        full_name("运河开发区", PlaceKind.FUNCTIONAL_ZONE, parent_full="德州市", city="德州")
        == "德州市运河开发区"
    )


@pytest.mark.parametrize("grid", ["第一网格", "杨庄村第一网格", "杨庄村委会第一网格"])
def test_full_name_of_a_grid_does_not_repeat_the_village(grid):
    assert (
        full_name(
            grid,
            PlaceKind.GRID_BASIC,
            parent_full="德州市夏津县北城街道杨庄村",
            parent_names=("杨庄村委会", "杨庄村"),
            city="德州",
        )
        == "德州市夏津县北城街道杨庄村第一网格"
    )


@pytest.mark.parametrize(
    ("name", "read"),
    [
        pytest.param("乐陵市", "lao ling shi", id="place-word"),
        pytest.param("解庄村委会", "xie zhuang cun wei hui", id="surname"),
        pytest.param("单楼村", "shan lou cun", id="surname-before-lou"),
        pytest.param("小单家", "xiao shan jia", id="surname-after-a-word-of-size"),
        pytest.param("翟家镇", "zhai jia zhen", id="surname-zhai"),
        pytest.param("会盟社区", "hui meng she qu", id="no-surname-inside-a-word"),
        pytest.param("长官镇", "zhang guan zhen", id="dictionary"),
        pytest.param("十里堡", "shi li pu", id="dictionary-phrase"),
        pytest.param("四女寺镇", "si nv si zhen", id="v-for-u-umlaut"),
        pytest.param("第12网格", "di 12 wang ge", id="number-in-one-piece"),
        pytest.param("红运社区（西）赵庄村", "hong yun she qu xi zhao zhuang cun", id="brackets"),
    ],
)
def test_reading_follows_place_words_and_surnames_before_the_dictionary(name, read):
    assert " ".join(syllables(name)) == read


@pytest.mark.parametrize(
    ("given", "read"),
    [
        pytest.param("xia jin", "xia jin xian", id="without-suffix"),
        pytest.param("Xià Jīn Xiàn", "xia jin xian", id="tone-marks-and-capitals"),
        pytest.param("jia jin", "jia jin xian", id="even-where-the-dictionary-differs"),
        pytest.param("", "xia jin xian", id="none"),
    ],
)
def test_reading_given_by_the_operator_is_kept(given, read):
    assert " ".join(syllables("夏津县", given=given)) == read


def test_given_reading_may_be_written_with_any_sign_for_u_umlaut():
    assert {syllables("女寺", given=given) for given in ("nü si", "nv si", "nu: si")} == {
        ("nv", "si")
    }


def test_other_readings_are_kept_for_searching_only():
    assert readings("乐陵市") == (
        ("lao", "ling", "shi"),
        ("le", "ling", "shi"),
        ("yue", "ling", "shi"),
    )
    assert syllables("乐陵市") == readings("乐陵市")[0]


def test_initials_keep_numbers_whole():
    assert (initials(syllables("北城街道")), initials(syllables("第12网格"))) == ("bcjd", "d12wg")


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ｂｅｉ Chéng".replace("é", "e"), "beicheng"),
        ("北城（东）", "北城东"),
        ("100%_\\'", "100"),
        ("Nü", "nv"),
        ("😀  ", ""),
    ],
)
def test_fold_keeps_letters_and_digits_in_one_form(text, folded):
    assert fold(text) == folded
