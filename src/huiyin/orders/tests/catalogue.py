"""A catalogue, and a unit that comes on Tuesdays, for the tests of orders."""

from datetime import date, time, timedelta

from huiyin.matters.tests.records import the_record
from huiyin.orders import verbs
from huiyin.orders.models import Mode
from huiyin.orders.verbs import Terms
from huiyin.people.actors import SYSTEM
from huiyin.units.tests.factories import NOW

TUESDAY = date(2026, 3, 3)  # NOW is Monday 2 March 2026
DAY = timedelta(days=1)
LEGAL = Terms("上门法律咨询", "Legal advice at home", Mode.BOTH, promise_days=5, slot_minutes=60)


def a_city(*, capacity=1, starts=time(9), ends=time(11)):
    """A city whose department gives legal advice at home on Tuesdays from nine to eleven."""
    city = the_record()
    verbs.add_service(code="FW-01", terms=LEGAL, by=SYSTEM, at=NOW, valid_from=date(2026, 1, 1))
    offer(city, capacity=capacity, starts=starts, ends=ends)
    return city


def offer(city, *, unit="", capacity=1, weekday=1, starts=time(9), ends=time(11), by=SYSTEM):
    """Let a department come every week."""
    return verbs.offer_times(
        unit_id=city.unit("department", unit).pk, code="FW-01", weekday=weekday, starts=starts,
        ends=ends, capacity=capacity, by=by, at=NOW, valid_from=date(2026, 1, 1),
    )  # fmt: skip


def an_order(city, *, slot="", item="FW-01", mode="visit"):
    """Place an order, with a time if one is chosen."""
    fields = {"item": item, "mode": mode, "slot": slot}
    if mode != "visit":
        del fields["slot"]
    return city.open("orders", "submit", by=city.reporter, address="某小区", **fields).run if (
        mode == "visit"
    ) else city.open("orders", "submit", by=city.reporter, **fields).run  # fmt: skip


def key(city, moment="2026-03-03T09:00", unit=""):
    """What a form sends to choose a time."""
    return f"{city.unit('department', unit).code}@{moment}"
