"""Everything that procedure files leave to code is there."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, register

from huiyin.matters import effects
from huiyin.procedures import Procedure, library


def faults_of(procedure: Procedure) -> Iterator[str]:
    """Yield the effects and outside facts of a procedure that no code stands behind."""
    for action in procedure.actions.values():
        for name in action.effects:
            if name not in effects.names():
                yield f"{procedure.name}.{action.name}: nobody registered the effect {name}."
    for fact in procedure.facts.values():
        if fact.outside and not effects.has_loader(procedure.name, fact.name):
            yield f"{procedure.name}: nobody loads the outside fact {fact.name}."


@register
def code_of_procedures_is_there(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[CheckMessage]:
    """Let `huiyin check` tell what is missing."""
    return [
        Error(
            fault,
            hint="Register it in the capability's effects.py, or take it out of the file.",
            id="huiyin.E011",
        )
        for procedure in library.procedures().values()
        for fault in faults_of(procedure)
    ]
