"""The whole loop of the hotline through the API: reported, done, answered, called back, rated."""

import pytest

from huiyin.gateway.tests.callers import a_city, clerk, report, resident, stranger
from huiyin.matters.verifying import verify

pytestmark = pytest.mark.django_db


def test_a_street_lamp_from_the_report_to_the_rating():
    city = a_city()
    lijuan = resident(city)
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    centre = clerk(city.unit("hotline_centre"), "leader")
    bureau = clerk(city.unit("department"))

    # Li Juan reports it online and is promised a day
    opened = report(city, lijuan)
    assert opened.status_code == 201, opened.json()
    number, run = opened.json()["number"], opened.json()["run"]["id"]
    assert opened.json()["run"]["state"]["name"] == "received"
    clocks = {clock["name"]: clock for clock in opened.json()["run"]["clocks"]}
    assert clocks["promise"]["status"] == "running"

    # she sees it; nobody else's eyes reach it who has no part in it
    mine = lijuan.get(f"/matters/{number}").json()
    assert mine["title"] == "路灯不亮"
    assert mine["contacts"][0]["is_own"]
    assert stranger(city).get(f"/matters/{number}").status_code == 404
    assert bureau.get(f"/matters/{number}").status_code == 404

    # the agent finds it, learns what can be done and with which form, and dispatches it
    found = agent.get("/matters", procedure="hotline", state="received").json()["matters"]
    assert [one["number"] for one in found] == [number]
    actions = {one["name"]: one for one in agent.get(f"/runs/{run}/actions").json()["actions"]}
    assert actions["dispatch"]["is_open"]
    assert [field["name"] for field in actions["dispatch"]["form"]] == [
        "to_unit", "basis", "grade", "demand"
    ]  # fmt: skip
    assert actions["audit"]["why_not"]["code"] in ("run.not_yours", "run.not_from_here")
    unit = str(city.unit("department").pk)
    done = agent.act(run, "dispatch", 1, to_unit=unit, basis="functional", grade="ordinary")
    assert done.status_code == 200, done.json()
    assert [one["unit"]["id"] for one in done.json()["run"]["assignments"]] == [unit]

    # the bureau sees it now, of the reporter only covered data, signs for it and answers
    seen = bureau.get(f"/matters/{number}").json()
    assert not seen["contacts"][0]["is_own"]
    assert "15400000001" not in bureau.get(f"/matters/{number}").content.decode()
    assert bureau.act(run, "acknowledge", handler="王芳").status_code == 200
    answered = bureau.act(
        run, "answer", outcome="solved", result="灯已修好，谢谢您告诉我们。",
        legal_basis="城市照明管理规定", told_how="phone",
        told_at=done.json()["run"]["changed_at"],
    )  # fmt: skip
    assert answered.status_code == 200, answered.json()
    assert answered.json()["run"]["is_done"]

    # the centre audits the answer; the agent calls back; Li Juan rates it herself
    audited = centre.act(run, "audit", to_the_point=True, really_done=True, told=True)
    assert audited.status_code == 200, audited.json()
    called = agent.act(run, "call_back", contacted="contacted", solved="solved")
    assert called.status_code == 200, called.json()
    refused = agent.act(run, "rate", satisfaction="satisfied")
    assert (refused.status_code, refused.json()["code"]) == (403, "run.not_yours")
    rated = lijuan.act(run, "rate", satisfaction="satisfied")
    assert rated.status_code == 200, rated.json()

    # the timeline tells it all in sentences, the latest first; page by page it is the same
    page = lijuan.get(f"/matters/{number}/timeline", limit=2).json()
    rest = lijuan.get(f"/matters/{number}/timeline", cursor=page["next"]).json()
    acts = [entry["action"] for entry in (*page["entries"], *rest["entries"])]
    assert acts[0] == "rate"
    assert acts[-1] == "submit_online"
    assert {"dispatch", "answer"} <= set(acts)
    assert verify().differences == []


def test_what_is_not_possible_says_why_and_what_is():
    city = a_city()
    lijuan = resident(city)
    opened = report(city, lijuan).json()

    refused = lijuan.act(opened["run"]["id"], "dispatch", to_unit="x")

    body = refused.json()
    assert (refused.status_code, body["code"]) == (403, "run.not_yours")
    assert "派单员" in body["message"]
    assert body["alternatives"] == [
        {"action": "withdraw", "label": "撤回诉求"},
        {"action": "message_unit", "label": "给经办人留言"},
        {"action": "add_material", "label": "补充材料"},
        {"action": "remind", "label": "催办"},
    ]


