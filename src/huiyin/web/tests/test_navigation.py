"""The rail of the desk: what this post may open, and where one is."""

import pytest

from huiyin.units.models import UnitKind
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_city, a_post, a_resident, a_unit, an_account

pytestmark = pytest.mark.django_db


def rail_of(permission_set, path="/desk"):
    account = an_account("somebody")
    unit = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, a_city()["夏津县"], "综治中心")
    a_post(account, unit, permission_set)
    return client_of(session_of(account)).get(path).context["nav"]


def test_a_clerk_finds_the_directory_and_the_limits_and_nobodys_accounts():
    assert [door.route for door in rail_of("centre_clerk")] == [
        "web:desk",
        "web:inbox",
        "web:command",
        "web:take_in",
        "web:knowledge",
        "web:find_matter",
        "web:responsible",
        "web:directory",
        "web:units",
        "web:categories",
        "web:terms",
    ]


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

    assert answer.context["nav"] == []
    assert answer.context["layout"] == "ui/resident.html"
