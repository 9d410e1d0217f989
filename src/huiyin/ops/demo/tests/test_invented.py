"""What is invented in the demo city: units, duties, people, logins; the same every time."""

import hashlib
import json
import os
import re
import subprocess
import sys
from collections import Counter

import pytest

from huiyin.ops.demo.departments import BODIES
from huiyin.ops.demo.divisions import ZONE
from huiyin.ops.demo.duties import owner_kinds
from huiyin.ops.demo.institutions import institutions
from huiyin.ops.demo.logins import PRINTED
from huiyin.ops.demo.names import chosen, mobile, office_line, person
from huiyin.ops.demo.scope import BEICHENG, XIAJIN
from huiyin.ops.demo.tests.generated import categories

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
from huiyin.ops.demo.tests.generated import generated
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
