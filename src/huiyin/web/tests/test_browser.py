"""The small city in a real browser: as each kind of staff, by keyboard, without a script."""

import re
from collections import defaultdict
from http import HTTPStatus

import pytest
from django.conf import settings
from playwright.sync_api import expect

from huiyin.matters.models import Run
from huiyin.matters.tests.sample_files import a_picture
from huiyin.people.models import Account
from huiyin.ui.tests.browser import axe_source
from huiyin.web.tests.access_table import session_of
from huiyin.web.tests.city import demo_logins
from huiyin.web.tests.pages import BEICHENG, CITY_CENTRE, LOGINS, VISITOR, pages

pytestmark = pytest.mark.browser

PHOTO = {"name": "IMG_1.png", "mimeType": "image/png", "buffer": a_picture(size=(800, 600))}
PHONE, TABLET, DESKTOP = WIDTHS = (360, 768, 1440)
ENGLISH = {settings.LANGUAGE_COOKIE_NAME: "en"}


@pytest.fixture(scope="module")
def sessions(shown_city):
    """A session key for each login."""
    logins = (*LOGINS.values(), CITY_CENTRE)
    return {login: session_of(Account.objects.get(username=login)) for login in logins}


def signed_in_as(chromium, shown_city, login, **more):
    """Sign in through the form, as the demo prints it."""
    found = next(each for each in demo_logins() if each.login == login)
    shown = chromium.open(shown_city.url + "/sign-in", **more)
    shown.page.fill("input[name=login]", found.login)
    shown.page.fill("input[type=password]", found.password)
    shown.page.press("input[type=password]", "Enter")
    shown.page.wait_for_url(f"{shown_city.url}{found.path}")
    return shown


@pytest.mark.parametrize("permission_set", sorted(LOGINS))
def test_a_printed_login_signs_in_to_a_desk_of_its_own(chromium, shown_city, permission_set):
    shown = signed_in_as(chromium, shown_city, LOGINS[permission_set])

    headings = {
        "grid_worker": "您负责 1 个网格",
        "village_clerk": "会盟社区居委会：",
        "centre_clerk": "北城街道：",
        "department_clerk": "夏津县住房和城乡建设局负责",
        "hotline_agent": "什么事，在哪里？",
        "petition_clerk": "夏津县信访局",
        "mediator": "北城街道人民调解委员会",
        "leader": "夏津县 33 个网格里",
        "unit_admin": "夏津县住房和城乡建设局：2 个账号",
        "city_admin": "有情况要您看一下",
        "auditor": "今天没有人查看受保护的信息",
    }
    assert shown.page.inner_text("h1").startswith(headings[permission_set])
    assert shown.complaints == []


def signed_in(shown, shown_city, session):
    """Have the window be somebody's, or a visitor's: with another one it would load all anew."""
    context = shown.page.context
    context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    if session:
        name = settings.SESSION_COOKIE_NAME
        context.add_cookies([{"name": name, "value": session, "url": shown_city.url}])


def looked_at(shown, shown_city, wanted):
    """Look at pages one after the other in one window, and return what is wrong with them."""
    width = shown.page.viewport_size["width"]
    for page in wanted:
        shown.complaints.clear()
        answer = shown.page.goto(shown_city.url + page.path)
        if shown.page.locator("[data-map]").count():
            shown.page.wait_for_selector("[data-map][data-ready]")
        yield from (f"{page.name}: {finding}" for finding in shown.violations())
        if answer.status == HTTPStatus.OK:  # the console also names every other answer
            yield from (f"{page.name}: {said}" for said in shown.complaints)
        for wide in sorted(WIDTHS, key=lambda one: one == width):  # last as the next page begins
            shown.page.set_viewport_size({"width": wide, "height": 800})
            if shown.scrolls_sideways():
                yield f"{page.name}: scrolls sideways at {wide}"


@pytest.mark.parametrize("who", ["nobody", "city_admin", "the others"])
@pytest.mark.parametrize(("language", "width"), [("zh-hans", PHONE), ("en", DESKTOP)])
def test_every_page_is_sound(chromium, shown_city, sessions, language, width, who):
    """No finding of axe, nothing on the console, no sideways scrolling at any width."""
    by_login = defaultdict(list)
    for page in pages():
        by_login[page.who].append(page)
    logins = {"nobody": [VISITOR], "city_admin": [LOGINS["city_admin"]]}
    others = [login for login in by_login if login not in (VISITOR, LOGINS["city_admin"])]
    shown = chromium.open(
        shown_city.url + "/ui/display",
        width=width,
        cookies={settings.LANGUAGE_COOKIE_NAME: language},
        before=axe_source(),
    )

    faults = []
    for login in logins.get(who, others):
        signed_in(shown, shown_city, sessions.get(login))
        faults += looked_at(shown, shown_city, by_login[login])

    assert faults == []


