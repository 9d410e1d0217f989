"""A unit's duty roster as its page shows it: the month by days, who is there, where nobody is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from huiyin.matters.limits import calendar
from huiyin.people.actors import Actor
from huiyin.people.models import Post
from huiyin.people.scope import administers
from huiyin.places.models import Place
from huiyin.units.duty_times import Hole, Times, holes, times_of
from huiyin.units.models import RosterEntry, ShiftKind, Unit
from huiyin.units.queries import going_on, held_on, not_over
from huiyin.web.figures import within
from huiyin.worktime import Day, DayKind

KEEP: Final = "roster.keep"
WEEK: Final = 7
AHEAD_DAYS: Final = 14  # so far ahead a hole is warned of
_MARKED: Final = {
    DayKind.STATUTORY_HOLIDAY: "off",
    DayKind.ADJUSTED_DAY_OFF: "off",
    DayKind.MAKEUP_WORKING_DAY: "worked",
}


@dataclass(frozen=True, slots=True)
class Slot:
    """What a day has of one kind of shift: who is planned, and whether somebody is missing."""

    kind: ShiftKind
    label: str
    entries: Sequence[RosterEntry]
    is_hole: bool
    times: str


@dataclass(frozen=True, slots=True)
class DayShown:
    """A day of the month. `mark`: off or worked by the official calendar, with its `festival`."""

    on: date
    slots: Sequence[Slot]
    is_today: bool
    is_past: bool
    is_beside: bool  # of the month before or after
    is_weekend: bool
    mark: str = ""
    festival: str = ""


@dataclass
class Month:
    """The roster of a unit in one month, whole weeks. Four queries, however much is planned."""

    unit: Unit
    first: date
    at: datetime

    @property
    def today(self) -> date:
        """The local day of now."""
        return timezone.localdate(self.at)

    @cached_property
    def times(self) -> tuple[Times, ...]:
        """The shifts the unit has to fill."""
        return times_of(self.unit.pk)

    @cached_property
    def days(self) -> list[Day]:
        """The days shown, from a Monday to a Sunday."""
        begins = monday_of(self.first)
        last = next_month(self.first) - timedelta(days=1)
        ends = monday_of(last) + timedelta(days=6)
        return days_between(begins, ends)

    @cached_property
    def entries(self) -> list[RosterEntry]:
        """The shifts that begin in these days."""
        return list(between(self.unit.pk, self.days[0].on, self.days[-1].on))

    @cached_property
    def holes(self) -> list[Hole]:
        """Where nobody is planned in the days to come that are shown; none where none is kept."""
        if not self.is_kept:
            return []
        return holes(self.times, self.entries, self.days, at=self.at)

    @cached_property
    def is_kept(self) -> bool:
        """Whether the unit keeps a roster at all."""
        return bool(self.entries) or RosterEntry.objects.filter(unit=self.unit).exists()

    @cached_property
    def warned(self) -> list[Hole]:
        """The holes of the next two weeks, wherever the page stands."""
        if not self.is_kept:
            return []
        days = days_between(self.today, self.today + timedelta(days=AHEAD_DAYS - 1))
        found = between(self.unit.pk, days[0].on - timedelta(days=1), days[-1].on)
        return holes(self.times, list(found), days, at=self.at)

    @cached_property
    def shown(self) -> list[DayShown]:
        """The days with their shifts."""
        missing = {(hole.on, hole.kind) for hole in self.holes}
        return [self._day(day, missing) for day in self.days]

    def _day(self, day: Day, missing: set[tuple[date, ShiftKind]]) -> DayShown:
        return DayShown(
            on=day.on,
            slots=slots_of(self.times, self.entries, day, missing),
            is_today=day.on == self.today,
            is_past=day.on < self.today,
            is_beside=day.on.month != self.first.month,
            is_weekend=not day.is_working,
            mark=_MARKED.get(day.kind, ""),
            festival=_name(day) if day.kind in _MARKED else "",
        )


def slots_of(
    times: Sequence[Times], entries: Sequence[RosterEntry], day: Day,
    missing: set[tuple[date, ShiftKind]],
) -> list[Slot]:  # fmt: skip
    """Return the shifts of a day: those that have to be filled, and what is planned besides."""
    of_day = [one for one in entries if timezone.localdate(one.starts_at) == day.on]
    by_kind = {one.kind: one for one in times}
    found = []
    for kind in ShiftKind:
        here = [one for one in of_day if one.kind == kind]
        one = by_kind.get(kind)
        is_wanted = one is not None and one.is_wanted(day)
        if not here and not is_wanted:
            continue
        found.append(
            Slot(
                kind=kind,
                label=str(kind.label),
                entries=here,
                is_hole=(day.on, kind) in missing,
                times=f"{one.starts:%H:%M}–{one.ends:%H:%M}" if one else "",
            )
        )
    return found


def between(unit_id: UUID, first: date, last: date) -> QuerySet[RosterEntry]:
    """Return the shifts that begin from one day to another, with both. One query."""
    starts = _midnight(first)
    ends = _midnight(last + timedelta(days=1))
    found = RosterEntry.objects.filter(unit=unit_id, starts_at__gte=starts, starts_at__lt=ends)
    return found.order_by("starts_at", "kind", "id")


def days_between(first: date, last: date) -> list[Day]:
    """Return the days from one to another, with both, as the official calendar has them."""
    known = calendar()
    return [known.day(first + timedelta(days=n)) for n in range((last - first).days + 1)]


def monday_of(on: date) -> date:
    """Return the Monday of a day's week."""
    return on - timedelta(days=on.weekday())


