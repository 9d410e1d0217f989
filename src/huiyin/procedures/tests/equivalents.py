"""Mutants that the checker need not report, because nothing is unsound about them.

`python -m huiyin.procedures.tests.equivalents` writes equivalent_mutants.yaml anew: what is
reported by now goes, what is not reported comes in with the reason that fits its kind. Read what
came in before committing it: a mutant that does harm wants a rule of the checker, not a line here.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import yaml

from huiyin.procedures.checking import Known, check
from huiyin.procedures.checking.graph import is_of_unit
from huiyin.procedures.guards import GUARDS
from huiyin.procedures.language import NEW, ActorKind, Procedure
from huiyin.procedures.tests.mutants import Mutant, mutants
from huiyin.procedures.tests.shipped import PROCEDURES, limits

FILE = Path(__file__).with_name("equivalent_mutants.yaml")
HEAD = """\
# Mutants of the shipped procedures that are as sound as the procedure itself, by reason.
# The list is exact: a mutant here that is reported fails the tests, as does one that is missing.
# Written by: python -m huiyin.procedures.tests.equivalents
"""


@cache
def known() -> Known:
    """The catalogue of limits, and whatever else the files name (their own tests look at that)."""
    actors = [actor for one in PROCEDURES.values() for actor in one.actors.values()]
    actions = [action for one in PROCEDURES.values() for action in one.actions.values()]
    return Known(
        terms=limits(),
        unit_kinds=frozenset(kind for actor in actors for kind in actor.unit_kinds),
        permissions=frozenset(actor.permission for actor in actors),
        guards=frozenset(GUARDS) | {guard for action in actions for guard in action.guards},
        effects=frozenset(effect for action in actions for effect in action.effects),
    )


def is_reported(procedure: Procedure) -> bool:
    report = check(procedure, known=known(), library=PROCEDURES, stop_at_first=True)
    return bool(report.findings)


def listed(name: str) -> dict[str, str]:
    """The equivalent mutants of a procedure, each with its reason."""
    if not FILE.exists():
        return {}
    reasons = (yaml.safe_load(FILE.read_text(encoding="utf-8")) or {}).get(name, {})
    return {what: reason for reason, mutants in reasons.items() for what in mutants}


def of_kind(procedure: Procedure, kind: str) -> Iterator[Mutant]:
    return (mutant for mutant in mutants(procedure) if mutant[0] == kind)


# --- writing the list ---------------------------------------------------------------------------


def reason_for(procedure: Procedure, kind: str, what: str) -> str:
    """Say why a mutant that is not reported does no harm."""
    return {"delete": _deleted, "redirect": _redirected, "owner": _owned, "clock": _unclocked}[
        kind
    ](procedure, what)


def _deleted(procedure: Procedure, what: str) -> str:
    action = procedure.actions[what.removeprefix("delete ")]
    if NEW in action.froms:
        return "one of several openings: runs come in by the others"
    if action.origin.startswith("fragment "):
        return "shared act: nothing depends on it"
    if not action.to:
        return "optional act: the run stays where it is, and nothing depends on it"
    return "one of several ways: its states are reached and left without it"


def _redirected(procedure: Procedure, what: str) -> str:
    target = what.rpartition(" to ")[2]
    if procedure.states[target].done:
        return "another way to be done: nothing runs on that should have stopped"
    return "another state of the same stage: the same clocks run, and its owner can act"


def _owned(procedure: Procedure, what: str) -> str:
    new, _, old = what.partition(": ")[2].partition(" for ")
    actor, owner = procedure.actors[new], procedure.actors[old]
    if actor.kind is ActorKind.SYSTEM:
        return "the system may own it: a clock acts there"
    if is_of_unit(actor, owner):
        return "of the same unit as the owner"
    return "has acts there too: who is to go first is for the procedure to say"


def _unclocked(procedure: Procedure, what: str) -> str:
    name, _, rest = what.partition(": no ")
    word, _, clock = rest.partition(" of ")
    action, rule = procedure.actions[name], procedure.clocks[clock]
    if word == "start":
        return "it may run there or not: that is what may says"
    names = action.to.names if action.to else ()
    targets = [procedure.states[state] for state in names if state in procedure.states]
    if rule.is_service and targets and all(state.done for state in targets):
        return "said twice: entering a done state ends it"
    if targets and all(state.end for state in targets):
        return "said twice: the end of the run ends it"
    if rule.expiry_action == name:
        return "said twice: it is over already when its act is taken"
    return "it may run on there: that is what may says"


def write() -> None:
    """Write the list anew, keeping the reasons of what stays in it."""
    found: dict[str, dict[str, list[str]]] = {}
    for name, procedure in sorted(PROCEDURES.items()):
        old = listed(name)
        for kind, what, mutant in mutants(procedure):
            if not is_reported(mutant):
                reason = old.get(what) or reason_for(procedure, kind, what)
                found.setdefault(name, {}).setdefault(reason, []).append(what)
    text = yaml.safe_dump(found, allow_unicode=True, sort_keys=False, width=100)
    FILE.write_text(HEAD + text, encoding="utf-8")


if __name__ == "__main__":
    write()
