"""Looking units up: by place, by duty, by name, by who is above whom."""

from datetime import date

import pytest
from django.utils import translation

from huiyin.units import verbs, wording
from huiyin.units.models import CommitteeKind, UnitKind
from huiyin.units.queries import (
    CommitteeLevel,
    Via,
    committee_levels,
    committees_for,
    duties_of,
    responsible,
    rooms_hosted,
    search_units,
    superior_chain,
    units_below,
    units_of_place,
)
from huiyin.units.tests.factories import (
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
    a_unit,
    the_places,
)

pytestmark = pytest.mark.django_db


def a_duty(unit, category, place, basis="清单第1项"):
    return verbs.add_duty(
        unit_id=unit.id,
        category_id=category.id,
        place_id=place.id,
        basis=basis,
        by=CLERK,
        at=NOW,
    )


def asked(category, place):
    return [
        (answer.unit.code, answer.via, answer.steps, answer.exact)
        for answer in responsible(category=category, place=place, on=TODAY)
    ]


def test_units_of_a_place_stand_in_it_by_kind():
    places = the_places()
    office = a_unit("TO-1", UnitKind.TOWN_OFFICE, places[TOWN])
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places[TOWN])
    a_unit("GC-0", UnitKind.GOVERNANCE_CENTRE, places[CITY])
    closed = a_unit("PS-1", UnitKind.POLICE_STATION, places[TOWN])
    verbs.close_unit(unit_id=closed.id, on=TODAY, by=CLERK, at=NOW)

    assert units_of_place(places[TOWN], on=TODAY) == [
        (UnitKind.GOVERNANCE_CENTRE, [centre]),
        (UnitKind.TOWN_OFFICE, [office]),
    ]


def test_the_nearest_duty_answers_first():
    places = the_places()
    litter = a_category("0101")
    for code, place in (("CITY", CITY), ("ZONE", ZONE), ("TOWN", TOWN), ("VILLAGE", VILLAGE)):
        a_duty(a_unit(code, UnitKind.DEPARTMENT, places[place]), litter, places[place])

    assert asked(litter, places[VILLAGE]) == [
        ("VILLAGE", Via.HERE, 0, True),
        ("TOWN", Via.ABOVE, 1, True),
        ("ZONE", Via.ABOVE, 2, True),
        ("CITY", Via.ABOVE, 3, True),
    ]
    assert [code for code, *_ in asked(litter, places[GRID])] == [
        "VILLAGE",
        "TOWN",
        "ZONE",
        "CITY",
    ]
    assert asked(litter, places[COUNTY]) == [("CITY", Via.ABOVE, 1, True)]


def test_the_county_whose_land_it_is_answers_last():
    places = the_places()
    litter = a_category("0101")
    a_duty(a_unit("LAND", UnitKind.DEPARTMENT, places[COUNTY]), litter, places[COUNTY])
    a_duty(a_unit("CITY", UnitKind.DEPARTMENT, places[CITY]), litter, places[CITY])

    assert asked(litter, places[TOWN]) == [
        ("CITY", Via.ABOVE, 2, True),
        ("LAND", Via.LAND, 3, True),
    ]


def test_a_branch_covers_what_is_below_it_unless_another_owner_is_named():
    places = the_places()
    a_category("24", owner_kind="village_committee")
    visit = a_category("2401")
    papers = a_category("2402", owner_kind="department:approval")
    committee = a_unit("VC", UnitKind.VILLAGE_COMMITTEE, places[VILLAGE])
    a_duty(committee, visit.parent, places[VILLAGE])
    a_duty(a_unit("DP", UnitKind.DEPARTMENT, places[ZONE]), papers, places[ZONE])

    assert asked(visit, places[VILLAGE]) == [("VC", Via.HERE, 0, False)]
    assert asked(papers, places[VILLAGE]) == [("DP", Via.ABOVE, 2, True)]


def test_in_one_place_the_more_exact_duty_comes_first_and_a_unit_once():
    places = the_places()
    a_category("01")
    litter = a_category("0101")
    broad = a_unit("A", UnitKind.DEPARTMENT, places[ZONE])
    exact = a_unit("B", UnitKind.DEPARTMENT, places[ZONE])
    a_duty(broad, litter.parent, places[ZONE])
    a_duty(broad, litter.parent, places[CITY])
    a_duty(exact, litter, places[ZONE])

    assert asked(litter, places[TOWN]) == [
        ("B", Via.ABOVE, 1, True),
        ("A", Via.ABOVE, 1, False),
    ]


def test_duties_and_units_that_are_over_do_not_answer():
    places = the_places()
    litter = a_category("0101")
    gone = a_unit("GONE", UnitKind.DEPARTMENT, places[CITY])
    kept = a_unit("KEPT", UnitKind.DEPARTMENT, places[CITY])
    a_duty(gone, litter, places[CITY])
    duty = a_duty(kept, litter, places[CITY])
    verbs.close_unit(unit_id=gone.id, on=TODAY, by=CLERK, at=NOW)

    assert [code for code, *_ in asked(litter, places[CITY])] == ["KEPT"]
    verbs.withdraw_duty(duty_id=duty.id, on=TODAY, by=CLERK, at=NOW)
    assert asked(litter, places[CITY]) == []
    assert list(duties_of(kept, on=TODAY)) == []
    assert list(duties_of(kept, on=date(2026, 3, 1))) == [duty]