def test_a_place_is_found_by_its_first_letters_while_typing(chromium, shown_city):
    shown = chromium.open(shown_city.url + "/places/search")

    shown.page.type("input[name=q]", "bcjd")

    expect(shown.page.locator("#found a.row").first).to_have_text(re.compile(r"^\s*北城街道"))
    assert shown.page.url == shown_city.url + "/places/search"


def test_the_directory_leads_down_to_a_grid_worker(chromium, shown_city):
    page = chromium.open(shown_city.url + "/", width=PHONE).page

    page.click("text=全市地图")
    page.click("#counties >> text=夏津县")
    page.click("#below >> text=北城街道")
    page.click("#below >> text=会盟社区居委会")

    worker = page.locator("#workers .row", has_text="专职网格员").first
    assert worker.locator("a").get_attribute("href").startswith("tel:")


def test_the_responsible_office_is_found_from_a_residents_words(chromium, shown_city):
    page = chromium.open(shown_city.url + "/", width=PHONE).page

    page.fill("input[name=q]", "路灯坏了没人修")
    page.press("input[name=q]", "Enter")
    page.click("a[href*='responsible'] >> text=路灯不亮")
    page.fill("input[name=where]", "beicheng")
    page.press("input[name=where]", "Enter")
    page.click(".asked >> text=北城街道 >> nth=0")

    expect(page.locator("#answer h2")).to_have_text("夏津县城市管理局")
    assert page.get_attribute("#answer a.primary", "href").startswith("tel:0534")


def test_the_hotline_finds_office_and_words_without_leaving_the_desk(chromium, shown_city):
    page = signed_in_as(chromium, shown_city, "hotline").page

    page.type("#quick-what", "路灯不亮")
    page.type("#quick-where", "bcjd")
    page.wait_for_selector("#asked a.row >> text=北城街道")

    expect(page.locator("#asked a.row").first).to_have_text(re.compile(r"^\s*路灯不亮"))
    assert page.url == shown_city.url + "/desk"


def test_the_language_is_one_press_away_and_stays(chromium, shown_city):
    page = chromium.open(shown_city.url + "/").page

    page.click("button[name=language]")
    page.click("text=Map of the city")

    expect(page.locator("h1")).to_have_text("德州市, place by place")
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_somebody_with_two_posts_switches_between_them(chromium, shown_city):
    page = signed_in_as(chromium, shown_city, "housing").page
    page.click("text=切换岗位")

    with page.expect_navigation():
        page.click("form[action$='/account/post'] button")
    page.goto(shown_city.url + "/desk")

    assert page.inner_text("h1").startswith("夏津县：33 个网格")


def test_the_way_to_a_grid_worker_can_be_gone_by_keyboard(chromium, shown_city):
    page = chromium.open(shown_city.url + "/").page
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    page.keyboard.press("/")
    page.keyboard.type("huimeng")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find?q=huimeng")
    page.wait_for_load_state()  # what begins with the focus has had it
    page.focus("#found a.row >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/places/**")

    expect(page.locator("#workers h2")).to_have_text("网格员")


def test_the_city_can_be_read_without_a_script(chromium, shown_city):
    page = chromium.open(shown_city.url + "/places/", javascript=False).page

    rows = page.locator("#counties tbody tr").all_inner_texts()
    page.click("#counties >> text=夏津县")
    page.click("#below >> text=北城街道")

    assert [row.split()[0] for row in rows] == ["德城区", "夏津县", "武城县", "德州天衢新区"]
    page.wait_for_url(f"**/places/{BEICHENG}/")
    expect(page.locator("h1")).to_have_text(re.compile(r"^\s*北城街道"))


def test_signing_in_and_searching_work_without_a_script(chromium, shown_city):
    page = signed_in_as(chromium, shown_city, "grid", javascript=False).page

    page.fill("#desk-search", "xiajinxian")
    page.press("#desk-search", "Enter")

    expect(page.locator("main a.row").first).to_have_text(re.compile(r"^\s*夏津县"))


