"""Clocks that run or rest under a limit: what a change of the limit leaves as it is.

A clock keeps the limit it was started with (architecture §3); these say how many do.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from huiyin.procedures import library
from huiyin.procedures.language import Words

_SCOPED: Final = {
    "category": " AND category.code LIKE %(category)s || '%%'",
    "place": (
        " AND %(place)s IN (SELECT place.code FROM places_place AS place WHERE place.id IN"
        " (matter.place_id, matter.grid_id, matter.village_id, matter.town_id, matter.county_id,"
        " matter.overlay_id, matter.city_id))"
    ),
}


@dataclass(frozen=True, slots=True)
class OpenClocks:
    """The open clocks of one procedure under a limit, by the length they were started with.

    `length`: as written, "5 working days". `last_on`: the last day on which one of them ends.
    """

    title: Words
    length: str
    count: int
    last_on: date


def open_clocks(term: str, *, category_code: str = "", place_code: str = "") -> list[OpenClocks]:
    """Return the open clocks under a limit, most first; only of a kind or a place when named.

    One query over the open clocks of the procedures that name the limit, and over no others.
    """
    names = sorted(procedures_with(term))
    if not names:
        return []
    joins = " JOIN categories_category AS category ON category.id = matter.category_id"
    query = f"""
        SELECT run.procedure, run.memory -> 'clocks' -> clock.name ->> 'limit',
               count(*), max(clock.due_on)
        FROM matters_runclock AS clock
        JOIN matters_run AS run ON run.id = clock.run_id
        JOIN matters_matter AS matter ON matter.id = run.matter_id
        {joins if category_code else ""}
        WHERE run.procedure = ANY(%(procedures)s) AND NOT run.is_over
          AND clock.status IN ('running', 'paused')
          AND run.memory -> 'clocks' -> clock.name ->> 'term' = %(term)s
          {_SCOPED["category"] if category_code else ""} {_SCOPED["place"] if place_code else ""}
        GROUP BY 1, 2 ORDER BY 3 DESC, 1, 2
    """  # noqa: S608 fixed pieces only
    with connection.cursor() as cursor:
        cursor.execute(
            query,
            {"procedures": names, "term": term, "category": category_code, "place": place_code},
        )
        return [
            OpenClocks(library.procedure(name).title, length or "", count, last_on)
            for name, length, count, last_on in cursor.fetchall()
        ]


def procedures_with(term: str) -> Iterable[str]:
    """Return the names of the procedures in which a clock is counted by a limit."""
    return (
        name
        for name, rules in library.procedures().items()
        if any(
            term in clock.term.names or (clock.latest and clock.latest.term == term)
            for clock in rules.clocks.values()
        )
    )
