"""What the API shows of a matter, to everybody, of every kind of matter; generated."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.gateway.models import ApiToken
from huiyin.gateway.tests.callers import Caller, a_city, a_token, clerk, report, resident, stranger
from huiyin.people.permission_sets import built_in
from huiyin.units.tests.factories import COUNTY

pytestmark = pytest.mark.django_db

SETS = tuple(row["code"] for row in built_in())
KINDS = ("own", "other unit's", "other place's", "confidential", "accusing the unit")
WAYS = ("/matters/{number}", "/matters/{number}/timeline", "/runs/{run}/actions")


class World:
    """A bureau that has some matters and not others, and one of each kind."""

    def __init__(self):
        self.city = city = a_city()
        self.bureau = city.unit("department")
        self.matters = {
            "own": self.dispatched(self.bureau),
            "other unit's": self.dispatched(city.unit("department", "2")),
            "other place's": self.elsewhere(),
            "confidential": self.petition(),
            "accusing the unit": self.dispatched(city.unit("department", "2"), (self.bureau.pk,)),
        }
        self.callers = {code: clerk(self.bureau, code) for code in SETS}

    def dispatched(self, unit, accused=()):
        done = self.city.open("hotline", "accept_call", accused=accused)
        return self.city.act(done.run.pk, "dispatch", to_unit=str(unit.pk)).run

    def elsewhere(self):
        here = self.city.place
        self.city.place = type(here).objects.get(code=COUNTY)
        try:
            return self.city.open("hotline", "submit_online").run
        finally:
            self.city.place = here

    def petition(self):
        return self.city.open("petition").run


def seen(caller, run):
    """By which ways a matter is seen."""
    return [
        caller.get(way.format(number=run.matter.number, run=run.pk)).status_code for way in WAYS
    ]


def test_staff_see_what_their_unit_has_and_nothing_else_whatever_they_may_do():
    world = World()

    wrong = {
        (code, kind): found
        for code, caller in world.callers.items()
        for kind in KINDS
        if (found := seen(caller, world.matters[kind]))
        != [200 if kind == "own" else 404] * len(WAYS)
    }

    assert wrong == {}


def test_lists_hold_what_is_seen_and_no_more():
    world = World()

    for caller in world.callers.values():
        found = caller.get("/matters").json()["matters"]
        assert [one["number"] for one in found] == [world.matters["own"].matter.number]


def test_what_is_not_seen_cannot_be_acted_on_either():
    world = World()

    for kind in KINDS[1:]:
        run = world.matters[kind]
        refused = world.callers["department_clerk"].act(str(run.pk), "note", text="看看")
        assert (refused.status_code, refused.json()["code"]) == (404, "matters.not_found"), kind


def test_people_see_their_own_matter_and_nobody_elses():
    world = World()
    mine, others = resident(world.city), stranger(world.city)
    number = report(world.city, mine).json()["number"]

    assert mine.get(f"/matters/{number}").status_code == 200
    assert others.get(f"/matters/{number}").status_code == 404
    assert number not in [one["number"] for one in others.get("/matters").json()["matters"]]


def test_a_visitor_sees_no_matter_at_all():
    world = World()

    assert {tuple(seen(Caller(), run)) for run in world.matters.values()} == {(401, 401, 401)}


def test_an_expired_token_opens_nothing():
    caller = Caller(a_token(a_city().resident))
    now = timezone.now()
    ApiToken.objects.update(created_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))

    assert caller.get("/me").json()["code"] == "api.token_not_good"
