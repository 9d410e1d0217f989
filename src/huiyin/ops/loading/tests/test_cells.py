"""Cells, one by one: what is understood, and what is wrong with the rest."""

from datetime import date

import pytest

from huiyin.ops.loading.cells import could_mean
from huiyin.ops.loading.faults import SENTENCES, WARNINGS, Unfit
from huiyin.ops.loading.tables import specs
from huiyin.ops.loading.words import Role
from huiyin.places.models import PlaceKind, PlaceLevel
from huiyin.units.models import UnitKind

PLACES, UNITS, PEOPLE, TERMS, CATEGORIES, DUTIES = (
    specs()[name].columns for name in ("places", "units", "people", "terms", "categories", "duties")
)


@pytest.mark.parametrize(
    ("column", "text", "value"),
    [
        (PLACES["code"], "371400", "371400"),
        (PLACES["code"], "371400000000", "371400000000"),
        (PLACES["code"], "371427002009-A1", "371427002009-A1"),
        (PLACES["kind"], "街道", PlaceKind.SUBDISTRICT),
        (PLACES["kind"], "居委会", PlaceKind.COMMUNITY),
        (PLACES["kind"], "grid_basic", PlaceKind.GRID_BASIC),
        (PLACES["kind"], "Town", PlaceKind.TOWN),
        (PLACES["lon"], "116.302", 116.302),
        (PLACES["lon"], "-1e1", -10.0),
        (PLACES["households"], "0", 0),
        (PLACES["households"], "320.0", 320),
        (PLACES["is_all_purpose"], "是", True),
        (PLACES["is_all_purpose"], "no", False),
        (PLACES["is_all_purpose"], "1", True),
        (PLACES["valid_from"], "2024-02-29", date(2024, 2, 29)),
        (PLACES["pinyin"], "lè líng shì", "lè líng shì"),
        (UNITS["kind"], "派出所", UnitKind.POLICE_STATION),
        (UNITS["level"], "县级", PlaceLevel.COUNTY),
        (UNITS["level"], "town", PlaceLevel.TOWN),
        (UNITS["level"], "4", PlaceLevel.VILLAGE),
        (UNITS["phone"], "12345", "12345"),
        (UNITS["phone"], "0534-2345678-801", "0534-2345678-801"),
        (UNITS["phone"], "400-123-4567", "400-123-4567"),
        (UNITS["opening_hours"], "24h", {"always": True}),
        (UNITS["head_name"], "买买提·艾力", "买买提·艾力"),
        (PEOPLE["role"], "专职网格员", Role.FULL_TIME),
        (PEOPLE["login"], "zhang.ming-2", "zhang.ming-2"),
        (CATEGORIES["code"], "010203", "010203"),
        (CATEGORIES["owner_kind"], "department:housing", "department:housing"),
        (CATEGORIES["owner_kind"], "police_station", "police_station"),
        (CATEGORIES["redirect"], "12388", "12388"),
        (TERMS["key"], "pet.handle_more", "pet.handle_more"),
        (TERMS["amount"], "60", 60),
    ],
)
def test_a_cell_is_understood(column, text, value):
    assert column.parse(text) == value


@pytest.mark.parametrize(
    ("column", "text", "code", "meant"),
    [
        (PLACES["code"], "3.71402E+11", "excel_number", None),
        (PLACES["code"], "37140", "place_code", None),
        (PLACES["code"], "３７１４０２", "full_width", "371402"),
        (PLACES["code"], "2026-03-01 00:00:00", "excel_date", None),
        (PLACES["name"], "名" * 81, "too_long", "名" * 80),
        (PLACES["name"], "北城\n街道", "invisible", "北城街道"),
        (PLACES["kind"], "街办", "unknown_word", None),
        (PLACES["kind"], "subdistict", "unknown_word_like", None),
        (PLACES["lon"], "东经116", "not_a_number", None),
        (PLACES["lon"], "1163.02", "out_of_range", None),
        (PLACES["households"], "3.5", "not_whole", None),
        (PLACES["households"], "-1", "not_whole", None),
        (PLACES["households"], "9999999", "out_of_range", None),
        (PLACES["is_all_purpose"], "也许", "not_yes_or_no", None),
        (PLACES["valid_from"], "45292", "date_serial", date(2024, 1, 1)),
        (PLACES["valid_from"], "2024/1/1", "date_written", date(2024, 1, 1)),
        (PLACES["valid_from"], "2024年1月1日", "date_written", date(2024, 1, 1)),
        (PLACES["valid_from"], "20240101", "date_written", date(2024, 1, 1)),
        (PLACES["valid_from"], "2024-01-01 00:00:00", "date_written", date(2024, 1, 1)),
        (PLACES["valid_from"], "1/2/2024", "not_a_date", None),
        (PLACES["valid_from"], "2023-02-29", "no_such_day", None),
        (PLACES["valid_from"], "0024-01-01", "no_such_day", None),
        (PLACES["pinyin"], "夏津", "pinyin", None),
        (UNITS["phone"], "5342345678", "phone", None),
        (UNITS["opening_hours"], "周一 8点", "hours", None),
        (UNITS["opening_hours"], "周一 08:00-10:00,09:00-11:00", "hours_overlap", None),
        (UNITS["uscc"], "9.1371E+17", "excel_number", None),
        (UNITS["uscc"], "91371400MA3C1234X", "uscc", None),
        (UNITS["uscc"], "91371400MA3C1234X0", "uscc_check", None),
        (UNITS["head_name"], "张三、李四", "two_names", "张三、李四"),
        (UNITS["function"], "住建", "owner_kind", None),
        (PEOPLE["login"], "Zhang", "login", None),
        (PEOPLE["login"], "13800000000", "login", None),
        (PEOPLE["phone"], "0534-2345678", "mobile", None),
        (CATEGORIES["code"], "101", "excel_zero", "0101"),
        (CATEGORIES["code"], "01.02", "category_code", None),
        (CATEGORIES["owner_kind"], "bureau", "owner_kind", None),
        (CATEGORIES["owner_kind"], "department:住建", "owner_kind", None),
        (TERMS["key"], "handle", "term_key", None),
        (TERMS["amount"], "0", "out_of_range", None),
        (DUTIES["item_no"], "x" * 41, "too_long", "x" * 40),
    ],
)
def test_a_cell_that_is_not_understood_is_told(column, text, code, meant):
    with pytest.raises(Unfit) as unfit:
        column.parse(text)

    assert (unfit.value.code, unfit.value.value) == (code, meant)


@pytest.mark.parametrize(
    ("text", "code", "expected"),
    [
        ("3.71402E+11", "371402001000", True),
        ("3.71402E+11", "371427001000", False),
        ("3.71402E+11", "371402", False),
        ("3714O2OOl000", "371402001000", True),
        ("371402001000 x", "371402001000", False),
        ("VC－１", "VC-1", True),
    ],
)
def test_a_faulty_code_tells_what_it_may_have_meant(text, code, expected):
    assert could_mean(text, code) == expected


def test_every_example_of_the_tables_is_understood():
    for spec in specs().values():
        for row in spec.examples:
            for name, text in row.items():
                if text:
                    spec.columns[name].parse(text)


def test_warnings_are_faults_too():
    assert set(SENTENCES) >= WARNINGS
