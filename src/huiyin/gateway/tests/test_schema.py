"""The schema is the one that is committed, and what runs does what it says, whatever is sent."""

import json
from itertools import cycle
from pathlib import Path
from uuid import UUID

import pytest
import requests
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from huiyin.gateway.api import api, schema_text
from huiyin.gateway.schema_changes import changes
from huiyin.gateway.tests.callers import Caller, a_city, clerk, report, resident
from huiyin.matters.tests.sample_files import PNG
from huiyin.people.permission_sets import built_in

DOCS = Path(__file__).parents[4] / "docs"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
REACHED = 0.6  # of the operations have to answer 2xx at least once


@pytest.fixture(scope="module")
def written():
    """The schema as it is written down: made once, it takes seconds."""
    return schema_text()


@pytest.fixture
def schema(written):
    return json.loads(written)


def test_the_committed_schema_is_the_one_that_is_served(client, db, schema, written):
    committed = (DOCS / "openapi.json").read_text(encoding="utf-8")

    changed = changes(json.loads(committed), schema)
    assert changed == [], "the schema changed; run `make reference` and read these lines again"
    assert committed == written, "old; run `make reference`"
    assert client.get("/api/v1/openapi.json").json() == json.loads(committed)


def test_a_change_of_the_schema_is_said_line_by_line(schema, written):
    old, new = schema, json.loads(written)
    del new["paths"]["/api/v1/me"]
    new["paths"]["/api/v1/figures"]["get"]["parameters"][0]["name"] = "what"
    new["components"]["schemas"]["MeOut"]["properties"]["name"]["description"] = "Who."
    new["components"]["schemas"]["RateIn"]["required"] = ["stars", "text"]

    assert changes(old, new) == [
        "- paths › /api/v1/figures › get › parameters › query measure",
        "+ paths › /api/v1/figures › get › parameters › query what",
        "- paths › /api/v1/me",
        "~ components › schemas › MeOut › properties › name › description: The name. → Who.",
        "+ components › schemas › RateIn › required › text",
    ]


def test_everything_in_the_schema_is_described(schema):
    missing = [
        f"{name}.{field}"
        for name, model in schema["components"]["schemas"].items()
        for field, rule in model.get("properties", {}).items()
        if not rule.get("description")
    ]
    missing += [
        f"{path} {method} {parameter['name']}"
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
        for parameter in operation["parameters"]
        if not (parameter.get("description") or parameter["schema"].get("description"))
    ]

    assert missing == []
    assert schema["openapi"] == "3.1.0"


def test_every_operation_has_a_name_a_summary_and_the_one_shape_of_errors(schema):
    shape = {"$ref": "#/components/schemas/Error"}

    for operations in schema["paths"].values():
        for operation in operations.values():
            assert operation["operationId"]
            assert operation["summary"]
            assert operation["description"]
            for code, answer in operation["responses"].items():
                if int(code) >= 400:
                    assert answer["content"]["application/json"]["schema"] == shape


class Seeds:
    """What there is to be asked for."""

    def __init__(self, url):
        self.city = city = a_city()
        mine = resident(city)
        self.report = report(city, mine).json()
        number = self.report["number"]
        seen = {"place": city.place.code, "text": "路灯坏了"}
        agent = clerk(city.unit("hotline_centre"), "hotline_agent")
        hook = agent.post("/webhooks", {"url": f"{url}/hook", "kinds": ["run.moved"]}).json()
        self.ids = {
            "run_id": self.report["run"]["id"],
            "number": self.report["number"],
            "webhook_id": hook["id"],
            "matter_id": mine.post("/similar", seen).json()["matters"][0]["id"],
            "contact_id": mine.get(f"/matters/{number}").json()["contacts"][0]["id"],
            "export_id": agent.post("/exports", {"purpose": "核对核对"}).json()["id"],
            "file_id": mine.send("灯.png", PNG).json()["id"],
            "action": "note",
            "name": "hotline",
        }
        self.codes = {
            "/api/v1/places/{code}": city.place.code,
            "/api/v1/categories/{code}": "01",
            "/api/v1/units/{code}": city.unit("department").code,
        }
        with transaction.atomic():  # a bureau has it, and its clerks see it
            city.act(UUID(self.ids["run_id"]), "dispatch")
        self.bodies = {
            "POST /api/v1/similar": seen,
            "POST /api/v1/similar/{matter_id}/join": {"person": {"phone": "15400000031"}},
            "POST /api/v1/exports": {"purpose": "月度核对"},
            "POST /api/v1/search/by-phone": {"phone": "15400000001", "purpose": "回访核实"},
            "POST /api/v1/matters/{number}/contacts/{contact_id}/reveal": {"purpose": "约时间上门"},
            "POST /api/v1/matters/{number}/holds": {"reason": "行政诉讼正在审理"},
            "POST /api/v1/runs/{run_id}/actions/{action}": {"form": {"text": "已联系物业。"}},
            "POST /api/v1/acts": {
                "runs": [self.ids["run_id"]], "action": "note", "form": {"text": "已联系。"}
            },
            "POST /api/v1/notices/read": {"ids": []},
        }  # fmt: skip
        units = [row["code"] for row in built_in() if row["code"] != "hotline_agent"]
        self.callers = [
            Caller(), mine, agent, *(clerk(city.unit("department"), code) for code in units)
        ]  # fmt: skip

    def put_into(self, case):
        """Have a case ask for what there is."""
        for name in case.path_parameters or {}:
            seed = self.codes.get(case.path) if name == "code" else self.ids.get(name)
            if seed:
                case.path_parameters[name] = seed
        if body := self.bodies.get(case.operation.label):
            case.body = body
        if case.path == "/api/v1/responsible":
            case.query = {"place": self.city.place.code, "category": "01"}


def asking(operation, seeds, url, session, *, examples):
    """Return what asks an operation many times, everybody in turn, and tells who was let in."""
    let_in, turns = set(), cycle(seeds.callers)

    @settings(
        max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck),
        database=None, phases=(Phase.generate,),  # whose turn it is does not come again
    )  # fmt: skip
    @given(
        case=operation.as_strategy(),
        is_seeded=st.sampled_from([True, True, False]),
    )
    def answers_as_it_says(case, is_seeded):
        caller = next(turns)
        if is_seeded:
            seeds.put_into(case)
        response = case.call(base_url=url, session=session, headers=dict(caller.headers))
        case.validate_response(response, checks=CHECKS)
        if response.status_code < 300:
            let_in.add(caller)

    def ask():
        answers_as_it_says()
        return let_in

    return ask


@pytest.mark.django_db(transaction=True)
def test_whatever_is_sent_by_whomever_the_answer_is_as_the_schema_says(
    live_server, configured, written
):
    configured(rate_per_minute=1_000_000)
    seeds = Seeds(live_server.url)
    schema = schemathesis.openapi.from_dict(json.loads(written))
    examples = max(len(seeds.callers), settings().max_examples // 4)
    reached, tried, let_in = set(), set(), set()
    session = requests.Session()

    for result in schema.get_all_operations():
        operation = result.ok()
        tried.add(operation.label)
        ask = asking(operation, seeds, live_server.url, session, examples=examples)
        if found := ask():
            reached.add(operation.label)
            let_in |= found

    assert len(tried) == sum(
        len(operation.methods)
        for router in api._get_bound_routers()
        for view in router.path_operations.values()
        for operation in view.operations
        if operation.include_in_schema
    )
    assert len(reached) >= REACHED * len(tried), sorted(tried - reached)
    assert let_in == set(seeds.callers)
