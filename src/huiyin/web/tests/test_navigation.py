"""The rail of the desk: what this post may open, and where one is."""

import re

import pytest

from huiyin.units.models import UnitKind
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_city, a_post, a_resident, a_unit, an_account

pytestmark = pytest.mark.django_db


def rail_of(permission_set, path="/desk", kind=UnitKind.GOVERNANCE_CENTRE):
    account = an_account("somebody")
    unit = a_unit("GC-1", kind, a_city()["夏津县"], "综治中心")
    a_post(account, unit, permission_set)
    return client_of(session_of(account)).get(path).context["nav"]


def test_a_clerk_finds_the_directory_and_the_limits_and_nobodys_accounts():
    doors = rail_of("centre_clerk")

    assert [door.route for door in doors if not door.is_folded] == [
        "web:desk",
        "web:inbox",
        "web:board",
        "web:callbacks",
        "web:command",
        "web:take_in",
        "web:knowledge",
        "web:whistles",
        "web:supervised",
        "web:rosters",
    ]
    assert [door.route for door in doors if door.is_folded] == [
        "web:find_matter",
        "web:responsible",
        "web:directory",
        "web:units",
        "web:categories",
        "web:terms",
    ]


@pytest.mark.parametrize("permission_set", ["centre_clerk", "unit_admin", "city_admin"])
def test_what_waits_is_never_folded_away_and_each_group_is_headed_once(permission_set):
    folded = [door for door in rail_of(permission_set) if door.is_folded]

    assert not any(door.counts for door in folded)
    assert len([door for door in folded if door.head]) == len({door.group for door in folded})


def test_every_badge_of_the_rail_comes_in_one_answer():
    account = an_account("somebody")
    unit = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, a_city()["夏津县"], "综治中心")
    a_post(account, unit, "centre_clerk")
    client = client_of(session_of(account))
    asked = {door.counts for door in client.get("/desk").context["nav"] if door.counts}

    answer = client.get("/desk/waiting").content.decode()

    assert set(re.findall(r"waits-([a-z]+)", answer)) == asked
    assert len(asked) == 5


def test_a_unit_that_handles_matters_has_no_door_to_dispatch_and_call_back():
    bureau = {door.route for door in rail_of("department_clerk", kind=UnitKind.DEPARTMENT)}

    assert "web:inbox" in bureau
    assert not {"web:board", "web:callbacks"} & bureau


def test_who_looks_after_people_finds_them_and_the_log():
    assert {"people:staff_list", "web:access_log"} <= {door.route for door in rail_of("unit_admin")}


@pytest.mark.parametrize(
    ("path", "here"),
    [
        ("/desk", "web:desk"),
        ("/places/371427000000/", "web:directory"),
        ("/units/", "web:units"),
        ("/desk/terms", "web:terms"),
    ],
)
def test_the_rail_says_where_one_is(path, here):
    assert [door.route for door in rail_of("centre_clerk", path) if door.current] == [here]


def test_a_resident_sees_the_directory_without_a_rail():
    answer = client_of(session_of(a_resident())).get("/units/")

    assert answer.context["nav"] == ()
    assert answer.context["layout"] == "ui/resident.html"
