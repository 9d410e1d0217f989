"""The grid worker's phone in a real browser: no network, another account, signing out."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from huiyin.categories.models import Category
from huiyin.grid.visits import grids_of
from huiyin.matters import intake
from huiyin.matters.acting import act
from huiyin.matters.intake import Said
from huiyin.matters.models import Channel, EventHeader, Matter
from huiyin.matters.tests.sample_files import a_picture
from huiyin.web.tests.city import demo_logins
from huiyin.web.tests.matters_there import staff_of
from huiyin.web.tests.test_browser import WIDTHS, signed_in_as

pytestmark = pytest.mark.browser
PHOTO = {"name": "IMG_1.png", "mimeType": "image/png", "buffer": a_picture(size=(2000, 1500))}
CHECKED = {"finding": "as_reported", "urgency": "normal", "level": "village", "text": "我先看了"}


def a_matter():
    """Open an urgent matter in the grid of the demo's grid worker."""
    at = timezone.now()
    by = staff_of("grid", at)
    place = grids_of(by, on=timezone.localdate(at))[0]
    kind = Category.objects.get(name_zh="路灯不亮")
    form = {
        "urgency": "urgent", "category": str(kind.pk), "place": str(place.pk), "text": "灯杆斜了",
    }  # fmt: skip
    return intake.open_matter(
        procedure="grid", action="report", said=Said("灯杆斜了", "灯杆斜了"), place=place,
        channel=Channel.GRID, by=by, at=at, category=kind, form=form,
    ).run  # fmt: skip


def on_the_phone(chromium, shown_city, login="grid"):
    """Sign in on a phone and wait until it has kept what it needs."""
    shown = signed_in_as(chromium, shown_city, login, width=390, offline_worker=True)
    page = shown.page
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.goto(shown_city.url + "/field")
    page.wait_for_selector("html[data-field-kept=yes]")
    return shown


def write_report(page, url, words, *, urgent=False):
    page.goto(url + "/field/report")
    page.wait_for_selector("html[data-field-ready=yes]")
    if urgent:
        page.check("[name=urgency][value=urgent]")
        expect(page.locator("[data-urgent]")).to_contain_text("12345")
    else:
        page.set_input_files("#camera", files=[PHOTO])
        expect(page.locator(".taken")).to_have_count(1)
    page.fill("[name=text]", words)
    page.locator("[data-kind-list] button", has_text="路灯不亮").click()
    page.click("button[form=report]")
    page.wait_for_url("**/field/waiting")


def kept_words(page) -> str:
    """Everything the database of the phone holds, as text, and whether its key can be read out."""
    return page.evaluate(
        """async () => {
          const name = JSON.parse(localStorage.getItem("huiyin-own")).database;
          const db = await new Promise(done => {
            const asked = indexedDB.open(name); asked.onsuccess = () => done(asked.result); });
          const all = store => new Promise(done => {
            const asked = db.transaction(store).objectStore(store).getAll();
            asked.onsuccess = () => done(asked.result); });
          const items = await all("items"), keys = await all("keys");
          db.close();
          const text = items.map(one => new TextDecoder().decode(one.data)).join();
          return `${items.length} ${keys[0].key.extractable} ${text}`; }"""
    )


