"""The duty roster of a unit: who is on duty from an instant to an instant. Planned ahead only."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from huiyin.ui.acts import By, recording
from huiyin.units.models import RosterEntry, Unit
from huiyin.units.refusals import (
    Closed,
    NameMissing,
    NotKnown,
    ShiftEndsBeforeItStarts,
    ShiftInPast,
    ShiftNotKnown,
    ShiftOverlaps,
    ShiftTooLong,
    TextTooLong,
)
from huiyin.units.verbs import check_phone

MAX_SHIFT_HOURS = 24
_MAX_NAME = 60


def plan_shift(
    *,
    unit_id: UUID,
    starts_at: datetime,
    ends_at: datetime,
    name: str,
    by: By,
    at: datetime,
    phone: str = "",
    together: bool = False,
) -> RosterEntry:
    """Put somebody on duty. `together`: two people are on duty at the same time, and meant to be.

    Raises NotKnown, Closed, NameMissing, TextTooLong, PhoneMalformed, ShiftEndsBeforeItStarts,
    ShiftTooLong, ShiftInPast, ShiftOverlaps.
    """
    with transaction.atomic(), recording("units.shift", by=by, at=at):
        unit = Unit.objects.select_for_update().filter(id=unit_id).first()
        if unit is None:
            raise NotKnown(code=str(unit_id))
        name = name.strip()
        if not name:
            raise NameMissing()
        if len(name) > _MAX_NAME:
            raise TextTooLong(text=name, limit=_MAX_NAME)
        check_phone(phone)
        if ends_at <= starts_at:
            raise ShiftEndsBeforeItStarts()
        if ends_at - starts_at > timedelta(hours=MAX_SHIFT_HOURS):
            raise ShiftTooLong(hours=MAX_SHIFT_HOURS)
        if starts_at < at:
            raise ShiftInPast(starts_at=starts_at)
        if unit.valid_to is not None and unit.valid_to <= starts_at.date():
            raise Closed(name=unit.name, on=unit.valid_to)
        beside = RosterEntry.objects.filter(
            unit=unit, starts_at__lt=ends_at, ends_at__gt=starts_at
        ).order_by("starts_at")
        if together:
            beside = beside.filter(name=name)  # nobody stands in twice
        if other := beside.first():
            raise ShiftOverlaps(name=other.name, starts_at=other.starts_at, ends_at=other.ends_at)
        return RosterEntry.objects.create(
            unit=unit, starts_at=starts_at, ends_at=ends_at, name=name, phone=phone
        )


def cancel_shift(*, shift_id: int, by: By, at: datetime) -> None:
    """Take a shift that has not begun out of the roster. Raises ShiftNotKnown, ShiftInPast."""
    with transaction.atomic(), recording("units.shift_cancelled", by=by, at=at):
        shift = RosterEntry.objects.select_for_update().filter(id=shift_id).first()
        if shift is None:
            raise ShiftNotKnown()
        if shift.starts_at <= at:
            raise ShiftInPast(starts_at=shift.starts_at)
        shift.delete()
