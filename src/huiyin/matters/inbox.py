"""The inbox of a post: what waits for its office, by when, and what it waits for itself.

A run waits for whoever the procedure names as owner of its state (`owning`).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from huiyin.matters import access, owning, walking
from huiyin.matters.inbox_filters import Filters, Key, Sort, in_order, key_of
from huiyin.matters.limits import calendar
from huiyin.matters.models import Assignment, Run
from huiyin.matters.owning import Stretch, helping, owned_by
from huiyin.matters.walked import one_by_one
from huiyin.matters.walking import PLACES, Order, Walk, Walks
from huiyin.people.actors import Actor
from huiyin.procedures import library
from huiyin.ui.kept import Kept
from huiyin.worktime import Limit, LimitUnit, due

PAGE = 30
SOON: Final = Limit(1, LimitUnit.WORKING_DAY)
MOST_COUNTED: Final = 1_000  # beyond, a tray says "999+"
MOST_BESIDE: Final = 200  # beyond, a tray that nobody here works off is not counted each time


# What the desk shows of the runs in a tray; everything else would cost a query for each of them.
_SHOWN: Final = (
    "procedure", "state", "is_done", "done_at", "due_at", "events", "matter__number",
    "matter__opened_at", "matter__is_confidential", "matter__urgency", "matter__words__title",
    "matter__place__full_name",
)  # fmt: skip


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
_WAITING_HERE: Final = (
    Tray.TO_SIGN, Tray.TO_DO, Tray.DUE_SOON, Tray.OVERDUE, Tray.ASSISTING,
)  # fmt: skip
_WALKED: Final = _WAITING_HERE[1:]  # in the order they are due, without reading all of them
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of runs with what lists show of their matters; `next`: where the page after begins."""

    runs: tuple[Run, ...]
    next: Key | None


@dataclass(frozen=True, slots=True)
class Survey:
    """How many runs lie in each tray of a post, up to `MOST_COUNTED`.

    `procedures`: of which procedures, for what waits for the post; of more than that, of a part.
    """

    counts: Mapping[Tray, int]
    procedures: Mapping[Tray, Counter[str]]


def counts(*, by: Actor, at: datetime) -> Mapping[Tray, int]:
    """Return how many runs lie in each tray of a post, up to `MOST_COUNTED`."""
    return survey(by=by, at=at).counts


# Trays with more than is counted each time: what was counted of them holds for a moment.
_full: Final[Kept[tuple[UUID | None, Tray], Counter[str]]] = Kept(20.0, most=5_000)
_OF_ANY: Final = ""  # what only grows is not told by procedure


def survey(*, by: Actor, at: datetime) -> Survey:
    """Look through the trays of a post as far as they are counted. One query, or two.

    A tray that has more than is counted is counted again after some seconds, and so is one with
    more than `MOST_BESIDE` that is not worked off; what is to be signed for each time, because the
    others are told from it.
    """
    if by.unit_id is None:
        return Survey(dict.fromkeys(Tray, 0), {})
    full = {which: kept for which in Tray if (kept := _full.known((by.post_id, which)))}
    found = {**_looked_through(by, at, full), **full}
    for which, each in found.items():
        most = min(MOST_BESIDE, MOST_COUNTED) if which in _GROWING else MOST_COUNTED
        is_more = each.total() >= most
        if is_more and which not in full and which is not Tray.TO_SIGN:
            _full.keep((by.post_id, which), each)
    return Survey(
        {which: min(each.total(), MOST_COUNTED) for which, each in found.items()},
        {which: +found[which] for which in _WAITING_HERE},
    )


