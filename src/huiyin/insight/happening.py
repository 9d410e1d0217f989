"""What has happened lately that those who watch a place should know, the latest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet

from huiyin.dispatch.models import Level
from huiyin.insight.standing import in_place, open_runs
from huiyin.matters import access
from huiyin.matters.models import Matter, Rating, Run
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.procedures import library

LATELY: Final = timedelta(days=7)
MOST: Final = 12
MOST_OF_A_KIND: Final = 4  # else what runs out at midnight would hide everything else
UNSATISFIED: Final = "unsatisfied"
_WITH = ("matter__words", "matter__place", "matter__category")


class Kind(StrEnum):
    """What happened to a matter."""

    BEGUN = "begun"  # something beside its own way: supervision, a call for help, a review
    URGENT = "urgent"  # it came in and is urgent, or an emergency
    OVERDUE = "overdue"  # its limit ran out
    UNSATISFIED = "unsatisfied"  # whoever reported it is not satisfied


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened; `run`: of the matter, with the matter itself."""

    kind: Kind
    at: datetime
    run: Run


def lately(
    place: Place, *, by: Actor, at: datetime, most: int = MOST, most_of_a_kind: int = MOST_OF_A_KIND
) -> list[Happening]:
    """Return what happened in the last seven days, of the matters that count. Five queries."""
    found = [
        *_begun(place, by, at, most_of_a_kind),
        *_urgent(place, by, at, most_of_a_kind),
        *_overdue(place, by, at, most_of_a_kind),
        *_unsatisfied(place, by, at, most_of_a_kind),
    ]
    found.sort(key=lambda one: (one.at, str(one.run.pk)), reverse=True)
    return found[:most]


def _begun(place: Place, by: Actor, at: datetime, most: int) -> Iterator[Happening]:
    open_to_all = [name for name, rules in library.procedures().items() if not rules.confidential]
    runs = Run.objects.filter(
        in_place(place), parent__isnull=False, opened_at__gt=at - LATELY, opened_at__lte=at,
        procedure__in=open_to_all,
    )  # fmt: skip
    for run in _latest(runs.filter(access.overseen(by, prefix="matter__")), "opened_at", most):
        yield Happening(Kind.BEGUN, run.opened_at, run)


def _urgent(place: Place, by: Actor, at: datetime, most: int) -> Iterator[Happening]:
    since = at - LATELY
    matters = Matter.objects.exclude(urgency=Level.NORMAL).filter(
        in_place(place, ""), opened_at__gt=since, opened_at__lte=at
    )
    latest = matters.filter(access.overseen(by, since=since)).order_by("-opened_at", "-pk")[:most]
    chosen = list(latest.values_list("pk", flat=True))
    main = Run.objects.filter(matter__in=chosen, parent=None).select_related(*_WITH)
    main = main.defer("memory")
    now_in = {run.matter_id: run for run in main.order_by("opened_at", "pk")}
    for run in now_in.values():
        yield Happening(Kind.URGENT, run.matter.opened_at, run)


def _overdue(place: Place, by: Actor, at: datetime, most: int) -> Iterator[Happening]:
    late = open_runs(place, by=by).filter(due_at__gt=at - LATELY, due_at__lte=at)
    for run in _latest(late, "due_at", most):
        if run.due_at is not None:
            yield Happening(Kind.OVERDUE, run.due_at, run)


def _unsatisfied(place: Place, by: Actor, at: datetime, most: int) -> Iterator[Happening]:
    """Yield what people are not satisfied with; stars are told of together only, so not here."""
    given = Rating.objects.filter(
        in_place(place, "run__matter__"), at__gt=at - LATELY, at__lte=at, is_anonymous=False,
        satisfaction=UNSATISFIED,
    )  # fmt: skip
    seen = given.filter(access.overseen(by, prefix="run__matter__"))
    read = seen.select_related("run", *(f"run__{name}" for name in _WITH)).defer("run__memory")
    for one in read.order_by("-at", "-pk")[:most]:
        yield Happening(Kind.UNSATISFIED, one.at, one.run)


def _latest(runs: QuerySet[Run], column: str, most: int) -> QuerySet[Run]:
    return runs.select_related(*_WITH).defer("memory").order_by(f"-{column}", "-pk")[:most]
