"""Adding, renaming and retiring classes of matter. History is written by the database (ADR 3)."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from huiyin.categories.models import Category, Urgency
from huiyin.categories.refusals import (
    CategoryCodeInUse,
    CategoryCodeNotBelowParent,
    CategoryHasChildren,
    CategoryParentRetired,
)
from huiyin.categories.tree import forget
from huiyin.ui.acts import By, recording

DESCRIBED: Final[Mapping[str, Callable[[str], Any]]] = {
    "owner_kind": str.strip,
    "urgency": Urgency,
    "redirect": str.strip,
    "guidance_zh": str.strip,
    "guidance_en": str.strip,
    "phrase_1": str.strip,
    "phrase_2": str.strip,
}


def add_category(
    *,
    code: str,
    parent: Category | None,
    name_zh: str,
    name_en: str,
    by: By,
    at: datetime,
    owner_kind: str = "",
    urgency: Urgency = Urgency.NORMAL,
) -> Category:
    """Add a class below a parent; its code is the parent's and two digits.

    Raises CategoryCodeInUse, CategoryCodeNotBelowParent.
    """
    above = parent.code if parent else ""
    if not (code.isdigit() and code.startswith(above) and len(code) == len(above) + 2):
        raise CategoryCodeNotBelowParent(code=code, parent=above)
    with transaction.atomic(), recording("categories.add", by=by, at=at):
        holder = Category.objects.filter(code=code).first()
        if holder is not None:
            raise CategoryCodeInUse(code=code, name=holder.name_zh)
        made = Category.objects.create(
            code=code,
            parent=parent,
            name_zh=name_zh,
            name_en=name_en,
            owner_kind=owner_kind,
            urgency=urgency,
        )
        transaction.on_commit(forget)
    return made


def rename_category(
    *, category: Category, name_zh: str, name_en: str, by: By, at: datetime
) -> Category:
    """Give a class other names; its code, and every matter filed under it, stay."""
    with transaction.atomic(), recording("categories.rename", by=by, at=at):
        held = Category.objects.select_for_update().get(pk=category.pk)
        held.name_zh, held.name_en = name_zh, name_en
        held.save(update_fields=["name_zh", "name_en"])
        transaction.on_commit(forget)
    return held


def describe_category(
    *, category: Category, fields: Mapping[str, str], by: By, at: datetime
) -> Category:
    """Change what people are told of a class and who usually owns it; its names are `rename`'s.

    `fields`: some of DESCRIBED. Raises KeyError for another field.
    """
    given = {name: DESCRIBED[name](value) for name, value in fields.items()}
    with transaction.atomic(), recording("categories.describe", by=by, at=at):
        held = Category.objects.select_for_update().get(pk=category.pk)
        for name, value in given.items():
            setattr(held, name, value)
        held.save(update_fields=list(given))
        transaction.on_commit(forget)
    return held


def reinstate_category(*, category: Category, by: By, at: datetime) -> Category:
    """Take a retired class into use again, below a parent that is in use. Raises ParentRetired."""
    with transaction.atomic(), recording("categories.reinstate", by=by, at=at):
        held = Category.objects.select_for_update(of=("self",)).get(pk=category.pk)
        if held.parent is not None and not held.parent.active:
            raise CategoryParentRetired(name=held.parent.name_zh)
        held.active = True
        held.save(update_fields=["active"])
        transaction.on_commit(forget)
    return held


def retire_category(*, category: Category, by: By, at: datetime) -> Category:
    """Take a class out of use: nothing new can be filed under it. Raises CategoryHasChildren."""
    with transaction.atomic(), recording("categories.retire", by=by, at=at):
        held = Category.objects.select_for_update().get(pk=category.pk)
        below = held.children.filter(active=True).count()
        if below:
            raise CategoryHasChildren(name=held.name_zh, count=below)
        held.active = False
        held.save(update_fields=["active"])
        transaction.on_commit(forget)
    return held
