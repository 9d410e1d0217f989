"""Every name means something: in the procedure, in the catalogue of limits, in the code.

The reader answers for the names of a file too; here they are looked up in the finished values, so
that whatever made a procedure, nothing in it points nowhere.
"""

from collections.abc import Container, Iterable, Iterator

from huiyin.procedures.checking.findings import Findings, Known
from huiyin.procedures.checks import CHECKS
from huiyin.procedures.language import (
    ACT,
    NEW,
    ON_A_LINK,
    PREVIOUS,
    Action,
    ActorRule,
    Choosing,
    ClockRule,
    ConditionKind,
    FactType,
    FieldType,
    Procedure,
)
from huiyin.procedures.sentences import fill


def check_references(procedure: Procedure, known: Known, findings: Findings) -> None:
    """Report names that point nowhere."""
    for at, what, name, there in _references(procedure):
        if name not in there:
            findings.add(
                "name_unknown",
                at,
                fill("there is no {} {}.", what, name),
                "Define it, or name another.",
            )
    for actor in procedure.actors.values():
        _actor(actor, known, findings)
    for clock in procedure.clocks.values():
        _clock(procedure, clock, known, findings)
    for action in procedure.actions.values():
        _action(procedure, action, known, findings)


def given_roles(procedure: Procedure) -> frozenset[str]:
    """Return the roles that some action gives."""
    return frozenset(role for action in procedure.actions.values() for role in action.assign)


def _references(procedure: Procedure) -> Iterator[tuple[str, str, str, Container[str]]]:
    """Yield where, what sort of thing, its name, and the names there are."""
    actors, facts, clocks = procedure.actors, procedure.facts, procedure.clocks
    states, children, actions = procedure.states, procedure.children, procedure.actions
    for actor in actors.values():
        if actor.level_fact:
            yield f"actors.{actor.name}", "fact", actor.level_fact, facts
    for state in states.values():
        at = f"states.{state.name}"
        if state.owner:
            yield at, "actor", state.owner, actors
        if state.waits_for:
            yield at, "child run", state.waits_for, children
    for clock in clocks.values():
        at = f"clocks.{clock.name}"
        for name in sorted(clock.runs_in | clock.may_run_in):
            yield at, "state", name, states
        if clock.start != ACT:
            yield at, "fact", clock.start, facts
        if clock.until:
            yield at, "fact", clock.until, facts
        if clock.latest:
            yield at, "fact", clock.latest.fact, facts
        if clock.expiry_action:
            yield at, "action", clock.expiry_action, actions
        if clock.extending:
            rule = clock.extending
            for name in (rule.ask, rule.approve, *rule.notify):
                yield at, "actor", name, actors
            for name in rule.within:
                yield at, "state", name, states
    for child in children.values():
        if child.on_done:
            yield f"children.{child.name}", "action", child.on_done, actions
    for action in actions.values():
        yield from _references_of(procedure, action)


def _references_of(
    procedure: Procedure, action: Action
) -> Iterator[tuple[str, str, str, Container[str]]]:
    at = f"actions.{action.name}"
    form = frozenset(field.name for field in action.form)
    clocks, children = procedure.clocks, procedure.children
    for name in (*action.by, *action.notify):
        yield at, "actor", name, procedure.actors
    for name in sorted(action.froms - {NEW}):
        yield at, "state", name, procedure.states
    if action.to:
        for name in action.to.names:
            if name != PREVIOUS:
                yield at, "state", name, procedure.states
    acts = action.clocks
    for name in (
        *acts.start, *acts.stop, *acts.give_back, *acts.pause, *acts.resume,
        *filter(None, (acts.ask_more, acts.extend, acts.refuse_more, action.within)),
    ):  # fmt: skip
        yield at, "clock", name, clocks
    for name, ground in acts.pause.items():
        if name in clocks:
            yield (
                at,
                fill("ground for the clock {} to rest called", name),
                ground,
                clocks[name].pauses,
            )
    own = frozenset(name for name, fact in procedure.facts.items() if not fact.outside)
    for name in (*action.set, *action.advance):
        yield at, "fact of the run itself called", name, own
    for name in action.open:
        yield at, "child run", name, children
        if name in children:
            for ours in children[name].fields.values():
                yield at, fill("field (for the child run {})", name), ours, form
    for name in action.documents:
        yield at, "document", name, procedure.documents
    for setting in action.set.values():
        if setting.source == "form":
            yield at, "field", str(setting.value), form
    for given in action.assign.values():
        if given.source == "form":
            yield at, "field", given.name, form
        elif given.source == "role":
            yield at, "role", given.name, given_roles(procedure)
    if action.hand_over:
        yield at, "field", action.hand_over, form
    for field in action.form:
        for name in field.when:
            yield at, "field", name, form
    for need in action.needs:
        there: dict[ConditionKind, Container[str]] = {
            ConditionKind.FACT: procedure.facts,
            ConditionKind.FORM: form,
            ConditionKind.CLOCK: clocks,
            ConditionKind.CHILD: children,
            ConditionKind.COUNT: procedure.actions,
        }
        if need.kind in there:
            yield at, need.kind.value, need.name, there[need.kind]
        if need.refusal:
            yield at, "refusal", need.refusal, procedure.refusals


