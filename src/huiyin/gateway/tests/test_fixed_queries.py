"""However much there is: the API asks the database as often for thirty as for one."""

import pytest

from huiyin.gateway.tests.callers import a_city, clerk, resident
from huiyin.matters.tests.loaded import an_order, queries

pytestmark = pytest.mark.django_db
MANY = 30


def answered(answer, name):
    assert answer.status_code == 200, answer.content
    return len(answer.json()[name])


def test_lists_take_as_many_queries_with_thirty_rows_as_with_one():
    city = a_city()
    lijuan = resident(city)
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    bureau = clerk(city.unit("department"))
    asked = {
        "matters": lambda: answered(agent.get("/matters", procedure="hotline"), "matters"),
        "words": lambda: answered(bureau.get("/matters", q="路灯"), "matters"),
        "own": lambda: answered(lijuan.get("/matters"), "matters"),
        "trays": lambda: answered(bureau.get("/inbox"), "trays"),
        "to sign": lambda: answered(bureau.get("/inbox/to_sign"), "runs"),
        "waiting": lambda: answered(agent.get("/inbox/to_do"), "runs"),
        "notices": lambda: answered(bureau.get("/notices"), "notices"),
    }

    rows, taken = [], []
    for more in (1, MANY - 1):
        for _ in range(more):
            run = city.open("hotline", "submit_online").run
            city.act(run.pk, "dispatch")
        rows.append({name: job() for name, job in asked.items()})
        taken.append({name: queries(job) for name, job in asked.items()})

    assert taken[0] == taken[1]
    lists = ("matters", "words", "own", "to sign")
    assert [rows[0][name] for name in lists] == [1] * len(lists)
    assert [rows[1][name] for name in lists] == [MANY] * len(lists)


@pytest.mark.parametrize("who", ["unit", "centre", "reporter"])
def test_a_matter_takes_as_many_queries_with_thirty_of_everything_as_with_one(who):
    city = a_city()
    caller = {
        "unit": lambda: clerk(city.unit("department")),
        "centre": lambda: clerk(city.unit("hotline_centre"), "hotline_agent"),
        "reporter": lambda: resident(city),
    }[who]()

    taken, runs = [], []
    for count in (1, MANY):
        run = an_order(city, count)
        number = run.matter.number
        asked = {
            "matter": lambda number=number: caller.get(f"/matters/{number}"),
            "timeline": lambda number=number: caller.get(f"/matters/{number}/timeline", limit=100),
            "actions": lambda run=run: caller.get(f"/runs/{run.pk}/actions"),
        }
        seen = {name: job().json() for name, job in asked.items()}
        runs.append(len(seen["matter"]["runs"]))
        assert seen["timeline"]["entries"]
        assert seen["actions"]["actions"]
        taken.append({name: queries(job) for name, job in asked.items()})

    assert taken[0] == taken[1]
    if who != "reporter":
        assert runs == [1 + 1, 1 + MANY]
