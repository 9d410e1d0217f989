"""A department at its desk in a real browser: it signs, answers and returns, and keeps a view."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from huiyin.matters.models import Run
from huiyin.places.models import Place, PlaceLevel
from huiyin.web.tests.matters_there import an_order
from huiyin.web.tests.test_browser import signed_in_as

pytestmark = pytest.mark.browser

ORDERS = (
    ("电梯停了三天", "电梯停了三天，八十岁的老人下不了楼。"),
    ("电梯按钮失灵", "电梯按钮失灵，按了没有反应。"),
    ("电梯广告收入不公开", "电梯里的广告收入从来没有公开过。"),
)


@pytest.fixture
def orders(shown_city):
    """Three orders about lifts, given to the housing bureau an hour ago."""
    place = Place.objects.filter(level=PlaceLevel.VILLAGE, county__code="371427000000").first()
    at = timezone.now() - timedelta(hours=1)
    return [
        an_order(place, at=at, title=title, words=words, phone=f"1540000010{number}")
        for number, (title, words) in enumerate(ORDERS)
    ]


def state_of(run):
    return Run.objects.get(pk=run.pk).state


def test_a_department_signs_for_many_answers_one_and_returns_another(chromium, shown_city, orders):
    shown = signed_in_as(chromium, shown_city, "housing")
    page, inbox = shown.page, shown_city.url + "/desk/inbox"
    row = "[data-row]"

    # A list of one's own: the filter, its chip, the view with its number.
    page.goto(f"{inbox}?tray=to_sign")
    page.keyboard.press("f")
    page.keyboard.type("电梯")
    page.keyboard.press("Enter")
    expect(page.locator(".chips .pill.on")).to_have_text(re.compile("“电梯”"))
    expect(page.locator(row)).to_have_count(3)
    page.wait_for_load_state()
    page.keyboard.press("f")
    page.fill("#view-name", "电梯")
    page.press("#view-name", "Enter")
    expect(page.locator(".views .pill.on")).to_have_text(re.compile(r"电梯\s*3"))
    page.wait_for_load_state()

    # Two are signed for in one go, by keyboard; keys are dead where somebody writes.
    page.focus(f"{row} >> nth=0")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-ticked]")).to_have_text("已勾选 2 件")
    page.click("[data-bulk] [value=acknowledge]")
    expect(page.locator(".message.success")).to_contain_text("签收：已办理 2 件")
    expect(page.locator(row)).to_have_count(1)
    page.wait_for_load_state()
    left = next(run for run in orders if state_of(run) == "dispatched")

    # The third is given back: the form says what is missing, and nothing that was written is lost.
    expect(page.locator("#detail h1")).to_be_visible()
    page.locator("#detail .act-bar a", has_text="退单").first.click()
    form = page.locator("#detail .act-form")
    form.locator("textarea").first.fill("不属于我局职责，应由市场监管局办理。")
    form.locator("button.primary").click()
    expect(form.locator("[data-form-errors]")).to_be_visible()
    expect(form.locator("textarea").first).to_have_value("不属于我局职责，应由市场监管局办理。")
    form.locator("[name=reason][value=accused]").check()
    form.locator("button.primary").click()
    expect(page.locator("#detail .message.success")).to_contain_text("已记录")
    assert state_of(left) != "dispatched"
    assert page.url.startswith(inbox)  # still beside the list, which has looked again by itself
    expect(page.locator(row)).to_have_count(0)

    # One of the two is answered.
    page.goto(f"{inbox}?tray=to_do&words=电梯")
    expect(page.locator("#detail h1")).to_be_visible()
    page.locator("#detail .act-bar a", has_text="答复").first.click()
    form = page.locator("#detail .act-form")
    expect(form).to_be_visible()
    expect(page.locator("#detail .words-again")).to_contain_text("电梯")
    form.locator("[name=outcome]").first.check()
    form.locator("[name=told_how][value=phone]").check()
    form.locator("[name=told_at]").fill(timezone.localtime().strftime("%Y-%m-%dT%H:%M"))
    form.locator("[name=result]").fill("配件已到，今天下午修好，已电话告知。")
    form.locator("button.primary").click()
    expect(page.locator("#detail .message.success")).to_contain_text("已记录")
    assert sorted(map(state_of, orders)).count("answered") == 1
    # The console names the form that came back; nothing else.
    assert [said for said in shown.complaints if "422" not in said] == []
