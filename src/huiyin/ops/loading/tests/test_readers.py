"""Reading files as offices send them: encodings, broken bytes, workbooks, odd headers."""

from datetime import date, datetime

import pytest
from openpyxl import Workbook

from huiyin.ops.errors import OperatorError
from huiyin.ops.loading.faults import Spoiled
from huiyin.ops.loading.readers import encoding_of, read_folder

MIDNIGHT = datetime(2026, 1, 6)  # noqa: DTZ001 a cell of Excel knows no zone
HEADER = "code,name,kind,parent_code\r\n"
CITY = "990100000000,示例市,市,\r\n"


def read(folder, **files):
    """Write files (their name with _ for the dot) and read the folder."""
    for name, content in files.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / name.replace("__", ".")).write_bytes(data)
    return read_folder(folder)


def problems_of(tables, problems):
    return [
        (p.file, p.row, p.column, p.code)
        for p in (*problems, *(p for table in tables for p in table.problems))
    ]


@pytest.mark.parametrize(
    "content",
    [
        pytest.param((HEADER + CITY).encode(), id="utf-8"),
        pytest.param((HEADER + CITY).encode("utf-8-sig"), id="utf-8-with-mark"),
        pytest.param((HEADER + CITY).encode("gb18030"), id="gb18030"),
        pytest.param((HEADER + CITY).replace(",", "\t").encode(), id="tabs"),
        pytest.param((HEADER + CITY).replace(",", ";").encode(), id="semicolons"),
        pytest.param((HEADER + CITY).replace("\r\n", "\n").encode(), id="unix-lines"),
        pytest.param((HEADER + CITY + "\r\n,,,\r\n").encode(), id="blank-rows-at-the-end"),
        pytest.param((HEADER + CITY).replace("name", "名称").encode(), id="chinese-header"),
        pytest.param((HEADER + CITY).replace("name", "NAME").encode(), id="capital-header"),
        pytest.param('code,name,kind,parent_code\n990100000000,"示例市",市,'.encode(), id="quotes"),
    ],
)
def test_a_table_is_read_from_every_usual_csv(tmp_path, content):
    tables, problems = read(tmp_path, places__csv=content)

    assert problems_of(tables, problems) == []
    assert [dict(row) for row in tables[0].rows] == [
        {"code": "990100000000", "name": "示例市", "kind": "市"}
    ]


@pytest.mark.parametrize(
    "text", ["示例", "孔镇", "物业", "张示例", "权责清单第十二项", "德州市夏津县"]
)
def test_short_chinese_texts_are_told_apart(text):
    assert encoding_of(text.encode()) == "utf-8"
    assert encoding_of(text.encode("gb18030")) == "gb18030"
    assert encoding_of(text.encode() + b",\xff") == "utf-8"
    assert encoding_of(text.encode("gb18030") + b",\xff") == "gb18030"


@pytest.mark.parametrize(
    ("encoding", "broken", "shown", "byte"),
    [
        ("utf-8", "示".encode()[:2], "例\\xe7\\xa4市", 55),
        ("utf-8", b"\xff", "例\\xff市", 55),
        ("gb18030", b"\xff", "例\\xff市", 54),
    ],
)
def test_a_broken_byte_spoils_its_cell_and_nothing_else(tmp_path, encoding, broken, shown, byte):
    head = HEADER.encode() + b"\r\n" + b"990100000000,"
    cell = "例".encode(encoding) + broken + "市".encode(encoding)
    rest = ",市,\r\n990101000000,第一县,县,990100000000\r\n".encode(encoding)

    tables, problems = read(tmp_path, places__csv=head + cell + rest)

    assert problems_of(tables, problems) == []
    blank, first, second = tables[0].rows
    assert (dict(blank), tables[0].first_row) == ({}, 2)
    name = first["name"]
    assert isinstance(name, Spoiled)
    assert (str(name), name.code, name.data["byte"]) == (
        shown,
        "broken_bytes",
        len(head) + 1 + len("例".encode(encoding)),
    )
    assert first["kind"] == "市"
    assert dict(second) == {
        "code": "990101000000",
        "name": "第一县",
        "kind": "县",
        "parent_code": "990100000000",
    }


