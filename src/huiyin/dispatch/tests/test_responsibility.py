"""Who is responsible: the nearest place upwards, then the nearest class, never the accused."""

from datetime import date
from uuid import UUID

import pytest
from django.db import transaction
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from huiyin.categories import tree
from huiyin.categories.verbs import retire_category
from huiyin.dispatch import wording
from huiyin.dispatch.answers import Basis, Found, Question
from huiyin.dispatch.refusals import CategoryNotKnown, FallbackNotPossible, PlaceNotKnown
from huiyin.dispatch.responsibility import responsible, responsible_many
from huiyin.dispatch.tests.factories import (
    CITY,
    CLERK,
    COUNTY,
    GRID,
    NOW,
    TODAY,
    TOMORROW,
    TOWN,
    VILLAGE,
    ZONE,
    a_category,
    a_duty,
    a_unit,
    the_city,
    the_places,
)
from huiyin.units import verbs
from huiyin.units.kinds import UnitKind
from huiyin.units.queries import Via
from huiyin.units.queries import responsible as by_duty

pytestmark = pytest.mark.django_db


def ask(city, place, category=None, **more):
    return responsible(city.places[place].id, (category or city.lights).id, **{"on": TODAY, **more})


def codes(answer):
    return [candidate.unit.code for candidate in answer.candidates]


def said(answer):
    return wording.in_both(lambda: wording.reason_words(answer))


# --- by duty -----------------------------------------------------------------------------------


def test_the_list_of_duties_names_the_unit_and_both_kinds_of_responsibility():
    city = the_city()

    answer = ask(city, GRID)

    assert (answer.unit.code, answer.found) == ("HB-Z", Found.DUTY)
    assert (answer.territory.name, answer.territorial.code) == ("长河街道", "TO")
    assert answer.functional.unit.code == "HB-Z"
    assert [
        (it.unit.code, it.place.name, it.place.via, it.place.steps, it.category.code, it.exact)
        for it in answer.candidates
    ] == [
        ("HB-Z", "德州天衢新区", Via.ABOVE, 3, "0202", True),
        ("HB-1", "德州市", Via.ABOVE, 4, "02", False),
    ]


def test_the_reason_is_a_plain_sentence_in_both_languages():
    city = the_city()

    assert said(ask(city, GRID)) == {
        "zh": "属地：长河街道；属事：路灯不亮 → 天衢建设局；天衢新区权责清单，第 12 项",
        "en": "Place: 长河街道; subject: Class 0202 → 天衢建设局; 天衢新区权责清单, item 12",
    }
    assert said(ask(city, COUNTY)) == {
        "zh": "属地：德城区；属事：路灯不亮 → 市住建局；市权责清单第3条",
        "en": "Place: 德城区; subject: Class 0202 → 市住建局; 市权责清单第3条",
    }


def test_the_page_says_who_else_has_a_duty_and_why():
    city = the_city()

    with translation.override("zh-hans"):
        explained = wording.explain(ask(city, VILLAGE))

    assert explained.unit == "天衢建设局"
    assert explained.others == (("市住建局", "负责德州市的“市政设施”整类事项（市权责清单第3条）"),)


def test_the_town_is_responsible_where_its_own_list_names_the_subject():
    city = the_city()
    a_duty(city["TO"], city.lights, city.places[TOWN], basis="街道清单第5条", item_no="")

    answer = ask(city, VILLAGE)

    assert (answer.unit.code, answer.unit.basis) == ("TO", Basis.TERRITORIAL)
    assert (answer.territorial.code, answer.functional.unit.code) == ("TO", "HB-Z")
    assert said(answer)["zh"] == (
        "属地：长河街道 → 长河街道办，就近办理；街道清单第5条。属事：路灯不亮 → 天衢建设局，为上级"
    )


def test_a_subject_that_only_the_town_has_is_said_to_be_the_towns():
    city = the_city()
    noise = a_category("09", name="噪声扰民", owner_kind="town_office")
    a_duty(city["TO"], noise, city.places[TOWN], basis="街道清单第6条", item_no="")

    answer = ask(city, VILLAGE, noise)

    assert answer.functional is None
    assert said(answer)["zh"] == "属地：长河街道 → 长河街道办，也负责噪声扰民；街道清单第6条"


