"""How a unit came to be as it is: every change of the unit, its officers and its duties.

The database writes a row as it was before each change, together with who changed it and when. A
change is therefore the difference between such a row and the next one, or the present one.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import pairwise
from typing import Any
from uuid import UUID

import pghistory.models
from django.db.models import Model
from django.utils.dateparse import parse_datetime

from huiyin.units.models import Duty, Unit, UnitOfficer

_NOT_SHOWN = frozenset(("pinyin", "initials", "recorded_at", "recorded_by"))


class Subject(StrEnum):
    """What a change is about."""

    UNIT = "unit"
    OFFICER = "officer"
    DUTY = "duty"


class What(StrEnum):
    """What happened to it."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after. Units, places and categories are given by id."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `row`: the unit, officer or duty as it is or was; `act`: such as units.move."""

    at: datetime
    subject: Subject
    what: What
    act: str
    account_id: UUID | None
    basis: str
    row: Model
    fields: tuple[FieldChange, ...] = ()


def history(unit: Unit, *, limit: int = 100) -> list[Change]:
    """Return the changes of a unit, its officers and its duties, the latest first.

    Six queries, however many changes. Rows without a record of their making have no "added".
    """
    found: list[Change] = []
    found += _changes(
        Subject.UNIT, list(Unit.objects.filter(id=unit.id)), _events(Unit, id=unit.id)
    )
    found += _changes(
        Subject.OFFICER,
        list(UnitOfficer.objects.filter(unit=unit)),
        _events(UnitOfficer, unit=unit.id),
    )
    found += _changes(
        Subject.DUTY,
        list(Duty.objects.filter(unit=unit).select_related("category", "place")),
        _events(Duty, unit=unit.id),
    )
    found.sort(key=lambda change: change.at)  # equal times stay in the order of events
    return found[::-1][:limit]


def _events(model: type[Model], **of: UUID) -> list[Any]:
    events: Any = model._meta.get_field("events").related_model
    return list(
        events._default_manager.filter(**of).select_related("pgh_context").order_by("pgh_id")
    )


def _changes(subject: Subject, present: Sequence[Any], events: Sequence[Any]) -> Iterator[Change]:
    before: dict[Any, list[Any]] = defaultdict(list)
    for event in events:
        before[event.pgh_obj_id].append(event)
    for row in present:
        if row.recorded_at is not None:
            yield Change(
                at=row.recorded_at,
                subject=subject,
                what=What.ADDED,
                act="",
                account_id=row.recorded_by,
                basis="",
                row=row,
            )
        states = [*before.pop(row.pk, ()), row]
        yield from _steps(subject, states)
    for states in before.values():  # rows that are no more
        yield from _steps(subject, states)
        last = states[-1]
        yield _change(subject, What.REMOVED, last, row=last)


def _steps(subject: Subject, states: Sequence[Any]) -> Iterator[Change]:
    for event, after in pairwise(states):
        fields = tuple(_differences(event, after))
        if fields:
            yield _change(subject, What.CHANGED, event, row=after, fields=fields)


def _change(
    subject: Subject, what: What, event: Any, *, row: Model, fields: tuple[FieldChange, ...] = ()
) -> Change:
    context: pghistory.models.Context | None = event.pgh_context
    known: dict[str, str] = context.metadata if context is not None else {}
    account = known.get("account")
    at = parse_datetime(known["at"]) if known.get("at") else None
    return Change(
        at=at or event.pgh_created_at,
        subject=subject,
        what=what,
        act=known.get("act", ""),
        account_id=UUID(account) if account else None,
        basis=known.get("basis", ""),
        row=row,
        fields=fields,
    )


def _differences(before: Any, after: Any) -> Iterator[FieldChange]:
    names = [
        field.attname
        for field in before.pgh_tracked_model._meta.concrete_fields
        if field.attname not in _NOT_SHOWN
    ]
    for name in names:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield FieldChange(field=name, before=old, after=new)
