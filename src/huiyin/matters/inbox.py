"""The inbox of a post: what waits for its office, by when, and what it waits for itself.

A run waits for whoever the procedure names as owner of its state. Which rules speak of a post is
read from the procedure files, the rest is one SQL function (migration `sight_functions`).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Final

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from huiyin.matters import access
from huiyin.matters.inbox_filters import Filters, Key, Sort, behind, in_order, key_of
from huiyin.matters.limits import calendar
from huiyin.matters.models import Assignment, EventHeader, Run
from huiyin.matters.people_in import LEVELS
from huiyin.people.actors import Actor
from huiyin.procedures import library
from huiyin.procedures.language import ActorKind, ActorRule
from huiyin.units.models import Unit
from huiyin.worktime import Limit, LimitUnit, due

PAGE = 30
SOON: Final = Limit(1, LimitUnit.WORKING_DAY)
MOST_COUNTED: Final = 1_000  # beyond, a tray says "999+"
_PLACE_COLUMNS: Final = (
    "place_id", "grid_id", "village_id", "town_id", "county_id", "overlay_id", "city_id",
)  # fmt: skip
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
    SUPERVISED = "supervised"  # orders of supervision and whistles it has to do with, not done yet
    WAITING = "waiting"  # the unit has a part in it, and somebody else is next
    DONE = "done"


_GROWING: Final = (Tray.SUPERVISED, Tray.WAITING, Tray.DONE)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of runs with their matters; `next`: where the page after it begins."""

    runs: tuple[Run, ...]
    next: Key | None


def counts(*, by: Actor, at: datetime) -> dict[Tray, int]:
    """Return how many runs lie in each tray of a post, up to `MOST_COUNTED`. Four queries.

    What is open is counted as it is found, by indexes; what only grows is not counted to its end.
    """
    if by.unit_id is None:
        return dict.fromkeys(Tray, 0)
    helping = Q(procedure__in=_helping())
    soon = Q(due_at__gte=at, due_at__lte=soon_until(at))
    owned = _owned(by).aggregate(
        to_sign=Count("pk", filter=_to_sign(by)),
        to_do=Count("pk", filter=~helping),
        due_soon=Count("pk", filter=soon),
        overdue=Count("pk", filter=Q(due_at__lt=at)),
        assisting=Count("pk", filter=helping),
    )
    owned["to_do"] -= owned["to_sign"]
    return {
        **{Tray(name): min(count, MOST_COUNTED) for name, count in owned.items()},
        **{which: _counted(_runs_in(which, by, at)) for which in _GROWING},
    }


def _counted(runs: QuerySet[Run]) -> int:
    return runs.order_by()[:MOST_COUNTED].count()


def count(which: Tray, *, by: Actor, at: datetime, filters: Filters) -> int:
    """Return how many runs of a tray fit, up to `MOST_COUNTED`. One query."""
    if by.unit_id is None:
        return 0
    return _counted(filters.narrow(_runs_in(which, by, at), at=at, soon=soon_until(at)))


