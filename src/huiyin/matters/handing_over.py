"""A hand-over: the matter goes on in another procedure, under its number, with what was promised.

Which opening of the other procedure the system takes, what fills its form, and which promise goes
along. `acting.carry_out` ends the one run and opens the other in the same transaction.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from huiyin.matters.models import EventHeader, Matter, Run
from huiyin.matters.writing import MARKS
from huiyin.procedures import Procedure, Snapshot
from huiyin.procedures.language import NEW, Action, ActorKind, ClockKind, FieldType
from huiyin.procedures.runs import BY_CITY, BY_LAW, Values

HANDED_TO: Final = "handed_to"  # the mark of the receipt on the run that ended …
HANDED_FROM: Final = "handed_from"  # … and on the one that goes on


def opening_for(procedure: Procedure, given: Values, matter: Matter) -> Action | None:
    """Return the opening by which a matter is taken over: one made for it, else another one.

    The system must be able to take it, best it alone, and everything it requires must be known;
    None when there is no such opening.
    """

    def others(rule: Action) -> int:
        return sum(procedure.actors[name].kind is not ActorKind.SYSTEM for name in rule.by)

    rules = sorted(procedure.openings, key=others)
    return next(
        (
            rule
            for rule in rules
            if any(procedure.actors[name].kind is ActorKind.SYSTEM for name in rule.by)
            and _fills(rule, filled(rule, given, matter))
        ),
        None,
    )


def filled(opening: Action, given: Values, matter: Matter) -> dict[str, object]:
    """Return the form of an opening: what the hand-over says, and where and what the matter is."""
    form: dict[str, object] = {}
    for field in opening.form:
        if given.get(field.name) is not None:
            form[field.name] = given[field.name]
        elif field.type is FieldType.PLACE:
            form[field.name] = str(matter.place_id)
        elif field.type is FieldType.CATEGORY and matter.category_id:
            form[field.name] = str(matter.category_id)
    return form


def _fills(opening: Action, form: Mapping[str, object]) -> bool:
    return all(field.name in form or not field.required or field.when for field in opening.form)


def promised_by(procedure: Procedure, before: Snapshot, after: Snapshot) -> dict[str, datetime]:
    """Return what the person has been promised when a run hands their matter over.

    The end of each promise that was alive until now; where the run had made none of a sort, what
    had been promised before it began.
    """
    found: dict[str, datetime] = {}
    made: set[str] = set()
    for name, clock in before.clocks.items():
        rule = procedure.clocks[name]
        if rule.kind is not ClockKind.PROMISE:
            continue
        whose = BY_LAW if rule.law else BY_CITY
        made.add(whose)
        if clock.is_alive:
            due_at = after.clocks[name].due_at
            found[whose] = min(due_at, found.get(whose, due_at))
    inherited = {whose: at for whose, at in before.promised.items() if whose not in made}
    return {**inherited, **found}


def promised_at(run: Snapshot, procedure: Procedure) -> datetime | None:
    """Return until when the person was promised an answer: the one date they are told.

    The nearest end of a promise that runs, or of one made before the run began and not kept yet;
    None when nothing is promised, or it was delivered.
    """
    if run.state == NEW or procedure.states[run.state].done:
        return None
    rules = procedure.clocks
    own = [clock for clock in run.clocks.values() if rules[clock.name].kind is ClockKind.PROMISE]
    is_kept = any(not clock.is_alive for clock in own)
    ends = [clock.due_at for clock in own if clock.is_alive]
    return min([*ends, *([] if is_kept else run.promised.values())], default=None)


def main_runs(matter: Matter) -> list[Run]:
    """Return the runs a matter went through, in order: the last one is where it is now."""
    return list(Run.objects.filter(matter=matter, parent=None).order_by("opened_at", "id"))


def main_run(matter: Matter) -> Run:
    """Return the run in which a matter is now."""
    return Run.objects.filter(matter=matter, parent=None).latest("opened_at", "id")


def receipt_in(event: EventHeader) -> dict[str, str]:
    """Return the receipt of a hand-over that an event carries: `procedure` and `run`, or nothing.

    On the giving side it names the run that goes on, on the receiving side the one that ended.
    """
    marks = event.effects.get(MARKS, {})
    found: dict[str, str] = marks.get(HANDED_TO) or marks.get(HANDED_FROM) or {}
    return found
