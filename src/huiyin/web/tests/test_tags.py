"""Names from the records on pages in two languages."""

import pytest
from django.utils.translation import override

from huiyin.categories.models import Category
from huiyin.web.functions import owner_words
from huiyin.web.templatetags.city import covered, phone, said, side, zh, zh_runs
from huiyin.web.terms import length_words

SPAN = '<span lang="zh-Hans">'


def test_a_chinese_name_is_marked_on_an_english_page_only():
    with override("en"):
        assert zh("夏津县") == f"{SPAN}夏津县</span>"
    with override("zh-hans"):
        assert zh("夏津县") == "夏津县"


def test_the_chinese_parts_of_an_english_sentence_are_marked():
    with override("en"):
        assert (
            zh_runs("It answers in all of 夏津县 (权责清单 2026).")
            == f"It answers in all of {SPAN}夏津县</span> ({SPAN}权责清单</span> 2026)."
        )


def test_what_is_marked_is_escaped():
    with override("en"):
        assert zh_runs("<b>夏津</b>") == f"&lt;b&gt;{SPAN}夏津</span>&lt;/b&gt;"


def test_a_text_without_english_is_shown_in_chinese_and_marked():
    category = Category(name_zh="路灯不亮", name_en="")

    with override("en"):
        assert said(category) == f"{SPAN}路灯不亮</span>"


@pytest.mark.parametrize(
    ("written", "dialled"),
    [
        pytest.param("0534-3210000", "tel:05343210000", id="office"),
        pytest.param("12345", "tel:12345", id="short"),
        pytest.param("138 0000 0000", "tel:13800000000", id="spaces"),
    ],
)
def test_a_phone_is_a_link_that_dials_it(written, dialled):
    assert phone(written) == f'<a class="nb" href="{dialled}">{written}</a>'


def test_names_that_are_covered_are_grey_blocks_and_never_asterisks():
    drawn = covered("牟**、李<四")

    assert "*" not in drawn
    assert drawn.startswith('<span class="nb">牟')
    assert drawn.endswith("、李&lt;四")


def test_a_side_of_a_dispute_is_named_as_people_say():
    with override("zh-hans"):
        assert [side("applicant"), side("respondent"), side("保险公司")] == [
            "申请人",
            "对方当事人",
            "保险公司",
        ]


def test_an_owner_is_said_with_what_it_works_on():
    with override("en"):
        assert owner_words("department:housing") == "Department: housing and construction"
        assert owner_words("village_committee") == "Village committee"
        assert owner_words("") == ""


@pytest.mark.parametrize(
    ("amount", "unit", "words"),
    [
        (1, "working_day", "1 working day"),
        (5, "working_day", "5 working days"),
        (30, "minute", "30 minutes"),
        (2, "year", "2 years"),
    ],
)
def test_a_length_is_said_in_its_own_unit(amount, unit, words):
    with override("en"):
        assert length_words(amount, unit) == words