def _looked_through(by: Actor, at: datetime, full: Collection[Tray]) -> dict[Tray, Counter[str]]:
    """Return of which procedures the runs in each tray are; nothing true of those that are `full`.

    What waits is looked at in the order in which it is due. Where that ends before it has reached
    all trays, those are looked at by themselves.
    """
    beside = {which.value: ask for which, ask in _growing(by).items() if which not in full}
    sums, to_sign, growing = owning.sums(
        by=by, at=at, soon=soon_until(at), most=MOST_COUNTED, beside=beside,
        looks=Tray.OVERDUE not in full,
    )  # fmt: skip
    found = {which: Counter[str]() for which in Tray} | {Tray.TO_SIGN: to_sign}
    for which in _GROWING:
        found[which][_OF_ANY] = growing[which.value]
    for one in sums:
        is_helping = one.procedure in helping()
        for which, many in (
            (Tray.OVERDUE, one.is_overdue), (Tray.DUE_SOON, one.is_soon),
            (Tray.ASSISTING, is_helping), (Tray.TO_DO, not is_helping and not one.is_to_sign),
        ):  # fmt: skip
            found[which][one.procedure] += one.count * many
    if Tray.OVERDUE in full or sum(one.count for one in sums) >= MOST_COUNTED:
        reaches_soon = any(not one.is_overdue and not one.is_soon for one in sums)
        unsure = [Tray.TO_DO, Tray.ASSISTING, *([] if reaches_soon else [Tray.DUE_SOON])]
        unsure = [
            which for which in unsure if which not in full and found[which].total() < MOST_COUNTED
        ]
        parts = [_stretch(which, at) for which in unsure]
        found |= zip(unsure, owning.counted(parts, by=by, most=MOST_COUNTED), strict=True)
    return found


def _stretch(which: Tray, at: datetime) -> Stretch:
    """Return which part of what waits for a post lies in a tray."""
    if which is Tray.DUE_SOON:
        return Stretch(after=(at, owning.NO_RUN), until=soon_until(at) + _INSTANT)
    return {
        Tray.TO_DO: Stretch(helps=False, is_moved=True),
        Tray.OVERDUE: Stretch(until=at),
        Tray.ASSISTING: Stretch(helps=True),
    }[which]


def count(which: Tray, *, by: Actor, at: datetime, filters: Filters) -> int:
    """Return how many runs of a tray fit, up to `MOST_COUNTED`. One query."""
    return counts_of([(which, filters)], by=by, at=at)[0]


def counts_of(
    wanted: Sequence[tuple[Tray, Filters]], *, by: Actor, at: datetime
) -> list[int]:  # fmt: skip
    """Return `count` of several narrowed trays at once. One query."""
    if by.unit_id is None:
        return [0 for _each in wanted]
    lists = [_walks(which, by, at, filters) for which, filters in wanted]
    return walking.counted(lists, most=MOST_COUNTED)


def tray(
    which: Tray, *, by: Actor, at: datetime, after: Key | None = None, limit: int = PAGE,
    filters: Filters | None = None, sort: Sort = Sort.LIMIT, for_desk: bool = False,
) -> Page:  # fmt: skip
    """Return a page of a tray: what is due first comes first, of what is done the latest.

    `for_desk`: with no more of each run than the desk shows. One query.

    What waits and what is done are asked for in this order by fixed statements of `owning`, which
    PostgreSQL keeps prepared: the walks give the same rows, but putting them together takes 5 to
    15 ms of Python a page instead of less than one, and an office of 12345 reads half as much more.
    """
    if by.unit_id is None:
        return Page((), None)
    is_plain = sort is Sort.LIMIT and not (filters and filters.is_any)
    if which in _WALKED and is_plain:
        found = _walked(which, by, at, after, limit + 1, _of_desk if for_desk else _whole)
    elif which is Tray.DONE and is_plain:
        before = (after.at, after.id) if after else None
        found = owning.latest_done(
            by=by, before=before, most=limit + 1, shown=_done_of_desk if for_desk else _done_whole
        )
    else:
        is_done = which is Tray.DONE
        order = Order(possible(which, sort), limit + 1, after, is_done)
        columns = _SHOWN if for_desk else ()
        found = walking.first(
            _walks(which, by, at, filters or Filters()), order,
            shown=walking.whole(order.sort, is_done=is_done, columns=columns),
        )  # fmt: skip
    shown = tuple(found[:limit])
    return Page(shown, key_of(shown[-1]) if len(found) > limit else None)


def _walked(
    which: Tray, by: Actor, at: datetime, after: Key | None, most: int, shown: owning.Shown
) -> list[Run]:  # fmt: skip
    """Return the first runs of what waits for a post; of the rest nothing has to be read."""
    part = _stretch(which, at)
    if after is not None:
        part = part._replace(after=max(part.after, (after.at, after.id)))
    return owning.first(part, by=by, most=most, shown=shown)


