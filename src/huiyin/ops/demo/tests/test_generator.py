"""The demo city before it is loaded: numbers, references, invented people, the same every time."""

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import huiyin.categories
from huiyin.ops.demo.departments import BODIES
from huiyin.ops.demo.divisions import DATA, ZONE, divisions
from huiyin.ops.demo.duties import duty_rows, owner_kinds
from huiyin.ops.demo.institutions import institutions
from huiyin.ops.demo.logins import PRINTED
from huiyin.ops.demo.names import chosen, mobile, office_line, person
from huiyin.ops.demo.people import people_rows
from huiyin.ops.demo.places import boundary_rows, place_rows
from huiyin.ops.demo.scope import BEICHENG, XIAJIN, scope
from huiyin.ops.demo.units import unit_rows

CATEGORIES = Path(huiyin.categories.__file__).parent / "data" / "categories.csv"


def categories():
    with CATEGORIES.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def generated(scale):
    part = scope(scale)
    units = list(unit_rows(part))
    return {
        "places": list(place_rows(part)),
        "boundaries": list(boundary_rows(part)),
        "units": units,
        "duties": list(duty_rows(units, categories())),
        "people": list(people_rows(part, units)),
    }


@pytest.fixture(scope="module")
def full():
    return generated("full")


@pytest.fixture(scope="module")
def small():
    return generated("small")


@pytest.fixture(scope="module", params=("full", "small"))
def either(request):
    return request.getfixturevalue(request.param)


# --- numbers ----------------------------------------------------------------------------------


def test_the_places_are_those_of_the_list_and_the_grids_of_the_press_conference(full):
    kinds = Counter(row["kind"] for row in full["places"])

    assert kinds == {
        "city": 1,
        "district": 2,
        "county": 7,
        "county_city": 2,
        "functional_zone": 1,
        "subdistrict": 29,
        "town": 91,
        "township": 14,
        "town_like": 1,
        "village": 5_056,
        "community": 251,
        "grid_basic": 10_723,
        "grid_dedicated": 361,
    }
    assert kinds["grid_basic"] + kinds["grid_dedicated"] == 11_084
    assert len(full["boundaries"]) == 11


def test_a_community_has_more_grids_than_a_village(full):
    grids = Counter(row["parent_code"] for row in full["places"] if row["kind"] == "grid_basic")
    kinds = {row["code"]: row["kind"] for row in full["places"]}
    of_communities = [many for code, many in grids.items() if kinds[code] == "community"]
    of_villages = [many for code, many in grids.items() if kinds[code] == "village"]

    assert (min(of_communities), max(of_communities)) == (6, 6)
    assert (min(of_villages), max(of_villages)) == (1, 5)
    assert len(grids) == 5_307


def test_grids_in_the_country_have_about_300_households_and_in_town_up_to_500(full):
    kinds = {row["code"]: row["kind"] for row in full["places"]}
    households = {"village": [], "community": []}
    for row in full["places"]:
        if row["kind"] == "grid_basic":
            households[kinds[row["parent_code"]]].append(int(row["households"]))

    assert (min(households["village"]), max(households["village"])) == (240, 360)
    assert (min(households["community"]), max(households["community"])) == (300, 500)


