"""Checks of the catalogue of services and of the times at which units come."""

from collections import defaultdict
from typing import Any

from huiyin.ops.loading.checks.context import Context, check_days
from huiyin.ops.loading.checks.units import check_open
from huiyin.ops.loading.rows import Row

MINUTES = 60  # of a visit, where nothing is said


def columns_of(row: Row) -> dict[str, Any]:
    """Return what a row says of a version, but for category and days."""
    return {
        "title_zh": row["title_zh"],
        "title_en": row["title_en"],
        "mode": row["mode"],
        "promise_days": row["promise_days"],
        "slot_minutes": row["slot_minutes"] or MINUTES,
        "unit_kinds": [row["unit_kind"]] if row["unit_kind"] else [],
        "for_whom": row["for_whom"] or "",
        "documents": row["documents"] or "",
    }


def check_services(context: Context) -> None:
    """Report services said twice, unknown categories, and changes that begin too early."""
    table = context.table("services")
    if table is None:
        return
    said: dict[str, Row] = {}
    for row in table:
        context.categories.resolve(row, "category_code", "unknown_category")
        check_days(row)
        code = row["code"]
        if not code or not row.is_sound("code"):
            continue
        if code in said:
            row.fault("code", "duplicate", row=said[code].number, file=table.file)
            continue
        said[code] = row
        _check_version(row, context)


def _check_version(row: Row, context: Context) -> None:
    last = context.known.services.get(row["code"])
    if last is None:
        return
    category = context.categories.get(row["category_code"])
    known = last.category.code if last.category else None
    is_same = (category.code if category else None) == known and all(
        getattr(last, name) == value for name, value in columns_of(row).items()
    )
    since = row["valid_from"] or context.today
    if not is_same and since <= last.valid_from:
        row.fault("valid_from", "version_too_early", since=last.valid_from)


def check_slots(context: Context) -> None:
    """Report times of something unknown, and those that are too short or overlap."""
    table = context.table("slots")
    if table is None:
        return
    minutes = _minutes(context)
    said: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in table:
        unit = context.units.resolve(row, "unit_code", "unknown_unit")
        if unit is not None and row.is_sound("unit_code"):
            check_open(row, "unit_code", unit, context.today)
        check_days(row)
        service = row["service_code"]
        if service and row.is_sound("service_code") and service not in minutes:
            row.fault("service_code", "unknown_service")
        starts, ends = row["starts"], row["ends"]
        if starts is None or ends is None or not row.is_sound("starts", "ends"):
            continue
        length = (ends.hour - starts.hour) * 60 + ends.minute - starts.minute
        if length <= 0:
            row.fault("ends", "times_reversed")
        elif length < minutes.get(service, 0):
            row.fault("ends", "times_too_short", minutes=minutes[service])
        _check_overlap(row, said, table.file)


def _check_overlap(row: Row, said: dict[tuple[Any, ...], list[Row]], file: str) -> None:
    key = (row["unit_code"], row["service_code"], row["weekday"])
    if None in key or not row.is_sound("unit_code", "service_code", "weekday"):
        return
    for other in said[key]:
        if row["starts"] < other["ends"] and other["starts"] < row["ends"]:
            row.fault("starts", "times_overlap", row=other.number, file=file)
            return
    said[key].append(row)


def _minutes(context: Context) -> dict[str, int]:
    """Return how long a visit takes, by service, of the file before the database."""
    found = {code: last.slot_minutes for code, last in context.known.services.items()}
    table = context.table("services")
    for row in table or ():
        if row["code"]:
            found[row["code"]] = row["slot_minutes"] or MINUTES
    return found