def _actor(actor: ActorRule, known: Known, findings: Findings) -> None:
    at = f"actors.{actor.name}"
    for kind in actor.unit_kinds:
        if kind not in known.unit_kinds:
            findings.add(
                "unit_kind_unknown", at, fill("there is no kind of unit {}.", kind),
                fill("It can be {}.", _some(known.unit_kinds)),
            )  # fmt: skip
    if actor.permission and actor.permission not in known.permissions:
        findings.add(
            "permission_unknown", at, fill("there is no permission {}.", actor.permission),
            "Name one that a permission set can hold.",
        )  # fmt: skip


def _clock(procedure: Procedure, clock: ClockRule, known: Known, findings: Findings) -> None:
    at = f"clocks.{clock.name}"
    terms = list(clock.term.names)
    _choosing(procedure, clock.term, at, "the term", findings)
    if clock.latest:
        terms.append(clock.latest.term)
    if clock.extending:
        terms += clock.extending.term.names
        _choosing(procedure, clock.extending.term, at, "the term of the extension", findings)
    for term in dict.fromkeys(terms):
        if term not in known.terms:
            findings.add(
                "term_unknown", at, fill("there is no limit {} with a source.", term),
                "Name a limit of the catalogue, or add it there with its source.",
            )  # fmt: skip
    if not clock.extending:
        return
    units = {known.terms[term].unit for term in clock.term.names if term in known.terms}
    for term in clock.extending.term.names:
        if term in known.terms and units - {known.terms[term].unit}:
            findings.add(
                "term_unit", at,
                fill(
                    "the extension {} is counted in {}s, the clock in {}s.",
                    term, known.terms[term].unit, _some(units),
                ),
                "An extension is counted on from the clock: give both the same unit.",
            )  # fmt: skip


def _choosing(
    procedure: Procedure, choosing: Choosing, at: str, what: str, findings: Findings
) -> None:
    """Look whether a choice by a fact covers exactly the values the fact can have."""
    fact = procedure.facts.get(choosing.name)
    if choosing.of != "fact":
        return
    if fact is None:
        findings.add("name_unknown", at, fill("there is no fact {}.", choosing.name), "Define it.")
        return
    _covers(choosing, fact.options, at, fill("{} by fact.{}", what, choosing.name), findings)


def _covers(
    choosing: Choosing, options: Iterable[str], at: str, what: str, findings: Findings
) -> None:
    wanted, has = set(options), set(choosing.options)
    for value in sorted(wanted - has):
        findings.add(
            "map_gap", at, fill("{} says nothing for {}.", what, value), fill("Add {}: …", value)
        )
    for value in sorted(has - wanted):
        findings.add(
            "map_excess", at, fill("{} has {}, which cannot come.", what, value),
            fill("It can be {}.", _some(wanted)),
        )  # fmt: skip


