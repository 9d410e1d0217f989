"""Rules that can be read off the file without walking through it."""

from collections.abc import Mapping

from huiyin.procedures.checking.findings import Findings
from huiyin.procedures.language import (
    ACTOR_UNIT,
    NEW,
    PREVIOUS,
    Action,
    ActorKind,
    ChildRule,
    ClockRule,
    Expiry,
    FieldType,
    Procedure,
    State,
)
from huiyin.procedures.sentences import fill

RESERVED = frozenset((NEW, PREVIOUS, "open", "any", "done"))
MAKES_PARTIES = frozenset((FieldType.PARTY, FieldType.PARTIES))


def check_rules(procedure: Procedure, library: Mapping[str, Procedure], findings: Findings) -> None:
    """Report openings, owners, expiries, extensions, hand-overs and children that do not fit."""
    if not procedure.openings:
        findings.add("no_opening", "", "no action opens a run.", "Give one from: new.")
    for state in procedure.states.values():
        if state.name in RESERVED:
            findings.add(
                "name_reserved", f"states.{state.name}",
                "this word of the language cannot be the name of a state.",
                "Give the state another name.",
            )  # fmt: skip
        if not state.end and not state.owner:
            findings.add(
                "state_without_owner", f"states.{state.name}", "nobody has to act next here.",
                "Say who: owner: …",
            )  # fmt: skip
    for clock in procedure.clocks.values():
        _clock(procedure, clock, findings)
    for action in procedure.actions.values():
        _action(procedure, action, library, findings)
    for child in procedure.children.values():
        _child(procedure, child, library, findings)
    for state in procedure.states.values():
        if state.end:
            _end(procedure, state, findings)


def _end(procedure: Procedure, end: State, findings: Findings) -> None:
    """An end that follows done states is for what is done: else statistics miss the run."""
    undone = {NEW, *(state.name for state in procedure.states.values() if not state.done)}
    coming = [
        action
        for action in procedure.actions.values()
        if action.to and end.name in action.to.names and not action.origin
    ]
    if all(action.froms & undone for action in coming):
        return
    for action in coming:
        if too_soon := sorted(action.froms & undone):
            findings.add(
                "end_too_soon", f"actions.{action.name}",
                fill(
                    "it ends a run in {} that is only {}; others go there from states that are"
                    " done.",
                    end.name, ', '.join(too_soon),
                ),
                "Go to a state that is done first, or to an end of its own.",
            )  # fmt: skip


def allowed_to_system(procedure: Procedure, action: Action) -> bool:
    """Tell whether the system is among those who may take an action."""
    return any(
        procedure.actors[name].kind is ActorKind.SYSTEM
        for name in action.by
        if name in procedure.actors
    )


def _clock(procedure: Procedure, clock: ClockRule, findings: Findings) -> None:
    at = f"clocks.{clock.name}"
    firing = procedure.actions.get(clock.expiry_action)
    if firing:
        _taken_by_system(procedure, firing, at, "the end of the clock", (), findings)
    acts = [action.clocks for action in procedure.actions.values()]
    if (
        clock.on_expiry is Expiry.FAULT
        and not clock.is_service
        and not any(clock.name in (*act.stop, *act.give_back) for act in acts)
    ):
        findings.add(
            "clock_never_ends", at, "no action stops it and it does not end by itself.",
            fill("Add clocks: {{stop: [{}]}} to the action that meets it.", clock.name),
        )  # fmt: skip
    rule = clock.extending
    if not rule:
        return
    made = [("extends", any(act.extend == clock.name for act in acts))]
    if rule.ask != rule.approve:
        made.append(("asks for more", any(act.ask_more == clock.name for act in acts)))
        made.append(("refuses more", any(act.refuse_more == clock.name for act in acts)))
    for what, is_there in made:
        if not is_there:
            findings.add(
                "extension_incomplete", at, fill("it can be extended, but no action {}.", what),
                "Keep all acts that extend: makes, or none.",
            )  # fmt: skip


def _taken_by_system(
    procedure: Procedure, action: Action, at: str, when: str, fills: tuple[str, ...],
    findings: Findings,
) -> None:  # fmt: skip
    if not allowed_to_system(procedure, action):
        findings.add(
            "not_for_system", at,
            fill("{} takes {}, which the system may not do.", when, action.name),
            "Add an actor with system: true to its by.",
        )  # fmt: skip
    for field in action.form:
        if field.required and field.name not in fills and field.type is not FieldType.FLAG:
            findings.add(
                "not_for_system", at,
                fill("{} takes {}, but nobody fills its field {}.", when, action.name, field.name),
                "Make the field required: false.",
            )  # fmt: skip


def _action(
    procedure: Procedure, action: Action, library: Mapping[str, Procedure], findings: Findings
) -> None:
    at = f"actions.{action.name}"
    if action.to and len(action.froms) == 1 and action.froms == set(action.to.names):
        findings.add(
            "goes_nowhere", at, fill("it goes from {} to the same state.", ', '.join(action.froms)),
            "Leave to: out where the run stays.",
        )  # fmt: skip
    if action.hand_over:
        for name in action.to.names if action.to else ("",):
            if name not in procedure.states or not procedure.states[name].done:
                findings.add(
                    "hand_over_target", at,
                    fill("it hands the matter over, but the run goes on in {}.", name)
                    if name
                    else "it hands the matter over, but the run goes on where it is.",
                    "Go to a state that is done or an end.",
                )  # fmt: skip
        field = action.field_named(action.hand_over)
        for option in field.options if field and library else ():
            if option not in library:
                findings.add(
                    "child_unknown", at,
                    fill("it hands over to {}, which is no procedure.", option),
                    "Name a procedure.",
                )  # fmt: skip
    if action.quorum and not _has_parties(procedure, action):
        findings.add(
            "quorum_without_parties", at, "all parties have to agree, but none can be there.",
            "Let parties do it, and name them in a form (a field of type parties).",
        )  # fmt: skip


