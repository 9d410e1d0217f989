"""Counts that end at a thousand: a list of a large city is not read whole to say how long it is."""

from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from huiyin.matters.inbox import MOST_COUNTED


def capped(count: int) -> str:
    """Say how many there are; what is not counted to its end says so."""
    return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)


def counted(lists: Iterable[QuerySet[Any]]) -> list[int]:
    """Return how many rows each list has, up to `MOST_COUNTED`. One query."""
    parts: list[str] = []
    values: list[Any] = []
    for rows in lists:
        text, known = rows.order_by().values("pk")[:MOST_COUNTED].query.sql_with_params()
        parts.append(f"(SELECT count(*) FROM ({text}) AS one)")  # noqa: S608 written by the ORM
        values += known
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())