def test_the_units_of_the_city_are_complete(full):
    kinds = Counter((row["kind"], row["level"]) for row in full["units"])

    assert kinds == {
        ("governance_centre", "city"): 1,
        ("governance_centre", "county"): 12,
        ("governance_centre", "town"): 135,
        ("governance_centre", "village"): 251,
        ("committee_office", "city"): 5,
        ("committee_office", "county"): 11 * 5 + 2,
        ("department", "city"): 36,
        ("department", "county"): 11 * 36 + 14,
        ("utility", "city"): 8,
        ("utility", "county"): 11 * 8,
        ("hotline_centre", "city"): 1,
        ("hotline_centre", "county"): 12,
        ("petition_office", "city"): 1,
        ("petition_office", "county"): 12,
        ("town_office", "town"): 135,
        ("village_committee", "village"): 5_307,
        ("enforcement_team", "county"): 12,
        ("enforcement_team", "town"): 15,  # 齐河县
        ("justice_office", "town"): 135,
        ("mediation_committee", "city"): 7,
        ("mediation_committee", "county"): 40,
        ("mediation_committee", "town"): 130,
        ("mediation_committee", "village"): 4_248,
        ("stationed_room", "county"): 12,  # in the courts
        ("stationed_room", "town"): 130,  # in the police stations
        ("court", "county"): 12,
        ("police_station", "town"): 135,
        ("hospital", "city"): 4,
        ("hospital", "county"): 28,
        ("hospital", "town"): 62,
        ("school", "county"): 12,
        ("school", "town"): 135,
        ("enterprise", "county"): 120,
    }


def test_there_are_4425_mediation_committees(full):
    kinds = Counter(
        row["committee_kind"] for row in full["units"] if row["kind"] == "mediation_committee"
    )

    assert kinds == {"town": 130, "village": 4_248, "industry": 47}
    assert sum(kinds.values()) == 4_425
    assert {
        row["function"]
        for row in full["units"]
        if row["committee_kind"] == "industry" and row["level"] == "city"
    } == {"medical", "traffic", "campus", "insurance", "military", "marriage_family", "general"}


def test_the_people_are_as_many_as_the_briefing_counts(full):
    roles = Counter(row["role"] for row in full["people"])

    workers = {role: roles[role] for role in ("leader", "full_time", "part_time", "volunteer")}
    assert workers == {
        "leader": 11_084,
        "full_time": 8_387,
        "part_time": 9_842,
        "volunteer": 7_338,
    }
    assert sum(workers.values()) == 36_651
    assert roles["mediator_full_time"] == 4_623
    assert roles["mediator_full_time"] + roles["mediator_part_time"] == 14_780


def test_there_are_10758_accounts_of_which_8387_are_full_time_grid_workers(full):
    accounts = {row["login"]: row["role"] for row in full["people"] if row["login"]}

    assert len(accounts) == 10_758
    assert sum(role == "full_time" for role in accounts.values()) == 8_387


def test_every_grid_has_exactly_one_leader_and_at_most_one_full_time_worker(either):
    grids = {row["code"] for row in either["places"] if row["kind"].startswith("grid_")}
    leaders = [row["grid_code"] for row in either["people"] if row["role"] == "leader"]
    full_time = [row["grid_code"] for row in either["people"] if row["role"] == "full_time"]

    assert sorted(leaders) == sorted(grids)
    assert len(full_time) == len(set(full_time))


def test_every_committee_has_three_to_nine_members_and_one_head(either):
    # People's Mediation Law, art. 8
    committees = {
        row["code"]: row["head_name"]
        for row in either["units"]
        if row["kind"] == "mediation_committee"
    }
    members = Counter(
        row["unit_code"] for row in either["people"] if row["role"].startswith("mediator")
    )
    heads = {
        row["unit_code"]: row["name"]
        for row in either["people"]
        if row["role"].startswith("mediator") and row["title"] == "主任"
    }

    assert heads == committees
    assert set(members) == set(committees)
    assert min(members.values()) >= 3
    assert max(members.values()) <= 9


def test_the_duties_stay_within_twenty_thousand(full):
    assert len(full["duties"]) == 19_504


# --- references -------------------------------------------------------------------------------


