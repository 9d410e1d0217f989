"""Templates of the load files: workbooks with notes, CSV, and a page that explains every column.

The example rows load as they stand, into an empty database, in a trial.
"""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from huiyin.ops.errors import OperatorError
from huiyin.ops.loading import words
from huiyin.ops.loading.handback import BOLD, HEAD
from huiyin.ops.loading.tables import Column, Spec, specs
from huiyin.places.models import PlaceLevel

LANGUAGES = (("zh", "zh-hans"), ("en", "en"))


def _both(choices: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return each choice once, by its first Chinese word and by its code."""
    first = {value: word for word, value in reversed(list(choices.items()))}
    codes = dict.fromkeys(
        value.name.lower() if isinstance(value, PlaceLevel) else str(value)
        for value in choices.values()
    )
    return list(first.values())[::-1], list(codes)


WORDS: Mapping[str, tuple[list[str], list[str]]] = {
    "place_kind": _both(words.PLACE_KIND),
    "unit_kind": _both(words.UNIT_KIND),
    "committee_kind": _both(words.COMMITTEE_KIND),
    "level": _both(words.LEVEL),
    "urgency": _both(words.URGENCY),
    "term_unit": _both(words.TERM_UNIT),
    "role": _both(words.ROLE),
    "crs": (["wgs84", "gcj02"], ["wgs84", "gcj02"]),
    "yes_or_no": (["是", "否"], ["yes", "no"]),
}
_ROWS = 20_000  # to which lists of words and the text format reach
_AUTHOR = "Huiyin"


def write_templates(folder: Path) -> list[Path]:
    """Write the templates into new folders below `folder` and return what was written.

    `xlsx/` and `csv/` each can be loaded; `columns.md` explains every column in Chinese and
    English. Raises OperatorError when one of them is there already.
    """
    for name in ("xlsx", "csv", "columns.md"):
        if (folder / name).exists():
            raise OperatorError(
                f"{folder / name} is there already: name an empty folder, so that nothing is lost."
            )
    written = []
    for kind, write in (("xlsx", _write_workbook), ("csv", _write_csv)):
        (folder / kind).mkdir(parents=True)
        for spec in specs().values():
            path = folder / kind / f"{spec.name}.{kind}"
            write(spec, path)
            written.append(path)
    page = folder / "columns.md"
    page.write_text(columns_markdown(), encoding="utf-8")
    return [*written, page]


def columns_markdown() -> str:
    """Return the page that explains every table and column, in Chinese and English."""
    lines = ["# Load files 导入文件", ""]
    for language, code in LANGUAGES:
        with translation.override(code):
            lines += [_rules(language), ""]
    for spec in specs().values():
        lines += [f"## {spec.name} {spec.title['zh']}", ""]
        lines += [spec.meaning["zh"], "", spec.meaning["en"], ""]
        lines += ["| column | 列 | 必填 required | 说明 | meaning |", "|" + " --- |" * 5]
        for column in spec.columns.values():
            needed = "是 yes" if column.required else ""
            cells = (
                f"`{column.name}`",
                column.title["zh"],
                needed,
                _with_words(column, "zh"),
                _with_words(column, "en"),
            )
            lines.append("| " + " | ".join(cells) + " |")
        lines.append("")
    return "\n".join(lines)


def _rules(language: str) -> str:
    del language  # the language in use decides
    return _(
        "One file for each table, named after it (places.csv or places.xlsx), CSV in UTF-8 or "
        "GB18030, dates as YYYY-MM-DD. The header row names the columns, in English or Chinese; "
        "columns that are not needed can be left out. Rows are matched by code or reference: a row "
        "that is loaded already changes what differs. Everything is checked first; with one error "
        "nothing is loaded."
    )


def _with_words(column: Column, language: str) -> str:
    listed = WORDS.get(column.type)
    text = column.meaning[language]
    if listed is None or column.type in ("yes_or_no", "crs"):
        return text
    chinese, codes = listed
    if language == "zh":
        return f"{text}（{'、'.join(chinese)}）"
    return f"{text} ({', '.join(codes)})"


def _write_csv(spec: Spec, path: Path) -> None:
    # With the mark in front Excel opens UTF-8 as such.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(spec.columns))
        writer.writeheader()
        writer.writerows(spec.examples)


def _write_workbook(spec: Spec, path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)  # noqa: S101 a new workbook has one
    sheet.title = spec.name
    sheet.freeze_panes = "A2"
    for at, column in enumerate(spec.columns.values(), 1):
        letter = get_column_letter(at)
        cell = sheet.cell(1, at, column.name)
        cell.fill, cell.font = HEAD, BOLD
        cell.comment = Comment(_note(column), _AUTHOR, width=300, height=110)
        sheet.column_dimensions[letter].width = max(14, len(column.name) + 4)
        # A code in a cell formatted as text stays what was typed.
        sheet.column_dimensions[letter].number_format = "@"
        _add_list(sheet, column, letter)
        for row, example in enumerate(spec.examples, 2):
            value = sheet.cell(row, at, example[column.name] or None)
            value.number_format = "@"
    for row in range(len(spec.examples) + 2, len(spec.examples) + 200):
        for at in range(1, len(spec.columns) + 1):
            sheet.cell(row, at).number_format = "@"
    _write_notes(book.create_sheet("说明 Notes"), spec)
    book.save(path)


def _note(column: Column) -> str:
    needed = "（必填 required）" if column.required else ""
    return (
        f"{column.title['zh']} {column.title['en']}{needed}\n"
        f"{column.meaning['zh']}\n{column.meaning['en']}"
    )


def _add_list(sheet: Worksheet, column: Column, letter: str) -> None:
    listed = WORDS.get(column.type)
    if listed is None:
        return
    formula = '"' + ",".join(listed[0]) + '"'
    # Other words are allowed too: the loader knows more of them than the list shows.
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=False)
    rule.add(f"{letter}2:{letter}{_ROWS}")
    sheet.add_data_validation(rule)


def _write_notes(sheet: Worksheet, spec: Spec) -> None:
    sheet.append([spec.title["zh"], spec.meaning["zh"]])
    sheet.append([spec.title["en"], spec.meaning["en"]])
    for language, code in LANGUAGES:
        with translation.override(code):
            sheet.append(["", _rules(language)])
    sheet.append([])
    sheet.append(["列 Column", "名称", "Title", "必填 Required", "说明", "Meaning"])
    for cell in sheet[sheet.max_row]:
        cell.fill, cell.font = HEAD, BOLD
    for column in spec.columns.values():
        sheet.append(
            [
                column.name,
                column.title["zh"],
                column.title["en"],
                "是 yes" if column.required else "",
                _with_words(column, "zh"),
                _with_words(column, "en"),
            ]
        )
    for letter, width in {"A": 24, "B": 26, "C": 22, "D": 14, "E": 60, "F": 60}.items():
        sheet.column_dimensions[letter].width = width
    for row in sheet.iter_rows():
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
