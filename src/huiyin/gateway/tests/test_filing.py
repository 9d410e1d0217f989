"""While somebody reports: what is alike is offered, can be joined, followed and rated."""

import pytest

from huiyin.gateway.tests.callers import a_city, clerk, report, resident, stranger

pytestmark = pytest.mark.django_db
SAME = "新华路 3 号门口的路灯坏了三天。"


def offered(city, caller):
    body = {"place": city.place.code, "text": SAME, "category": "01"}
    return caller.post("/similar", body).json()["matters"]


def test_a_neighbour_joins_what_was_reported_follows_it_and_rates_it():
    city = a_city()
    lijuan, zhao = resident(city), stranger(city)
    opened = report(city, lijuan).json()

    (alike,) = offered(city, zhao)
    assert opened["number"] not in str(alike)
    assert "新华路" not in str(alike)
    joined = zhao.post(f"/similar/{alike['id']}/join", {})
    again = zhao.post(f"/similar/{alike['id']}/join", {})

    assert joined.status_code == 201, joined.json()
    assert joined.json() == {"number": opened["number"], "reported_by": 2, "is_repeat": False}
    assert again.json()["is_repeat"]
    seen = zhao.get(f"/matters/{opened['number']}").json()
    assert [one["name"] for one in seen["contacts"] if not one["is_own"]] == [""]
    refused = zhao.act(opened["run"]["id"], "withdraw", reason="不用了")
    assert refused.status_code in (403, 404)
    early = zhao.post(f"/matters/{opened['number']}/rating", {"stars": 5})
    assert (early.status_code, early.json()["code"]) == (409, "matters.not_rated")

    answer = clerk(city.unit("hotline_centre"), "hotline_agent").act(
        opened["run"]["id"], "answer_directly", answer="今晚修好。"
    )
    assert answer.status_code == 200, answer.json()
    rated = zhao.post(f"/matters/{opened['number']}/rating", {"stars": 5}, Idempotency_Key="r")
    repeat = zhao.post(f"/matters/{opened['number']}/rating", {"stars": 5}, Idempotency_Key="r")

    assert (rated.status_code, rated.json()["is_repeat"]) == (200, False)
    assert repeat.json() == rated.json()


def test_what_accuses_a_unit_is_never_offered_nor_joined():
    city = a_city()
    lijuan, zhao = resident(city), stranger(city)
    offered_first = report(city, lijuan).json()
    (alike,) = offered(city, zhao)
    clerk(city.unit("hotline_centre"), "hotline_agent").post(
        f"/matters/{offered_first['number']}/reclassify",
        {"reason": "投诉住建局", "accused": [city.unit("department").code]},
    )

    assert offered(city, zhao) == []
    refused = zhao.post(f"/similar/{alike['id']}/join", {})
    assert (refused.status_code, refused.json()["code"]) == (404, "matters.not_found")
