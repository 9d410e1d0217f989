"""What each kind of staff finds on their desk; the cost does not grow with the city."""

from datetime import timedelta

import pytest

from huiyin.people.models import GridRole, PermissionSet
from huiyin.people.permission_sets import built_in
from huiyin.places.models import PlaceKind
from huiyin.units.models import RosterEntry, UnitKind
from huiyin.web.desks import desk_of, field, office, oversight
from huiyin.web.tests.factories import (
    NOW,
    a_category,
    a_city,
    a_duty,
    a_mediator,
    a_place,
    a_post,
    a_unit,
    a_worker,
    an_account,
    an_actor,
)

pytestmark = pytest.mark.django_db

# How many queries each desk makes, whatever stands on it.
COSTS = {
    "grid_worker": 4,
    "village_clerk": 6,
    "centre_clerk": 8,
    "department_clerk": 6,
    "unit_admin": 5,
    "hotline_agent": 3,
    "petition_clerk": 4,
    "mediator": 6,
    "leader": 12,
    "city_admin": 16,  # half of them the checks of the floor above
    "auditor": 3,
}


def a_worked_place(places, *, rows):
    """Fill the village of 杨庄, its town and its county with `rows` of everything."""
    county, town, village = places["夏津县"], places["北城街道"], places["杨庄村委会"]
    units = {}
    for number in range(rows):
        grid = a_place(
            f"37142700220110{number}", f"第{number + 3}网格", PlaceKind.GRID_BASIC, under=village
        )
        a_worker(f"f{number}", grid, GridRole.PART_TIME)
        centre = a_unit(f"GC-{number}", UnitKind.GOVERNANCE_CENTRE, county, f"综治中心{number}")
        bureau = a_unit(
            f"DP-{number}", UnitKind.DEPARTMENT, county, f"城管局{number}", superior_id=centre.id
        )
        category = a_category(f"0{number + 1}", f"类别{number}")
        committee = a_unit(
            f"MC-{number}",
            UnitKind.MEDIATION_COMMITTEE,
            town,
            f"调委会{number}",
            committee_kind="town",
        )
        a_unit(
            f"SR-{number}",
            UnitKind.STATIONED_ROOM,
            town,
            f"驻所调解室{number}",
            superior_id=committee.id,
        )
        a_unit(f"PO-{number}", UnitKind.PETITION_OFFICE, county, f"信访局{number}")
        a_mediator(f"m{number}", committee)
        for unit in (centre, committee):
            RosterEntry.objects.create(
                unit=unit, name="孟庆林", starts_at=NOW, ends_at=NOW + timedelta(hours=8)
            )
        units |= {f"centre{number}": centre, f"bureau{number}": bureau}
        a_duty(units["bureau0"], category, county)
        units |= {f"committee{number}": committee}
    return units


def somebody_of(permission_set, places, units):
    """An actor whose desk shows what was put there."""
    village = a_unit("VC-1", UnitKind.VILLAGE_COMMITTEE, places["杨庄村委会"], "杨庄村委会")
    unit = {
        "grid_worker": village,
        "village_clerk": village,
        "mediator": units["committee0"],
        "department_clerk": units["bureau0"],
        "unit_admin": units["bureau0"],
    }.get(permission_set, units["centre0"])
    actor = an_actor(unit, permission_set)
    if permission_set == "grid_worker":
        a_worker(
            "me", places["第2网格"], GridRole.FULL_TIME, account_id=actor.account_id, name="我"
        )
    return actor


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("permission_set", sorted(COSTS))
def test_a_desk_costs_the_same_however_much_is_on_it(
    permission_set, rows, django_assert_num_queries
):
    places = a_city()
    actor = somebody_of(permission_set, places, a_worked_place(places, rows=rows))

    with django_assert_num_queries(COSTS[permission_set]):
        desk_of(actor, at=NOW)


def test_every_permission_set_has_a_desk_of_its_own():
    assert {row["code"] for row in built_in()} == set(COSTS)


def test_a_set_the_city_added_itself_gets_the_desk_of_its_unit():
    places = a_city()
    PermissionSet.objects.create(code="guide", name_zh="导办员", name_en="Guide")
    actor = an_actor(a_unit("DP-1", UnitKind.DEPARTMENT, places["夏津县"], "审批局"), "guide")

    assert desk_of(actor, at=NOW).template == "web/desk/department_clerk.html"


def test_a_grid_worker_sees_the_own_grid_with_those_who_work_there():
    places = a_city()
    village = a_unit("VC-1", UnitKind.VILLAGE_COMMITTEE, places["杨庄村委会"], "杨庄村委会")
    town = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places["北城街道"], "北城综治中心")
    a_unit("GC-2", UnitKind.GOVERNANCE_CENTRE, places["银城街道"], "银城综治中心")
    actor = an_actor(village, "grid_worker")
    grid = places["第一网格"]
    helper = a_worker("w1", grid, GridRole.PART_TIME)
    me = a_worker("w2", grid, GridRole.FULL_TIME, account_id=actor.account_id)
    a_worker("w3", places["第2网格"], GridRole.FULL_TIME)

    desk = field.grid_worker(actor, NOW)

    assert desk == {
        "grids": [field.Grid(grid, (me, helper))],
        "households": 300,
        "contacts": [village, town],
        "duty": [],
    }
    assert desk["grids"][0].vacant == (GridRole.LEADER,)


def test_a_village_clerk_sees_which_posts_are_empty():
    places = a_city()
    village = a_unit("VC-1", UnitKind.VILLAGE_COMMITTEE, places["杨庄村委会"], "杨庄村委会")
    a_worker("w1", places["第一网格"], GridRole.LEADER)
    a_worker("w2", places["第一网格"], GridRole.FULL_TIME)
    a_worker("w3", places["第2网格"], GridRole.LEADER)

    desk = field.village_clerk(an_actor(village, "village_clerk"), NOW)

    assert desk["vacancies"] == [(places["第2网格"], GridRole.FULL_TIME)]


def test_somebody_with_several_posts_sees_the_others():
    places = a_city()
    bureau = a_unit("DP-1", UnitKind.DEPARTMENT, places["夏津县"], "住建局")
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places["夏津县"], "综治中心")
    actor = an_actor(bureau, "department_clerk")
    other = a_post(an_account("other"), bureau, "department_clerk", ref="o")
    second = a_post(other.account.__class__.objects.get(username="han"), centre, "centre_clerk")

    assert office.department_clerk(actor, NOW)["posts"] == [second]


def test_a_leader_sees_gaps_with_their_denominator():
    places = a_city()
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places["夏津县"], "综治中心")
    a_worker("w1", places["第一网格"], GridRole.FULL_TIME)

    desk = oversight.leader(an_actor(centre, "leader"), NOW)

    assert (desk["gap_count"], desk["figures"].grids) == (1, 2)
    assert desk["gaps"] == [places["第2网格"]]


def test_who_is_on_duty_is_who_is_there_at_that_instant():
    places = a_city()
    centre = a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, places["夏津县"], "综治中心")
    shifts = [
        RosterEntry.objects.create(
            unit=centre,
            name=name,
            starts_at=NOW + timedelta(hours=begin),
            ends_at=NOW + timedelta(hours=begin + 8),
        )
        for name, begin in (("前一班", -8), ("这一班", 0), ("后一班", 8))
    ]

    assert office.centre_clerk(an_actor(centre, "centre_clerk"), NOW)["duty"] == [shifts[1]]
