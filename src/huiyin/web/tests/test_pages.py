"""What the pages of the directory say, and where they lead."""

from datetime import timedelta

import pytest
from django.urls import reverse

from huiyin.people.models import GridRole
from huiyin.places import verbs
from huiyin.places.models import Boundary, PlaceKind
from huiyin.units.models import UnitKind
from huiyin.web.tests.factories import (
    BY,
    NOW,
    a_category,
    a_city,
    a_duty,
    a_place,
    a_unit,
    a_worker,
)

pytestmark = pytest.mark.django_db

PART = {"HX-Request": "true"}


@pytest.fixture
def city():
    return a_city()


def text(response):
    return response.content.decode()


def test_the_start_page_leads_to_the_places_and_names_the_hotline_once(client, city):
    page = text(client.get("/"))
    main = page[page.index("<main") : page.index("</main>")]

    assert [
        way for way in ("/places/", "/places/search", "/places/locate") if way not in main
    ] == []
    assert main.count('href="tel:12345"') == 1


def test_an_empty_installation_says_so_and_leads_on(client):
    page = text(client.get("/places/"))

    assert "还没有载入区划" in page
    assert 'href="tel:12345"' in page


def test_the_city_stands_at_one_address_only(client, city):
    answer = client.get("/places/371400000000/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/places/")


def test_a_former_code_leads_to_the_place_and_says_so(client, city):
    verbs.recode(place_id=city["银城街道"].id, code="371427009000", on=NOW.date(), by=BY, at=NOW)

    answer = client.get("/places/371427001000/")
    page = text(client.get(answer.headers["Location"]))

    assert answer.headers["Location"] == "/places/371427009000/?was=371427001000"
    assert "您用的是旧代码 371427001000" in page


def test_a_code_that_was_never_the_places_is_not_repeated(client, city):
    page = text(client.get("/places/371427002000/?was=<b>371427001000"))

    assert "旧代码" not in page


def test_a_merged_place_says_where_it_went(client, city):
    verbs.merge(
        predecessor_ids=[city["银城街道"].id],
        successor_id=city["北城街道"].id,
        on=NOW.date(),
        by=BY,
        at=NOW,
    )

    page = text(client.get("/places/371427001000/"))

    assert "不再单独存在" in page
    assert 'href="/places/371427002000/"' in page


@pytest.mark.parametrize("code", ["0", "x" * 40, "371427002000x", "%00"])
def test_a_code_nobody_has_is_not_found(client, city, code):
    assert client.get(f"/places/{code}/").status_code == 404


def test_a_zone_and_the_county_below_it_point_to_each_other(client, city):
    zone = text(client.get("/places/371471000000/"))
    county = text(client.get("/places/371402000000/"))

    assert 'href="/places/371402000000/"' in zone
    assert 'href="/places/371471000000/"' in county


def test_a_village_shows_its_grids_with_public_contact_and_a_way_to_complain(client, city):
    a_worker("w1", city["第一网格"], GridRole.FULL_TIME, name="郭秀芹")
    a_unit(
        "GC-1",
        UnitKind.GOVERNANCE_CENTRE,
        city["北城街道"],
        "北城街道综治中心",
        phone="0534-3219999",
    )

    page = text(client.get("/places/371427002201/"))

    assert "郭秀芹" in page
    assert 'href="tel:05343210000"' in page
    assert 'href="tel:05343219999"' in page


def test_children_can_be_narrowed_by_letter_name_and_pinyin(client, city):
    town = city["北城街道"]
    for number in range(12):
        a_place(f"37142700230{number:x}", f"李庄{number}", PlaceKind.VILLAGE, under=town)

    whole = text(client.get("/places/371427002000/"))
    by_letter = text(client.get("/places/371427002000/?letter=y"))
    by_pinyin = text(client.get("/places/371427002000/?name=yang zhuang"))
    nothing = text(client.get("/places/371427002000/?name=zzz"))

    assert 'href="?letter=y#below"' in whole
    assert "杨庄村委会" in by_letter
    assert "李庄1" not in by_letter
    assert "杨庄村委会" in by_pinyin
    assert "这里没有叫这个名字的" in nothing


@pytest.mark.parametrize("many", [1, 3])
def test_a_town_costs_the_same_however_many_villages_it_has(
    client, city, django_assert_num_queries, many
):
    for number in range(many):
        a_place(f"37142700230{number}", f"李庄{number}", PlaceKind.VILLAGE, under=city["银城街道"])
        a_unit(f"JO-{number}", UnitKind.JUSTICE_OFFICE, city["银城街道"], f"司法所{number}")
    client.get("/places/371427001000/")

    with django_assert_num_queries(12):
        client.get("/places/371427001000/")


