"""A visit is ordered with its time: offered where somebody comes, kept, and never given twice."""

from datetime import date, datetime, time, timedelta

import pytest
from django.utils import timezone

from huiyin.matters.models import Run
from huiyin.orders import slots, verbs
from huiyin.orders.models import Booking
from huiyin.orders.tests.catalogue import LEGAL
from huiyin.people.actors import SYSTEM
from huiyin.places.tests.factories import a_place
from huiyin.units.tests.factories import NOW
from huiyin.web.stars import LEAST, rated_services
from huiyin.web.tests.residents import a_city, a_resident, choose_place, last_matter, main, say

pytestmark = pytest.mark.django_db
ORDER = {
    "service": "legal_aid", "item": "FW-01", "mode": "visit", "address": "3 号楼", "text": "请来。",
}  # fmt: skip


@pytest.fixture
def city():
    """A city whose department comes every working day from nine to eleven, one visit an hour."""
    city = a_city()
    verbs.add_service(code="FW-01", terms=LEGAL, by=SYSTEM, at=NOW, valid_from=date(2026, 1, 1))
    for weekday in range(5):
        verbs.offer_times(
            unit_id=city.unit("department").pk, code="FW-01", weekday=weekday, starts=time(9),
            ends=time(11), capacity=1, by=SYSTEM, at=NOW, valid_from=date(2026, 1, 1),
        )  # fmt: skip
    return city


def free():
    version = slots.version_on("FW-01", on=timezone.localdate())
    return slots.free_slots(version, at=timezone.now(), days=21)


def ordered(client, city, **more):
    """Fill in what and where; return where it leads."""
    say(client, "order", **{**ORDER, **more})
    return choose_place(client, city.place.code, "order").headers["Location"]


def test_a_time_that_was_chosen_is_booked_and_shown_until_somebody_came(city):
    client = a_resident(city.resident)
    assert ordered(client, city) == "/order/when"
    first = free()[0]
    page = main(client.get("/order/when"))
    assert f'value="{first.key}"' in page
    assert city.unit("department").name in page

    answer = client.post("/order/when", {"slot": first.key})
    assert answer.headers["Location"] == "/order/who"
    assert timezone.localtime(first.starts_at).strftime("%H:%M") in main(client.get("/order/who"))
    client.post("/order/who", {"name": "李娟"})

    booking = Booking.objects.get(run=last_matter().runs.get(), released_at=None)
    assert (booking.unit_id, booking.starts_at) == (first.unit_id, first.starts_at)
    assert "来人时间" in main(client.get("/order/sent"))
    assert "来人时间" in main(client.get(f"/m/{last_matter().number}"))


def test_a_time_agreed_by_phone_is_shown_until_it_is_given_back(city):
    client = a_resident(city.resident)
    ordered(client, city, item="")
    client.post("/order/who", {"name": "李娟"})
    matter = last_matter()
    run, coming = matter.runs.get(), timezone.now() + timedelta(days=2)
    for action in ("assign", "accept"):
        city.act(run.pk, action, at=timezone.now())
    city.act(run.pk, "schedule_visit", at=timezone.now(), visit_at=coming.isoformat())
    assert timezone.localtime(coming).strftime("%H:%M") in main(client.get(f"/m/{matter.number}"))

    city.act(run.pk, "change_visit", at=timezone.now(), by=city.reporter)

    assert "来人时间" not in main(client.get(f"/m/{matter.number}"))


def test_whom_no_time_suits_orders_all_the_same(city):
    client = a_resident(city.resident)
    ordered(client, city, times="周末")
    assert "周末" in main(client.get("/order/when"))

    client.post("/order/when", {"slot": ""})
    client.post("/order/who", {"name": "李娟"})

    assert not Booking.objects.filter(run__matter=last_matter()).exists()


def test_without_a_choice_it_says_what_is_missing(city):
    client = a_resident(city.resident)
    ordered(client, city)

    answer = client.post("/order/when", {})

    assert answer.status_code == 422
    assert 'role="alert"' in main(answer)


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({"mode": "online"}, id="nobody-has-to-come"),
        pytest.param({"item": ""}, id="no-service-of-the-catalogue"),
    ],
)
def test_where_no_time_is_needed_none_is_asked_for(city, more):
    client = a_resident(city.resident)
    ordered(client, city, **more)

    assert client.get("/order/when").headers["Location"] == "/order/who"


def test_only_offices_of_the_place_come_there(city):
    client = a_resident(city.resident)
    unit = city.unit("department")
    unit.place = a_place(under=city.town.county)
    unit.save(update_fields=["place"])
    ordered(client, city)

    assert client.get("/order/when").headers["Location"] == "/order/who"


def test_a_time_somebody_else_took_meanwhile_is_asked_for_anew_and_nothing_is_lost(city):
    client, other = a_resident(city.resident), a_resident(city.other)
    first = free()[0]
    for one in (client, other):
        ordered(one, city)
        one.post("/order/when", {"slot": first.key})
    other.post("/order/who", {"name": "王强"})
    before = Run.objects.count()

    answer = client.post("/order/who", {"name": "李娟"})

    assert answer.headers["Location"] == "/order/when"
    assert Run.objects.count() == before
    page = main(client.get("/order/when"))
    assert 'role="alert"' in page
    assert f'value="{first.key}"' not in page
    client.post("/order/when", {"slot": free()[0].key})
    client.post("/order/who", {"name": "李娟"})
    assert Booking.objects.filter(released_at=None).count() == 2


def test_stars_of_a_service_are_shown_together_and_only_from_enough_people(city):
    for number in range(LEAST):
        run = city.open("orders", "submit", by=city.reporter, item="FW-01", mode="online").run
        run.memory["facts"]["stars"] = 5 if number else 2
        Run.objects.filter(pk=run.pk).update(memory=run.memory)
        if number == LEAST - 2:
            assert rated_services() == {}

    found = rated_services()["FW-01"]

    assert (found.good, found.count) == (LEAST - 1, LEAST)
    assert "5 人评价" in main(a_resident().get("/order/"))


def test_the_days_shown_begin_with_the_next_ones_and_lead_to_the_others(city):
    client = a_resident(city.resident)
    ordered(client, city)
    latest = free()[-1].key

    assert latest not in main(client.get("/order/when"))
    assert latest in main(client.get("/order/when?all=1"))
    assert datetime.fromisoformat(latest.partition("@")[2]) > datetime.now() + timedelta(days=7)  # noqa: DTZ005
