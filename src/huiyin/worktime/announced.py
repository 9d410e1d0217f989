"""The years whose days off are announced, as the package chinesecalendar has them.

The package gives one set of days off and one of worked weekends. Which of the days off are the
law's own and which were moved is told apart here with the holiday law.
"""

from datetime import date

from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

from huiyin.worktime.days import Day, DayKind, is_weekend, plain_day
from huiyin.worktime.holiday_law import (
    DRAGON_BOAT,
    LABOUR_DAY,
    MID_AUTUMN,
    NATIONAL_DAY,
    NEW_YEAR,
    QINGMING,
    SPRING_FESTIVAL,
    Festival,
    statutory_days,
)

ANNOUNCED = frozenset(day.year for day in holidays)
# Notices have moved days as early as this in the December before (2007, 2018); until the next
# year is announced, nobody knows.
REACHES_BACK_TO = (12, 29)
_FESTIVALS = {
    Holiday.new_years_day.value: NEW_YEAR,
    Holiday.spring_festival.value: SPRING_FESTIVAL,
    Holiday.tomb_sweeping_day.value: QINGMING,
    Holiday.labour_day.value: LABOUR_DAY,
    Holiday.dragon_boat_festival.value: DRAGON_BOAT,
    Holiday.mid_autumn_festival.value: MID_AUTUMN,
    Holiday.national_day.value: NATIONAL_DAY,
}
# A day off for everybody that a notice of its own gave, once.
_VICTORY_DAY = date(2015, 9, 3)


def is_working(on: date) -> bool:
    """Tell whether offices work on a date of any year; a year not announced follows the law."""
    if on.year in ANNOUNCED:
        return on in workdays or not (is_weekend(on) or on in holidays)
    return not is_weekend(on) and on not in statutory_days(on.year)


def day(on: date) -> Day:
    """Return what a date of any year is; a year not announced follows the law."""
    festival = statutory_days(on.year).get(on)
    if on.year not in ANNOUNCED:
        return Day(on, DayKind.STATUTORY_HOLIDAY, *festival) if festival else plain_day(on)
    if on in workdays:
        return Day(on, DayKind.MAKEUP_WORKING_DAY, *_festival(workdays[on]))
    if festival or on == _VICTORY_DAY:
        return Day(on, DayKind.STATUTORY_HOLIDAY, *(festival or _festival(holidays[on])))
    if on not in holidays:
        return plain_day(on)
    kind = DayKind.WEEKEND if is_weekend(on) else DayKind.ADJUSTED_DAY_OFF
    return Day(on, kind, *_festival(holidays[on]))


def _festival(value: str) -> Festival:
    return _FESTIVALS.get(value) or Festival(Holiday(value).chinese, value)
