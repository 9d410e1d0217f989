"""Through the API: danger is answered with the number to call first, and where it should go."""

import pytest

from huiyin.dispatch.tests.factories import a_duty
from huiyin.gateway.tests.callers import a_city, clerk, report, resident
from huiyin.matters.models import Matter

pytestmark = pytest.mark.django_db


def test_whoever_reports_danger_is_told_whom_to_call_first_and_it_is_taken_in_all_the_same():
    city = a_city()

    opened = report(city, resident(city), text="楼道里漏气，味道很大。")

    assert opened.status_code == 201
    first = opened.json()["call_first"]
    assert first["number"] == "119"
    assert first["advice"] == ["不要开关电器、不要点火，开窗后到室外再打电话。"]
    assert report(city, resident(city)).json()["call_first"] is None


def test_staff_see_how_urgent_it_is_and_find_the_urgent_ones():
    city = a_city()
    mine = resident(city)
    number = report(city, mine, text="楼道里漏气，味道很大。").json()["number"]
    report(city, mine)
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")

    seen = agent.get(f"/matters/{number}").json()
    assert (seen["urgency"], seen["urgent_words"], seen["call_first"]) == (
        "emergency", ["漏气"], "119"
    )  # fmt: skip
    found = agent.get("/matters", urgent="true").json()["matters"]
    assert [one["number"] for one in found] == [number]
    runs = agent.get("/inbox/to_do", urgent="true").json()["runs"]
    assert [(one["number"], one["urgency"]) for one in runs] == [(number, "emergency")]

    own = mine.get(f"/matters/{number}").json()
    assert (own["urgency"], own["urgent_words"], own["call_first"]) == (None, [], "119")


def test_whoever_may_dispatch_is_told_which_unit_by_which_list_and_nobody_else_is():
    city = a_city()
    run = report(city, resident(city)).json()["run"]["id"]
    matter = Matter.objects.get()
    a_duty(city.unit("department"), matter.category, city.town, basis="权责清单", item_no="17")
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")

    found = agent.get(f"/runs/{run}/suggestion").json()

    assert found["unit"]["id"] == str(city.unit("department").pk)
    assert "权责清单" in found["reason"]
    assert found["acts"] == [{"action": "dispatch", "field": "to_unit"}]
    assert found["data"]["candidates"][0]["item_no"] == "17"
    assert resident(city).get(f"/runs/{run}/suggestion").status_code == 403
    assert clerk(city.unit("department")).get(f"/runs/{run}/suggestion").status_code == 404
