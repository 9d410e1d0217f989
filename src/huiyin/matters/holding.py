"""Which unit holds a run: who is told when its limits run out.

A role in the run holds it where the owner of the state is named by one; an office once it has
moved the run. What waits for an office that has not touched it yet, and was given to no unit, is
held by nobody.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F

from huiyin.matters.limits import procedure_of
from huiyin.matters.models import EventHeader, Run
from huiyin.procedures.language import ActorKind, ActorRule
from huiyin.units.models import Unit

LEAD: Final = "lead"
OFFICES: Final = (ActorKind.UNIT, ActorKind.NOT_OF)


@dataclass(frozen=True, slots=True)
class _Moved:
    """A unit that has moved a run, and its kind."""

    unit_id: UUID
    kind: str


def holders(runs: Collection[Run]) -> dict[UUID, UUID | None]:
    """Return the unit that holds each run, None where nobody does. Two queries at most."""
    found: dict[UUID, UUID | None] = {}
    asked: list[Run] = []
    for run in runs:
        unit = _by_role(run, _owner(run))
        if unit is None:
            asked.append(run)
        found[run.pk] = unit
    moved = _moved(asked)
    for run in asked:
        found[run.pk] = _by_acts(_owner(run), moved.get(run.pk, ()))
    return found


def _owner(run: Run) -> ActorRule | None:
    return procedure_of(run.procedure).actors.get(run.owner)


def _by_role(run: Run, owner: ActorRule | None) -> UUID | None:
    """Return the unit that a role names; whoever leads where a person or a child run is next."""
    if owner is None or owner.kind in OFFICES:
        return None
    roles: Mapping[str, list[str]] = run.memory.get("roles", {})
    held = next(iter(roles.get(owner.role or LEAD, ())), "")
    if owner.kind is ActorKind.SENDER_OF:
        held = run.memory.get("senders", {}).get(owner.role, "")
    elif owner.kind is ActorKind.SUPERIOR_OF:
        held = run.memory.get("above", {}).get(held, "")
    return UUID(held) if held else None


def _by_acts(owner: ActorRule | None, moved: Collection[_Moved]) -> UUID | None:
    """Return the office that moved the run last, of the kinds the state waits for."""
    kinds = owner.unit_kinds if owner is not None and owner.kind in OFFICES else ()
    for one in moved:
        if not kinds or one.kind in kinds:
            return one.unit_id
    return None


def _moved(runs: Collection[Run]) -> dict[UUID, list[_Moved]]:
    """Return the units that have moved these runs, the latest first."""
    if not runs:
        return {}
    rows = (
        EventHeader.objects.filter(run__in=runs, unit_id__isnull=False)
        .exclude(from_state=F("to_state"))
        .order_by("-seq")
        .values_list("run_id", "unit_id")
    )
    acts = [(run_id, unit_id) for run_id, unit_id in rows if unit_id is not None]
    kinds = dict(
        Unit.objects.filter(pk__in={unit for _, unit in acts}).values_list("pk", "kind")
    )  # fmt: skip
    found: dict[UUID, list[_Moved]] = {}
    for run_id, unit_id in acts:
        found.setdefault(run_id, []).append(_Moved(unit_id, kinds.get(unit_id, "")))
    return found
