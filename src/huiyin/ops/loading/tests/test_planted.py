"""Thirty and more faults in twenty thousand rows: each is told once, and nothing is loaded."""

from dataclasses import dataclass

import pytest

from huiyin.ops.loading import load
from huiyin.ops.loading.readers import read_folder
from huiyin.ops.loading.tests.cities import (
    NOW,
    Rows,
    a_city,
    county,
    csv_bytes,
    grid,
    tables_of,
    town,
    village,
    write_csv,
)
from huiyin.ops.loading.tests.snapshots import snapshot
from huiyin.people.actors import SYSTEM

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Fault:
    """A cell that is spoiled, and how that is told. `at`: the column that is told, if another."""

    table: str
    key: str  # code or reference of the row; for duties unit and category
    column: str
    value: str
    code: str
    at: str = ""
    also: tuple[tuple[str, str], ...] = ()  # cells of the same row that belong to the same slip


FAULTS = (
    # places: codes that others refer to, so that a fault could cascade
    Fault("places", village(1, 1, 3), "code", village(1, 1, 2), "duplicate"),
    Fault("places", town(1, 2), "code", "9.90101E+11", "excel_number"),
    Fault("places", village(2, 1, 1), "code", village(2, 1, 1).replace("0", "O", 1), "place_code"),
    Fault("places", village(2, 1, 2), "code", village(2, 1, 2) + " ", "spaces"),
    Fault("places", village(2, 1, 3), "code", "", "required"),
    # places: everything else
    Fault("places", grid(1, 1, 1, 1), "parent_code", "990199999999", "orphan"),
    Fault("places", village(1, 1, 1), "parent_code", village(2, 2, 2), "level_order"),
    Fault("places", village(2, 2, 1), "parent_code", town(1, 1), "code_not_of_parent", "code"),
    Fault("places", town(2, 1), "name", "\u30001号镇", "spaces"),
    Fault("places", grid(2, 2, 2, 1), "name", "第1\u200b网格", "invisible"),
    Fault("places", grid(2, 2, 2, 2), "kind", "基础网路", "unknown_word_like"),
    Fault("places", grid(2, 2, 3, 1), "valid_from", "45292", "date_serial"),
    Fault("places", grid(2, 2, 3, 2), "valid_from", "2020/1/5", "date_written"),
    Fault("places", grid(1, 1, 1, 2), "valid_from", "2026-02-30", "no_such_day"),
    Fault("places", grid(1, 1, 2, 1), "valid_from", "2027-01-01", "future"),
    Fault("places", "990100000000", "lat", "", "point_incomplete"),
    Fault("places", county(1), "lon", "37.500", "point_swapped", also=(("lat", "116.150"),)),
    Fault("places", county(2), "lon", "121.47", "point_outside"),
    Fault("places", village(1, 2, 1), "lat", "95.1", "out_of_range", also=(("lon", "116.1"),)),
    Fault("places", grid(1, 1, 2, 2), "households", "三百", "not_a_number"),
    # units
    Fault("units", "DP-1", "uscc", "11990101MB00000011", "uscc_check"),
    Fault("units", "TO-1-1", "place_code", "990188001000", "unknown_place"),
    Fault("units", "PS-1-1", "phone", "2345678", "phone"),
    Fault("units", "MC-1-1", "opening_hours", "周一至周五 8点-12点", "hours"),
    Fault("units", "GV-2", "superior_code", "SR-2-2", "superior_loop"),
    Fault("units", "MC-2-1", "committee_kind", "", "committee_kind_missing"),
    Fault("units", "DP-2", "head_name", "张三、李四", "two_names"),
    Fault("units", "SR-1-1", "host_code", "TO-2-2", "host_not_possible"),
    Fault("units", "VC-1-1-1", "kind", "#N/A", "excel_error"),
    Fault("units", "VC-2-2-2", "code", "VC-２-2-2", "full_width"),
    # categories and limits
    Fault("categories", "0201", "parent_code", "01", "category_parent"),
    Fault("terms", "law.reply", "level", "县级", "term_locked_scope"),
    # duties
    Fault("duties", "DP-1", "category_code", "99", "unknown_category"),
    Fault("duties", "VC-1-1-2", "basis", "", "required"),
    # people
    Fault("people", f"{grid(1, 1, 2, 1)}-L", "ref", f"{grid(1, 1, 1, 1)}-L", "duplicate"),
    Fault("people", f"{grid(1, 1, 2, 2)}-L", "grid_code", village(1, 1, 2), "grid_expected"),
    Fault("people", f"{grid(2, 2, 2, 2)}-F", "login", f"w{grid(2, 2, 2, 1)}", "login_of_two"),
    Fault("people", f"{grid(2, 2, 3, 1)}-F", "permission_set", "boss", "unknown_permission_set"),
    Fault("people", f"{grid(2, 2, 3, 2)}-F", "unit_code", "VC-9-9-9", "unknown_unit"),
    Fault("people", "MC-2-2-1", "unit_code", "PS-2-2", "not_a_committee"),
    Fault("people", "DP-2-1", "phone", "15400000001", "phone_of_two"),
    Fault("people", "DP-1-1", "valid_to", "12/31/2026", "not_a_date"),
)
KEYS = {"boundaries": "place_code", "terms": "key", "duties": "unit_code", "people": "ref"}


