"""Correcting, revealing, holding and deleting over the API; figures, exports, one's own copy."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.gateway import once
from huiyin.gateway.models import KeptAnswer
from huiyin.gateway.tests.callers import a_city, clerk, report, resident, stranger
from huiyin.matters import exporting
from huiyin.people.models import AccessLog
from huiyin.ui.identifiers import new_id

LIJUAN = {"name": "李娟", "phone": "15400000001"}
pytestmark = pytest.mark.django_db


class Scene:
    """A lamp that Li Juan has reported and the bureau has; who may do what with its record."""

    def __init__(self):
        self.city = city = a_city()
        self.lijuan, self.zhao = resident(city), stranger(city)
        self.agent = clerk(city.unit("hotline_centre"), "hotline_agent")
        self.bureau = clerk(city.unit("department"))
        self.other = clerk(city.unit("department", "2"))
        self.administrator = clerk(city.unit("governance_centre"), "city_admin")
        self.auditor = clerk(city.unit("governance_centre"), "auditor")
        opened = report(city, self.lijuan, reporter=LIJUAN).json()
        self.number, self.run = opened["number"], opened["run"]["id"]
        unit = str(city.unit("department").pk)
        form = {"to_unit": unit, "basis": "functional", "grade": "ordinary"}
        assert self.agent.act(self.run, "dispatch", **form).status_code == 200

    def matter(self, caller):
        return caller.get(f"/matters/{self.number}")


def test_a_matter_is_corrected_and_the_accused_unit_sees_it_no_more():
    scene = Scene()
    path = f"/matters/{scene.number}/reclassify"
    body = {"reason": "投诉的就是承办单位", "accused": [scene.city.unit("department").code]}

    assert scene.bureau.post(path, body).json()["code"] == "matters.not_permitted"
    assert scene.other.post(path, body).json()["code"] == "matters.not_found"
    unknown = scene.agent.post(path, {"reason": "错了错了错了", "category": "99"})
    assert unknown.json()["data"]["errors"] == {"body.category": "code"}
    done = scene.agent.post(path, body, Idempotency_Key="c")
    again = scene.agent.post(path, body, Idempotency_Key="c")

    assert done.status_code == 200, done.json()
    assert done.json() == again.json()
    assert scene.matter(scene.bureau).status_code == 404
    assert scene.matter(scene.lijuan).status_code == 200


def test_who_it_is_is_shown_to_handlers_with_a_purpose_and_written_down():
    scene = Scene()
    (contact,) = scene.matter(scene.bureau).json()["contacts"]
    assert (contact["name"], contact["phone"]) == ("李*", "154****0001")
    path = f"/matters/{scene.number}/contacts/{contact['id']}/reveal"

    assert scene.bureau.post(path, {"purpose": ""}).json()["code"] == "people.reason_missing"
    assert scene.other.post(path, {"purpose": "看看"}).status_code == 404
    shown = scene.bureau.post(path, {"purpose": "约时间修灯"})

    assert shown.json()["phone"] == "15400000001"
    entry = AccessLog.objects.get(action="reveal")
    assert (entry.purpose, entry.case_no) == ("约时间修灯", scene.number)

    found = scene.agent.post("/search/by-phone", {"phone": "15400000001", "purpose": "来电核对"})
    assert [one["number"] for one in found.json()["matters"]] == [scene.number]
    assert AccessLog.objects.filter(action="phone_search", purpose="来电核对").count() == 1


def test_nothing_is_deleted_under_a_hold_and_everything_of_it_afterwards():
    scene = Scene()
    order = {"order_no": "夏信法〔2026〕12号", "legal_basis": "个人信息保护法第四十七条"}
    path = f"/matters/{scene.number}"

    assert scene.agent.post(f"{path}/redactions", order).json()["code"] == "matters.not_permitted"
    held = scene.auditor.post(f"{path}/holds", {"reason": "正在审理"})
    assert held.status_code == 201, held.json()
    refused = scene.administrator.post(f"{path}/redactions", order)
    assert (refused.status_code, refused.json()["code"]) == (409, "matters.on_hold")
    assert scene.auditor.post(f"/holds/{held.json()['id']}/lift").status_code == 200
    (shown,) = scene.administrator.get(f"{path}/holds").json()["holds"]
    assert shown["lifted_at"] is not None

    (event,) = [
        one for one in scene.lijuan.get(f"{path}/timeline").json()["entries"]
        if one["action"] == "submit_online"
    ]  # fmt: skip
    one = scene.administrator.post(f"{path}/redactions", {**order, "event": event["id"]})
    whole = scene.administrator.post(f"{path}/redactions", order)

    assert (one.status_code, whole.status_code) == (201, 201), (one.json(), whole.json())
    assert scene.matter(scene.lijuan).json()["text"] == ""
    again = scene.administrator.post(f"{path}/redactions", order)
    assert (again.status_code, again.json()["code"]) == (409, "matters.nothing_to_redact")


def test_people_take_a_copy_of_what_is_kept_of_them_and_staff_do_not():
    scene = Scene()

    mine = scene.lijuan.get("/me/copy").json()
    others = scene.zhao.get("/me/copy").json()

    assert [one["number"] for one in mine["matters"]] == [scene.number]
    assert mine["matters"][0]["you"][0]["phone"] == "15400000001"
    assert others["matters"] == []
    assert scene.bureau.get("/me/copy").json()["code"] == "api.people_only"


def test_figures_count_what_the_office_looks_after_and_of_a_unit_its_own():
    scene = Scene()
    report(scene.city, scene.lijuan)
    town = scene.city.town.code

    by_state = scene.agent.get("/figures", by=["procedure", "state"], place=town).json()
    own = scene.bureau.get("/figures", by="unit").json()
    opened = scene.agent.get("/figures", measure="opened", by="category", place=town).json()

    assert {one["state"]: one["count"] for one in by_state["figures"]} == {
        "received": 1, "dispatched": 1
    }  # fmt: skip
    assert [(one["unit"]["code"], one["count"]) for one in own["figures"]] == [
        (scene.city.unit("department").code, 1)
    ]
    assert (opened["total"], opened["figures"][0]["category"]) == (2, "01")
    assert scene.other.get("/figures").json()["total"] == 0
    page = scene.agent.get("/figures", by="state", limit=1).json()
    rest = scene.agent.get("/figures", by="state", limit=1, cursor=page["next"]).json()
    assert {page["figures"][0]["state"], rest["figures"][0]["state"]} == {"received", "dispatched"}
    assert rest["next"] is None
    assert scene.lijuan.get("/figures").json()["code"] == "api.staff_only"


def test_what_is_open_by_branch_of_classes_and_county_is_one_answer():
    scene = Scene()
    report(scene.city, scene.lijuan)
    town, county = scene.city.town.code, scene.city.town.county.code
    asked = {"by": ["category", "county"], "place": town, "depth": 1, "limit": 1000}

    every, open_ones = (
        scene.agent.get("/figures", **asked, open=value).json() for value in ("false", "true")
    )
    done = scene.agent.get("/figures", **asked, measure="done").json()
    by_town = scene.agent.get("/figures", by="town", state="received", place=town).json()

    cells = {(one["category"], one["county"]): one["count"] for one in open_ones["figures"]}
    assert cells == {("01", county): 2}
    assert (every["total"], open_ones["total"], done["total"]) == (2, 2, 0)
    assert [(one["town"], one["count"]) for one in by_town["figures"]] == [(town, 1)]


def test_figures_of_a_place_the_unit_does_not_work_for_are_not_shown():
    scene = Scene()
    above = scene.city.town.county.code

    refused = scene.agent.get("/figures", place=above)

    assert (refused.status_code, refused.json()["code"]) == (403, "api.not_in_your_place")


def test_a_list_is_asked_for_watched_and_taken_away():
    scene = Scene()
    body = {"purpose": "月度核对", "procedure": "hotline", "format": "csv"}

    asked = scene.agent.post("/exports", body, Idempotency_Key="e")
    again = scene.agent.post("/exports", body, Idempotency_Key="e")
    assert asked.status_code == 202, asked.json()
    assert asked.json() == again.json()
    path = f"/exports/{asked.json()['id']}"
    early = scene.agent.get(f"{path}/file")
    assert (early.status_code, early.json()["code"]) == (409, "matters.export_not_ready")

    at, claim = timezone.now(), new_id()
    assert exporting.claim(asked.json()["id"], claim=claim, at=at)
    while exporting.write_part(asked.json()["id"], claim=claim, at=at):
        pass

    shown = scene.agent.get(path).json()
    assert (shown["state"], shown["done"], shown["total"]) == ("ready", 1, 1)
    file = scene.agent.get(f"{path}/file")
    content = b"".join(file.streaming_content).decode()
    assert scene.number in content
    assert "15400000001" not in content
    assert "attachment" in file.headers["Content-Disposition"]
    assert scene.bureau.get(f"{path}/file").status_code == 404
    page = scene.agent.get("/exports").json()
    assert [one["id"] for one in page["exports"]] == [asked.json()["id"]]
    tray = scene.bureau.post("/exports", {"purpose": "待签收", "tray": "to_sign"})
    assert (tray.status_code, tray.json()["total"]) == (202, 1)
    clear = scene.agent.post("/exports", {**body, "is_clear": True})
    assert (clear.status_code, clear.json()["code"]) == (403, "people.not_permitted")


def test_kept_answers_are_forgotten_after_ninety_days():
    scene = Scene()
    scene.agent.post("/exports", {"purpose": "核对核对"}, Idempotency_Key="e")
    at = timezone.now()

    assert once.clean(at=at + timedelta(days=89)) == 0
    assert once.clean(at=at + timedelta(days=91)) == 1
    assert not KeptAnswer.objects.exists()
