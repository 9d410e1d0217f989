"""Lists are walked forwards and backwards by key, however long they are."""

import pytest
from django.test import RequestFactory

from huiyin.places.models import Place, PlaceLevel
from huiyin.web.paging import page
from huiyin.web.tests.factories import a_city

pytestmark = pytest.mark.django_db


def counties_at(query="", **more):
    a_city()
    rows = Place.objects.filter(level=PlaceLevel.COUNTY)
    shown = page(RequestFactory().get(f"/{query}"), rows, key="code", size=2, **more)
    return [place.name for place in shown.items], shown.newer, shown.older


def test_the_first_page_leads_on_only():
    assert counties_at() == (["德城区", "夏津县"], "", "?after=371427000000")


def test_the_last_page_leads_back_only():
    assert counties_at("?after=371427000000") == (
        ["德州天衢新区", "乐陵市"],
        "?before=371471000000",
        "",
    )


def test_a_page_reached_backwards_stands_in_the_same_order():
    assert counties_at("?before=371471000000") == (
        ["德城区", "夏津县"],
        "",
        "?after=371427000000",
    )


def test_a_descending_list_is_walked_downwards():
    assert counties_at("?after=371471000000", descending=True) == (
        ["夏津县", "德城区"],
        "?before=371427000000",
        "",
    )


def test_other_choices_of_the_address_stay():
    assert counties_at("?letter=d", anchor="below")[2] == "?letter=d&after=371427000000#below"


def test_lists_of_one_page_are_told_apart():
    assert counties_at("?duty-after=371427000000", prefix="below-")[0] == ["德城区", "夏津县"]


@pytest.mark.parametrize("key", ["%00", "9" * 500, "<script>"])
def test_a_key_nobody_has_is_no_error(key):
    names, newer, older = counties_at(f"?after={key}")

    assert names in (["德城区", "夏津县"], [])
    assert "<" not in newer + older


def test_no_page_has_neighbours_when_nothing_is_there():
    shown = page(RequestFactory().get("/"), Place.objects.none(), key="code")

    assert (shown.items, shown.newer, shown.older) == ([], "", "")
