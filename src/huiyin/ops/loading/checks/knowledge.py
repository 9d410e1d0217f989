"""Checks of the knowledge base: what is said twice, what may name a person, what it refers to."""

from huiyin.knowledge.models import Kind
from huiyin.knowledge.personal import findings
from huiyin.ops.loading.checks.context import Context, check_days
from huiyin.ops.loading.checks.units import check_open
from huiyin.ops.loading.rows import Row

PUBLIC = ("title_zh", "text_zh", "title_en", "text_en", "source")


def check_knowledge(context: Context) -> None:
    """Report entries said twice, of unknown units, classes and places, and personal words.

    What is only likely to name somebody is refused too where the file says it was checked: then
    nobody would look at it any more.
    """
    table = context.table("knowledge")
    if table is None:
        return
    said: dict[str, Row] = {}
    for row in table:
        unit = context.units.resolve(row, "unit_code", "unknown_unit")
        if unit is not None and row.is_sound("unit_code"):
            check_open(row, "unit_code", unit, context.today)
        context.categories.resolve(row, "category_code", "unknown_category")
        context.places.resolve(row, "place_code", "unknown_place")
        check_days(row)
        _check_words(row)
        code = row["code"]
        if not code or not row.is_sound("code"):
            continue
        if code in said:
            row.fault("code", "duplicate", row=said[code].number, file=table.file)
            continue
        said[code] = row
        known = context.known.knowledge.get(code)
        if known is not None and known.kind != (row["kind"] or Kind.GUIDE):
            row.fault("code", "kind_changed")


def _check_words(row: Row) -> None:
    if row["kind"] == Kind.SCRIPT:
        return
    for column in PUBLIC:
        found = findings(row[column] or "")
        if not row["is_checked"]:
            found = [one for one in found if one.is_certain]
        if found:
            row.fault(column, "personal_words", words=" ".join(one.words for one in found))
