"""Checks of categories and limits: the tree of codes, what the law fixes, values that differ."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from huiyin.categories.models import TermValue
from huiyin.ops.loading.checks.context import CategoryEntry, Context
from huiyin.ops.loading.references import Fit, Index
from huiyin.ops.loading.rows import Parsed, Row

# What several rows about one limit say alike.
TERM_TEXTS = (
    *("title_zh", "title_en", "starts_zh", "starts_en", "extension_zh", "extension_en"),
    *("at_expiry_zh", "at_expiry_en", "locked"),
)
_SCOPE = ("category_code", "level", "place_code")


def index_categories(context: Context) -> None:
    """Make the index of categories; report duplicate codes."""
    known = context.known.categories
    database = {code: CategoryEntry(code, category=found) for code, found in known.items()}
    table = context.table("categories")
    if table is None:
        context.categories = Index({}, database, _fits)
        return
    context.categories = Index({}, database, _fits, is_complete=table.is_complete)
    by_code: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        by_code[row["code"]].append(row)
    for code, rows in by_code.items():
        _check_repeats(code, rows)
    context.categories.add_rows(table, lambda row: CategoryEntry(row["code"], row=row))


def _check_repeats(code: str | None, rows: Sequence[Row]) -> None:
    """Of rows with one code, those whose parent says another are the ones that are wrong."""
    right = [row for row in rows if code and (row["parent_code"] or "") == code[:-2]]
    for row in rows if right else ():
        if row not in right:
            row.fault("code", "duplicate", row=right[0].number, file=row.table.file)


def _fits(row: Row, code: str, references: Sequence[Row]) -> Fit:
    """Say whether a code could be that of a category, by its parent."""
    parent = row["parent_code"] or ""
    if not row.is_sound("parent_code"):
        return Fit.POSSIBLE
    is_below = code.startswith(parent) and len(code) == len(parent) + 2
    return Fit.LIKELY if is_below else Fit.NO


def check_categories(context: Context) -> None:
    """Report categories that do not hang together."""
    table = context.table("categories")
    if table is None:
        return
    for row in table:
        code, parent = row["code"], row["parent_code"] or ""
        if code is None or not row.is_sound("code", "parent_code"):
            continue
        if not table.has("parent_code"):
            continue
        if parent != code[:-2]:
            row.fault("parent_code", "category_parent", parent=code[:-2] or "—")
        elif parent:
            context.categories.resolve(row, "parent_code", "category_orphan")


def check_terms(context: Context) -> None:
    """Report limits that say two things at once, and values the law does not leave open."""
    table = context.table("terms")
    if table is None:
        return
    first = _check_alike(table)
    seen: dict[tuple[Any, ...], Row] = {}
    stored = {_key_of(value, context): value for value in context.known.term_values}
    for row in table:
        context.categories.resolve(row, "category_code", "unknown_category")
        context.places.resolve(row, "place_code", "unknown_place")
        key = row["key"]
        if key not in first or not row.is_sound("key"):
            continue
        _check_locked(row, first[key], context)
        whole = scope_of(row)
        if row.is_sound("key", *_SCOPE, "in_force_from"):
            other = seen.setdefault(whole, row)
            if other is not row:
                row.fault(
                    "key",
                    "duplicate_row",
                    row=other.number,
                    file=table.file,
                    columns="key, category_code, level, place_code, in_force_from",
                )
                continue
        _check_value(row, stored.get(whole), context)


def scope_of(row: Row) -> tuple[Any, ...]:
    """Return which value a row is about: limit, category, level, place and first day."""
    return (
        row["key"],
        row["category_code"] or "",
        row["level"] or 0,
        row["place_code"] or "",
        row["in_force_from"],
    )


def _key_of(value: TermValue, context: Context) -> tuple[Any, ...]:
    codes = {category.id: code for code, category in context.known.categories.items()}
    return (
        value.term_id,
        codes.get(value.category_id, "") if value.category_id else "",
        value.level or 0,
        value.place_code,
        value.valid_from,
    )


def _check_alike(table: Parsed) -> dict[str, Row]:
    """Report rows that say something else about a limit than most of its rows.

    Returns a row to go by for each limit. A row that differs in several texts has the wrong key.
    """
    by_key: dict[str, list[Row]] = defaultdict(list)
    for row in table:
        if row["key"] is not None and row.is_sound("key"):
            by_key[row["key"]].append(row)
    first: dict[str, Row] = {}
    for key, rows in by_key.items():
        said = Counter(_texts(row) for row in rows)
        usual = max(said, key=lambda texts: said[texts])
        first[key] = leader = next(row for row in rows if _texts(row) == usual)
        for row in rows:
            odd = [
                column
                for column in TERM_TEXTS
                if row.is_sound(column)
                and leader.is_sound(column)
                and None not in (row[column], leader[column])
                and row[column] != leader[column]
            ]
            where = {"row": leader.number, "file": table.file}
            if len(odd) > 1:
                row.fault("key", "term_of_other_key", **where)
            for column in odd if len(odd) == 1 else ():
                value = leader.raw(column)
                row.fault(column, "term_text_differs", value=value, **where)
    return first


def _texts(row: Row) -> tuple[Any, ...]:
    return tuple(row[column] for column in TERM_TEXTS)


def _check_locked(row: Row, first: Row, context: Context) -> None:
    known = context.known.terms.get(row["key"])
    if known is not None and known.locked and row["locked"] is False:
        row.fault("locked", "term_unlocked")
        return
    if not first["locked"] or not (first.is_sound("locked") and row.is_sound("locked")):
        return
    for column in _SCOPE:
        if row[column] is not None:
            row.fault(column, "term_locked_scope")


def _check_value(row: Row, stored: TermValue | None, context: Context) -> None:
    """What the law fixed from a day on stays what it was from that day on."""
    if stored is None or row["amount"] is None or row["unit"] is None:
        return
    known = context.known.terms.get(row["key"])
    is_locked = known is not None and known.locked
    if is_locked and (row["amount"], row["unit"]) != (stored.amount, stored.unit):
        column = "amount" if row["amount"] != stored.amount else "unit"
        row.fault(column, "term_locked_value", value=f"{stored.amount} {stored.unit}")
