"""The procedures that come with Huiyin and the limits they count by, as the catalogue has them."""

import csv
from functools import cache
from importlib.resources import files

from huiyin.procedures import library
from huiyin.worktime import Limit, LimitUnit

PROCEDURES = library.procedures()


@cache
def limits() -> dict[str, Limit]:
    """The general value of every term: no category, no level, no place of its own."""
    text = (files("huiyin") / "categories/data/terms.csv").read_text(encoding="utf-8-sig")
    return {
        row["key"]: Limit(int(row["amount"]), LimitUnit(row["unit"]))
        for row in csv.DictReader(text.splitlines())
        if not (row["category_code"] or row["level"] or row["place_code"])
    }
