"""`decide`: one small pure function for every act of every procedure; and what goes by itself.

It checks action, actor, state, conditions, form and guards, in this order, and answers what is to
be written or why not. It never raises for a legal input; it raises KeyError when the caller has
not loaded a limit that the act needs (`timing.terms_of` names them).
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from huiyin.procedures.decisions import (
    Change,
    ChildOpening,
    ClockChange,
    Decision,
    Event,
    Notice,
    Possible,
    Refusal,
)
from huiyin.procedures.drafting import Draft, target_of
from huiyin.procedures.forms import clean
from huiyin.procedures.guards import GUARDS, Guard
from huiyin.procedures.language import (
    ACTOR_UNIT,
    FROM_ROLE,
    NEW,
    Action,
    ConditionKind,
    Expiry,
    FieldType,
    Procedure,
)
from huiyin.procedures.matching import holds, is_actor, known_facts, those_asked
from huiyin.procedures.runs import (
    NOTHING,
    SYSTEM,
    Actor,
    Child,
    Facts,
    Snapshot,
    Status,
    Values,
    Who,
)
from huiyin.procedures.timing import again_at, most_more

__all__ = ["child_done", "decide", "expire", "new_run", "possible"]

Answer = Decision | Refusal
NO_EVENT: Final = ""


def new_run(procedure: Procedure, **given: object) -> Snapshot:
    """Return the run before it is open; `given` are fields of Snapshot that the caller knows."""
    run = Snapshot(procedure=procedure.name, version=procedure.version)
    run = replace(run, **given)  # type: ignore[arg-type]  # the names are checked by replace
    firsts = {rule.name: rule.first for rule in procedure.facts.values() if rule.first}
    return replace(run, facts={**firsts, **run.facts})


def decide(
    procedure: Procedure, run: Snapshot, action: str, form: Values, actor: Actor, now: datetime,
    facts: Facts, *, guards: Mapping[str, Guard] = GUARDS,
) -> Answer:  # fmt: skip
    """Answer what one act writes, or why it cannot be.

    `run`: as it is now (`new_run` before it is open). `form`: what was sent, not cleaned yet.
    `now`: the instant of the act, aware. `guards`: the named ones, a capability's own included.
    """
    rule = procedure.actions.get(action)
    if rule is None:
        return Refusal("run.unknown_action", {"action": action})
    known = known_facts(procedure, run, facts.outside)
    for refusal in _obstacles(procedure, rule, run, actor, now, known, facts):
        return refusal
    cleaned = clean(rule.form, form, now=now)
    if cleaned.errors:
        return Refusal("run.form", {"errors": dict(cleaned.errors)})
    values = cleaned.values
    met = _form_obstacle(procedure, rule, run, values, actor, now, known, facts, guards)
    if met is not None:
        return met
    return _decided(procedure, rule, run, values, actor, now, known, facts)


def possible(
    procedure: Procedure, run: Snapshot, actor: Actor, now: datetime, facts: Facts
) -> tuple[Possible, ...]:
    """List every action, in the order of the file: open now, or the one reason against it.

    Reasons are those before a form is filled in, the lasting ones first, so that nobody puts
    something right and then meets an obstacle that was there all along.
    """
    known = known_facts(procedure, run, facts.outside)
    return tuple(
        Possible(rule.name, next(_obstacles(procedure, rule, run, actor, now, known, facts), None))
        for rule in procedure.actions.values()
    )


def expire(procedure: Procedure, run: Snapshot, clock: str, now: datetime, facts: Facts) -> Answer:
    """Record that the end of a clock has come: a fault, a right that lapsed, or an action.

    Call it for each of `timing.due_clocks`. An action that cannot be taken just now is no reason to
    try for ever: the end is recorded as a fault then. Refused when the clock is not over, or its
    end was recorded before.
    """
    found = run.clocks.get(clock)
    if found is None or found.status is not Status.RUNNING or found.overdue_at is not None or (
        now < found.due_at
    ):  # fmt: skip
        return Refusal("run.clock_not_over", {"clock": clock})
    rule = procedure.clocks[clock]
    draft = Draft(procedure, run, now, facts)
    if rule.on_expiry is Expiry.ACT:
        draft.fire(clock)
        act = procedure.actions[rule.expiry_action]
        answer = decide(procedure, draft.run(), act.name, NOTHING, SYSTEM, now, facts)
        if isinstance(answer, Decision):
            return replace(answer, clocks=(*draft.changes, *answer.clocks))
        draft = Draft(procedure, run, now, facts)  # it stays, overdue, for people to see
    if rule.on_expiry is Expiry.LAPSE:
        draft.lapse(clock)
    else:
        draft.overdue(clock)
    event = Event(
        NO_EVENT, SYSTEM.id, "", "", now, run.state, run.state, {"clock": clock}, rule.law
    )
    return Decision(event, draft.run(), tuple(draft.changes))


def child_done(
    procedure: Procedure, run: Snapshot, child: str, result: str, now: datetime, facts: Facts,
    *, child_id: str = "",
) -> Answer | Snapshot:  # fmt: skip
    """Tell a run that one of its child runs is done: the act it takes, or the run with that noted.

    `child_id`: which one, where several of a name may be open. Where the run waits for others as
    well, it takes the act with the result of the last.
    """
    children = list(run.children)
    for number, entry in enumerate(children):
        if entry.name == child and not entry.is_done and child_id in ("", entry.id):
            children[number] = Child(child, entry.id, True, result)
            break
    else:
        return Refusal("run.child_not_open", {"child": child})
    noted = replace(run, children=tuple(children))
    on_done = procedure.children[child].on_done
    if not on_done:
        return noted
    rule = procedure.actions[on_done]
    if noted.state not in rule.froms or _child_awaited(procedure, rule, noted):
        return noted
    form = {"result": result} if rule.field_named("result") else {}
    return decide(procedure, noted, on_done, form, SYSTEM, now, facts)


# --- why not ---------------------------------------------------------------------------------


def _obstacles(
    procedure: Procedure, rule: Action, run: Snapshot, actor: Actor, now: datetime, known: Values,
    facts: Facts,
) -> Iterator[Refusal]:  # fmt: skip
    """Yield what stands against an action before its form is filled in, the lasting first."""
    if run.state != NEW and procedure.states[run.state].end:
        yield Refusal("run.ended", {"state": run.state})
    if not any(is_actor(procedure.actors[name], actor, run, known) for name in rule.by):
        yield Refusal("run.not_yours", {"action": rule.name, "who": rule.by})
    if run.state != NEW and actor.who is Who.STAFF and actor.unit in run.accused:
        # Taking a complaint in is everybody's duty; after that its accused withdraw.
        yield Refusal("guard.not_by_the_accused")
    if run.state not in rule.froms:
        yield Refusal(
            "run.not_from_here",
            {"action": rule.name, "state": run.state, "froms": _in_order(procedure, rule.froms)},
        )
    if awaited := _child_awaited(procedure, rule, run):
        yield Refusal("run.waits_for_child", {"child": awaited})
    if rule.within:
        window = run.clocks.get(rule.within)
        if window is None or not window.is_open(now):
            closed = window.due_on if window and window.is_over(now) else None
            yield Refusal("run.window_closed", {"clock": rule.within, "closed_on": closed})
    if rule.times is not None and run.counts.get(rule.name, 0) >= rule.times:
        yield Refusal("run.used_up", {"action": rule.name, "times": rule.times})
    if rule.every is not None and (last := run.last.get(rule.name)):
        again = again_at(last, rule.every, facts)
        if now < again:
            yield Refusal("run.too_soon", {"action": rule.name, "again_at": again})
    if rule.quorum and actor.who is Who.PERSON and (
        actor.id in run.consents.get(rule.name, frozenset())
    ):  # fmt: skip
        yield Refusal("run.agreed_already", {"action": rule.name})
    for need in rule.needs:
        if need.kind is not ConditionKind.FORM and not holds(
            need, run, known=known, form=NOTHING, now=now
        ):
            yield Refusal(f"{procedure.name}.{need.refusal}")
    for name in rule.advance:
        options = tuple(procedure.facts[name].options)
        if known.get(name) == options[-1]:
            yield Refusal("run.last_level", {"fact": name})
    if rule.to and rule.to.of != "form" and target_of(rule, run, known, NOTHING) is None:
        yield Refusal("run.nowhere_to_go", {"action": rule.name})
    for name in rule.open:
        if run.open_children(name) and not procedure.children[name].many:
            yield Refusal("run.child_open", {"child": name})
    yield from _extension_obstacles(procedure, rule, run, now)


def _child_awaited(procedure: Procedure, rule: Action, run: Snapshot) -> str:
    """Return the child whose end the run waits for before this act can move it, or nothing."""
    state = procedure.states.get(run.state)
    is_held = state and state.waits_for and rule.to and run.open_children(state.waits_for)
    return state.waits_for if state and is_held else ""


def _extension_obstacles(
    procedure: Procedure, rule: Action, run: Snapshot, now: datetime
) -> Iterator[Refusal]:
    acts = rule.clocks
    name = acts.ask_more or acts.extend or acts.refuse_more
    if not name:
        return
    clock, extending = run.clocks.get(name), procedure.clocks[name].extending
    if clock is None or not clock.is_alive or extending is None:
        yield Refusal("run.clock_not_running", {"clock": name})
        return
    if len(clock.extensions) >= extending.times:
        yield Refusal("run.extended_already", {"clock": name, "times": extending.times})
    is_direct = extending.ask == extending.approve
    if acts.ask_more and clock.asked is not None:
        yield Refusal("run.extension_asked_already", {"clock": name})
    if (acts.ask_more or is_direct) and clock.has_run_out(now):
        yield Refusal("run.window_closed", {"clock": name, "closed_on": clock.due_on})
    if not acts.ask_more and not is_direct and clock.asked is None:
        yield Refusal("run.extension_not_asked", {"clock": name})


def _form_obstacle(
    procedure: Procedure, rule: Action, run: Snapshot, form: Values, actor: Actor, now: datetime,
    known: Values, facts: Facts, guards: Mapping[str, Guard],
) -> Refusal | None:  # fmt: skip
    """Return what the filled-in form meets, or None."""
    for need in rule.needs:
        if need.kind is ConditionKind.FORM and not holds(
            need, run, known=known, form=form, now=now
        ):
            return Refusal(f"{procedure.name}.{need.refusal}")
    for name in rule.guards:
        if not guards[name](rule, form, run, actor):
            return Refusal(f"guard.{name}")
    extended = rule.clocks.ask_more or rule.clocks.extend
    if extended:
        amount = form.get("amount") or run.clocks[extended].asked or 0
        _, most = most_more(procedure.clocks[extended], known, facts)
        if isinstance(amount, int) and amount > most.amount:
            return Refusal("run.extension_too_long", {"clock": extended, "most": most})
    party = _party_in(rule, form)
    if rule.quorum and actor.who is Who.STAFF and not party:
        return Refusal("run.party_not_named", {"action": rule.name})
    if rule.quorum and party:
        if actor.who is Who.PERSON and party != actor.id:
            return Refusal("run.not_for_another", {"action": rule.name})
        if party not in those_asked(procedure, rule, run):
            return Refusal("run.no_party", {"party": party})
        if party in run.consents.get(rule.name, frozenset()):
            return Refusal("run.agreed_already", {"action": rule.name})
    if rule.to and target_of(rule, run, known, form) is None:
        return Refusal("run.nowhere_to_go", {"action": rule.name})
    return None


def _party_in(rule: Action, form: Values) -> str:
    """Return the party for whom staff record an agreement."""
    for field in rule.form:
        if field.type is FieldType.PARTY and isinstance(value := form.get(field.name), str):
            return value
    return ""


def _in_order(procedure: Procedure, names: frozenset[str]) -> tuple[str, ...]:
    return tuple(name for name in (NEW, *procedure.states) if name in names)


# --- what is written ---------------------------------------------------------------------------


def _decided(
    procedure: Procedure, rule: Action, run: Snapshot, form: Values, actor: Actor, now: datetime,
    known: Values, facts: Facts,
) -> Decision:  # fmt: skip
    role = next(name for name in rule.by if is_actor(procedure.actors[name], actor, run, known))
    draft = Draft(procedure, run, now, facts)
    draft.count(rule)
    for_party = _party_in(rule, form) if rule.quorum and actor.who is not Who.PERSON else ""
    is_pending = False
    if rule.quorum and (for_party or actor.who is Who.PERSON):
        draft.agree(rule, for_party or actor.id)
        is_pending = not draft.all_agree(rule)
    if not is_pending:
        draft.follow(rule, form, actor, known)
    openings = () if is_pending else tuple(_openings(procedure, rule, form, draft.run(), actor))
    draft.have_children(opening.child for opening in openings)
    after = draft.run()
    event = Event(
        action=rule.name, actor=actor.id, as_actor=role, unit=actor.unit, at=now,
        from_state=run.state, to_state=after.state, form=form, law=rule.law,
        is_pending=is_pending, on_behalf_of=for_party,
    )  # fmt: skip
    if is_pending:
        return Decision(event, after)
    was_done = run.state != NEW and procedure.states[run.state].done
    is_done = procedure.states[after.state].done
    handed = str(form.get(rule.hand_over, "")) if rule.hand_over else ""
    return Decision(
        event=event,
        after=after,
        clocks=tuple(draft.changes),
        assigned=draft.assigned,
        released=rule.release,
        openings=openings,
        done_with=after.result if is_done and not was_done else None,
        hands_over_to=handed,
        merges_into=str(form.get(rule.merge, "")) if rule.merge else "",
        documents=rule.documents,
        notices=tuple(Notice(to, f"{procedure.name}.{rule.name}.{to}") for to in rule.notify),
        effects=rule.effects,
    )


def _given(ours: str, form: Values, run: Snapshot, actor: Actor) -> object:
    """Return what fills a field of a child: a field of ours, the actor's unit, a role's unit."""
    if ours == ACTOR_UNIT:
        return actor.unit
    if ours.startswith(FROM_ROLE):
        return next(iter(run.roles.get(ours.removeprefix(FROM_ROLE), ())), None)
    return form.get(ours)


def _openings(
    procedure: Procedure, rule: Action, form: Values, run: Snapshot, actor: Actor
) -> Iterator[ChildOpening]:
    """Yield the child runs to open: of a `many` one, one for each unit that the form names."""
    for name in rule.open:
        child = procedure.children[name]
        fields: dict[str, object] = {}
        each, several = "", tuple[str, ...]()
        for theirs, ours in child.fills.items():
            value = _given(ours, form, run, actor)
            field = rule.field_named(ours)
            if child.many and field and field.type is FieldType.UNITS:
                each, several = theirs, value if isinstance(value, tuple) else ()
            elif value is not None:
                fields[theirs] = value
        if not each:
            yield ChildOpening(name, child.procedure, child.opening, fields)
        for unit in several:
            form_of_one = {**fields, each: unit}
            yield ChildOpening(name, child.procedure, child.opening, form_of_one)


def change_of(decision: Decision, change: Change) -> tuple[ClockChange, ...]:
    """Return the changes of one sort among those of a decision."""
    return tuple(entry for entry in decision.clocks if entry.change is change)
