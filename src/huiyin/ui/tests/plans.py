"""How PostgreSQL really went about what was asked: plans with rows, also inside of functions.

The test database loads `auto_explain`, which sends every plan to the session that asked. What a
list costs is not how long it took on this machine but what it read and what it put in order.
"""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection

_SETTINGS = {
    "min_duration": "0", "analyze": "on", "timing": "off", "nested_statements": "on",
    "format": "json", "level": "notice",
}  # fmt: skip


@contextmanager
def plans() -> Iterator[list[dict[str, Any]]]:
    """Collect the plans of all statements of this connection, the innermost first."""
    found: list[dict[str, Any]] = []

    def told(notice: Any) -> None:
        _, brace, rest = (notice.message_primary or "").partition("{")
        if brace:
            found.append(json.loads(brace + rest))

    connection.ensure_connection()
    raw = connection.connection
    raw.add_notice_handler(told)
    with connection.cursor() as cursor:
        for name, value in _SETTINGS.items():
            cursor.execute(f"SET auto_explain.log_{name} = {value}")
    found.clear()
    try:
        yield found
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET auto_explain.log_min_duration = -1")
        raw.remove_notice_handler(told)


def faults(
    found: Sequence[dict[str, Any]], *, most: int, scanned: int = 0, read: int | None = None
) -> list[str]:
    """Return where plans read a table from end to end or put more than `most` rows in order.

    `scanned`: so many rows may be read one after the other, of a table that is small in every city
    or until so many are found. `read`: a statement may read so many rows of all its tables, by
    indexes too: a list that walks far for what it seeks is found by it.
    """
    wrong = {fault for one in found for fault in _of(one["Plan"], most, scanned)}
    if read is not None:
        for one in found:
            rows = rows_read(one["Plan"])
            if rows > read:
                words = " ".join(one["Query Text"].split())
                wrong.add(f"reads {rows:.0f} rows for {words[:60]} … {words[-160:]}")
    return sorted(wrong)


def rows_read(node: dict[str, Any]) -> float:
    """Return how many rows of tables a plan reads, whatever becomes of them."""
    inner = sum(rows_read(one) for one in node.get("Plans", ()))
    if "Relation Name" not in node:
        return inner
    removed = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return float(inner + (node["Actual Rows"] + removed) * node["Actual Loops"])


def _of(node: dict[str, Any], most: int, scanned: int) -> Iterator[str]:
    kind, inner = node["Node Type"], node.get("Plans", ())
    if kind == "Seq Scan":
        rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        if rows * node["Actual Loops"] > scanned:
            yield f"reads {rows:.0f} rows of {node['Relation Name']} one after the other"
    if kind in ("Sort", "Incremental Sort"):
        rows = sum(one["Actual Rows"] * one["Actual Loops"] for one in inner) / _groups(node)
        if rows > most:
            yield f"puts {rows:.0f} rows in order by {', '.join(node['Sort Key'])}"
    for one in inner:
        yield from _of(one, most, scanned)


def _groups(node: dict[str, Any]) -> int:
    """Return in how many parts rows are put in order: one, unless they come half in order."""
    groups = sum(
        node.get(name, {}).get("Group Count", 0)
        for name in ("Full-sort Groups", "Pre-sorted Groups")
    )
    return max(groups, 1)
