"""`act`: the one verb that changes a run. Pages, API, imports, clock-keeper and tests call it."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Model, OuterRef
from django.utils import timezone
from django.utils.translation import get_language

from huiyin.matters import access, asking, codec
from huiyin.matters.chain import canonical
from huiyin.matters.effects import carry_out_effects, facts_from_outside
from huiyin.matters.handing_over import (
    HANDED_FROM,
    HANDED_TO,
    filled,
    opening_for,
    promised_by,
)
from huiyin.matters.limits import calendar, limits_for, procedure_of
from huiyin.matters.listening import Happened, tell
from huiyin.matters.merging import (
    MERGED_INTO,
    lock_both,
    merge_matters,
    merge_target,
)
from huiyin.matters.models import Contact, EventHeader, IdempotencyKey, Matter, Run
from huiyin.matters.people_in import parties_of, reporter_of, seen_by_engine
from huiyin.matters.references import missing, units_sent
from huiyin.matters.refusals import (
    ActRefused,
    KeyUsedOtherwise,
    NobodyTakesItOver,
    NotFound,
    NotYetHappened,
    SomebodyWasFaster,
)
from huiyin.matters.writing import ESCALATED, Rows, write
from huiyin.people.actors import SYSTEM
from huiyin.people.actors import Actor as Account
from huiyin.procedures import (
    SYSTEM as ENGINE,
)
from huiyin.procedures import (
    Actor,
    Decision,
    Facts,
    Procedure,
    Refusal,
    Snapshot,
    Who,
    child_done,
    decide,
    expire,
    new_run,
)
from huiyin.procedures.decisions import ChildOpening, Event
from huiyin.procedures.language import Action, Words
from huiyin.procedures.refusals import field_sentence, sentence
from huiyin.procedures.runs import Values
from huiyin.ui.identifiers import new_id
from huiyin.ui.ready import Ready
from huiyin.ui.refusals import Refusal as WhyNot
from huiyin.ui.rows import Writing, in_one_go
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

BY_LINK: Final = "by_link"  # the mark of an event: the person came by a one-time link


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act: its event, the run as it is now, and the engine's decision.

    `is_repeat`: the same key had given this answer before; nothing was written now. `rows`: what an
    act has written, its units loaded where the form named them.
    """

    run: Run
    event: EventHeader
    decision: Decision | None
    is_repeat: bool = False
    rows: Rows | None = None

    @property
    def is_alone(self) -> bool:
        """Whether nothing else was written with it that may have changed the run once more."""
        made = self.decision
        return made is not None and not (
            made.openings or made.effects or made.hands_over_to or made.merges_into
            or (made.done_with is not None and self.run.parent_id)
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Held:
    """A run that is locked with its matter, and all the engine needs to decide."""

    run: Run
    matter: Matter
    procedure: Procedure
    contacts: tuple[Contact, ...]
    before: Snapshot
    facts: Facts
    units: Mapping[str, Unit] = field(default_factory=dict)  # named in the form and there, by id
    unsaved: tuple[Model, ...] = ()  # rows of a matter that is being opened, before its run

    def actor(self, by: Account) -> Actor:
        """Return whoever acts, as the engine sees them."""
        return seen_by_engine(by, self.contacts)

    def facts_for(self, actions: Iterable[Action], *, by: Account) -> Facts:
        """Return the facts with those from outside that these actions read."""
        outside = facts_from_outside(self.run, self.procedure, actions, by=by)
        return replace(self.facts, outside=outside) if outside else self.facts


def act(
    run_id: UUID, action: str, *, by: Account, at: datetime, form: Values | None = None,
    expected: int | None = None, key: str = "", occurred_at: datetime | None = None,
) -> Done:  # fmt: skip
    """Take an action of the run's procedure, in one transaction.

    `form`: as it was sent. `expected`: the number of the event that whoever acts had seen last; an
    act that changes the state is refused when there is a later one. `key`: the same key, actor and
    act again give the same answer. `occurred_at`: when it really happened, of what is entered late.

    Writes one event on each run that is touched. Raises NotFound, ActRefused, SomebodyWasFaster,
    KeyUsedOtherwise.
    """
    sent = dict(form or {})
    with in_one_go() as writing:
        lock_both(run_id, action, sent)
        held = hold(run_id, by=by, at=at, action=action, form=sent)
        actor = held.actor(by)
        known = _known_answer(held.run, action, sent, actor, key)
        if known is not None:
            return Done(held.run, known, None, is_repeat=True)
        rule = held.procedure.actions.get(action)
        is_moving = rule is not None and rule.to is not None
        if expected is not None and is_moving and _was_slower(held.run, expected):
            raise SomebodyWasFaster(state=_label(held.procedure, held.run.state))
        facts = held.facts_for([rule] if rule else [], by=by)
        answer = decide(held.procedure, held.before, action, sent, actor, at, facts)
        done = carry_out(
            held, answer, by=by, actor=actor, at=at, occurred_at=occurred_at, into=writing
        )
        _remember_answer(done, action, sent, actor, key, at, into=writing)
        return done


def act_many(
    run_ids: Sequence[UUID], action: str, *, by: Account, at: datetime, form: Values | None = None
) -> dict[UUID, Done | WhyNot]:
    """Take the same action on many runs: the same verb over a locked batch, one transaction.

    Runs are locked in the order of their matters. What is refused for one run leaves the others
    alone; the answer tells it run by run.
    """
    answers: dict[UUID, Done | WhyNot] = {}
    with transaction.atomic():
        found = dict(Run.objects.filter(pk__in=run_ids).values_list("pk", "matter_id"))
        for run_id in sorted(run_ids, key=lambda one: (str(found.get(one, "")), str(one))):
            try:
                with transaction.atomic():
                    answers[run_id] = act(run_id, action, by=by, at=at, form=form)
            except WhyNot as refusal:
                answers[run_id] = refusal
    return answers


def hold(
    run_id: UUID, *, at: datetime, by: Account = SYSTEM, action: str = "",
    form: Values | None = None, skip_locked: bool = False,
) -> Held:  # fmt: skip
    """Lock a matter and one of its runs and load what a decision needs. Raises NotFound.

    `by`: who acts; a run they may not see is not there for them. `action`, `form`: what is to be
    done, where it may name units.

    The matter comes first (PostgreSQL locks in the order of `of`) and covers all its runs: an act
    also writes the parent and the children of its run, and two acts that each held a run before
    the matter would wait for each other crosswise. `skip_locked`: a matter that somebody holds
    just now is left alone.
    """
    kind, known = access.sight(by)
    run = _locked_run(kind, *known, skip_locked=skip_locked).first(pk=run_id, **known)
    if run is None:
        raise NotFound()
    run.matter.has_merged = run.has_merged  # type: ignore[attr-defined]  # annotated
    contacts = tuple(_PEOPLE.all(matter=run.matter_id))
    return held_by(run, run.matter, contacts, at=at, action=action, form=form)


@cache
def _locked_run(kind: str, *names: str, skip_locked: bool) -> Ready[Run]:
    """Return the question that locks a run with its matter, by who asks."""
    return Ready(
        lambda pk, **known: (
            access.runs_in_sight(kind, **known)
            .select_for_update(of=("matter", "self"), no_key=True, skip_locked=skip_locked)
            .select_related("matter", "matter__category")
            .annotate(has_merged=Exists(Matter.objects.filter(merged_into=OuterRef("matter"))))
            .filter(pk=pk)[:1]
        ),
        names=("pk", *names),
    )


_PEOPLE: Ready[Contact] = Ready(
    lambda matter: Contact.objects.filter(matter_id=matter).select_related("account").order_by("id")
)


def held_by(
    run: Run, matter: Matter, contacts: tuple[Contact, ...], *, at: datetime,
    action: str = "", form: Values | None = None, unsaved: Sequence[Model] = (),
) -> Held:  # fmt: skip
    """Load what a decision on a run of a locked matter needs.

    `action`, `form`: what is to be done; the units it names are looked up in one query.
    `unsaved`: rows of a matter that is being opened; they are written with its run.
    """
    procedure = procedure_of(run.procedure)
    before = snapshot_of(run, matter, procedure, contacts)
    named = units_named(units_sent(procedure.actions.get(action), form or {}), at=at)
    facts = Facts(
        calendar=calendar(),
        limits=limits_for(procedure, matter, at=at),
        above=superiors_of(named),
    )
    return Held(run, matter, procedure, contacts, before, facts, named, tuple(unsaved))


def snapshot_of(
    run: Run, matter: Matter, procedure: Procedure, contacts: Sequence[Contact]
) -> Snapshot:
    """Return a run as the engine sees it."""
    given = {
        "reporter": reporter_of(contacts),
        "parties": parties_of(contacts),
        "places": matter.place_ids,
        "accused": frozenset(str(unit) for unit in matter.accused),
    }
    if run.events == 0:
        return new_run(procedure, **given)
    return codec.decoded(run.memory, procedure, **given)


def units_named(units: Sequence[UUID], *, at: datetime) -> dict[str, Unit]:
    """Return those of these units that there are, by id, with superior, code and name."""
    if not units:
        return {}
    found = _THERE.all(units=list(units), on=timezone.localdate(at))
    return {str(unit.pk): unit for unit in found}


def superiors_of(units: Mapping[str, Unit]) -> dict[str, str]:
    """Return which unit is above each of these, for those that have one."""
    return {pk: str(unit.superior_id) for pk, unit in units.items() if unit.superior_id}


_THERE: Ready[Unit] = Ready(
    lambda units, on: Unit.objects.filter(held_on(on), pk__one_of=units).only(
        "superior_id", "code", "name"
    )
)


def carry_out(
    held: Held, answer: Decision | Refusal, *, by: Account, actor: Actor, at: datetime,
    occurred_at: datetime | None = None, marks: codec.Json | None = None,
    into: Writing | None = None,
) -> Done:  # fmt: skip
    """Write a decision with all that it draws along: child runs opened, a parent told, the matter
    handed over to another procedure or merged into another matter.

    `marks`: what the event's header keeps besides. `into`: what the caller's transaction is going
    to send (`in_one_go`); without it all is sent here. Raises ActRefused when the answer is a
    refusal, and why the matter cannot be handed over or merged: then nothing has been written.
    """
    if into is None:
        with in_one_go() as into:
            return carry_out(
                held, answer, by=by, actor=actor, at=at, occurred_at=occurred_at, marks=marks,
                into=into,
            )  # fmt: skip
    if isinstance(answer, Refusal):
        raise refused(answer, held.procedure)
    if occurred_at and occurred_at > at:
        raise NotYetHappened()
    if actor.who is not Who.SYSTEM and (wrong := missing(held, answer.event)):
        raise refused(wrong, held.procedure)
    rule, form = held.procedure.actions.get(answer.event.action), answer.event.form
    asking.ask(rule, form, by=by, at=at)
    going_on = _going_on(held, answer, at=at) if answer.hands_over_to else None
    target = merge_target(held.matter, answer, by=by) if answer.merges_into else None
    kept = {**(marks or {}), **links(going_on, target)}
    if by.contact_id:
        kept[BY_LINK] = True
    openings = [(new_id(), opening) for opening in answer.openings]
    answer = with_child_ids(answer, [run_id for run_id, _ in openings])
    contact = actor.id if actor.who is Who.PERSON else ""
    was_done = held.run.done_at is not None
    rows = write(
        held.run, held.procedure, answer, by=by, contact=contact, at=at, occurred_at=occurred_at,
        marks=kept, first=held.unsaved, into=into,
    )  # fmt: skip
    event = rows.event
    for assignment in rows.assignments:
        if unit := held.units.get(str(assignment.unit_id)):
            assignment.unit = unit
    for run_id, opening in openings:
        _open_child(held, run_id, opening, at=at)
    if answer.done_with is not None and held.run.parent_id:
        _tell_parent(held, answer.done_with, at=at)
    if going_on:
        _go_on(held, going_on, answer, at=at)
    if target:
        merge_matters(held.matter, target, by=by, at=at)
    happened = Happened(
        held.matter, held.run, held.procedure, event, answer, at, held.before, held.contacts, by,
        was_done, into,
    )  # fmt: skip
    carry_out_effects(happened)
    tell(happened)
    return Done(held.run, event, answer, rows=rows)


def refused(refusal: Refusal, procedure: Procedure) -> WhyNot:
    """Return the refusal to be raised, with its sentence in the language of the request."""
    language = get_language() or "zh"
    errors = refusal.data.get("errors")
    told = (
        {name: field_sentence(error, language=language) for name, error in errors.items()}
        if isinstance(errors, Mapping)
        else {}
    )
    return ActRefused(
        reason=refusal.code, sentence=sentence(refusal, procedure, language=language), errors=told
    )


def with_child_ids(decision: Decision, ids: Sequence[UUID]) -> Decision:
    """Give the child runs that are being opened their ids, in order."""
    if not ids:
        return decision
    children = list(decision.after.children)
    first = len(children) - len(ids)
    for number, run_id in enumerate(ids):
        children[first + number] = replace(children[first + number], id=str(run_id))
    return replace(decision, after=replace(decision.after, children=tuple(children)))


def _open_child(held: Held, run_id: UUID, opening: ChildOpening, *, at: datetime) -> None:
    procedure = procedure_of(opening.procedure)
    run = Run(
        pk=run_id,
        matter=held.matter,
        procedure=procedure.name,
        version=procedure.version,
        parent=held.run,
        child_name=opening.child,
    )
    child = held_by(
        run, held.matter, held.contacts, at=at, action=opening.action, form=opening.form
    )
    facts = child.facts_for([procedure.actions[opening.action]], by=SYSTEM)
    answer = decide(procedure, child.before, opening.action, opening.form, ENGINE, at, facts)
    carry_out(child, answer, by=SYSTEM, actor=ENGINE, at=at)


# --- on into another procedure, or another matter -------------------------------------------------


def _going_on(held: Held, answer: Decision, *, at: datetime) -> Held:
    """Return the run, not written yet, in which a matter that is handed over goes on."""
    procedure = procedure_of(answer.hands_over_to)
    run = Run(pk=new_id(), matter=held.matter, procedure=procedure.name, version=procedure.version)
    next_one = held_by(run, held.matter, held.contacts, at=at)
    promised = promised_by(held.procedure, held.before, answer.after)
    return replace(next_one, before=replace(next_one.before, promised=promised))


def _go_on(held: Held, going_on: Held, answer: Decision, *, at: datetime) -> None:
    """Open the run in which a matter goes on. Raises NobodyTakesItOver, ActRefused."""
    procedure, matter = going_on.procedure, held.matter
    opening = opening_for(procedure, answer.event.form, matter)
    if opening is None:
        raise NobodyTakesItOver(procedure=_words(procedure.title))
    if procedure.confidential and not matter.is_confidential:
        matter.is_confidential = True
        matter.save(update_fields=["is_confidential"])
    form = filled(opening, answer.event.form, matter)
    facts = going_on.facts_for([opening], by=SYSTEM)
    taken = decide(procedure, going_on.before, opening.name, form, ENGINE, at, facts)
    receipt = {HANDED_FROM: {"procedure": held.procedure.name, "run": str(held.run.pk)}}
    carry_out(going_on, taken, by=SYSTEM, actor=ENGINE, at=at, marks=receipt)


def links(going_on: Held | None, target: Matter | None) -> codec.Json:
    """Return the receipts that the event which ends a run here keeps."""
    found: codec.Json = {}
    if going_on:
        found[HANDED_TO] = {
            "procedure": going_on.procedure.name, "run": str(going_on.run.pk)
        }  # fmt: skip
    if target:
        found[MERGED_INTO] = {"matter": str(target.pk), "number": target.number}
    return found


def _tell_parent(held: Held, result: str, *, at: datetime) -> None:
    parent = Run.objects.get(children=held.run.pk)  # its matter is locked already
    above = held_by(parent, held.matter, held.contacts, at=at)
    rule = above.procedure.actions.get(above.procedure.children[held.run.child_name].on_done)
    answer = child_done(
        above.procedure, above.before, held.run.child_name, result, at,
        above.facts_for([rule] if rule else [], by=SYSTEM),
        child_id=str(held.run.pk),
    )  # fmt: skip
    if isinstance(answer, Snapshot):
        answer = Decision(event=noted(answer, held.run.child_name, result, at), after=answer)
    elif isinstance(answer, Refusal):
        return  # it was done before, or the parent has ended: nothing to say any more
    carry_out(above, answer, by=SYSTEM, actor=ENGINE, at=at)


def noted(parent: Snapshot, child: str, result: str, at: datetime) -> Event:
    """Return the event of a parent that only notes that a child run is done."""
    return Event(
        action="", actor="", as_actor="", unit="", at=at, from_state=parent.state,
        to_state=parent.state, form={"child": child, "result": result},
    )  # fmt: skip


def expire_clock(held: Held, clock: str, *, at: datetime) -> Done | None:
    """Record that a clock of a locked run is over; None when it is not, or was recorded."""
    fired = held.procedure.actions.get(held.procedure.clocks[clock].expiry_action)
    facts = held.facts_for([fired] if fired else [], by=SYSTEM)
    answer = expire(held.procedure, held.before, clock, at, facts)
    if isinstance(answer, Refusal):
        return None
    return carry_out(held, answer, by=SYSTEM, actor=ENGINE, at=at)


def _was_slower(run: Run, expected: int) -> bool:
    """Tell whether something has happened since an event; that somebody was told of a limit is
    nothing that whoever acts has to know. One query, where there is a later event.
    """
    if expected == run.events:
        return False
    since = EventHeader.objects.filter(run=run, seq__gt=expected).exclude(action=ESCALATED)
    return expected > run.events or since.exists()


# --- the same answer for the same key -------------------------------------------------------------


def _operation(run: Run, action: str) -> str:
    return f"{action} {run.pk}"


def _digest(form: Values) -> bytes:
    sent = {name: codec.value_out(value) for name, value in form.items()}
    return hashlib.sha256(canonical(sent)).digest()


def _known_answer(
    run: Run, action: str, form: Values, actor: Actor, key: str
) -> EventHeader | None:
    """Return the event this key gave before. Raises KeyUsedOtherwise for another form."""
    if not key:
        return None
    known = IdempotencyKey.objects.filter(
        actor=actor.id, operation=_operation(run, action), key=key
    ).first()
    if known is None:
        return None
    if bytes(known.digest) != _digest(form):
        raise KeyUsedOtherwise(key=key)
    return EventHeader.objects.get(pk=known.event_id)


def _remember_answer(
    done: Done, action: str, form: Values, actor: Actor, key: str, at: datetime, *, into: Writing
) -> None:
    if key:
        known = IdempotencyKey(
            actor=actor.id, operation=_operation(done.run, action), key=key, digest=_digest(form),
            run_id=done.run.pk, event_id=done.event.pk, at=at,
        )  # fmt: skip
        into.insert([known])


def _label(procedure: Procedure, state: str) -> str:
    return _words(procedure.states[state].label)


def _words(words: Words) -> str:
    return words.zh if (get_language() or "zh").startswith("zh") else words.en
