"""A page of runs by when they are due; of what is over, the latest first.

What a unit has or had itself is walked along what it holds or has done, and never sorted (ADR 17).
"""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import DateTimeField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from huiyin.matters import walking
from huiyin.matters.inbox_filters import Key, Sort
from huiyin.matters.models import NEVER, Assignment, Run
from huiyin.matters.walked import one_by_one
from huiyin.people.actors import Actor


def held_runs(by: Actor, *, roles: Sequence[str], runs: QuerySet[Run]) -> QuerySet[Assignment]:
    """Return by what a unit holds one of these roles in some of `runs`, to be walked.

    Whoever holds or held a role in a run sees it, unless its matter complains of their unit.
    """
    held = Assignment.objects.filter(unit=by.unit_id, role__in=roles, to_at=None)
    return _of_runs(held, by, runs)


def runs_over(by: Actor, *, roles: Sequence[str], runs: QuerySet[Run]) -> QuerySet[Assignment]:
    """Return by what a unit had one of these roles in some of `runs` that are done; likewise."""
    had = Assignment.objects.filter(unit=by.unit_id, role__in=roles, done_at__isnull=False)
    return _of_runs(had, by, runs)


def _of_runs(rows: QuerySet[Assignment], by: Actor, runs: QuerySet[Run]) -> QuerySet[Assignment]:
    found = rows.filter(one_by_one(runs.filter(pk=OuterRef("run_id"))))
    return cast("QuerySet[Assignment]", walking.not_accusing(found, by))


def count_of(walk: QuerySet[Assignment]) -> int:
    """Return how many runs a walk has. One query."""
    return walk.order_by().values("run_id").distinct().count()


def page_of_walk(
    walk: QuerySet[Assignment], *, is_over: bool, after: Key | None, size: int
) -> tuple[Sequence[Run], Key | None]:
    """Return a page of a walk and where it ended, as `page_by_due` does. One query."""
    order = walking.Order(Sort.LIMIT, size + 1, after, is_done=is_over)
    shown = walking.whole(Sort.LIMIT, is_done=is_over)
    return _cut(walking.first(walking.Walks([walk]), order, shown=shown), size)


def page_by_due(
    runs: QuerySet[Run], *, is_over: bool, after: Key | None, size: int
) -> tuple[Sequence[Run], Key | None]:
    """Return a page and where it ended, None where nothing follows. One query."""
    runs = runs.select_related("matter__words", "matter__place")
    if is_over:
        runs = runs.annotate(sorted_at=Coalesce("done_at", "changed_at"))
        order, later = ("-sorted_at", "-pk"), "lt"
    else:
        due = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
        runs = runs.annotate(sorted_at=due)
        order, later = ("sorted_at", "pk"), "gt"
    if after is not None:
        runs = runs.filter(
            Q(**{f"sorted_at__{later}": after.at})
            | Q(sorted_at=after.at, **{f"pk__{later}": after.id})
        )
    return _cut(list(runs.order_by(*order)[: size + 1]), size)


def _cut(found: Sequence[Any], size: int) -> tuple[Sequence[Run], Key | None]:
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], Key(last.sorted_at, last.pk)
