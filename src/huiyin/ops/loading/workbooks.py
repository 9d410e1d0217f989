"""Reading workbooks: what Excel made of a text is turned back, or found out.

Dates and numbers of a workbook are values, not texts. In a column of dates a date is a date; in a
column of codes a number is the code it shows, as long as Excel kept all its digits.
"""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from huiyin.ops.loading.faults import Spoiled
from huiyin.ops.loading.tables import Column, Spec

_EXACT_UP_TO = 10**15  # numbers of a workbook keep 15 digits
_BROKEN = (
    zipfile.BadZipFile,
    InvalidFileException,
    KeyError,
    ValueError,
    TypeError,
    OSError,
    ParseError,
    EOFError,
)


class NotAWorkbook(Exception):
    """The file cannot be read as a table; the text is the code of the fault."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """The header and the rows below it, in text."""

    header: list[str]
    header_row: int
    rows: Iterator[Sequence[str]]


def read_sheet(spec: Spec, path: Path) -> Sheet:
    """Return the sheet of a table: the one of its name, else the only one with rows.

    Raises NotAWorkbook.
    """
    try:
        found = _sheets(spec, path)
    except _BROKEN:
        raise NotAWorkbook("unreadable") from None
    if len(found) > 1:
        raise NotAWorkbook("several_sheets")
    if not found:
        raise NotAWorkbook("empty_file")
    rows = found[0]
    header_row = next(at for at, row in enumerate(rows) if any(map(_is_filled, row)))
    header = [_plain(value) for value in rows[header_row]]
    while header and not header[-1]:
        header.pop()
    columns = [spec.column_of(name) for name in header]
    body = rows[header_row + 1 :]
    return Sheet(header, header_row + 1, (_texts(row, columns) for row in body))


def _sheets(spec: Spec, path: Path) -> list[list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    try:
        names = {sheet.title.strip().casefold(): sheet for sheet in book.worksheets}
        named = [names[name] for name in (spec.name, spec.title["zh"]) if name in names]
        found = [_rows(sheet) for sheet in named[:1] or book.worksheets]
        return [rows for rows in found if rows]
    finally:
        book.close()


def _rows(sheet: Any) -> list[tuple[Any, ...]]:
    """Return the rows up to the last one with a value; workbooks often claim a million rows."""
    sheet.reset_dimensions()
    rows: list[tuple[Any, ...]] = []
    blank = 0
    for row in sheet.iter_rows(values_only=True):
        if any(map(_is_filled, row)):
            rows.extend(() for _ in range(blank))
            blank = 0
            rows.append(row)
        else:
            blank += 1
    return rows


def _is_filled(value: Any) -> bool:
    return value is not None and value != ""


def _texts(row: Sequence[Any], columns: Sequence[Column | None]) -> list[str]:
    return [
        text_of(value, columns[at] if at < len(columns) else None) for at, value in enumerate(row)
    ]


def text_of(value: Any, column: Column | None) -> str:
    """Return the text that was meant by a value of a workbook; Spoiled when it is lost."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime | date | time | timedelta):
        return _text_of_day(value, column)
    if isinstance(value, int | float):
        return _text_of_number(value, column)
    return str(value)


def _text_of_day(value: datetime | date | time | timedelta, column: Column | None) -> str:
    plain = _plain(value)
    if column is None or column.type == "date" or not column.is_text:
        return plain
    return Spoiled(plain, "excel_date")


def _text_of_number(value: int | float, column: Column | None) -> str:
    is_whole = isinstance(value, int) or value.is_integer()
    text = str(int(value)) if is_whole else repr(value)
    if column is None or not column.is_text:
        return text
    if abs(value) >= _EXACT_UP_TO:
        return Spoiled(text, "excel_digits")
    if column.type == "category_code" and is_whole and len(text) % 2:
        return f"0{text}"  # pairs of digits: the zero in front is what a number cannot keep
    return text


def _plain(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