def test_the_position_of_the_device_finds_the_county(chromium, shown_city):
    shown = chromium.open(
        shown_city.url + "/places/locate",
        width=PHONE,
        before="""navigator.geolocation.getCurrentPosition = found => found(
            {coords: {latitude: 36.95, longitude: 116.0, accuracy: 20}})""",
    )

    shown.page.click("[data-locate-press]")
    shown.page.wait_for_selector("#answer")

    expect(shown.page.locator("#answer .candidate b")).to_have_text("德州市夏津县")
    assert "116" not in shown.page.url
    assert shown.complaints == []


def test_the_map_and_the_list_beside_it_light_up_together(chromium, shown_city):
    shown = chromium.open(shown_city.url + "/places/")
    shown.page.wait_for_selector("[data-map][data-ready]")

    names = shown.page.locator(".map-label").all_inner_texts()

    assert sorted(names) == ["夏津县", "德城区", "武城县"]
    assert shown.complaints == []


def test_an_address_nobody_lives_at_leads_back(chromium, shown_city):
    page = chromium.open(shown_city.url + "/places/999999000000/", width=PHONE).page

    assert page.inner_text("h1") == "这里没有内容"
    assert page.get_attribute("a.primary", "href") == "/"
    assert re.search(r"tel:12345", page.content())


def test_an_order_is_signed_for_by_keyboard_beside_the_list(chromium, shown_city):
    page = signed_in_as(chromium, shown_city, "housing").page
    page.goto(shown_city.url + "/desk/inbox?tray=to_sign")
    waiting = page.locator("[data-row]").count()
    expect(page.locator("#detail h1")).to_be_visible()

    page.keyboard.press("1")
    expect(page.locator("#detail [name=handler]")).to_be_focused()
    page.keyboard.insert_text("王芳")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".message.success")).to_contain_text("签收")
    page.goto(shown_city.url + "/desk/inbox?tray=to_sign")
    assert page.locator("[data-row]").count() == waiting - 1


def test_what_was_written_is_sent_after_signing_in_again_in_another_tab(chromium, shown_city):
    shown = signed_in_as(chromium, shown_city, "housing")
    page = shown.page
    page.goto(shown_city.url + "/desk/inbox?tray=to_do")
    expect(page.locator("#detail h1")).to_be_visible()
    page.locator("#detail .act-bar summary.text").click()
    page.locator("#detail .more a", has_text="写备注").click()
    page.fill("#detail .act-form textarea", "已到现场，明天上午再去一次。")
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)

    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-signed-out]")).to_contain_text("您的登录已经结束")
    with page.expect_popup() as opened:
        page.click("[data-signed-out] a")
    tab = opened.value
    housing = next(each for each in demo_logins() if each.login == "housing")
    tab.fill("input[name=login]", housing.login)
    tab.fill("input[type=password]", housing.password)
    tab.press("input[type=password]", "Enter")
    tab.wait_for_url("**/desk/inbox**")
    tab.close()
    page.evaluate("dispatchEvent(new Event('focus'))")  # whoever comes back to the tab
    expect(page.locator("[data-signed-out]")).to_have_count(0)
    page.focus("#detail .act-form textarea")
    page.keyboard.press("Control+Enter")

    expect(page.locator("#detail .message.success")).to_contain_text("写备注")
    expect(page.locator("#timeline")).to_contain_text("已到现场，明天上午再去一次。")


def test_a_village_that_is_late_is_found_in_three_clicks_and_its_order_followed_to_the_end(
    chromium, shown_city
):
    late = Run.objects.filter(assignments__unit__code="DP-371427-housing", parent=None)
    matter = late.select_related("matter__place__town").earliest("due_at").matter
    village, town = matter.place, matter.place.town
    page = signed_in_as(chromium, shown_city, "leader").page
    page.goto(shown_city.url + "/command")

    page.click(f"#parts tr:has-text('{town.name}') th a")
    page.click(f"#parts tr:has-text('{village.name}') a.late")
    page.check(f".picked:has(a[href*='{matter.number}']) input")
    page.click("text=督办选中的")

    page.check("[name=degree][value=daily]")
    page.check("[name=ground][value=overdue]")
    page.fill("[name=demand]", "三日内书面说明原因和解决办法。")
    page.click("text=下督办单")
    expect(page.locator(".message.success")).to_contain_text("已下 1 张督办单")
    order = page.locator("a.row", has_text="待反馈").first
    address = order.get_attribute("href")

    unit = signed_in_as(chromium, shown_city, "housing").page
    unit.goto(shown_city.url + address)
    unit.click(".act-area >> text=书面反馈")
    unit.check("[name=outcome][value=done]")
    unit.fill("[name=text]", "已换配件，负责人当面说明。")
    unit.check("[name=told_person]")
    unit.fill("[name=signed_by]", "王局长")
    unit.click(".act-form button.primary")
    expect(unit.locator(".tags")).to_contain_text("待审核")

    page.goto(shown_city.url + "/desk/supervision?show=judge")
    page.click(f"a.row[href='{address}']")
    page.click(".act-area >> text=解除督办")
    page.fill("[name=opinion]", "复查属实，同意解除。")
    page.click(".act-form button.primary")
    expect(page.locator(".tags")).to_contain_text("已解除")


