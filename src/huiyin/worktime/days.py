"""What a date is: worked or off, and why."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple


class DayKind(StrEnum):
    """The kinds of date a calendar knows."""

    WORKING_DAY = "working_day"
    WEEKEND = "weekend"
    STATUTORY_HOLIDAY = "statutory_holiday"
    ADJUSTED_DAY_OFF = "adjusted_day_off"  # a weekday off by the yearly notice
    MAKEUP_WORKING_DAY = "makeup_working_day"  # a Saturday or Sunday worked by the yearly notice

    @property
    def is_working(self) -> bool:
        """Tell whether offices work."""
        return self in (DayKind.WORKING_DAY, DayKind.MAKEUP_WORKING_DAY)


KIND_ZH = {
    DayKind.WORKING_DAY: "工作日",
    DayKind.WEEKEND: "周末",
    DayKind.STATUTORY_HOLIDAY: "法定节假日",
    DayKind.ADJUSTED_DAY_OFF: "调休放假",
    DayKind.MAKEUP_WORKING_DAY: "调休上班",
}
_WEEKDAYS = (
    ("周一", "Monday"),
    ("周二", "Tuesday"),
    ("周三", "Wednesday"),
    ("周四", "Thursday"),
    ("周五", "Friday"),
    ("周六", "Saturday"),
    ("周日", "Sunday"),
)
SATURDAY = 5


class Day(NamedTuple):
    """A date with its kind and name: the festival where there is one, else the day of the week."""

    on: date
    kind: DayKind
    name_zh: str
    name_en: str

    @property
    def is_working(self) -> bool:
        """Tell whether offices work on it."""
        return self.kind.is_working


def weekday_names(on: date) -> tuple[str, str]:
    """Return the day of the week in Chinese and English."""
    return _WEEKDAYS[on.weekday()]


def is_weekend(on: date) -> bool:
    """Tell whether the date is a Saturday or Sunday, worked or not."""
    return on.weekday() >= SATURDAY


def plain_day(on: date) -> Day:
    """Return the date as it is when no law or notice says anything: by its day of the week."""
    kind = DayKind.WEEKEND if is_weekend(on) else DayKind.WORKING_DAY
    return Day(on, kind, *weekday_names(on))
