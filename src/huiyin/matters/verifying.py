"""`huiyin verify`: chains, bodies and projections, compared with what the events say.

Every event's hash is computed again; every body that is there is compared with its digest, and one
that is missing must have been redacted under an order; the differences of all events, folded, must
give the run as it is kept; its columns and clocks must repeat it. Heads must be those that the
anchors hold, and the anchors those of the file. The first difference of a run is named.

Everything is read in one consistent view, run by run in three streams side by side, as plain rows:
making objects of them would take most of the time.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from multiprocessing import get_context
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction

from huiyin.matters import anchoring, assigned, codec, ratings, recounting
from huiyin.matters.chain import HASHED, START, digest_of, hash_over
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Run
from huiyin.matters.writing import MARKS
from huiyin.procedures import Procedure

CHUNK = 2_000
TOLD_EVERY = 50_000  # events
REDACTED: Final = ("matter.redacted", "matter.retained")  # events that name bodies that are gone
Row = tuple[Any, ...]
Told = Callable[[str], None]

_DECODER: Final = json.JSONDecoder()  # without the search for spaces: the database writes none
# Ids and instants of events come as the texts that the hash is over (`chain.canonical`).
_INSTANT = """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'"""
_WANTED = """
           (%(ids)s::uuid[] IS NULL OR {0} = ANY(%(ids)s::uuid[]))
       AND (%(first)s::uuid IS NULL OR {0} >= %(first)s::uuid)
       AND (%(behind)s::uuid IS NULL OR {0} < %(behind)s::uuid)"""
