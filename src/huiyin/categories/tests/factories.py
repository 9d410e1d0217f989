"""Categories and limits with fixed values."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django.utils import timezone

from huiyin.categories.models import Category, Term, TermUnit, TermValue
from huiyin.categories.tests.data_files import CATEGORIES


def a_category(code: str = "01", **fields: Any) -> Category:
    parent = Category.objects.filter(code=code[:-2]).first()
    given = {"name_zh": f"类{code}", "name_en": f"Class {code}", "parent": parent} | fields
    return Category.objects.create(code=code, **given)


def a_term(key: str = "grid.verify", *, locked: bool = False) -> Term:
    return Term.objects.create(key=key, title_zh="核查", title_en="Verify", locked=locked)


def a_value(term: Term, amount: int, unit: str = TermUnit.WORKING_DAY, **fields: Any) -> TermValue:
    return TermValue.objects.create(term=term, amount=amount, unit=unit, **fields)


def the_built_in_tree() -> None:
    """Load the categories the project ships."""
    made: dict[str, Category] = {}
    for row in CATEGORIES:
        fields = {name: value for name, value in row.items() if name != "parent_code"}
        made[row["code"]] = Category.objects.create(parent=made.get(row["parent_code"]), **fields)


class Recorder:
    """Whoever records; an account that only the history sees."""

    account_id = UUID("018f0000-0000-7000-8000-000000000001")


def noon(day: date) -> datetime:
    """Noon in the city."""
    return timezone.make_aware(datetime.combine(day, time(12)))


BY = Recorder()
MON, TUE, WED = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
