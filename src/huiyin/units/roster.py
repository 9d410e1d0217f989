"""The duty roster of a unit: who is on duty from an instant to an instant. Planned ahead only."""

from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huiyin.ui.acts import By, recording
from huiyin.units.models import (
    MAX_SHIFT_HOURS,
    RosterEntry,
    ShiftKind,
    ShiftSwap,
    SwapAnswer,
    Unit,
)
from huiyin.units.queries import not_over
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
    kind: ShiftKind = ShiftKind.DAY,
    account_id: UUID | None = None,
    together: bool = False,
) -> RosterEntry:
    """Put somebody on duty. `together`: two people are on duty at the same time, and meant to be.

    Whoever leads on duty is there beside those on duty; that is no overlap. `account_id`: of a
    colleague who signs in, so that they can ask for a swap.

    Raises NotKnown, Closed, NameMissing, TextTooLong, PhoneMalformed, ShiftEndsBeforeItStarts,
    ShiftTooLong, ShiftInPast, ShiftOverlaps.
    """
    with transaction.atomic(), recording("units.shift", by=by, at=at):
        unit = _locked(unit_id)
        name = _checked(name, phone)
        _check_times(unit, starts_at, ends_at, at=at)
        _check_beside(unit, starts_at, ends_at, name, kind, together=together)
        return RosterEntry.objects.create(
            unit=unit,
            starts_at=starts_at,
            ends_at=ends_at,
            name=name,
            phone=phone,
            kind=kind,
            account_id=account_id,
        )


def change_shift(
    *,
    shift_id: int,
    name: str,
    by: By,
    at: datetime,
    phone: str = "",
    account_id: UUID | None = None,
) -> RosterEntry:
    """Put somebody else into a shift that is not over. An open question to swap it ends.

    Raises ShiftNotKnown, ShiftInPast, NameMissing, TextTooLong, PhoneMalformed, ShiftOverlaps.
    """
    with transaction.atomic(), recording("units.shift_changed", by=by, at=at):
        shift = _shift(shift_id)
        _locked(shift.unit_id)
        name = _checked(name, phone)
        if shift.ends_at <= at:
            raise ShiftInPast(starts_at=shift.starts_at)
        others = RosterEntry.objects.filter(unit=shift.unit_id, name=name).exclude(pk=shift.pk)
        if other := others.filter(not_over(shift.starts_at), starts_at__lt=shift.ends_at).first():
            raise ShiftOverlaps(name=other.name, starts_at=other.starts_at, ends_at=other.ends_at)
        shift.name, shift.phone, shift.account_id = name, phone, account_id
        shift.save(update_fields=["name", "phone", "account_id"])
        ShiftSwap.objects.filter(shift=shift, answer=SwapAnswer.ASKED).update(
            answer=SwapAnswer.WITHDRAWN, answered_at=at
        )
        return shift


def copy_days(*, unit_id: UUID, first: date, to: date, days: int, by: By, at: datetime) -> int:
    """Plan again what is planned for some days, from another day on; return how many shifts.

    What has begun, and where somebody is on duty already, is left out. Raises NotKnown.
    """
    with transaction.atomic(), recording("units.roster_copied", by=by, at=at):
        unit = _locked(unit_id)
        begins = _midnight(first)
        planned = RosterEntry.objects.filter(
            unit=unit, starts_at__gte=begins, starts_at__lt=begins + timedelta(days=days)
        )
        made = 0
        for shift in planned.order_by("starts_at", "id"):
            try:
                with transaction.atomic():
                    plan_shift(
                        unit_id=unit_id,
                        starts_at=shift.starts_at + (to - first),
                        ends_at=shift.ends_at + (to - first),
                        name=shift.name,
                        phone=shift.phone,
                        kind=ShiftKind(shift.kind),
                        account_id=shift.account_id,
                        by=by,
                        at=at,
                    )
            except (ShiftInPast, ShiftOverlaps):
                continue
            made += 1
        return made


def cancel_shift(*, shift_id: int, by: By, at: datetime) -> None:
    """Take a shift that has not begun out of the roster. Raises ShiftNotKnown, ShiftInPast."""
    with transaction.atomic(), recording("units.shift_cancelled", by=by, at=at):
        shift = _shift(shift_id)
        if shift.starts_at <= at:
            raise ShiftInPast(starts_at=shift.starts_at)
        shift.delete()


def _locked(unit_id: UUID) -> Unit:
    unit = Unit.objects.select_for_update().filter(id=unit_id).first()
    if unit is None:
        raise NotKnown(code=str(unit_id))
    return unit


def _shift(shift_id: int) -> RosterEntry:
    shift = RosterEntry.objects.select_for_update().filter(id=shift_id).first()
    if shift is None:
        raise ShiftNotKnown()
    return shift


def _checked(name: str, phone: str) -> str:
    name = name.strip()
    if not name:
        raise NameMissing()
    if len(name) > _MAX_NAME:
        raise TextTooLong(text=name, limit=_MAX_NAME)
    check_phone(phone)
    return name


def _check_times(unit: Unit, starts_at: datetime, ends_at: datetime, *, at: datetime) -> None:
    if ends_at <= starts_at:
        raise ShiftEndsBeforeItStarts()
    if ends_at - starts_at > timedelta(hours=MAX_SHIFT_HOURS):
        raise ShiftTooLong(hours=MAX_SHIFT_HOURS)
    if starts_at < at:
        raise ShiftInPast(starts_at=starts_at)
    if unit.valid_to is not None and unit.valid_to <= starts_at.date():
        raise Closed(name=unit.name, on=unit.valid_to)


def _check_beside(
    unit: Unit,
    starts_at: datetime,
    ends_at: datetime,
    name: str,
    kind: ShiftKind,
    *,
    together: bool,
) -> None:
    beside = RosterEntry.objects.filter(
        not_over(starts_at), unit=unit, starts_at__lt=ends_at
    ).order_by("starts_at")
    same = Q(kind=ShiftKind.LEADER) if kind is ShiftKind.LEADER else ~Q(kind=ShiftKind.LEADER)
    beside = beside.filter(name=name) if together else beside.filter(same | Q(name=name))
    if other := beside.first():  # nobody stands in twice
        raise ShiftOverlaps(name=other.name, starts_at=other.starts_at, ends_at=other.ends_at)


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
