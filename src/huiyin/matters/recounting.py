"""Counting again: what the tallies keep, compared with what the events and the runs say.

Memory does not grow with the number of matters. Each area and measure has one sum: every count
times a number that its day, state, class and unit give. Equal sums mean equal counts; where they
differ, the area is counted cell by cell, and the cells that are wrong are told.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import md5
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Measure, Run
from huiyin.matters.tallies import AREA, Movement, Read, area_of, folded, recounted

MOST: Final = 20
NOWHERE: Final = "-"  # where an area has no place of a level
# Sixty bits of a digest; nobody has to be kept from finding another text with the same ones.
_DIGITS: Final = 15


class Group(NamedTuple):
    """Where a run is counted: its area (`AREA` in order, spaces between), class and procedure."""

    area: str
    category: str
    procedure: str


Sums = Counter[tuple[str, str]]  # by area and measure, all but what stands in a state now


class Cell(NamedTuple):
    """One count of one area."""

    area: tuple[UUID | None, ...]
    day: date | None
    measure: str
    procedure: str
    state: str
    category_id: UUID | None
    unit_id: UUID | None

    @property
    def place_id(self) -> UUID | None:
        """The lowest place of the area: its town, where it has one."""
        town, county, _, city = self.area
        return town or county or city


@dataclass(frozen=True, slots=True)
class TallyDifference:
    """A count that is not what counting gives."""

    cell: Cell
    kept: int
    counted: int

    def __str__(self) -> str:
        cell = self.cell
        what = " ".join(str(part) for part in (cell.measure, cell.procedure, cell.state) if part)
        return (
            f"tally of place {cell.place_id}, {cell.day or 'now'}, {what}, class "
            f"{cell.category_id}, unit {cell.unit_id}: {self.kept} is kept, {self.counted} is right"
        )


def verify(
    *, most: int = MOST, sums: Sums | None = None, but_for: Iterable[str] = ()
) -> list[TallyDifference]:
    """Compare every count that is kept with what counting gives; return the first `most` faults.

    What stands in a state now is counted in the runs, everything else in the events, all of them,
    from the first on. It sees one moment of the database, so people may work meanwhile. `sums`: of
    somebody who has read all events in this view already (`add_up`). `but_for`: areas in which
    events are not what was written, so that what they count to says nothing.
    """
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        right = _all_sums() if sums is None else sums
        kept = _kept_sums()
        keys = kept.keys() | right.keys()
        areas = sorted({key[0] for key in keys if kept[key] != right[key]} - set(but_for))
        wrong = _standing_wrong(most)
        for area in areas[:most]:
            wrong += _wrong_in(area)
    return sorted(wrong, key=str)[:most]


def add_up(sums: Sums, group: Group, events: Iterable[Read]) -> None:
    """Add what the events of one run have changed, all of them in their order."""
    for day, found in folded(procedure_of(group.procedure), events).items():
        on = day.isoformat()
        for move, amount in found.items():
            if amount and move.measure is not Measure.IN_STATE:
                sums[group.area, move.measure.value] += amount * _weight(
                    on, group.procedure, move.state, group.category, move.unit
                )


@lru_cache(maxsize=200_000)
def _weight(*said: str) -> int:
    """Return the number that a cell counts with; `_WEIGHT` gives the same in the database."""
    return int(md5("|".join(said).encode(), usedforsecurity=False).hexdigest()[:_DIGITS], 16)


_SAID: Final = """to_char(day, 'YYYY-MM-DD') || '|' || procedure || '|' || state || '|'
 || coalesce(category_id::text, '') || '|' || coalesce(unit_id::text, '')"""
_WEIGHT: Final = f"('x' || left(md5({_SAID}), {_DIGITS}))::bit(60)::bigint"
_PLACES: Final = ", ".join(AREA)
_NAMED: Final = " || ' ' || ".join(f"coalesce({name}::text, '{NOWHERE}')" for name in AREA)
_COLUMNS: Final = "day, measure, procedure, state, category_id, unit_id"
_KEPT: Final = f"""
SELECT {_PLACES}, {_COLUMNS}, count AS n
  FROM matters_tally JOIN matters_tallyarea AS area ON area.id = area_id
