"""Maintaining the catalogue of services and the times units offer. Each verb is one transaction.

A service is never rewritten: a change is a new version from a day on, and orders keep theirs.
Patterns end and exceptions are replaced; the database keeps the rows as they were.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.matters.limits import calendar
from huiyin.orders.models import (
    Booking,
    Mode,
    Service,
    ServiceVersion,
    SlotException,
    SlotPattern,
)
from huiyin.orders.refusals import (
    DayBooked,
    NotFound,
    NothingToChange,
    NotPermitted,
    NotTheirService,
    ServiceCodeInUse,
    ServiceIncomplete,
    SlotsMalformed,
    SlotsOverlap,
    VersionTooEarly,
)
from huiyin.orders.slots import one_at_a_time, weekday_of
from huiyin.people.actors import Actor
from huiyin.ui.acts import recording
from huiyin.ui.turns import take_turn
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

CATALOGUE: Final = "services.edit"
SLOTS: Final = "services.offer"
CODE: Final = re.compile(r"[0-9A-Z][0-9A-Z-]{1,19}", re.ASCII)
MOST_DAYS: Final = 60
MINUTES: Final = range(10, 481)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of a service says."""

    title_zh: str
    title_en: str
    mode: Mode
    promise_days: int
    slot_minutes: int = 60
    category: Category | None = None
    unit_kinds: Sequence[str] = field(default_factory=list)
    for_whom: str = ""
    documents: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether everything is said and within its limits."""
        return (
            0 < len(self.title_zh.strip()) <= 80
            and 0 < len(self.title_en.strip()) <= 120
            and 1 <= self.promise_days <= MOST_DAYS
            and self.slot_minutes in MINUTES
            and len(self.for_whom) <= 200
            and len(self.documents) <= 500
        )

    @property
    def columns(self) -> dict[str, Any]:
        """The columns of a version."""
        return {
            "title_zh": self.title_zh.strip(),
            "title_en": self.title_en.strip(),
            "mode": self.mode.value,
            "promise_days": self.promise_days,
            "slot_minutes": self.slot_minutes,
            "category_id": self.category.pk if self.category else None,
            "unit_kinds": list(self.unit_kinds),
            "for_whom": self.for_whom.strip(),
            "documents": self.documents.strip(),
        }


# --- the catalogue ------------------------------------------------------------------------------


def add_service(
    *, code: str, terms: Terms, by: Actor, at: datetime, valid_from: date | None = None
) -> ServiceVersion:
    """Put a service into the catalogue, from today or a later day on.

    Raises NotPermitted, ServiceIncomplete, ServiceCodeInUse.
    """
    _may(by, CATALOGUE)
    if not CODE.fullmatch(code) or not terms.is_complete:
        raise ServiceIncomplete()
    with transaction.atomic():
        _lock()
        if Service.objects.filter(code=code).exists():
            raise ServiceCodeInUse(code=code)
        service = Service.objects.create(code=code)
        return _version(service, 1, terms, valid_from or timezone.localdate(at), by, at)


def change_service(
    *, code: str, terms: Terms, by: Actor, at: datetime, valid_from: date | None = None
) -> ServiceVersion:
    """Begin a new version of a service; orders made before keep theirs.

    Raises NotPermitted, ServiceIncomplete, NotFound, VersionTooEarly, NothingToChange.
    """
    _may(by, CATALOGUE)
    if not terms.is_complete:
        raise ServiceIncomplete()
    since = valid_from or timezone.localdate(at)
    with transaction.atomic():
        _lock()
        last = _last(code)
        if last.valid_to is None and all(
            getattr(last, name) == value for name, value in terms.columns.items()
        ):
            raise NothingToChange()
        if since <= last.valid_from:
            raise VersionTooEarly(since=last.valid_from)
        if last.valid_to is None or last.valid_to > since:
            last.valid_to = since
            last.save(update_fields=["valid_to"])
        return _version(last.service, last.number + 1, terms, since, by, at)


def end_service(*, code: str, on: date, by: Actor) -> ServiceVersion:
    """Take a service out of the catalogue from a day on; orders already made go on.

    Raises NotPermitted, NotFound, VersionTooEarly.
    """
    _may(by, CATALOGUE)
    with transaction.atomic():
        _lock()
        last = _last(code)
        if last.valid_to is not None:
            raise NotFound()
        if on < last.valid_from:
            raise VersionTooEarly(since=last.valid_from)
        last.valid_to = on
        last.save(update_fields=["valid_to"])
        return last


def _version(
    service: Service, number: int, terms: Terms, since: date, by: Actor, at: datetime
) -> ServiceVersion:
    return ServiceVersion.objects.create(
        service=service, number=number, valid_from=since, recorded_at=at,
        recorded_by=by.account_id, **terms.columns,
    )  # fmt: skip


def _last(code: str) -> ServiceVersion:
    versions = ServiceVersion.objects.filter(service__code=code).select_related("service")
    last = versions.order_by("-number").first()
    if last is None:
        raise NotFound()
    return last


# --- the times units offer ----------------------------------------------------------------------


def offer_times(
    *, unit_id: UUID, code: str, weekday: int, starts: time, ends: time, by: Actor, at: datetime,
    capacity: int = 1, valid_from: date | None = None,
) -> SlotPattern:  # fmt: skip
    """Offer times for a service every week: from, until, and how many visits at a time.

    Raises NotPermitted, NotFound, NotTheirService, SlotsMalformed, SlotsOverlap.
    """
    _may_offer(by, unit_id)
    since = valid_from or timezone.localdate(at)
    with transaction.atomic(), recording("orders.offer_times", by=by, at=at):
        _lock()
        version = _of_unit(unit_id, code, since)
        if weekday not in range(7) or capacity < 1 or not _fits(version, starts, ends):
            raise SlotsMalformed()
        overlapping = SlotPattern.objects.filter(
            Q(valid_to=None) | Q(valid_to__gt=since), unit=unit_id, service=version.service_id,
            weekday=weekday, starts__lt=ends, ends__gt=starts,
        )  # fmt: skip
        if overlapping.exists():
            raise SlotsOverlap()
        return SlotPattern.objects.create(
            unit_id=unit_id, service_id=version.service_id, weekday=weekday, starts=starts,
            ends=ends, capacity=capacity, valid_from=since, recorded_at=at,
            recorded_by=by.account_id,
        )  # fmt: skip


def end_times(*, pattern_id: UUID, on: date, by: Actor, at: datetime) -> SlotPattern:
    """End times offered every week from a day on. Visits booked for later days stop it.

    Raises NotFound, NotPermitted, DayBooked.
    """
    with transaction.atomic(), recording("orders.end_times", by=by, at=at):
        _lock()
        row = SlotPattern.objects.filter(pk=pattern_id).first()
        if row is None or (row.valid_to is not None and row.valid_to <= on):
            raise NotFound()
        _may_offer(by, row.unit_id)
        one_at_a_time(row.unit_id, row.service_id)
        booked = _booked(row.unit_id, row.service_id, since=max(on, timezone.localdate(at)))
        affected = [
            one
            for one in booked
            if weekday_of(timezone.localdate(one.starts_at), calendar()) == row.weekday
            and row.starts <= _local_time(one) < row.ends
        ]
        if affected:
            raise DayBooked(count=len(affected))
        row.valid_to = max(on, row.valid_from)
        row.save(update_fields=["valid_to"])
        return row


def except_day(
    *, unit_id: UUID, code: str, on: date, reason: str, by: Actor, at: datetime,
    capacity: int = 0, starts: time | None = None, ends: time | None = None,
) -> SlotException:  # fmt: skip
    """Say that a unit comes otherwise on one day; with capacity 0, not at all.

    Visits booked that day outside of the new times stop it. Raises NotPermitted, NotFound,
    NotTheirService, SlotsMalformed, DayBooked.
    """
    _may_offer(by, unit_id)
    stated = " ".join(reason.split())[:120]
    with transaction.atomic(), recording("orders.except_day", by=by, at=at):
        _lock()
        version = _of_unit(unit_id, code, on)
        one_at_a_time(unit_id, version.service_id)
        is_open = capacity > 0
        if not stated or capacity < 0 or on < timezone.localdate(at) or (
            is_open and not (starts and ends and _fits(version, starts, ends))
        ):  # fmt: skip
            raise SlotsMalformed()
        booked = _booked(unit_id, version.service_id, since=on).filter(
            starts_at__lt=_midnight(on + timedelta(days=1))
        )
        left = [
            one
            for one in booked
            if not (is_open and starts and ends and starts <= _local_time(one) < ends)
        ]
        if left:
            raise DayBooked(count=len(left))
        values = {
            "capacity": capacity, "starts": starts if is_open else None,
            "ends": ends if is_open else None, "reason": stated, "recorded_at": at,
            "recorded_by": by.account_id,
        }  # fmt: skip
        row, _ = SlotException.objects.update_or_create(
            unit_id=unit_id, service_id=version.service_id, on=on, defaults=values
        )
        return row


def _of_unit(unit_id: UUID, code: str, on: date) -> ServiceVersion:
    unit = Unit.objects.filter(held_on(on), pk=unit_id).first()
    version = _last(code)
    if unit is None or (version.valid_to is not None and version.valid_to <= on):
        raise NotFound()
    if version.unit_kinds and unit.kind not in version.unit_kinds:
        raise NotTheirService()
    return version


def _fits(version: ServiceVersion, starts: time, ends: time) -> bool:
    minutes = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
    return minutes >= version.slot_minutes


def _booked(unit_id: UUID, service_id: UUID, *, since: date) -> QuerySet[Booking]:
    return Booking.objects.filter(
        unit=unit_id, service=service_id, released_at=None, starts_at__gte=_midnight(since)
    )


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time.min))


def _local_time(booking: Booking) -> time:
    return timezone.localtime(booking.starts_at).time()


def _may(by: Actor, permission: str) -> None:
    if not by.may(permission):
        raise NotPermitted()


def _may_offer(by: Actor, unit_id: UUID) -> None:
    """Those who look after a unit's times do so for their own; the catalogue's editors for all."""
    if not (by.may(CATALOGUE) or (by.may(SLOTS) and by.unit_id == unit_id)):
        raise NotPermitted()


def _lock() -> None:
    """Let one change of the catalogue and its times go on at a time."""
    take_turn("orders.catalogue")
