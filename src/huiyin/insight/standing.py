"""How things stand in a place now: what is open, where, of which class, how its limit stands.

What a figure counts is what its list shows: `listing` reads the same rows. Which matters count for
a reader, `access.overseen` says.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from huiyin.insight.moments import WEEK, Moment, end_of_today, midnight, soon_until
from huiyin.matters import access
from huiyin.matters.models import Matter, Run
from huiyin.people.actors import Actor
from huiyin.places.levels import COLUMN_OF
from huiyin.places.models import Place, PlaceLevel
from huiyin.ui.kept import Kept

FEW: Final = 20  # below it no share is told, only the numbers
DAYS: Final = 30
STATES: Final = ("overdue", "due_today", "soon", "in_time", "no_limit")
_CHILD_COLUMN: Final = {
    PlaceLevel.CITY: "county_id",
    PlaceLevel.COUNTY: "town_id",
    PlaceLevel.TOWN: "village_id",
    PlaceLevel.VILLAGE: "grid_id",
}


@dataclass(slots=True)
class Counts:
    """How many open matters there are by how their nearest limit stands; every one is in one.

    `soon`: until the end of the next working day. `no_limit`: none runs, or it rests.
    """

    overdue: int = 0
    due_today: int = 0
    soon: int = 0
    in_time: int = 0
    no_limit: int = 0

    @property
    def open(self) -> int:
        """All of them."""
        return self.overdue + self.due_today + self.soon + self.in_time + self.no_limit

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row of counts."""
        for name in STATES:
            setattr(self, name, getattr(self, name) + row[name])


@dataclass(slots=True)
class Standing:
    """What is open in a place: in all, by part (one level down), by class; without any: None."""

    counts: Counts = field(default_factory=Counts)
    parts: dict[UUID, Counts] = field(default_factory=dict)
    categories: dict[UUID | None, Counts] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Came:
    """How many came in on each of the days up to one, that day the last.

    `week_ago`: how many had come in on the same day of the week before, by the same time of day
    where the day is still running.
    """

    days: tuple[tuple[date, int], ...]
    week_ago: int

    @property
    def count(self) -> int:
        """How many came in on the day itself."""
        return self.days[-1][1]

    @property
    def change(self) -> int | None:
        """The difference to the week before in percent; None where so few say nothing of it."""
        if self.week_ago < FEW:
            return None
        return round(100 * (self.count - self.week_ago) / self.week_ago)


# A wall asks every few seconds, and a city has tens of thousands open.
KEPT_SECONDS: Final = 60.0
_stands: Final[Kept[Hashable, Standing]] = Kept(KEPT_SECONDS)
_came_in: Final[Kept[Hashable, Came]] = Kept(KEPT_SECONDS)


def reader(by: Actor) -> Hashable:
    """Return by what figures differ from reader to reader: what counts for whom (`overseen`)."""
    procedures, confidential = access.looked_after_by(by)
    return by.unit_id, tuple(procedures), tuple(confidential)


def in_place(place: Place, prefix: str = "matter__") -> Q:
    """Return the condition "in this place", by the columns of the matter."""
    level = PlaceLevel(place.level)
    column = COLUMN_OF.get(level, "grid_id")
    here = Q(**{f"{prefix}{column}": place.pk})
    return here | Q(**{f"{prefix}overlay_id": place.pk}) if level is PlaceLevel.COUNTY else here


def open_runs(place: Place, *, by: Actor) -> QuerySet[Run]:
    """Return the main runs in a place that are not done, of the matters that count."""
    runs = Run.objects.filter(in_place(place), parent=None, is_done=False)
    return runs.filter(access.overseen(by, prefix="matter__", main="procedure"))