def test_a_form_with_faults_names_each_field_in_the_language_asked_for():
    city = a_city()
    run = report(city).json()["run"]["id"]
    agent = clerk(city.unit("hotline_centre"), "hotline_agent", language="en")

    refused = agent.act(run, "dispatch", to_unit="019cae00-0000-7000-8000-00000000dead", basis="x")

    assert (refused.status_code, refused.json()["code"]) == (422, "run.form")
    assert refused.json()["data"]["errors"]["basis"] == "Choose one of the options."
    assert refused.headers["Content-Language"] == "en"


def test_a_unit_that_is_not_there_is_a_sentence_beside_the_field():
    city = a_city()
    run = report(city).json()["run"]["id"]
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    form = {"basis": "functional", "grade": "ordinary"}

    for unit in ("019cae00-0000-7000-8000-00000000dead", "no id at all"):
        refused = agent.act(run, "dispatch", to_unit=unit, **form)

        assert (refused.status_code, refused.json()["code"]) == (422, "run.form")
        assert refused.json()["data"]["errors"] == {"to_unit": "没有找到，请重新选择。"}


def test_whoever_was_slower_is_told_so():
    city = a_city()
    run = report(city).json()["run"]["id"]
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    form = {"to_unit": str(city.unit("department").pk), "basis": "functional", "grade": "ordinary"}
    agent.act(run, "dispatch", 1, **form)

    slower = agent.act(run, "dispatch", 1, **form)

    assert (slower.status_code, slower.json()["code"]) == (409, "matters.somebody_was_faster")


def test_the_same_key_acts_once():
    city = a_city()
    lijuan = resident(city)
    run = report(city, lijuan).json()["run"]["id"]
    path, body = f"/runs/{run}/actions/remind", {"form": {}}

    first = lijuan.post(path, body, Idempotency_Key="k-1")
    again = lijuan.post(path, body, Idempotency_Key="k-1")
    other = lijuan.post(path, {"form": {"note": "急"}}, Idempotency_Key="k-1")

    assert first.status_code == 200, first.json()
    assert (again.status_code, again.json()["is_repeat"]) == (200, True)
    assert again.json()["event"] == first.json()["event"]
    assert (other.status_code, other.json()["code"]) == (409, "matters.key_used_otherwise")


def test_many_are_dispatched_in_one_go_and_each_has_its_answer():
    city = a_city()
    lijuan = resident(city)
    runs = [report(city, lijuan).json()["run"]["id"] for _ in range(2)]
    missing = "019cae00-0000-7000-8000-00000000dead"
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    form = {"to_unit": str(city.unit("department").pk), "basis": "functional", "grade": "ordinary"}
    agent.act(runs[1], "dispatch", **form)

    done = agent.post("/acts", {"runs": [*runs, missing], "action": "dispatch", "form": form})

    told = {one["run"]: one for one in done.json()["runs"]}
    assert [told[run]["is_done"] for run in (*runs, missing)] == [True, False, False]
    assert told[runs[1]]["error"]["code"] == "run.not_from_here"
    assert told[missing]["error"]["code"] == "matters.not_found"


@pytest.mark.parametrize("count", [1, 4])
def test_lists_and_possible_acts_take_a_fixed_number_of_queries(count, django_assert_num_queries):
    city = a_city()
    lijuan = resident(city)
    runs = [report(city, lijuan).json()["run"]["id"] for _ in range(count)]
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    agent.get("/matters")  # categories and procedures are in memory now, the token's use is noted

    with django_assert_num_queries(6):  # one of them, how often a procedure runs, is kept
        found = agent.get("/matters", procedure="hotline")
    with django_assert_num_queries(5):
        actions = agent.get(f"/runs/{runs[0]}/actions")

    assert len(found.json()["matters"]) == count
    assert len(actions.json()["actions"]) > 20


def test_the_desk_shows_what_a_unit_has_to_sign_for_and_nothing_of_others():
    city = a_city()
    lijuan = resident(city)
    runs = [report(city, lijuan).json()["run"]["id"] for _ in range(2)]
    agent = clerk(city.unit("hotline_centre"), "hotline_agent")
    bureau, other = clerk(city.unit("department")), clerk(city.unit("court"))
    form = {"to_unit": str(city.unit("department").pk), "basis": "functional", "grade": "ordinary"}
    for run in runs:
        agent.act(run, "dispatch", **form)

    counted = {one["tray"]: one["count"] for one in bureau.get("/inbox").json()["trays"]}
    first = bureau.get("/inbox/to_sign", limit=1).json()
    rest = bureau.get("/inbox/to_sign", cursor=first["next"]).json()

    assert counted["to_sign"] == 2
    assert {one["run"]["id"] for one in (*first["runs"], *rest["runs"])} == set(runs)
    assert (len(first["runs"]), rest["next"]) == (1, None)
    assert {one["count"] for one in other.get("/inbox").json()["trays"]} == {0}
    assert lijuan.get("/inbox").json()["code"] == "api.staff_only"
