"""In danger the number comes first; worry, rules and claims are no danger."""

import pytest

from huiyin.categories.emergencies import emergency_number
from huiyin.categories.search import suggest
from huiyin.categories.tests.data_files import LEAVES
from huiyin.categories.tests.factories import the_built_in_tree
from huiyin.categories.tree import forget


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("家里着火了快来人", "119"),
        ("闻到煤气味", "119"),
        ("孩子掉河里了", "119"),
        ("有人被困在电梯里", "119"),
        ("老人晕倒叫不醒", "120"),
        ("有人触电了", "120"),
        ("我爸心脏病犯了", "120"),
        ("楼下有人拿刀", "110"),
        ("他说不想活了", "110"),
        ("我很害怕，家里着火了", "119"),
        ("刚出车祸了", "122"),
        ("车祸里有人昏迷", "120"),
        ("着火了，有人昏迷", "120"),
        ("My father collapsed", "120"),
        ("There is a FIRE in the kitchen", "119"),
        ("a man was hit by a car", "122"),
    ],
)
def test_words_of_danger_name_the_number(said, number):
    assert emergency_number(said) == number


@pytest.mark.parametrize(
    "said",
    [
        "楼道堆杂物怕着火",
        "天然气打不着火",
        "担心孩子掉进坑里",
        "上班路上出车祸算不算工伤",
        "车祸赔偿谈不成",
        "食物中毒以后怎么赔",
        "消防演练通知",
        "fire exit blocked",
        "no fire here",
        "afraid of fire",
        "campfires",
        "路灯不亮",
        "",
    ],
)
def test_worry_rules_and_claims_are_no_emergency(said):
    assert emergency_number(said) == ""


def test_no_name_or_phrase_of_another_class_sounds_like_an_emergency():
    wrong = [
        (leaf["code"], words, number)
        for leaf in LEAVES
        for words in (leaf["name_zh"], leaf["name_en"], leaf["phrase_1"], leaf["phrase_2"])
        if (number := emergency_number(words)) and number != leaf["redirect"]
    ]

    assert wrong == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "name", "number"),
    [
        pytest.param("着火了", "火灾", "119", id="words-of-the-class"),
        pytest.param("孩子掉河里了", "被困救援", "119", id="few-words-in-common"),
        pytest.param("我爸心脏病犯了", "急危重症", "120", id="no-word-in-common"),
        pytest.param("救命", "打架斗殴", "110", id="nothing-but-a-cry"),
    ],
)
def test_the_class_with_the_number_comes_first(said, name, number):
    the_built_in_tree()
    forget()

    first = suggest(said)[0]
    forget()

    assert (first.category.name_zh, first.category.redirect) == (name, number)
    assert first.matched != ""
