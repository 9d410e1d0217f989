"""How many there are: of a place, some days, a measure; exact at every moment."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from huiyin.matters.models import Measure, Run
from huiyin.matters.tallies.areas import AREA, BY_PLACE, is_kept, runs_below
from huiyin.matters.tallies.moves import recounted
from huiyin.procedures import library

GROUPS: Final = ("day", "procedure", "state", "category_id", "unit_id")


@dataclass(frozen=True, slots=True)
class Share:
    """Which counts somebody is told: those of some procedures, and those of a unit."""

    procedures: Collection[str] = ()
    unit_id: UUID | None = None

    def holds(self, cell: Mapping[str, Any]) -> bool:
        """Tell whether a count is in it."""
        return cell["procedure"] in self.procedures or (
            self.unit_id is not None and cell["unit_id"] == self.unit_id
        )


@cache
def open_states() -> frozenset[tuple[str, str]]:
    """Return the states of procedures in which something is not done yet."""
    return frozenset(
        (name, state)
        for name, rules in library.procedures().items()
        for state, rule in rules.states.items()
        if not rule.done
    )


def counted(
    measure: Measure, *, place_id: UUID, since: date | None = None, until: date | None = None,
    by: Sequence[str] = (), share: Share | None = None, is_open: bool = False, **only: Any,
) -> dict[tuple[Any, ...], int]:  # fmt: skip
    """Return how many, in a place of any level: in all, or by day, procedure, state, class, unit.

    `since`, `until`: the first and the last day, for everything but `in_state`. `by`: any of
    `GROUPS`, and of `BY_PLACE` where counts are kept; the keys of the answer, in their order.
    `share`: of whom. `is_open`: in states alone that are not done. `only`: values of `GROUPS` to
    count alone. One query from the town up, exact also for what is not rolled up yet; below it
    every event is read.
    """
    unknown = {*by, *only} - set(GROUPS) - (set(BY_PLACE) - {*only})
    if unknown:
        raise ValueError(f"a tally is not kept by {sorted(unknown)}")
    if not is_kept(place_id):
        return counted_in(
            runs_below(place_id), measure, place_id=place_id, since=since, until=until, by=by,
            share=share, is_open=is_open, **only,
        )  # fmt: skip
    conditions = ["measure = %s"]
    values: list[Any] = [measure.value]
    if measure is Measure.IN_STATE:
        conditions.append("day IS NULL")
    else:
        conditions.append("day BETWEEN %s AND %s")
        values += [since or date.min, until or date.max]
    for name, value in only.items():
        conditions.append(f"{name} IS NOT DISTINCT FROM %s")
        values.append(value)
    if is_open:
        procedures, states = map(list, zip(*sorted(open_states()), strict=True))
        # The first two are the index's to look up; the third holds the pairs together, and as a
        # value rather than a condition it is no join for the planner to misjudge.
        conditions.append(
            "procedure = ANY(%s) AND state = ANY(%s) AND ((procedure, state) IN"
            " (SELECT * FROM unnest(%s::text[], %s::text[]))) IS NOT FALSE"
        )
        values += [sorted({*procedures}), sorted({*states}), procedures, states]
    keys = ", ".join(by) or "TRUE"
    inner = ", ".join(name for name in by if name not in BY_PLACE) or "TRUE AS one"
    here = f"%s IN ({', '.join(AREA)})"
    parts: list[str] = []
    asked: list[Any] = []
    for of_share, its_values in _parts(share):
        where = " AND ".join([*conditions, *of_share])
        # Area by area, as the index is ordered: the planner cannot know how few rows each has.
        parts.append(
            f"SELECT {keys}, n FROM matters_tallyarea AS area CROSS JOIN LATERAL ("  # noqa: S608 names from GROUPS and AREA alone
            f"SELECT {inner}, count AS n FROM matters_tally"
            f" WHERE area_id = area.id AND {where} OFFSET 0) AS rolled WHERE {here}"
        )
        asked += [*values, *its_values, place_id]
        parts.append(f"SELECT {keys}, delta FROM matters_tallydelta WHERE {here} AND {where}")  # noqa: S608 as above
        asked += [place_id, *values, *its_values]
    query = (
        f"SELECT {keys}, sum(n) FROM ({' UNION ALL '.join(parts)}) AS all_parts"  # noqa: S608 as above
        f" GROUP BY {', '.join(by) or '1'} HAVING sum(n) <> 0"
    )
    with connection.cursor() as cursor:
        cursor.execute(query, asked)
        return {row[:-1] if by else (): int(row[-1]) for row in cursor.fetchall()}


def _parts(share: Share | None) -> list[tuple[list[str], list[Any]]]:
    """Return the conditions of what is counted one after the other, with their values.

    Procedures somebody sees whole are one part, of the others what the own unit has is another:
    each can be looked up in the index, "one or the other" cannot.
    """
    if share is None:
        return [([], [])]
    whole = sorted(share.procedures)
    return [
        (["procedure = ANY(%s)"], [whole]),
        (["procedure <> ALL(%s)", "unit_id = %s"], [whole, share.unit_id]),
    ]


def counted_of(
    measures: Sequence[Measure], *, place_id: UUID, since: date, until: date, by: Sequence[str],
    **only: Any,
) -> dict[Measure, dict[tuple[Any, ...], int]]:  # fmt: skip
    """Return what `counted` does, of several measures of days; from the town up in one query."""
    if not is_kept(place_id):
        return {
            measure: counted(measure, place_id=place_id, since=since, until=until, by=by, **only)
            for measure in measures
        }
    unknown = {*by, *only} - set(GROUPS)
    if unknown or Measure.IN_STATE in measures:
        raise ValueError(f"not kept by day, or not by {sorted(unknown)}")
    narrowed = "".join(f" AND {name} IS NOT DISTINCT FROM %s" for name in only)
    where = f"measure = ANY(%s) AND day BETWEEN %s AND %s{narrowed}"
    values = [[one.value for one in measures], since, until, *only.values()]
    keys = ", ".join(("measure", *by))
    here = f"%s IN ({', '.join(AREA)})"
    query = (
        f"SELECT {keys}, sum(n) FROM ("  # noqa: S608 names from GROUPS and AREA alone
        f" SELECT {keys}, count AS n FROM matters_tally"
        f" WHERE area_id IN (SELECT id FROM matters_tallyarea WHERE {here}) AND {where}"
        " UNION ALL"
        f" SELECT {keys}, delta FROM matters_tallydelta WHERE {here} AND {where}"
        f") AS both_parts GROUP BY {keys} HAVING sum(n) <> 0"
    )
    found: dict[Measure, dict[tuple[Any, ...], int]] = {measure: {} for measure in measures}
    with connection.cursor() as cursor:
        cursor.execute(query, [place_id, *values, place_id, *values])
        for row in cursor.fetchall():
            found[Measure(row[0])][row[1:-1]] = int(row[-1])
    return found


def counted_in(
    runs: QuerySet[Run], measure: Measure, *, place_id: UUID, since: date | None = None,
    until: date | None = None, by: Sequence[str] = (), share: Share | None = None,
    is_open: bool = False, **only: Any,
) -> dict[tuple[Any, ...], int]:  # fmt: skip
    """Return what `counted` holds of some runs; every event of theirs is read, so of a few.

    Whoever may not know of a matter takes it out of the counts by this.
    """
    first, last = since or date.min, until or date.max
    totals: Counter[tuple[Any, ...]] = Counter()
    for run, days in recounted(runs):
        if str(place_id) not in run.matter.place_ids:
            continue
        for day, found in days.items():
            is_standing = measure is Measure.IN_STATE
            if not (is_standing or first <= day <= last):
                continue
            for move, amount in found.items():
                cell = {
                    "day": None if is_standing else day,
                    "procedure": run.procedure,
                    "state": move.state,
                    "category_id": run.matter.category_id,
                    "unit_id": UUID(move.unit) if move.unit else None,
                    "town_id": run.matter.town_id,
                    "county_id": run.matter.county_id,
                }
                if (
                    move.measure is measure
                    and all(cell[name] == only[name] for name in only)
                    and (share is None or share.holds(cell))
                    and (not is_open or (run.procedure, move.state) in open_states())
                ):
                    totals[tuple(cell[name] for name in by)] += amount
    return {key: amount for key, amount in totals.items() if amount}


def total(
    measure: Measure, *, place_id: UUID, since: date | None = None, until: date | None = None,
    **only: Any,
) -> int:  # fmt: skip
    """Return how many there are of a measure in a place; as `counted`, in all."""
    return counted(measure, place_id=place_id, since=since, until=until, by=(), **only).get((), 0)
