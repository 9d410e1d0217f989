"""Quiet hours: the local time of day in which a phone is not made to ring."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache

from django.conf import settings
from django.utils import timezone


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From a local time to a local time, over midnight where the first is the later one."""

    begins: time
    ends: time

    def hold_at(self, at: datetime) -> bool:
        """Tell whether it is quiet at an instant; the last minute is not quiet any more."""
        now = timezone.localtime(at).time()
        if self.begins <= self.ends:
            return self.begins <= now < self.ends
        return now >= self.begins or now < self.ends

    def over_at(self, at: datetime) -> datetime:
        """Return the first instant from `at` on at which it is not quiet."""
        if not self.hold_at(at):
            return at
        local = timezone.localtime(at)
        day = local.date() + timedelta(days=1 if local.time() >= self.ends else 0)
        return timezone.make_aware(datetime.combine(day, self.ends))


@cache
def read_quiet_hours(text: str) -> QuietHours | None:
    """Read "21:00-08:00"; None for "never". Raises ValueError."""
    if text == "never":
        return None
    begins, dash, ends = text.partition("-")
    if not dash:
        raise ValueError(text)
    found = QuietHours(time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip()))
    return found if found.begins != found.ends else None


def quiet_hours() -> QuietHours | None:
    """Return those of the installation."""
    return read_quiet_hours(settings.HUIYIN.notice_quiet_hours)


def phones_rest(at: datetime) -> bool:
    """Tell whether only urgent messages make phones ring now."""
    hours = quiet_hours()
    return hours is not None and hours.hold_at(at)


def after_rest(at: datetime) -> datetime:
    """Return when a message that is not urgent may make a phone ring, from an instant on."""
    hours = quiet_hours()
    return at if hours is None else hours.over_at(at)
