"""What a unit still has in hand, and ending a unit that has nothing left in hand."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from huiyin.matters.models import Assignment
from huiyin.matters.refusals import UnitHasWork
from huiyin.procedures import library
from huiyin.procedures.language import Words
from huiyin.ui.acts import By
from huiyin.units import verbs
from huiyin.units.models import Unit

COUNTED_AT_MOST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Work:
    """How many open runs of a procedure a unit has a part in."""

    title: Words
    count: int


def work_of(unit_id: UUID) -> list[Work]:
    """Return the open runs in which a unit holds a role, by procedure, most first. One query."""
    rows = (
        Assignment.objects.filter(unit=unit_id, to_at=None, run__is_closed=False)
        .values_list("run__procedure")
        .annotate(count=Count("run", distinct=True))
        .order_by("-count", "run__procedure")
    )
    return [Work(library.procedure(name).title, count) for name, count in rows]


def counts_of(unit_ids: Collection[UUID]) -> Mapping[UUID, int]:
    """Return for each unit in how many open runs it holds a role. One query."""
    rows = (
        Assignment.objects.filter(unit__in=unit_ids, to_at=None, run__is_closed=False)
        .values_list("unit")
        .annotate(count=Count("run", distinct=True))
    )
    return dict(rows.order_by())


def close_unit(
    *,
    unit_id: UUID,
    on: date,
    by: By,
    at: datetime,
    duties_to_id: UUID | None = None,
    basis: str = "",
) -> Unit:
    """End a unit as `units.verbs.close_unit` does, when nobody is left waiting for it.

    Matters are handed on by acts of their procedures, never by the end of a unit: from today on it
    can be ended only with nothing in hand, on a later day so that there is time to hand on.
    Raises UnitHasWork, and whatever `units.verbs.close_unit` raises.
    """
    with transaction.atomic():
        unit = verbs.close_unit(
            unit_id=unit_id, on=on, by=by, at=at, duties_to_id=duties_to_id, basis=basis
        )
        if on <= timezone.localdate(at):
            count = sum(one.count for one in work_of(unit_id))
            if count:
                raise UnitHasWork(name=unit.name, count=count)
    return unit
