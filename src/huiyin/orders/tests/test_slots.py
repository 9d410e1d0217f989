"""Appointments: offered by the calendar, booked once, given back when nobody comes."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from huiyin.matters import links
from huiyin.matters.refusals import ActRefused
from huiyin.matters.tests.at_once import at_once
from huiyin.notices.models import Notice
from huiyin.orders import verbs
from huiyin.orders.models import Booking
from huiyin.orders.refusals import (
    DayBooked,
    NotFound,
    NotPermitted,
    NotTheirService,
    SlotsMalformed,
    SlotsOverlap,
)
from huiyin.orders.slots import free_slots, offered, version_on, weekday_of
from huiyin.orders.tests.catalogue import LEGAL, TUESDAY, a_city, an_order, key, offer
from huiyin.people.actors import SYSTEM
from huiyin.units.tests.factories import NOW
from huiyin.worktime import statutory_calendar

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NINE = datetime(2026, 3, 3, 9, tzinfo=timezone.get_default_timezone())


def times(*, days=7, at=NOW):
    found = free_slots(version_on("FW-01", on=date(2026, 3, 2)), at=at, days=days)
    return [f"{timezone.localtime(slot.starts_at):%a %d %H:%M} {slot.free}" for slot in found]


def booked(run):
    return list(Booking.objects.filter(run=run, released_at=None).values_list("starts_at", "seat"))


def assigned(city, run, *, unit=""):
    city.act(run.pk, "assign", to_unit=str(city.unit("department", unit).pk))
    return city.act(run.pk, "accept").run


# --- what is offered ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "weekday"),
    [
        pytest.param(date(2026, 3, 3), 1, id="an-ordinary-tuesday"),
        pytest.param(date(2026, 3, 7), 5, id="an-ordinary-saturday"),
        pytest.param(date(2026, 2, 17), None, id="spring-festival"),
        pytest.param(date(2026, 2, 28), 0, id="a-make-up-saturday-counts-as-monday"),
        pytest.param(date(2026, 2, 23), None, id="a-monday-off-by-the-notice"),
    ],
)
def test_days_follow_the_calendar_of_the_state_council(on, weekday):
    assert weekday_of(on, statutory_calendar()) == weekday


def test_times_are_cut_into_visits_and_those_that_are_over_are_not_offered():
    a_city(capacity=2)

    assert times(days=8) == ["Tue 03 09:00 2", "Tue 03 10:00 2", "Tue 10 09:00 2", "Tue 10 10:00 2"]
    assert times(days=1, at=NINE) == ["Tue 03 10:00 2"]


def test_an_exception_closes_a_day_or_gives_it_other_times():
    city = a_city()
    day = {"unit_id": city.unit("department").pk, "code": "FW-01", "by": SYSTEM, "at": NOW}

    verbs.except_day(**day, on=TUESDAY, reason="培训")
    verbs.except_day(
        **day, on=date(2026, 3, 7), reason="周末加班", capacity=1, starts=time(14), ends=time(15)
    )

    assert times(days=8) == ["Sat 07 14:00 1", "Tue 10 09:00 1", "Tue 10 10:00 1"]


# --- booking ------------------------------------------------------------------------------------


def test_a_resident_chooses_a_free_time_with_the_order_and_the_unit_confirms_it():
    city = a_city()
    run = an_order(city, slot=key(city))
    assert booked(run) == [(NINE, 0)]
    assert times(days=1) == ["Tue 03 10:00 1"]

    assigned(city, run)
    run = city.act(run.pk, "schedule_visit", visit_at=NINE.isoformat()).run

    assert run.state == "visit_scheduled"
    assert booked(run) == [(NINE, 0)]


def test_the_resident_is_told_the_day_of_the_visit_and_not_the_day_of_the_message():
    city = a_city()
    run = an_order(city)
    assigned(city, run)

    city.act(run.pk, "schedule_visit", visit_at=NINE.isoformat())

    told = Notice.objects.get(name="orders.schedule_visit.person", channel="inbox")
    assert "3 月 3 日" in told.texts


@pytest.mark.parametrize(
    "slot",
    [
        pytest.param("@2026-03-03T09:00", id="no-unit"),
        pytest.param("U-0@soon", id="no-time"),
        pytest.param("{unit}@2026-03-03T09:30", id="between-two-visits"),
        pytest.param("{unit}@2026-03-04T09:00", id="a-day-nobody-comes"),
        pytest.param("{unit}@2026-03-03T09:00+08:00", id="not-a-local-time"),
    ],
)
def test_a_time_nobody_offers_is_refused_at_the_field(slot):
    city = a_city()
    unit = city.unit("department").code

    with pytest.raises(ActRefused) as refused:
        an_order(city, slot=slot.format(unit=unit))

    assert list(refused.value.errors) == ["slot"]
    assert not Booking.objects.exists()


def test_the_last_seat_is_taken_once():
    city = a_city(capacity=2)
    first, second = (an_order(city, slot=key(city)) for _ in range(2))

    with pytest.raises(ActRefused) as refused:
        an_order(city, slot=key(city))

    assert "另选一个" in refused.value.errors["slot"]
    assert booked(first) + booked(second) == [(NINE, 0), (NINE, 1)]


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_take_one_time_at_once_one_gets_it():
    with transaction.atomic():
        city = a_city()
        slot, unit = key(city), city.unit("department")
        runs = [an_order(city) for _ in range(8)]
        for run in runs:
            assigned(city, run)

    def schedule(run):
        with transaction.atomic():
            return city.act(run.pk, "schedule_visit", visit_at=NINE.isoformat())

    answers = at_once(*[lambda run=run: schedule(run) for run in runs])

    lost = [one for one in answers if isinstance(one, ActRefused)]
    assert (len(lost), slot.startswith(unit.code)) == (7, True)
    assert {tuple(one.errors) for one in lost} == {("visit_at",)}
    assert Booking.objects.filter(released_at=None).count() == 1


def test_a_time_stays_taken_when_visits_become_shorter():
    city = a_city()
    an_order(city, slot=key(city))
    shorter = replace(LEGAL, slot_minutes=30)

    verbs.change_service(code="FW-01", terms=shorter, by=SYSTEM, at=NOW, valid_from=TUESDAY)

    found = free_slots(version_on("FW-01", on=TUESDAY), at=NOW, days=1)
    assert [f"{timezone.localtime(slot.starts_at):%H:%M}" for slot in found] == ["10:00", "10:30"]


def test_another_time_gives_the_first_one_back():
    city = a_city()
    run = an_order(city, slot=key(city))
    assigned(city, run)

    city.act(run.pk, "schedule_visit", visit_at=(NINE + HOUR).isoformat())

    assert booked(run) == [(NINE + HOUR, 0)]
    assert times(days=1) == ["Tue 03 09:00 1"]


def test_a_unit_that_offers_times_comes_at_one_of_them_and_others_whenever_it_is_agreed():
    city = a_city()
    run = an_order(city)
    assigned(city, run)
    with pytest.raises(ActRefused) as refused:
        city.act(run.pk, "schedule_visit", visit_at=(NINE + HOUR / 2).isoformat())
    assert list(refused.value.errors) == ["visit_at"]

    other = an_order(city)
    assigned(city, other, unit="elsewhere")
    other = city.act(other.pk, "schedule_visit", visit_at=(NINE + HOUR / 2).isoformat()).run

    assert (other.state, booked(other)) == ("visit_scheduled", [])


@pytest.mark.parametrize(
    ("acts", "is_kept"),
    [
        pytest.param(("assign",), True, id="assigned-to-its-unit"),
        pytest.param(("assign elsewhere",), False, id="assigned-to-another-unit"),
        pytest.param(("cancel",), False, id="cancelled"),
        pytest.param(("decline",), False, id="declined"),
        pytest.param(("hand_over",), False, id="handed-over"),
        pytest.param(("assign", "accept", "propose_transfer"), False, id="transfer-proposed"),
        pytest.param(("assign", "accept", "schedule", "change_visit"), False, id="changed"),
        pytest.param(("assign", "accept", "schedule", "missed_visit"), False, id="missed"),
    ],
)
def test_a_time_goes_back_as_soon_as_nobody_comes(acts, is_kept):
    city = a_city()
    run = an_order(city, slot=key(city))

    for name in acts:
        fields = {}
        if name.startswith("assign"):
            unit = city.unit("department", name.removeprefix("assign").strip())
            name, fields = "assign", {"to_unit": str(unit.pk)}
        elif name == "schedule":
            name, fields = "schedule_visit", {"visit_at": NINE.isoformat()}
        elif name == "change_visit":
            fields = {"slot": ""}
        elif name == "hand_over":
            fields = {"procedure": "hotline"}
        city.act(run.pk, name, **fields)

    assert bool(booked(run)) is is_kept


def test_a_resident_who_cannot_come_chooses_another_free_time_of_the_unit():
    city = a_city()
    offer(city, unit="elsewhere")
    run = an_order(city, slot=key(city))
    assigned(city, run)
    city.act(run.pk, "schedule_visit", visit_at=NINE.isoformat())

    with pytest.raises(ActRefused):
        city.act(run.pk, "change_visit", slot=key(city, unit="elsewhere"))
    run = city.act(run.pk, "change_visit", slot=key(city, "2026-03-03T10:00")).run

    assert run.state == "accepted"
    assert booked(run) == [(NINE + HOUR, 0)]


def test_another_time_is_chosen_from_those_still_free_on_the_page_of_a_link(client):
    city = a_city(starts=time(9), ends=time(11))
    run = an_order(city)
    assigned(city, run)
    other = an_order(city)
    for weekday in range(7):
        if weekday != 1:
            offer(city, weekday=weekday)
    now = timezone.now()
    version = version_on("FW-01", on=timezone.localdate(now))
    first, second = free_slots(version, at=now)[:2]
    city.act(run.pk, "schedule_visit", visit_at=first.starts_at.isoformat())
    reporter = run.matter.contacts.get(role="reporter")
    path = links.make(run, reporter, at=now, action="change_visit")
    assert booked(other) == []

    page = client.get(path).content.decode()
    sent = client.post(path, {"f-slot": second.key, "f-times": "上午"})

    assert second.key in page
    assert first.key not in page
    assert sent.status_code == 200
    assert booked(run) == [(second.starts_at, 0)]


def test_free_times_are_read_by_everybody(client, settings):
    city = a_city()
    offer(city, weekday=2, starts=time(0), ends=time(23), unit="late")

    answer = client.get("/api/v1/services/FW-01/slots?days=14")

    slots = answer.json()["slots"]
    assert answer.status_code == 200
    assert slots == sorted(slots, key=lambda slot: slot["starts_at"])
    assert all(slot["key"].startswith("U-") and slot["free"] == 1 for slot in slots)
    assert client.get("/api/v1/services/FW-99/slots").status_code == 404


# --- looking after the times --------------------------------------------------------------------


def test_a_unit_looks_after_its_own_times_and_the_catalogues_editor_after_all():
    city = a_city()
    own = city.staff(city.unit("department"), verbs.SLOTS)
    editor = city.staff(city.unit("governance_centre"), verbs.CATALOGUE)

    offer(city, weekday=2, by=own)
    offer(city, weekday=2, unit="elsewhere", by=editor)
    for somebody, unit in ((own, "elsewhere"), (city.staff(city.unit("department")), "")):
        with pytest.raises(NotPermitted):
            offer(city, weekday=3, unit=unit, by=somebody)


def test_times_do_not_overlap_are_long_enough_and_of_a_unit_of_the_right_kind():
    city = a_city()
    verbs.add_service(
        code="FW-02", by=SYSTEM, at=NOW,
        terms=verbs.Terms("用电检查", "Wiring", LEGAL.mode, 3, unit_kinds=["utility"]),
    )  # fmt: skip
    more = {"unit_id": city.unit("department").pk, "by": SYSTEM, "at": NOW, "weekday": 1}

    with pytest.raises(SlotsOverlap):
        offer(city, starts=time(10), ends=time(12))
    for wrong in ({"ends": time(9, 30)}, {"weekday": 7}, {"capacity": 0}):
        with pytest.raises(SlotsMalformed):
            offer(city, **{"weekday": 2, **wrong})
    with pytest.raises(NotTheirService):
        verbs.offer_times(code="FW-02", starts=time(9), ends=time(11), **more)
    with pytest.raises(NotFound):
        verbs.offer_times(code="FW-99", starts=time(9), ends=time(11), **more)


def test_nobody_is_left_waiting_when_times_end():
    city = a_city()
    run = an_order(city, slot=key(city))
    pattern = offer(city, weekday=2)
    (tuesdays,) = (
        row for row in verbs.SlotPattern.objects.all() if row.weekday == 1
    )  # fmt: skip
    day = {"unit_id": city.unit("department").pk, "code": "FW-01", "on": TUESDAY, "by": SYSTEM}

    with pytest.raises(DayBooked):
        verbs.except_day(**day, reason="培训", at=NOW)
    with pytest.raises(DayBooked):
        verbs.end_times(pattern_id=tuesdays.pk, on=TUESDAY, by=SYSTEM, at=NOW)
    verbs.end_times(pattern_id=pattern.pk, on=TUESDAY, by=SYSTEM, at=NOW)
    city.act(run.pk, "cancel")
    verbs.end_times(pattern_id=tuesdays.pk, on=TUESDAY, by=SYSTEM, at=NOW)

    version = version_on("FW-01", on=TUESDAY)
    assert offered(version, first=TUESDAY, last=TUESDAY + timedelta(days=14)) == []
