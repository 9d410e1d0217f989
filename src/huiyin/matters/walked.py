"""Asking the database for the first rows of a walk along an index: it is never sorted instead.

The function `matters_walked` (migration `lists_are_walked`) carries out statements; the ORM writes
them here. `walking` makes lists of runs of them.
"""

from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from django.db import connection
from django.db.models import IntegerField, Q, QuerySet, Subquery, Value
from django.db.models.expressions import RawSQL
from django.db.models.lookups import IsNull

from huiyin.matters.models import Matter

WALKED: Final = "matters_walked(%s::text[], %s::integer[], %s, %s, %s)"


def text_of(rows: QuerySet[Any]) -> str:
    """Return a query as SQL with its values in it."""
    return cast("str", connection.ops.compose_sql(*rows.query.sql_with_params()))  # type: ignore[attr-defined]  # PostgreSQL's


def one_by_one(found: QuerySet[Any]) -> Q:
    """Return the condition that something is found for a row, looked up where the row is read.

    As EXISTS the planner might turn it round, and read all that could be found first.
    """
    return Q(IsNull(Subquery(found.values("pk")[:1]), False))


def matters(
    walk: QuerySet[Matter], *, after: tuple[datetime, UUID] | None, most: int
) -> RawSQL:  # fmt: skip
    """Return the first of some matters, the latest first: their ids, for `pk__in`.

    `walk`: an index holds it by when the matter came in.
    """
    if after is not None:
        at, last = after
        behind_it = Q(opened_at__lt=at) | Q(pk__lt=last)
        walk = walk.filter(behind_it, opened_at__lte=at)
    rows = walk.order_by("-opened_at", "-pk").annotate(with_rank=Value(0, IntegerField()))
    text = text_of(rows.values_list("pk", "with_rank", "opened_at")[:most])
    return RawSQL(f"SELECT run_id FROM {WALKED} AS found", [[text], [0], most, "", 0])  # noqa: S608, S611 fixed texts