def _has_parties(procedure: Procedure, action: Action) -> bool:
    """Tell whether a quorum can be reached: parties may act, and they can be named."""
    may = any(
        procedure.actors[name].kind is ActorKind.PARTY
        for name in action.by
        if name in procedure.actors
    )
    return may and any(
        field.type in MAKES_PARTIES for act in procedure.actions.values() for field in act.form
    )


def _child(
    procedure: Procedure, child: ChildRule, library: Mapping[str, Procedure], findings: Findings
) -> None:
    at = f"children.{child.name}"
    answer = procedure.actions.get(child.on_done)
    if answer:
        _taken_by_system(procedure, answer, at, "the end of the child run", ("result",), findings)
    if not library:
        return
    inside = library.get(child.procedure)
    if inside is None:
        findings.add(
            "child_unknown", at, fill("there is no procedure {}.", child.procedure),
            "Name one of the procedure files.",
        )  # fmt: skip
        return
    _opening(child, inside, at, findings)
    for opener in procedure.actions.values():
        if child.name in opener.open:
            _form(opener, child, inside, at, findings)
    if answer:
        _results(answer, inside, at, findings)


def _opening(child: ChildRule, inside: Procedure, at: str, findings: Findings) -> None:
    opening = inside.actions.get(child.opening)
    if opening is None or NEW not in opening.froms:
        findings.add(
            "child_opening", at, fill("{} opens no {}.", child.opening, inside.name),
            fill("It can be {}.", ', '.join(one.name for one in inside.openings)),
        )  # fmt: skip
    elif not allowed_to_system(inside, opening):
        findings.add(
            "child_opening", at,
            fill("the system may not do {} of {}.", child.opening, inside.name),
            fill("Add its system to the by of {} there.", child.opening),
        )  # fmt: skip


def _form(opener: Action, child: ChildRule, inside: Procedure, at: str, findings: Findings) -> None:
    """Look whether the opening's required fields are filled from fields of the same kind."""
    opening = inside.actions.get(child.opening)
    if opening is None:
        return
    for theirs in child.fills:
        if opening.field_named(theirs) is None:
            findings.add(
                "child_form", at,
                fill("{} of {} has no field {}.", child.opening, inside.name, theirs),
                fill("Its fields are {}.", ', '.join(one.name for one in opening.form)),
            )  # fmt: skip
    for field in opening.form:
        if child.fills.get(field.name) == ACTOR_UNIT or field.name in child.roles:
            if field.type is not FieldType.UNIT:
                findings.add(
                    "child_form", at,
                    fill(
                        "{} of {} is a {}, but is filled with a unit.",
                        field.name, inside.name, field.type,
                    ),
                    "Fill it from a field.",
                )  # fmt: skip
            continue
        ours = opener.field_named(child.fills.get(field.name, ""))
        if ours is None:
            if field.required and not field.when and field.type is not FieldType.FLAG:
                findings.add(
                    "child_form", at,
                    fill(
                        "{} does not fill {}, which {} of {} requires.",
                        opener.name, field.name, child.opening, inside.name,
                    ),
                    fill("Add with: {{{}: form.FIELD}}, or require it no longer.", field.name),
                )  # fmt: skip
            continue
        wrong = _misfit(field.required and not field.when, ours.required and not ours.when)
        if not _same_kind(ours.type, field.type, many=child.many):
            wrong = fill("a {} cannot fill a {}", ours.type, field.type)
        elif field.options and (excess := ours.options.keys() - field.options.keys()):
            wrong = fill("{} cannot be said there", ", ".join(sorted(excess)))
        if wrong:
            findings.add(
                "child_form", at,
                fill(
                    "{} fills {} of {} from {}: {}.",
                    opener.name, field.name, inside.name, ours.name, wrong,
                ),
                "Give both fields the same type and options.",
            )  # fmt: skip


def _misfit(is_required: bool, is_given: bool) -> str:
    return "it may be empty, but is required there" if is_required and not is_given else ""


def _same_kind(ours: FieldType, theirs: FieldType, *, many: bool) -> bool:
    if ours is theirs:
        return True
    pairs = {(FieldType.CHOICE, FieldType.TEXT), (FieldType.UNIT, FieldType.UNITS),
             (FieldType.PARTY, FieldType.PARTIES), (FieldType.DATE, FieldType.INSTANT)}  # fmt: skip
    return (ours, theirs) in pairs or (many and (theirs, ours) in pairs)


def _results(answer: Action, inside: Procedure, at: str, findings: Findings) -> None:
    field = answer.field_named("result")
    if field is None or field.type is not FieldType.CHOICE:
        findings.add(
            "child_result", at, fill("{} has no choice called result.", answer.name),
            "Add the field result with all results of the child run.",
        )  # fmt: skip
        return
    for result in sorted(inside.results - field.options.keys()):
        findings.add(
            "child_result", at, fill("{} does not know the result {}.", answer.name, result),
            fill("Add {} to the options of its field result.", result),
        )  # fmt: skip
    for result in sorted(field.options.keys() - inside.results):
        findings.add(
            "child_result", at,
            fill("{} expects {}, which {} never gives.", answer.name, result, inside.name),
            fill("Its results are {}.", ', '.join(sorted(inside.results)) or 'none'),
        )  # fmt: skip
