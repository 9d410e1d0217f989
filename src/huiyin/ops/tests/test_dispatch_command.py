"""`huiyin dispatch`: who is responsible, said to somebody at a terminal."""

import json

import pytest
from click.testing import CliRunner
from django.utils import translation

from huiyin.categories import tree
from huiyin.dispatch.tests.factories import COUNTY, TOWN, ZONE, a_category, the_city
from huiyin.ops.commands.dispatch import command, explained
from huiyin.ops.errors import OperatorError
from huiyin.ops.tests.instances import said
from huiyin.places.models import PlaceKind
from huiyin.places.verbs import register_place
from huiyin.units.tests.factories import CLERK, NOW


@pytest.fixture(autouse=True)
def chinese():
    with translation.override("zh-hans"):
        yield


@pytest.fixture
def city(db):
    made = the_city()
    tree.forget()
    yield made
    tree.forget()


@pytest.mark.parametrize(
    "place",
    ["长河街道", "changhe", TOWN, "371471001"],
    ids=["name", "pinyin", "code", "short-code"],
)
@pytest.mark.parametrize(
    "category", ["路灯不亮", "0202", "晚上路灯不亮了"], ids=["name", "code", "words"]
)
def test_place_and_class_are_found_by_name_code_or_words(city, place, category):
    found = explained(place, category)

    assert (found["place"]["code"], found["category"]["code"]) == (TOWN, "0202")
    assert found["unit"]["code"] == "HB-Z"


def test_the_answer_is_explained_line_by_line(city):
    assert explained("长河街道", "0202")["lines"] == [
        "德州天衢新区长河街道  371471001000",
        "0202 路灯不亮",
        "属地：长河街道；属事：路灯不亮 → 天衢建设局；天衢新区权责清单，第 12 项",
        "  市住建局: 负责德州市的“市政设施”整类事项（市权责清单第3条）",
    ]


def test_words_of_urgency_are_told(city):
    found = explained("长河街道", "路灯漏电")

    assert found["urgency"] == {"level": "urgent", "words": ["漏电"], "number": ""}
    assert "有紧急用语“漏电”，按紧急办理。不要靠近，不要触摸。" in found["lines"]


def test_accused_units_level_and_fallback_are_asked_for(city):
    a_category("99", name="其他")

    assert explained("长河街道", "0202", exclude=("HB-Z",))["unit"]["code"] == "HB-1"
    assert explained("长河街道", "0202", level=1)["unit"]["code"] == "HB-1"
    assert explained("长河街道", "99", fallback="hotline_centre")["unit"]["code"] == "HC-1"


@pytest.mark.parametrize(
    ("place", "category", "more", "sentence"),
    [
        ("月球", "0202", {}, "No place fits '月球'"),
        ("长河街道", "987654", {}, "No class of matter has the code 987654"),
        ("长河街道", "zzzz", {}, "No class of matter fits 'zzzz'"),
        ("长河街道", "0202", {"exclude": ("NO",)}, "No unit has the code NO"),
    ],
    ids=["place", "code", "words", "unit"],
)
def test_what_is_not_known_is_said(city, place, category, more, sentence):
    with pytest.raises(OperatorError, match=sentence):
        explained(place, category, **more)


def test_a_name_that_several_places_have_is_asked_back(city):
    for code, parent in (("371402011000", COUNTY), ("371471011000", ZONE)):
        register_place(
            code=code,
            name="和平街道",
            kind=PlaceKind.SUBDISTRICT,
            parent_id=city.places[parent].id,
            valid_from=None,
            by=CLERK,
            at=NOW,
        )

    with pytest.raises(OperatorError, match="Several places fit '和平街道'"):
        explained("和平街道", "0202")


def test_json_is_for_programs(city):
    answered = explained("长河街道", "0202")

    assert json.loads(json.dumps(answered)) == answered
    assert answered["reason"]["en"].startswith("Place: 长河街道; subject: Class 0202 → 天衢建设局")


@pytest.mark.fault
def test_an_empty_installation_says_that_it_knows_no_place(migrated):
    assert said(migrated.run("dispatch", "夏津", "路灯不亮")).startswith("No place fits")


def test_the_help_shows_an_example():
    shown = CliRunner().invoke(command, ["--help"]).output

    assert "huiyin dispatch 夏津北城 路灯不亮" in shown
