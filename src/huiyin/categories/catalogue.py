"""The limits the project brings, from data/terms.csv into a city that has limits already.

A new city gets them with its first load. A city in use gets with each version the limits that are
new, and what the law says of those it fixes: a procedure of this version would lack them otherwise.
Nothing a city has set itself is touched.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from huiyin.categories.models import Category, Term, TermValue

FILE = Path(__file__).parent / "data" / "terms.csv"
_TITLES = (
    "title_zh", "title_en", "starts_zh", "starts_en", "extension_zh", "extension_en",
    "at_expiry_zh", "at_expiry_en",
)  # fmt: skip
_LAW = ("law_zh", "law_en", "article", "source")


def rows() -> Iterator[Mapping[str, str]]:
    """Yield the rows of the file: one for each value, several for a limit with special values."""
    with FILE.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def bring() -> list[str]:
    """Add the limits that are missing and correct those the law fixes; return their keys.

    Runs after every migration, as the owner of the tables. A city without any limit is left alone.
    """
    held = {term.key: term for term in Term.objects.all()}
    if not held:
        return []
    changed: list[str] = []
    for row in rows():
        key = row["key"]
        if key not in held:
            held[key] = Term.objects.create(
                key=key, locked=row["locked"] == "1", **{name: row[name] for name in _TITLES}
            )
            changed.append(key)
        if key in changed:
            _add_value(row)
        elif held[key].locked and _correct(row):
            changed.append(key)
    return list(dict.fromkeys(changed))


def _said(row: Mapping[str, str]) -> dict[str, Any]:
    return {
        "amount": int(row["amount"]),
        "unit": row["unit"],
        "unverified": row["unverified"] == "1",
        **{name: row[name] for name in _LAW},
    }


def _add_value(row: Mapping[str, str]) -> None:
    category = None
    if row["category_code"]:
        category = Category.objects.filter(code=row["category_code"]).first()
        if category is None:
            return  # a city with categories of its own
    TermValue.objects.create(
        term_id=row["key"],
        category=category,
        level=int(row["level"]) if row["level"] else None,
        place_code=row["place_code"],
        valid_from=date.fromisoformat(row["in_force_from"]) if row["in_force_from"] else None,
        **_said(row),
    )


def _correct(row: Mapping[str, str]) -> bool:
    """Bring the one value of a limit the law fixes to what the file says; tell whether it differed.

    Clocks that run already keep the value they were started with.
    """
    said = _said(row)
    since = date.fromisoformat(row["in_force_from"]) if row["in_force_from"] else None
    kept = TermValue.objects.filter(term=row["key"], valid_from=since, valid_to=None).first()
    if kept is None or all(getattr(kept, name) == value for name, value in said.items()):
        return False
    for name, value in said.items():
        setattr(kept, name, value)
    kept.save(update_fields=list(said))
    return True
