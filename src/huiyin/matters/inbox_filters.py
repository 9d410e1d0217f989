"""What narrows a list of runs, and the orders it can stand in.

Filters combine; what is left empty does not narrow. They only take away from what a tray holds
already, so they cannot show anybody what is not theirs.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cache
from uuid import UUID

from django.db.models import (
    BooleanField,
    DateTimeField,
    F,
    OuterRef,
    Q,
    QuerySet,
    SmallIntegerField,
    Value,
)  # fmt: skip
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.dispatch.models import Level
from huiyin.matters import numbers, search
from huiyin.matters.models import NEVER, Assignment, Matter, Run
from huiyin.matters.walked import one_by_one
from huiyin.places.models import Place
from huiyin.procedures import library

_IN_SUBTREE = "category_id = ANY (ARRAY(SELECT id FROM categories_category WHERE code LIKE %s))"


class Standing(StrEnum):
    """How the nearest limit of a run stands."""

    OVERDUE = "overdue"
    SOON = "soon"  # until the end of the next working day
    IN_TIME = "in_time"
    NONE = "none"  # it has no limit


class Sort(StrEnum):
    """In which order a tray lies. What is done has the latest first instead of the limit."""

    LIMIT = "limit"  # what ends first
    RECEIVED = "latest"  # the latest to come in
    URGENCY = "urgency"  # emergencies, then urgent ones, each by its limit


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list is narrowed to. `since`, `until`: local days it came in, both included.

    `urgency`: a level. `unit_id`: a unit that holds a role in the run now. `is_returned`: a unit
    has sent it back at least once. `words`: as search finds them; confidential matters are found by
    their whole number alone.
    """

    procedure: str = ""
    place: Place | None = None
    category: Category | None = None
    urgency: str = ""
    standing: Standing | None = None
    channel: str = ""
    unit_id: UUID | None = None
    since: date | None = None
    until: date | None = None
    is_returned: bool = False
    words: str = ""
    is_urgent: bool = False  # urgent ones and emergencies

    @property
    def is_any(self) -> bool:
        """Whether anything narrows."""
        return self != Filters()

    def narrow(
        self, runs: QuerySet[Run], *, at: datetime, soon: datetime, said: bool = True
    ) -> QuerySet[Run]:  # fmt: skip
        """Return those of some runs that fit. `soon`: until when something is due soon.

        `said`: with the words; who looks for them otherwise leaves them out.
        """
        for wanted in (self._of_run(at, soon), self._of_matter(), self._said() if said else Q()):
            if wanted:
                runs = runs.filter(wanted)
        return runs

    def _of_matter(self) -> Q:
        """Return the condition on the matter, which is asked of one run after the other."""
        where = Q()
        if self.place:
            where &= search.in_place(self.place)
        if self.category:
            where &= Q(RawSQL(_IN_SUBTREE, [f"{self.category.code}%"], output_field=BooleanField()))  # noqa: S611 a fixed text
        if self.urgency:
            where &= Q(urgency=self.urgency)
        if self.is_urgent:
            where &= ~Q(urgency=Level.NORMAL)
        if self.channel:
            where &= Q(channel=self.channel)
        return one_by_one(Matter.objects.filter(where, pk=OuterRef("matter_id"))) if where else Q()

    def came_in(self) -> dict[str, datetime]:
        """Return the conditions on when the matter came in."""
        found = {}
        if self.since:
            found["came_in_at__gte"] = _midnight(self.since)
        if self.until:
            found["came_in_at__lt"] = _midnight(self.until + timedelta(days=1))
        return found

    def ends(self, *, at: datetime, soon: datetime) -> tuple[tuple[str, datetime], ...]:
        """Return how the end of the nearest limit, NEVER for none, compares with instants."""
        if self.standing is None:
            return ()
        return {
            Standing.OVERDUE: (("lt", at),),
            Standing.SOON: (("gte", at), ("lte", soon)),
            Standing.IN_TIME: (("gt", soon), ("lt", NEVER)),
            Standing.NONE: (("gte", NEVER),),
        }[self.standing]

    def _of_run(self, at: datetime, soon: datetime) -> Q:
        where = Q(**self.came_in())
        if self.procedure:
            where &= Q(procedure=self.procedure)
        if self.standing:
            where &= {
                Standing.OVERDUE: Q(due_at__lt=at),
                Standing.SOON: Q(due_at__gte=at, due_at__lte=soon),
                Standing.IN_TIME: Q(due_at__gt=soon),
                Standing.NONE: Q(due_at=None),
            }[self.standing]
        if self.unit_id:
            held = Assignment.objects.filter(run=OuterRef("pk"), unit=self.unit_id, to_at=None)
            where &= one_by_one(held)
        if self.is_returned:
            where &= Q(memory__counts__has_any_keys=_giving_back())
        return where

    def _said(self) -> Q:
        if not self.words:
            return Q()
        whole = numbers.read(self.words)
        if whole is not None:
            return Q(matter__number=whole)
        said = Matter.objects.filter(search.said(self.words)).values("pk")
        return Q(matter__in=said, matter__is_confidential=False)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_default_timezone())


@cache
def _giving_back() -> list[str]:
    """Return the acts by which a unit sends a matter back, from the procedure files."""
    return sorted(
        {
            act.name
            for rules in library.procedures().values()
            for act in rules.actions.values()
            if act.clocks.give_back
        }
    )


# --- order, and pages -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """Where a page ended: the urgency and the time it is sorted by, and the run."""

    at: datetime
    id: UUID
    rank: int = 0


def in_order(runs: QuerySet[Run], sort: Sort, *, is_done: bool) -> QuerySet[Run]:
    """Return runs in an order, with `rank` and `sorted_at`, the fields of their keys."""
    ranks = F("urgency_rank") if sort is Sort.URGENCY else Value(0, SmallIntegerField())
    at: F | Coalesce = Coalesce("due_at", Value(NEVER), output_field=DateTimeField())
    if sort is Sort.RECEIVED:
        at = F("came_in_at")
    elif is_done:
        at = F("done_at")
    down = "-" if is_down(sort, is_done=is_done) else ""
    ranked = ("rank",) if sort is Sort.URGENCY else ()
    ordered = runs.annotate(rank=ranks, sorted_at=at)
    return ordered.order_by(*ranked, f"{down}sorted_at", f"{down}pk")


def is_down(sort: Sort, *, is_done: bool) -> bool:
    """Tell whether an order has the latest first."""
    return sort is Sort.RECEIVED or is_done


def behind(
    key: Key, sort: Sort, *, is_done: bool, run: str = "pk", ranked: bool = True
) -> Q:  # fmt: skip
    """Return the condition: what comes after a key in an order.

    `run`: the field of the run. `ranked`: rows of less urgent matters come after it too.
    """
    is_later = "lt" if is_down(sort, is_done=is_done) else "gt"
    later = Q(**{f"sorted_at__{is_later}e": key.at}) & (
        Q(**{f"sorted_at__{is_later}": key.at}) | Q(**{f"{run}__{is_later}": key.id})
    )
    if sort is not Sort.URGENCY or not ranked:
        return later
    return Q(rank__gt=key.rank) | (Q(rank=key.rank) & later)


def key_of(run: Run) -> Key:
    """Return the key of a run out of a list in order."""
    return Key(run.sorted_at, run.pk, run.rank)  # type: ignore[attr-defined]  # see `in_order`