def plant(rows: Rows, faults: tuple[Fault, ...]) -> set[tuple[str, int, str, str]]:
    """Spoil the cells; return what must be told: file, row, column, code."""
    expected = set()
    places = {
        (name, row[KEYS.get(name, "code")]): at
        for name, found in reversed(rows.items())
        for at, row in reversed(list(enumerate(found)))
    }
    for fault in faults:
        at = places[fault.table, fault.key]
        rows[fault.table][at] |= {fault.column: fault.value, **dict(fault.also)}
        column = fault.at or fault.column
        expected.add((f"{fault.table}.csv", at + 2, column, fault.code))
    return expected


def told(report) -> list[tuple[str, int, str, str]]:
    return sorted((p.file, p.row, p.column, p.code) for p in report.errors)


@pytest.mark.parametrize("fault", FAULTS, ids=[f"{f.table}-{f.column}-{f.code}" for f in FAULTS])
def test_one_fault_is_told_once(fault):
    rows = a_city()
    expected = plant(rows, (fault,))

    report = load(tables_of(rows), at=NOW, by=SYSTEM)

    assert told(report) == sorted(expected)
    assert [problem.code for problem in report.warnings] == []


def test_thirty_faults_in_twenty_thousand_rows_are_told_once_and_nothing_is_loaded(tmp_path):
    rows = a_city(counties=4, towns=8, villages=14, grids=15)
    assert sum(map(len, rows.values())) > 20_000
    before_rows = a_city(counties=3, towns=1, villages=1, grids=1)
    load(tables_of(before_rows), at=NOW, by=SYSTEM)
    expected = plant(rows, FAULTS)
    folder = write_csv(tmp_path, rows, encoding="gb18030")
    expected |= {break_a_byte(folder, rows)}
    before = snapshot()

    tables, problems = read_folder(folder)
    report = load(tables, at=NOW, by=SYSTEM, problems=problems)

    assert len(expected) >= 30
    assert told(report) == sorted(expected)
    assert snapshot() == before


def break_a_byte(folder, rows) -> tuple[str, int, str, str]:
    """The second byte of a character is lost, as in a file that was cut and joined."""
    at = next(at for at, row in enumerate(rows["units"]) if row["code"] == "TO-2-1")
    data = csv_bytes("units", rows["units"], encoding="gb18030")
    name = rows["units"][at]["name"].encode("gb18030")
    where = data.index(b"TO-2-1," + name) + len(b"TO-2-1,") + len(name) - 1
    (folder / "units.csv").write_bytes(data[:where] + data[where + 1 :])
    return ("units.csv", at + 2, "name", "broken_bytes")
