"""The wall tells a room of people how a place stands, and nothing of anybody."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.insight import screens
from huiyin.insight.models import Screen
from huiyin.insight.refusals import NotYourPlace
from huiyin.matters.models import Contact, Matter, MatterText
from huiyin.people.models import AccessLog, Account, PermissionSet
from huiyin.places.models import Place
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.city import LOADED_AT
from huiyin.web.tests.matters_there import staff_of
from huiyin.web.tests.pages import BEICHENG, XIAJIN

WALL = "/command/wall"


@pytest.fixture
def leader(city):
    return client_of(session_of(Account.objects.get(username="leader")))


def a_screen(place=XIAJIN, *, days=30, at=None):
    """A screen of the county committee's office."""
    return screens.make_screen(
        label="综治中心二楼大厅", place=Place.objects.get(code=place), days=days,
        by=staff_of("leader", LOADED_AT), at=at or timezone.now(),
    )  # fmt: skip


def shown(secret, **headers):
    return Client().get(reverse("web:screen", args=[secret]), **headers)


def words_of(html):
    """What can be read, without addresses of files."""
    return re.sub(r"<[^>]+>", " ", html)


def test_the_wall_names_nobody_gives_no_number_and_no_house(leader):
    told = Matter.objects.filter(county_id=Place.objects.get(code=XIAJIN).pk).first()
    MatterText.objects.filter(matter=told).update(
        title="王秀英家3号楼2单元漏水，电话13805340000", address="银城路118号3号楼"
    )
    made = a_screen()

    pages = [leader.get(WALL).content.decode(), shown(made.secret).content.decode()]

    people = {one.name for one in Contact.objects.all() if one.name}
    phones = {one.phone for one in Contact.objects.all() if one.phone}
    staff = {one.name for one in Account.objects.all() if one.name}
    words = MatterText.objects.exclude(title__in=Category.objects.values("name_zh"))
    said = {one.title for one in words} | {one.text for one in words}
    numbers = set(Matter.objects.values_list("number", flat=True))
    assert people
    assert staff
    for page in pages:
        text = words_of(page)
        assert "已超期" in text
        assert [one for one in people | phones | staff | said | numbers if one in page] == []
        assert re.findall(r"1\d{10}|\d{3,4}-\d{7,8}", text) == []
        assert re.findall(r"\d+\s*(?:号楼|单元|号院|室)", text) == []


def test_there_is_nothing_to_press_on_the_wall(leader):
    page = leader.get(WALL).content.decode()

    assert re.findall(r"<(?:a|button|input|select|form|summary)\b", page) == []


def test_a_wall_says_of_when_its_figures_are_and_gives_them_alone_to_the_script(leader):
    part = leader.get(WALL, headers={"HX-Request": "true"})

    assert part.content.decode().startswith('<div class="wall')
    at = re.search(r'data-at="([^"]+)"', part.content.decode())[1]
    assert abs(datetime.fromisoformat(at) - datetime.now(UTC)) < timedelta(hours=1)


def test_the_wall_of_the_city_draws_its_counties(city):
    page = client_of(session_of(Account.objects.get(username="city"))).get(WALL).content.decode()

    assert re.findall(r'aria-label="([^"]*夏津县[^"]*)"', page)
    assert len(re.findall(r'<path class="s\d"', page)) == 3


def test_a_screen_shows_one_place_to_whoever_has_its_address_and_nothing_more(city):
    made = a_screen(BEICHENG)

    answer = shown(made.secret)

    assert answer.status_code == HTTPStatus.OK
    assert answer.context["place"].code == BEICHENG
    assert shown(made.secret, QUERY_STRING=f"place={XIAJIN}").context["place"].code == BEICHENG
    assert Client().get(reverse("web:command")).status_code == HTTPStatus.SEE_OTHER
    assert "no-store" in answer.headers["Cache-Control"]
    assert made.secret not in answer.content.decode()


def test_a_screen_outlives_the_session_and_the_post_of_whoever_set_it_up(city):
    made = a_screen()
    maker = staff_of("leader", LOADED_AT)
    Account.objects.filter(pk=maker.account_id).update(is_active=False)

    assert shown(made.secret).status_code == HTTPStatus.OK


@pytest.mark.parametrize("why", ["ended", "expired", "unknown", "set may not"])
def test_a_screen_goes_dark(city, why):
    by = staff_of("leader", LOADED_AT)
    is_old = why == "expired"
    made = a_screen(days=1, at=timezone.now() - timedelta(days=2) if is_old else None)
    if why == "ended":
        screens.end_screen(screen_id=made.screen.pk, by=by, at=timezone.now())
    if why == "set may not":
        PermissionSet.objects.filter(pk="leader").update(permissions=["people.see"])

    answer = shown("x" * 32 if why == "unknown" else made.secret)

    assert answer.status_code == HTTPStatus.GONE
    assert "这块屏幕已停用" in answer.content.decode()
    assert "夏津" not in answer.content.decode()


def test_setting_a_screen_up_and_ending_it_are_in_the_log_and_its_key_is_nowhere(leader):
    page = leader.post(
        "/command/screens", {"label": "北城街道办事大厅", "place": BEICHENG, "days": "180"}
    )
    address = page.context["address"]
    secret = address.rsplit("/", 1)[1]
    screen = Screen.objects.get()
    assert shown(secret).status_code == HTTPStatus.OK

    leader.post(f"/command/screens/{screen.pk}/end")

    assert shown(secret).status_code == HTTPStatus.GONE
    logged = AccessLog.objects.filter(subject_type="screen").order_by("id")
    assert [(one.action, one.purpose) for one in logged] == [
        ("screen_made", "北城街道办事大厅"),
        ("screen_ended", "北城街道办事大厅"),
    ]
    screen.refresh_from_db()
    assert secret.encode() not in bytes(screen.digest)
    assert screen.seen_at is not None
    assert secret not in leader.get("/command/screens").content.decode()


def test_a_screen_is_set_up_for_ones_own_place_alone_and_ended_by_ones_own_unit_alone(city):
    made = a_screen()
    wucheng = Place.objects.get(name="武城县")

    with pytest.raises(NotYourPlace):
        a_screen(wucheng.code)
    other = client_of(session_of(Account.objects.get(username="town")))
    assert other.post(f"/command/screens/{made.screen.pk}/end").status_code == HTTPStatus.NOT_FOUND
    assert Screen.objects.get().ended_at is None
