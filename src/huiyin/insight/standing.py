"""How things stand in a place now: what came in, what is open, what is late, with whom.

What a figure counts is what its list shows: both are read off the same rows, those the reader may
see. Confidential matters and those that complain of the reader's unit are in neither.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.matters import access
from huiyin.matters.models import Run
from huiyin.people.actors import Actor
from huiyin.places.levels import COLUMN_OF
from huiyin.places.models import Place, PlaceLevel

LISTS: Final = ("overdue", "due_today", "open", "today")
DAYS: Final = 14
_CHILD_COLUMN: Final = {
    PlaceLevel.CITY: "county_id",
    PlaceLevel.COUNTY: "town_id",
    PlaceLevel.TOWN: "village_id",
    PlaceLevel.VILLAGE: "grid_id",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """The figures on top of the page.

    `week_ago`: how many had come in on the same day of last week by this time of day.
    """

    today: int
    week_ago: int
    open: int
    overdue: int
    due_today: int

    @property
    def change(self) -> int | None:
        """The difference to last week in percent; None where last week there was nothing."""
        if not self.week_ago:
            return None
        return round(100 * (self.today - self.week_ago) / self.week_ago)

    @property
    def fewer(self) -> int:
        """By how many percent there are fewer than last week."""
        return -(self.change or 0)


@dataclass(frozen=True, slots=True)
class Part:
    """What a part of the place has: how many are open, how many of these are late."""

    id: UUID
    open: int
    overdue: int


def in_place(place: Place, prefix: str = "matter__") -> Q:
    """Return the condition "in this place", by the columns of the matter."""
    level = PlaceLevel(place.level)
    column = COLUMN_OF.get(level, "grid_id")
    here = Q(**{f"{prefix}{column}": place.pk})
    return here | Q(**{f"{prefix}overlay_id": place.pk}) if level is PlaceLevel.COUNTY else here


def open_runs(place: Place, *, by: Actor) -> QuerySet[Run]:
    """Return the main runs in a place that are not done, of those the actor sees."""
    seen = access.runs_seen_by(by).filter(in_place(place), parent=None, is_done=False)
    return seen.filter(matter__is_confidential=False)


def listed(which: str, place: Place, *, by: Actor, at: datetime) -> QuerySet[Run]:
    """Return the runs one of the figures counts. Raises KeyError for another name."""
    if which == "today":
        seen = access.runs_seen_by(by).filter(in_place(place), parent=None)
        midnight = _midnight(timezone.localdate(at))
        return seen.filter(matter__is_confidential=False, matter__opened_at__gte=midnight)
    still = open_runs(place, by=by)
    return {
        "open": lambda: still,
        "overdue": lambda: still.filter(due_at__lte=at),
        "due_today": lambda: still.filter(due_at__gt=at, due_at__lte=_midnight_after(at)),
    }[which]()


def standing(place: Place, *, by: Actor, at: datetime) -> Standing:
    """Return the figures of a place as they are. Three queries."""
    week = timedelta(days=7)
    counted = open_runs(place, by=by).aggregate(
        open=Count("pk"),
        overdue=Count("pk", filter=Q(due_at__lte=at)),
        due_today=Count("pk", filter=Q(due_at__gt=at, due_at__lte=_midnight_after(at))),
    )
    came = access.matters_seen_by(by).filter(in_place(place, ""), is_confidential=False)
    start = _midnight(timezone.localdate(at - week))
    return Standing(
        today=listed("today", place, by=by, at=at).count(),
        week_ago=came.filter(opened_at__gte=start, opened_at__lte=at - week).count(),
        **counted,
    )


def parts(place: Place, *, by: Actor, at: datetime) -> Mapping[UUID, Part]:
    """Return how the parts of a place stand, one level down. One query."""
    column = _CHILD_COLUMN.get(PlaceLevel(place.level))
    if column is None:
        return {}
    rows = (
        open_runs(place, by=by)
        .values(part=F(f"matter__{column}"))
        .order_by()
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lte=at)))
    )
    return {
        row["part"]: Part(row["part"], row["open"], row["overdue"]) for row in rows if row["part"]
    }


def by_category(
    place: Place, *, by: Actor, at: datetime, most: int = 8
) -> Sequence[tuple[Category, int, int]]:
    """Return what is open most, with how many of it are late. Two queries."""
    rows = list(
        open_runs(place, by=by)
        .exclude(matter__category=None)
        .values(code=F("matter__category"))
        .order_by()
        .annotate(open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lte=at)))
        .order_by("-open", "code")[:most]
    )
    known = Category.objects.in_bulk([row["code"] for row in rows])
    return [(known[row["code"]], row["open"], row["overdue"]) for row in rows]


def by_day(
    place: Place, *, by: Actor, at: datetime, days: int = DAYS
) -> Sequence[tuple[date, int]]:
    """Return how many came in on each of the last days, today the last. One query."""
    today = timezone.localdate(at)
    first = today - timedelta(days=days - 1)
    came = (
        access.matters_seen_by(by)
        .filter(in_place(place, ""), is_confidential=False, opened_at__gte=_midnight(first))
        .values_list("opened_at__date")
        .order_by()
        .annotate(count=Count("pk"))
    )
    counted = dict(came)
    every = [first + timedelta(days=number) for number in range(days)]
    return [(day, counted.get(day, 0)) for day in every]


def longest_overdue(place: Place, *, by: Actor, at: datetime, most: int = 7) -> list[Run]:
    """Return what has been late for longest. One query."""
    late = listed("overdue", place, by=by, at=at).order_by("due_at", "pk")
    return list(late.select_related("matter__words", "matter__place")[:most])


def notable(place: Place, *, by: Actor, most: int = 8) -> list[Run]:
    """Return what was begun lately beside the matters' own way: supervision, calls for help."""
    seen = access.runs_seen_by(by).filter(in_place(place), matter__is_confidential=False)
    inside = seen.exclude(parent=None).order_by("-opened_at", "-pk")
    return list(inside.select_related("matter__words", "matter__place")[:most])


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _midnight_after(at: datetime) -> datetime:
    return _midnight(timezone.localdate(at) + timedelta(days=1))
