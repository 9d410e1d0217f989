"""Asking a colleague to take a shift, perhaps for one of theirs; they agree or they do not."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from huiyin.ui.acts import By, recording
from huiyin.units.models import RosterEntry, ShiftSwap, SwapAnswer
from huiyin.units.refusals import (
    NotYourShift,
    NotYourSwap,
    ShiftInPast,
    ShiftNotKnown,
    ShiftOverlaps,
    SwapAskedAlready,
    SwapOver,
    SwapWithOneself,
)


def ask(
    *,
    shift_id: int,
    of: UUID,
    name: str,
    by: By,
    at: datetime,
    asker: str,
    phone: str = "",
    instead_id: int | None = None,
    note: str = "",
) -> ShiftSwap:
    """Ask a colleague (`of`, called `name`) to take a shift of one's own that has not begun.

    `instead_id`: a shift of theirs that one takes in return. Raises ShiftNotKnown, NotYourShift,
    ShiftInPast, SwapWithOneself, SwapAskedAlready.
    """
    with transaction.atomic(), recording("units.swap_asked", by=by, at=at):
        shift = _coming(shift_id, at=at)
        if by.account_id is None or shift.account_id != by.account_id:
            raise NotYourShift()
        if of == by.account_id:
            raise SwapWithOneself()
        instead = _coming(instead_id, at=at) if instead_id is not None else None
        if instead is not None and (instead.account_id != of or instead.unit_id != shift.unit_id):
            raise ShiftNotKnown()
        if ShiftSwap.objects.filter(shift=shift, answer=SwapAnswer.ASKED).exists():
            raise SwapAskedAlready()
        return ShiftSwap.objects.create(
            shift=shift,
            instead=instead,
            asked_by=by.account_id,
            asked_of=of,
            asker_name=asker[:60],
            asked_name=name[:60],
            asked_phone=phone[:40],
            note=note.strip()[:120],
            asked_at=at,
        )


def answer(*, swap_id: int, agrees: bool, by: By, at: datetime) -> ShiftSwap:
    """Agree or decline, as whoever was asked. Agreed, the shifts change hands at once.

    Raises NotYourSwap, SwapOver, ShiftInPast, ShiftOverlaps (on duty already at that time).
    """
    with transaction.atomic(), recording("units.swap_answered", by=by, at=at):
        swap = _open(swap_id)
        if swap.asked_of != by.account_id:
            raise NotYourSwap()
        if agrees:
            _change_hands(swap, at=at)
        return _end(swap, SwapAnswer.AGREED if agrees else SwapAnswer.DECLINED, at=at)


def withdraw(*, swap_id: int, by: By, at: datetime) -> ShiftSwap:
    """Take the question back, as whoever asked. Raises NotYourSwap, SwapOver."""
    with transaction.atomic(), recording("units.swap_withdrawn", by=by, at=at):
        swap = _open(swap_id)
        if swap.asked_by != by.account_id:
            raise NotYourSwap()
        return _end(swap, SwapAnswer.WITHDRAWN, at=at)


def asked_of(account_id: UUID, *, at: datetime) -> list[ShiftSwap]:
    """Return what somebody is asked and has not answered, of shifts to come. One query."""
    return _asked(Q(asked_of=account_id), at)


def asked_by(account_id: UUID, *, at: datetime) -> list[ShiftSwap]:
    """Return what somebody has asked and is not answered, of shifts to come. One query."""
    return _asked(Q(asked_by=account_id), at)


def _asked(whose: Q, at: datetime) -> list[ShiftSwap]:
    swaps = ShiftSwap.objects.filter(whose, answer=SwapAnswer.ASKED, shift__starts_at__gt=at)
    return list(swaps.select_related("shift__unit", "instead").order_by("shift__starts_at", "id"))


def _open(swap_id: int) -> ShiftSwap:
    swap = ShiftSwap.objects.select_for_update().filter(pk=swap_id).first()
    if swap is None:
        raise NotYourSwap()
    if swap.answer != SwapAnswer.ASKED:
        raise SwapOver()
    return swap


def _end(swap: ShiftSwap, became: SwapAnswer, *, at: datetime) -> ShiftSwap:
    swap.answer, swap.answered_at = became, at
    swap.save(update_fields=["answer", "answered_at"])
    return swap


def _change_hands(swap: ShiftSwap, *, at: datetime) -> None:
    shift = _coming(swap.shift_id, at=at)
    instead = _coming(swap.instead_id, at=at) if swap.instead_id is not None else None
    asker = (shift.name, shift.phone, shift.account_id)
    asked = (
        (instead.name, instead.phone, instead.account_id)
        if instead
        else (swap.asked_name, swap.asked_phone or shift.phone, swap.asked_of)
    )
    both = [one.pk for one in (shift, instead) if one]
    _give(shift, *asked, but=both)
    if instead is not None:
        _give(instead, *asker, but=both)


def _give(
    shift: RosterEntry, name: str, phone: str, account_id: UUID | None, *, but: list[int]
) -> None:
    """Give a shift to somebody who is not on duty at that time in another one."""
    others = RosterEntry.objects.filter(
        Q(account_id=account_id) | Q(name=name),
        unit=shift.unit_id,
        starts_at__lt=shift.ends_at,
        ends_at__gt=shift.starts_at,
    ).exclude(pk__in=but)
    if other := others.first():
        raise ShiftOverlaps(name=other.name, starts_at=other.starts_at, ends_at=other.ends_at)
    shift.name, shift.phone, shift.account_id = name, phone, account_id
    shift.save(update_fields=["name", "phone", "account_id"])


def _coming(shift_id: int, *, at: datetime) -> RosterEntry:
    shift = RosterEntry.objects.select_for_update().filter(pk=shift_id).first()
    if shift is None:
        raise ShiftNotKnown()
    if shift.starts_at <= at:
        raise ShiftInPast(starts_at=shift.starts_at)
    return shift
