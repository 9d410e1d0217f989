"""Counts that are instant for every place: rows of deltas, written with the act, rolled up later.

Every act adds what it changes (`book`): one more opened, one fewer in a state, a limit overdue. The
worker rolls the rows up (`roll_up`) into one count for the town, and a question about a county or
the city adds up its towns. An answer (`counted`) adds what is not rolled up yet: it is exact at
every moment. Below the town matters are so few a day that counts would be as many as they are:
there the events themselves are counted. `recounting.verify` counts everything again and compares.

A day is the local day of the act. A unit is the one that held the lead before the act; of a clock
the one the clock measured.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from huiyin.matters import codec
from huiyin.matters.limits import procedure_of
from huiyin.matters.listening import Happened
from huiyin.matters.models import EventHeader, Matter, Measure, Run, Tally, TallyDelta
from huiyin.places.models import Place, PlaceLevel
from huiyin.procedures import Procedure, library
from huiyin.procedures.language import NEW, ClockKind
from huiyin.procedures.runs import Outcome, Status
from huiyin.ui.instances import new

LEAD: Final = "lead"
BATCH: Final = 5_000
CHUNK: Final = 2_000
ROLL_UP_LOCK: Final = 0x7A11_1E5  # one roll-up at a time
GROUPS: Final = ("day", "procedure", "state", "category_id", "unit_id")
_OVERDUE, _MET, _LATE, _RETURNED = "overdue", "met", "late", "returned"
_OF_CLOCK: Final = {
    (what, kind): Measure(f"{what}_{kind.value}")
    for what in (_OVERDUE, _MET, _LATE)
    for kind in ClockKind
}
_ALIVE: Final = (Status.RUNNING.value, Status.PAUSED.value)


class Movement(NamedTuple):
    """What one act changes: which measure, of which state, of which unit."""

    measure: Measure
    state: str = ""
    unit: str = ""


Read = tuple[str, str, datetime, codec.Json]  # of an event: action, to_state, recorded_at, effects
AREA: Final = ("town_id", "county_id", "overlay_id", "city_id")
BY_PLACE: Final = ("town_id", "county_id")  # by which a place can be divided


@dataclass(slots=True)
class Standing:
    """What of a run decides how the next act counts."""

    state: str = ""
    lead: str = ""
    was_done: bool = False
    clocks: dict[str, codec.Json] = field(default_factory=dict)

    def clock(self, name: str) -> codec.Json:
        """Return a clock as it is; empty when there is none."""
        found: codec.Json = self.clocks.get(name, {})
        return found


# --- what an act changes ------------------------------------------------------------------------


def movements(
    procedure: Procedure, before: Standing, action: str, to_state: str, effects: codec.Json,
    at: datetime,
) -> Counter[Movement]:  # fmt: skip
    """Return what one event changes; pure. `effects`: the difference its header keeps."""
    found: Counter[Movement] = Counter()
    lead = _lead_after(before.lead, effects)
    if not before.state:
        found[Movement(Measure.OPENED, unit=lead)] += 1
    if before.state != to_state or before.lead != lead:
        if before.state:
            found[Movement(Measure.IN_STATE, before.state, before.lead)] -= 1
        found[Movement(Measure.IN_STATE, to_state, lead)] += 1
    if before.state != to_state:
        _count_states(found, procedure, before, to_state, before.lead or lead)
    rule = procedure.actions.get(action)
    given_back = rule.clocks.give_back if rule else ()
    for name, clock in effects.get("clocks", {}).get("put", {}).items():
        if name in procedure.clocks and not procedure.clocks[name].is_window:
            kind = procedure.clocks[name].kind
            changes = _clock_changes(before.clock(name), clock, name in given_back, at)
            for what, unit, amount in changes:
                if what != _RETURNED:
                    measure = _OF_CLOCK[what, kind]
                elif kind is ClockKind.UNIT:
                    measure = Measure.RETURNED
                else:
                    continue
                found[Movement(measure, unit=unit or before.lead or lead)] += amount
    return found


def _lead_after(lead: str, effects: codec.Json) -> str:
    roles = effects.get("roles")
    if not roles:
        return lead
    if LEAD in roles["put"]:
        units = roles["put"][LEAD]
        return units[0] if units else ""
    return "" if LEAD in roles["gone"] else lead


def _count_states(
    found: Counter[Movement], procedure: Procedure, before: Standing, to_state: str, unit: str
) -> None:
    now = procedure.states[to_state]
    was = procedure.states.get(before.state)
    found[Movement(Measure.ENTERED, to_state, unit)] += 1
    if now.done and not before.was_done:
        found[Movement(Measure.DONE, unit=unit)] += 1
    if now.closed and not (was and was.closed):
        found[Movement(Measure.CLOSED, unit=unit)] += 1
    if was and was.done and not now.done:
        found[Movement(Measure.REOPENED, unit=unit)] += 1


def _clock_changes(
    old: codec.Json, new: codec.Json, is_given_back: bool, at: datetime
) -> Iterator[tuple[str, str, int]]:
    """Yield what a clock's change counts as, with its unit and by how much.

    A name holds one clock: where a running one is started anew in the same act, the old one has
    ended by that, as sent back where the act says so.
    """
    is_another = bool(old) and _identity(old) != _identity(new)
    if is_another and old["status"] in _ALIVE:
        is_late = old["status"] == Status.RUNNING.value and at >= _instant(old["due_at"])
        what = _RETURNED if is_given_back else _LATE if is_late else _MET
        yield what, old.get("unit", ""), 1
    same = {} if is_another else old
    was_overdue, is_overdue = bool(same.get("overdue_at")), bool(new.get("overdue_at"))
    if was_overdue != is_overdue:  # more time than had gone takes the fault away again
        yield _OVERDUE, new.get("unit", ""), 1 if is_overdue else -1
    if new["status"] == Status.ENDED.value and same.get("status", _ALIVE[0]) in _ALIVE:
        if new.get("outcome") == Outcome.RETURNED.value:
            yield _RETURNED, new.get("unit", ""), 1
        elif new.get("outcome") == Outcome.MET.value:
            is_late = _instant(new["ended_at"]) >= _instant(new["due_at"])
            yield _LATE if is_late else _MET, new.get("unit", ""), 1


def _identity(clock: codec.Json) -> tuple[str, str]:
    return clock["started_at"], clock.get("unit", "")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


# --- writing ------------------------------------------------------------------------------------


def book(happened: Happened) -> None:
    """Add what an act changes, in its transaction, to what its listeners write."""
    on = timezone.localdate(happened.at)
    rows = _rows(happened.matter, happened.procedure.name, _changed(happened), on=on)
    happened.writing.insert(rows)


def book_all(happened: Sequence[Happened]) -> None:
    """Add what many acts change, in one query; a row for all of the same place and class."""
    sums: dict[tuple[object, ...], Counter[Movement]] = {}
    alike: dict[tuple[object, ...], Happened] = {}
    for one in happened:
        on = timezone.localdate(one.at)
        key = (*area_of(one.matter), one.matter.category_id, one.procedure.name, on)
        alike.setdefault(key, one)
        sums.setdefault(key, Counter()).update(_changed(one))
    TallyDelta.objects.bulk_create(
        row
        for group, one in alike.items()
        for row in _rows(one.matter, one.procedure.name, sums[group], on=timezone.localdate(one.at))
    )


def _changed(happened: Happened) -> Counter[Movement]:
    """Return what an act changes."""
    before = happened.before
    lead = before.roles.get(LEAD, ())
    event = happened.event
    clocks = event.effects.get("clocks", {}).get("put", {})
    standing = Standing(
        state="" if before.state == NEW else before.state,
        lead=lead[0] if lead else "",
        was_done=_was_done(happened),
        clocks={
            name: codec.clock_out(before.clocks[name]) for name in clocks if name in before.clocks
        },
    )
    return movements(
        happened.procedure, standing, event.action, event.to_state, event.effects, happened.at
    )


def _was_done(happened: Happened) -> bool:
    """Tell whether the run has been done before; one query where only its events can tell."""
    states = happened.procedure.states
    now, was = states[happened.event.to_state], states.get(happened.event.from_state)
    if not now.done or (was and was.done):
        return True  # it is not done by this act; nothing is counted
    if happened.was_done is not None:
        return happened.was_done
    done = [name for name, state in states.items() if state.done]
    return EventHeader.objects.filter(
        run=happened.run, to_state__in=done, seq__lt=happened.event.seq
    ).exists()


def _rows(
    matter: Matter, procedure: str, found: Counter[Movement], *, on: date, sign: int = 1
) -> list[TallyDelta]:
    """Return rows of deltas for the place, places above and class a matter has now."""
    return [
        new(
            TallyDelta,
            town_id=matter.town_id,
            county_id=matter.county_id,
            overlay_id=matter.overlay_id,
            city_id=matter.city_id,
            day=None if move.measure is Measure.IN_STATE else on,
            measure=move.measure,
            procedure=procedure,
            state=move.state,
            category_id=matter.category_id,
            unit_id=UUID(move.unit) if move.unit else None,
            delta=amount * sign,
        )
        for move, amount in found.items()
        if amount
    ]


def rebook(*, matter: Matter, was: Matter) -> None:
    """Move all that is counted of a matter to the class and place it has now.

    `was`: the matter as it was before, not saved any more. In the transaction of whoever gives it
    another class or place; the statistics of its first days move with it. Three queries, however
    many runs there are.
    """
    TallyDelta.objects.bulk_create(
        row
        for run, days in recounted(Run.objects.filter(matter=matter))
        for day, found in days.items()
        for one, sign in ((was, -1), (matter, 1))
        for row in _rows(one, run.procedure, found, on=day, sign=sign)
    )


_NONE: Final = "'00000000-0000-0000-0000-000000000000'::uuid"  # equal to itself, unlike NULL
_SAME: Final = " AND ".join(
    f"coalesce(taken.{name}, {_NONE}) = coalesce(area.{name}, {_NONE})" for name in AREA
)
_ROLL_UP: Final = f"""
WITH taken AS (
    DELETE FROM matters_tallydelta WHERE id IN (
        SELECT id FROM matters_tallydelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING *
), areas AS (
    INSERT INTO matters_tallyarea (town_id, county_id, overlay_id, city_id)
    SELECT DISTINCT town_id, county_id, overlay_id, city_id FROM taken
    ON CONFLICT (town_id, county_id, overlay_id, city_id) DO UPDATE SET city_id = excluded.city_id
    RETURNING *
), added AS (
    INSERT INTO matters_tally AS held
        (area_id, day, measure, procedure, state, category_id, unit_id, count)
    SELECT area.id, day, measure, procedure, state, category_id, unit_id, sum(delta)
    FROM taken JOIN areas AS area ON {_SAME}
    GROUP BY area.id, day, measure, procedure, state, category_id, unit_id
    HAVING sum(delta) <> 0
    ON CONFLICT (area_id, measure, day, procedure, state, category_id, unit_id)
        DO UPDATE SET count = held.count + excluded.count
)
SELECT count(*) FROM taken
"""  # noqa: S608 names of columns


def roll_up(*, batch: int = BATCH) -> int:
    """Roll up to `batch` rows into the counts of their areas, the oldest first.

    One statement: a kill leaves everything as it was, and nothing is added twice. Returns how many
    rows; 0 when there are none, or somebody else is rolling up.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ROLL_UP_LOCK])
        (is_ours,) = cursor.fetchone()
        if not is_ours:
            return 0
        cursor.execute(_ROLL_UP, [batch])
        (taken,) = cursor.fetchone()
        Tally.objects.filter(count=0).delete()
    return int(taken)


