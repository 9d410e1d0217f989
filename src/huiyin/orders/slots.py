"""Appointments: when units can come for a service, what is still free, booking and giving back.

Offers follow the calendar of the State Council: nobody comes on official days off, and a make-up
Saturday or Sunday counts as a Monday. A time is booked in the act's transaction; the database lets
no seat be taken twice.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin.matters.limits import calendar
from huiyin.matters.models import Run
from huiyin.orders.models import Booking, ServiceVersion, SlotException, SlotPattern
from huiyin.orders.refusals import SlotTaken, SlotUnknown
from huiyin.units.models import Unit
from huiyin.worktime import Calendar, DayKind

AHEAD_DAYS: Final = 30
MONDAY: Final = 0
OFFICIAL_DAYS_OFF: Final = (DayKind.STATUTORY_HOLIDAY, DayKind.ADJUSTED_DAY_OFF)
Times = tuple[time, time, int]  # from, until, how many visits at a time
Taken = dict[UUID, list[tuple[datetime, datetime, int]]]


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a unit can come. `key`: what a form sends to choose it."""

    unit_id: UUID
    unit_code: str
    unit_name: str
    starts_at: datetime
    ends_at: datetime
    capacity: int
    taken: frozenset[int]  # seats

    @property
    def free(self) -> int:
        """How many more visits there is room for."""
        return max(self.capacity - len(self.taken), 0)

    @property
    def key(self) -> str:
        """The code of the unit and the local time: "DP-01@2026-12-01T09:00"."""
        return f"{self.unit_code}@{timezone.localtime(self.starts_at):%Y-%m-%dT%H:%M}"


def version_on(code: str, *, on: date) -> ServiceVersion | None:
    """Return the version of a service that is in force on a day; None when there is none."""
    return services_on(on).filter(service__code=code).first()


def services_on(on: date) -> QuerySet[ServiceVersion]:
    """Return the whole catalogue as it is in force on a day."""
    in_force = Q(valid_to=None) | Q(valid_to__gt=on)
    return ServiceVersion.objects.filter(in_force, valid_from__lte=on).select_related(
        "service", "category"
    )


# --- what is offered ----------------------------------------------------------------------------


def free_slots(version: ServiceVersion, *, at: datetime, days: int = AHEAD_DAYS) -> list[Slot]:
    """Return the times still free for a service within the next days, the earliest first.

    Four queries, however many there are.
    """
    first = timezone.localdate(at)
    found = offered(version, first=first, last=first + timedelta(days=days))
    return [slot for slot in found if slot.free and slot.starts_at > at]


def offered(
    version: ServiceVersion, *, first: date, last: date, unit_id: UUID | None = None
) -> list[Slot]:
    """Return every time units offer from a day to a day, taken ones too, the earliest first."""
    of: dict[str, object] = {"service": version.service_id}
    if unit_id is not None:
        of["unit"] = unit_id
    patterns = list(SlotPattern.objects.filter(**of, valid_from__lte=last))
    exceptions = {
        (row.unit_id, row.on): row
        for row in SlotException.objects.filter(**of, on__range=(first, last))
    }
    units = Unit.objects.in_bulk(
        {row.unit_id for row in patterns} | {unit for unit, _ in exceptions}
    )
    taken = _taken(version, first, last)
    found: list[Slot] = []
    for unit in units.values():
        if unit.valid_to is not None and unit.valid_to <= first:
            continue
        own = [row for row in patterns if row.unit_id == unit.pk]
        for on in _days(first, last):
            for times in _times(own, exceptions.get((unit.pk, on)), on):
                found += _cut(version, unit, on, times, taken)
    return sorted(found, key=lambda slot: (slot.starts_at, slot.unit_code))


def has_offer(version: ServiceVersion, unit_id: UUID, *, on: date) -> bool:
    """Tell whether a unit offers times for a service at all, on this day or later."""
    lasting = SlotPattern.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=on), service=version.service_id, unit=unit_id
    )
    single = SlotException.objects.filter(
        service=version.service_id, unit=unit_id, on__gte=on, capacity__gt=0
    )
    return lasting.exists() or single.exists()


def weekday_of(on: date, days: Calendar) -> int | None:
    """Return by which weekday's pattern units come on a date; None on an official day off."""
    kind = days.day(on).kind
    if kind in OFFICIAL_DAYS_OFF:
        return None
    return MONDAY if kind is DayKind.MAKEUP_WORKING_DAY else on.weekday()


