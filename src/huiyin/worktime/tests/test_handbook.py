"""The tables of docs/worktime.md say what is so."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from huiyin.worktime import KIND_ZH, DayKind, parse_limit
from huiyin.worktime.tests.days import at, day, due_of, pause

PAGE = Path(__file__).resolve().parents[4] / "docs" / "worktime.md"


def rows_of(*titles):
    """Return the rows of the tables whose first titles are these."""
    found, header = [], []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line[:1] == "|" else []
        if not cells:
            header = []
        elif not header:
            header = cells
        elif header[: len(titles)] == list(titles) and set(line) - set("|-"):
            found.append(cells)
    assert found
    return found


@pytest.mark.parametrize("row", rows_of("Start", "Limit", "Last day"), ids=" ".join)
def test_an_example_in_days_is_right(row):
    found = due_of(f"{day(row[0])}T09:30", row[1])

    assert found.due_on == day(row[2])
    assert found.provisional is (row[3] == "yes")


@pytest.mark.parametrize("row", rows_of("Start", "Limit", "Ends"), ids=" ".join)
def test_an_example_in_hours_is_right(row):
    assert due_of(row[0].replace(" ", "T"), row[1]).due_at == at(row[2].replace(" ", "T"))


@pytest.mark.parametrize("row", rows_of("Start", "Limit", "Pause"), ids=" ".join)
def test_an_example_of_a_pause_is_right(row):
    edges = [f"{word}T10:00" for word in row[2].split(" / ")] if row[2] != "none" else []

    found = due_of(f"{day(row[0])}T09:30", row[1], *([pause(*edges)] if edges else []))

    assert found.due_on == day(row[3])
    assert found.due_at - at(f"{day(row[3])}T00:00") == timedelta(days=1)


def test_the_page_lists_every_kind_of_day():
    rows = rows_of("`kind`", "中文")

    assert {row[0].strip("`"): row[1] for row in rows} == {
        kind.value: KIND_ZH[kind] for kind in DayKind
    }


def test_the_written_limits_of_the_page_are_read():
    text = PAGE.read_text(encoding="utf-8").partition("A limit is written as")[2].partition("##")[0]
    written = re.findall(r"`([^`]+)`", text)

    assert len(written) == 16
    assert {parse_limit(limit) for limit in written[:8]} == {
        parse_limit(limit) for limit in written[8:]
    }