def test_the_county_on_whose_land_a_zone_lies_answers_last():
    city = the_city()
    land = a_unit("HB-D", UnitKind.DEPARTMENT, city.places[COUNTY], name="德城住建局")
    a_duty(land, city.lights, city.places[COUNTY])

    answer = ask(city, TOWN)

    assert codes(answer) == ["HB-Z", "HB-1", "HB-D"]
    assert (answer.candidates[2].place.via, answer.candidates[2].place.steps) == (Via.LAND, 3)
    assert codes(ask(city, COUNTY)) == ["HB-D", "HB-1"]


def test_a_branch_is_no_duty_for_a_class_with_another_owner():
    city = the_city()
    trees = a_category("0203", name="树木", owner_kind="department:gardens")

    assert codes(ask(city, TOWN, city.roads)) == ["HB-1"]
    assert ask(city, TOWN, trees).found is Found.FALLBACK


@pytest.mark.parametrize(
    ("on", "found"),
    [
        pytest.param(date(2026, 3, 1), ["HB-Z", "HB-1"], id="before"),
        pytest.param(TODAY, ["HB-1"], id="from-the-day-on"),
    ],
)
def test_duties_and_units_count_on_the_day_asked_about(on, found):
    city = the_city()
    verbs.close_unit(unit_id=city["HB-M"].id, on=TODAY, by=CLERK, at=NOW)
    verbs.close_unit(unit_id=city["HB-Z"].id, on=TODAY, by=CLERK, at=NOW)

    assert codes(ask(city, TOWN, on=on)) == found


def test_a_duty_counts_to_the_day_before_it_ends():
    city = the_city()
    duty = a_duty(city["TO"], city.lights, city.places[TOWN])
    verbs.withdraw_duty(duty_id=duty.id, on=TOMORROW, by=CLERK, at=NOW)

    assert codes(ask(city, TOWN))[0] == "TO"
    assert codes(ask(city, TOWN, on=TOMORROW))[0] == "HB-Z"


@pytest.mark.parametrize(
    ("on", "unit", "seat"),
    [
        pytest.param(date(2026, 3, 1), "GC-T", "TO", id="before"),
        pytest.param(TODAY, "GC-Z", "GC-Z", id="from-the-day-on"),
    ],
)
def test_closed_centres_and_town_offices_neither_find_out_nor_answer_for_the_place(on, unit, seat):
    city = the_city()
    other = a_category("99")
    for code in ("GC-T", "VC", "TO"):
        verbs.close_unit(unit_id=city[code].id, on=TODAY, by=CLERK, at=NOW)

    answer = ask(city, GRID, other, on=on)

    assert (answer.unit.code, answer.territorial.code) == (unit, seat)


def test_a_centre_that_opens_tomorrow_does_not_find_out_today():
    city = the_city()
    other = a_category("99")
    a_unit("GC-V", UnitKind.GOVERNANCE_CENTRE, city.places[VILLAGE], valid_from=TOMORROW)

    assert ask(city, GRID, other).unit.code == "GC-T"
    assert ask(city, GRID, other, on=TOMORROW).unit.code == "GC-V"


def test_a_duty_of_tomorrow_does_not_count_today():
    city = the_city()
    a_duty(city["TO"], city.lights, city.places[TOWN], valid_from=TOMORROW)

    assert codes(ask(city, TOWN))[0] == "HB-Z"
    assert codes(ask(city, TOWN, on=TOMORROW))[0] == "TO"


def test_an_instant_counts_as_its_local_day():
    city = the_city()
    a_duty(city["TO"], city.lights, city.places[TOWN], valid_from=TOMORROW)
    late = NOW.replace(hour=23, minute=59)

    assert codes(ask(city, TOWN, on=None, at=late))[0] == "HB-Z"
    with pytest.raises(TypeError, match="say when"):
        ask(city, TOWN, on=None)


def test_a_matter_taken_up_leaves_out_units_of_lower_levels():
    city = the_city()
    a_duty(city["TO"], city.lights, city.places[TOWN])

    assert codes(ask(city, TOWN)) == ["TO", "HB-Z", "HB-1"]
    assert codes(ask(city, TOWN, level=2)) == ["HB-Z", "HB-1"]
    assert codes(ask(city, TOWN, level=1)) == ["HB-1"]


