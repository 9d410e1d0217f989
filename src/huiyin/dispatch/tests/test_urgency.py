"""How urgent words are: danger to life first, a city's own words, the class of matter."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from huiyin.categories.models import Category, Urgency
from huiyin.dispatch import wording
from huiyin.dispatch.models import Level
from huiyin.dispatch.urgency import Heard, Word, known_words, urgency_in, urgency_of

GAS = Word("漏气", "119", "不要开关电器。", "Switch nothing.")
FALLEN = Word("倒塌", "119")
HIT = Word("被电了", "120", "先断电。", "Cut the power.")
LINE = Word("电线断落", "95598")
COVER = Word("井盖缺失", "", "请绕行。", "Walk around it.")
SPARK = Word("漏电")
ENGLISH = Word("burst pipe")
WORDS = tuple(
    sorted((GAS, FALLEN, HIT, LINE, COVER, SPARK, ENGLISH), key=lambda word: -len(word.word))
)


def hear(text, category=None):
    return urgency_in(text, category, words=WORDS)


@pytest.mark.parametrize(
    ("text", "level", "words", "number"),
    [
        pytest.param("厨房漏气了", Level.EMERGENCY, ("漏气",), "119", id="gas"),
        pytest.param("我家着火了，快来", Level.EMERGENCY, ("我家着火了",), "119", id="built-in"),
        pytest.param(
            "有人被电了，墙也倒塌了", Level.EMERGENCY, ("被电了", "倒塌"), "120", id="life"
        ),
        pytest.param("路口电线断落", Level.EMERGENCY, ("电线断落",), "95598", id="other-number"),
        pytest.param("门口井盖缺失", Level.URGENT, ("井盖缺失",), "", id="no-number"),
        pytest.param("A BURST PIPE in the yard", Level.URGENT, ("burst pipe",), "", id="english"),
        pytest.param("burst pipeline news", Level.NORMAL, (), "", id="whole-words-of-english"),
        pytest.param("路灯不亮好几天了", Level.NORMAL, (), "", id="nothing"),
        pytest.param("", Level.NORMAL, (), "", id="empty"),
        pytest.param("燃气罐怕漏气", Level.NORMAL, (), "", id="a-worry"),
        pytest.param("上个月漏气赔偿没给", Level.NORMAL, (), "", id="the-aftermath"),
        pytest.param("怕漏气，结果真的漏气了", Level.EMERGENCY, ("漏气",), "119", id="then-it-did"),
        pytest.param("井盖缺失存在隐患", Level.URGENT, ("井盖缺失",), "", id="a-hazard-is-urgent"),
        pytest.param(
            "井盖缺失，有人晕倒", Level.EMERGENCY, ("井盖缺失", "有人晕倒"), "120", id="both"
        ),
    ],
)
def test_words_make_a_matter_urgent(text, level, words, number):
    heard = hear(text)

    assert (heard.level, heard.words, heard.number) == (level, words, number)
    assert heard.urgency == (Urgency.NORMAL if level == Level.NORMAL else Urgency.URGENT)


def test_the_advice_for_the_words_is_given():
    assert hear("门口井盖缺失，家里漏气").hints == (
        ("请绕行。", "Walk around it."),
        ("不要开关电器。", "Switch nothing."),
    )


def test_a_class_of_matter_can_be_urgent_without_words():
    urgent = Category(code="0302", urgency=Urgency.URGENT, redirect="95598")

    assert hear("停电了", urgent) == Heard(Level.URGENT, number="95598", by_category=True)
    assert hear("停电了", Category(code="0302")) == Heard(Level.NORMAL)
    assert hear("井盖缺失", urgent).by_category is False


def test_a_number_to_call_is_said_only_for_a_class_that_is_urgent():
    counsel = Category(code="2201", redirect="12348")

    assert hear("想问法律问题", counsel).number == ""


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh-hans", "请先拨打 119。有紧急用语“漏气”，按紧急办理。不要开关电器。"),
        ("en", "Call 119 first. Urgent, because of the words “漏气”. Switch nothing."),
    ],
)
def test_the_reason_is_said_in_the_language_of_the_reader(language, words):
    with translation.override(language):
        assert wording.urgency_words(hear("漏气了")) == words


def test_an_urgent_class_says_so_and_nothing_is_said_otherwise():
    with translation.override("zh-hans"):
        assert wording.urgency_words(hear("停水", Category(urgency=Urgency.URGENT))) == (
            "这类事项一律按紧急办理。"
        )
        assert wording.urgency_words(hear("路灯不亮")) == ""


_said = st.text("漏气着火怕，。赔偿电线断落井盖缺失 burst pipe\n", max_size=60)


@given(_said)
def test_whatever_is_said_gets_an_answer_that_fits_together(text):
    heard = hear(text)

    assert (heard.level == Level.EMERGENCY) == bool(heard.number)
    assert (heard.level == Level.NORMAL) == (not heard.words)


@given(_said)
def test_a_clear_alarm_is_never_talked_down_by_what_is_said_before(text):
    assert hear(f"{text}。着火了").level == Level.EMERGENCY


def test_very_long_texts_are_read_from_their_beginning():
    assert hear("漏气了" + "啊" * 100_000).level == Level.EMERGENCY


@pytest.mark.django_db
def test_the_list_of_the_project_knows_the_plain_cases(django_assert_num_queries):
    with django_assert_num_queries(1):
        heard = urgency_of("小区门口井盖缺失")

    assert (heard.level, heard.words) == (Level.URGENT, ("井盖缺失",))
    assert urgency_of("闻到燃气味").number == "119"
    assert urgency_of("路边电线断落").number == "95598"
    assert urgency_of("老人触电了").number == "120"
    assert urgency_of("我想反映路灯不亮").level == Level.NORMAL
    assert known_words()[0].word == max((word.word for word in known_words()), key=len)