@pytest.mark.parametrize("many", [1, 3])
def test_a_unit_costs_the_same_however_much_it_does(client, city, django_assert_num_queries, many):
    bureau = a_unit("DP-1", UnitKind.DEPARTMENT, city["夏津县"], "夏津县住建局")
    for number in range(many):
        a_duty(bureau, a_category(f"0{number + 1}", f"类别{number}"), city["夏津县"])
        a_unit(
            f"ET-{number}",
            UnitKind.ENFORCEMENT_TEAM,
            city["夏津县"],
            f"大队{number}",
            superior_id=bureau.id,
        )
    address = reverse("web:unit", args=[bureau.pk])
    client.get(address)

    with django_assert_num_queries(8):
        client.get(address)


def test_a_closed_office_says_so(client, city):
    bureau = a_unit("DP-1", UnitKind.DEPARTMENT, city["夏津县"], "夏津县住建局")
    type(bureau).objects.update(valid_to=NOW.date() - timedelta(days=400))

    page = text(client.get(reverse("web:unit", args=[bureau.pk])))

    assert "已于" in page
    assert "夏津县住建局" not in text(client.get("/units/"))


def test_a_search_answers_with_a_part_for_a_script_and_a_page_for_everybody_else(client, city):
    whole = client.get("/places/search?q=beicheng")
    part = client.get("/places/search?q=beicheng", headers=PART)

    assert "北城街道" in text(whole)
    assert "北城街道" in text(part)
    assert "<html" in text(whole)
    assert "<html" not in text(part)
    assert "HX-Request" in part.headers["Vary"]


def test_an_emergency_is_said_before_anything_else(client, city):
    a_category("15", "消防与应急", owner_kind="department:emergency")
    a_category("1501", "火灾", redirect="119", phrase_1="房子着火了")

    page = text(client.get("/find?q=房子着火了"))

    assert page.index('href="tel:119"') < page.index("是这类事吗")


def test_the_answer_names_office_phone_and_reason(client, city):
    a_category("01", "市容环卫")
    lamp = a_category("0101", "路灯不亮", guidance_zh="写上灯杆编号最快。", guidance_en="x")
    bureau = a_unit(
        "DP-1", UnitKind.DEPARTMENT, city["夏津县"], "夏津县城管局", phone="0534-3215555"
    )
    a_duty(bureau, lamp, city["夏津县"], basis="夏津县权责清单第 96 项")

    page = text(client.get("/find/responsible?category=0101&place=371427002201"))

    assert "夏津县城管局" in page
    assert 'href="tel:05343215555"' in page
    assert "夏津县权责清单第 96 项" in page
    assert "写上灯杆编号最快。" in page


@pytest.mark.parametrize(
    ("query", "says"),
    [
        pytest.param("category=9999", "这个类别已经停用", id="unknown kind"),
        pytest.param("place=0", "没有这个地方", id="unknown place"),
    ],
)
def test_a_choice_that_is_gone_is_asked_for_again(client, city, query, says):
    a_category("01", "市容环卫")

    assert says in text(client.get(f"/find/responsible?{query}"))


SQUARE = {
    "type": "Polygon",
    "coordinates": [
        [[115.85, 36.8], [116.15, 36.8], [116.15, 37.1], [115.85, 37.1], [115.85, 36.8]]
    ],
}


@pytest.fixture
def outlined(city):
    Boundary.objects.create(
        place=city["夏津县"], geometry=SQUARE, source="测试", licence="公有领域", as_of="2026"
    )
    return city


def test_a_point_inside_an_outline_is_proposed_and_never_in_the_address(client, outlined):
    answer = client.post("/places/locate", {"lat": "36.95", "lon": "116.0", "crs": "wgs84"})

    assert answer.status_code == 200
    assert "德州市夏津县" in text(answer)
    assert "在它的边界里面" in text(answer)


def test_a_point_outside_says_what_may_be_wrong(client, outlined):
    answer = client.post("/places/locate", {"lat": "116.0", "lon": "36.95", "crs": "wgs84"})

    assert answer.status_code == 422
    far = client.post("/places/locate", {"lat": "36.0", "lon": "116.0", "crs": "wgs84"})
    assert "也可能两个数写反了" in text(far)
    assert "离得最近的是夏津县" in text(far)


def test_a_point_without_numbers_is_asked_for_again(client, outlined):
    answer = client.post("/places/locate", {"lat": "", "lon": "x", "crs": "wgs84"})

    assert answer.status_code == 422
    assert "请填纬度" in text(answer)


def test_the_map_marks_the_county_that_is_asked_for(client, outlined):
    answer = client.get("/map/counties.geojson?here=371427000000")
    (feature,) = answer.json()["features"]

    assert answer.headers["Content-Type"] == "application/geo+json"
    assert feature["properties"] == {
        "name": "夏津县",
        "url": "/places/371427000000/",
        "point": [116.0, 36.95],
        "step": 2,
    }


def test_the_map_counts_grids_without_a_full_time_worker(client, outlined):
    a_worker("w1", outlined["第一网格"], GridRole.FULL_TIME)

    (feature,) = client.get("/map/counties.geojson?figures=gaps").json()["features"]

    assert (feature["properties"]["value"], feature["properties"]["step"]) == (1, 3)