def _whole(runs: QuerySet[Run]) -> QuerySet[Run]:
    runs = runs.select_related("matter__words", "matter__place")
    return in_order(runs, Sort.LIMIT, is_done=False)


def _of_desk(runs: QuerySet[Run]) -> QuerySet[Run]:
    return _whole(runs).only(*_SHOWN)


def _done_whole(runs: QuerySet[Run]) -> QuerySet[Run]:
    runs = runs.select_related("matter__words", "matter__place")
    return in_order(runs, Sort.LIMIT, is_done=True)


def _done_of_desk(runs: QuerySet[Run]) -> QuerySet[Run]:
    return _done_whole(runs).only(*_SHOWN)


def by_procedure(
    which: Tray, *, by: Actor, at: datetime, filters: Filters | None = None
) -> list[tuple[str, int]]:
    """Return how many runs of each procedure lie in a tray, the most first. One query.

    Of what is not counted to its end the procedures of a part.
    """
    if by.unit_id is None:
        return []
    some = walking.some(_walks(which, by, at, filters or Filters()), most=MOST_COUNTED)
    runs = Run.objects.filter(pk__in=RawSQL(*some))  # noqa: S611 a fixed text with parameters
    counted = runs.values("procedure").order_by().annotate(n=Count("pk"))
    return [(one["procedure"], one["n"]) for one in counted.order_by("-n", "procedure")]


def soon_until(at: datetime) -> datetime:
    """Return until when something is due soon: to the end of the next working day."""
    return due(at, SOON, calendar=calendar()).due_at


def page_of(walks: Sequence[Walk], *, after: Key | None, limit: int = PAGE) -> Page:
    """Return a page of the runs of some walks in the order in which they are due. One query."""
    found = walking.first(Walks(walks), Order(Sort.LIMIT, limit + 1, after), shown=_with_category)
    return Page(tuple(found[:limit]), key_of(found[limit - 1]) if len(found) > limit else None)


def _with_category(runs: QuerySet[Run]) -> QuerySet[Run]:
    return _whole(runs).select_related("matter__words", "matter__place", "matter__category")


def sorts_of(which: Tray) -> tuple[Sort, ...]:
    """Return the orders a tray can stand in: what is done is not done first where it is urgent."""
    return tuple(sort for sort in Sort if which is not Tray.DONE or sort is not Sort.URGENCY)


def possible(which: Tray, sort: Sort) -> Sort:
    """Return an order that was asked for, or by limit where the tray does not stand in it."""
    return sort if sort in sorts_of(which) else Sort.LIMIT


def listed(
    which: Tray, *, by: Actor, at: datetime, filters: Filters | None = None,
    sort: Sort = Sort.LIMIT,
) -> QuerySet[Run]:  # fmt: skip
    """Return the runs in a tray of a post in a unit, in order, with their matters."""
    runs = _runs_in(which, by, at).select_related("matter__words", "matter__place")
    if filters:
        runs = filters.narrow(runs, at=at, soon=soon_until(at))
    return in_order(runs, possible(which, sort), is_done=which is Tray.DONE)


def _runs_in(which: Tray, by: Actor, at: datetime) -> QuerySet[Run]:
    if which is Tray.WAITING:
        return _waiting(by)
    if which is Tray.DONE:
        return _done(by)
    if which is Tray.SUPERVISED:
        return _supervised(by)
    owned = owned_by(by)
    return {
        Tray.TO_SIGN: lambda: owning.to_sign(by),
        Tray.TO_DO: lambda: owned.exclude(_not_moved(by)).exclude(procedure__in=helping()),
        Tray.DUE_SOON: lambda: owned.filter(due_at__gte=at, due_at__lte=soon_until(at)),
        Tray.OVERDUE: lambda: owned.filter(due_at__lt=at),
        Tray.ASSISTING: lambda: owned.filter(procedure__in=helping()),
    }[which]()


