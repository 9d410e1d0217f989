"""Writing categories and limits."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.categories import tree
from huiyin.categories.models import Category, Term, TermValue, Urgency
from huiyin.ops.loading.apply.session import Counts, Session, differs
from huiyin.ops.loading.checks.categories import TERM_TEXTS
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.ops.loading.writing import update
from huiyin.ui.identifiers import new_id

_CATEGORY_TEXTS = (
    *("name_zh", "name_en", "owner_kind", "redirect", "guidance_zh", "guidance_en"),
    *("phrase_1", "phrase_2"),
)
_VALUE_TEXTS = ("law_zh", "law_en", "article", "source")

_Scope = tuple[str, UUID | None, int | None, str]


def apply_categories(session: Session) -> Counts:
    """Write categories that are new or differ; a retired one stays retired."""
    known = session.context.known.categories
    session.category_ids.update({code: category.id for code, category in known.items()})
    table = session.context.table("categories")
    counts = Counts()
    if table is None:
        return counts
    ids = session.category_ids
    ids.update({row["code"]: new_id() for row in table if row["code"] not in ids})
    new, changed = [], []
    for row in sorted(table, key=lambda row: len(row["code"])):
        values: dict[str, Any] = {
            name: row[name] or "" for name in _CATEGORY_TEXTS if table.has(name)
        }
        if table.has("urgency"):
            values["urgency"] = row["urgency"] or Urgency.NORMAL
        values["parent_id"] = ids.get(row["code"][:-2])
        category = known.get(row["code"])
        if category is None:
            new.append(Category(id=ids[row["code"]], code=row["code"], **values))
        elif differs(category, values):
            changed.append(category)
        else:
            counts.unchanged += 1
    update(changed, (*_CATEGORY_TEXTS, "urgency", "parent_id"))
    Category.objects.bulk_create(new, batch_size=1000)
    counts.created, counts.changed = len(new), len(changed)
    transaction.on_commit(tree.forget)
    return counts


def apply_terms(session: Session) -> Counts:
    """Write limits and their values. A value from a later day on ends the one before it."""
    table = session.context.table("terms")
    counts = Counts()
    if table is None:
        return counts
    changed_keys = _write_terms(session, table)
    stored: dict[_Scope, list[TermValue]] = defaultdict(list)
    for value in session.context.known.term_values:
        stored[_scope_of(value)].append(value)
    new: list[TermValue] = []
    changed: dict[UUID, TermValue] = {}
    touched: set[_Scope] = set()
    for row in table:
        scope = _scope(row, session)
        values = _values(row, table)
        same = next((v for v in stored[scope] if v.valid_from == row["in_force_from"]), None)
        if same is None:
            made = _value(scope, row["in_force_from"], values)
            new.append(made)
            stored[scope].append(made)
            touched.add(scope)
            counts.created += 1
        elif differs(same, values):
            changed[same.id] = same
            counts.changed += 1
        elif row["key"] in changed_keys:
            counts.changed += 1
        else:
            counts.unchanged += 1
    made_now = {value.id for value in new}
    for scope in touched:
        for value in _chained(stored[scope]):
            if value.id not in made_now:
                changed[value.id] = value
    update(
        list(changed.values()),
        ("amount", "unit", *_VALUE_TEXTS, "unverified", "valid_to"),
    )
    TermValue.objects.bulk_create(new, batch_size=1000)
    return counts


def _write_terms(session: Session, table: Parsed) -> set[str]:
    """Write the limits themselves; return the keys of those that changed."""
    known = session.context.known.terms
    said: dict[str, dict[str, Any]] = {}
    for row in table:
        texts = said.setdefault(row["key"], {})
        for name in TERM_TEXTS:
            if table.has(name) and not texts.get(name):
                texts[name] = row[name]
    new, changed = [], []
    for key, texts in said.items():
        values = {name: text or "" for name, text in texts.items() if name != "locked"}
        values["locked"] = bool(texts.get("locked"))
        term = known.get(key)
        if term is None:
            new.append(Term(key=key, **values))
        elif differs(term, values):
            changed.append(term)
    update(changed, TERM_TEXTS)
    Term.objects.bulk_create(new, batch_size=1000)
    return {term.key for term in changed}


def _scope(row: Row, session: Session) -> _Scope:
    category = session.category_ids[row["category_code"]] if row["category_code"] else None
    level = int(row["level"]) if row["level"] else None
    return row["key"], category, level, row["place_code"] or ""


def _scope_of(value: TermValue) -> _Scope:
    return value.term_id, value.category_id, value.level, value.place_code


def _values(row: Row, table: Parsed) -> dict[str, Any]:
    values: dict[str, Any] = {"amount": row["amount"], "unit": row["unit"]}
    values |= {name: row[name] or "" for name in _VALUE_TEXTS if table.has(name)}
    if table.has("unverified"):
        values["unverified"] = bool(row["unverified"])
    return values


def _value(scope: _Scope, since: date | None, values: dict[str, Any]) -> TermValue:
    key, category_id, level, place_code = scope
    return TermValue(
        term_id=key,
        category_id=category_id,
        level=level,
        place_code=place_code,
        valid_from=since,
        **values,
    )


def _chained(values: Sequence[TermValue]) -> list[TermValue]:
    """Let each value end where the next begins; return those whose end changed."""
    ordered = sorted(values, key=lambda value: value.valid_from or date.min)
    changed = []
    for at, value in enumerate(ordered[:-1]):
        following = ordered[at + 1].valid_from
        if value.valid_to != following:
            value.valid_to = following
            changed.append(value)
    return changed
