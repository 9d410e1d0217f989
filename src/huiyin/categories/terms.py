"""Limits: which value holds for a category, a level and a place, and how a city changes one."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin.categories.models import Category, Term, TermUnit, TermValue
from huiyin.categories.refusals import (
    TermAlreadyPlanned,
    TermAmountOutOfRange,
    TermInPast,
    TermLocked,
    TermLooserThanLaw,
    TermUnknown,
)
from huiyin.ui.acts import By, recording
from huiyin.worktime import Limit, LimitUnit, never_longer

PlaceCodes = Sequence[str] | QuerySet[Any, str]
BOUNDS = Path(__file__).parent / "data" / "bounds.yaml"
MOST = 3_650  # ten years in days: anything longer is a slip of the finger


def values_on(on: date) -> Q:
    """Return the condition for values in force on a local date."""
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gt=on))


def term_values(
    keys: Iterable[str],
    *,
    on: date,
    category: Category | None = None,
    level: int | None = None,
    place_codes: PlaceCodes = (),
) -> dict[str, TermValue]:
    """Return the values of several limits in one query, each as `term_value` would.

    `place_codes`: from the place upwards; a query for them is asked only where some place has a
    value of its own. Limits without a value that day are missing.
    """
    found: dict[str, list[TermValue]] = {}
    rows = list(_candidates(keys, on=on, category=category, level=level, place_codes=place_codes))
    for row in rows:
        found.setdefault(row.term_id, []).append(row)
    is_local = any(row.place_code for row in rows)
    nearest = _nearness(category, list(place_codes) if is_local else ())
    return {key: min(values, key=nearest) for key, values in found.items()}


def term_value(
    key: str,
    *,
    on: date,
    category: Category | None = None,
    level: int | None = None,
    place_codes: Sequence[str] = (),
) -> TermValue:
    """Return the value of a limit in force on a local date.

    The most specific one wins, in this order: the nearest place (`place_codes` from the place
    itself upwards), the nearest category (its code, then its ancestors'), the level, the
    general one.
    Raises TermUnknown when the limit has no value that day.
    """
    rows = list(_candidates((key,), on=on, category=category, level=level, place_codes=place_codes))
    if not rows:
        raise TermUnknown(key=key)
    return min(rows, key=_nearness(category, place_codes))


def _candidates(
    keys: Iterable[str],
    *,
    on: date,
    category: Category | None,
    level: int | None,
    place_codes: PlaceCodes,
) -> QuerySet[TermValue]:
    local = Q(place_code__in=place_codes) if _may_have(place_codes) else Q()
    return TermValue.objects.filter(
        Q(category=None) | Q(category__code__in=codes_upwards(category)),
        Q(level=None) | Q(level=level),
        values_on(on),
        Q(place_code="") | local if local else Q(place_code=""),
        term__in=keys,
    ).select_related("term", "category")


def _may_have(place_codes: PlaceCodes) -> bool:
    """Tell whether there is anything to look for, without asking the database."""
    return not isinstance(place_codes, Sequence) or bool(place_codes)


def _nearness(
    category: Category | None, place_codes: Sequence[str]
) -> Callable[[TermValue], tuple[int, int, bool]]:
    """Return how far a value is from the most specific one, to be compared."""
    chain = codes_upwards(category)

    def distance(value: TermValue) -> tuple[int, int, bool]:
        place = list(place_codes).index(value.place_code) if value.place_code else len(place_codes)
        nearest = chain.index(value.category.code) if value.category else len(chain)
        return place, nearest, value.level is None

    return distance


def set_term_value(
    *,
    key: str,
    amount: int,
    unit: TermUnit,
    starts_on: date,
    by: By,
    at: datetime,
    category: Category | None = None,
    level: int | None = None,
    place_code: str = "",
    source: str = "",
) -> TermValue:
    """Set a limit the law leaves open, from a local date on; the old value ends that day.

    Clocks already running keep the value they were started with. Writes one value, and who changed
    the old one into the history.
    Raises TermUnknown, TermLocked, TermInPast, TermAlreadyPlanned, TermAmountOutOfRange,
    TermLooserThanLaw.
    """
    today = timezone.localdate(at)
    with transaction.atomic(), recording("categories.set_term_value", by=by, at=at):
        term = Term.objects.select_for_update().filter(pk=key).first()
        if term is None:
            raise TermUnknown(key=key)
        if term.locked:
            fixed = term.values.exclude(law_zh="").first()
            raise TermLocked(
                title=term.title_zh,
                law=fixed.law_zh if fixed else "",
                article=fixed.article if fixed else "",
            )
        if not 1 <= amount <= MOST:
            raise TermAmountOutOfRange(most=MOST)
        _refuse_looser(term, Limit(amount, LimitUnit(unit)))
        if starts_on < today:
            raise TermInPast(starts_on=starts_on, today=today)
        same = TermValue.objects.filter(
            term=term, category=category, level=level, place_code=place_code
        )
        planned = same.filter(valid_from__gt=starts_on).order_by("valid_from").first()
        if planned is not None and planned.valid_from is not None:
            raise TermAlreadyPlanned(starts_on=planned.valid_from)
        running = same.filter(values_on(starts_on)).first()
        if running is not None and running.valid_from == starts_on:
            running.amount, running.unit, running.source = amount, unit, source
            running.save(update_fields=["amount", "unit", "source"])
            return running
        if running is not None:
            running.valid_to = starts_on
            running.save(update_fields=["valid_to"])
        return TermValue.objects.create(
            term=term,
            amount=amount,
            unit=unit,
            category=category,
            level=level,
            place_code=place_code,
            source=source,
            valid_from=starts_on,
        )


@cache
def bounds() -> dict[str, str]:
    """Return which limit, fixed by law, bounds which limit of the city: data/bounds.yaml."""
    found: dict[str, str] = yaml.safe_load(BOUNDS.read_text(encoding="utf-8"))
    return found


def law_bound(term: Term) -> TermValue | None:
    """Return the value of a law that a city may not exceed; None where no law says anything.

    It stays the bound after the city has set a shorter one. One query.
    """
    fixed = TermValue.objects.filter(term=bounds().get(term.key, term.key)).exclude(law_zh="")
    return fixed.select_related("term").order_by("-valid_from").first()


def _refuse_looser(term: Term, wanted: Limit) -> None:
    bound = law_bound(term)
    if bound is None or never_longer(wanted, Limit(bound.amount, LimitUnit(bound.unit))):
        return
    raise TermLooserThanLaw(
        title=term.title_zh,
        amount=bound.amount,
        unit=TermUnit(bound.unit),
        law=f"《{bound.law_zh}》" + (f"第 {bound.article} 条" if bound.article else ""),
    )


def codes_upwards(category: Category | None) -> list[str]:
    """Return the codes of a category and of all above it, its own first."""
    if category is None:
        return []
    return [category.code[:end] for end in range(len(category.code), 0, -2)]
