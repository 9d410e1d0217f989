"""Sending work back: the reasons, and what each has to say. How often and how late is procedure."""

import time
from datetime import date
from uuid import UUID

from django.utils.translation import get_language

from huiyin.dispatch.models import ReturnReason
from huiyin.dispatch.refusals import (
    BasisMissing,
    ReasonNotKnown,
    RightUnitClosed,
    RightUnitIsTheSame,
    RightUnitMissing,
    UnitNotKnown,
)
from huiyin.units.models import Unit

FRESH_SECONDS = 30
_kept: tuple[float, list[ReturnReason]] | None = None


def reasons() -> list[ReturnReason]:
    """Return the reasons in use, in their order; read at most every FRESH_SECONDS."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > FRESH_SECONDS:
        _kept = (time.monotonic(), list(ReturnReason.objects.filter(active=True)))
    return _kept[1]


def forget_reasons() -> None:
    """Drop this process's copy, after a change."""
    global _kept
    _kept = None


def check_return(
    *, code: str, basis: str, right_unit_id: UUID | None, unit_id: UUID, on: date
) -> ReturnReason:
    """Check what a unit says when it sends work back; return the reason. At most two queries.

    `unit_id`: the unit that sends back. Source of the demand for basis and right unit: HWF21 22,
    HBJ21 12 as patterns; which reason needs which is the city's list.
    Raises ReasonNotKnown, BasisMissing, RightUnitMissing, RightUnitIsTheSame, UnitNotKnown,
    RightUnitClosed.
    """
    reason = next((one for one in reasons() if one.code == code), None)
    if reason is None:
        raise ReasonNotKnown(name=code)
    if reason.needs_basis and not basis.strip():
        raise BasisMissing(reason=name_of(reason))
    if right_unit_id is None:
        if reason.needs_right_unit:
            raise RightUnitMissing(reason=name_of(reason))
        return reason
    right = Unit.objects.filter(id=right_unit_id).first()
    if right is None:
        raise UnitNotKnown(identifier=str(right_unit_id))
    if right.id == unit_id:
        raise RightUnitIsTheSame(name=right.name)
    if right.valid_to is not None and right.valid_to <= on:
        raise RightUnitClosed(name=right.name, on=right.valid_to)
    return reason


def name_of(reason: ReturnReason) -> str:
    """Return the name of a reason in the language of the reader."""
    return reason.name_zh if (get_language() or "").startswith("zh") else reason.name_en