def test_every_reference_resolves_to_something_that_came_before(either):
    places, units = {""}, {""}
    dangling = []
    for row in either["places"]:
        dangling += [
            (row["code"], column)
            for column in ("parent_code", "overlay_parent_code")
            if row[column] not in places
        ]
        places.add(row["code"])
    for row in either["units"]:
        dangling += [
            (row["code"], column)
            for column in ("superior_code", "host_code")
            if row[column] not in units
        ]
        dangling += [(row["code"], "place_code")] if row["place_code"] not in places else []
        units.add(row["code"])
    for row in either["people"]:
        dangling += [(row["ref"], "grid")] if row["grid_code"] not in places else []
        dangling += [(row["ref"], "unit")] if row["unit_code"] not in units else []
    classes = {row["code"] for row in categories()}
    for row in either["duties"]:
        known = (
            row["unit_code"] in units
            and row["place_code"] in places
            and row["category_code"] in classes
        )
        dangling += [] if known else [(row["unit_code"], row["category_code"])]
    dangling += [
        (row["place_code"], "boundary")
        for row in either["boundaries"]
        if row["place_code"] not in places
    ]

    assert dangling == []


def test_no_code_reference_login_or_phone_is_given_twice(either):
    def twice(values):
        return [value for value, times in Counter(values).items() if times > 1]

    accounts = {row["login"]: row["phone"] for row in either["people"] if row["login"]}
    assert twice(row["code"] for row in either["places"]) == []
    assert twice(row["code"] for row in either["units"]) == []
    assert twice(row["ref"] for row in either["people"]) == []
    assert twice(accounts.values()) == []
    assert twice(row["login"] for row in either["people"] if row["login"]) == ["housing"]
    assert (
        twice(
            (row["unit_code"], row["category_code"], row["place_code"]) for row in either["duties"]
        )
        == []
    )


def test_every_account_has_one_default_post(either):
    defaults = Counter(
        row["login"] for row in either["people"] if row["login"] and row["is_default"]
    )

    assert defaults == {row["login"]: 1 for row in either["people"] if row["login"]}


def test_a_unit_has_no_superior_below_it(either):
    depth = {"city": 1, "county": 2, "town": 3, "village": 4}
    level = {row["code"]: depth[row["level"]] for row in either["units"]}

    assert [
        row["code"]
        for row in either["units"]
        if row["superior_code"] and level[row["superior_code"]] > level[row["code"]]
    ] == []


# --- the places -------------------------------------------------------------------------------


def test_the_zone_belongs_to_the_city_and_lies_on_the_land_of_decheng(either):
    zone = next(row for row in either["places"] if row["code"] == ZONE)
    towns = {row["name"] for row in either["places"] if row["parent_code"] == ZONE}

    assert (zone["kind"], zone["parent_code"], zone["overlay_parent_code"]) == (
        "functional_zone",
        "371400000000",
        "371402000000",
    )
    assert (zone["lon"], zone["lat"]) == ("", "")
    assert ZONE not in {row["place_code"] for row in either["boundaries"]}
    assert "长河街道" in towns


def test_the_zone_has_six_towns_of_its_own(full):
    assert [row["name"] for row in full["places"] if row["parent_code"] == ZONE] == [
        "长河街道",
        "宋官屯街道",
        "赵虎镇",
        "抬头寺镇",
        "袁桥镇",
        "新区服务管理办公室",
    ]


def test_codes_of_towns_are_those_of_the_first_list(full):
    # 371402003000 is 新华街道 in the other list, and the towns of 陵城区 are shifted there.
    with (DATA / "divisions.csv").open(encoding="utf-8", newline="") as file:
        listed = {
            row["code"]: (row["name"], row["parent_code"])
            for row in csv.DictReader(file)
            if row["level"] in ("county", "town", "village")
        }
    loaded = {row["code"]: (row["name"], row["parent_code"]) for row in full["places"]}

    assert {code: loaded[code] for code in listed} == listed
    assert loaded["371402003000"] == ("天衢街道", "371402000000")


def test_a_point_is_claimed_for_counties_and_the_city_only(full):
    with_point = {row["kind"] for row in full["places"] if row["lon"]}

    assert with_point == {"city", "district", "county", "county_city"}


def test_outlines_carry_code_and_name_and_nothing_else():
    found = json.loads((DATA / "counties.geojson").read_text(encoding="utf-8"))["features"]

    assert [set(feature["properties"]) for feature in found] == [{"code", "name"}] * 11
    assert [
        (feature["properties"]["code"], feature["properties"]["name"]) for feature in found
    ] == [
        (division.code, division.name) for division in divisions().values() if division.has_boundary
    ]


