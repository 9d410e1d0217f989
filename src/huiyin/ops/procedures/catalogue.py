"""What procedure files may name that stands elsewhere: limits, kinds of units, permissions."""

import csv
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Final

import huiyin
from huiyin.procedures.checking import Known
from huiyin.procedures.guards import GUARDS
from huiyin.worktime import Limit, LimitUnit

_EFFECT: Final = re.compile(r'^@effect\("([a-z_]+)"\)$', re.MULTILINE)


@cache
def limits() -> dict[str, Limit]:
    """Return the general value of every limit that has a source, by its key."""
    return {key: limit for key, (limit, _) in _rows().items()}


@cache
def _rows() -> dict[str, tuple[Limit, bool]]:
    """Return the limits; where there is no general row the first one stands for its key."""
    table = files("huiyin.categories") / "data" / "terms.csv"
    found: dict[str, tuple[Limit, bool]] = {}
    for row in csv.DictReader(table.read_text(encoding="utf-8-sig").splitlines()):
        is_general = not (row["category_code"] or row["level"] or row["place_code"])
        known = found.get(row["key"])
        if not row["source"] or (known and (known[1] or not is_general)):
            continue
        found[row["key"]] = Limit(int(row["amount"]), LimitUnit(row["unit"])), is_general
    return found


def known() -> Known:
    """Return everything the checker compares names with."""
    # Both import Django's choices and texts, which nobody but the checker waits for.
    from huiyin.people.permissions import CATALOGUE  # noqa: PLC0415 as above
    from huiyin.units.kinds import UnitKind  # noqa: PLC0415 as above

    return Known(
        terms=limits(),
        unit_kinds=frozenset(kind.value for kind in UnitKind),
        permissions=frozenset(CATALOGUE),
        guards=frozenset(GUARDS),
        effects=effects(),
    )


@cache
def effects() -> frozenset[str]:
    """Return the names under which capabilities register effects.

    Read from the text of the modules: the checker does not wait for Django and a database.
    """
    return frozenset(
        name
        for file in Path(huiyin.__file__).parent.glob("*/*.py")
        for name in _EFFECT.findall(file.read_text(encoding="utf-8"))
    )
