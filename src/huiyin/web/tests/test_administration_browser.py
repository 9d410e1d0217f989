"""The administrator in a real browser: a changed limit holds for new matters and for no old one."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from huiyin.matters.acting import act
from huiyin.matters.models import Run, RunClock
from huiyin.people.models import Account
from huiyin.web.tests.access_table import session_of
from huiyin.web.tests.matters_there import staff_of

pytestmark = pytest.mark.browser


def given_now(number):
    """Let the hotline give a waiting order to the housing bureau; return when it is to sign."""
    at = timezone.now()
    agent, bureau = staff_of("hotline", at), staff_of("housing", at)
    run = Run.objects.filter(state="received", procedure="hotline").order_by("opened_at")[number]
    form = {"to_unit": str(bureau.unit_id), "basis": "functional", "grade": "ordinary"}
    act(run.pk, "dispatch", by=agent, at=at, form=form)
    return run, at


def promised(run):
    return RunClock.objects.get(run=run.pk, name="acknowledge").due_at


def test_a_changed_limit_is_seen_on_new_matters_only(chromium, shown_city):
    old, _at = given_now(0)
    before = promised(old)
    key = Run.objects.get(pk=old.pk).memory["clocks"]["acknowledge"]["term"]
    session = session_of(Account.objects.get(username="cityadmin"))
    shown = chromium.open(
        f"{shown_city.url}/desk/admin/", cookies={settings.SESSION_COOKIE_NAME: session}
    )
    page = shown.page

    # the limit is found from the first page, in the words of the city
    page.click("nav[aria-label=系统管理] a >> text=时限")
    page.fill("#term-q", "签收")
    page.press("#term-q", "Enter")
    page.click(f"a[href='/desk/terms/{key}']")
    page.fill("#id_amount", "45")
    page.select_option("#id_unit", "minute")
    page.fill("#id_source", "德政办字〔2026〕8号")
    page.click("#new button.primary")

    # what it changes, and what not, is said before it is saved
    expect(page.locator(".afterwards")).to_contain_text("个时限不变")
    assert shown.violations() == []
    assert not shown.scrolls_sideways()
    page.click("#new button.primary")
    expect(page.locator(".toast, .message.success").first).to_contain_text("45 分钟")

    new, at = given_now(0)
    assert promised(old) == before
    assert promised(new) == at + timedelta(minutes=45)
    assert shown.complaints == []