def test_a_lost_second_byte_does_not_eat_the_comma(tmp_path):
    row = "990100000000,示例市".encode("gb18030")[:-1] + ",市,\r\n".encode("gb18030")

    tables, _ = read(tmp_path, places__csv=HEADER.encode() + row)

    (only,) = tables[0].rows
    assert (only["name"].code, only["kind"]) == ("broken_bytes", "市")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({"places__csv": ""}, ("places.csv", 0, "", "empty_file"), id="empty"),
        pytest.param({"places__csv": "\n\n"}, ("places.csv", 0, "", "empty_file"), id="blank"),
        pytest.param({"places__csv": HEADER}, ("places.csv", 0, "", "no_rows"), id="header-only"),
        pytest.param(
            {"places__csv": (HEADER + CITY).encode("utf-16")},
            ("places.csv", 0, "", "utf16"),
            id="utf-16",
        ),
        pytest.param({"places__xls": "x"}, ("places.xls", 0, "", "old_excel"), id="old-excel"),
        pytest.param(
            {"places__xlsx": "no zip"}, ("places.xlsx", 0, "", "unreadable"), id="no-workbook"
        ),
        pytest.param(
            {"places__xlsx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 64},
            ("places.xlsx", 0, "", "unreadable"),
            id="password",
        ),
        pytest.param(
            {"boundaries__geojson": "[]"},
            ("boundaries.geojson", 0, "", "not_geojson"),
            id="no-geojson",
        ),
        pytest.param(
            {"place__csv": HEADER}, ("place.csv", 0, "", "unknown_file"), id="unknown-name"
        ),
        pytest.param(
            {"places__geojson": "{}"}, ("places.geojson", 0, "", "unknown_file"), id="not-for-it"
        ),
        pytest.param(
            {"places__csv": HEADER + CITY, "地方__csv": HEADER + CITY},
            ("地方.csv", 0, "", "two_files"),
            id="two-files",
        ),
        pytest.param(
            {"places__csv": HEADER + CITY + '990101000000,"第一县,县,\r\n' + CITY * 3},
            ("places.csv", 3, "", "unclosed_quote"),
            id="quote-never-closed",
        ),
        pytest.param(
            {"places__csv": HEADER + CITY + '990101000000,"第一"县,县,\r\n' + CITY},
            ("places.csv", 3, "", "stray_quote"),
            id="stray-quote",
        ),
        pytest.param(
            {"places__csv": HEADER + CITY + "990101000000,第一县,又名,县,\r\n"},
            None,
            id="comma-in-a-text-with-room",
        ),
        pytest.param(
            {"places__csv": HEADER + CITY + "990101000000,第一县,又名,县,990100000000\r\n"},
            ("places.csv", 3, "5", "too_many_cells"),
            id="comma-in-a-text",
        ),
        pytest.param(
            {"places__csv": HEADER.replace("name", "nmae") + CITY},
            ("places.csv", 1, "nmae", "unknown_column_like"),
            id="misspelt-column",
        ),
        pytest.param(
            {"places__csv": HEADER.replace("\r\n", ",备注\r\n") + CITY},
            ("places.csv", 1, "备注", "unknown_column"),
            id="unknown-column",
        ),
        pytest.param(
            {"places__csv": HEADER.replace("parent_code", "name") + CITY},
            ("places.csv", 1, "name", "duplicate_column"),
            id="column-twice",
        ),
        pytest.param(
            {"places__csv": HEADER.replace("name", " name") + CITY},
            ("places.csv", 1, "name", "column_spaces"),
            id="spaces-in-header",
        ),
        pytest.param(
            {"places__csv": HEADER.replace(",kind", "") + CITY.replace(",市,", ",")},
            ("places.csv", 1, "kind", "missing_column"),
            id="column-missing",
        ),
        pytest.param(
            {"places__csv": HEADER.replace("parent_code", "") + CITY.replace("市,\r", "市,x\r")},
            ("places.csv", 1, "4", "unnamed_column"),
            id="column-without-name",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_told(tmp_path, files, expected):
    assert problems_of(*read(tmp_path, **files)) == ([expected] if expected else [])


def test_other_files_in_the_folder_do_not_matter(tmp_path):
    files = {"places__csv": HEADER + CITY, "读我__txt": "x", "__~lock": "x", "~$units__xlsx": "x"}

    tables, problems = read(tmp_path, **files)

    assert ([table.name for table in tables], problems) == (["places"], [])


def test_a_folder_without_tables_is_refused(tmp_path):
    with pytest.raises(OperatorError, match="no tables"):
        read_folder(tmp_path)
    with pytest.raises(OperatorError, match="no folder"):
        read_folder(tmp_path / "nowhere")


# --- workbooks ------------------------------------------------------------------------------------


def workbook(path, *rows, sheets=("Sheet1",), title=()):
    book = Workbook(write_only=True)
    for name in sheets:
        sheet = book.create_sheet(name)
        for row in (*title, *rows):
            sheet.append(row)
    book.save(path)


def test_numbers_and_dates_of_a_workbook_are_the_text_that_was_meant(tmp_path):
    workbook(
        tmp_path / "places.xlsx",
        (
            "code",
            "name",
            "kind",
            "parent_code",
            "lon",
            "households",
            "is_all_purpose",
            "valid_from",
        ),
        (990101000000, "第一县", "县", 990100000000.0, 116.25, 300.0, True, date(2026, 1, 5)),
        ("990102000000", "第二县", "县", None, None, None, None, MIDNIGHT),
    )

    tables, problems = read_folder(tmp_path)

    assert problems_of(tables, problems) == []
    assert [dict(row) for row in tables[0].rows] == [
        {
            "code": "990101000000",
            "name": "第一县",
            "kind": "县",
            "parent_code": "990100000000",
            "lon": "116.25",
            "households": "300",
            "is_all_purpose": "TRUE",
            "valid_from": "2026-01-05",
        },
        {"code": "990102000000", "name": "第二县", "kind": "县", "valid_from": "2026-01-06"},
    ]


def test_what_excel_lost_is_told(tmp_path):
    workbook(
        tmp_path / "duties.xlsx",
        ("unit_code", "category_code", "place_code", "basis", "item_no"),
        ("A", 101, 990101000000, "条例", MIDNIGHT),
        ("A", 12, 990101001001001001, "条例", 1),
    )

    (table,), _ = read_folder(tmp_path)

    first, second = table.rows
    assert first["category_code"] == "0101"  # pairs of digits: the zero is certain
    assert (first["item_no"], first["item_no"].code) == ("2026-01-06", "excel_date")
    assert (second["category_code"], second["item_no"]) == ("12", "1")
    assert second["place_code"].code == "excel_digits"


def test_the_sheet_of_the_tables_name_is_read(tmp_path):
    rows = (("code", "name", "kind"), ("990100000000", "示例市", "市"))
    workbook(tmp_path / "places.xlsx", *rows, sheets=("说明", "places"))
    assert len(read_folder(tmp_path)[0][0].rows) == 1

    workbook(tmp_path / "places.xlsx", *rows, sheets=("一", "地方"))
    assert len(read_folder(tmp_path)[0][0].rows) == 1

    workbook(tmp_path / "places.xlsx", *rows, sheets=("一", "二"))
    assert problems_of(*read_folder(tmp_path)) == [("places.xlsx", 0, "", "several_sheets")]


def test_rows_are_counted_as_excel_counts_them(tmp_path):
    workbook(
        tmp_path / "places.xlsx",
        ("code", "name", "kind"),
        (None, None, None),
        ("990100000000", "示例市", "市"),
        (None, "", None),
        title=((None,), ()),
    )

    (table,), _ = read_folder(tmp_path)

    assert (table.first_row, [bool(row) for row in table.rows]) == (4, [False, True])


def test_outlines_come_as_geojson_too(tmp_path):
    geojson = """{"type": "FeatureCollection", "properties": {"source": "示例", "licence": "示例"},
      "features": [
        {"type": "Feature", "properties": {"code": "990101000000", "as_of": 2026},
         "geometry": {"type": "Point", "coordinates": [116.1, 37.5]}},
        {"type": "Feature", "properties": null, "geometry": null}]}"""

    (table,), problems = read(tmp_path, boundaries__geojson=geojson)

    assert problems == []
    assert [dict(row) for row in table.rows] == [
        {
            "source": "示例",
            "licence": "示例",
            "as_of": "2026",
            "place_code": "990101000000",
            "geometry": '{"type":"Point","coordinates":[116.1,37.5]}',
            "crs": "wgs84",
        },
        {"source": "示例", "licence": "示例", "crs": "wgs84"},
    ]
