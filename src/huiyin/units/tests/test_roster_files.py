"""A roster from a spreadsheet, and into one; into a calendar."""

from datetime import datetime

import pytest

from huiyin.units import roster_files
from huiyin.units.duty_times import USUAL
from huiyin.units.models import RosterEntry, ShiftKind, UnitKind
from huiyin.units.refusals import FileNotUnderstood
from huiyin.units.tests.factories import CITY, CLERK, NOW, SHANGHAI, a_unit, the_places

pytestmark = pytest.mark.django_db
SHEET = """日期,班次,姓名,电话,开始,结束
2026-03-07,夜班,王芳,0534-2345678,,
2026/3/7,带班,李建国,,09:00,09:00
"""


@pytest.fixture
def centre():
    return a_unit("GC-1", UnitKind.GOVERNANCE_CENTRE, the_places()[CITY])


def take_in(centre, content):
    rows, faults = roster_files.read(content, times=USUAL)
    if faults:
        return faults
    return roster_files.plan_rows(
        rows, unit_id=centre.id, accounts={"王芳": CLERK.account_id}, by=CLERK, at=NOW
    )


def clock(moment):
    return f"{moment.astimezone(SHANGHAI):%d %H:%M}"


def planned():
    return [
        (one.kind, one.name, clock(one.starts_at), clock(one.ends_at))
        for one in RosterEntry.objects.order_by("starts_at")
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_table_is_planned_with_the_usual_times_where_it_names_none(centre, encoding):
    assert take_in(centre, SHEET.encode(encoding)) == []

    assert planned() == [
        ("leader", "李建国", "07 09:00", "08 09:00"),
        ("night", "王芳", "07 17:30", "08 08:30"),
    ]
    assert RosterEntry.objects.get(name="王芳").account_id == CLERK.account_id


def test_all_that_is_wrong_is_told_by_row_and_nothing_is_planned(centre):
    wrong = SHEET + "2026-02-30,夜班,赵强,,,\n2026-03-08,早班,赵强,,,\n2026-03-08,夜班,赵强,,9点,\n"

    faults = take_in(centre, wrong.encode())

    assert [(one.row, one.why.code) for one in faults] == [
        (4, "units.day_not_understood"),
        (5, "units.shift_kind_not_known"),
        (6, "units.time_not_understood"),
    ]
    assert planned() == []


def test_what_the_roster_refuses_is_told_by_row_and_nothing_is_planned(centre):
    faults = take_in(
        centre, (SHEET + "2026-03-07,夜班,赵强,,,\n2026-03-01,夜班,赵强,,,\n").encode()
    )

    assert [(one.row, one.why.code) for one in faults] == [
        (4, "units.shift_overlaps"),
        (5, "units.shift_in_past"),
    ]
    assert planned() == []


@pytest.mark.parametrize("content", ["", "谁,哪天\n王芳,2026-03-07\n"])
def test_a_file_that_is_no_roster_is_refused(content):
    with pytest.raises(FileNotUnderstood):
        roster_files.read(content.encode(), times=USUAL)


def test_what_was_exported_is_read_back_and_passed_over(centre):
    take_in(centre, SHEET.encode())
    before = planned()

    text = roster_files.as_csv(RosterEntry.objects.order_by("starts_at"))

    assert "2026-03-07,夜班,王芳,0534-2345678,17:30,08:30" in text
    assert take_in(centre, text.encode()) == []
    assert planned() == before


def test_no_name_is_run_as_a_formula_by_a_spreadsheet():
    entry = RosterEntry(starts_at=NOW, ends_at=NOW, kind="day", name="=1+1")

    assert "'=1+1" in roster_files.as_csv([entry])


def test_a_calendar_has_times_in_utc_and_lines_that_are_short_enough():
    entry = RosterEntry(
        pk=7,
        starts_at=datetime(2026, 3, 7, 17, 30, tzinfo=SHANGHAI),
        ends_at=datetime(2026, 3, 8, 8, 30, tzinfo=SHANGHAI),
        kind=ShiftKind.NIGHT,
        name="王芳",
    )

    text = roster_files.as_ics(
        [entry], title="夏津县北城街道社会治安综合治理中心，夜间值班", at=NOW
    )

    assert "DTSTART:20260307T093000Z\r\nDTEND:20260308T003000Z\r\n" in text
    assert "UID:roster-7@huiyin\r\n" in text
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
