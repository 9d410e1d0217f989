"""What an act will bring about, said before it is done: who hears of it, which limits stop."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _

from huiyin.matters.wording import said
from huiyin.procedures.language import Action, ClockRule, Procedure, State

KEPT: Final = 4  # limits named in one sentence; more are not read


def afterwards(
    act: Action, rules: Procedure, *, running: frozenset[str] = frozenset()
) -> list[str]:
    """Return what follows from an act, as sentences.

    `running`: the limits that run now; only these are said to stop. Where the form decides about
    what follows, nothing is said of it: a sentence that may be wrong is worse than none.
    """
    found = []
    state = _state(act, rules)
    if state is not None:
        found.append(_("It will be “%(state)s”.") % {"state": said(state.label)})
    told = [said(rules.actors[name].label) for name in act.notify]
    if told:
        found.append(_("Told of it: %(who)s.") % {"who": _listed(told)})
    stopping = {*act.clocks.stop, *act.clocks.give_back, *_served(state, rules)} & running
    if stopping:
        found.append(_("No longer running: %(clocks)s.") % {"clocks": _named(stopping, rules)})
    if begun := set(act.clocks.start):
        found.append(_("Begins to run: %(clocks)s.") % {"clocks": _named(begun, rules)})
    if act.open:
        names = [said(rules.children[name].label) for name in act.open]
        found.append(_("Begins beside it: %(runs)s.") % {"runs": _listed(names)})
    if act.documents:
        names = [said(rules.documents[name]) for name in act.documents]
        found.append(_("Papers that belong to it: %(papers)s.") % {"papers": _listed(names)})
    return found


def _state(act: Action, rules: Procedure) -> State | None:
    if act.to is None or act.to.of:
        return None
    names = act.to.names
    return rules.states.get(names[0]) if names else None


def _served(state: State | None, rules: Procedure) -> set[str]:
    if state is None or not state.done:
        return set()
    return {name for name, clock in rules.clocks.items() if clock.is_service}


def _named(names: set[str], rules: Procedure) -> str:
    clocks: Mapping[str, ClockRule] = rules.clocks
    return _listed([said(clock.label) for name, clock in clocks.items() if name in names][:KEPT])


def _listed(names: list[str]) -> str:
    return _(", ").join(dict.fromkeys(name for name in names if name))
