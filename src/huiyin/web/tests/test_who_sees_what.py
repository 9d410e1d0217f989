"""Every address that tells of matters, as everybody, about a matter of every sort; generated.

The rule stands here once more, as a lawyer would say it, and not as `matters.access` asks it.
"""

import json
import re
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from django.urls import reverse

from huiyin.categories import tree
from huiyin.gateway.api import api
from huiyin.matters import exporting, search
from huiyin.matters.models import Run
from huiyin.matters.refusals import ExportEmpty
from huiyin.matters.similar import similar
from huiyin.ui.identifiers import new_id
from huiyin.units.tests.factories import NOW
from huiyin.web.tests.access_table import Route, routes
from huiyin.web.tests.sights import (
    FIXED,
    HERE,
    READERS,
    THERE,
    City,
    Reader,
    Shown,
    the_plan,
)

pytestmark = pytest.mark.django_db

# --- the rule -----------------------------------------------------------------------------------

# Whose office looks after which procedures, and where. Beyond that a unit sees what it has or had.
LOOKS_AFTER = {
    "grid_worker": ({"grid"}, {HERE}),
    "village_clerk": ({"grid"}, {HERE}),
    "centre_clerk": ({"grid", "orders", "hotline"}, {HERE}),  # supervises them
    "hotline_agent": ({"hotline"}, {HERE}),
    "petition_clerk": ({"petition"}, {HERE}),
    "mediator": ({"mediation"}, {HERE}),
    "city_admin": ({"grid", "orders"}, {HERE, THERE}),
}
BELOW = {"county bureau": {"bureau"}, "city centre": {"county centre"}}


def is_accused(reader: Reader, shown: Shown) -> bool:
    """Whether a matter complains of somebody's unit, or of one it stands below."""
    return any(reader.unit in {one, *BELOW.get(one, ())} for one in shown.accused)


def is_offered(shown: Shown) -> bool:
    """Whether anybody who reports the same may know that there is such a matter."""
    return shown.main not in ("petition", "mediation") and not shown.accused


def sees(reader: Reader, shown: Shown, *, is_run: bool = False) -> bool:
    """Whether somebody sees a matter, or the run of it that is meant: the whole rule."""
    if reader.name == "reporter":
        return not (is_run and shown.inside)
    if reader.name == "other side":
        return shown.main == "mediation"  # other procedures know no sides
    if not reader.unit:
        return False
    if is_accused(reader, shown):
        return False
    procedures, places = LOOKS_AFTER.get(reader.name, ((), ()))
    return reader.unit in shown.part or (shown.main in procedures and shown.place in places)


# --- the addresses ------------------------------------------------------------------------------

FILE = Path(__file__).with_name("who_sees_what.yaml")
KINDS = ("no matter", "one", "change", "offered", "many")
ROUTES = {route.name: route for route in routes()}
METHODS = {
    f"api:{operation.view_func.__name__}": operation.methods[0]
    for router in api._get_bound_routers()
    for view in router.path_operations.values()
    for operation in view.operations
    if operation.include_in_schema
}


@dataclass(frozen=True)
class Line:
    """An address and how it is tried."""

    kind: str
    ask: dict[str, str] = field(default_factory=dict)
    send: dict[str, Any] = field(default_factory=dict)
    only: str = ""  # staff, or sender: for people there is nothing else of it
    also: tuple[str, ...] = ()  # sets for which there is whatever does not accuse their unit

    def names_a_run(self, route: Route) -> bool:
        """Whether what is asked for is a run, and not its matter."""
        return "run_id" in route.parts or "{run_id}" in str(self.send)


def table() -> dict[str, Line]:
    """Read the lines; `name:*` stands for every address of a capability."""
    found = {}
    for name, said in yaml.safe_load(FILE.read_text(encoding="utf-8")).items():
        line = Line(said) if isinstance(said, str) else Line(**said)
        space = name.removesuffix("*")
        names = [one for one in ROUTES if one.startswith(space)] if space != name else [name]
        found |= dict.fromkeys(names, line)
    return found


TABLE = table()
OF_ONE = [name for name, line in TABLE.items() if line.kind in ("one", "change", "offered")]
OF_MANY = [name for name, line in TABLE.items() if line.kind == "many"]


def test_every_address_says_how_it_tells_of_matters():
    missing = sorted(ROUTES.keys() - TABLE.keys())
    unknown = sorted(TABLE.keys() - ROUTES.keys())
    odd = sorted(name for name, line in TABLE.items() if line.kind not in KINDS)

    assert missing == [], f"give each a line in {FILE.name}: one of {', '.join(KINDS)}"
    assert (unknown, odd) == ([], [])


def test_every_operation_of_the_api_is_an_address():
    assert METHODS.keys() <= ROUTES.keys()


# --- asking -------------------------------------------------------------------------------------

