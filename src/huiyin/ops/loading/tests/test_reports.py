"""What is told about a load: as text, as JSON, as a workbook that can be corrected and loaded."""

import json

import openpyxl
import pytest
from django.utils import translation

from huiyin.ops.loading import load, report
from huiyin.ops.loading.handback import write_report
from huiyin.ops.loading.readers import read_folder
from huiyin.ops.loading.tests.cities import NOW, a_city, grid, tables_of, town, write_csv
from huiyin.people.actors import SYSTEM

pytestmark = pytest.mark.django_db


def a_faulty_load():
    rows = a_city(counties=1, towns=1, villages=1, grids=1)
    by_code = {row["code"]: row for row in rows["places"]}
    by_code[town(1, 1)]["name"] = "\u3000一号镇"
    by_code[grid(1, 1, 1, 1)].update(name="=1+1", households="很多")
    by_code[town(1, 1)]["basis"] = "x" * 300
    rows["people"][-1]["role"] = ""
    return rows, load(tables_of(rows), at=NOW, by=SYSTEM)


def test_each_fault_is_a_line_with_its_place_and_what_was_expected():
    _, outcome = a_faulty_load()

    with translation.override("en"):
        lines = list(report.lines(outcome))
    assert lines == [
        (
            "Error: places.csv row 4 name “\u3000一号镇”: "
            "There are spaces before or after the text. Expected: “一号镇”"
        ),
        (
            f"Error: places.csv row 4 basis “{'x' * 79}…”: The text has 300 characters."
            " Expected: at most 240 characters"
        ),
        (
            "Error: places.csv row 6 households “很多”: This is no number."
            " Expected: a number such as 116.302"
        ),
        "Error: people.csv row 5 role: The cell is empty. Expected: Role",
        "4 errors. Nothing was loaded.",
    ]
    with translation.override("zh-hans"):
        assert next(iter(report.lines(outcome))) == (
            "错误：places.csv 第 4 行 name “\u3000一号镇”：文字前后有空格。应为：“一号镇”"
        )
        assert list(report.lines(outcome))[-1] == "共 4 处错误，没有导入任何内容。"


def test_a_load_that_went_well_says_what_changed():
    rows = a_city(counties=1, towns=1, villages=1, grids=1)
    outcome = load(tables_of({"places": rows["places"]}), at=NOW, by=SYSTEM, dry_run=True)

    with translation.override("en"):
        assert list(report.lines(outcome)) == [
            "places: 5 new, 0 changed, 0 unchanged",
            "A trial: nothing was written.",
        ]


def test_programs_get_the_same_as_json():
    _, outcome = a_faulty_load()

    with translation.override("en"):
        told = json.loads(json.dumps(report.as_json(outcome)))
    assert (told["ok"], told["dry_run"], told["tables"], told["warnings"]) == (False, False, {}, [])
    assert told["errors"][2] == {
        "file": "places.csv",
        "row": 6,
        "column": "households",
        "found": "很多",
        "problem": "This is no number.",
        "expected": "a number such as 116.302",
        "code": "not_a_number",
    }


def test_the_workbook_marks_the_cells_and_lists_the_faults(tmp_path):
    rows, outcome = a_faulty_load()
    with translation.override("zh-hans"):
        write_report(outcome, tmp_path / "report.xlsx")

    book = openpyxl.load_workbook(tmp_path / "report.xlsx")

    assert book.sheetnames == ["问题", "places", "people"]
    listed = list(book["问题"].iter_rows(values_only=True))
    assert listed[0] == ("文件", "行", "列", "填写内容", "问题", "应为", "类型")
    assert listed[3] == (
        *("places.csv", 6, "households", "很多"),
        *("这不是数字。", "数字，如 116.302", "错误"),
    )
    assert len(listed) == 5
    sheet = book["places"]
    columns = [cell.value for cell in sheet[1]]
    assert columns == list(rows["places"][0])
    marked = {
        (cell.row, columns[cell.column - 1]): cell.comment.text
        for line in sheet.iter_rows()
        for cell in line
        if cell.comment
    }
    assert marked == {
        (4, "name"): "文字前后有空格。应为：“一号镇”",
        (4, "basis"): "文字有 300 个字。应为：不超过 240 个字",
        (6, "households"): "这不是数字。应为：数字，如 116.302",
    }
    assert sheet.cell(6, 2).value == "=1+1"
    assert sheet.cell(6, 2).data_type == "s"  # a text, never a formula
    assert sheet.cell(2, 1).number_format == "@"


def test_the_corrected_workbook_loads(tmp_path):
    rows, outcome = a_faulty_load()
    write_report(outcome, tmp_path / "report.xlsx")
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    sheet = book["places"]
    columns = [cell.value for cell in sheet[1]]
    for row, column, value in (
        (4, "name", "一号镇"),
        (4, "basis", None),
        (6, "name", "一号网格"),
        (6, "households", "300"),
    ):
        sheet.cell(row, columns.index(column) + 1).value = value
    folder = write_csv(tmp_path / "city", {**rows, "places": [], "people": rows["people"][:-1]})
    book.save(folder / "places.xlsx")

    tables, problems = read_folder(folder)
    again = load(tables, at=NOW, by=SYSTEM, problems=problems)

    assert [(p.row, p.column, p.code) for p in again.errors] == []
    assert again.counts["places"].created == 5


def test_bytes_and_signs_that_excel_refuses_are_shown(tmp_path):
    rows = a_city(counties=1, towns=1, villages=1, grids=1)
    folder = write_csv(tmp_path / "city", rows)
    data = (folder / "places.csv").read_bytes()
    data = data.replace("第1县1号镇".encode(), b"\xff\x01")
    (folder / "places.csv").write_bytes(data)
    tables, problems = read_folder(folder)
    outcome = load(tables, at=NOW, by=SYSTEM, problems=problems)

    write_report(outcome, tmp_path / "report.xlsx")

    assert [(p.row, p.column, p.code) for p in outcome.errors] == [(4, "name", "broken_bytes")]
    book = openpyxl.load_workbook(tmp_path / "report.xlsx")
    assert book["places"].cell(4, 2).value == "\\xff·"
