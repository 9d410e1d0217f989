"""Every address of the installation, as everybody, with records of one's own and of others."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from huiyin.people.models import Account
from huiyin.units.models import UnitKind
from huiyin.web.tests import factories
from huiyin.web.tests.access_table import (
    PEOPLE,
    RECORDS,
    RESIDENT,
    Line,
    Route,
    address,
    client_of,
    outcome,
    routes,
    session_of,
    table,
)
from huiyin.web.tests.pages import a_number_of_nobody

ROUTES = {route.name: route for route in routes()}
TABLE = table()


def test_every_route_is_in_the_table_and_every_line_has_its_route():
    assert sorted(ROUTES) == sorted(TABLE)


def test_every_line_speaks_of_people_there_are():
    known = {*PEOPLE, "all"}

    assert {name: set(line.outcomes) - known for name, line in TABLE.items()} == {
        name: set() for name in TABLE
    }


def test_every_view_of_ours_carries_the_mark_of_who_may_open_it():
    ours = {
        name: getattr(route.view, "access", None)
        for name, route in ROUTES.items()
        if name.startswith(("web:", "people:", "notices:", "matters:", "admin:"))
    }

    assert [name for name, mark in ours.items() if not mark] == []


class World:
    """Everybody works in one bureau; beside it another bureau, and one in the next county."""

    def __init__(self) -> None:
        factories.a_term("pet.handle")
        places = factories.a_city()
        here, there = places["夏津县"], places["乐陵市"]
        self.own = factories.a_unit("DP-1", UnitKind.DEPARTMENT, here, "夏津县住建局")
        self.beside = factories.a_unit("DP-2", UnitKind.DEPARTMENT, here, "夏津县教育局")
        self.far = factories.a_unit("DP-3", UnitKind.DEPARTMENT, there, "乐陵市住建局")
        self.accounts: dict[str, Account] = {RESIDENT: factories.a_resident()}
        for code in PEOPLE[2:]:
            self.accounts[code] = factories.an_account(code)
            factories.a_post(self.accounts[code], self.own, code)
        self.sessions = {who: session_of(account) for who, account in self.accounts.items()}
        self.records = {
            "own": self._record(self.own, here.code, "own"),
            "other unit": self._record(self.beside, here.code, "beside"),
            "other place": self._record(self.far, there.code, "far"),
        }

    def _record(self, unit: Any, place_code: str, username: str) -> dict[str, dict[str, Any]]:
        colleague = factories.an_account(f"colleague-{username}")
        post = factories.a_post(colleague, unit, "department_clerk")
        acting = factories.an_acting(post, factories.an_account(f"deputy-{username}"))
        return {
            "": {},
            "place": {"code": place_code},
            "unit": {"pk": unit.pk},
            "term": {"key": "pet.handle"},
            "unit change": {"pk": unit.pk, "what": "rename"},
            "duty": {"duty_id": 1},
            "undelivered": {"kind": "job"},
            "channel": {"channel": "sms"},
            "register app": {"app_label": "categories"},
            "register row": {"object_id": "00000000-0000-0000-0000-000000000007"},
            "person": {"pk": colleague.pk, "post_pk": post.pk, "acting_pk": acting.pk},
            "post": {"post_pk": post.pk},
            "acting": {"pk": acting.pk},
            "notice": {"pk": factories.a_notice(unit).pk},
            "token": {"token": "x" * 43},
            "category": {"code": "99"},
            "door": {"door": "report"},
            "number": {"number": a_number_of_nobody(), "action": "note"},
            "no file": {"pk": UUID(int=7)},
            "unit code": {"code": unit.code},
            "procedure": {"name": "hotline"},
            "tray": {"which": "to_do"},
            "figure": {"which": "overdue"},
            "unit_figure": {"pk": unit.pk, "which": "all_ended"},
            "day": {"day": "2030-01-05"},
            "shift": {"shift_id": factories.a_shift(unit).pk},
            "swap": {"swap_id": 0},
            "opening": {"name": "hotline.accept_call"},
            "table": {"name": "parts"},
            "screen": {"pk": UUID(int=7), "secret": "x" * 32},
            "no matter": {
                "number": "3714261100000000",
                "run_id": acting.pk,
                "action": "note",
                "contact_id": acting.pk,
                "file_id": acting.pk,
                "pk": acting.pk,
                "act": "ask",
            },
            "webhook": {"webhook_id": acting.pk},
            "no record": {
                "number": "3714261100000000",
                **dict.fromkeys(
                    ("file_id", "matter_id", "export_id", "contact_id", "hold_id", "entry_id"),
                    acting.pk,
                ),
            },
            "language": {"language": "en"},
            "trouble": {"name": "404"},
        }


def _kinds_of(world: World, line: Line) -> list[str]:
    """Return the kinds of record that make a difference: some are the same for everybody."""
    own = world.records["own"][line.record]
    return [kind for kind in RECORDS if kind == "own" or world.records[kind][line.record] != own]


def tried(world: World, route: Route, line: Line) -> dict[str, str]:
    """What became of asking for a route, as everybody, with every kind of record."""
    found = {}
    for who in PEOPLE:
        for record in _kinds_of(world, line):
            client = client_of(world.sessions.get(who))
            asked = address(route, world.records[record][line.record])
            with transaction.atomic():
                response = client.get(asked)
                if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
                    response = client.post(asked)
                transaction.set_rollback(True)
            found[f"{who}, {record}"] = outcome(response)
    return found


def expected(world: World, line: Line) -> dict[str, str]:
    """What the table says about it."""
    return {
        f"{who}, {record}": line.expected(who, record)
        for who in PEOPLE
        for record in _kinds_of(world, line)
    }


@pytest.mark.django_db
@pytest.mark.parametrize("space", sorted({name.partition(":")[0] for name in ROUTES}))
def test_everybody_gets_what_the_table_says(space):
    world = World()
    ours = [name for name in ROUTES if name.startswith(f"{space}:") and name in TABLE]

    wrong = [
        f"{name}: {who} got {got}, the table says {expected(world, TABLE[name])[who]}"
        for name in ours
        for who, got in tried(world, ROUTES[name], TABLE[name]).items()
        if got != expected(world, TABLE[name])[who]
    ]

    assert wrong == []
