"""The report as a workbook to hand back: the person's own rows with the faulty cells marked.

One sheet lists every problem; each table with problems follows as a sheet of its own name, so that
the corrected workbook can be loaded as that table.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from huiyin.ops.loading.faults import Problem, Spoiled
from huiyin.ops.loading.report import Report
from huiyin.ops.loading.tables import Table, specs

ERROR = PatternFill("solid", start_color="FBE7E5", end_color="FBE7E5")
WARNING = PatternFill("solid", start_color="FBF0D6", end_color="FBF0D6")
HEAD = PatternFill("solid", start_color="E6EEF5", end_color="E6EEF5")
BOLD = Font(bold=True)
_AUTHOR = "Huiyin"
_LONGEST = 32_767  # characters of a cell, by Excel's own limit


def write_report(report: Report, path: Path) -> None:
    """Write the workbook; an existing file is replaced. Raises OSError."""
    book = Workbook(write_only=True)
    problems = [*report.errors, *report.warnings]
    _write_list(book.create_sheet(_("Problems")), problems)
    by_file: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        by_file[problem.file].append(problem)
    for table in report.tables:
        if by_file[table.file]:
            _write_table(book.create_sheet(table.name), table, by_file[table.file])
    book.save(path)


def _write_list(sheet: Worksheet, problems: Sequence[Problem]) -> None:
    sheet.freeze_panes = "A2"
    widths = {"A": 22, "B": 8, "C": 20, "D": 36, "E": 52, "F": 52}
    for letter, width in widths.items():
        sheet.column_dimensions[letter].width = width
    titles = (
        *(_("File"), _("Row"), _("Column"), _("Found"), _("Problem"), _("Expected")),
        _("Kind"),
    )
    sheet.append([text_cell(sheet, title, fill=HEAD, font=BOLD) for title in titles])
    for problem in problems:
        sheet.append(
            [
                text_cell(sheet, problem.file),
                problem.row or None,
                text_cell(sheet, problem.column),
                text_cell(sheet, problem.found),
                text_cell(sheet, problem.problem),
                text_cell(sheet, problem.expected),
                text_cell(sheet, _("Note") if problem.is_warning else _("Error")),
            ]
        )


def _write_table(sheet: Worksheet, table: Table, problems: Sequence[Problem]) -> None:
    sheet.freeze_panes = "A2"
    spec = specs()[table.name]
    given = (
        table.columns if table.columns is not None else {name for row in table.rows for name in row}
    )
    columns = [name for name in spec.columns if name in given] or list(spec.columns)
    marks: dict[int, dict[str, list[Problem]]] = defaultdict(lambda: defaultdict(list))
    for problem in problems:
        marks[problem.row][problem.column].append(problem)
    header = marks.get(table.first_row - 1, {})
    sheet.append(
        [_marked(sheet, name, header.get(name, ()), fill=HEAD, font=BOLD) for name in columns]
    )
    for at, row in enumerate(table.rows):
        _append(sheet, row, columns, marks.get(table.first_row + at, {}))


def _append(
    sheet: Worksheet,
    row: Mapping[str, str],
    columns: Sequence[str],
    marks: Mapping[str, Sequence[Problem]],
) -> None:
    if not marks:
        sheet.append([text_cell(sheet, row.get(name, "")) for name in columns])
        return
    # What concerns no single column is said at the first one.
    elsewhere = [p for column, found in marks.items() if column not in columns for p in found]
    sheet.append(
        [
            _marked(
                sheet,
                row.get(name, ""),
                [*marks.get(name, ()), *(elsewhere if name == columns[0] else ())],
            )
            for name in columns
        ]
    )


def _marked(
    sheet: Worksheet,
    text: str,
    problems: Sequence[Problem],
    *,
    fill: PatternFill | None = None,
    font: Font | None = None,
) -> Any:
    if not problems:
        return text_cell(sheet, text, fill=fill, font=font)
    is_error = any(not problem.is_warning for problem in problems)
    cell = text_cell(sheet, text, fill=ERROR if is_error else WARNING, font=font)
    said = "\n".join(
        _("%(problem)s Expected: %(expected)s")
        % {"problem": problem.problem, "expected": problem.expected}
        for problem in problems
    )
    cell.comment = Comment(_clean(said), _AUTHOR, width=320, height=120)
    return cell


def text_cell(
    sheet: Worksheet, text: str, *, fill: PatternFill | None = None, font: Font | None = None
) -> Any:
    """Return a cell that Excel keeps as text: no number, no date, no formula."""
    cell = WriteOnlyCell(sheet, value=_clean(text) or None)
    cell.number_format = "@"
    if cell.value is not None:
        cell.data_type = "s"  # a text that begins with = is no formula
    if fill is not None:
        cell.fill = fill
    if font is not None:
        cell.font = font
    return cell


def _clean(text: str) -> str:
    plain = text.value or str(text) if isinstance(text, Spoiled) else text
    return ILLEGAL_CHARACTERS_RE.sub("·", plain)[:_LONGEST]