_RUNS = f"""
    SELECT r.id::text, m.number, r.procedure, r.events, r.head, r.memory::text,
           r.state, r.owner, r.is_done, r.is_closed, r.is_over, r.due_at,
           concat_ws(' ', coalesce(m.town_id::text, '-'), coalesce(m.county_id::text, '-'),
                     coalesce(m.overlay_id::text, '-'), coalesce(m.city_id::text, '-')),
           coalesce(m.category_id::text, '')
      FROM matters_run r JOIN matters_matter m ON m.id = r.matter_id
     WHERE {_WANTED.format("r.id")}
     ORDER BY r.id
"""  # noqa: S608 nothing in it comes from outside
_EVENTS = f"""
    SELECT e.run_id::text, e.seq, e.action, e.as_actor, e.account_id::text, e.post_id::text,
           e.unit_id::text, e.contact_id::text, e.on_behalf_of, {_INSTANT.format("e.recorded_at")},
           {_INSTANT.format("e.occurred_at")}, e.from_state, e.to_state, e.is_pending,
           e.effects::text, e.body_digest, e.previous, e.hash, b.salt, b.content::text
      FROM matters_eventheader e LEFT JOIN matters_eventbody b ON b.event_id = e.id
     WHERE {_WANTED.format("e.run_id")}
     ORDER BY e.run_id, e.seq
"""  # noqa: S608 nothing in it comes from outside
_CLOCKS = f"""
    SELECT run_id::text, name, kind, unit_id::text, is_window, status,
           started_at, due_on::text, due_at, is_provisional, overdue_at, ended_at, outcome
      FROM matters_runclock
     WHERE {_WANTED.format("run_id")}
     ORDER BY run_id
"""  # noqa: S608 nothing in it comes from outside


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing that is wrong with a run: of which matter, at which event, what.

    What is wrong with anchors or tallies belongs to no run.
    """

    number: str
    run_id: UUID | None
    seq: int
    text: str

    def __str__(self) -> str:
        if self.run_id is None:
            return f"{self.number}: {self.text}"
        return f"{self.number}, run {self.run_id}, event {self.seq}: {self.text}"


@dataclass(slots=True)
class Findings:
    """What a verification has seen. `orders`: how many texts went under each order."""

    runs: int = 0
    events: int = 0
    redacted: int = 0
    anchors: int = 0
    orders: dict[str, int] = field(default_factory=dict)
    areas: set[str] = field(default_factory=set)  # where a timeline is wrong: not counted again
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Part:
    """Which runs: those named, or all from one id on up to another one."""

    ids: list[str] | None = None
    first: str | None = None
    behind: str | None = None

    @property
    def values(self) -> dict[str, Any]:
        """The values for the statements."""
        return {"ids": self.ids, "first": self.first, "behind": self.behind}


def verify(
    *, run_ids: list[UUID] | None = None, told: Told | None = None, jobs: int = 1
) -> Findings:
    """Verify all runs with their anchors and counts, or the runs named.

    Memory does not grow with their number. `told`: hears how far it is. `jobs`: so many processes
    share the runs, in the same view of the database; only outside of a transaction.
    """
    if run_ids is not None:
        with _one_view():
            found = _verify(_Part(ids=[str(one) for one in run_ids]), told)
            _look_at_ratings(found, run_ids)
            _look_at_assignments(found, run_ids)
            return found
    with anchoring.unchanged(), _one_view():
        if jobs > 1:
            return _side_by_side(jobs, told)
        sums: recounting.Sums = Counter()
        found = _verify(_Part(), told, sums)
        _look_at_the_whole(found, sums)
    return found


def _look_at_the_whole(found: Findings, sums: recounting.Sums) -> None:
    """Look at what belongs to no run: anchors, and counts, given what the events have changed."""
    found.anchors = anchoring.count()
    found.differences += [
        Difference(one.where, one.run_id, one.seq, one.text) for one in anchoring.differences()
    ]
    wrong = recounting.verify(sums=sums, but_for=found.areas)
    found.differences += [Difference("tallies", None, 0, str(one)) for one in wrong]
    _look_at_ratings(found, None)
    _look_at_assignments(found, None)


def _look_at_assignments(found: Findings, run_ids: list[UUID] | None) -> None:
    """Compare what assignments repeat with their runs and events."""
    found.differences += [
        Difference(number, run_id, seq, text)
        for run_id, number, seq, text in assigned.differences(run_ids)
    ]


def _look_at_ratings(found: Findings, run_ids: list[UUID] | None) -> None:
    """Compare what people said of the outcome, and call-backs, with their events."""
    wrong = ratings.differences(run_ids)
    numbers = dict(
        Run.objects.filter(pk__in={run_id for run_id, _, _ in wrong}).values_list(
            "pk", "matter__number"
        )
    )
    found.differences += [Difference(numbers[one], one, seq, text) for one, seq, text in wrong]


def _verify(part: _Part, told: Told | None, sums: recounting.Sums | None = None) -> Findings:
    """Verify some runs; add what their events have changed to the sums of the counts."""
    found = Findings()
    with ThreadPoolExecutor(1) as reader:
        timelines, clocks = _Side(_EVENTS, part, reader), _Side(_CLOCKS, part, reader)
        for run in _rows(_RUNS, part, reader):
            events = timelines.of(run[0])
            _look_at(run, events, clocks.of(run[0]), found, sums)
            before, found.events = found.events, found.events + len(events)
            if told and before // TOLD_EVERY != found.events // TOLD_EVERY:
                told(f"{found.events} events of {found.runs} runs …")
    return found


def _look_at(
    run: Row, events: list[Row], clocks: list[Row], found: Findings, sums: recounting.Sums | None
) -> None:
    """Verify one run."""
    changes = [_loaded(event[14]) for event in events]
    wrong = next(_differences(run, events, changes, clocks, found), None)
    if wrong:
        found.differences.append(Difference(run[1], UUID(run[0]), *wrong))
        found.areas.add(run[12])
    found.runs += 1
    if sums is not None:
        read = zip(events, changes, strict=True)
        acts = ((one[2], one[12], datetime.fromisoformat(one[9]), said) for one, said in read)
        try:
            recounting.add_up(sums, recounting.Group(run[12], run[13], run[2]), acts)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError):
            if not wrong:  # what was tampered with may say anything; it is told already
                raise


def _side_by_side(jobs: int, told: Told | None) -> Findings:
    """Share the runs among processes that all see what this transaction sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_export_snapshot(), (SELECT count(*) FROM matters_run)")
        snapshot, runs = cursor.fetchone()
        cursor.execute(
            "SELECT id::text FROM (SELECT id, row_number() OVER (ORDER BY id) - 1 AS place"
            " FROM matters_run) AS runs WHERE place > 0 AND place %% %s = 0 ORDER BY id",
            [max(-(-runs // jobs), 1)],
        )
        bounds = [None, *(bound for (bound,) in cursor.fetchall()), None]
    parts = [_Part(first=first, behind=behind) for first, behind in pairwise(bounds)]
    found = Findings()
    sums: recounting.Sums = Counter()
    with ProcessPoolExecutor(len(parts), mp_context=get_context("fork")) as pool:
        answers = pool.map(_in_a_process, [(snapshot, part) for part in parts])
        for part, changed in answers:
            sums.update(changed)
            found.runs += part.runs
            found.events += part.events
            found.redacted += part.redacted
            found.differences += part.differences
            found.areas |= part.areas
            for order, texts in part.orders.items():
                found.orders[order] = found.orders.get(order, 0) + texts
            if told:
                told(f"{found.events} events of {found.runs} runs …")
    _look_at_the_whole(found, sums)
    return found


def _in_a_process(given: tuple[str, _Part]) -> tuple[Findings, recounting.Sums]:
    snapshot, part = given
    connection.connection = None  # it is our parent's, who goes on using it
    connection.connect()
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET TRANSACTION SNAPSHOT %s", [snapshot])
        sums: recounting.Sums = Counter()
        return _verify(part, None, sums), sums


@contextmanager
def _one_view() -> Iterator[None]:
    """Read everything as of one instant, so that acts meanwhile are no differences."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _rows(statement: str, part: _Part, reader: Executor) -> Iterator[Row]:
    """Yield rows; `reader`, one thread for all, fetches the next ones while these are looked at."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, part.values)
        coming = reader.submit(cursor.fetchmany, CHUNK)
        try:
            while rows := coming.result():
                coming = reader.submit(cursor.fetchmany, CHUNK)
                yield from rows
        finally:
            wait([coming])  # before the cursor is closed under it


class _Side:
    """A stream of rows in the order of their runs, taken run by run."""

    def __init__(self, statement: str, part: _Part, reader: Executor) -> None:
        self._rows = _rows(statement, part, reader)
        self._next = next(self._rows, None)

    def of(self, run_id: str) -> list[Row]:
        """Return the rows of a run; those of runs before it are passed over."""
        found: list[Row] = []
        row = self._next
        while row is not None and row[0] <= run_id:
            if row[0] == run_id:
                found.append(row)
            row = next(self._rows, None)
        self._next = row
        return found


def _differences(
    run: Row, events: list[Row], changes: list[codec.Json], clocks: list[Row], found: Findings
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong: the number of the event, and in words."""
    previous = START
    memory: codec.Json = dict.fromkeys(codec.SINGLE, "") | {key: {} for key in codec.MAPS}
    gone: dict[int, str] = {}  # the number of an event whose body is missing → its order
    there: set[int] = set()
    named: list[tuple[int, str]] = []
    for number, (event, effects) in enumerate(zip(events, changes, strict=True), start=1):
        seq = event[1]
        digest, claimed, digested = event[15], event[16], event[17]
        if seq != number:
            yield number, f"it is missing: the next one there is {seq}."
        if claimed != previous:
            yield seq, "it does not follow the event before it."
        columns = dict(zip(HASHED, event[:14], strict=False))
        columns["effects"] = effects
        if digested != hash_over(columns, digest, claimed):
            yield seq, "it was changed after it was written."
        personal: codec.Json = {}
        if event[18] is None:
            gone[seq] = ""
        else:
            there.add(seq)
            content = _loaded(event[19])
            if digest_of(content, event[18]) != digest:
                yield seq, "what was written in its form was changed."
            personal = content.get("facts", {})
        if event[2] in REDACTED:
            marks = effects.get(MARKS, {})
            named += [(one, str(marks.get("order", ""))) for one in marks.get("events", ())]
        previous = digested
        _fold(memory, effects, personal)
    yield from _redactions(gone, there, named, found)
    last = len(events)
    if run[3] != last:
        yield last, f"the run counts {run[3]} events, there are {last}."
    if run[4] != previous:
        yield last, "the run does not end with the hash of its last event."
    kept = _loaded(run[5])
    if kept != memory:
        yield last, "the run is not what its events say."
    yield from ((last, text) for text in _columns(run, kept, clocks))


def _redactions(
    gone: dict[int, str], there: set[int], named: list[tuple[int, str]], found: Findings
) -> Iterator[tuple[int, str]]:
    """Count the texts that went under each order; yield those that went without one."""
    for seq, order in named:
        if seq in gone and not gone[seq]:
            gone[seq] = order
            found.orders[order] = found.orders.get(order, 0) + 1
        elif seq in there:
            yield seq, f"it was redacted under order {order}, and its text is there."
    found.redacted += len(gone)
    for seq, order in gone.items():
        if not order:
            yield seq, "what was written in its form is gone, and no order says so."


def _fold(memory: codec.Json, changed: codec.Json, personal: codec.Json) -> None:
    """Apply a difference in place: what `codec.applied` does, without a copy for every event."""
    for key, part in changed.items():
        if key in codec.SINGLE:
            memory[key] = part
        elif key in codec.MAPS:
            kept = memory[key]
            for name in part["gone"]:
                kept.pop(name, None)
            kept.update(part["put"])
    if personal:
        memory["facts"].update(personal)


def _columns(run: Row, memory: codec.Json, clocks: list[Row]) -> Iterator[str]:
    """Yield which columns and clocks do not repeat the memory of a run."""
    procedure = procedure_of(run[2])
    state = procedure.states[memory["state"]]
    if run[6:11] != (state.name, state.owner, state.done, state.closed, state.end):
        yield "its columns say another state."
    duties = (
        datetime.fromisoformat(clock["due_at"])
        for name, clock in memory["clocks"].items()
        if clock["status"] == "running" and not procedure.clocks[name].is_window
    )
    if run[11] != min(duties, default=None):
        yield "its columns say another end of its limits."
    rows = {row[1]: row[2:] for row in clocks}
    if rows.keys() != memory["clocks"].keys():
        yield "its clocks are others."
        return
    for name, clock in memory["clocks"].items():
        if rows[name] != _clock_row(procedure, name, clock):
            yield f"the clock {name} says something else."


def _clock_row(procedure: Procedure, name: str, clock: codec.Json) -> Row:
    """Return the columns of a clock's row: what `writing.clock_row` makes, from its JSON."""
    rule = procedure.clocks[name]

    return (
        rule.kind.value,
        clock.get("unit") or None,
        rule.is_window,
        clock["status"],
        _instant(clock["started_at"]),
        clock["due_on"],
        _instant(clock["due_at"]),
        clock.get("provisional", False),
        _instant(clock.get("overdue_at")),
        _instant(clock.get("ended_at")),
        clock.get("outcome", ""),
    )


def _loaded(text: str) -> Any:
    return _DECODER.raw_decode(text)[0]


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