# --- the accused -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("accused", "found"),
    [
        pytest.param({"HB-Z"}, ["HB-1"], id="itself-and-what-is-below-it"),
        pytest.param({"HB-M"}, ["HB-Z", "HB-1"], id="a-section-but-not-what-is-above-it"),
        pytest.param({"HB-1"}, [], id="the-city's-and-so-the-zone's"),
        pytest.param({"TO"}, ["HB-M", "HB-Z", "HB-1"], id="another"),
    ],
)
def test_work_never_goes_to_the_accused_or_below_it(accused, found):
    city = the_city()
    a_duty(city["HB-M"], city.lights, city.places[TOWN])

    answer = ask(city, TOWN, exclude=frozenset(city[code].id for code in accused))

    assert codes(answer) == found


def test_the_accused_town_does_not_answer_for_its_place_either():
    city = the_city()

    answer = ask(city, VILLAGE, exclude=frozenset({city["TO"].id}))

    assert answer.territorial.code == "GC-T"


def test_a_room_stationed_with_the_accused_is_left_out():
    city = the_city()
    police = a_unit("PS", UnitKind.POLICE_STATION, city.places[TOWN])
    room = a_unit("SR", UnitKind.STATIONED_ROOM, city.places[TOWN], host_id=police.id)
    a_duty(room, city.lights, city.places[TOWN])

    assert codes(ask(city, TOWN))[0] == "SR"
    assert "SR" not in codes(ask(city, TOWN, exclude=frozenset({police.id})))


def test_nobody_is_told_whom_a_matter_accuses():
    city = the_city()

    answer = ask(city, TOWN, exclude=frozenset({city["HB-Z"].id}))

    assert "天衢建设局" not in str(answer.as_data()) + str(said(answer))


def test_an_exclusion_holds_for_its_own_question_only():
    city = the_city()
    place, category = city.places[TOWN].id, city.lights.id

    answers = responsible_many(
        [
            Question(place, category),
            Question(place, category, exclude=frozenset({city["HB-Z"].id})),
            Question(place, category, exclude=frozenset({city["HB-1"].id})),
        ],
        on=TODAY,
    )

    assert [codes(answer) for answer in answers] == [["HB-Z", "HB-1"], ["HB-1"], []]


# --- nobody named ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fallback", "place", "unit"),
    [
        pytest.param(UnitKind.GOVERNANCE_CENTRE, GRID, "GC-T", id="centre-of-the-town"),
        pytest.param(UnitKind.GOVERNANCE_CENTRE, ZONE, "GC-Z", id="centre-of-the-zone"),
        pytest.param(UnitKind.GOVERNANCE_CENTRE, COUNTY, "GC-D", id="centre-of-the-district"),
        pytest.param(UnitKind.PETITION_OFFICE, GRID, "PO-Z", id="petition-office"),
        pytest.param(UnitKind.HOTLINE_CENTRE, GRID, "HC-1", id="hotline"),
    ],
)
def test_where_no_list_names_anybody_the_nearest_centre_finds_out(fallback, place, unit):
    city = the_city()
    other = a_category("99", name="其他")

    answer = ask(city, place, other, fallback=fallback)

    assert (answer.unit.code, answer.found, answer.candidates) == (unit, Found.FALLBACK, ())
    assert answer.fallback is fallback


def test_the_sentence_says_that_nobody_was_named():
    city = the_city()
    other = a_category("99", name="其他")

    assert said(ask(city, GRID, other))["zh"] == (
        "属地：长河街道；属事：其他。权责清单没有写明由谁负责；由最近的长河综治中心查明后交办。"
    )


def test_an_accused_centre_is_stood_in_for_by_the_one_above():
    city = the_city()
    other = a_category("99")

    answer = ask(city, GRID, other, exclude=frozenset({city["GC-T"].id}))

    assert answer.unit.code == "GC-Z"


def test_a_matter_taken_up_goes_to_the_centre_of_that_level():
    city = the_city()
    other = a_category("99")

    assert ask(city, GRID, other, level=1).unit.code == "GC-1"


def test_where_there_is_no_centre_somebody_has_to_decide():
    places = the_places()
    other = a_category("99", name="其他")

    answer = responsible(places[GRID].id, other.id, on=TODAY)

    assert (answer.unit, answer.found, answer.territorial) == (None, Found.NOBODY, None)
    assert said(answer)["zh"] == (
        "属地：长河街道；属事：其他。权责清单没有写明由谁负责，这里也没有中心：需要有人决定。"
    )


def test_a_department_is_no_office_to_fall_back_on():
    city = the_city()

    with pytest.raises(FallbackNotPossible):
        ask(city, GRID, fallback=UnitKind.DEPARTMENT)


# --- what is not known -------------------------------------------------------------------------

