"""The pages in a real browser: accessible, fitting, without complaints."""

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from huiyin.notices import outage
from huiyin.notices.models import Outage
from huiyin.notices.tests.factories import a_dead_one, a_notice_to, an_email, an_sms
from huiyin.people.tests.factories import a_signed_in, the_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = (
    pytest.param(1440, {}, id="wide-chinese"),
    pytest.param(360, {"huiyin_language": "en"}, id="phone-english"),
    pytest.param(360, {"huiyin_display": "large.contrast"}, id="phone-large-contrast"),
)


def an_admin():
    city = the_city()
    client = a_signed_in(Client(), city.city_centre, "city_admin")
    now = timezone.now()
    for key in ("k1", "k2"):
        a_notice_to(city.city_centre, key=key, at=now)
    a_dead_one(key="k3", at=now)
    an_sms(key="k4", at=now)
    an_email(key="k5", at=now)
    outage.found("email", reason="mail_unreachable:TimeoutError", at=now)
    return {"huiyin_session": client.cookies["huiyin_session"].value}


@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_pages_are_accessible_and_fit(chromium, live_server, width, cookies):
    cookies = {**cookies, **an_admin()}

    for path in ("/notices/", "/desk/notices/", "/desk/notices/?state=refused", "/demo/notices"):
        shown = chromium.open(live_server.url + path, width=width, cookies=cookies)

        assert (path, shown.violations()) == (path, [])
        assert not shown.scrolls_sideways(), path
        assert shown.complaints == []
        least = 44 if width == 360 else 30
        assert (path, shown.small_targets(least=least)) == (path, [])


def test_reading_works_without_javascript(chromium, live_server):
    shown = chromium.open(live_server.url + "/notices/", cookies=an_admin(), javascript=False)

    shown.page.click("text=全部标为已读")

    expect(shown.page.locator("body")).to_contain_text("2 条通知已标为已读。")


def test_sending_again_works_with_the_keyboard(chromium, live_server):
    shown = chromium.open(live_server.url + "/desk/notices/", cookies=an_admin())

    shown.page.focus("text=重新发送")
    shown.page.keyboard.press("Enter")
    shown.page.wait_for_selector("text=正在重新发送。")

    assert "没有放弃的消息" in shown.text()  # it is on its way, and not more


def test_a_message_is_tried_at_once_with_the_keyboard(chromium, live_server):
    shown = chromium.open(live_server.url + "/desk/notices/", cookies=an_admin())
    expect(shown.page.locator(".outage h2")).to_have_text("邮件服务器不接收邮件")

    shown.page.focus("text=现在用一条试试")
    shown.page.keyboard.press("Enter")

    expect(shown.page.locator("body")).to_contain_text("正在用一条消息试发")
    assert Outage.objects.get().rest_until <= timezone.now()
    assert shown.complaints == []


@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_the_bell_of_the_desk_counts_by_itself(chromium, live_server, width, cookies):
    shown = chromium.open(
        live_server.url + "/units/", width=width, cookies={**cookies, **an_admin()}
    )

    words = "2 new notices" if "huiyin_language" in cookies else "2 条新通知"
    shown.page.wait_for_selector(f"text={words}", state="attached")

    bell = shown.page.locator("header .bell")
    assert bell.is_visible()
    assert bell.locator(".badge").inner_text() == "2"
    assert not shown.scrolls_sideways()
    assert shown.small_targets(least=44 if width == 360 else 30) == []
    assert shown.complaints == []
    assert shown.violations() == []
