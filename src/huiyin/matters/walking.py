"""Lists of runs in an order, read along an index and only as far as they are shown.

A list is made of walks: querysets of runs, or of what a unit holds, each of which an index holds in
the order of the list. What waits for an office is a walk for each of the rules by which it waits;
what a unit holds is one. The database function `matters_walked` (migration `lists_are_walked`)
takes the first of each without ever sorting more, and the page is the first of those.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from huiyin.matters import numbers, search
from huiyin.matters.inbox_filters import Filters, Key, Sort, behind, in_order, is_down
from huiyin.matters.models import NEVER, RANKS, Assignment, Matter, MatterText, Run
from huiyin.matters.owning import KEPT_FROM, WAYS, Rule, Shown, asked, rules_of
from huiyin.matters.people_in import LEVELS
from huiyin.matters.walked import WALKED, one_by_one, text_of
from huiyin.people.actors import Actor
from huiyin.procedures.language import ActorKind

Walk = QuerySet[Run] | QuerySet[Assignment]
FREQUENT: Final = 5_000  # matters with some words, beyond which each run is asked for them instead
PLACES: Final = (
    "place_id", "grid_id", "village_id", "town_id", "county_id", "overlay_id", "city_id",
)  # fmt: skip
_STANDS_THERE: Final = """(
    SELECT bool_and(position(
        word IN matters_folded(title || ' ' || text || ' ' || address)
    ) > 0)
    FROM string_to_table(matters_folded(%s), ' ') AS word
)"""
_ACCUSING: Final = """
    SELECT id FROM matters_matter
    WHERE accused <> '{}' AND accused && (SELECT matters_unit_and_above(%s))
