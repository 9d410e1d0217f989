"""An answer is found by the words people use, by pinyin, and where it holds."""

from datetime import timedelta

import pytest

from huiyin.knowledge.differences import Run, differences
from huiyin.knowledge.models import Kind
from huiyin.knowledge.search import find, of_class
from huiyin.knowledge.tests.factories import HEATING, TODAY, an_entry, words
from huiyin.matters.tests.loaded import queries
from huiyin.matters.tests.records import the_record
from huiyin.places.models import Place

pytestmark = pytest.mark.django_db
OTHERS = (
    ("医保异地就医怎么备案", "在医保服务平台或经办窗口办理备案，选好就医地。", "异地住院 医保报销"),
    ("路灯不亮找谁", "告诉我们是哪条路、哪一盏，城市照明单位来修。", "灯坏了 晚上太黑"),
    ("被拖欠工资怎么要回来", "先向劳动监察投诉，保存好考勤和聊天记录。", "欠薪 老板不发工资"),
    ("小区停车费谁来定", "由业主和物业在合同里约定。", "车位费"),
)


@pytest.fixture
def city():
    found = the_record()
    an_entry(found, words(categories=("0304",), asked_as="暖气冰凉 家里冷 室温低"))
    for title, text, asked_as in OTHERS:
        an_entry(found, words(title, text, asked_as=asked_as))
    return found


def titles(text, **more):
    return [hit.entry.shown.title_zh for hit in find(text, on=TODAY, **more)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("暖气不热", HEATING),
        ("家里暖气从昨天下午起又不热了，卧室才十五度，孩子才三个月，能不能今天来人看看", HEATING),
        ("nuanqi", HEATING),
        ("nqbr", HEATING),
        ("老板半年没发工资了", OTHERS[2][0]),
        ("异地住院能报销吗", OTHERS[0][0]),
        ("我家门口的灯坏了，晚上太黑", OTHERS[1][0]),
        ("zzzz", None),
        ("今天天气真好", None),
        ("", None),
    ],
)
def test_it_is_found_by_the_words_people_use(city, typed, first):
    found = titles(typed)

    assert (found[0] if found else None) == first


def test_drafts_scripts_and_what_holds_elsewhere_are_not_among_them(city):
    an_entry(city, words("暖气不热的草稿"), upto="to_check")
    an_entry(city, words("暖气不热时怎么问"), kind=Kind.SCRIPT)
    an_entry(city, words("暖气不热只在别处", places=(city.town.pk,)))
    here = Place.objects.exclude(pk=city.town.pk).filter(level=city.town.level).first()
    village = Place.objects.filter(town=city.town).first()

    assert titles("暖气不热", place=here or city.place.city) == [HEATING]
    assert set(titles("暖气不热", place=village)) == {HEATING, "暖气不热只在别处"}
    assert titles("暖气不热", kinds=[Kind.SCRIPT]) == ["暖气不热时怎么问"]


def test_residents_are_not_shown_what_waited_too_long_and_staff_are(city):
    later = TODAY + timedelta(days=300)

    assert find("暖气不热", on=later) == []
    assert [hit.entry.shown.title_zh for hit in find("暖气不热", on=later, is_public=False)] == [
        HEATING
    ]


def test_scripts_are_offered_by_class_the_closest_first(city):
    for codes in (("03",), ("030401",), ("09",)):
        an_entry(city, words(f"问 {codes[0]}", categories=codes), kind=Kind.SCRIPT)

    offered = of_class("030401", kind=Kind.SCRIPT, on=TODAY)

    assert [one.shown.title_zh for one in offered] == ["问 030401", "问 03"]


def test_a_search_takes_two_queries_however_much_there_is(city):
    for number in range(20):
        an_entry(city, words(f"暖气不热的第{number}种情形"))

    assert queries(lambda: titles("暖气不热", limit=20)) == 2


def test_differences_name_what_went_and_what_came():
    found = differences("室温不低于16度。", "室温不低于18度，全天。")

    assert found == [
        Run("same", "室温不低于"),
        Run("gone", "16"),
        Run("new", "18"),
        Run("same", "度"),
        Run("new", "，全天"),
        Run("same", "。"),
    ]


def test_texts_with_little_in_common_are_shown_whole():
    old, new = "带户口簿到户口所在地办。", "不用，全国都可以，只要身份证。"

    assert differences(old, new) == [Run("gone", old), Run("new", new)]
