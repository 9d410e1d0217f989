"""The lists behind the figures, page by page: each has exactly what its figure counts."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from huiyin.insight import standing
from huiyin.insight.moments import Moment
from huiyin.matters import walked
from huiyin.matters.models import Assignment, Matter, Run
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.ui.kept import Kept

LEAD: Final = "lead"
PAGE: Final = 50
OPEN: Final = "open"
CAME, DONE = "came", "done"  # of a day
LISTS: Final = (OPEN, *standing.STATES, CAME, DONE)
NO_CATEGORY: Final = "none"


_counts: Final[Kept[Hashable, int]] = Kept(standing.KEPT_SECONDS)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which list: its name, where, when; of a class (its code, or `none`) or a unit's lead.

    `until`: of what came in on a day, only what had come in by then.
    """

    which: str
    place: Place
    when: Moment
    category: str = ""
    unit_id: UUID | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: the time it is sorted by (None: has none, and comes last), and the id."""

    at: datetime | None
    id: UUID


@dataclass(frozen=True, slots=True)
class Page:
    """A page of runs with their matters; `next`: where the page after it begins."""

    runs: Sequence[Run]
    next: Key | None


def counted(wanted: Wanted, *, by: Actor) -> int:
    """Return how many a list has, as its figure says it: a minute ago at most. One query."""
    when = wanted.when
    key = (
        wanted.which, wanted.place.pk, when.day, when.is_today, wanted.category, wanted.unit_id,
        wanted.until, standing.reader(by),
    )  # fmt: skip
    rows = _matters(wanted, by) if wanted.which == CAME else _runs(wanted, by)
    return _counts.get(key, rows.count)


def page(wanted: Wanted, *, by: Actor, after: Key | None = None, size: int = PAGE) -> Page:
    """Return a page: what is due first comes first; of a day the latest. Two queries at most."""
    if wanted.which == CAME:
        return _page_of_matters(wanted, by, after, size)
    column = "done_at" if wanted.which == DONE else "due_at"
    is_latest_first = wanted.which == DONE
    runs = _runs(wanted, by)
    if after is not None:
        runs = runs.filter(_behind(column, after, is_latest_first=is_latest_first))
    order = ("-done_at", "-pk") if is_latest_first else ("due_at", "pk")
    read = runs.select_related("matter__words", "matter__place", "matter__category").defer("memory")
    found = list(read.order_by(*order)[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], Key(getattr(last, column), last.pk) if last else None)


def _page_of_matters(wanted: Wanted, by: Actor, after: Key | None, size: int) -> Page:
    key = (after.at, after.id) if after is not None and after.at is not None else None
    first = walked.matters(_matters(wanted, by), after=key, most=size + 1)
    matters = Matter.objects.filter(pk__in=first).select_related("words", "place", "category")
    found = list(matters.order_by("-opened_at", "-pk"))
    shown = found[:size]
    last = found[size - 1] if len(found) > size else None
    main = Run.objects.filter(matter__in=shown, parent=None).order_by("opened_at", "pk")
    now_in = {run.matter_id: run for run in main}  # the last one is where a matter is now
    for matter in shown:
        now_in[matter.pk].matter = matter
    runs = [now_in[matter.pk] for matter in shown]
    return Page(runs, Key(last.opened_at, last.pk) if last else None)


def _behind(column: str, after: Key, *, is_latest_first: bool) -> Q:
    """Return the condition "behind this row"; what has no time comes last."""
    if after.at is None:
        return Q(**{column: None, "pk__gt": after.id})
    beyond = "lt" if is_latest_first else "gt"
    return (
        Q(**{f"{column}__{beyond}": after.at})
        | Q(**{column: after.at, f"pk__{beyond}": after.id})
        | (Q(pk=None) if is_latest_first else Q(**{column: None}))
    )


def _runs(wanted: Wanted, by: Actor) -> QuerySet[Run]:
    if wanted.which == DONE:
        runs = standing.done_runs(wanted.place, by=by, when=wanted.when)
    else:
        runs = standing.open_runs(wanted.place, by=by)
        if wanted.which != OPEN:
            runs = runs.filter(standing.with_limit(wanted.which, wanted.when.at))
    if wanted.unit_id:
        lead = Assignment.objects.filter(
            run=OuterRef("pk"), role=LEAD, unit=wanted.unit_id, to_at=None
        )
        runs = runs.filter(Exists(lead))
    return runs.filter(**_of_category(wanted.category, "matter__"))


def _matters(wanted: Wanted, by: Actor) -> QuerySet[Matter]:
    when = wanted.when
    matters = standing.matters_of(wanted.place, by=by, since=when.begins_at, until=when.ends_at)
    if wanted.until:
        matters = matters.filter(opened_at__lte=wanted.until)
    return matters.filter(**_of_category(wanted.category, ""))


def _of_category(code: str, prefix: str) -> dict[str, Any]:
    if code == NO_CATEGORY:
        return {f"{prefix}category": None}
    return {f"{prefix}category__code__startswith": code} if code else {}
