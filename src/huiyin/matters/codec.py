"""A run of the pure engine as JSON and back, and the difference that one act makes.

The difference is what an event keeps: folded from the first event on, differences give the run
again (`replayed`). Free text among the facts is personal and goes into the event's body.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from huiyin.procedures import Clock, Procedure, Snapshot
from huiyin.procedures.language import NEW, FactType
from huiyin.procedures.runs import Child, Extension, Outcome, Status
from huiyin.worktime import Pause, parse_limit

Json = dict[str, Any]
MAPS: Final = (
    "facts", "clocks", "roles", "senders", "above", "counts", "last", "consents", "children",
    "promised",
)  # fmt: skip
BLANK: Final = ""
SINGLE: Final = ("state", "came_from", "result")


# --- whole runs ---------------------------------------------------------------------------------


def encoded(run: Snapshot) -> Json:
    """Return a run as JSON: everything but what belongs to the matter (people, places)."""
    return {
        "state": run.state,
        "came_from": run.came_from,
        "result": run.result,
        "facts": {name: value_out(value) for name, value in run.facts.items()},
        "clocks": {name: clock_out(clock) for name, clock in run.clocks.items()},
        "roles": {role: list(units) for role, units in run.roles.items()},
        "senders": dict(run.senders),
        "above": dict(run.above),
        "counts": dict(run.counts),
        "last": {action: at.isoformat() for action, at in run.last.items()},
        "consents": {action: sorted(parties) for action, parties in run.consents.items()},
        "children": {
            str(number): [child.name, child.id, child.is_done, child.result]
            for number, child in enumerate(run.children)
        },
        "promised": {whose: at.isoformat() for whose, at in run.promised.items()},
    }


def decoded(memory: Json, procedure: Procedure, **given: Any) -> Snapshot:
    """Return the run that `encoded` wrote; `given`: what belongs to the matter."""
    run = Snapshot(procedure=procedure.name, version=procedure.version)
    if memory:
        run = replace(
            run,
            state=memory.get("state", NEW),
            came_from=memory.get("came_from", ""),
            result=memory.get("result", ""),
            facts={
                name: fact_in(procedure, name, value)
                for name, value in memory.get("facts", {}).items()
            },
            clocks={
                name: clock_in(name, clock) for name, clock in memory.get("clocks", {}).items()
            },
            roles={role: tuple(units) for role, units in memory.get("roles", {}).items()},
            senders=dict(memory.get("senders", {})),
            above=dict(memory.get("above", {})),
            counts=dict(memory.get("counts", {})),
            last={k: datetime.fromisoformat(at) for k, at in memory.get("last", {}).items()},
            consents={k: frozenset(v) for k, v in memory.get("consents", {}).items()},
            children=tuple(
                Child(*child)
                for _, child in sorted(
                    memory.get("children", {}).items(), key=lambda it: int(it[0])
                )
            ),
            promised={
                whose: datetime.fromisoformat(at)
                for whose, at in memory.get("promised", {}).items()
            },
        )
    return replace(run, **given)


# --- the difference of one act ------------------------------------------------------------------


def difference(before: Json, after: Json) -> Json:
    """Return what has to be put into and taken out of `before` to have `after`."""
    changed: Json = {key: after[key] for key in SINGLE if before.get(key) != after[key]}
    for key in MAPS:
        old, new = before.get(key, {}), after[key]
        put = {name: value for name, value in new.items() if old.get(name) != value}
        gone = sorted(old.keys() - new.keys())
        if put or gone:
            changed[key] = {"put": put, "gone": gone}
    return changed


def applied(before: Json, changed: Json) -> Json:
    """Return `before` with a difference applied to it."""
    after: Json = {key: changed.get(key, before.get(key, "")) for key in SINGLE}
    for key in MAPS:
        part = changed.get(key, {"put": {}, "gone": []})
        kept = {k: v for k, v in before.get(key, {}).items() if k not in part["gone"]}
        after[key] = {**kept, **part["put"]}
    return after


def replayed(changes: Iterable[Json]) -> Json:
    """Fold differences, from the first event on."""
    memory: Json = {}
    for changed in changes:
        memory = applied(memory, changed)
    return memory


def split_personal(changed: Json, procedure: Procedure) -> tuple[Json, Json]:
    """Part a difference into what a header may keep and the free text that goes into the body.

    The header keeps the names of such facts, blank: that is how a redacted body reads.
    """
    facts = changed.get("facts")
    if not facts:
        return changed, {}
    personal = {
        name: value
        for name, value in facts["put"].items()
        if procedure.facts[name].type is FactType.TEXT
    }
    if not personal:
        return changed, {}
    public = {**facts["put"], **dict.fromkeys(personal, BLANK)}
    return {**changed, "facts": {**facts, "put": public}}, personal


def with_personal(changed: Json, personal: Mapping[str, Any]) -> Json:
    """Bring a header's difference and the free text of its body together again."""
    if not personal:
        return changed
    facts = changed.get("facts", {"put": {}, "gone": []})
    return {**changed, "facts": {**facts, "put": {**facts["put"], **personal}}}


