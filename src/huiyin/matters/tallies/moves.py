"""What an act changes of the counts, read from its event alone; of runs, from all their events."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from huiyin.matters import codec
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import EventHeader, Measure, Run
from huiyin.procedures import Procedure
from huiyin.procedures.language import ClockKind
from huiyin.procedures.runs import Outcome, Status

LEAD: Final = "lead"
CHUNK: Final = 2_000
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
