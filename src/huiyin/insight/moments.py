"""Days and their ends, as figures count by them: local days, and the end of what is due soon."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from huiyin.matters.limits import calendar

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Moment:
    """When is asked (`at`, an instant), and the local day that is asked about: today, or past."""

    at: datetime
    day: date

    @classmethod
    def of(cls, at: datetime, day: date | None = None) -> "Moment":
        """Return the moment for a day; today where none is given or it is still to come."""
        today = timezone.localdate(at)
        return cls(at, min(day or today, today))

    @property
    def is_today(self) -> bool:
        """Whether the day is the one that is running."""
        return self.day == timezone.localdate(self.at)

    @property
    def begins_at(self) -> datetime:
        """The midnight with which the day begins."""
        return midnight(self.day)

    @property
    def ends_at(self) -> datetime:
        """The midnight with which the day ends."""
        return midnight(self.day + timedelta(days=1))

    @property
    def until(self) -> datetime:
        """Up to when the day has gone: now, or its end."""
        return min(self.at, self.ends_at)


def midnight(day: date) -> datetime:
    """Return the instant at which a local day begins."""
    return timezone.make_aware(datetime.combine(day, time.min))


def end_of_today(at: datetime) -> datetime:
    """Return the midnight after an instant."""
    return midnight(timezone.localdate(at) + timedelta(days=1))


def soon_until(at: datetime) -> datetime:
    """Return the end of the next working day: what is due until then is due soon."""
    days = calendar()
    day = timezone.localdate(at) + timedelta(days=1)
    while not days.is_working(day):
        day += timedelta(days=1)
    return midnight(day + timedelta(days=1))
