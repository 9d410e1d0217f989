"""The parts in a real browser: accessible, fitting, silent, and of use without a script."""

import base64
from dataclasses import replace

import pytest
from playwright.sync_api import expect

DOT = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# A toast stays for seconds; a crowded machine may take longer to look at it.
NOTHING_LEAVES_BY_ITSELF = """
    const later = window.setTimeout;
    window.setTimeout = (act, ms, ...more) => (ms < 5_000 ? later(act, ms, ...more) : 0);
"""
pytestmark = [pytest.mark.browser, pytest.mark.django_db]

LOOKS = (
    pytest.param(1440, {}, id="wide-chinese"),
    pytest.param(360, {"huiyin_language": "en"}, id="phone-english"),
    pytest.param(360, {"huiyin_display": "large.contrast"}, id="phone-large-contrast"),
)
PAGES = (
    "gallery",
    "gallery/resident",
    "gallery/desk",
    "gallery/form",
    "display",
    "gallery/trouble/500",
)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_page_is_accessible_and_fits(chromium, live_server, page, width, cookies):
    shown = chromium.open(f"{live_server.url}/ui/{page}", width=width, cookies=cookies)

    assert shown.violations() == []
    assert not shown.scrolls_sideways()
    assert shown.complaints == []


def test_resident_targets_are_large_enough_for_a_thumb(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/resident", width=360)

    assert shown.small_targets(least=44) == []


def test_desk_targets_on_a_phone_are_large_enough(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/desk", width=360)

    assert shown.small_targets(least=44) == []


def test_larger_text_and_language_work_without_a_script(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/resident", javascript=False)

    shown.page.get_by_role("button", name="大字").click()
    expect(shown.page.locator("html")).to_have_class("large")

    shown.page.get_by_role("button", name="English").click()
    expect(shown.page.get_by_role("heading", level=1)).to_have_text("What happened?")
    expect(shown.page.locator("html")).to_have_class("large")


def test_slash_goes_to_the_search_but_not_out_of_a_field(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/resident")
    shown.page.evaluate("document.querySelector('#q').setAttribute('data-search', '')")

    shown.page.keyboard.press("/")
    shown.page.keyboard.type("1/3")

    assert shown.page.input_value("#q") == "1/3"


def test_dialog_opens_over_the_page_and_closes_with_escape(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery")
    dialog = shown.page.locator("#a-dialog")

    shown.page.get_by_role("link", name="打开对话框").click()
    expect(dialog).to_be_visible()
    assert shown.violations(within="#a-dialog") == []

    shown.page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


def test_navigation_of_the_phone_opens_and_closes_by_keyboard(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/desk", width=360)
    more = shown.page.locator("details[data-panel] summary")

    more.focus()
    shown.page.keyboard.press("Enter")
    expect(shown.page.get_by_role("link", name="人员")).to_be_visible()

    shown.page.keyboard.press("Escape")
    expect(shown.page.get_by_role("link", name="人员")).to_be_hidden()


def test_summary_of_errors_has_the_focus_when_the_page_opens(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery")

    expect(shown.page.locator("[data-form-errors]")).to_be_focused()


def test_refused_form_is_answered_in_place_and_keeps_what_was_written(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/form", width=360)

    shown.page.get_by_label("发生了什么").fill("三盏路灯不亮")
    shown.page.get_by_role("button", name="提交").click()
    shown.page.wait_for_selector("[data-form-errors]")

    assert shown.page.url.endswith("/ui/gallery/form")
    assert shown.page.input_value("[name=words]") == "三盏路灯不亮"
    assert shown.page.locator("#id_phone_error").inner_text() == "请填写这一项。"
    expect(shown.page.locator("[data-form-errors]")).to_be_focused()
    assert shown.violations() == []


def test_accepted_form_leads_on(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/form", width=360)

    shown.page.get_by_label("发生了什么").fill("三盏路灯不亮")
    shown.page.get_by_label("手机号", exact=True).fill("13805340001")
    shown.page.get_by_label("在哪个县").select_option("a")
    shown.page.get_by_role("button", name="提交").click()

    shown.page.wait_for_url("**/ui/gallery/resident")


def test_same_form_works_without_a_script(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/form", width=360, javascript=False)

    shown.page.get_by_label("发生了什么").fill("三盏路灯不亮")
    shown.page.get_by_role("button", name="提交").click()
    shown.page.wait_for_selector("#id_phone_error")

    assert shown.page.input_value("[name=words]") == "三盏路灯不亮"
    assert shown.page.locator("#id_phone_error").inner_text() == "请填写这一项。"


def test_request_that_fails_says_so_with_the_code_to_read_out(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/form", before=NOTHING_LEAVES_BY_ITSELF)

    with shown.page.expect_response("**/trouble/500?real=1") as answer:
        shown.page.get_by_role("button", name="会失败的操作").click()
    toast = shown.page.locator(".toast")

    code = answer.value.headers["x-spoken-code"]
    expect(toast).to_have_text(
        f"没有成功。是我们的系统出了问题，请再试一次，或拨打 12345。 {code}", use_inner_text=True
    )
    toast.get_by_role("button", name="关闭").click()
    expect(toast).to_have_count(0)


def test_map_is_drawn_and_lights_up_with_its_list(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/map")
    shown.page.wait_for_selector("[data-map][data-ready]")

    labels = shown.page.locator(".map-label").all_inner_texts()
    assert [label.split() for label in labels] == [
        ["2", "北县"], ["4", "山县"], ["0", "西县"],
        ["6", "老城区"], ["1", "东县"], ["3", "沙嘴县"],
    ]  # fmt: skip
    assert shown.page.locator(".map-note").is_hidden()
    assert shown.violations() == []
    assert shown.complaints == []


def test_click_on_an_area_follows_its_link(chromium, live_server):
    shown = chromium.open(f"{live_server.url}/ui/gallery/map")
    shown.page.wait_for_selector("[data-map][data-ready]")

    label = shown.page.locator(".map-label", has_text="老城区").bounding_box()
    shown.page.mouse.click(label["x"] + label["width"] / 2, label["y"] + label["height"] / 2)
    shown.page.wait_for_url("**/ui/gallery/map#mid")


def test_browser_without_webgl_is_told_so_and_keeps_the_list(chromium, live_server):
    shown = chromium.open(
        f"{live_server.url}/ui/gallery/map",
        before="HTMLCanvasElement.prototype.getContext = () => null",
    )
    shown.page.wait_for_selector(".map:not(.waiting)")

    assert shown.page.locator(".map-note").inner_text() == "这个浏览器画不了地图。列表里什么都有。"
    assert shown.page.get_by_role("link", name="老城区").is_visible()


def test_map_that_does_not_come_through_says_what_to_do(chromium, live_server):
    shown = chromium.open("about:blank")
    shown.page.route("**/map.geojson", lambda route: route.fulfill(status=500))

    shown.page.goto(f"{live_server.url}/ui/gallery/map")
    shown.page.wait_for_selector(".map:not(.waiting)")

    assert shown.page.locator(".map-note").inner_text() == (
        "地图没有加载出来。列表里什么都有，也可以刷新再试。"
    )


def test_tiles_of_the_city_lie_under_the_areas_with_their_owner_named(
    chromium, live_server, settings
):
    settings.HUIYIN = replace(
        settings.HUIYIN,
        tile_url="https://tiles.example/{z}/{x}/{y}.png",
        tile_attribution="示例测绘院",
    )
    asked: list[str] = []
    shown = chromium.open("about:blank")
    shown.page.route(
        "https://tiles.example/**",
        lambda route: (
            asked.append(route.request.url),
            route.fulfill(
                status=200, body=DOT, content_type="image/png",
                headers={"Access-Control-Allow-Origin": "*"},
            ),
        ),
    )  # fmt: skip

    shown.page.goto(f"{live_server.url}/ui/gallery/map")
    shown.page.wait_for_selector("[data-map][data-ready]")

    expect(shown.page.locator(".maplibregl-ctrl-attrib")).to_have_text("示例测绘院")
    assert asked != []
    assert shown.complaints == []


def test_offline_page_appears_in_the_last_language_without_network(chromium, live_server):
    shown = chromium.open(
        f"{live_server.url}/ui/display", cookies={"huiyin_language": "en"}, offline_worker=True
    )
    shown.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    shown.page.wait_for_function("caches.match('/ui/offline-language').then(Boolean)")

    shown.page.context.set_offline(True)
    shown.page.goto(f"{live_server.url}/somewhere")

    assert (
        shown.page.get_by_role("heading", level=1).inner_text() == "There is no network right now"
    )
    assert (
        shown.page.evaluate("getComputedStyle(document.body).backgroundColor")
        == "rgb(247, 245, 240)"
    )


def test_first_view_of_a_resident_stays_light(chromium, live_server):
    sizes: list[int] = []
    shown = chromium.open("about:blank")
    shown.page.on("response", lambda response: sizes.append(len(response.body())))

    shown.page.goto(f"{live_server.url}/ui/gallery/resident")
    shown.page.wait_for_load_state("networkidle")

    # Not compressed here; gzip takes it to a third. 100 kB is what may be transferred.
    assert 0 < sum(sizes) < 160_000
