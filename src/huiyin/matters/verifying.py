"""`huiyin verify`: chains, bodies and projections, compared with what the events say.

Every event's hash is computed again; every body that is there is compared with its digest (one
that was redacted is missing, and said so); the differences of all events, folded, must give the
run as it is kept; its columns and clocks must repeat it. The first difference of a run is named.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from uuid import UUID

from huiyin.matters import codec
from huiyin.matters.chain import START, digest_of, hash_of
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import EventBody, EventHeader, Run, RunClock
from huiyin.matters.writing import CLOCK_FIELDS, clock_row, nearest_duty

CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """The first thing that is wrong with a run: of which matter, at which event, what."""

    number: str
    run_id: UUID
    seq: int
    text: str

    def __str__(self) -> str:
        return f"{self.number}, run {self.run_id}, event {self.seq}: {self.text}"


@dataclass(slots=True)
class Findings:
    """What a verification has seen."""

    runs: int = 0
    events: int = 0
    redacted: int = 0
    differences: list[Difference] = field(default_factory=list)


def verify(*, run_ids: list[UUID] | None = None) -> Findings:
    """Verify all runs, or those named; memory does not grow with their number."""
    found = Findings()
    runs = Run.objects.select_related("matter").order_by("id")
    events = EventHeader.objects.order_by("run_id", "seq")
    if run_ids is not None:
        runs, events = runs.filter(pk__in=run_ids), events.filter(run__in=run_ids)
    timelines = groupby(events.iterator(CHUNK), key=lambda event: event.run_id)
    timeline = next(timelines, None)
    for run in runs.iterator(CHUNK):
        own: list[EventHeader] = []
        if timeline and timeline[0] == run.pk:
            own = list(timeline[1])
            timeline = next(timelines, None)
        found.runs += 1
        found.events += len(own)
        bodies = {body.event_id: body for body in EventBody.objects.filter(event__run=run)}
        found.redacted += len(own) - len(bodies)
        wrong = next(_differences(run, own, bodies), None)
        if wrong:
            found.differences.append(Difference(run.matter.number, run.pk, *wrong))
    return found


def _differences(
    run: Run, events: list[EventHeader], bodies: dict[UUID, EventBody]
) -> Iterator[tuple[int, str]]:
    """Yield what is wrong: the number of the event, and in words."""
    previous = START
    memory: codec.Json = {}
    for number, event in enumerate(events, start=1):
        if event.seq != number:
            yield number, f"it is missing: the next one there is {event.seq}."
        if bytes(event.previous) != previous:
            yield event.seq, "it does not follow the event before it."
        if bytes(event.hash) != hash_of(event):
            yield event.seq, "it was changed after it was written."
        body = bodies.get(event.pk)
        if body and digest_of(body.content, bytes(body.salt)) != bytes(event.body_digest):
            yield event.seq, "what was written in its form was changed."
        previous = bytes(event.hash)
        personal = body.content.get("facts", {}) if body else {}
        memory = codec.applied(memory, codec.with_personal(event.effects, personal))
    last = len(events)
    if run.events != last:
        yield last, f"the run counts {run.events} events, there are {last}."
    if bytes(run.head) != previous:
        yield last, "the run does not end with the hash of its last event."
    if len(bodies) == last and run.memory != memory:
        yield last, "the run is not what its events say."
    yield from ((last, text) for text in _columns(run))


def _columns(run: Run) -> Iterator[str]:
    """Yield which columns and clocks do not repeat the memory of a run."""
    procedure = procedure_of(run.procedure)
    after = codec.decoded(run.memory, procedure)
    state = procedure.states[after.state]
    kept = (run.state, run.owner, run.is_done, run.is_closed, run.is_over)
    if kept != (state.name, state.owner, state.done, state.closed, state.end):
        yield "its columns say another state."
    if run.due_at != nearest_duty(procedure, after.clocks.values()):
        yield "its columns say another end of its limits."
    rows = {row.name: row for row in RunClock.objects.filter(run=run)}
    if rows.keys() != after.clocks.keys():
        yield "its clocks are others."
        return
    for name, clock in after.clocks.items():
        should = clock_row(run, procedure.clocks[name], clock)
        if any(getattr(rows[name], key) != getattr(should, key) for key in CLOCK_FIELDS):
            yield f"the clock {name} says something else."
