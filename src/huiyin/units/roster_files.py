"""A roster as a file: CSV to be planned in a spreadsheet, ICS for a calendar on the phone."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation

from huiyin.ui.acts import By
from huiyin.ui.refusals import Refusal
from huiyin.units.duty_times import Times
from huiyin.units.models import RosterEntry, ShiftKind
from huiyin.units.refusals import (
    DayNotUnderstood,
    FileNotUnderstood,
    ShiftKindNotKnown,
    TimeNotUnderstood,
    TooManyRows,
)
from huiyin.units.roster import plan_shift

MOST_ROWS: Final = 1_000
HEADER: Final = ("日期", "班次", "姓名", "电话", "开始", "结束")
_COLUMNS: Final = {
    "日期": "date", "date": "date", "班次": "kind", "shift": "kind", "姓名": "name",
    "name": "name", "电话": "phone", "phone": "phone", "开始": "starts", "starts": "starts",
    "结束": "ends", "ends": "ends",
}  # fmt: skip
_NEEDED: Final = ("date", "kind", "name")
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row. `row`: as a spreadsheet counts, the header is 1."""

    row: int
    why: Refusal


@dataclass(frozen=True, slots=True)
class Row:
    """A shift of the file."""

    number: int
    starts_at: datetime
    ends_at: datetime
    kind: ShiftKind
    name: str
    phone: str


def read(content: bytes, *, times: Sequence[Times]) -> tuple[list[Row], list[Fault]]:
    """Return the shifts of a CSV file and what is wrong with it, row by row.

    UTF-8, or GB 18030 as spreadsheets here write it. Columns: 日期, 班次, 姓名; 电话, 开始, 结束
    may be left out. Raises FileNotUnderstood, TooManyRows.
    """
    table = list(csv.reader(io.StringIO(_text(content))))
    if not table:
        raise FileNotUnderstood()
    names = [_COLUMNS.get(cell.strip().casefold(), "") for cell in table[0]]
    if any(name not in names for name in _NEEDED):
        raise FileNotUnderstood()
    lines = [(number, cells) for number, cells in enumerate(table[1:], 2) if any(cells)]
    if len(lines) > MOST_ROWS:
        raise TooManyRows(limit=MOST_ROWS)
    rows, faults = [], []
    for number, cells in lines:
        found = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}
        try:
            rows.append(_row(number, found, times))
        except Refusal as why:
            faults.append(Fault(number, why))
    return rows, faults


def plan_rows(
    rows: Iterable[Row], *, unit_id: UUID, accounts: dict[str, UUID], by: By, at: datetime
) -> list[Fault]:
    """Plan the shifts of a file: all of them or, with what is wrong row by row, none.

    `accounts`: of colleagues, by name. What is planned just so already is passed over.
    """
    faults: list[Fault] = []
    with transaction.atomic():
        for row in rows:
            if RosterEntry.objects.filter(
                unit=unit_id, starts_at=row.starts_at, ends_at=row.ends_at, name=row.name
            ).exists():
                continue
            try:
                with transaction.atomic():
                    plan_shift(
                        unit_id=unit_id,
                        starts_at=row.starts_at,
                        ends_at=row.ends_at,
                        name=row.name,
                        phone=row.phone,
                        kind=row.kind,
                        account_id=accounts.get(row.name),
                        by=by,
                        at=at,
                    )
            except Refusal as why:
                faults.append(Fault(row.number, why))
        if faults:
            transaction.set_rollback(True)
    return faults


def as_csv(entries: Iterable[RosterEntry]) -> str:
    """Return shifts as a file that can be read back; spreadsheets know it by its first mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(HEADER)
    with translation.override("zh-hans"):
        for entry in entries:
            starts, ends = map(timezone.localtime, (entry.starts_at, entry.ends_at))
            writer.writerow(
                (
                    f"{starts:%Y-%m-%d}", str(ShiftKind(entry.kind).label), _safe(entry.name),
                    _safe(entry.phone), f"{starts:%H:%M}", f"{ends:%H:%M}",
                )
            )  # fmt: skip
    return "\ufeff" + out.getvalue()


def as_ics(entries: Iterable[RosterEntry], *, title: str, at: datetime) -> str:
    """Return shifts as a calendar (RFC 5545), times in UTC."""
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Huiyin//Roster//ZH", "CALSCALE:GREGORIAN",
        f"X-WR-CALNAME:{_escaped(title)}",
    ]  # fmt: skip
    for entry in entries:
        label = ShiftKind(entry.kind).label
        lines += [
            "BEGIN:VEVENT", f"UID:roster-{entry.pk}@huiyin", f"DTSTAMP:{_utc(at)}",
            f"DTSTART:{_utc(entry.starts_at)}", f"DTEND:{_utc(entry.ends_at)}",
            f"SUMMARY:{_escaped(f'{label} {entry.name}')}", f"LOCATION:{_escaped(title)}",
            "END:VEVENT",
        ]  # fmt: skip
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _text(content: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).replace("\x00", "")
        except UnicodeDecodeError:
            continue
    raise FileNotUnderstood()


def _row(number: int, cells: dict[str, str], times: Sequence[Times]) -> Row:
    on = _day(cells.get("date", ""))
    kind = _kind(cells.get("kind", ""))
    usual = next((one for one in times if one.kind is kind), None)
    starts = _clock(cells["starts"]) if cells.get("starts") else usual.starts if usual else None
    ends = _clock(cells["ends"]) if cells.get("ends") else usual.ends if usual else None
    if starts is None or ends is None:
        raise ShiftKindNotKnown(kind=cells.get("kind", ""))
    starts_at, ends_at = Times(kind, starts, ends).span(on)
    name = cells.get("name", "").removeprefix("'")
    return Row(number, starts_at, ends_at, kind, name, cells.get("phone", "").removeprefix("'"))


def _day(text: str) -> date:
    for shape in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日"):
        try:
            return datetime.strptime(text, shape).date()  # noqa: DTZ007 a day, no instant
        except ValueError:
            continue
    raise DayNotUnderstood(text=text)


def _clock(text: str) -> time:
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 a time of day
    except ValueError as wrong:
        raise TimeNotUnderstood(text=text) from wrong


def _kind(text: str) -> ShiftKind:
    for kind in ShiftKind:
        names = {kind.value}
        for language in ("zh-hans", "en"):
            with translation.override(language):
                names.add(str(kind.label).casefold())
        if text.casefold() in names:
            return kind
    raise ShiftKindNotKnown(kind=text)


def _safe(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _utc(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\r", "").replace("\n", "\\n")


def _folded(line: str) -> str:
    """Return a line in pieces of at most 75 bytes, no sign cut in two."""
    pieces, piece = [], ""
    for sign in line:
        if len((piece + sign).encode()) > 74:
            pieces.append(piece)
            piece = ""
        piece += sign
    return "\r\n ".join([*pieces, piece])