"""


@dataclass(frozen=True, slots=True)
class Order:
    """In which order a list stands and from where on. `is_done`: by when it was done.

    `most`: how many are wanted.
    """

    sort: Sort
    most: int
    after: Key | None = None
    is_done: bool = False


@dataclass(frozen=True, slots=True)
class Walks:
    """The walks that make a list. `sought`: a statement for the matters that `$1` stands for."""

    each: Sequence[Walk]
    sought: str = ""


def first(walks: Walks, order: Order, *, shown: Shown) -> list[Run]:
    """Return the first runs of some walks, each once. One query.

    `shown`: as for `owning.first`; it has to put them into the same order.
    """
    parts = [(rank, text_of(rows)) for walk in walks.each for rank, rows in _parts(walk, order)]
    if not parts:
        return []
    parts.sort(key=lambda part: part[0])
    down = " DESC" if is_down(order.sort, is_done=order.is_done) else ""
    statement = (
        f"SELECT DISTINCT rank, at, run_id FROM {WALKED}"  # noqa: S608 fixed texts, parameters
        f" ORDER BY rank, at{down}, run_id{down} LIMIT {order.most}"
    )
    texts, ranks = [text for _, text in parts], [rank for rank, _ in parts]
    values = dict(enumerate((texts, ranks, order.most, walks.sought, FREQUENT)))
    return asked(statement, len(values), shown).all(
        **{f"value_{number}": value for number, value in values.items()}
    )


def some(walks: Walks, *, most: int) -> tuple[str, list[Any]]:
    """Return a statement for runs of some walks (`run_id`), each once, in no order.

    All of them, or `most`.
    """
    texts = []
    for walk in walks.each:
        rows: QuerySet[Any] = walk
        run = "run_id" if rows.model is Assignment else "pk"
        rows = rows.annotate(with_rank=Value(0, IntegerField()))
        texts.append(text_of(rows.order_by().values_list(run, "with_rank", "due_at")[:most]))
    statement = f"SELECT DISTINCT run_id FROM {WALKED} AS found LIMIT %s"  # noqa: S608 fixed texts, parameters
    return statement, [texts, list(range(len(texts))), most, walks.sought, FREQUENT, most]


def counted(lists: Iterable[Walks], *, most: int) -> list[int]:
    """Return how many runs each of some lists has, up to `most`. One query."""
    parts, values = [], []
    for walks in lists:
        statement, of_list = some(walks, most=most)
        parts.append(f"(SELECT count(*) FROM ({statement}) AS one)")  # noqa: S608 fixed texts, parameters
        values += of_list
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def _parts(walk: Walk, order: Order) -> Iterator[tuple[int, QuerySet[Any]]]:
    """Return the first of a walk, by how urgent they are where they stand in that order."""
    rows: QuerySet[Any] = walk
    is_held = rows.model is Assignment
    run = "run_id" if is_held else "pk"
    at: F | Coalesce = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
    if order.sort is Sort.RECEIVED:
        at = F("came_in_at")
    elif order.is_done:
        at = F("done_at")
    down = "-" if is_down(order.sort, is_done=order.is_done) else ""
    rows = rows.annotate(sorted_at=at).order_by(f"{down}sorted_at", f"{down}{run}")
    if is_held:
        rows = rows.distinct()  # a unit may hold more than one role
    is_ranked = order.sort is Sort.URGENCY
    after, most = order.after, order.most
    begins = after.rank if after is not None and is_ranked else 0
    for rank in RANKS.values() if is_ranked else (0,):
        part = rows
        if is_ranked:
            part = part.filter(**{"run__urgency_rank" if is_held else "urgency_rank": rank})
        if rank < begins:
            continue
        if after is not None and rank == begins:
            only = behind(after, order.sort, is_done=order.is_done, run=run, ranked=False)
            part = part.filter(only)
        ranked = part.annotate(with_rank=Value(rank, IntegerField()))
        yield rank, ranked.values_list(run, "with_rank", "sorted_at")[:most]


# --- narrowed -----------------------------------------------------------------------------------


Ends = Sequence[tuple[str, datetime]]  # how the end of the nearest limit compares with instants


def narrowed(
    walks: Iterable[Walk], *, where: Q | None, filters: Filters, ends: Ends | None,
    at: datetime, soon: datetime,
) -> Walks:  # fmt: skip
    """Return the walks with only those of their runs that fit.

    `where`: a condition on runs. What an index knows is said of the walk itself: the days on which
    the matter came in, and `ends`; None where assignments may be over, which know no end.
    """
    when = Q()
    for name, day in filters.came_in().items():
        when &= Q(**{name: day})
    for name, instant in (*ends, *filters.ends(at=at, soon=soon)) if ends is not None else ():
        when &= Q(**{f"ends_at__{name}": instant})
    found: list[Walk] = []
    for walk in walks:
        rows: QuerySet[Any] = walk
        if when:
            ends_at = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
            rows = rows.annotate(ends_at=ends_at).filter(when)
        if where is not None or filters.is_any:
            is_run = rows.model is Run
            runs = rows if is_run else Run.objects.filter(pk=OuterRef("run_id"))
            runs = runs.filter(where) if where is not None else runs
            runs = filters.narrow(runs, at=at, soon=soon, said=False)
            runs = runs.filter(_said(filters.words)) if filters.words else runs
            runs = runs.filter(_may()) if filters.unit_id else runs
            rows = runs if is_run else rows.filter(one_by_one(runs))
        found.append(rows)
    return Walks(found, _sought(filters.words) or _of_unit(filters.unit_id))


def _of_unit(unit_id: UUID | None) -> str:
    """Return a statement for the matters in which a unit holds a role now."""
    held = Assignment.objects.filter(unit=unit_id, to_at=None)
    return text_of(held.values("run__matter_id")) if unit_id else ""


def _sought(words: str) -> str:
    """Return a statement for the matters in which words may stand, or that have a number."""
    if not words:
        return ""
    whole = numbers.read(words)
    if whole is not None:
        return text_of(Matter.objects.filter(number=whole).values("pk"))
    worded = RawSQL(
        "matters_dated(keys, came_in_at) @@ matters_sought(%s)",
        [words],
        output_field=BooleanField(),
    )
    texts = [text_of(MatterText.objects.filter(worded).values("pk"))]
    if digits := search.spoken(words):
        texts += [text_of(Matter.objects.filter(one).values("pk")) for one in search.ending(digits)]
    return " UNION ALL ".join(texts)


def _said(words: str) -> Q:
    """Return the condition for words, as `Filters` has it, asked of one run after the other.

    $1: the matters that `_sought` finds, where those are few.
    """
    if numbers.read(words) is not None:
        return _may()
    stands = MatterText.objects.filter(
        RawSQL("keys @@ matters_sought(%s)", [words], output_field=BooleanField()),
        RawSQL(_STANDS_THERE, [words], output_field=BooleanField()),  # noqa: S611 as above
        matter=OuterRef("matter_id"),
    )
    said = one_by_one(stands)
    matters = Matter.objects.filter(pk=OuterRef("matter_id"))
    if digits := search.spoken(words):
        said |= one_by_one(matters.filter(reduce(or_, search.ending(digits))))
    return _may() & said & one_by_one(matters.filter(is_confidential=False))


def _may() -> Q:
    """Return the condition: runs of a matter among `$1`."""
    among = Func(
        F("matter_id"), template="($1 IS NULL OR %(expressions)s = ANY ($1))",
        output_field=BooleanField(),
    )  # fmt: skip
    return Q(among)


# --- what waits for a post ------------------------------------------------------------------------


def owned(rules: Iterable[Rule], *, by: Actor) -> list[Walk]:
    """Return the walks to what waits for a post by these rules: as `owning.owned_by_rules` has it.

    What its unit holds is one walk along what it holds; else each rule is a walk along all that
    waits by it.
    """
    mine = Q()
    others = []
    for rule in rules:
        procedure, owner, way, role, _ = rule
        if way == WAYS[ActorKind.ASSIGNED]:
            mine |= Q(role=role, run__procedure=procedure, run__owner=owner)
        else:
            others.append(rule)
    walks: list[Walk] = [*by_rule(others, by=by)]
    if mine:
        held_now = Assignment.objects.filter(unit=by.unit_id, to_at=None, run__is_closed=False)
        walks.append(not_accusing(held_now.filter(mine), by))
    return walks


def by_rule(rules: Iterable[Rule], *, by: Actor) -> list[QuerySet[Run]]:
    """Return what waits for a post by each of these rules, one after the other."""
    return [not_accusing(Run.objects.filter(_waits(rule, by)), by) for rule in rules]


def waiting(rules: Sequence[Rule], *, by: Actor) -> QuerySet[Run]:
    """Return what waits for a post by any of these rules, to be counted."""
    if not rules:
        return Run.objects.none()
    return not_accusing(Run.objects.filter(reduce(or_, (_waits(rule, by) for rule in rules))), by)


def waits_for(by: Actor) -> Q:
    """Return the condition: runs in which a post is next, asked of one after the other."""
    return reduce(or_, (_waits(rule, by) for rule in rules_of(by)), Q(pk=None))


def waits_for_others(by: Actor) -> Q:
    """Return the condition: runs in which it is not."""
    is_next = Case(When(waits_for(by), then=True), default=False, output_field=BooleanField())
    return Q(Exact(is_next, False))


def _waits(rule: Rule, by: Actor) -> Q:
    """Return the condition: runs that wait for a post by a rule."""
    procedure, owner, way, role, level_fact = rule
    waits = Q(procedure=procedure, owner=owner, is_closed=False)
    held = Assignment.objects.filter(run=OuterRef("pk"), role=role, to_at=None)
    if way == WAYS[ActorKind.ASSIGNED]:
        return waits & one_by_one(held.filter(unit=by.unit_id))
    if way == WAYS[ActorKind.SENDER_OF]:
        return waits & one_by_one(held.filter(sender_id=by.unit_id))
    if way == WAYS[ActorKind.SUPERIOR_OF]:
        return waits & one_by_one(held.filter(unit__superior=by.unit_id))
    here = Q(*((column, by.unit_place_id) for column in PLACES), _connector=Q.OR)
    waits &= one_by_one(Matter.objects.filter(here, pk=OuterRef("matter_id")))
    if level_fact:
        waits &= Q(**{f"memory__facts__{level_fact}": LEVELS.get(by.level or 0, "")})
    if role:
        waits &= ~one_by_one(held.filter(unit=by.unit_id))
    return waits


def not_accusing(rows: QuerySet[Any], by: Actor) -> QuerySet[Any]:
    """Return rows without those of matters that complain of a post's unit or of one above it."""
    if rows.model is Assignment:
        other = f"run_id <> ALL ({KEPT_FROM})"
        return rows.filter(RawSQL(other, [by.unit_id], output_field=BooleanField()))  # noqa: S611 fixed
    return rows.exclude(matter__in=RawSQL(_ACCUSING, [by.unit_id]))  # noqa: S611 a fixed text


# --- what is shown of them ------------------------------------------------------------------------


@cache
def whole(sort: Sort, *, is_done: bool, columns: tuple[str, ...] = ()) -> Shown:
    """Return what is read of the runs of a list: with their matters, or these columns alone."""

    def shown(runs: QuerySet[Run]) -> QuerySet[Run]:
        found = in_order(
            runs.select_related("matter__words", "matter__place"), sort, is_done=is_done
        )
        return found.only(*columns) if columns else found

    return shown
