"""The demo city before it is loaded: its numbers, its references, its places."""

import csv
import json
from collections import Counter

from huiyin.ops.demo.divisions import DATA, ZONE, divisions
from huiyin.ops.demo.tests.generated import categories

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
