"""The inbox of a post: what waits for its office, by when, and what it waits for itself.

A run waits for whoever the procedure names as owner of its state. Which rules speak of a post is
read from the procedure files, the rest is one SQL function (migration `sight_functions`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from typing import Final
from uuid import UUID

from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from huiyin.dispatch.models import Level
from huiyin.matters import access
from huiyin.matters.limits import calendar
from huiyin.matters.models import Assignment, EventHeader, Run
from huiyin.matters.people_in import LEVELS
from huiyin.people.actors import Actor
from huiyin.procedures import library
from huiyin.procedures.language import ActorKind, ActorRule
from huiyin.worktime import Limit, LimitUnit, due

PAGE = 30
SOON: Final = Limit(1, LimitUnit.WORKING_DAY)
NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)  # sorts what has no limit last
Rule = tuple[str, str, str, str, str]  # procedure, owner, way, role, fact of the level
_WAYS: Final = {
    ActorKind.ASSIGNED: "assigned",
    ActorKind.SENDER_OF: "sender",
    ActorKind.SUPERIOR_OF: "superior",
}


class Tray(StrEnum):
    """Where a run lies on the desk. What is due soon or overdue is to sign, to do or assisting."""

    TO_SIGN = "to_sign"  # given to the unit, which has not moved it since
    TO_DO = "to_do"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    ASSISTING = "assisting"
    WAITING = "waiting"  # the unit has a part in it, and somebody else is next
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: the time it is sorted by, and the run."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """A page of runs with their matters; `next`: where the page after it begins."""

    runs: tuple[Run, ...]
    next: Key | None


def counts(*, by: Actor, at: datetime) -> dict[Tray, int]:
    """Return how many runs lie in each tray of a post. Three queries."""
    if by.unit_id is None:
        return dict.fromkeys(Tray, 0)
    helping = Q(procedure__in=_helping())
    soon = Q(due_at__gte=at, due_at__lte=_soon(at))
    owned = _owned(by).aggregate(
        to_sign=Count("pk", filter=_to_sign(by)),
        to_do=Count("pk", filter=~_to_sign(by) & ~helping),
        due_soon=Count("pk", filter=soon),
        overdue=Count("pk", filter=Q(due_at__lt=at)),
        assisting=Count("pk", filter=helping),
    )
    return {
        **{Tray(name): count for name, count in owned.items()},
        Tray.WAITING: _waiting(by).count(),
        Tray.DONE: _done(by).count(),
    }


def tray(
    which: Tray, *, by: Actor, at: datetime, after: Key | None = None, limit: int = PAGE,
    procedure: str = "", urgent: bool = False,
) -> Page:  # fmt: skip
    """Return a page of a tray: what is due first comes first, of what is done the latest.

    `procedure`: of one alone. `urgent`: urgent matters and emergencies only. One query.
    """
    if by.unit_id is None:
        return Page((), None)
    runs = listed(which, by=by, at=at)
    if procedure:
        runs = runs.filter(procedure=procedure)
    if urgent:
        runs = runs.exclude(matter__urgency=Level.NORMAL)
    if after is not None:
        is_later = "lt" if which is Tray.DONE else "gt"
        runs = runs.filter(
            Q(**{f"sorted_at__{is_later}": after.at})
            | Q(sorted_at=after.at, **{f"pk__{is_later}": after.id})
        )
    found = list(runs[: limit + 1])
    shown = tuple(found[:limit])
    last = shown[-1] if len(found) > limit else None
    return Page(shown, Key(_sorted_at(last), last.pk) if last else None)


def by_procedure(which: Tray, *, by: Actor, at: datetime) -> list[tuple[str, int]]:
    """Return how many runs of each procedure lie in a tray, the most first. One query."""
    if by.unit_id is None:
        return []
    counted = _runs_in(which, by, at).values("procedure").order_by().annotate(n=Count("pk"))
    return [(one["procedure"], one["n"]) for one in counted.order_by("-n", "procedure")]


def _soon(at: datetime) -> datetime:
    """Return until when something is due soon: to the end of the next working day."""
    return due(at, SOON, calendar=calendar()).due_at


def page_of(runs: QuerySet[Run], *, after: Key | None, limit: int = PAGE) -> Page:
    """Return a page of runs in the order in which they are due. One query."""
    due = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
    runs = runs.select_related("matter__words", "matter__place", "matter__category")
    runs = runs.annotate(sorted_at=due).order_by("sorted_at", "pk")
    if after is not None:
        runs = runs.filter(Q(sorted_at__gt=after.at) | Q(sorted_at=after.at, pk__gt=after.id))
    found = list(runs[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    return Page(tuple(found[:limit]), Key(_sorted_at(last), last.pk) if last else None)


def _sorted_at(run: Run) -> datetime:
    at: datetime = run.sorted_at  # type: ignore[attr-defined]  # annotated by `listed`, `page_of`
    return at


def listed(which: Tray, *, by: Actor, at: datetime) -> QuerySet[Run]:
    """Return the runs in a tray of a post in a unit, in order, with their matters."""
    runs = _runs_in(which, by, at).select_related("matter__words", "matter__place")
    if which is Tray.DONE:
        return runs.annotate(sorted_at=F("done_at")).order_by("-sorted_at", "-pk")
    due = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
    return runs.annotate(sorted_at=due).order_by("sorted_at", "pk")


def _runs_in(which: Tray, by: Actor, at: datetime) -> QuerySet[Run]:
    if which is Tray.WAITING:
        return _waiting(by)
    if which is Tray.DONE:
        return _done(by)
    owned = _owned(by)
    return {
        Tray.TO_SIGN: lambda: owned.filter(_to_sign(by)),
        Tray.TO_DO: lambda: owned.exclude(_to_sign(by)).exclude(procedure__in=_helping()),
        Tray.DUE_SOON: lambda: owned.filter(due_at__gte=at, due_at__lte=_soon(at)),
        Tray.OVERDUE: lambda: owned.filter(due_at__lt=at),
        Tray.ASSISTING: lambda: owned.filter(procedure__in=_helping()),
    }[which]()


# --- which runs ---------------------------------------------------------------------------------


def owned_by(by: Actor) -> QuerySet[Run]:
    """Return the runs in which a post is next: never one of a matter that accuses its unit."""
    return _owned(by) if by.unit_id is not None else Run.objects.none()


def owned_by_rules(rules: Iterable[Rule], *, by: Actor) -> QuerySet[Run]:
    """Return the open runs that wait for an owner, as far as these rules lead a post to them.

    For lists of what an office may do besides its own states; never one that accuses its unit.
    """
    owned = RawSQL(
        "SELECT owned FROM matters_runs_owned_by_unit("
        "%s, %s, %s, %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS owned",
        _as_owner(by, rules),
    )
    return Run.objects.filter(pk__in=owned)


def _owned(by: Actor) -> QuerySet[Run]:
    return owned_by_rules(_rules_of(by), by=by)


def _as_owner(by: Actor, rules: Iterable[Rule]) -> list[object]:
    columns = list(zip(*rules, strict=True)) or [()] * 5
    return [by.unit_id, by.unit_place_id, LEVELS.get(by.level or 0, ""), *map(list, columns)]


def _rules_of(by: Actor) -> Iterator[Rule]:
    """Yield by what a post may own a state: procedure, owner, way, role, fact of the level."""
    for procedure in library.procedures().values():
        owners = {state.owner for state in procedure.states.values() if state.owner}
        for name in sorted(owners):
            rule = procedure.actors[name]
            if rule.permission and not by.may(rule.permission):
                continue
            if rule.kind in _WAYS:
                yield procedure.name, name, _WAYS[rule.kind], rule.role, ""
            elif _is_office(rule, by):
                yield procedure.name, name, "office", rule.role, rule.level_fact


def _is_office(rule: ActorRule, by: Actor) -> bool:
    return bool(rule.covers and rule.unit_kinds) and access.is_office(rule, by)


@cache
def _helping() -> tuple[str, ...]:
    """Return the procedures in whose runs a unit lends the one around them a hand."""
    return tuple(name for name, rules in library.procedures().items() if rules.helps)


def _to_sign(by: Actor) -> Q:
    """Return the condition: the unit holds a role and has not moved the run since it was given."""
    held = Assignment.objects.filter(run=OuterRef("pk"), unit=by.unit_id, to_at=None)
    moved = EventHeader.objects.filter(
        run=OuterRef("run"), unit_id=by.unit_id, recorded_at__gte=OuterRef("from_at")
    ).exclude(from_state=F("to_state"))
    return Q(Exists(held.filter(~Exists(moved)))) & ~Q(procedure__in=_helping()) & ~Q(is_done=True)


def _part(by: Actor) -> QuerySet[Run]:
    """Return the runs a unit has or had a role in; none of a matter that accuses it."""
    return Run.objects.filter(pk__in=Assignment.objects.filter(unit=by.unit_id).values("run_id"))


def _waiting(by: Actor) -> QuerySet[Run]:
    held = RawSQL(
        "SELECT run_id FROM matters_assignment WHERE unit_id = %s AND to_at IS NULL"
        " EXCEPT SELECT owned FROM matters_runs_owned_by_unit("
        "%s, %s, %s, %s::text[], %s::text[], %s::text[], %s::text[], %s::text[]) AS owned",
        [by.unit_id, *_as_owner(by, _rules_of(by))],
    )
    return _seen(Run.objects.filter(pk__in=held, is_done=False), by)


def _done(by: Actor) -> QuerySet[Run]:
    return _seen(_part(by).filter(is_done=True), by)


def _seen(runs: QuerySet[Run], by: Actor) -> QuerySet[Run]:
    accused = RawSQL("SELECT matters_unit_and_above(%s)", [by.unit_id])
    return runs.exclude(matter__accused__overlap=accused)