def test_villages_are_called_as_people_say(full):
    assert divisions()["371427002204"].name == "胡里长屯村委会"
    assert {row["name"] for row in full["units"] if row["place_code"] == "371427002204"} == {
        "胡里长屯村村民委员会",
        "胡里长屯村人民调解委员会",
    }
    assert [
        division.name
        for division in divisions().values()
        if division.level == "village" and not division.stem.endswith(("村", "社区"))
    ] == []


# --- units and duties --------------------------------------------------------------------------


def test_every_owner_that_a_class_of_matter_names_exists_in_the_city():
    bodies = {f"{body.kind}:{body.function}" for body in BODIES}
    named = {row["owner_kind"] for row in categories() if ":" in row["owner_kind"]}

    assert named - bodies == set()


def test_every_class_of_matter_has_a_duty_in_every_county_or_for_the_whole_city(full):
    found = {(row["category_code"], row["place_code"]) for row in full["duties"]}
    rows = categories()
    inner = {row["parent_code"] for row in rows}
    above = {row["code"]: row["parent_code"] for row in rows}
    counties = [row["code"] for row in full["places"] if row["parent_code"] == "371400000000"]

    def is_covered(code, place):
        while code:
            if {(code, place), (code, "371400000000")} & found:
                return True
            code = above[code]
        return False

    assert [
        (code, county)
        for code in owner_kinds(rows)
        if code not in inner
        for county in counties
        if not is_covered(code, county)
    ] == []


def test_what_the_zone_has_no_department_for_the_city_does(full):
    owners = {
        row["place_code"]: row["unit_code"]
        for row in full["duties"]
        if row["category_code"] == "070201"  # taxis: transport
    }

    assert ZONE not in owners
    assert owners["371400000000"] == "DP-371400-transport"
    assert owners[XIAJIN] == "DP-371427-transport"


def test_the_basis_of_a_duty_says_that_it_is_a_demonstration(either):
    assert [
        row for row in either["duties"] if not re.fullmatch(r"演示：权责清单第\d+项", row["basis"])
    ] == []


def test_departments_and_centres_name_head_leader_in_charge_and_liaison(either):
    kinds = {"department", "governance_centre", "hotline_centre", "petition_office"}

    assert [
        row["code"]
        for row in either["units"]
        if row["kind"] in kinds
        and row["level"] != "village"
        and not (row["head_name"] and row["leader_in_charge_name"] and row["liaison_name"])
    ] == []


def test_dedicated_grids_stand_for_the_schools_hospitals_and_enterprises(full):
    words = Counter(
        re.fullmatch(r"第\d+专属网格（(.+)）", row["name"])[1]
        for row in full["places"]
        if row["kind"] == "grid_dedicated"
    )

    assert words == {"校园": 147, "医院": 94, "企业": 120}
    assert sum(words.values()) == len(institutions())


# --- invented people ---------------------------------------------------------------------------


def test_every_number_is_one_that_cannot_be_anybodys(either):
    lines = {
        row[column]
        for row in either["units"]
        for column in row
        if column.endswith("phone") and row[column]
    }
    mobiles = {row[column] for row in either["people"] for column in ("phone", "public_phone")} - {
        ""
    }

    assert {line for line in lines if not re.fullmatch(r"0534-0\d{6}", line)} == set()
    assert {number for number in mobiles if not re.fullmatch(r"154\d{8}", number)} == set()


def test_no_unit_carries_a_credit_code(either):
    assert {row["uscc"] for row in either["units"]} == {""}


def test_enterprises_are_marked_as_invented(full):
    names = [row["name"] for row in full["units"] if row["kind"] == "enterprise"]

    assert [name for name in names if not name.endswith("（演示）")] == []