def next_month(first: date) -> date:
    """Return the first day of the month after."""
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def month_before(first: date) -> date:
    """Return the first day of the month before."""
    return (first.replace(day=1) - timedelta(days=1)).replace(day=1)


def may_keep(by: Actor, unit: Unit) -> bool:
    """Tell whether a post keeps the roster of a unit: its own, or of one its office looks after."""
    if by.unit_id is None or not by.may(KEEP):
        return False
    return unit.pk == by.unit_id or administers(by.unit_id, unit.pk)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who works in a unit and signs in."""

    account_id: UUID
    name: str
    phone: str


def colleagues(unit_id: UUID, *, on: date) -> list[Colleague]:
    """Return who works in a unit on a day, by name; each with the office's line. One query."""
    posts = Post.objects.filter(held_on(on), unit=unit_id, account__is_active=True)
    rows = posts.order_by("account__name", "account_id").values_list(
        "account_id", "account__name", "unit__phone"
    )
    return [Colleague(*row) for row in dict.fromkeys(rows)]


def by_name(found: Sequence[Colleague]) -> dict[str, UUID]:
    """Return accounts by name; of two of one name, neither."""
    names = [one.name for one in found]
    return {one.name: one.account_id for one in found if names.count(one.name) == 1}


def shifts_of(account_id: UUID, *, at: datetime, most: int = 6) -> list[RosterEntry]:
    """Return the next shifts of somebody, what goes on now first. One query."""
    found = RosterEntry.objects.filter(not_over(at), account_id=account_id).select_related("unit")
    return list(found.order_by("starts_at", "id")[:most])


def on_duty_here(place: Place, *, at: datetime, most: int = 8) -> list[RosterEntry]:
    """Return who is on duty in a place now: the higher the unit, the sooner. One query."""
    found = RosterEntry.objects.filter(within(place, "unit__place__"), going_on(at))
    ordered = found.select_related("unit").order_by("unit__level", "unit__code", "starts_at", "id")
    return list(ordered[:most])


def _name(day: Day) -> str:
    return day.name_zh if (get_language() or "zh").startswith("zh") else day.name_en


def _midnight(on: date) -> datetime:
    return timezone.make_aware(datetime.combine(on, time()))