def _action(procedure: Procedure, action: Action, known: Known, findings: Findings) -> None:
    at = f"actions.{action.name}"
    for guard in action.guards:
        if guard not in known.guards:
            findings.add(
                "guard_unknown", at, fill("there is no guard {}.", guard),
                fill("There is code for {}.", _some(known.guards)),
            )  # fmt: skip
    for check in action.checks:
        if check not in CHECKS:
            findings.add(
                "check_unknown", at, fill("there is no check {}.", check),
                fill("There is code for {}.", _some(CHECKS)),
            )  # fmt: skip
            continue
        for name, type_ in CHECKS[check].items():
            field = action.field_named(name)
            if field is None or field.type is not type_:
                findings.add(
                    "check_field", at, fill("{} reads a field {} that is not there.", check, name),
                    fill("Add {}: {{type: {}, …}}.", name, type_),
                )  # fmt: skip
    for effect in action.effects:
        if effect not in known.effects:
            findings.add(
                "effect_unknown", at, fill("there is no effect {}.", effect),
                fill("There is code for {}.", _some(known.effects)),
            )  # fmt: skip
    if action.by_link:
        _by_link(procedure, action, at, findings)
    if action.to and action.to.of == "fact":
        _choosing(procedure, action.to, at, "to", findings)
    elif action.to and action.to.of == "form":
        field = action.field_named(action.to.name)
        if field is None:
            findings.add(
                "name_unknown", at, fill("there is no field {}.", action.to.name), "Define it."
            )
        else:
            _covers(action.to, field.options, at, fill("to by form.{}", field.name), findings)
            if not field.required or field.when:
                findings.add(
                    "target_unset", at,
                    fill("to depends on the field {}, which may be left empty.", field.name),
                    "Make the field required, in every case.",
                )  # fmt: skip
    _values(procedure, action, at, findings)


def _by_link(procedure: Procedure, action: Action, at: str, findings: Findings) -> None:
    """Look whether a person can take an act on one page that knows neither files nor lists."""
    actors = (procedure.actors[name] for name in action.by if name in procedure.actors)
    if NEW in action.froms or not any(actor.is_person for actor in actors):
        findings.add(
            "link_misplaced", at, "by_link is for acts of a person on a run that is open.",
            "Take by_link out, or let a person act.",
        )  # fmt: skip
    for field in action.form:
        if field.required and field.type not in ON_A_LINK:
            findings.add(
                "link_misplaced", fill("{}.form.{}", at, field.name),
                fill("the page of a one-time link has no field for {}.", field.type.value),
                "Make the field optional, or take by_link out.",
            )  # fmt: skip


def _values(procedure: Procedure, action: Action, at: str, findings: Findings) -> None:
    """Look whether values that are compared or set are among the options."""
    for need in action.needs:
        options: Iterable[object] = ()
        if need.kind is ConditionKind.FACT and need.name in procedure.facts:
            options = procedure.facts[need.name].options
        elif need.kind is ConditionKind.FORM and (field := action.field_named(need.name)):
            options = field.options
        if options and need.test in ("is", "is_not", "in"):
            for value in need.value if isinstance(need.value, tuple) else (need.value,):
                if value not in options:
                    findings.add(
                        "name_unknown", at, fill("{} cannot be {}.", need.name, value),
                        fill("It can be {}.", _some(map(str, options))),
                    )  # fmt: skip
    for name, setting in action.set.items():
        fact = procedure.facts.get(name)
        if fact is None or fact.type is not FactType.CHOICE:
            continue
        field = action.field_named(str(setting.value)) if setting.source == "form" else None
        values = (
            field.options
            if field and field.type is FieldType.CHOICE
            else (setting.value,)
            if setting.source == "literal"
            else ()
        )
        for value in values:
            if value not in fact.options:
                findings.add(
                    "name_unknown", at, fill("{} cannot be {}.", name, value),
                    fill("It can be {}.", _some(fact.options)),
                )  # fmt: skip


def _some(names: Iterable[str]) -> str:
    """Return names for a sentence; of many only the first ones."""
    ordered = sorted(names)
    return ", ".join(ordered[:8]) + (" …" if len(ordered) > 8 else "") if ordered else "nothing"
