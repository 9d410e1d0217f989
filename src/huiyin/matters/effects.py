"""What acts do beyond the vocabulary of procedure files, and facts that come from outside of a run.

A capability registers both when it is ready. An effect is told what has happened, in the act's
transaction, after its event: what it raises undoes the act. A loader answers one fact marked
`outside: true`, with one query, and is asked only for acts that read the fact.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Final, Protocol, TypeVar

from huiyin.matters.listening import Happened
from huiyin.matters.models import Run
from huiyin.matters.refusals import ActRefused
from huiyin.people.actors import Actor as Account
from huiyin.procedures import Procedure
from huiyin.ui.refusals import Refusal

Effect = Callable[[Happened], None]
Loader = Callable[[Run, Account], object]
Offerer = Callable[[Run, datetime], Sequence[tuple[str, str]]]
E = TypeVar("E", bound=Effect)
L = TypeVar("L", bound=Loader)
V = TypeVar("V", bound=Offerer)
_effects: Final[dict[str, Effect]] = {}
_loaders: Final[dict[tuple[str, str], Loader]] = {}
_offerers: Final[dict[tuple[str, str], Offerer]] = {}


class _Acted(Protocol):
    """An action of a procedure, as far as it says which facts it reads."""

    @property
    def reads(self) -> frozenset[str]: ...


def effect(name: str) -> Callable[[E], E]:
    """Register an effect under the name procedure files call it by.

    Raises ValueError when another one has the name.
    """

    def registered(function: E) -> E:
        if _effects.setdefault(name, function) is not function:
            raise ValueError(f"there are two effects {name}")
        return function

    return registered


def outside_fact(procedure: str, fact: str) -> Callable[[L], L]:
    """Register who loads a fact marked `outside` of a procedure; one query.

    Raises ValueError when another one loads it.
    """

    def registered(function: L) -> L:
        if _loaders.setdefault((procedure, fact), function) is not function:
            raise ValueError(f"two loaders of {fact} of {procedure}")
        return function

    return registered


def offers(procedure: str, field: str) -> Callable[[V], V]:
    """Register who knows which values a text field of a form can take just now, and their words.

    Raises ValueError when another one does.
    """

    def registered(function: V) -> V:
        if _offerers.setdefault((procedure, field), function) is not function:
            raise ValueError(f"two offer values of {field} of {procedure}")
        return function

    return registered


def offered_values(run: Run, field: str, *, at: datetime) -> Sequence[tuple[str, str]] | None:
    """Return the values offered for a field just now; None where anything can be written."""
    offerer = _offerers.get((run.procedure, field))
    return None if offerer is None else offerer(run, at)


def names() -> frozenset[str]:
    """Return the names of all effects."""
    return frozenset(_effects)


def has_loader(procedure: str, fact: str) -> bool:
    """Tell whether somebody loads this fact."""
    return (procedure, fact) in _loaders


def carry_out_effects(happened: Happened) -> None:
    """Do what an act names under `effects`, in its order."""
    for name in happened.decision.effects:
        _effects[name](happened)


def facts_from_outside(
    run: Run, procedure: Procedure, actions: Iterable[_Acted], *, by: Account
) -> dict[str, object]:
    """Load the outside facts that these actions read; one query for each fact, mostly none."""
    read = frozenset().union(*(action.reads for action in actions))
    return {
        name: _loaders[procedure.name, name](run, by)
        for name in sorted(read)
        if procedure.facts[name].outside
    }


def at_field(field: str, why: Refusal) -> Refusal:
    """Return the refusal of an act whose sentence stands at a field of its form."""
    sentence = str(why)
    return ActRefused(reason=why.code, sentence=sentence, errors={field: sentence})
