"""A resident says it in their own words; the system names the class."""

import pytest
from django.db import connection

from huiyin.categories.search import suggest
from huiyin.categories.tests.factories import BY, MON, a_category, noon, the_built_in_tree
from huiyin.categories.tree import forget, tree
from huiyin.categories.verbs import add_category, rename_category, retire_category

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_tree():
    forget()
    yield
    forget()


def names(text: str) -> list[str]:
    return [hit.category.name_zh for hit in suggest(text)]


def test_every_leaf_is_found_first_by_its_name_and_both_phrases():
    the_built_in_tree()

    missed = [
        (words, leaf.category.code)
        for leaf in tree().leaves()
        for words in (leaf.category.name_zh, leaf.category.phrase_1, leaf.category.phrase_2)
        if suggest(words)[0].category.pk != leaf.category.pk
    ]

    assert missed == []


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("路灯坏了", "路灯不亮"),
        ("老板欠我三个月工资", "企业拖欠工资"),
        ("着火了", "火灾"),
        ("street light", "路灯不亮"),
        ("煤气味", "燃气泄漏"),
    ],
)
def test_words_nobody_wrote_down_find_the_class(said, meant):
    the_built_in_tree()

    assert names(said)[0] == meant


def test_an_emergency_says_which_number_to_call_first():
    the_built_in_tree()

    fire = suggest("着火了")[0]

    assert (fire.category.redirect, fire.is_urgent_redirect) == ("119", True)


def test_single_characters_decide_when_no_pair_is_known():
    a_category("01", name_zh="犬只扰民", phrase_1="狗整夜叫个不停")

    assert names("狗叫") == ["犬只扰民"]


@pytest.mark.parametrize("said", ["", "   ", "？！", "qqqq", "😀"])
def test_words_that_say_nothing_suggest_nothing(said):
    the_built_in_tree()

    assert suggest(said) == []


def test_only_the_beginning_of_a_very_long_text_is_read():
    a_category("01", name_zh="路灯不亮")

    assert names("路灯不亮" + "无关文字" * 5_000) == names("路灯不亮" + "无关文字" * 49)


def test_owner_kind_comes_from_the_nearest_ancestor():
    a_category("01", owner_kind="department:housing")
    a_category("0101")
    a_category("010101", owner_kind="utility:gas")

    owners = {code: node.owner_kind for code, node in tree().by_code.items()}

    assert owners == {
        "01": "department:housing",
        "0101": "department:housing",
        "010101": "utility:gas",
    }


def test_what_is_below_a_retired_branch_cannot_be_chosen():
    a_category("01", active=False)
    a_category("0101")

    assert tree().by_code == {}


@pytest.mark.django_db(transaction=True)
def test_a_change_is_seen_at_once_and_kept_in_history():
    when = {"by": BY, "at": noon(MON)}
    made = add_category(code="01", parent=None, name_zh="路灯", name_en="Lights", **when)
    rename_category(category=made, name_zh="路灯照明", name_en="Street lights", **when)
    assert names("路灯照明") == ["路灯照明"]

    retire_category(category=made, **when)

    assert names("路灯照明") == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name_zh, active FROM categories_categoryevent ORDER BY pgh_id")
        assert cursor.fetchall() == [("路灯", True), ("路灯照明", True)]


def test_the_tree_is_read_in_one_query(django_assert_num_queries):
    a_category("01")
    a_category("0101")

    with django_assert_num_queries(1):
        tree()
        tree()
