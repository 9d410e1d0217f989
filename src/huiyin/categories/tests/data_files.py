"""The shipped files as rows, and small text tables to compare them with."""

import csv
from pathlib import Path

DATA = Path(__file__).parents[1] / "data"

Row = dict[str, str]


def read(name: str) -> list[Row]:
    """Read one shipped file as rows by column."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def words(text: str) -> list[str]:
    """Split a text at white space."""
    return text.split()


def table(text: str, columns: int) -> list[list[str]]:
    """Split each line of a text table into cells; the last cell may hold several words."""
    return [line.split(maxsplit=columns - 1) for line in text.strip().splitlines()]


CATEGORIES = read("categories.csv")
TERMS = read("terms.csv")
PARENTS = {row["parent_code"] for row in CATEGORIES}
LEAVES = [row for row in CATEGORIES if row["code"] not in PARENTS]
LEAF_BY_CODE = {row["code"]: row for row in LEAVES}