# --- asking -------------------------------------------------------------------------------------


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
            _runs_below(place_id), measure, place_id=place_id, since=since, until=until, by=by,
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


def is_kept(place_id: UUID) -> bool:
    """Tell whether counts are kept for a place: for towns and all above. One query, the first time.

    The level of a place never changes; a place that is not known has no counts.
    """
    if place_id not in _levels:
        level = Place.objects.filter(pk=place_id).values_list("level", flat=True).first()
        if level is None:
            return True
        _levels[place_id] = level
    return _levels[place_id] <= PlaceLevel.TOWN


_levels: dict[UUID, int] = {}


def _runs_below(place_id: UUID) -> QuerySet[Run]:
    at = Q(matter__place=place_id) | Q(matter__village_id=place_id) | Q(matter__grid_id=place_id)
    return Run.objects.filter(at)


def area_of(matter: Matter) -> tuple[UUID | None, ...]:
    """Return the places of a matter for which it is counted, as they were."""
    return tuple(getattr(matter, name) for name in AREA)


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


# --- from the events ----------------------------------------------------------------------------


def recounted(runs: QuerySet[Run]) -> Iterator[tuple[Run, dict[date, Counter[Movement]]]]:
    """Yield what the events of each run have changed, by day."""
    events = (
        EventHeader.objects.filter(run__in=runs)
        .order_by("run_id", "seq")
        .values_list("run_id", "action", "to_state", "recorded_at", "effects")
    )
    timelines = groupby(events.iterator(CHUNK), key=lambda row: row[0])
    timeline = next(timelines, None)
    for run in runs.select_related("matter").order_by("id").iterator(CHUNK):
        if timeline is None or timeline[0] != run.pk:
            continue
        yield run, folded(procedure_of(run.procedure), (row[1:] for row in timeline[1]))
        timeline = next(timelines, None)


def folded(procedure: Procedure, events: Iterable[Read]) -> dict[date, Counter[Movement]]:
    """Return what the events of one run have changed, all of them in their order, by day."""
    days: dict[date, Counter[Movement]] = {}
    zone = timezone.get_current_timezone()  # asked for once: it is asked millions of times
    for at, found in told(procedure, events):
        on = at.astimezone(zone).date()
        if on in days:
            days[on].update(found)
        else:
            days[on] = found
    return days


def told(
    procedure: Procedure, events: Iterable[Read]
) -> Iterator[tuple[datetime, Counter[Movement]]]:
    """Yield what each event of one run has changed, with when; all of them in their order."""
    standing = Standing()
    for action, to_state, at, effects in events:
        yield at, movements(procedure, standing, action, to_state, effects, at)
        standing.lead = _lead_after(standing.lead, effects)
        standing.state = to_state
        standing.was_done = standing.was_done or procedure.states[to_state].done
        changed = effects.get("clocks")
        if changed:
            for name in changed["gone"]:
                standing.clocks.pop(name, None)
            standing.clocks.update(changed["put"])