# The proof that a form is ours, and the reference of a page that says no.
_NEW_EVERY_TIME = re.compile(r"\b[A-Za-z0-9]{64}\b|\b[0-9A-Z]{3} [0-9A-Z]{3}\b")


@dataclass(frozen=True)
class Answer:
    """What came back: the same twice for what is the same."""

    status: int
    text: str


def filled(value: Any, ids: dict[str, str]) -> Any:
    """Put the ids of a matter into what is sent."""
    if isinstance(value, dict):
        return {name: filled(one, ids) for name, one in value.items()}
    if isinstance(value, list):
        return [filled(one, ids) for one in value]
    return (
        re.sub(r"\{(\w+)\}", lambda name: ids[name[1]], value) if isinstance(value, str) else value
    )


def ask(reader: Reader, name: str, ids: dict[str, str]) -> Answer:
    """Ask for an address as somebody, about one matter; what that writes is undone."""
    route, line = ROUTES[name], TABLE[name]
    unknown = [part for part in route.parts if part not in ids]
    assert not unknown, f"{name}: say in sights.City what stands for {unknown}"
    address = reverse(name, kwargs={part: ids[part] for part in route.parts})
    method = METHODS.get(name, "POST" if line.kind in ("change", "offered") else "GET")
    with transaction.atomic():
        if method == "GET":
            response = reader.client.get(address, filled(line.ask, ids))
        else:
            body = json.dumps(filled(line.send, ids))
            response = reader.client.generic(method, address, body, "application/json")
        text = b"".join(response).decode(errors="replace")
        transaction.set_rollback(True)
    for part, value in ids.items():  # what somebody sends may come back to them
        if part not in FIXED:
            text = text.replace(value, f"<{part}>")
    return Answer(response.status_code, _NEW_EVERY_TIME.sub("", text))


def exported(reader: Reader) -> list[str]:
    """The numbers in an export of every run there is."""
    claim = new_id()
    with transaction.atomic():
        try:
            export = exporting.order_export(
                Run.objects.order_by("pk"), format="csv", purpose="核对", by=reader.actor, at=NOW
            )
        except ExportEmpty:
            return []
        exporting.claim(export.pk, claim=claim, at=NOW)
        while exporting.write_part(export.pk, claim=claim, at=NOW):
            pass
        path = exporting.open_export(export.pk, by=reader.actor, at=NOW).path
        rows = path.read_text(encoding="utf-8-sig").splitlines()[1:]
        transaction.set_rollback(True)
    return rows


def of_the_caller(reader: Reader) -> list[Any]:
    """The other matters of a caller."""
    with transaction.atomic():
        found = search.by_phone(
            "15400000001", by=reader.actor, purpose="回访", at=NOW, limit=100
        ).matters
        transaction.set_rollback(True)
    return [matter.number for matter in found]


def answers(reader: Reader, city: City) -> dict[str, Any]:
    """Everything that lists, finds or counts, as somebody gets it."""
    found: dict[str, Any] = {name: ask(reader, name, city.nothing) for name in OF_MANY}
    if reader.unit:
        found |= {"exported": exported(reader), "of the caller": of_the_caller(reader)}
    return found


# --- the city -----------------------------------------------------------------------------------


@dataclass
class World:
    """The city, and how far each who looked saw something move while it came about."""

    city: City
    last: dict[str, dict[str, Any]] = field(default_factory=dict)  # reader: all answers at the end
    moved: list[str] = field(default_factory=list)  # by what somebody does not see
    moving: dict[str, set[str]] = field(default_factory=dict)  # reader: what moved by what they see


