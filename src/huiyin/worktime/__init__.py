"""Working days, legal limits and pauses. Pure: no database, no clock of its own.

Local dates are the law's, instants are UTC. How limits are counted: `due`.
"""

from huiyin.worktime.calendars import Calendar, OutOfCalendar, statutory_calendar
from huiyin.worktime.comparing import never_longer
from huiyin.worktime.counting import (
    CITY,
    PAUSED,
    Due,
    Remaining,
    Skipped,
    add,
    between,
    count,
    due,
    local_date,
    remaining,
    roll,
    working_time,
)
from huiyin.worktime.days import KIND_ZH, Day, DayKind
from huiyin.worktime.hours import DEFAULT_HOURS, HoursError, OfficeHours
from huiyin.worktime.limits import Limit, LimitError, LimitUnit, parse_limit
from huiyin.worktime.overrides import CalendarFileError, Problem
from huiyin.worktime.pauses import Pause, PauseError

__all__ = [
    "CITY",
    "DEFAULT_HOURS",
    "KIND_ZH",
    "PAUSED",
    "Calendar",
    "CalendarFileError",
    "Day",
    "DayKind",
    "Due",
    "HoursError",
    "Limit",
    "LimitError",
    "LimitUnit",
    "OfficeHours",
    "OutOfCalendar",
    "Pause",
    "PauseError",
    "Problem",
    "Remaining",
    "Skipped",
    "add",
    "between",
    "count",
    "due",
    "local_date",
    "never_longer",
    "parse_limit",
    "remaining",
    "roll",
    "statutory_calendar",
    "working_time",
]