def test_a_name_depends_on_its_key_alone():
    assert [person(key) for key in ("a", "b", "a")] == [person("a"), person("b"), person("a")]
    assert person("371427002009001-F") == "张萱"
    assert office_line("GC-371427") == office_line("GC-371427")


@pytest.mark.parametrize(("block", "place"), [(10, 0), (-1, 0), (0, 10_000_000)])
def test_a_number_outside_the_blocks_is_refused(block, place):
    with pytest.raises(ValueError, match="There is no demo number"):
        mobile(block, place)


def test_more_than_there_are_cannot_be_chosen():
    assert chosen(["a", "b", "c"], 3, salt="x") == {"a", "b", "c"}
    assert len(chosen([str(n) for n in range(100)], 42, salt="x")) == 42
    with pytest.raises(ValueError, match="4 of 3 keys cannot be chosen"):
        chosen(["a", "b", "c"], 4, salt="x")


# --- logins ------------------------------------------------------------------------------------


def test_every_printed_login_has_its_post(either):
    posts = {row["ref"]: (row["login"], row["permission_set"]) for row in either["people"]}

    assert {line.ref: posts[line.ref] for line in PRINTED} == {
        line.ref: (line.username, line.role) for line in PRINTED
    }


def test_one_login_is_printed_for_each_permission_set():
    assert {line.role for line in PRINTED} == {
        "grid_worker",
        "village_clerk",
        "centre_clerk",
        "department_clerk",
        "hotline_agent",
        "petition_clerk",
        "mediator",
        "leader",
        "unit_admin",
        "city_admin",
        "auditor",
    }


def test_the_grid_worker_of_the_demo_works_in_beicheng(small):
    post = next(row for row in small["people"] if row["login"] == "grid")

    assert post["grid_code"].startswith(BEICHENG[:9])
    assert post["unit_code"] == "VC-371427002009"


def test_the_clerk_of_housing_is_posted_to_the_county_centre_as_well(small):
    posts = [
        (row["name"], row["unit_code"], row["permission_set"], row["is_default"])
        for row in small["people"]
        if row["login"] == "housing"
    ]

    name = posts[0][0]
    assert posts == [
        (name, "DP-371427-housing", "department_clerk", "yes"),
        (name, "GC-371427", "centre_clerk", ""),
    ]


# --- the small city ----------------------------------------------------------------------------


def test_the_small_city_is_a_part_of_the_full_one(full, small):
    def without_count(row):  # items are numbered within what is loaded
        return {column: row[column] for column in row if column not in ("basis", "item_no")}

    for table in ("places", "boundaries", "units", "duties", "people"):
        rows = {json.dumps(without_count(row), sort_keys=True) for row in full[table]}
        assert [
            row
            for row in small[table]
            if json.dumps(without_count(row), sort_keys=True) not in rows
        ] == []


def test_the_small_city_has_one_county_with_three_towns_a_neighbour_and_the_zone(small):
    towns = {
        (row["parent_code"], row["name"])
        for row in small["places"]
        if row["kind"] in ("town", "township", "subdistrict")
    }
    villages = Counter(
        row["parent_code"][:6] for row in small["places"] if row["kind"] in ("village", "community")
    )

    assert towns == {
        (XIAJIN, "银城街道"),
        (XIAJIN, "北城街道"),
        (XIAJIN, "苏留庄镇"),
        ("371428000000", "广运街道"),
        (ZONE, "长河街道"),
    }
    assert villages == {"371427": 8, "371428": 2, "371471": 2}


# --- the same every time -----------------------------------------------------------------------

DIGEST = """
import hashlib, json
from huiyin.ops.demo.tests.test_generator import generated
print(hashlib.sha256(json.dumps(generated("small"), ensure_ascii=False).encode()).hexdigest())
"""


def test_two_generations_are_equal_whatever_the_hash_seed(small):
    here = hashlib.sha256(json.dumps(small, ensure_ascii=False).encode()).hexdigest()

    there = subprocess.run(
        [sys.executable, "-c", DIGEST],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()

    assert there == here
