"""One slip in one cell is at most one fault, whatever the slip and wherever the cell."""

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from huiyin.ops.loading import load
from huiyin.ops.loading.tables import specs
from huiyin.ops.loading.tests.cities import NOW, a_city, tables_of
from huiyin.people.actors import SYSTEM

pytestmark = pytest.mark.django_db
CITY = a_city(counties=3, villages=2)
TABLES = [name for name, rows in CITY.items() if rows]
SLIPS = {
    "emptied": lambda text, other: "",
    "space-behind": lambda text, other: f"{text} ",
    "wide-space-before": lambda text, other: f"\u3000{text}",
    "last-sign-lost": lambda text, other: text[:-1],
    "last-sign-doubled": lambda text, other: text + text[-1:],
    "letter-for-digit": lambda text, other: text.replace("0", "O", 1),
    "digit-changed": lambda text, other: text[:-2] + "97" + text[-1:],
    "full-width": lambda text, other: text.translate({ord("1"): "１"}),
    "rounded-by-excel": lambda text, other: "9.90101E+11",
    "made-a-date-by-excel": lambda text, other: "2026-03-01 00:00:00",
    "serial-of-a-day": lambda text, other: "45292",
    "formula": lambda text, other: "#REF!",
    "nonsense": lambda text, other: "？？",
    "of-another-row": lambda text, other: other,
    "very-long": lambda text, other: "长" * 300,
    "line-break": lambda text, other: f"{text[:1]}\n{text[1:]}",
}


@st.composite
def slips(draw):
    table = draw(st.sampled_from(TABLES))
    rows = CITY[table]
    at = draw(st.integers(0, len(rows) - 1))
    column = draw(st.sampled_from(list(specs()[table].columns)))
    other = rows[draw(st.integers(0, len(rows) - 1))][column]
    name = draw(st.sampled_from(sorted(SLIPS)))
    # Five digits are a code as good as any: here nobody can tell which cell is wrong.
    assume((table, column, name) != ("units", "code", "serial-of-a-day"))
    # The code of another row hides the own one. A single row that still says it is told as well:
    # that could just as well be a fault of its own, and none may be hidden.
    is_hidden = column == "code" and name == "of-another-row"
    assume(not is_hidden or references(rows[at]["code"]) != 1)
    return table, at, column, name, other


def references(code):
    """How often a code is referred to in the city."""
    return sum(
        value == code
        for rows in CITY.values()
        for row in rows
        for column, value in row.items()
        if column.endswith("_code")
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(slip=slips())
def test_one_slip_is_at_most_one_fault(slip):
    table, at, column, name, other = slip
    rows = {**CITY, table: [dict(row) for row in CITY[table]]}
    rows[table][at][column] = SLIPS[name](rows[table][at][column], other)

    report = load(tables_of(rows), at=NOW, by=SYSTEM, dry_run=True)

    told = [(p.file, p.row, p.column, p.code) for p in report.errors]
    assert len(told) <= 1
    assert all(code != "refused" for *_, code in told)