# --- values -------------------------------------------------------------------------------------


def value_out(value: object) -> Any:
    """Return a fact or a form's value as JSON."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | list | frozenset | set):
        return [value_out(one) for one in value]
    return value


def fact_in(procedure: Procedure, name: str, value: Any) -> object:
    """Return a fact from JSON, by its type."""
    rule = procedure.facts.get(name)
    if rule is None or not isinstance(value, str):
        return value
    if rule.type is FactType.INSTANT:
        # A date that was named counts from its beginning and stays a date.
        is_day = len(value) == len("2026-01-01")
        return date.fromisoformat(value) if is_day else datetime.fromisoformat(value)
    if rule.type is FactType.DATE:
        return date.fromisoformat(value)
    if rule.type is FactType.NUMBER:
        return Decimal(value)
    return value


def clock_out(clock: Clock) -> Json:
    """Return a clock as JSON; what is empty is left out."""
    found: Json = {
        "term": clock.term,
        "limit": str(clock.limit),
        "started_at": clock.started_at.isoformat(),
        "due_on": clock.due_on.isoformat(),
        "due_at": clock.due_at.isoformat(),
        "first_due_at": clock.first_due_at.isoformat(),
        "status": clock.status.value,
    }
    optional: Json = {
        "provisional": clock.is_provisional,
        "outcome": clock.outcome.value if clock.outcome else "",
        "ended_at": clock.ended_at.isoformat() if clock.ended_at else "",
        "overdue_at": clock.overdue_at.isoformat() if clock.overdue_at else "",
        "unit": clock.unit,
        "pauses": [
            [pause.from_at.isoformat(), pause.to_at.isoformat() if pause.to_at else ""]
            for pause in clock.pauses
        ],
        "ground": clock.ground,
        "extensions": [
            [more.amount, more.term, more.granted_at.isoformat(), more.by]
            for more in clock.extensions
        ],
        "asked": clock.asked,
        "until": clock.until.isoformat() if clock.until else "",
    }
    return {**found, **{key: value for key, value in optional.items() if value}}


def clock_in(name: str, found: Json) -> Clock:
    """Return a clock from JSON."""

    def instant(key: str) -> datetime | None:
        return datetime.fromisoformat(found[key]) if found.get(key) else None

    return Clock(
        name=name,
        term=found["term"],
        limit=parse_limit(found["limit"]),
        started_at=datetime.fromisoformat(found["started_at"]),
        due_on=date.fromisoformat(found["due_on"]),
        due_at=datetime.fromisoformat(found["due_at"]),
        first_due_at=datetime.fromisoformat(found["first_due_at"]),
        is_provisional=found.get("provisional", False),
        status=Status(found["status"]),
        outcome=Outcome(found["outcome"]) if found.get("outcome") else None,
        ended_at=instant("ended_at"),
        overdue_at=instant("overdue_at"),
        unit=found.get("unit", ""),
        pauses=tuple(
            Pause(datetime.fromisoformat(from_at), datetime.fromisoformat(to_at) if to_at else None)
            for from_at, to_at in found.get("pauses", ())
        ),
        ground=found.get("ground", ""),
        extensions=tuple(
            Extension(amount, term, datetime.fromisoformat(at), by)
            for amount, term, at, by in found.get("extensions", ())
        ),
        asked=found.get("asked"),
        until=date.fromisoformat(found["until"]) if found.get("until") else None,
    )