def came_about(city: City) -> World:
    """Make the matters, one after the other, and look whenever somebody begins or ends to see."""
    world, since = World(city), {}
    for planned in (*the_plan(), None):
        for name, reader in city.readers.items():
            is_seen = planned and sees(reader, planned)
            began = since.get(name)
            if began and planned and began[0] == is_seen:
                continue
            now = answers(reader, city)
            if began:
                was_seen, before, first = began
                changed = {way for way in now if now[way] != before[way]}
                if was_seen:
                    world.moving.setdefault(name, set()).update(changed)
                else:
                    world.moved += [f"{way} of {name}, since {first}" for way in sorted(changed)]
            since[name] = (is_seen, now, planned)
            world.last[name] = now
        if planned:
            city.make(planned)
    return world


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The city, made once for this module; nothing of it stays."""
    tree.forget()
    with django_db_blocker.unblock(), transaction.atomic():
        unlimited = replace(settings.HUIYIN, rate_per_minute=1_000_000)
        with override_settings(HUIYIN=unlimited):
            yield came_about(City())
        transaction.set_rollback(True)
    tree.forget()


# --- one matter ---------------------------------------------------------------------------------


def expected(reader: Reader, shown: Shown, name: str) -> bool:
    """Whether there is something for somebody at an address, about this matter."""
    route, line = ROUTES[name], TABLE[name]
    if set(shown.gone) & set(route.parts):
        return False
    if line.kind == "offered":
        return is_offered(shown)
    if line.only and not reader.unit and (line.only, reader.name) != ("sender", "reporter"):
        return False
    if reader.name in line.also and not is_accused(reader, shown):
        return True
    return sees(reader, shown, is_run=line.names_a_run(route))


def missing_to(reader: Reader, name: str) -> int:
    """The answer about what is not there: visitors sign in first, and people are no staff."""
    if reader.name == "visitor":
        return HTTPStatus.UNAUTHORIZED if name.startswith("api:") else HTTPStatus.SEE_OTHER
    is_refused = TABLE[name].only == "staff" and not reader.unit
    return HTTPStatus.FORBIDDEN if is_refused else HTTPStatus.NOT_FOUND


def hidden_from(reader: Reader, city: City) -> re.Pattern[str]:
    """Everything by which somebody would know of a matter that they do not see."""
    secrets = []
    for shown in city.shown:
        if not sees(reader, shown):
            secrets += [shown.mark, *(shown.ids[name] for name in shown.ids if name not in FIXED)]
        elif not sees(reader, shown, is_run=True):
            secrets.append(shown.ids["run_id"])
    return re.compile("|".join(map(re.escape, secrets)) or "(?!)")


def asked_about(reader: Reader, city: City, name: str) -> list[Shown]:
    """What to ask for: at the first address one matter of each situation and procedure, seen or
    not; at the others one of another place, confidential, accusing, one's own and another's."""
    found = {}
    for shown in city.shown:
        kind = (shown.situation, shown.main, shown.place)
        if name != OF_ONE[0]:
            kind = (shown.place, shown.main == "petition", bool(shown.accused), bool(shown.gone))
        found.setdefault((kind, expected(reader, shown, name)), shown)
    return list(found.values())


@pytest.mark.parametrize("name", OF_ONE)
def test_whoever_does_not_see_a_matter_gets_the_answer_of_one_that_is_not_there(world, name):
    wrong = []
    for reader in world.city.readers.values():
        nothing = ask(reader, name, world.city.nothing)
        secrets = hidden_from(reader, world.city)
        refused = nothing.status in (
            HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.SEE_OTHER,
        )  # fmt: skip
        if TABLE[name].kind == "one" and nothing.status != missing_to(reader, name):
            wrong.append(f"{reader.name}: {nothing.status} for what is not there")
        for shown in asked_about(reader, world.city, name):
            got = ask(reader, name, shown.ids)
            is_there = got != nothing
            if is_there != (expected(reader, shown, name) and not refused):
                wrong.append(f"{reader.name}: {shown}: {got.status} {got.text[:80]}")
            elif is_there and TABLE[name].kind == "one" and got.status != HTTPStatus.OK:
                wrong.append(f"{reader.name}: {shown}: {got.status}, and it is seen")
            told = got.text.replace(shown.goes_on, "") if shown.goes_on else got.text
            if leaked := secrets.search(told):
                wrong.append(f"{reader.name}: {shown}: tells {leaked[0]}")

    assert wrong == []


def test_what_is_said_to_tell_of_no_matter_names_none(world):
    known = re.compile("|".join(f"{one.mark}|{one.ids['number']}" for one in world.city.shown))
    reader = world.city.readers["leader"]
    quiet = [
        name
        for name, line in TABLE.items()
        if line.kind == "no matter" and not ROUTES[name].parts and METHODS.get(name, "GET") == "GET"
    ]

    assert len(quiet) > 20
    assert [name for name in quiet if known.search(ask(reader, name, {}).text)] == []


# --- lists and counts ---------------------------------------------------------------------------


def test_a_matter_that_is_not_seen_moves_no_list_and_no_count(world):
    assert world.moved == []


def test_lists_hold_nothing_of_a_matter_that_is_not_seen(world):
    told = [
        f"{name} of {reader.name}: {leaked[0]}"
        for reader in world.city.readers.values()
        for name, answer in world.last[reader.name].items()
        if (leaked := hidden_from(reader, world.city).search(str(answer)))
    ]

    assert told == []


def test_a_matter_that_is_seen_moves_every_list_of_somebody(world):
    never = set(world.last["leader"]).difference(*world.moving.values())

    assert never == set()
    assert {"visitor", "stranger"}.isdisjoint(world.moving)
    assert set(READERS) - {"visitor", "stranger"} == world.moving.keys()


def test_what_is_offered_as_reported_already_is_neither_confidential_nor_accuses_anybody(world):
    found = similar(place=world.city.record.place, text="路灯不亮", at=NOW, most=200)

    closed = ("merged into another's", "redacted")  # it goes on elsewhere; its words are gone
    offered = {
        shown.ids["matter_id"]
        for shown in world.city.shown
        if is_offered(shown) and shown.place == HERE and shown.situation not in closed
    }
    assert {str(one.matter_id) for one in found} == offered
