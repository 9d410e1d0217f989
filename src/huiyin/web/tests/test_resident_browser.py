"""Residents in a real browser: report, follow, rate poorly, have it done again; also scriptless."""

from io import BytesIO

import pytest
from django.conf import settings
from django.utils import timezone
from PIL import Image
from playwright.sync_api import expect

from huiyin.matters.acting import act
from huiyin.matters.models import Run
from huiyin.people import accounts
from huiyin.people.actors import SYSTEM, Actor
from huiyin.people.models import AccountKind, PhoneCode
from huiyin.people.tests.conftest import configured, gateway
from huiyin.places.models import PlaceLevel
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit, UnitKind
from huiyin.web.tests.access_table import session_of
from huiyin.web.tests.residents import digits_in

__all__ = ["configured", "gateway"]
pytestmark = pytest.mark.browser

PHONE_WIDTH = 360
WIDTHS = (PHONE_WIDTH, 390, 768, 1440)
WORDS = "北城街道会盟社区门口有三盏路灯不亮，三天了。"
HERE = """navigator.geolocation.getCurrentPosition = found => found(
    {coords: {latitude: 36.95, longitude: 116.0, accuracy: 20}})"""
NOWHERE = """navigator.geolocation.getCurrentPosition = (found, failed) => failed(
    {code: 1, PERMISSION_DENIED: 1})"""


def sound(shown):
    """No finding of axe, no sideways scrolling at any width."""
    assert shown.violations() == [], shown.page.url
    for width in WIDTHS:
        shown.page.set_viewport_size({"width": width, "height": 800})
        assert not shown.scrolls_sideways(), (shown.page.url, width)
    shown.page.set_viewport_size({"width": PHONE_WIDTH, "height": 800})


def on(shown, end):
    shown.page.wait_for_url(f"**{end}")


def staff(unit, *permissions):
    return Actor(
        account_id=new_id(), kind=AccountKind.STAFF, post_id=new_id(), unit_id=unit.pk,
        unit_place_id=unit.place_id, unit_name=unit.name, unit_kind=unit.kind, level=unit.level,
        permissions=frozenset(permissions),
    )  # fmt: skip


def handled(number, *, upto):
    """Let hotline and bureau do their part: dispatched, answered, called back, closed."""
    run = Run.objects.get(matter__number=number)
    centre = staff(
        Unit.objects.filter(kind=UnitKind.HOTLINE_CENTRE, place__level=PlaceLevel.CITY)[0],
        "hotline.dispatch", "hotline.decide", "hotline.call_back",
    )  # fmt: skip
    unit = Unit.objects.get(code="DP-371427-housing")
    bureau = staff(unit)
    now = timezone.now()
    steps = [
        ("dispatch", centre, {"to_unit": str(unit.pk), "basis": "functional", "grade": "ordinary"}),
        ("acknowledge", bureau, {"handler": "王芳"}),
        ("answer", bureau, {
            "outcome": "solved", "result": "三盏灯都换了新的。", "legal_basis": "城市照明管理规定",
            "told_how": "phone", "told_at": now.isoformat(),
        }),
        ("audit", centre, {"to_the_point": True, "really_done": True, "told": True}),
        ("call_back", centre, {"contacted": "contacted", "solved": "partly"}),
        ("close", SYSTEM, {}),
    ]  # fmt: skip
    names = [name for name, _by, _form in steps]
    begin = names.index("close" if run.state == "called_back" else "dispatch")
    for name, by, form in steps[begin : names.index(upto) + 1]:
        act(run.pk, name, by=by, at=timezone.now(), form=form)


def number_in(shown):
    found = shown.page.locator(".number").first.inner_text()
    return "".join(sign for sign in found if sign.isdigit())


def test_a_resident_reports_follows_rates_poorly_and_has_it_done_again(
    chromium, shown_city, gateway
):
    shown = chromium.open(shown_city.url + "/", width=PHONE_WIDTH, before=HERE)
    page = shown.page

    # what: the kind is suggested while it is written
    page.click("a.door.primary")
    on(shown, "/report/what")
    page.fill("textarea[name=content]", WORDS)
    expect(page.locator("#kinds")).to_contain_text("路灯不亮")
    sound(shown)
    page.click(".act .primary")

    # where: the position leads to the county, the list to the village
    on(shown, "/report/where")
    page.click("[data-locate-press]")
    page.wait_for_url("**/report/where?at=371427000000")
    page.click("a.row >> text=北城街道")
    page.click("button.row >> text=会盟社区")
    expect(page.locator(".chosen b")).to_contain_text("会盟社区")
    sound(shown)
    page.click(".act .primary")

    # who: what follows is said before it is sent; the phone is asked for only when wanted
    on(shown, "/report/who")
    expect(page.locator(".afterwards")).to_contain_text("答复您")
    page.check("input[name=how][value=anonymous]")
    expect(page.locator("input[name=phone]")).to_be_hidden()
    page.check("input[name=how][value=phone]")
    page.fill("input[name=phone]", "154 0000 0066")
    sound(shown)
    page.click(".act .primary")
    on(shown, "/report/code")
    sound(shown)
    page.fill("input[name=code]", digits_in(gateway))
    page.click(".act .primary")

    # the number, then the page to follow it
    on(shown, "/report/sent")
    sound(shown)
    number = number_in(shown)
    page.click(".act .primary")
    on(shown, f"/m/{number}")
    expect(page.locator(".promise .chip")).to_have_text("还剩 5 个工作日")
    sound(shown)

    # answered: the rating stands on the page; closed: it is taken up again
    handled(number, upto="call_back")
    page.reload()
    page.check("input[name=satisfaction][value=unsatisfied]")
    page.fill("textarea[name=reason]", "只换了一盏。")
    sound(shown)
    page.click(".first-act .primary")
    expect(page.locator(".messages")).to_contain_text("评价")
    handled(number, upto="close")
    page.reload()
    page.fill(".first-act textarea", "还有两盏不亮。")
    sound(shown)
    page.click(".first-act .primary")
    on(shown, f"/m/{number}")

    assert Run.objects.get(matter__number=number).state == "acknowledged"
    expect(page.locator(".promise .chip")).to_have_text("还剩 5 个工作日")
    page.goto(shown_city.url + "/my/")
    sound(shown)
    assert shown.complaints == []


