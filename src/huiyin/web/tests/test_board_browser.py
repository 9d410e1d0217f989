"""Dispatchers and checkers in a real browser: one key and its way back, a ruling, a second look."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from huiyin.matters.acting import act
from huiyin.matters.models import CallBack, EventHeader, Run
from huiyin.matters.tests.sample_files import a_file, a_picture
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit
from huiyin.web.tests.matters_there import a_call, staff_of
from huiyin.web.tests.pages import XIAJIN
from huiyin.web.tests.test_browser import WIDTHS, signed_in_as
from huiyin.web.tests.test_field_browser import a_matter

pytestmark = pytest.mark.browser
PHOTO = {"name": "after.png", "mimeType": "image/png", "buffer": a_picture(size=(400, 300))}
BEYOND_MS = 31_000  # what is held back for thirty seconds has been sent by then


def sound(shown):
    """No finding of axe, no sideways scrolling at any width, nothing on the console."""
    assert shown.violations() == []
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 800})
        assert not shown.scrolls_sideways(), width
    shown.page.set_viewport_size({"width": 1440, "height": 900})
    assert shown.complaints == []


def given(run_id, login, action, **form):
    return act(
        run_id, action, by=staff_of(login, timezone.now()), at=timezone.now(), form=form
    ).run  # fmt: skip


def state_of(run_id):
    return Run.objects.values_list("state", flat=True).get(pk=run_id)


def test_a_dispatcher_accepts_with_one_key_takes_it_back_and_accepts_again(chromium, shown_city):
    shown = signed_in_as(chromium, shown_city, "hotline")
    page = shown.page
    page.clock.install()
    page.goto(shown_city.url + "/desk/board")
    rows = page.locator("[data-board-row]")
    row = rows.first
    count, run_id = rows.count(), row.get_attribute("data-board-row")
    unit = row.locator(".whose .one").first.inner_text()
    sound(shown)

    page.keyboard.press("/")  # the search has the focus: keys write, and press nothing
    page.keyboard.type("1")
    expect(page.locator("[data-undo]:visible")).to_have_count(0)
    page.locator("#board-pane h2.pane-title").click()

    page.keyboard.press("1")
    expect(row.locator("[data-undo]")).to_be_visible()
    expect(page.locator("[data-board-said]")).to_contain_text(unit)
    sound(shown)
    page.keyboard.press("z")
    expect(row.locator("[data-undo]")).to_be_hidden()
    page.clock.fast_forward(BEYOND_MS)
    page.reload()
    assert state_of(run_id) == "received"
    assert not EventHeader.objects.filter(run=run_id, action="dispatch").exists()

    page.keyboard.press("1")
    page.clock.fast_forward(BEYOND_MS)
    expect(page.locator(".toast")).to_contain_text("派单")
    expect(rows).to_have_count(count - 1)
    assert state_of(run_id) == "dispatched"
    held = Run.objects.get(pk=run_id).assignments.get(to_at=None)
    assert held.unit.name == unit

    # What is held when the page is left is sent at once.
    run_id = row.get_attribute("data-board-row")
    page.keyboard.press("1")
    expect(row.locator("[data-undo]")).to_be_visible()
    page.goto(shown_city.url + "/desk/find")
    page.goto(shown_city.url + "/desk/board")
    page.clock.fast_forward(BEYOND_MS)  # the list comes anew
    expect(page.locator(f'[data-board-row="{run_id}"]')).to_have_count(0)
    assert state_of(run_id) == "dispatched"


def test_a_dispute_is_ruled_on_with_its_reason_and_the_unit_cannot_return_it(chromium, shown_city):
    village = Place.objects.filter(level=PlaceLevel.VILLAGE, county__code=XIAJIN).first()
    run = a_call(
        "井盖塌了", "路口的井盖塌下去半截，雨水倒灌。", place=village, phone="15400000011",
        by=staff_of("hotline", timezone.now()), at=timezone.now(),
    )  # fmt: skip
    housing, city_office = (
        Unit.objects.get(code=f"DP-371427-{name}") for name in ("housing", "urban_management")
    )
    reason = {
        "reason": "not_our_duty",
        "basis": "管网去年已移交。",
        "right_unit": str(city_office.pk),
    }
    given(run.pk, "hotline", "dispatch", to_unit=str(housing.pk), basis="functional",
          grade="ordinary")  # fmt: skip
    given(run.pk, "housing", "return_order", **reason)
    given(run.pk, "hotline", "redispatch", to_unit=str(housing.pk), reason="清单列在你单位。")
    given(run.pk, "housing", "return_order", **reason)
    shown = signed_in_as(chromium, shown_city, "hotlinehead")
    page = shown.page

    page.goto(shown_city.url + "/desk/board")
    expect(page.locator(".tabs [aria-current]")).to_have_text(re.compile("待裁定 1"))
    expect(page.locator("#board-pane")).to_contain_text("管网去年已移交。")
    expect(page.locator(".why-here")).to_have_count(
        0
    )  # whoever rules is not told what is not theirs
    sound(shown)
    page.check("[name=way][value=designated]")
    page.fill("[name=basis]", "移交单列明本路段，由你单位办理。")
    page.locator(".offers a", has_text=city_office.name).click()  # nothing written is lost
    expect(page.locator(".offers .on")).to_contain_text(city_office.name)
    page.keyboard.press("Control+Enter")

    expect(page.locator(".messages")).to_contain_text("争议裁定")
    run.refresh_from_db()
    assert (run.state, run.memory["facts"]["designated"]) == ("dispatched", True)
    assert run.assignments.get(to_at=None).unit == city_office
    last = EventHeader.objects.filter(run=run).order_by("-seq").first()
    assert last.body.content["form"]["basis"] == "移交单列明本路段，由你单位办理。"


def test_a_checker_rejects_with_a_reason_and_accepts_what_was_done_again(chromium, shown_city):
    run = a_matter()
    housing = Unit.objects.get(code="DP-371427-housing")
    given(run.pk, "village", "verify_report", finding="as_reported", urgency="urgent",
          level="town", text="灯杆确实斜了。")  # fmt: skip
    category = str(run.matter.category_id)
    given(run.pk, "town", "register", category=category, grade="normal", summary="灯杆斜了")
    given(run.pk, "town", "analyse", basis="functional", level="town", grade="normal",
          urgency="urgent")  # fmt: skip
    given(run.pk, "town", "dispatch", to_unit=str(housing.pk))
    for action in ("acknowledge", "start_handling"):
        given(run.pk, "housing", action)
    bureau = staff_of("housing", timezone.now())
    given(run.pk, "housing", "feed_back", result="solved", text="灯杆已扶正。",
          photos=[str(a_file(bureau, "image").pk)])  # fmt: skip

    shown = signed_in_as(chromium, shown_city, "town")
    page = shown.page
    page.goto(shown_city.url + "/desk/callbacks?tray=check")
    expect(page.locator("#call-pane")).to_contain_text("灯杆已扶正。")
    sound(shown)
    page.click("text=核查不通过，返工")
    page.check("[name=how][value=on_site]")
    page.fill("#call-act [name=text]", "底座还缺两颗螺栓。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("返工")
    assert state_of(run.pk) == "handling"

    unit = signed_in_as(chromium, shown_city, "housing").page
    unit.goto(f"{shown_city.url}/desk/matters/{run.matter.number}/runs/{run.pk}/feed_back")
    expect(unit.locator("#timeline")).to_contain_text("底座还缺两颗螺栓。")
    unit.check("[name=result][value=solved]")
    unit.fill("[name=text]", "四颗螺栓都上紧了。")
    unit.set_input_files("[name=photos__new]", files=[PHOTO])
    unit.click(".act-form .btn.primary")
    expect(unit.locator(".messages")).to_contain_text("反馈结果")

    page.goto(shown_city.url + "/desk/callbacks?tray=check")
    expect(page.locator("#call-pane")).to_contain_text("四颗螺栓都上紧了。")
    page.check("[name=how][value=on_site]")
    page.fill("#call-act [name=text]", "现场复看，牢固。")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".messages")).to_contain_text("核查通过")
    assert state_of(run.pk) == "verified_result"


def test_a_caller_reveals_tries_writes_down_and_the_next_one_opens(chromium, shown_city):
    run = Run.objects.filter(state="acknowledged", procedure="hotline").first()
    given(run.pk, "housing", "answer", outcome="partly", result="先接通临时供水。",
          legal_basis="供水条例", told_how="phone", told_at=timezone.now().isoformat())  # fmt: skip
    given(run.pk, "hotlinehead", "audit", to_the_point=True, really_done=True, told=True)
    shown = signed_in_as(chromium, shown_city, "hotline")
    page = shown.page

    page.goto(shown_city.url + "/desk/callbacks")
    expect(page.locator(".script")).to_contain_text("单位说办了一部分")
    page.keyboard.press("r")
    expect(page.locator("#call-who a[href^='tel:154']")).to_be_visible()
    sound(shown)
    page.keyboard.press("n")
    expect(page.locator(".try-list li")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("f")
    page.keyboard.press("Space")
    page.check("[name=solved][value=partly]")
    page.fill("[name=words]", "水来了，压力还小。")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".messages")).to_contain_text("回访")
    said = CallBack.objects.get(run=run)
    assert (said.contacted, said.solved) == ("contacted", "partly")


def test_the_board_works_without_a_script(chromium, shown_city):
    page = signed_in_as(chromium, shown_city, "county", javascript=False, width=360).page
    page.goto(shown_city.url + "/desk/board")

    assert page.locator(".tabs [aria-current]").count() == 1
    page.select_option("[name=procedure]", "grid")
    page.click("text=筛选")
    page.wait_for_url("**procedure=grid**")