def _walks(which: Tray, by: Actor, at: datetime, filters: Filters) -> Walks:
    """Return the walks to the runs in a tray that fit, as `_runs_in` has them."""
    mine = Assignment.objects.filter(unit=by.unit_id)
    where: Q | None = None
    ends: list[tuple[str, datetime]] | None = []
    soon = soon_until(at)
    if which is Tray.TO_SIGN:
        where = walking.waits_for(by) & Q(is_done=False) & ~Q(procedure__in=helping())
        walks: list[Walk] = [walking.not_accusing(mine.filter(to_at=None, moved_at=None), by)]
    elif which is Tray.WAITING:
        where = walking.waits_for_others(by) & Q(is_done=False)
        walks = [walking.not_accusing(mine.filter(to_at=None), by)]
    elif which is Tray.DONE:
        ends = None
        walks = [walking.not_accusing(mine.filter(done_at__isnull=False), by)]
    elif which is Tray.SUPERVISED:
        where = _supervised_by(by)
        walks = [
            walking.not_accusing(
                Run.objects.filter(procedure=procedure, owner=owner, is_done=False), by
            )
            for procedure, owner in _overseeing_owners()
        ]
    else:
        rules: Iterable[owning.Rule] = owning.rules_of(by)
        if which in (Tray.TO_DO, Tray.ASSISTING):
            is_helping = which is Tray.ASSISTING
            rules = [rule for rule in rules if (rule[0] in helping()) is is_helping]
        if filters.procedure:
            rules = [rule for rule in rules if rule[0] == filters.procedure]
        if which is Tray.TO_DO:
            unsigned = mine.filter(run=OuterRef("pk"), to_at=None, moved_at=None)
            where = Q(is_done=True) | ~one_by_one(unsigned)
        elif which is Tray.DUE_SOON:
            ends = [("gte", at), ("lte", soon)]
        elif which is Tray.OVERDUE:
            ends = [("lt", at)]
        walks = walking.owned(rules, by=by)
    return walking.narrowed(walks, where=where, filters=filters, ends=ends, at=at, soon=soon)


# --- which runs ---------------------------------------------------------------------------------


def _not_moved(by: Actor) -> Q:
    """Return the condition: given to the unit, which has not moved it since."""
    given = RawSQL("SELECT matters_not_moved_by(%s, %s::text[])", [by.unit_id, list(helping())])
    return Q(pk__in=given)


# What only grows is counted by hand-written statements; a test holds them against the lists. With
# 50,000 matters, counting all trays by the walks of the lists read twice as much for a department
# and six times as much for the office of 12345 (21,000 pages, not 3,700), in 60 to 100 ms of Python
# instead of less than one. What is asked run by run is no EXISTS: that may be hashed, which reads
# all assignments.
_NOT_ACCUSED: Final = "NOT matter.accused && (SELECT matters_unit_and_above(%s))::uuid[]"


def _growing(by: Actor) -> dict[Tray, tuple[str, list[Any]]]:
    """Return for each tray that only grows a statement for its first runs."""
    unit = by.unit_id
    joined = "FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id"
    others, of_others = owning.held_and_not_next(by)
    done, of_done = owning.done_by(by)
    waiting = f"SELECT {joined} WHERE run.id IN ({others}) AND NOT run.is_done AND {_NOT_ACCUSED}"
    return {
        Tray.DONE: (done, of_done),
        Tray.WAITING: (waiting, [*of_others, unit]),
        Tray.SUPERVISED: _supervised_ones(by),
    }


# Orders of supervision and whistles a unit gave or was given: looked for among what it has and has
# given, for most have little of it; where that is more than `_FEW`, all that are open are asked for
# their units. What its office looks after is found by its place.
_FEW: Final = 1_000
_OVERSEEN: Final = "run.procedure = ANY (%s) AND NOT run.is_done AND NOT run.is_closed"
_GIVEN_OR_HAD: Final = f"""
WITH mine AS MATERIALIZED (
    SELECT run_id FROM (
        SELECT run_id FROM matters_assignment WHERE unit_id = %s AND to_at IS NULL
        UNION ALL
        SELECT run_id FROM matters_assignment WHERE sender_id = %s AND to_at IS NULL
    ) AS either LIMIT {_FEW + 1}
), few AS MATERIALIZED (
    SELECT count(*) <= {_FEW} AS yes FROM mine
), overseen AS (
    SELECT run.id FROM mine JOIN matters_run AS run ON run.id = mine.run_id
    WHERE (SELECT yes FROM few) AND {_OVERSEEN}
    UNION
    SELECT run.id FROM matters_run AS run
    WHERE NOT (SELECT yes FROM few) AND {_OVERSEEN}
      AND (
          SELECT TRUE FROM matters_assignment AS held
          WHERE held.run_id = run.id AND held.to_at IS NULL
            AND (held.unit_id = %s OR held.sender_id = %s) LIMIT 1
      )
"""  # noqa: S608 fixed texts
_SEEN_OF_THESE: Final = (
    f") SELECT overseen.id FROM overseen WHERE overseen.id <> ALL ({owning.KEPT_FROM})"  # noqa: S608
)
_IN_ITS_PLACE: Final = """UNION
    SELECT run.id FROM matters_run AS run
    JOIN matters_matter AS matter ON matter.id = run.matter_id
    LEFT JOIN matters_run AS parent ON parent.id = run.parent_id
    WHERE {overseen} AND ({here}) AND (
        NOT matter.is_confidential AND (run.procedure = ANY (%s) OR parent.procedure = ANY (%s))
        OR run.procedure = ANY (%s) OR parent.procedure = ANY (%s)
    )
""".format(  # noqa: S608 fixed texts
    overseen=_OVERSEEN, here=" OR ".join(f"matter.{column} = %s" for column in PLACES)
)