UNKNOWN = UUID("019cae00-0000-7000-8000-00000000dead")


def test_an_unknown_place_or_class_is_refused():
    city = the_city()

    with pytest.raises(PlaceNotKnown) as place:
        responsible(UNKNOWN, city.lights.id, on=TODAY)
    with pytest.raises(CategoryNotKnown) as category:
        responsible(city.places[TOWN].id, UNKNOWN, on=TODAY)

    assert (place.value.identifier, category.value.identifier) == (str(UNKNOWN), str(UNKNOWN))


def test_old_matters_keep_their_retired_class():
    city = the_city()
    retire_category(category=city.lights, by=CLERK, at=NOW)
    tree.forget()

    assert codes(ask(city, TOWN)) == ["HB-Z"]


# --- many, and how many queries ----------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 30])
def test_questions_take_two_queries_however_many(count, django_assert_num_queries):
    city = the_city()
    tree.tree()
    places = [city.places[code].id for code in (GRID, TOWN, ZONE, COUNTY, CITY)]
    accused = frozenset({city["HB-Z"].id})
    questions = [
        Question(
            places[at % 5], (city.lights, city.roads)[at % 2].id, accused if at % 3 else frozenset()
        )
        for at in range(count)
    ]

    with django_assert_num_queries(2):
        answers = responsible_many(questions, on=TODAY)

    assert len(answers) == count


def test_no_question_takes_no_query(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert responsible_many([], on=TODAY) == []


def test_thirty_duties_in_the_line_take_no_more_queries(django_assert_num_queries):
    city = the_city()
    for number in range(30):
        unit = a_unit(f"X-{number:02}", UnitKind.DEPARTMENT, city.places[ZONE])
        a_duty(unit, city.lights, city.places[ZONE])
    tree.tree()

    with django_assert_num_queries(2):
        answer = ask(city, GRID)

    assert len(answer.candidates) == 32


def test_the_answer_is_plain_data_for_the_record():
    city = the_city()

    data = ask(city, TOWN).as_data()

    assert data["found"] == "duty"
    assert data["unit"]["code"] == "HB-Z"
    assert data["territorial"]["place"]["name"] == "长河街道"
    assert [it["basis"] for it in data["candidates"]] == ["functional", "functional"]
    assert data["candidates"][0]["item_no"] == "12"


# --- the same as the directory says ------------------------------------------------------------

_PLACES = (CITY, COUNTY, ZONE, TOWN, VILLAGE, GRID)
_CLASSES = ("01", "0101", "010101", "0102")
_OWNERS = ("", "town_office", "department:housing")


@given(
    duties=st.lists(
        st.tuples(st.integers(0, 4), st.sampled_from(_CLASSES), st.sampled_from(_PLACES)),
        unique=True,
        max_size=12,
    ),
    owners=st.tuples(*(st.sampled_from(_OWNERS) for _ in _CLASSES)),
)
def test_dispatch_and_directory_give_the_same_units_in_the_same_order(duties, owners):
    with transaction.atomic():
        places = the_places()
        made = {
            code: a_category(code, owner_kind=owner)
            for code, owner in zip(_CLASSES, owners, strict=True)
        }
        units = [a_unit(f"U-{number}", UnitKind.DEPARTMENT, places[TOWN]) for number in range(5)]
        for number, code, place in duties:
            a_duty(units[number], made[code], places[place])
        pairs = [(place, category) for place in places.values() for category in made.values()]

        answers = responsible_many(
            [Question(place.id, category.id) for place, category in pairs], on=TODAY
        )

        for (place, category), answer in zip(pairs, answers, strict=True):
            expected = by_duty(category=category, place=place, on=TODAY)
            assert [
                (it.unit.code, it.duty_id, it.place.via, it.place.steps, it.exact)
                for it in answer.candidates
            ] == [(it.unit.code, it.duty.id, it.via, it.steps, it.exact) for it in expected]
        transaction.set_rollback(True)
    tree.forget()


def test_accused_units_are_found_through_every_level_of_a_deep_tree():
    places = the_places()
    light = a_category("01")
    above = None
    chain = []
    for number in range(12):
        above = a_unit(f"D-{number:02}", UnitKind.DEPARTMENT, places[CITY], superior=above)
        a_duty(above, light, places[CITY])
        chain.append(above)

    answer = responsible(places[CITY].id, light.id, on=TODAY, exclude=frozenset({chain[4].id}))

    assert codes(answer) == [unit.code for unit in chain[:4]]
