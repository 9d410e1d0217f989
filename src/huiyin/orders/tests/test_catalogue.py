"""The catalogue: free of charge, never rewritten; an order keeps the version it was made for."""

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.records import the_record
from huiyin.orders import verbs
from huiyin.orders.models import Mode, OrderedService, ServiceVersion
from huiyin.orders.refusals import (
    NotFound,
    NothingToChange,
    NotPermitted,
    ServiceCodeInUse,
    ServiceIncomplete,
    VersionTooEarly,
)
from huiyin.orders.slots import services_on, version_on
from huiyin.orders.tests.catalogue import DAY, LEGAL, TUESDAY, a_city, an_order
from huiyin.people.actors import SYSTEM
from huiyin.units.tests.factories import NOW

pytestmark = pytest.mark.django_db


def test_an_order_keeps_the_version_it_was_made_for():
    city = a_city()
    run = an_order(city)
    other = replace(LEGAL, title_zh="上门法律服务", promise_days=3)

    verbs.change_service(code="FW-01", terms=other, by=SYSTEM, at=NOW + DAY, valid_from=TUESDAY)

    kept = OrderedService.objects.get(run=run).version
    assert (kept.number, kept.title_zh, kept.valid_to) == (1, "上门法律咨询", TUESDAY)
    assert version_on("FW-01", on=TUESDAY - DAY).number == 1
    assert version_on("FW-01", on=TUESDAY).number == 2


def test_a_version_is_never_rewritten_or_deleted_and_costs_nothing():
    a_city()
    version = ServiceVersion.objects.get()

    for change in ({"title_zh": "别的"}, {"promise_days": 9}):
        with pytest.raises(ProgrammingError), transaction.atomic():
            ServiceVersion.objects.update(**change)
    with pytest.raises(ProgrammingError), transaction.atomic():
        version.delete()
    version.pk, version.number, version.valid_to, version.price = None, 2, TUESDAY, 5
    with pytest.raises(IntegrityError, match="orders_services_are_free"), transaction.atomic():
        version.save(force_insert=True)


def test_only_those_who_maintain_the_catalogue_change_it():
    city = the_record()
    clerk = city.staff(city.unit("department"))
    editor = city.staff(city.unit("governance_centre"), verbs.CATALOGUE)

    with pytest.raises(NotPermitted):
        verbs.add_service(code="FW-01", terms=LEGAL, by=clerk, at=NOW)
    version = verbs.add_service(code="FW-01", terms=LEGAL, by=editor, at=NOW)

    assert (version.number, version.recorded_by) == (1, editor.account_id)
    with pytest.raises(NotPermitted):
        verbs.end_service(code="FW-01", on=TUESDAY, by=clerk)


@pytest.mark.parametrize(
    ("code", "terms"),
    [
        pytest.param("fw 1", LEGAL, id="code"),
        pytest.param("FW-02", replace(LEGAL, title_en=" "), id="no-english-title"),
        pytest.param("FW-02", replace(LEGAL, promise_days=0), id="no-promise"),
        pytest.param("FW-02", replace(LEGAL, promise_days=61), id="promise-too-long"),
        pytest.param("FW-02", replace(LEGAL, slot_minutes=9), id="visit-too-short"),
    ],
)
def test_a_service_that_does_not_say_everything_is_refused(code, terms):
    with pytest.raises(ServiceIncomplete):
        verbs.add_service(code=code, terms=terms, by=SYSTEM, at=NOW)


def test_changes_begin_later_say_something_new_and_codes_are_used_once():
    a_city()
    other = replace(LEGAL, promise_days=3)

    with pytest.raises(ServiceCodeInUse):
        verbs.add_service(code="FW-01", terms=other, by=SYSTEM, at=NOW)
    with pytest.raises(NothingToChange):
        verbs.change_service(code="FW-01", terms=LEGAL, by=SYSTEM, at=NOW)
    with pytest.raises(VersionTooEarly):
        verbs.change_service(
            code="FW-01", terms=other, by=SYSTEM, at=NOW, valid_from=date(2026, 1, 1)
        )
    with pytest.raises(NotFound):
        verbs.change_service(code="FW-99", terms=other, by=SYSTEM, at=NOW)


def test_what_has_ended_cannot_be_ordered_and_leaves_the_list():
    city = a_city()
    verbs.end_service(code="FW-01", on=TUESDAY - DAY, by=SYSTEM)

    with pytest.raises(ActRefused) as refused:
        an_order(city)

    assert "FW-01" in refused.value.errors["item"]
    assert list(services_on(TUESDAY)) == []


def test_a_service_is_ordered_in_the_way_it_is_given():
    city = a_city()
    online = replace(LEGAL, mode=Mode.ONLINE)
    verbs.add_service(code="FW-02", terms=online, by=SYSTEM, at=NOW)

    with pytest.raises(ActRefused) as refused:
        an_order(city, item="FW-02")
    run = an_order(city, item="FW-02", mode="online")

    assert list(refused.value.errors) == ["mode"]
    assert OrderedService.objects.get(run=run).version.service.code == "FW-02"


def test_an_order_without_a_service_of_the_catalogue_is_taken_as_before():
    city = a_city()

    run = an_order(city, item="", mode="online")

    assert run.state == "submitted"
    assert not OrderedService.objects.exists()


def test_the_catalogue_is_read_by_everybody(client):
    a_city()

    zh = client.get("/api/v1/services").json()["services"]
    en = client.get("/api/v1/services", headers={"Accept-Language": "en"}).json()["services"]

    assert [(one["code"], one["title"], one["price"]) for one in zh] == [
        ("FW-01", "上门法律咨询", "0.00")
    ]
    assert en[0]["title"] == "Legal advice at home"
