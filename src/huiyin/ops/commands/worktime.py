"""`huiyin worktime`."""

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from huiyin.ops.errors import OperatorError
from huiyin.worktime import (
    CITY,
    Calendar,
    CalendarFileError,
    Day,
    Due,
    Pause,
    due,
    parse_limit,
    statutory_calendar,
)

_PROBLEMS_TOLD = 5
_OPEN_ENDS = ("", "..")


@click.group(
    "worktime",
    short_help="Count legal limits and show the calendar.",
    epilog="Example: huiyin worktime due --from 2026-02-10T09:30 --limit '5 working days'",
)
def command() -> None:
    """Count legal limits, and show the calendar they are counted by.

    How limits are counted: the page worktime of the handbook. Needs no database.
    """


_calendar_option = click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="A CSV with days of your own, in the form that 'year --csv' writes.",
)


@command.command(
    "due",
    short_help="Say when a limit ends.",
    epilog="Example: huiyin worktime due --from 2026-02-10T09:30 --limit '60 days' "
    "--pause 2026-03-02T09:00/2026-03-12T17:00 --json",
)
@click.option("--from", "start", required=True, metavar="TIME", help="When it starts: local time.")
@click.option("--limit", required=True, help="'5 working days', '30 minutes', '15 days by closing'")
@click.option(
    "--pause",
    "pauses",
    multiple=True,
    metavar="TIME/TIME",
    help="When it stood still; without a second time it still does. May be given again.",
)
@_calendar_option
@click.option("--hours", help="Office hours.  [default: 08:30-12:00,13:30-17:30]")
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
def due_command(
    *,
    start: str,
    limit: str,
    pauses: tuple[str, ...],
    calendar_file: Path | None,
    hours: str | None,
    as_json: bool,
) -> None:
    """Say when a limit ends: the last day in time, the moment, the days skipped with the reason.

    Times without an offset are those of China. Days and working days do not count the day of the
    start; a last day on a day off moves to the next working day.
    """
    calendar = _calendar(calendar_file)
    try:
        calendar = calendar.with_hours(hours) if hours else calendar
        found = due(
            _time(start),
            parse_limit(limit),
            calendar=calendar,
            pauses=[_pause(text) for text in pauses],
        )
    except ValueError as error:  # every one of these says what to do
        raise OperatorError(_sentence(str(error))) from error
    if as_json:
        click.echo(json.dumps(_due_as_json(found), ensure_ascii=False))
        return
    for line in _due_lines(found):
        click.echo(line)


@command.command(
    "year",
    short_help="Show the days off and the make-up working days of a year.",
    epilog="Example: huiyin worktime year 2027 --csv > 2027.csv",
)
@click.argument("year", type=int)
@_calendar_option
@click.option("--json", "as_json", is_flag=True, help="Write JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Write the form that --calendar reads.")
def year_command(*, year: int, calendar_file: Path | None, as_json: bool, as_csv: bool) -> None:
    """Show the days off and the make-up working days of a year, and whether they are announced.

    To put in the notice for a year: write the computed year with --csv, correct the file, and give
    it back with --calendar. Ordinary weekends need no row.
    """
    if as_json and as_csv:
        raise OperatorError("--json and --csv are two forms: leave one out.")
    calendar = _calendar(calendar_file)
    try:
        days = calendar.notable_days(year)
    except ValueError as error:
        raise OperatorError(_sentence(str(error))) from error
    if as_csv:
        click.echo(calendar.csv(year), nl=False)
    elif as_json:
        click.echo(json.dumps(_year_as_json(calendar, year, days), ensure_ascii=False))
    else:
        for line in _year_lines(calendar, year, days):
            click.echo(line)


def _calendar(path: Path | None) -> Calendar:
    if path is None:
        return statutory_calendar()
    try:
        content = path.read_bytes()
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be read ({error.strerror}): name a CSV file."
        ) from error
    try:
        return statutory_calendar().with_overrides(_text(path, content))
    except CalendarFileError as error:
        told = [str(problem) for problem in error.problems[:_PROBLEMS_TOLD]]
        if more := len(error.problems) - len(told):
            told.append(f"and {more} more")
        raise OperatorError(f"{path}: {'; '.join(told)}.") from error