def test_what_is_done_without_a_network_goes_once_and_a_conflict_is_explained(chromium, shown_city):
    run = a_matter()
    shown = on_the_phone(chromium, shown_city)
    page, url = shown.page, shown_city.url
    before = Matter.objects.count()

    page.context.set_offline(True)
    write_report(page, url, "村口路灯不亮三天了")
    write_report(page, url, "东街路灯不亮还漏电", urgent=True)
    expect(page.locator("[data-urgent-waiting]")).to_contain_text("119")
    page.goto(f"{url}/field/matters/{run.matter.number}/{run.pk}")
    page.wait_for_selector("html[data-field-ready=yes]")
    form = page.locator("form[action$=verify_report]")
    form.locator("[name=finding][value=as_reported]").check()
    form.locator("[name=urgency][value=urgent]").check()
    form.locator("[name=level][value=village]").check()
    form.locator("[name=text]").fill("我也去看过了")
    form.locator("button:not([type=button])").click()
    page.wait_for_url("**/field/waiting")
    expect(page.locator("[data-queue-words]")).to_have_text("离线：3 件待发送")
    assert re.match(r"3 false ", kept_words(page))
    assert "路灯" not in kept_words(page)
    act(
        run.pk,
        "verify_report",
        by=staff_of("village", timezone.now()),
        at=timezone.now(),
        form=CHECKED,
    )
    page.context.set_offline(False)

    expect(page.locator("[data-part=received] li")).to_have_count(2)
    conflict = page.locator("[data-part=look] li")
    expect(conflict).to_contain_text("别人先办了")
    assert Matter.objects.count() == before + 2
    photo = EventHeader.objects.filter(action="report", file_uses__isnull=False).get()
    assert photo.file_uses.get().attachment.width == 1600
    assert shown.violations() == []

    conflict.locator("[data-do=note]").click()
    expect(page.locator("[data-part=received] li")).to_have_count(3)
    assert EventHeader.objects.filter(run=run, action="note").count() == 1
    assert EventHeader.objects.filter(run=run, action="verify_report").count() == 1


def test_a_session_that_is_over_loses_nothing_and_signing_out_leaves_nothing(chromium, shown_city):
    shown = on_the_phone(chromium, shown_city)
    page, url = shown.page, shown_city.url
    before = Matter.objects.count()
    session = page.context.cookies()
    page.context.set_offline(True)
    write_report(page, url, "桥头路灯不亮", urgent=True)

    page.context.clear_cookies()
    page.context.set_offline(False)
    expect(page.locator("[data-signed-out]")).to_be_visible()
    page.goto(url + "/sign-in")
    sign_in(page, "town")
    page.goto(url + "/field")
    assert "桥头" not in page.content()
    page.context.clear_cookies()
    page.context.add_cookies(session)
    page.goto(url + "/field/waiting")
    expect(page.locator("[data-part=received] li")).to_have_count(1)
    assert Matter.objects.count() == before + 1

    page.wait_for_selector("html[data-field-kept=yes]")
    page.context.set_offline(True)
    write_report(page, url, "井边路灯不亮", urgent=True)
    page.goto(url + "/field/me")
    page.wait_for_selector("html[data-field-ready=yes]")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))
    page.click("form[data-leaving] button")
    assert "还有 1 件没有发出" in asked[0]
    page.goto(url + "/field/waiting")
    expect(page.locator("[data-part=waiting] li")).to_have_count(1)
    page.context.set_offline(False)
    page.wait_for_selector("[data-part=received] li >> nth=1")
    page.goto(url + "/field/me")
    page.click("form[data-leaving] button")
    page.wait_for_url(url + "/")
    left = page.evaluate("indexedDB.databases().then(all => all.map(one => one.name))")
    assert [name for name in left if name.startswith("huiyin-field")] == []
    assert "huiyin-kept" not in page.evaluate("caches.keys()")


def sign_in(page, login):
    found = next(each for each in demo_logins() if each.login == login)
    page.fill("input[name=login]", found.login)
    page.fill("input[type=password]", found.password)
    page.press("input[type=password]", "Enter")
    page.wait_for_url(re.compile("/desk"))


def test_a_matter_on_the_spot_is_sound_at_every_width(chromium, shown_city):
    run = a_matter()
    shown = signed_in_as(chromium, shown_city, "grid", width=390)
    shown.page.goto(f"{shown_city.url}/field/matters/{run.matter.number}/{run.pk}")
    expect(shown.page.locator(".spoken .words")).to_have_text("灯杆斜了")

    assert shown.violations() == []
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 800})
        assert not shown.scrolls_sideways()
    assert shown.complaints == []
