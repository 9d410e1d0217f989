"""Reading one matter: what can be done now and why not, and what a resident is told.

Sentences come from the procedure files in the language of the request.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from huiyin.matters import access
from huiyin.matters.acting import Held, held_by
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Contact, EventHeader, Matter, Run, RunClock
from huiyin.matters.wording import language, said
from huiyin.people.actors import Actor
from huiyin.procedures import possible
from huiyin.procedures.language import Action, ActorKind, Field, Procedure, State
from huiyin.procedures.matching import is_actor
from huiyin.procedures.refusals import sentence
from huiyin.units.models import Unit

NOT_YOURS = ("run.not_yours", "guard.not_by_the_accused")


# --- what can be done ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PossibleAct:
    """One action as somebody sees it: open with its form, or the one reason against it.

    `is_theirs`: whether it is this actor's to do at all. `is_moving`: whether it may change the
    state, so that the number of the last event seen has to be sent along.
    """

    action: str
    label: str
    hint: str
    law: str
    form: tuple[Field, ...]
    is_open: bool
    is_theirs: bool
    is_moving: bool
    reason: str = ""
    sentence: str = ""


def possible_acts(run_id: UUID, *, by: Actor, at: datetime) -> list[PossibleAct]:
    """Return every action of a run the actor sees, in the order of the file: open, or why not.

    Four queries at most, however much has happened. Raises NotFound.
    """
    return acts_on(_read(access.run(run_id, by=by), at=at), by=by, at=at)


def acts_on(
    held: Held, *, by: Actor, at: datetime, theirs_only: bool = False
) -> list[PossibleAct]:  # fmt: skip
    """Return what is possible on a loaded run; one query for each fact from outside.

    `theirs_only`: without what is somebody else's to do, the larger part of any procedure.
    """
    rules = held.procedure
    found = []
    facts = held.facts_for(rules.actions.values(), by=by)
    for entry in possible(rules, held.before, held.actor(by), at, facts):
        act = rules.actions[entry.action]
        if entry.refusal is None:
            found.append(_possible(act, rules))
        elif not (theirs_only and entry.refusal.code in NOT_YOURS):
            found.append(
                _possible(
                    act, rules, reason=entry.refusal.code,
                    why=sentence(entry.refusal, rules, language=language()),
                )
            )  # fmt: skip
    return found


def _read(run: Run, *, at: datetime) -> Held:
    """Load what a decision needs, without locking anything."""
    contacts = tuple(Contact.objects.filter(matter=run.matter_id).order_by("id"))
    return held_by(run, run.matter, contacts, at=at)


def _possible(act: Action, rules: Procedure, *, reason: str = "", why: str = "") -> PossibleAct:
    return PossibleAct(
        action=act.name,
        label=said(act.label),
        hint=said(act.hint),
        law=said(act.law),
        form=act.form,
        is_open=not reason,
        is_theirs=reason not in NOT_YOURS,
        is_moving=act.to is not None,
        reason=reason,
        sentence=why,
    )


# --- what the person is told --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Message:
    """What was written to or by the person."""

    at: datetime
    is_own: bool
    text: str
    is_redacted: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What a person reads of their matter: plain words, the promised day, who has it, messages."""

    matter: Matter
    run_id: UUID
    procedure: str
    rules: str  # the name of the procedure
    state: str
    plain: str
    who: str
    is_your_turn: bool
    is_done: bool
    promised_on: date | None
    is_late: bool
    is_paused: bool
    messages: tuple[Message, ...]
    acts: tuple[PossibleAct, ...]


def told(matter_id: UUID, *, by: Actor, at: datetime) -> Told:
    """Return what a person of the matter reads: of the run that matters now. Raises NotFound.

    Eight queries at most, however much has happened.
    """
    of = access.matter(matter_id, by=by)
    runs = list(
        access.runs_seen_by(by).filter(matter=of).select_related("matter__category")
    )  # fmt: skip
    run = max(runs, key=lambda one: (one.parent_id is None, not one.is_over, one.opened_at))
    held = _read(run, at=at)
    rules, state = held.procedure, held.procedure.states[run.state]
    promise = _promise(run)
    who, is_theirs = _who_has_it(held, state, by)
    return Told(
        matter=of,
        run_id=run.pk,
        procedure=said(rules.title),
        rules=rules.name,
        state=said(state.label),
        plain=said(state.plain) or said(state.label),
        who=who,
        is_your_turn=is_theirs,
        is_done=run.is_done,
        promised_on=promise.due_on if promise else None,
        is_late=bool(promise and not promise.ended_at and promise.due_at <= at),
        is_paused=bool(promise and promise.status == "paused"),
        messages=_messages(held, runs, by),
        acts=tuple(act for act in acts_on(held, by=by, at=at) if act.is_theirs),
    )


def _promise(run: Run) -> RunClock | None:
    """Return the promised date that holds: of what still runs before what has ended."""
    clocks = RunClock.objects.filter(run=run, kind="promise", is_window=False)
    found = sorted(clocks, key=lambda clock: (clock.ended_at is not None, clock.due_at))
    return found[0] if found else None


def _who_has_it(held: Held, state: State, by: Actor) -> tuple[str, bool]:
    """Return who is next, as a person reads it, and whether it is that person."""
    rule = held.procedure.actors.get(state.owner)
    if rule is None:
        return "", False
    if rule.is_person:
        engine = held.actor(by)
        return said(rule.label), is_actor(rule, engine, held.before, {})
    holders = held.before.roles.get(rule.role, ()) if rule.kind is ActorKind.ASSIGNED else ()
    names = Unit.objects.filter(pk__in=holders).order_by("code").values_list("name", flat=True)
    return "、".join(names) or said(rule.label), False


def _messages(held: Held, runs: list[Run], by: Actor) -> tuple[Message, ...]:
    """Return what was said to and by this person, the oldest first."""
    words_in = {
        act.name: act.message
        for run in runs
        for act in procedure_of(run.procedure).actions.values()
        if act.message
    }
    own = {one.pk for one in held.contacts if access.is_theirs(one, by)}
    mine = Q(contact_id__in=own)
    if held.before.reporter in {str(pk) for pk in own}:
        mine |= Q(contact_id=None)  # what staff wrote to them
    events = EventHeader.objects.filter(mine, action__in=words_in, run__in=runs)
    return tuple(
        _message(event, own, words_in[event.action])
        for event in events.select_related("body").order_by("recorded_at", "id")
    )


def _message(event: EventHeader, own: set[UUID], field: str) -> Message:
    body = getattr(event, "body", None)
    text = str(body.content.get("form", {}).get(field, "")) if body else ""
    return Message(event.recorded_at, event.contact_id in own, text, is_redacted=body is None)