def _times(patterns: list[SlotPattern], other: SlotException | None, on: date) -> Iterator[Times]:
    if other is not None:
        if other.capacity and other.starts and other.ends:
            yield other.starts, other.ends, other.capacity
        return
    weekday = weekday_of(on, calendar())
    for row in patterns:
        if row.weekday == weekday and row.valid_from <= on and (
            row.valid_to is None or on < row.valid_to
        ):  # fmt: skip
            yield row.starts, row.ends, row.capacity


def _cut(
    version: ServiceVersion, unit: Unit, on: date, times: Times,
    taken: Taken,
) -> Iterator[Slot]:  # fmt: skip
    """Cut a stretch of time into visits."""
    starts, ends, capacity = times
    length = timedelta(minutes=version.slot_minutes)
    begin = timezone.make_aware(datetime.combine(on, starts))
    end = timezone.make_aware(datetime.combine(on, ends))
    while begin + length <= end:
        # By overlap: visits booked under an earlier version may have had another length.
        seats = frozenset(
            seat
            for booked, until, seat in taken.get(unit.pk, ())
            if booked < begin + length and begin < until
        )
        yield Slot(
            unit.pk, unit.code, unit.short_name or unit.name, begin, begin + length, capacity, seats
        )
        begin += length


def _taken(version: ServiceVersion, first: date, last: date) -> Taken:
    """Return the times that are booked, by unit: from, until, seat."""
    midnight = timezone.make_aware(datetime.combine(first, time.min))
    rows = Booking.objects.filter(
        service=version.service_id,
        released_at=None,
        starts_at__gte=midnight,
        starts_at__lt=midnight + (last - first + timedelta(days=1)),
    ).values_list("unit_id", "starts_at", "ends_at", "seat")
    found: Taken = {}
    for unit_id, starts_at, ends_at, seat in rows:
        found.setdefault(unit_id, []).append((starts_at, ends_at, seat))
    return found


def _days(first: date, last: date) -> Iterator[date]:
    for ahead in range((last - first).days + 1):
        yield first + timedelta(days=ahead)


# --- booking ------------------------------------------------------------------------------------


def book(run: Run, version: ServiceVersion, key: str, *, at: datetime) -> Booking:
    """Book the time that a form chose by its key. Raises SlotUnknown, SlotTaken."""
    code, _, moment = key.strip().partition("@")
    unit = Unit.objects.filter(code=code).first()
    try:
        local = datetime.fromisoformat(moment)
    except ValueError:
        raise SlotUnknown() from None
    if unit is None or local.tzinfo is not None:
        raise SlotUnknown()
    return book_time(run, version, unit.pk, timezone.make_aware(local), at=at)


def book_time(
    run: Run, version: ServiceVersion, unit_id: UUID, starts_at: datetime, *, at: datetime
) -> Booking:
    """Book a time of a unit for an order; another time it had is given back.

    One booking of a unit's service goes on at a time: whoever comes second finds the seat taken.
    The same time again keeps its seat. Raises SlotUnknown, SlotTaken.
    """
    own = Booking.objects.filter(run=run, released_at=None).first()
    if own and (own.unit_id, own.starts_at) == (unit_id, starts_at):
        return own
    one_at_a_time(unit_id, version.service_id)
    on = timezone.localdate(starts_at)
    slots = offered(version, first=on, last=on, unit_id=unit_id)
    slot = next((one for one in slots if one.starts_at == starts_at), None)
    if slot is None or starts_at <= at:
        raise SlotUnknown()
    if not slot.free:
        raise SlotTaken()
    release(run, at=at)
    seat = next(number for number in range(slot.capacity) if number not in slot.taken)
    return Booking.objects.create(
        run=run, service_id=version.service_id, unit_id=unit_id, starts_at=starts_at,
        ends_at=slot.ends_at, seat=seat, booked_at=at,
    )  # fmt: skip


def release(run: Run, *, at: datetime, only_future: bool = False) -> None:
    """Give the time of an order back; `only_future`: one that has begun stays as it was."""
    held = Booking.objects.filter(run=run, released_at=None)
    if only_future:
        held = held.filter(starts_at__gt=at)
    held.update(released_at=at)


def one_at_a_time(unit_id: UUID, service_id: UUID) -> None:
    """Let others who book or change times of a unit's service wait until this act is over."""
    digest = hashlib.sha256(f"slots {unit_id} {service_id}".encode()).digest()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(digest[:8], "big", signed=True)]
        )
