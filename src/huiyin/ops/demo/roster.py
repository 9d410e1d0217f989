"""Who is on duty in the hotline and governance centres: invented, for the coming two weeks."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from huiyin.ops.demo.divisions import CITY
from huiyin.ops.demo.names import office_line, person
from huiyin.ops.demo.scope import Scope
from huiyin.ops.demo.units import unit_code

DAYS = 14
_SHIFTS = {
    "HC": (time(0), time(8), time(16)),  # somebody answers day and night
    "GC": (time(8, 30), time(17, 30)),  # the day, and the night until the next morning
}


@dataclass(frozen=True, slots=True)
class Shift:
    """One entry of a duty roster."""

    unit_code: str
    starts_at: datetime
    ends_at: datetime
    name: str
    phone: str


def shifts(scope: Scope, *, at: datetime) -> Iterator[Shift]:
    """Give the shifts of the city's and the counties' centres, from the day of `at`."""
    first = timezone.localdate(at)
    for place in (CITY, *(county.code for county in scope.of_level("county"))):
        for prefix, starts in _SHIFTS.items():
            code = unit_code(prefix, place)
            times = [
                (day, no, _at(first + timedelta(days=day), start))
                for day in range(DAYS)
                for no, start in enumerate(starts)
            ]
            ends = [begin for _, _, begin in times[1:]]
            ends.append(_at(first + timedelta(days=DAYS), starts[0]))
            for (day, no, begin), end in zip(times, ends, strict=True):
                # Eight people take turns.
                who = person(f"{code}/duty/{(day * len(starts) + no) % 8}")
                yield Shift(code, begin, end, who, office_line(f"{code}/duty"))


def _at(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
