"""One's own keys in a real browser: accessible, fitting, scriptless."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from huiyin.gateway.tests.callers import in_a_browser
from huiyin.gateway.tokens import create_token
from huiyin.people.accounts import resident_for_phone
from huiyin.people.tests.factories import PASSWORD, PHONE, a_post, an_account, the_city

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS = (
    pytest.param(1440, {}, id="wide-chinese"),
    pytest.param(360, {"huiyin_language": "en"}, id="phone-english"),
    pytest.param(360, {"huiyin_display": "large.contrast"}, id="phone-large-contrast"),
)


def a_staff():
    now, city = timezone.now(), the_city()
    clerk = an_account("wangfang", password=PASSWORD, at=now)
    post = a_post(clerk, city.county_housing, at=now)
    create_token(
        account_id=clerk.pk, post_id=post.pk, label="热线对接", rights=["read"], days=30, at=now
    )
    return clerk


def a_resident():
    the_city()
    return resident_for_phone(phone=PHONE, at=timezone.now())


def cookie_of(account):
    return {"huiyin_session": in_a_browser(account).cookies["huiyin_session"].value}


@pytest.mark.parametrize("who", [a_staff, a_resident])
@pytest.mark.parametrize(("width", "cookies"), LOOKS)
def test_pages_are_accessible_and_fit(chromium, live_server, who, width, cookies):
    cookies = {**cookies, **cookie_of(who())}

    shown = chromium.open(live_server.url + "/account/keys/", width=width, cookies=cookies)

    for _ in range(2):
        assert shown.violations() == []
        assert not shown.scrolls_sideways()
        assert shown.complaints == []
        assert shown.small_targets(least=44 if width == 360 else 30) == []
        shown.page.fill("[name=label]", "对接")
        shown.page.click("form[action$=make] button")
        shown.page.wait_for_selector("code.copy")


def test_a_key_is_made_and_revoked_without_javascript(chromium, live_server):
    shown = chromium.open(
        live_server.url + "/account/keys/", cookies=cookie_of(a_staff()), javascript=False
    )

    shown.page.fill("[name=label]", "对接")
    shown.page.click("text=生成密钥")
    expect(shown.page.locator("body")).to_contain_text("hyt_")
    shown.page.click("button:has-text('作废') >> nth=0")

    expect(shown.page.locator("body")).to_contain_text("已作废")
