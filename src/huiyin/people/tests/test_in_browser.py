"""Sign-in, my account and the staff list in a real browser: accessible, fitting, scriptless."""

import re

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect

from huiyin.people import accounts, posts
from huiyin.people.actors import SYSTEM
from huiyin.people.models import Account
from huiyin.people.tests.factories import (
    OTHER_PASSWORD,
    PASSWORD,
    PHONE,
    a_post,
    an_account,
    signed_in,
    the_city,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = (
    pytest.param(1440, {}, id="wide-chinese"),
    pytest.param(360, {"huiyin_language": "en"}, id="phone-english"),
    pytest.param(360, {"huiyin_display": "large.contrast"}, id="phone-large-contrast"),
)


def a_staff():
    """An administrator with three holdings and a clerk who was looked at."""
    now, city = timezone.now(), the_city()
    admin = an_account("zhangmin", name="张敏", password=PASSWORD, phone=PHONE, at=now)
    a_post(admin, city.county_housing, "unit_admin", title="系统管理员", at=now)
    a_post(admin, city.county_centre, "centre_clerk", at=now)
    clerk = an_account("lina", name="李娜", phone="15400000007", at=now)
    post = a_post(clerk, city.county_housing, title="经办人", at=now)
    posts.begin_acting(
        post_id=post.pk,
        account_id=admin.pk,
        reason="外出学习",
        valid_from=timezone.localdate(now),
        valid_to=timezone.localdate(now) + timezone.timedelta(days=14),
        by=SYSTEM,
        at=now,
    )
    return admin, clerk


def cookie_of(account):
    client = signed_in(Client(), account)
    return {"huiyin_session": client.cookies["huiyin_session"].value}


def fits(shown):
    assert shown.violations() == []
    assert not shown.scrolls_sideways()
    assert shown.complaints == []
    assert shown.small_targets(least=44 if shown.page.viewport_size["width"] == 360 else 30) == []


@pytest.mark.parametrize("path", ["/sign-in?idle=1", "/sign-in/phone", "/activate/not-one"])
@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_public_pages_are_accessible_and_fit(chromium, live_server, path, width, cookies):
    shown = chromium.open(live_server.url + path, width=width, cookies=cookies)
    shown.complaints.clear()  # the browser reports 410 as an error of its own

    fits(shown)


@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_pages_of_staff_are_accessible_and_fit(chromium, live_server, width, cookies):
    admin, clerk = a_staff()
    cookies = {**cookies, **cookie_of(admin)}

    for path in (
        "/account/",
        "/account/password",
        "/account/looks",
        "/desk/people/",
        "/desk/people/?q=nobody",
        "/desk/people/new",
        f"/desk/people/{clerk.pk}/",
    ):
        shown = chromium.open(live_server.url + path, width=width, cookies=cookies)
        shown.page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        fits(shown)


def test_staff_sign_in_switch_and_change_the_password_without_a_script(chromium, live_server):
    a_staff()
    shown = chromium.open(f"{live_server.url}/account/", width=360, javascript=False)
    page = shown.page

    page.get_by_label("用户名或手机号").fill(PHONE)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="登录").click()
    page.wait_for_url(live_server.url + "/account/")
    page.get_by_role("button", name="切换到这里").first.click()
    expect(page.locator(".row.on")).to_contain_text("德城区综治中心")

    page.get_by_role("link", name="修改").click()
    page.get_by_label("现在的密码").fill(PASSWORD)
    page.get_by_label("新密码", exact=True).fill(OTHER_PASSWORD)
    page.get_by_label("再输一次新密码").fill(OTHER_PASSWORD)
    page.get_by_role("button", name="保存新密码").click()
    expect(page.locator("main")).to_contain_text("新密码已生效")

    page.get_by_role("main").get_by_role("button", name="退出登录").click()
    page.wait_for_url(live_server.url + "/")


def test_a_resident_signs_in_by_phone_without_a_script(chromium, live_server, gateway):
    shown = chromium.open(f"{live_server.url}/sign-in/phone", width=360, javascript=False)
    page = shown.page

    page.get_by_label("手机号").fill("154 0000 0001")
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("短信验证码").wait_for()
    fits_page_text = page.inner_text("main")
    page.get_by_label("短信验证码").fill("000")
    page.get_by_role("main").get_by_role("button", name="登录").click()
    refused = page.locator(".errors").inner_text()
    page.get_by_label("短信验证码").fill(re.search(r"\d{6}", gateway.messages[0]["text"]).group())
    page.get_by_role("main").get_by_role("button", name="登录").click()

    page.wait_for_url(live_server.url + "/")
    assert PHONE not in fits_page_text
    assert "验证码是 6 位数字" in refused
    assert Account.objects.get().phone == PHONE


@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_pages_of_residents_are_accessible_and_fit(chromium, live_server, gateway, width, cookies):
    client = Client()
    client.post("/sign-in/phone", {"phone": PHONE})
    session = {"huiyin_session": client.cookies["huiyin_session"].value}
    shown = chromium.open(
        f"{live_server.url}/sign-in/phone/code", width=width, cookies={**cookies, **session}
    )
    fits(shown)
    client.post(
        "/sign-in/phone/code",
        {"code": re.search(r"\d{6}", gateway.messages[0]["text"]).group()},
    )
    session = {"huiyin_session": client.cookies["huiyin_session"].value}

    for path in ("/account/", "/account/looks"):
        fits(chromium.open(live_server.url + path, width=width, cookies={**cookies, **session}))


@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_the_activation_page_is_accessible_and_fits(chromium, live_server, width, cookies):
    account = an_account(at=timezone.now())
    path = accounts.issue_activation_link(account_id=account.pk, by=SYSTEM, at=timezone.now())

    fits(chromium.open(live_server.url + path, width=width, cookies=cookies))
