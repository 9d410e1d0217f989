"""When things happen: people write from morning to night, most at ten and at four; offices work
in their hours."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Final

from huiyin.matters.limits import calendar
from huiyin.worktime import CITY

# How often people turn to the city in each hour of a day: peaks from nine to eleven and from three
# to five, a few at night.
_BY_HOUR: Final = (
    1, 1, 0, 0, 0, 1, 3, 8, 16, 26, 28, 18, 8, 9, 16, 27, 26, 15, 9, 8, 7, 5, 3, 2,
)  # fmt: skip
_OFFICE: Final = ((time(8, 30), time(12)), (time(14), time(17, 30)))
_RECENT_DAYS: Final = 2
_WEEKEND_SHARE: Final = 0.45  # of a working day


def weight(day: date) -> float:
    """Return how busy a day is; a working day is 1."""
    return 1.0 if calendar().is_working(day) else _WEEKEND_SHARE


def share_until(at: datetime) -> float:
    """Return which share of a day's messages has come by an instant of it."""
    return sum(_BY_HOUR[: at.astimezone(CITY).hour + 1]) / sum(_BY_HOUR)


def busiest_share() -> float:
    """Return which share of a day's messages comes in its busiest hour."""
    return max(_BY_HOUR) / sum(_BY_HOUR)


def moment(day: date, rng: Random, *, in_office: bool) -> datetime:
    """Return an instant of a local day at which somebody turns to the city."""
    hour = rng.choices(range(24), weights=_BY_HOUR)[0]
    at = _local(day, time(hour, rng.randrange(60), rng.randrange(60)))
    return opening(at) if in_office else at


def opening(at: datetime) -> datetime:
    """Return the next instant, from this one on, at which offices work."""
    local = at.astimezone(CITY)
    day = local.date()
    while True:
        if calendar().is_working(day):
            for begins, ends in _OFFICE:
                if day > local.date() or local.time() < begins:
                    # Not everybody begins on the stroke of the bell.
                    late = (local.minute * 7 + local.second) % 38
                    return _local(day, begins) + timedelta(minutes=late, seconds=local.second)
                if local.time() < ends:
                    return at
        day += timedelta(days=1)


def days_ago(at: datetime, days: float) -> datetime:
    """Return a morning or so that many days ago, five to a week: holidays do not count.

    What is younger than two days is just that long ago.
    """
    if days < _RECENT_DAYS:
        return at - timedelta(days=days)
    day, left = at.astimezone(CITY).date(), round(days * 5 / 7)
    while left:
        day -= timedelta(days=1)
        left -= calendar().is_working(day)
    hours, minutes = divmod(round(days % 1 * 180), 60)
    return _local(day, time(8 + hours, 30 + minutes // 2))


def _local(day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, CITY).astimezone(UTC)
