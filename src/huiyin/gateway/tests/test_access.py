"""Who a token stands for. Who sees what is tried in web/tests/test_who_sees_what.py."""

from datetime import timedelta

import pytest
from django.utils import timezone

from huiyin.gateway.models import ApiToken
from huiyin.gateway.tests.callers import Caller, a_city, a_token, clerk, report, resident, stranger

pytestmark = pytest.mark.django_db


def test_people_see_their_own_matter_and_nobody_elses():
    city = a_city()
    mine, others = resident(city), stranger(city)
    number = report(city, mine).json()["number"]

    assert mine.get(f"/matters/{number}").status_code == 200
    assert others.get(f"/matters/{number}").status_code == 404
    assert number not in [one["number"] for one in others.get("/matters").json()["matters"]]


def test_a_token_in_a_post_sees_what_the_unit_of_the_post_has():
    city = a_city()
    units = city.unit("department"), city.unit("department", "2")
    run = city.open("hotline", "accept_call").run
    city.act(run.pk, "dispatch", to_unit=str(units[0].pk))

    seen = [
        [one["number"] for one in clerk(unit).get("/matters").json()["matters"]] for unit in units
    ]
    assert seen == [[run.matter.number], []]


def test_an_expired_token_opens_nothing():
    caller = Caller(a_token(a_city().resident))
    now = timezone.now()
    ApiToken.objects.update(created_at=now - timedelta(days=2), expires_at=now - timedelta(days=1))

    assert caller.get("/me").json()["code"] == "api.token_not_good"