def test_the_town_whistles_the_bureau_comes_by_phone_and_the_town_judges_it(chromium, shown_city):
    town = signed_in_as(chromium, shown_city, "town").page
    town.goto(shown_city.url + "/desk/whistles/new")
    town.click(".row.clocked >> nth=0")
    town.fill("[name=to_units__typed]", "夏津住建")
    town.locator(".lookup .options li").first.click()
    town.check("[name=level][value=county]")
    town.check("[name=urgency][value=urgent]")
    town.fill("[name=task]", "请到场认定责任。")
    town.fill("[name=report_to]", "村委会门口，网格员")
    town.click(".act-form button.primary")
    expect(town.locator(".message.success")).to_contain_text("吹哨")
    address = town.locator("a.row.called", has_text="待报到").last.get_attribute("href")

    shown = signed_in_as(
        chromium, shown_city, "housing", width=390,
        before="""navigator.geolocation.getCurrentPosition = found => found(
            {coords: {latitude: 36.95, longitude: 116.0, accuracy: 12}})""",
    )  # fmt: skip
    phone = shown.page
    phone.goto(shown_city.url + address)
    phone.click(".act-area >> text=报到 >> nth=0")
    phone.check("[name=how][value=on_site]")
    phone.fill("[name=who]", "王芳，副科长")
    phone.click("[data-position]")
    expect(phone.locator("[name=position]")).to_have_value(re.compile(r"^36\.950000, 116\.000000"))
    phone.set_input_files("[name=photos__new]", files=[PHOTO])
    phone.click(".act-form button.primary")
    expect(phone.locator(".unit", has_text="住房和城乡建设局")).to_contain_text("已报到")
    expect(phone.locator(".photos img").first).to_be_visible()
    assert not shown.scrolls_sideways()
    phone.click(".act-area >> text=办结反馈")
    phone.check("[name=outcome][value=done]")
    phone.fill("[name=text]", "已疏通，责任当场分清。")
    phone.click(".act-form button.primary")
    expect(phone.locator(".unit").first).to_contain_text("待互评")

    town.goto(shown_city.url + address)
    expect(town.locator(".watch-head")).to_contain_text("家已报到")
    town.click(".act-area >> text=评报到单位")
    town.check("[name=part][value=full]")
    town.click(".act-form button.primary")
    expect(town.locator(".happened").first).to_contain_text("履职到位")
    assert shown.complaints == []


def test_a_leader_goes_from_the_city_to_a_village_and_its_overdue_matters_in_three_clicks(
    chromium, shown_city, sessions
):
    cookies = {settings.SESSION_COOKIE_NAME: sessions[CITY_CENTRE]}
    shown = chromium.open(shown_city.url + "/command", cookies=cookies)
    page = shown.page
    page.wait_for_selector("[data-map][data-ready]")
    page.wait_for_selector(".days .chart[data-ready]")

    page.click("#parts >> text=夏津县")
    expect(page.locator("h1")).to_contain_text("夏津县")
    town = page.locator("#parts th a >> nth=0")
    name = town.inner_text().strip()
    town.click()
    expect(page.locator("h1")).to_contain_text(name)
    late = int(page.locator("#parts a.late >> nth=0").inner_text())
    page.click("#parts a.late >> nth=0")

    expect(page.locator("h1")).to_contain_text("已超期")
    expect(page.locator(".row.clocked")).to_have_count(late)
    assert shown.complaints == []


