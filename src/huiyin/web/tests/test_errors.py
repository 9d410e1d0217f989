"""Failures become pages that say whose fault it is not and lead on."""

import pytest
from django.test import Client
from django.urls import reverse

from huiyin.units.models import UnitKind
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.factories import a_city, a_post, a_unit, an_account

pytestmark = pytest.mark.django_db


def test_an_address_nobody_knows_leads_back_to_the_start(client):
    answer = client.get("/nobody-lives-here")

    assert answer.status_code == 404
    assert 'href="/"' in answer.content.decode()


def test_a_page_for_others_says_who_can_open_it():
    places = a_city()
    account = an_account("zhang")
    a_post(
        account,
        a_unit("VC-1", UnitKind.VILLAGE_COMMITTEE, places["杨庄村委会"], "杨庄村委会"),
        "grid_worker",
    )

    answer = client_of(session_of(account)).get("/desk/log")
    page = answer.content.decode()

    assert answer.status_code == 403
    assert [
        name for name in ("审计员", "市级管理员", "领导", "单位管理员") if name not in page
    ] == []


def test_staff_are_led_back_to_their_desk_and_not_to_the_hotline():
    places = a_city()
    account = an_account("zhang")
    unit = a_unit("VC-1", UnitKind.VILLAGE_COMMITTEE, places["杨庄村委会"], "杨庄村委会")
    a_post(account, unit, "grid_worker")

    page = client_of(session_of(account)).get("/nobody-lives-here").content.decode()

    assert f'href="{reverse("web:desk")}"' in page
    assert "tel:12345" not in page


def test_a_form_from_elsewhere_is_not_taken():
    answer = Client(enforce_csrf_checks=True).post("/places/locate", {"lat": "1", "lon": "1"})

    assert answer.status_code == 403
    assert answer.headers["X-Spoken-Code"] in answer.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [
        pytest.param("/breaks", 500, id="our-fault"),
        pytest.param("/no-database", 503, id="database-away"),
    ],
)
def test_what_breaks_on_our_side_gives_a_code_to_read_out(client, settings, address, status):
    settings.ROOT_URLCONF = "huiyin.web.tests.broken_urls"
    client.raise_request_exception = False

    answer = client.get(address)

    assert answer.status_code == status
    assert answer.headers["X-Spoken-Code"] in answer.content.decode()