class _CountOf(Subquery):
    """How many rows a query has, as a value beside others."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()


def counts_of(
    wanted: Sequence[tuple[Tray, Filters]], *, by: Actor, at: datetime
) -> list[int]:  # fmt: skip
    """Return `count` of several narrowed trays at once. One query."""
    if by.unit_id is None or not wanted:
        return [0 for _each in wanted]
    soon = soon_until(at)
    counted = {
        f"n{number}": _CountOf(
            filters.narrow(_runs_in(which, by, at), at=at, soon=soon)
            .order_by()
            .values("pk")[:MOST_COUNTED]
        )
        for number, (which, filters) in enumerate(wanted)
    }
    row = Unit.objects.filter(pk=by.unit_id).annotate(**counted).values(*counted).get()
    return [row[name] for name in counted]


def tray(
    which: Tray, *, by: Actor, at: datetime, after: Key | None = None, limit: int = PAGE,
    filters: Filters | None = None, sort: Sort = Sort.LIMIT,
) -> Page:  # fmt: skip
    """Return a page of a tray: what is due first comes first, of what is done the latest.

    One query.
    """
    if by.unit_id is None:
        return Page((), None)
    runs = listed(which, by=by, at=at, filters=filters, sort=sort)
    if after is not None:
        runs = runs.filter(behind(after, sort, is_done=which is Tray.DONE))
    found = list(runs[: limit + 1])
    shown = tuple(found[:limit])
    return Page(shown, key_of(shown[-1]) if len(found) > limit else None)


def by_procedure(
    which: Tray, *, by: Actor, at: datetime, filters: Filters | None = None
) -> list[tuple[str, int]]:
    """Return how many runs of each procedure lie in a tray, the most first. One query.

    Of what is not counted to its end the procedures of a part.
    """
    if by.unit_id is None:
        return []
    runs = _runs_in(which, by, at)
    if filters:
        runs = filters.narrow(runs, at=at, soon=soon_until(at))
    if which in _GROWING:
        runs = Run.objects.filter(pk__in=runs.order_by()[:MOST_COUNTED].values("pk"))
    counted = runs.values("procedure").order_by().annotate(n=Count("pk"))
    return [(one["procedure"], one["n"]) for one in counted.order_by("-n", "procedure")]


def soon_until(at: datetime) -> datetime:
    """Return until when something is due soon: to the end of the next working day."""
    return due(at, SOON, calendar=calendar()).due_at


def page_of(runs: QuerySet[Run], *, after: Key | None, limit: int = PAGE) -> Page:
    """Return a page of runs in the order in which they are due. One query."""
    runs = runs.select_related("matter__words", "matter__place", "matter__category")
    runs = in_order(runs, Sort.LIMIT, is_done=False)
    if after is not None:
        runs = runs.filter(behind(after, Sort.LIMIT, is_done=False))
    found = list(runs[: limit + 1])
    return Page(tuple(found[:limit]), key_of(found[limit - 1]) if len(found) > limit else None)


def listed(
    which: Tray, *, by: Actor, at: datetime, filters: Filters | None = None,
    sort: Sort = Sort.LIMIT,
) -> QuerySet[Run]:  # fmt: skip
    """Return the runs in a tray of a post in a unit, in order, with their matters."""
    runs = _runs_in(which, by, at).select_related("matter__words", "matter__place")
    if filters:
        runs = filters.narrow(runs, at=at, soon=soon_until(at))
    return in_order(runs, sort, is_done=which is Tray.DONE)


def _runs_in(which: Tray, by: Actor, at: datetime) -> QuerySet[Run]:
    if which is Tray.WAITING:
        return _waiting(by)
    if which is Tray.DONE:
        return _done(by)
    if which is Tray.SUPERVISED:
        return _supervised(by)
    owned = _owned(by)
    return {
        Tray.TO_SIGN: lambda: owned.filter(_to_sign(by)),
        Tray.TO_DO: lambda: owned.exclude(_to_sign(by)).exclude(procedure__in=_helping()),
        Tray.DUE_SOON: lambda: owned.filter(due_at__gte=at, due_at__lte=soon_until(at)),
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


@cache
def _overseeing() -> frozenset[str]:
    """Return the procedures by which a unit looks whether another does what it should."""
    return frozenset(name for name, rules in library.procedures().items() if rules.oversees)


def _supervised(by: Actor) -> QuerySet[Run]:
    """Return orders of supervision and whistles that are not done: those the unit gave, those it
    was given, and those its office looks after in its place.
    """
    kinds = _overseeing()
    mine = Assignment.objects.filter(to_at=None, run__is_done=False, run__procedure__in=kinds)
    held = mine.filter(unit=by.unit_id).values("run")
    given = mine.filter(sender_id=by.unit_id).values("run")
    runs = Run.objects.filter(procedure__in=kinds, is_done=False, is_closed=False)
    where = Q(pk__in=held) | Q(pk__in=given)
    looked_after, confidential = access.looked_after_by(by)
    if looked_after and by.unit_place_id:
        columns = ((f"matter__{column}", by.unit_place_id) for column in _PLACE_COLUMNS)
        theirs = Q(matter__is_confidential=False) & _of(looked_after) | _of(confidential)
        where |= Q(*columns, _connector=Q.OR) & theirs
    return _seen(runs.filter(where), by)


def _of(procedures: list[str]) -> Q:
    """Return the condition: runs of these procedures, or inside one of them."""
    return Q(procedure__in=procedures) | Q(parent__procedure__in=procedures)


def _seen(runs: QuerySet[Run], by: Actor) -> QuerySet[Run]:
    accused = RawSQL("SELECT matters_unit_and_above(%s)", [by.unit_id])
    return runs.exclude(matter__accused__overlap=accused)
