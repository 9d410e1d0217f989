"""Conditions "is one of what is found" that say how PostgreSQL goes about it.

`IN (SELECT …)` leaves it to the planner, which can only guess how much is found: it may read a
whole table for five rows, or read everything that is found and sort it for one page.
"""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, QuerySet
from django.db.models.expressions import RawSQL


class AnyOf(Func):
    """Whether a column holds one of a few values: they are found first, and looked up one by one.

    `found`: rows of one column, or a statement that gives an array.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY ("
    output_field = BooleanField()

    def __init__(self, column: str, found: QuerySet[Any, Any] | RawSQL) -> None:
        array = found if isinstance(found, RawSQL) else ArraySubquery(found)
        super().__init__(F(column), array)


class AmongMany(Func):
    """Whether a column holds one of many values: asked row by row while a list is walked."""

    template = "(%(expressions)s) IS TRUE"
    arg_joiner = " IN "
    output_field = BooleanField()

    def __init__(self, column: str, found: RawSQL) -> None:
        super().__init__(F(column), found)
