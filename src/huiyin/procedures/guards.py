"""Conditions that need code: small pure functions that a procedure names under `guards`.

A guard reads the cleaned form, the run, the actor and the facts, nothing else.
"""

from collections.abc import Callable, Mapping
from typing import Final

from huiyin.procedures.language import Action, FieldType
from huiyin.procedures.runs import Actor, Snapshot, Values

Guard = Callable[[Action, Values, Snapshot, Actor], bool]


def units_in(action: Action, form: Values) -> tuple[str, ...]:
    """Return every unit that a form names."""
    found: list[str] = []
    for field in action.form:
        value = form.get(field.name)
        if field.type is FieldType.UNIT and isinstance(value, str):
            found.append(value)
        elif field.type is FieldType.UNITS and isinstance(value, tuple):
            found += value
    return tuple(found)


def not_the_accused(action: Action, form: Values, run: Snapshot, actor: Actor) -> bool:
    """No unit that the matter accuses, and none below it, is given it (architecture §7)."""
    given = set(units_in(action, form))
    for assigning in action.assign.values():
        if assigning.source == "actor":
            given.add(actor.unit)
        elif assigning.source == "role":
            given.update(run.roles.get(assigning.name, ()))
    return not run.accused & given


def not_by_the_accused(action: Action, form: Values, run: Snapshot, actor: Actor) -> bool:
    """Nobody of a unit that the matter accuses acts on it (HJN18 art. 32: withdraw)."""
    return actor.unit not in run.accused


def not_own_unit(action: Action, form: Values, run: Snapshot, actor: Actor) -> bool:
    """The unit that sends a matter on does not name itself."""
    return actor.unit not in units_in(action, form)


GUARDS: Final[Mapping[str, Guard]] = {
    "not_the_accused": not_the_accused,
    "not_by_the_accused": not_by_the_accused,
    "not_own_unit": not_own_unit,
}
