"""A call taken in by keyboard alone, on real Chromium: not one call of the mouse."""

import pytest
from playwright.sync_api import expect

from huiyin.matters.models import Matter
from huiyin.people.models import Account
from huiyin.web.tests.access_table import session_of

pytestmark = pytest.mark.browser
WORDS = "家里暖气不热，室温不到十八度，问问怎么办"


@pytest.fixture
def shown(chromium, shown_city, settings):
    key = session_of(Account.objects.get(username="hotline"))
    cookies = {settings.SESSION_COOKIE_NAME: key}
    return chromium.open(f"{shown_city.url}/desk/new", cookies=cookies)


def chosen(keyboard, downs):
    """Go to the next group of choices and take the one so many below the first."""
    keyboard.press("Tab")
    keyboard.press("Space")
    for _ in range(downs):
        keyboard.press("ArrowDown")


def test_an_operator_takes_a_call_and_answers_it_by_keyboard_alone(shown):
    page, keyboard = shown.page, shown.page.keyboard
    known = Matter.objects.count()

    # the phone comes first: what else is known of it, which is written down
    expect(page.locator("[name=phone]")).to_be_focused()
    keyboard.type("15400000001")
    keyboard.press("Alt+KeyH")
    expect(page.locator("#others a.row").first).to_be_visible()

    # what they say: the kind by its key, the place by its first letters
    keyboard.press("Alt+KeyW")
    keyboard.insert_text(WORDS)  # as a Chinese keyboard does: once, and so it is searched once
    expect(page.locator("[data-take]").first).to_contain_text("暖气不热")
    keyboard.press("Alt+Digit1")
    keyboard.press("Alt+KeyL")
    keyboard.type("xjbc")
    expect(page.locator("[role=option]").first).to_contain_text("北城街道")
    keyboard.press("Enter")
    expect(page.locator("#hints .read-back")).to_contain_text("北城街道")

    # the answer stands beside it and is told by one key
    expect(page.locator(".known-answer summary").first).to_contain_text("室温不到18度怎么办")
    keyboard.press("Tab")  # house and door
    for downs in (0, 0, 2, 0):  # by phone, a question, graded as one, a reply wanted
        chosen(keyboard, downs)
    keyboard.press("Alt+KeyA")
    expect(page.locator("[name=settle_answer]")).to_be_focused()
    assert page.input_value("[name=settle_answer]").startswith("先看阀门")
    assert shown.violations() == []
    keyboard.press("Alt+KeyR")

    page.wait_for_url("**/desk/matters/*")
    expect(page.locator(".message.success")).to_contain_text("已当场答复并办结")
    assert Matter.objects.count() == known + 1
    assert Matter.objects.order_by("-id")[0].runs.get().state == "answered_directly"

    # and on to the next one
    expect(page.locator(".message.success a")).to_be_focused()
    keyboard.press("Enter")
    page.wait_for_url("**/desk/new/**")
    expect(page.locator("[name=phone]")).to_be_focused()
    assert shown.complaints == []


def test_the_arrows_lead_into_what_the_search_of_the_start_page_finds(chromium, shown_city):
    page = chromium.open(f"{shown_city.url}/", width=360).page
    keyboard = page.keyboard

    keyboard.press("/")
    keyboard.insert_text("拖欠工资")  # at once, so that nothing comes anew under the arrows
    guide = page.locator("#found a.row", has_text="被拖欠工资怎么要回来")
    expect(guide).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    expect(guide).to_be_focused()
    keyboard.press("Escape")
    expect(page.locator("#find-q")).to_be_focused()
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")

    page.wait_for_url("**/answers/**")
    expect(page.locator("h1")).to_have_text("被拖欠工资怎么要回来")
