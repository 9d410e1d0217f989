"""The calendar of working days, prepared so that counting is a few look-ups."""

from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Self

from huiyin.worktime import announced
from huiyin.worktime.days import Day, is_weekend, plain_day
from huiyin.worktime.holiday_law import FIRST_YEAR, LAST_YEAR, statutory_days
from huiyin.worktime.hours import DEFAULT_HOURS, OfficeHours
from huiyin.worktime.overrides import read_overrides, write_overrides

_PREPARED_UNTIL = max(announced.ANNOUNCED) + 1
_FIRST_DAY = date(FIRST_YEAR, 1, 1).toordinal()


class OutOfCalendar(ValueError):
    """A date before or after the years that can be counted in."""


class _Table(NamedTuple):
    """Working days as running totals from the first day of the first year."""

    last: int  # ordinal of the last day
    before: list[int]  # before[k]: working days ahead of day k
    working: list[int]  # ordinals of all working days
    unsure: list[int]  # unsure[k]: provisional days ahead of day k


class Calendar:
    """Which dates are worked, why not, and when the office is open. Never changes once made.

    Announced years are the State Council's. Every other year is computed from the holiday law and
    provisional. `with_overrides` puts an operator's own rows above both.
    """

    __slots__ = ("_complete", "_rows", "_table", "hours")

    def __init__(
        self,
        rows: Mapping[date, Day] | None = None,
        *,
        complete_years: frozenset[int] = frozenset(),
        hours: OfficeHours = DEFAULT_HOURS,
    ) -> None:
        self.hours = hours
        self._rows = dict(rows or {})
        self._complete = complete_years
        self._table = _Table(_FIRST_DAY - 1, [0], [], [0])

    def with_overrides(self, csv_text: str) -> Self:
        """Return this calendar with the rows of a CSV above it.

        Columns: date, kind, name_zh, name_en. A year the file gives completely is taken as the
        file has it and is no longer provisional: either every date of it, or every statutory day
        and at least one make-up working day (every notice so far had some). Rows of any other year
        change these dates only. The output of `csv(year)` can be read back.
        Raises CalendarFileError with every faulty cell.
        """
        rows, complete = read_overrides(csv_text)
        kept = {on: row for on, row in self._rows.items() if on.year not in complete}
        return type(self)(
            {**kept, **rows}, complete_years=self._complete | complete, hours=self.hours
        )

    def with_hours(self, hours: OfficeHours | str) -> Self:
        """Return this calendar with other office hours, as in "08:30-12:00,13:30-17:30"."""
        made = hours if isinstance(hours, OfficeHours) else OfficeHours.parse(hours)
        return type(self)(self._rows, complete_years=self._complete, hours=made)

    def day(self, on: date) -> Day:
        """Return what a date is, with the festival or the day of the week."""
        refuse_outside(on.year)
        row = self._rows.get(on)
        if row is not None:
            return row
        return plain_day(on) if on.year in self._complete else announced.day(on)

    def days(self, year: int) -> Iterator[Day]:
        """Return every date of a year."""
        refuse_outside(year)
        first = date(year, 1, 1).toordinal()
        for ordinal in range(first, date(year, 12, 31).toordinal() + 1):
            yield self.day(date.fromordinal(ordinal))

    def notable_days(self, year: int) -> tuple[Day, ...]:
        """Return the dates of a year that are more than their day of the week."""
        return tuple(
            day for day in self.days(year) if day.on in self._rows or day != plain_day(day.on)
        )

    def csv(self, year: int) -> str:
        """Return a year's notable days in the form that `with_overrides` reads."""
        return write_overrides(self.notable_days(year))

    def is_working(self, on: date) -> bool:
        """Tell whether offices work on a date."""
        return self.working_days(on.toordinal() - 1, on.toordinal()) == 1

    def is_provisional(self, on: date) -> bool:
        """Tell whether a later notice may still change what this date is.

        So is every date of a year that is not announced, and the last days of the December before.
        """
        return self.provisional_days(on.toordinal(), on.toordinal()) == 1

    def provisional_reason(self, year: int) -> str:
        """Return why a year is provisional; empty when it is not."""
        return self._reason(year)[0]

    def provisional_reason_zh(self, year: int) -> str:
        """Return why a year is provisional, in Chinese; empty when it is not."""
        return self._reason(year)[1]

    def is_announced(self, year: int) -> bool:
        """Tell whether a notice or the operator gives the whole year."""
        return year in announced.ANNOUNCED or year in self._complete

    # What counting needs: ordinals in, ordinals out.

    def working_days(self, after: int, upto: int) -> int:
        """Return how many working days lie after one ordinal up to and with another."""
        before, begin = self._upto(upto).before, _index(after + 1)
        return before[upto - _FIRST_DAY + 1] - before[begin]

    def nth_working_day(self, after: int, number: int) -> int:
        """Return the ordinal of the working day number 1, 2, … after an ordinal."""
        table = self._upto(after)
        wanted = table.before[_index(after + 1)] + number - 1
        while wanted >= len(table.working):
            table = self._upto(table.last + 1)
        return table.working[wanted]

    def working_days_until(self, ordinal: int) -> int:
        """Return how many working days the calendar has before an ordinal."""
        return self._upto(ordinal).before[_index(ordinal)]

    def working_day_number(self, number: int) -> int:
        """Return the ordinal of a working day, counted from 0 at the calendar's first day."""
        table = self._table
        while number >= len(table.working):
            table = self._upto(table.last + 1)
        return table.working[number]

    def roll(self, ordinal: int) -> int:
        """Return the ordinal itself when it is a working day, else the next one that is."""
        table = self._upto(ordinal)
        wanted = table.before[_index(ordinal)]
        while wanted >= len(table.working):
            table = self._upto(table.last + 1)
        return table.working[wanted]

    def provisional_days(self, first: int, last: int) -> int:
        """Return how many days from one ordinal to another are provisional."""
        unsure, begin = self._upto(last).unsure, _index(first)
        return unsure[last - _FIRST_DAY + 1] - unsure[begin]

    def _upto(self, ordinal: int) -> _Table:
        table = self._table
        if ordinal > table.last:
            table = self._grown(max(ordinal_year(ordinal), _PREPARED_UNTIL))
            # Set as a whole: who reads the old table meanwhile has a complete one.
            self._table = table
        return table

    def _grown(self, last_year: int) -> _Table:
        refuse_outside(last_year)
        old = self._table
        before, working, unsure = old.before[:], old.working[:], old.unsure[:]
        last = date(last_year, 12, 31).toordinal()
        for ordinal in range(old.last + 1, last + 1):
            on = date.fromordinal(ordinal)
            if self._works(on):
                working.append(ordinal)
            before.append(len(working))
            unsure.append(unsure[-1] + self._is_unsure(on))
        return _Table(last, before, working, unsure)

    def _works(self, on: date) -> bool:
        row = self._rows.get(on)
        if row is not None:
            return row.is_working
        return not is_weekend(on) if on.year in self._complete else announced.is_working(on)

    def _is_unsure(self, on: date) -> bool:
        if not self.is_announced(on.year):
            return True
        reached = (on.month, on.day) >= announced.REACHES_BACK_TO
        return reached and on.year not in self._complete and self._is_last_announced(on.year)

    def _is_last_announced(self, year: int) -> bool:
        return self.is_announced(year) and not self.is_announced(year + 1)

    def _reason(self, year: int) -> tuple[str, str]:
        refuse_outside(year)
        if not self.is_announced(year):
            missing = self._missing(year)
            return (
                (
                    f"the days off of {year} are not announced: computed from the holiday law, "
                    "without make-up working days and moved days off, which cannot be computed"
                    f"{missing[0]}"
                ),
                f"{year}年放假安排尚未公布：按放假办法推算，调休上班和调休放假无法推算{missing[1]}",
            )
        if self._is_unsure(date(year, 12, 31)):
            return (
                f"the notice for {year + 1} may still move the last days of December {year}",
                f"{year + 1}年放假通知可能调整{year}年12月的最后几天",
            )
        return "", ""

    def _missing(self, year: int) -> tuple[str, str]:
        given = {on for on in self._rows if on.year == year}
        if not given:
            return "", ""
        for on, festival in statutory_days(year).items():
            if on not in given:
                return f"; the file lacks {on} {festival.zh}", f"；文件缺少{on}{festival.zh}"
        return "; the file lacks the make-up working days", "；文件缺少调休上班日"


@lru_cache(maxsize=1)
def statutory_calendar() -> Calendar:
    """Return the calendar of the State Council's notices and the holiday law, prepared once."""
    return Calendar()


def ordinal_year(ordinal: int) -> int:
    """Return the year of an ordinal."""
    if ordinal > date.max.toordinal():
        raise OutOfCalendar(_outside("that day"))
    return date.fromordinal(ordinal).year


def _index(ordinal: int) -> int:
    index = ordinal - _FIRST_DAY
    if index < 0:  # Python would count from the end
        raise OutOfCalendar(_outside(str(date.fromordinal(ordinal))))
    return index


def refuse_outside(year: int) -> None:
    """Raise OutOfCalendar when the calendar does not have this year."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise OutOfCalendar(_outside(str(year)))


def _outside(what: str) -> str:
    return f"{what} is outside the calendar: give a date from {FIRST_YEAR} to {LAST_YEAR}."
