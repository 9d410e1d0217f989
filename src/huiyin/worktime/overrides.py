"""An operator's own days as CSV: columns date, kind, name_zh, name_en; one row a date."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from huiyin.worktime.days import KIND_ZH, Day, DayKind, is_weekend, weekday_names
from huiyin.worktime.holiday_law import FIRST_YEAR, LAST_YEAR, statutory_days

COLUMNS = ("date", "kind", "name_zh", "name_en")
_KINDS = {kind.value: kind for kind in DayKind} | {zh: kind for kind, zh in KIND_ZH.items()}
_NAME_MAX = 60
# Spreadsheets write 2027/2/5 when they save what was 2027-02-05.
_DATE = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")


class Problem(NamedTuple):
    """What is wrong in one cell; row 1 is the header, as a spreadsheet counts."""

    row: int
    column: str
    text: str

    def __str__(self) -> str:
        where = f"row {self.row}, {self.column}" if self.column else f"row {self.row}"
        return f"{where}: {self.text}"


class CalendarFileError(ValueError):
    """A calendar file that cannot be read; `problems` has every faulty cell."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class _Row(NamedTuple):
    number: int
    cells: dict[str, str]


def read_overrides(csv_text: str) -> tuple[dict[date, Day], frozenset[int]]:
    """Return the days of a file, and the years it gives completely.

    Raises CalendarFileError.
    """
    problems: list[Problem] = []
    days: dict[date, Day] = {}
    row_of: dict[date, int] = {}
    for row in _rows(csv_text):
        on = _read_date(row, problems)
        kind = _read_kind(row, on, problems)
        name = [_read_name(row, column, problems) for column in ("name_zh", "name_en")]
        if on is None:
            continue
        if on in row_of:
            problems.append(
                Problem(row.number, "date", f"{on} is in row {row_of[on]} already: leave one out")
            )
        row_of.setdefault(on, row.number)
        if kind is not None:
            weekday = weekday_names(on)
            days[on] = Day(on, kind, name[0] or weekday[0], name[1] or name[0] or weekday[1])
    if problems:
        raise CalendarFileError(problems)
    return days, frozenset(_complete_years(days))


def write_overrides(days: Iterable[Day]) -> str:
    """Return days in the form that `read_overrides` reads."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((day.on, day.kind, day.name_zh, day.name_en) for day in days)
    return file.getvalue()


def _rows(csv_text: str) -> Iterator[_Row]:
    reader = csv.reader(io.StringIO(csv_text.removeprefix("\ufeff")))
    try:
        header = [word.strip().lower() for word in next(reader, [])]
        _refuse_header(header)
        for cells in reader:
            # A quoted line break makes the file's lines more than its rows; tell the line.
            if len(cells) > len(header):
                text = f"{len(cells)} cells under {len(header)} titles: quote a name with a comma"
                raise CalendarFileError([Problem(reader.line_num, "", text)])
            if any(cell.strip() for cell in cells):
                filled = [cell.strip() for cell in cells] + [""] * (len(header) - len(cells))
                yield _Row(reader.line_num, dict(zip(header, filled, strict=True)))
    except csv.Error as error:
        text = f"this is no CSV ({error}): save the table as CSV, UTF-8"
        raise CalendarFileError([Problem(reader.line_num, "", text)]) from error


def _refuse_header(header: list[str]) -> None:
    expected = f"the first row is {','.join(COLUMNS)}"
    problems = [
        Problem(1, column, f"this column is missing: {expected}")
        for column in COLUMNS[:2]
        if column not in header
    ]
    for number, column in enumerate(header):
        if column not in COLUMNS:
            problems.append(Problem(1, column or "an empty title", f"unknown column: {expected}"))
        elif column in header[:number]:
            problems.append(Problem(1, column, "this column is there twice: leave one out"))
    if problems:
        raise CalendarFileError(problems)


def _read_date(row: _Row, problems: list[Problem]) -> date | None:
    text = row.cells["date"]
    match = _DATE.fullmatch(text)
    on = None
    if match is not None:
        try:
            on = date(*(int(part) for part in match.groups()))
        except ValueError:
            problems.append(Problem(row.number, "date", f'there is no day "{text}": correct it'))
            return None
    if on is None:
        what = f'"{text}" is no date' if text else "empty"
        problems.append(Problem(row.number, "date", f"{what}: write it as 2027-02-05"))
    elif not FIRST_YEAR <= on.year <= LAST_YEAR:
        span = f"{FIRST_YEAR} to {LAST_YEAR}"
        problems.append(Problem(row.number, "date", f"{on} is not in the years {span}: correct it"))
        return None
    return on


def _read_kind(row: _Row, on: date | None, problems: list[Problem]) -> DayKind | None:
    text = row.cells["kind"]
    kind = _KINDS.get(text.lower())
    if kind is None:
        what = f'"{text}" is no kind of day' if text else "empty"
        known = ", ".join(DayKind)
        problems.append(Problem(row.number, "kind", f"{what}: write one of {known}"))
    elif on is not None and (better := _contradiction(on, kind)):
        weekday = weekday_names(on)[1]
        problems.append(Problem(row.number, "kind", f"{on} is a {weekday}: {better}"))
        return None
    return kind


def _contradiction(on: date, kind: DayKind) -> str:
    if is_weekend(on):
        if kind is DayKind.WORKING_DAY:
            return f"when it is worked, it is a {DayKind.MAKEUP_WORKING_DAY}"
        if kind is DayKind.ADJUSTED_DAY_OFF:
            return f"it is off anyhow, a {DayKind.WEEKEND}"
    elif kind is DayKind.MAKEUP_WORKING_DAY:
        return f"it is worked anyhow, a {DayKind.WORKING_DAY}"
    elif kind is DayKind.WEEKEND:
        return f"when it is off, it is an {DayKind.ADJUSTED_DAY_OFF} or a statutory_holiday"
    return ""


def _read_name(row: _Row, column: str, problems: list[Problem]) -> str:
    text = row.cells.get(column, "")
    if len(text) > _NAME_MAX or not text.isprintable():
        problems.append(
            Problem(row.number, column, f"a name is one line of at most {_NAME_MAX} characters")
        )
    return text


def _complete_years(days: dict[date, Day]) -> Iterator[int]:
    for year in {on.year for on in days}:
        rows = [day for on, day in days.items() if on.year == year]
        length = date(year, 12, 31).timetuple().tm_yday
        has_law = all(on in days and not days[on].is_working for on in statutory_days(year))
        has_makeup = any(day.kind is DayKind.MAKEUP_WORKING_DAY for day in rows)
        if len(rows) == length or (has_law and has_makeup):
            yield year