def test_the_days_can_be_read_and_opened_without_the_drawing(chromium, shown_city, sessions):
    cookies = {settings.SESSION_COOKIE_NAME: sessions["leader"]}
    page = chromium.open(shown_city.url + "/command", cookies=cookies, javascript=False).page

    expect(page.locator(".days > svg")).to_be_visible()
    page.click(".days summary")
    page.click("[data-days] tbody tr:nth-child(3) a")

    page.wait_for_url("**/command/came?**")
    page.go_back()
    page.fill("#day", "2026-11-21")
    page.click(".day-asked button")
    expect(page.locator("h1")).to_contain_text("11 月 21 日")


def test_names_on_the_rail_fit_their_place_in_both_languages(chromium, shown_city, sessions):
    cookies = {settings.SESSION_COOKIE_NAME: sessions["cityadmin"]}

    for spoken in ({}, ENGLISH):
        shown = chromium.open(f"{shown_city.url}/desk", width=DESKTOP, cookies=cookies | spoken)
        for path in ("admin/", "admin/undelivered/", "supervision", "knowledge/"):  # bold: widest
            shown.page.goto(f"{shown_city.url}/desk/{path}")
            too_wide = shown.page.evaluate(
                "[...document.querySelectorAll('.rail a.to')]"
                ".filter(one => one.scrollWidth > one.clientWidth).map(one => one.innerText)"
            )
            assert too_wide == []


def test_on_a_phone_the_one_button_and_the_tab_one_is_on_are_in_sight(
    chromium, shown_city, sessions
):
    for login, path in (("hotline", "/desk/new"), ("leader", "/command/overdue")):
        cookies = {settings.SESSION_COOKIE_NAME: sessions[login]}
        page = chromium.open(shown_city.url + path, width=PHONE, cookies=cookies).page
        foot = page.evaluate(
            "[document.querySelector('main .btn.primary').getBoundingClientRect().bottom,"
            " document.querySelector('.rail').getBoundingClientRect().top]"
        )
        assert foot[0] <= foot[1], path

    page.goto(shown_city.url + "/desk/supervision?show=over")
    tab = page.locator(".tabs [aria-current]").bounding_box()
    assert tab["x"] + tab["width"] <= PHONE


@pytest.mark.parametrize(("width", "height"), [(1920, 1080), (3840, 2160)])
def test_the_wall_fits_its_screen_and_can_be_read_from_afar(
    chromium, shown_city, sessions, width, height
):
    cookies = {settings.SESSION_COOKIE_NAME: sessions[CITY_CENTRE]}
    shown = chromium.open(shown_city.url + "/command/wall", width=width, cookies=cookies)
    page = shown.page
    page.set_viewport_size({"width": width, "height": height})

    fits = page.evaluate(
        "[document.documentElement.scrollHeight <= innerHeight, "
        "document.documentElement.scrollWidth <= innerWidth]"
    )
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('.wall *')]
            .filter(one => [...one.childNodes].some(n => n.nodeType === 3 && n.data.trim())
                    && !one.closest('.vh'))
            .map(one => {
                const size = parseFloat(getComputedStyle(one).fontSize);
                const drawing = one.closest('svg');
                return drawing ? size * drawing.getScreenCTM().a : size;
            }))"""
    )

    assert fits == [True, True]
    assert smallest >= 18 * width / 1920 - 0.5
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.wall section')]
            .filter(one => one.scrollHeight > one.clientHeight + 1).map(one => one.className)"""
    )
    assert cut == []


def test_the_wall_renews_itself_and_says_when_the_connection_is_lost(
    chromium, shown_city, sessions
):
    cookies = {settings.SESSION_COOKIE_NAME: sessions[CITY_CENTRE]}
    shown = chromium.open(shown_city.url + "/command/wall", width=1920, cookies=cookies)
    page, lost = shown.page, shown.page.locator(".wall-lost")
    page.evaluate("document.querySelector('.wall').dataset.old = 'yes'")

    page.evaluate("dispatchEvent(new Event('huiyin:renew'))")
    expect(page.locator(".wall[data-old]")).to_have_count(0)
    expect(lost).to_be_hidden()

    page.context.set_offline(True)
    page.evaluate("dispatchEvent(new Event('huiyin:renew'))")
    expect(lost).to_contain_text("连接断了，现在显示的是")
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('huiyin:renew'))")
    expect(lost).to_be_hidden()

    page.context.clear_cookies()
    page.evaluate("dispatchEvent(new Event('huiyin:renew'))")
    expect(lost).to_contain_text("不再更新")
