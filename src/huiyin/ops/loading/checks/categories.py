"""Checks of categories and limits: the tree of codes, what the law fixes, values that differ."""

from typing import Any

from huiyin.categories.models import TermValue
from huiyin.ops.loading.checks.context import CategoryEntry, Context
from huiyin.ops.loading.references import Index, Lost, duplicates
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
        context.categories = Index({}, database)
        return
    entries: dict[str, CategoryEntry] = {}
    context.categories = Index(entries, database, is_complete=table.is_complete)
    for row, before in duplicates(table, "code"):
        row.fault("code", "duplicate", row=before.number, file=table.file)
        if row["name_zh"] != before["name_zh"]:
            context.categories.lost.append(Lost(row, _Fits(row), is_duplicate=True))
    for row in [*table, *table.spoiled]:
        if not row.is_sound("code"):
            context.categories.lost.append(Lost(row, _Fits(row)))
        if row["code"] is not None:
            entries.setdefault(row["code"], CategoryEntry(row["code"], row=row))


class _Fits:
    """Whether a code could be that of a category whose own cell is unreadable."""

    def __init__(self, row: Row) -> None:
        self.row = row

    def __call__(self, code: str, references: object) -> bool:
        if self.row.raw("code"):
            return True
        parent = self.row["parent_code"] or ""
        return code.startswith(parent) and len(code) == len(parent) + 2


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
    first: dict[str, Row] = {}
    seen: dict[tuple[Any, ...], Row] = {}
    stored = {_key_of(value, context): value for value in context.known.term_values}
    for row in table:
        context.categories.resolve(row, "category_code", "unknown_category")
        context.places.resolve(row, "place_code", "unknown_place")
        key = row["key"]
        if key is None or not row.is_sound("key"):
            continue
        before = first.setdefault(key, row)
        if before is not row:
            _check_alike(row, before, table)
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


def _check_alike(row: Row, before: Row, table: Parsed) -> None:
    for column in TERM_TEXTS:
        said, said_before = row[column], before[column]
        if said is None or said_before is None or not before.is_sound(column):
            continue
        if said != said_before:
            shown = before.raw(column)
            row.fault(column, "term_text_differs", row=before.number, file=table.file, value=shown)


def _check_locked(row: Row, first: Row, context: Context) -> None:
    known = context.known.terms.get(row["key"])
    if known is not None and known.locked and row["locked"] is False:
        row.fault("locked", "term_unlocked")
        return
    if not first["locked"]:
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
