"""Templates: what they explain, and that their examples load as they stand."""

import openpyxl
import pytest

from huiyin.ops.errors import OperatorError
from huiyin.ops.loading import Counts, load
from huiyin.ops.loading.built_in import built_in_tables
from huiyin.ops.loading.readers import read_folder
from huiyin.ops.loading.tables import specs
from huiyin.ops.loading.templates import WORDS, columns_markdown, write_templates
from huiyin.ops.loading.tests.cities import NOW
from huiyin.ops.loading.tests.snapshots import snapshot
from huiyin.people.actors import SYSTEM


@pytest.fixture(scope="module")
def templates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("templates")
    write_templates(folder)
    return folder


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_examples_load_into_an_empty_city(templates, kind):
    before = snapshot()
    tables, problems = read_folder(templates / kind)

    report = load(tables, at=NOW, by=SYSTEM, problems=problems, dry_run=True)

    assert [(p.file, p.row, p.column, p.code) for p in (*report.errors, *report.warnings)] == []
    assert report.counts == {
        name: Counts(created=len(spec.examples)) for name, spec in specs().items()
    }
    assert snapshot() == before


@pytest.mark.django_db
def test_the_examples_go_with_the_built_in_categories(templates):
    tables, problems = read_folder(templates / "csv")
    own = [table for table in tables if table.name not in ("categories", "terms", "duties")]

    report = load([*own, *built_in_tables()], at=NOW, by=SYSTEM, problems=problems)

    assert (report.errors, report.warnings) == ([], [])
    assert report.counts["categories"].created > 500


def test_a_workbook_explains_every_column_in_both_languages(templates):
    book = openpyxl.load_workbook(templates / "xlsx" / "places.xlsx")

    spec = specs()["places"]
    assert book.sheetnames == ["places", "说明 Notes"]
    assert [cell.value for cell in book["places"][1]] == list(spec.columns)
    for cell, column in zip(book["places"][1], spec.columns.values(), strict=True):
        for text in (column.title["zh"], column.meaning["zh"], column.meaning["en"]):
            assert text in cell.comment.text
    assert book["places"]["A2"].value == "990100000000"
    assert book["places"]["A2"].number_format == "@"
    assert book["places"]["A50"].number_format == "@"
    lists = {
        str(rule.sqref): rule.formula1 for rule in book["places"].data_validations.dataValidation
    }
    assert lists["C2:C20000"].startswith('"市,区,县,县级市,')
    notes = [row[0].value for row in book["说明 Notes"].iter_rows()]
    assert notes[-len(spec.columns) :] == list(spec.columns)


def test_lists_of_words_fit_into_excel():
    too_long = {name for name, (chinese, _) in WORDS.items() if len(",".join(chinese)) > 253}

    assert too_long == set()


def test_the_page_has_every_column():
    page = columns_markdown()

    for spec in specs().values():
        for column in spec.columns.values():
            assert f"| `{column.name}` | {column.title['zh']} |" in page


def test_titles_name_one_column_each():
    for spec in specs().values():
        titles = [column.title["zh"] for column in spec.columns.values()]
        assert sorted(set(titles)) == sorted(titles)


def test_nothing_is_written_over(templates):
    with pytest.raises(OperatorError, match="there already"):
        write_templates(templates)