UNION ALL
SELECT {_PLACES}, {_COLUMNS}, delta FROM matters_tallydelta
"""  # noqa: S608 names of columns
_KEPT_SUMS: Final = f"""
SELECT {_NAMED}, measure, sum({_WEIGHT}::numeric * n) FROM ({_KEPT}) AS kept
WHERE measure <> 'in_state' GROUP BY 1, 2
"""  # noqa: S608 as above
_KEPT_CELLS: Final = f"""
SELECT {_PLACES}, {_COLUMNS}, sum(n) FROM ({_KEPT}) AS kept
WHERE measure <> 'in_state' AND {_NAMED} = %s GROUP BY {_PLACES}, {_COLUMNS} HAVING sum(n) <> 0
"""  # noqa: S608 as above
_STANDING: Final = f"""
SELECT {_PLACES}, NULL::date, 'in_state', procedure, state, category_id, unit_id,
       sum(kept), sum(right_one)
FROM (
    SELECT {_PLACES}, procedure, state, category_id, unit_id, n AS kept, 0 AS right_one
      FROM ({_KEPT}) AS kept WHERE measure = 'in_state'
    UNION ALL
    SELECT {_PLACES}, run.procedure, run.state, matter.category_id,
           (run.memory #>> '{{roles,lead,0}}')::uuid, 0, 1
      FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
) AS both_sides
GROUP BY {_PLACES}, procedure, state, category_id, unit_id
HAVING sum(kept) <> sum(right_one) LIMIT %s
"""  # noqa: S608 as above


def _all_sums() -> Sums:
    sums: Sums = Counter()
    for run, days in recounted(Run.objects.all()):
        area = " ".join(str(one or NOWHERE) for one in area_of(run.matter))
        category = str(run.matter.category_id or "")
        for day, found in days.items():
            for move, amount in found.items():
                if move.measure is not Measure.IN_STATE:
                    sums[area, move.measure.value] += amount * _weight(
                        day.isoformat(), run.procedure, move.state, category, move.unit
                    )
    return sums


def _kept_sums() -> Sums:
    return Counter({(area, measure): int(total) for area, measure, total in _asked(_KEPT_SUMS)})


def _standing_wrong(most: int) -> list[TallyDifference]:
    """Return what is wrong with the counts of what stands in a state now."""
    return [
        TallyDifference(_cell(row[:-2]), int(row[-2]), int(row[-1]))
        for row in _asked(_STANDING, [most])
    ]


def _wrong_in(area: str) -> list[TallyDifference]:
    """Return every count of an area that is wrong; its events are read once more."""
    kept = {_cell(row[:-1]): int(row[-1]) for row in _asked(_KEPT_CELLS, [area])}
    places = tuple(None if one == NOWHERE else UUID(one) for one in area.split())
    at = Q(**{f"matter__{name}": one for name, one in zip(AREA, places, strict=True)})
    right: Counter[Cell] = Counter()
    for run, days in recounted(Run.objects.filter(at)):
        for day, found in days.items():
            for move, amount in found.items():
                if move.measure is not Measure.IN_STATE:
                    right[_of(places, day, run, move)] += amount
    return [
        TallyDifference(cell, kept.get(cell, 0), right[cell])
        for cell in kept.keys() | right.keys()
        if kept.get(cell, 0) != right[cell]
    ]


def _of(places: tuple[UUID | None, ...], day: date, run: Run, move: Movement) -> Cell:
    unit = UUID(move.unit) if move.unit else None
    return Cell(
        places, day, move.measure.value, run.procedure, move.state, run.matter.category_id, unit
    )


def _cell(row: Sequence[Any]) -> Cell:
    return Cell(tuple(row[:4]), *row[4:])


def _asked(query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, list(values))
        return list(cursor.fetchall())