def test_the_reason_is_said_in_words():
    places = the_places()
    litter = a_category("0101", name="环境卫生")
    a_duty(a_unit("ZONE", UnitKind.DEPARTMENT, places[ZONE]), litter, places[ZONE], "清单第7项")
    (answer,) = responsible(category=litter, place=places[TOWN], on=TODAY)
    (here,) = responsible(category=litter, place=places[ZONE], on=TODAY)

    with translation.override("en"):
        assert wording.reason_words(answer) == (
            "It answers for “Class 0101” in all of 德州天衢新区 (清单第7项)."
        )
        assert wording.reason_words(here) == "It answers for “Class 0101” here (清单第7项)."
    with translation.override("zh-hans"):
        assert wording.reason_words(answer) == ("德州天衢新区全域“环境卫生”由它负责（清单第7项）。")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("德城区住房和城乡建设局", ["HOUSING"]),
        ("德城住建局", ["HOUSING"]),
        ("德城 住建", ["HOUSING"]),
        ("住建", ["HOUSING", "STATION"]),
        ("dechengqu", ["HOUSING"]),
        ("de cheng qu zhu", ["HOUSING"]),
        ("dcqzfhcxjsj", ["HOUSING"]),
        ("housing", ["HOUSING"]),
        ("12345", ["HOTLINE"]),
        ("德州市12345热线", ["HOTLINE"]),
        ("d", []),
        ("  ", []),
        ("局长", []),
        ("%", []),
        ("住_", ["HOUSING", "STATION"]),
    ],
)
def test_units_are_found_as_people_type_them(text, found):
    places = the_places()
    a_unit(
        "HOUSING",
        UnitKind.DEPARTMENT,
        places[COUNTY],
        name="德城区住房和城乡建设局",
        short_name="德城住建局",
    )
    a_unit("STATION", UnitKind.DEPARTMENT, places[TOWN], name="长河街道住建站")
    a_unit("HOTLINE", UnitKind.HOTLINE_CENTRE, places[CITY], name="德州市12345热线")

    assert [unit.code for unit in search_units(text, on=TODAY)] == found


def test_a_search_can_be_narrowed():
    places = the_places()
    for code, kind, place in (
        ("A", UnitKind.POLICE_STATION, TOWN),
        ("B", UnitKind.HOSPITAL, TOWN),
        ("C", UnitKind.POLICE_STATION, COUNTY),
    ):
        a_unit(code, kind, places[place], name="长河第一所")

    def codes(**narrow):
        return [unit.code for unit in search_units("长河", on=TODAY, **narrow)]

    assert codes() == ["C", "A", "B"]  # the higher level first
    assert codes(within=places[ZONE]) == ["A", "B"]
    assert codes(kinds=[UnitKind.POLICE_STATION]) == ["C", "A"]
    assert codes(limit=1) == ["C"]


def test_who_is_above_and_below():
    places = the_places()
    top = a_unit("A", UnitKind.DEPARTMENT, places[CITY])
    middle = a_unit("B", UnitKind.DEPARTMENT, places[ZONE], superior=top)
    police = a_unit("C", UnitKind.POLICE_STATION, places[TOWN], superior=middle)
    room = a_unit("D", UnitKind.STATIONED_ROOM, places[TOWN], host_id=police.id)

    assert superior_chain(police) == [middle, top]
    assert superior_chain(top) == []
    assert list(units_below(middle, on=TODAY)) == [police]
    assert list(rooms_hosted(police, on=TODAY)) == [room]
    verbs.close_unit(unit_id=room.id, on=TOMORROW, by=CLERK, at=NOW)
    assert list(rooms_hosted(police, on=TODAY)) == [room]
    assert list(rooms_hosted(police, on=TOMORROW)) == []


def test_committees_are_offered_from_the_village_up():
    places = the_places()

    def committee(code, kind, place, function=""):
        return a_unit(
            code,
            UnitKind.MEDIATION_COMMITTEE,
            places[place],
            committee_kind=kind,
            function=function,
        )

    village = committee("V", CommitteeKind.VILLAGE, VILLAGE)
    town = committee("T", CommitteeKind.TOWN, TOWN)
    medical = committee("M", CommitteeKind.INDUSTRY, CITY, "medical")
    traffic = committee("R", CommitteeKind.INDUSTRY, ZONE, "traffic")
    committee("E", CommitteeKind.ENTERPRISE, TOWN)

    assert committees_for(places[GRID], on=TODAY) == [village, town]
    assert committees_for(places[VILLAGE], on=TODAY, industry="medical") == [
        village,
        town,
        medical,
    ]
    assert committee_levels(places[ZONE], on=TODAY) == [
        CommitteeLevel(CommitteeKind.VILLAGE, 1, village),
        CommitteeLevel(CommitteeKind.TOWN, 1, town),
        CommitteeLevel(
            CommitteeKind.ENTERPRISE, 1, committee_levels(places[TOWN], on=TODAY)[2].example
        ),
        CommitteeLevel(CommitteeKind.INDUSTRY, 1, traffic),
    ]