def _supervised_ones(by: Actor) -> tuple[str, list[Any]]:
    """Return a statement for what `_supervised` has."""
    unit, kinds = by.unit_id, sorted(_overseeing())
    looked_after, confidential = access.looked_after_by(by)
    in_place, of_place = "", []
    if looked_after and by.unit_place_id:
        in_place = _IN_ITS_PLACE
        places = [by.unit_place_id] * len(PLACES)
        of_place = [kinds, *places, looked_after, looked_after, confidential, confidential]
    statement = f"{_GIVEN_OR_HAD} {in_place} {_SEEN_OF_THESE}"
    return statement, [unit, unit, kinds, kinds, unit, unit, *of_place, unit]


def _waiting(by: Actor) -> QuerySet[Run]:
    others = RawSQL(*owning.held_and_not_next(by))  # noqa: S611 a fixed text with parameters
    return _seen(Run.objects.filter(pk__in=others, is_done=False), by)


def _done(by: Actor) -> QuerySet[Run]:
    had = Assignment.objects.filter(unit=by.unit_id, done_at__isnull=False)
    return _seen(Run.objects.filter(pk__in=had.values("run_id"), is_done=True), by)


@cache
def _overseeing() -> frozenset[str]:
    """Return the procedures by which a unit looks whether another does what it should."""
    return frozenset(name for name, rules in library.procedures().items() if rules.oversees)


@cache
def _overseeing_owners() -> list[tuple[str, str]]:
    """Return these procedures, each with every owner of its states that are not closed."""
    return sorted(
        {
            (name, state.owner)
            for name, rules in library.procedures().items()
            for state in rules.states.values()
            if rules.oversees and not state.closed
        }
    )


def _supervised(by: Actor) -> QuerySet[Run]:
    """Return orders of supervision and whistles that are not done: those the unit gave, those it
    was given, and those its office looks after in its place.
    """
    runs = Run.objects.filter(procedure__in=_overseeing(), is_done=False, is_closed=False)
    return _seen(runs.filter(_supervised_by(by)), by)


def _supervised_by(by: Actor) -> Q:
    mine = Assignment.objects.filter(
        to_at=None, run__is_done=False, run__procedure__in=_overseeing()
    )
    held = mine.filter(unit=by.unit_id).values("run")
    given = mine.filter(sender_id=by.unit_id).values("run")
    where = Q(pk__in=held) | Q(pk__in=given)
    looked_after, confidential = access.looked_after_by(by)
    if looked_after and by.unit_place_id:
        columns = ((f"matter__{column}", by.unit_place_id) for column in PLACES)
        theirs = Q(matter__is_confidential=False) & _of(looked_after) | _of(confidential)
        where |= Q(*columns, _connector=Q.OR) & theirs
    return Q(is_closed=False) & where


def _of(procedures: list[str]) -> Q:
    """Return the condition: runs of these procedures, or inside one of them."""
    return Q(procedure__in=procedures) | Q(parent__procedure__in=procedures)


def _seen(runs: QuerySet[Run], by: Actor) -> QuerySet[Run]:
    accused = RawSQL("SELECT matters_unit_and_above(%s)", [by.unit_id])
    return runs.exclude(matter__accused__overlap=accused)