def _text(path: Path, content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise OperatorError(f"{path} is neither UTF-8 nor GB18030: save it as CSV, UTF-8.")


def _time(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        raise OperatorError(f'"{text}" is no time: write it as 2026-02-10T09:30.') from None
    return at if at.tzinfo else at.replace(tzinfo=CITY)


def _pause(text: str) -> Pause:
    parts = text.split("/")
    if len(parts) != 2:
        raise OperatorError(
            f'"{text}" is no pause: write its two times as 2026-03-02T09:00/2026-03-12T17:00.'
        )
    from_at, to_at = (part.strip() for part in parts)
    return Pause(_time(from_at), None if to_at in _OPEN_ENDS else _time(to_at))


def _due_as_json(found: Due) -> dict[str, Any]:
    return {
        "from": found.start.astimezone(CITY).isoformat(),
        "limit": str(found.limit),
        "due_on": found.due_on.isoformat(),
        "due_at": found.due_at.astimezone(CITY).isoformat(),
        "provisional": found.provisional,
        "provisional_reason": found.provisional_reason,
        "paused": found.paused_from is not None,
        "counted_on": found.counted_on.isoformat(),
        "skipped": [
            {
                "date": skipped.on.isoformat(),
                "kind": skipped.kind,
                "reason": skipped.reason,
                "reason_zh": skipped.reason_zh,
            }
            for skipped in found.skipped
        ],
    }


def _due_lines(found: Due) -> list[str]:
    start, ends = found.start.astimezone(CITY), found.due_at.astimezone(CITY)
    clock = (
        f"24:00 on {found.due_on}"
        if ends.date() != found.due_on
        else f"{ends:%H:%M:%S} on {found.due_on}".replace(":00 on", " on")
    )
    lines = [
        f"{found.limit} from {start:%Y-%m-%d %H:%M} ({start:%A})",
        f"Last day: {found.due_on} ({found.due_on:%A})",
        f"In time until: {clock}",
    ]
    if found.paused_from is not None:
        since = found.paused_from.astimezone(CITY)
        lines.append(f"Paused since {since:%Y-%m-%d %H:%M}: it ends at this time or later.")
    if found.provisional:
        lines.append(f"Provisional: {found.provisional_reason}.")
    skipped = found.skipped
    if skipped:
        lines.append("Skipped:")
    lines += [f"  {day.on} {day.on:%a}  {day.reason}  {day.reason_zh}" for day in skipped]
    return lines


def _provisional_from(calendar: Calendar, year: int) -> date | None:
    return next((day.on for day in calendar.days(year) if calendar.is_provisional(day.on)), None)


def _working_days(calendar: Calendar, year: int) -> int:
    return sum(day.is_working for day in calendar.days(year))


def _year_as_json(calendar: Calendar, year: int, days: tuple[Day, ...]) -> dict[str, Any]:
    since = _provisional_from(calendar, year)
    return {
        "year": year,
        "provisional": not calendar.is_announced(year),
        "provisional_from": since and since.isoformat(),
        "provisional_reason": calendar.provisional_reason(year),
        "working_days": _working_days(calendar, year),
        "days": [
            {
                "date": day.on.isoformat(),
                "kind": day.kind.value,
                "name_zh": day.name_zh,
                "name_en": day.name_en,
            }
            for day in days
        ],
    }


def _year_lines(calendar: Calendar, year: int, days: tuple[Day, ...]) -> list[str]:
    state = "announced" if calendar.is_announced(year) else "provisional"
    lines = [f"{year}: {state}, {_working_days(calendar, year)} working days"]
    since = _provisional_from(calendar, year)
    if since is not None:
        lines.append(f"Provisional from {since}: {calendar.provisional_reason(year)}.")
    for day in days:
        kind = day.kind.replace("_", " ")
        lines.append(f"  {day.on} {day.on:%a}  {kind:<19} {day.name_en} {day.name_zh}")
    return lines


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