def test_without_a_script_a_resident_reports_follows_and_rates(chromium, shown_city, gateway):
    shown = chromium.open(shown_city.url + "/report/what", width=PHONE_WIDTH, javascript=False)
    page = shown.page
    page.fill("textarea[name=content]", "银山社区的垃圾桶满了，没人收。")
    page.click(".act .primary")
    page.fill("input[name=q]", "yinshan")
    page.press("input[name=q]", "Enter")
    page.click("button.row >> nth=0")
    page.click(".act .primary")
    page.fill("input[name=phone]", "15400000067")
    page.click(".act .primary")
    page.fill("input[name=code]", digits_in(gateway))
    page.click(".act .primary")
    number = number_in(shown)
    handled(number, upto="call_back")
    PhoneCode.objects.all().delete()

    # on another phone, by number and code
    other = chromium.open(f"{shown_city.url}/m/{number}", width=PHONE_WIDTH, javascript=False).page
    other.fill("input[name=phone]", "15400000067")
    other.click("main .primary")
    other.fill("input[name=code]", digits_in(gateway))
    other.click("main .primary")
    other.check("input[name=satisfaction][value=satisfied]")
    other.click(".first-act .primary")

    expect(other.locator(".messages")).to_contain_text("评价")
    assert Run.objects.get(matter__number=number).timeline.filter(action="rate").count() == 1


def test_signed_in_in_english_and_large_no_page_is_wider_than_a_phone(chromium, shown_city):
    account = accounts.resident_for_phone(phone="15400000068", at=timezone.now())
    known = {settings.SESSION_COOKIE_NAME: session_of(account), settings.LANGUAGE_COOKIE_NAME: "en"}
    shown = chromium.open(shown_city.url + "/", width=PHONE_WIDTH, cookies=known)

    for path in ("/", "/my/", "/my/data", "/notices/"):
        shown.page.goto(shown_city.url + path)
        sound(shown)
    shown.page.goto(shown_city.url + "/")
    shown.page.click("button.tool[name=large]")
    expect(shown.page.locator("button.tool[name=large][aria-pressed=true]")).to_be_visible()
    sound(shown)


def test_photos_are_shown_taken_away_and_made_small_before_they_travel(chromium, shown_city):
    shown = chromium.open(shown_city.url + "/report/what", width=PHONE_WIDTH)
    page = shown.page
    page.fill("textarea[name=content]", WORDS)
    noise = Image.effect_noise((3000, 2000), 90)
    photo = BytesIO()
    noise.save(photo, "JPEG", quality=95)
    size = len(photo.getvalue())
    assert size > 2_000_000

    chosen = page.locator(".chosen-files > li")
    picker = page.locator("input[type=file]")
    for name in ("wrong.jpg", "lamp.jpg"):  # the second choice adds to the first
        picker.set_input_files({"name": name, "mimeType": "image/jpeg", "buffer": photo.getvalue()})
        expect(chosen).to_have_count(1 if name == "wrong.jpg" else 2)
    chosen.filter(has_text="wrong.jpg").locator("button").click()
    expect(chosen).to_have_count(1)
    page.wait_for_function(
        "size => document.querySelector('input[type=file]').files[0].size < size", arg=size
    )
    sound(shown)
    page.click(".act .primary")
    on(shown, "/report/where")
    page.go_back()

    expect(page.locator(".kept-files li")).to_have_count(1)
    expect(page.locator(".kept-files")).to_contain_text("lamp.jpg")


def test_a_position_that_is_denied_holds_nobody_up(chromium, shown_city):
    shown = chromium.open(shown_city.url + "/report/what", width=PHONE_WIDTH, before=NOWHERE)
    page = shown.page
    page.fill("textarea[name=content]", WORDS)
    page.click(".act .primary")
    page.click("[data-locate-press]")

    expect(page.locator("[data-locate-said]")).to_contain_text("请在下面选择")
    page.click("a.row >> text=夏津县")
    expect(page.locator("a.row >> text=北城街道")).to_be_visible()