def with_limit(state: str, at: datetime) -> Q:
    """Return the condition by which an open run is in one of `STATES`. Raises KeyError."""
    tonight, soon = end_of_today(at), soon_until(at)
    return {
        "overdue": Q(due_at__lte=at),
        "due_today": Q(due_at__gt=at, due_at__lte=tonight),
        "soon": Q(due_at__gt=tonight, due_at__lte=soon),
        "in_time": Q(due_at__gt=soon),
        "no_limit": Q(due_at=None),
    }[state]


def by_limit(at: datetime) -> dict[str, Count]:
    """Return how runs are counted by state of their limit."""
    return {name: Count("pk", filter=with_limit(name, at)) for name in STATES}


def rows_of_open(place: Place, *, by: Actor, at: datetime) -> QuerySet[Run, Any]:
    """Return a row for each part and class in which something is open, with its counts."""
    column = _CHILD_COLUMN.get(PlaceLevel(place.level), "place_id")
    found = open_runs(place, by=by).values(
        part=F(f"matter__{column}"), category=F("matter__category_id")
    )
    return found.order_by().annotate(**by_limit(at))


def standing(place: Place, *, by: Actor, at: datetime) -> Standing:
    """Return what is open in a place, as it was a minute ago at most.

    One query, which reads the open runs once.
    """
    return _stands.get((place.pk, reader(by)), lambda: _standing(place, by, at))


def _standing(place: Place, by: Actor, at: datetime) -> Standing:
    found = Standing()
    for row in rows_of_open(place, by=by, at=at):
        found.counts.add(row)
        found.categories.setdefault(row["category"], Counts()).add(row)
        if row["part"]:
            found.parts.setdefault(row["part"], Counts()).add(row)
    return found


def matters_of(place: Place, *, by: Actor, since: datetime, until: datetime) -> QuerySet[Matter]:
    """Return the matters that came in from an instant on and before another one."""
    opened = Matter.objects.filter(in_place(place, ""), opened_at__gte=since, opened_at__lt=until)
    return opened.filter(access.overseen(by, since=since))


def rows_of_days(place: Place, *, by: Actor, when: Moment, first: date) -> QuerySet[Matter, Any]:
    """Return for each day with matters how many, and how many by a week before now."""
    found = matters_of(place, by=by, since=midnight(first), until=when.ends_at)
    days = found.values_list("opened_at__date").order_by()
    early = Count("pk", filter=Q(opened_at__lte=when.until - WEEK))
    return days.annotate(n=Count("pk"), early=early)


def came(place: Place, *, by: Actor, when: Moment, days: int = DAYS) -> Came:
    """Return how many came in on each day up to the one asked about, a minute ago at most.

    One query.
    """
    key = (place.pk, reader(by), when.day, when.is_today, days)
    return _came_in.get(key, lambda: _came(place, by, when, days))


def _came(place: Place, by: Actor, when: Moment, days: int) -> Came:
    first = when.day - timedelta(days=days - 1)
    rows = rows_of_days(place, by=by, when=when, first=first)
    counted = {day: (n, early) for day, n, early in rows}
    every = [first + timedelta(days=number) for number in range(days)]
    return Came(
        days=tuple((day, counted.get(day, (0, 0))[0]) for day in every),
        week_ago=counted.get(when.day - WEEK, (0, 0))[1],
    )


def done_runs(place: Place, *, by: Actor, when: Moment) -> QuerySet[Run]:
    """Return the main runs that were done for the first time on the day asked about."""
    runs = Run.objects.filter(
        in_place(place), parent=None, done_at__gte=when.begins_at, done_at__lt=when.ends_at
    )
    return runs.filter(access.overseen(by, prefix="matter__", main="procedure"))


def longest_overdue(place: Place, *, by: Actor, at: datetime, most: int = 7) -> list[Run]:
    """Return what has been late for longest. One query."""
    late = open_runs(place, by=by).filter(with_limit("overdue", at)).order_by("due_at", "pk")
    read = late.select_related("matter__words", "matter__place", "matter__category")
    return list(read.defer("memory")[:most])
