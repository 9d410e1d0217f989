"""A page of runs by when they are due; of what is over, the latest first.

What a unit has or had itself is walked along what it holds or has done, and never sorted (ADR 17).
"""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import OuterRef, QuerySet

from huiyin.insight.standing import in_place
from huiyin.matters import owning, walking
from huiyin.matters.inbox import MOST_COUNTED
from huiyin.matters.inbox_filters import Key, Sort
from huiyin.matters.models import Assignment, Matter, Run
from huiyin.matters.walked import one_by_one
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.procedures import library


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
    return cast("QuerySet[Assignment]", walking.not_accusing(of_runs(rows, runs), by))


def of_runs(walk: walking.Walk, runs: QuerySet[Run]) -> walking.Walk:
    """Return a walk with only some runs, each looked up as the walk comes to it."""
    run = "run_id" if walk.model is Assignment else "pk"
    return walk.filter(one_by_one(runs.filter(pk=OuterRef(run))))


def runs_here(runs: QuerySet[Run], *, procedure: str, place: Place) -> list[walking.Walk]:
    """Return the walks to those of `runs` of a procedure that are open in a place: one for each
    owner, for that is how they stand in the index.
    """
    here = Matter.objects.filter(in_place(place, ""), is_confidential=False)
    is_here = one_by_one(here.filter(pk=OuterRef("matter_id")))
    states = library.procedure(procedure).states.values()
    owners = sorted({state.owner for state in states if state.owner})
    open_runs = runs.filter(is_here, procedure=procedure, is_closed=False)
    return [open_runs.filter(owner=owner) for owner in owners]


def counts_of(lists: Sequence[Sequence[walking.Walk]], *, most: int = MOST_COUNTED) -> list[int]:
    """Return how many runs each of some lists of walks has, up to `most`. One query."""
    return walking.counted([walking.Walks(walks) for walks in lists], most=most)


def waiting_of(by: Actor, *, runs: QuerySet[Run], procedure: str, most: int) -> int:
    """Return how many of `runs` of a procedure wait for a post, up to `most`. One query."""
    rules = [one for one in owning.rules_of(by) if one[:1] == (procedure,)]
    walks = [of_runs(walk, runs) for walk in walking.owned(rules, by=by)]
    return counts_of([walks], most=most)[0]


def page_of_walks(
    walks: Sequence[walking.Walk], *, is_over: bool, after: Key | None, size: int
) -> tuple[Sequence[Run], Key | None]:
    """Return a page of some walks and where it ended, None where nothing follows. One query.

    What is due first comes first; of what is over, the latest.
    """
    order = walking.Order(Sort.LIMIT, size + 1, after, is_done=is_over)
    shown = walking.whole(Sort.LIMIT, is_done=is_over)
    return _cut(walking.first(walking.Walks(walks), order, shown=shown), size)


def _cut(found: Sequence[Any], size: int) -> tuple[Sequence[Run], Key | None]:
    if len(found) <= size:
        return found, None
    last = found[size - 1]
    return found[:size], Key(last.sorted_at, last.pk)
