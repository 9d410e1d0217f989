"""The lives of many matters at once, as they were: decided act by act, written by COPY.

    chronicle = Chronicle(now=now)
    run = chronicle.open(procedure="hotline", action="accept_call", …, at=monday)
    chronicle.act(run, "dispatch", by=agent, at=monday_noon, form={…})
    chronicle.write()

Every act is decided by the engine with the limits of its day, and every limit that ran out in
between is recorded as the clock-keeper would have done, up to now. Events, hashes, projections,
clocks, assignments and counts are those the verbs write (`test_chronicle` compares them); what it
does not do is tell people: nobody gets a message about what is long past.

Acts of one matter come in the order of their times. Whoever acts is trusted to have seen the
matter: that is a question to the database, and nothing stands there yet.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huiyin.categories.models import Category, TermValue
from huiyin.dispatch.urgency import known_words
from huiyin.matters import codec
from huiyin.matters.acting import Held, links, noted, refused, snapshot_of, with_child_ids
from huiyin.matters.copying import copy_rows
from huiyin.matters.effects import carry_out_effects
from huiyin.matters.handing_over import HANDED_FROM, filled, opening_for, promised_by
from huiyin.matters.intake import (
    Person,
    Said,
    new_contacts,
    new_matter,
    new_words,
    phone_index,
)
from huiyin.matters.limits import calendar, limits_for, procedure_of
from huiyin.matters.listening import Happened, tell_all
from huiyin.matters.merging import MERGED_IN
from huiyin.matters.models import (
    Assignment,
    Channel,
    Contact,
    ContactRole,
    EventBody,
    EventHeader,
    Matter,
    MatterText,
    Run,
    RunClock,
)
from huiyin.matters.references import units_sent
from huiyin.matters.refusals import MergeUnknown, NobodyTakesItOver
from huiyin.matters.similar import JOINED
from huiyin.matters.writing import done_since, drafted, ended_roles, mover_of
from huiyin.matters.writing import noted as drafted_record
from huiyin.people.actors import SYSTEM
from huiyin.people.actors import Actor as Account
from huiyin.places.models import Place
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
)
from huiyin.procedures.decisions import ChildOpening
from huiyin.procedures.runs import Status, Values
from huiyin.ui.identifiers import new_id
from huiyin.units.models import Unit
from huiyin.worktime import Limit

MINUTE: Final = timedelta(minutes=1)
MOST_ENDS: Final = 200  # ends of limits of one matter in one go; more would be a fault of a file


@dataclass(slots=True)
class _Life:
    """A matter with everything that happened in it, not written yet."""

    matter: Matter
    words: MatterText
    contacts: list[Contact]
    at: datetime
    runs: list[Run] = field(default_factory=list)

    @property
    def main(self) -> Run:
        """The run in which it is now."""
        return next(run for run in reversed(self.runs) if run.parent is None)


class Chronicle:
    """Opens matters and acts on them in memory, until `write`. `now`: until when it tells."""

    def __init__(self, *, now: datetime) -> None:
        self._now = now
        self._lives: list[_Life] = []
        self._of_run: dict[UUID, _Life] = {}
        self._events: list[EventHeader] = []
        self._bodies: list[EventBody] = []
        self._clocks: dict[UUID, dict[str, RunClock]] = {}
        self._assignments: dict[UUID, list[Assignment]] = {}
        self._happened: list[Happened] = []
        self._limits = _Limits()
        self._above = {
            str(pk): str(above or "") for pk, above in Unit.objects.values_list("pk", "superior_id")
        }

    # --- the verbs ------------------------------------------------------------------------------

    def open(
        self, *, procedure: str, action: str, said: Said, place: Place, channel: Channel,
        by: Account, at: datetime, form: Values | None = None, category: Category | None = None,
        reporter: Person | None = None, parties: Sequence[Person] = (),
        accused: Sequence[UUID] = (), lon: float | None = None, lat: float | None = None,
    ) -> UUID:  # fmt: skip
        """Open a matter as `open_matter` does; return its run. Raises ActRefused."""
        rules = procedure_of(procedure)
        matter = new_matter(place, category, channel, accused, at, None, lon, lat)
        matter.is_confidential = rules.confidential
        contacts = new_contacts(matter, reporter, parties)
        words = new_words(matter, said, known_words())
        life = _Life(matter, words, contacts, at)
        run = Run(matter=matter, procedure=rules.name, version=rules.version)
        held = self._held(run, life, at=at)
        self._decide(life, held, action, dict(form or {}), by=by, at=at)
        self._lives.append(life)
        return run.pk

    def act(
        self, run_id: UUID, action: str, *, by: Account, at: datetime, form: Values | None = None
    ) -> None:
        """Take an action as `act` does. Raises ActRefused; then nothing is kept of it."""
        life = self._until(run_id, at)
        run = next(run for run in life.runs if run.pk == run_id)
        self._decide(life, self._held(run, life, at=at), action, dict(form or {}), by=by, at=at)

    def join(self, run_id: UUID, person: Person, *, by: Account, at: datetime) -> None:
        """Attach somebody who reports the same, as `similar.join` does."""
        life = self._until(run_id, at)
        contact = Contact(
            matter=life.matter,
            role=ContactRole.JOINED,
            account_id=person.account_id,
            name=person.name,
            phone=person.phone,
            phone_index=phone_index(person.phone),
            is_anonymous=person.is_anonymous,
            wants_secrecy=person.wants_secrecy,
        )
        life.contacts.append(contact)
        self._record(life.main, JOINED, by=by, at=at, contact=str(contact.pk))

    # --- looking --------------------------------------------------------------------------------

    def matter(self, run_id: UUID) -> Matter:
        """Return the matter of a run."""
        return self._of_run[run_id].matter

    def main_run(self, run_id: UUID) -> Run:
        """Return the run in which the matter of a run is now."""
        return self._of_run[run_id].main

    def child(self, run_id: UUID, name: str) -> Run:
        """Return the latest child run of this name."""
        runs = self._of_run[run_id].runs
        return next(one for one in reversed(runs) if one.child_name == name)

    def run(self, run_id: UUID) -> Run:
        """Return a run."""
        return next(run for run in self._of_run[run_id].runs if run.pk == run_id)

    def contacts(self, run_id: UUID) -> list[Contact]:
        """Return the people of the matter of a run."""
        return self._of_run[run_id].contacts

    # --- writing --------------------------------------------------------------------------------

    def write(self) -> int:
        """Let time pass until now, write everything and count it; return how many matters.

        In the caller's transaction, or one of its own. The chronicle is empty afterwards.
        """
        for life in self._lives:
            self._pass(life, self._now)
        with transaction.atomic():
            copy_rows(Matter, [life.matter for life in self._lives])
            copy_rows(MatterText, [life.words for life in self._lives])
            copy_rows(Contact, [one for life in self._lives for one in life.contacts])
            copy_rows(Run, [run for life in self._lives for run in life.runs])
            copy_rows(EventHeader, self._events)
            copy_rows(EventBody, self._bodies)
            copy_rows(RunClock, [row for rows in self._clocks.values() for row in rows.values()])
            copy_rows(Assignment, [row for rows in self._assignments.values() for row in rows])
            tell_all(self._happened)
            for happened in self._happened:
                carry_out_effects(happened)
                happened.writing.now()
        many = len(self._lives)
        self.__init__(now=self._now)  # type: ignore[misc]  # begins anew
        return many

    # --- inside ---------------------------------------------------------------------------------

    def _until(self, run_id: UUID, at: datetime) -> _Life:
        life = self._of_run[run_id]
        if at < life.at:
            raise ValueError(f"{at} is before what was told last, {life.at}.")
        self._pass(life, at)
        life.at = at
        return life

    def _pass(self, life: _Life, until: datetime) -> None:
        """Record the limits that run out until an instant, each in the minute after its end."""
        for _ in range(MOST_ENDS):
            due = [
                (clock.due_at, number, clock.name)
                for number, run in enumerate(life.runs)
                for clock in self._clocks.get(run.pk, {}).values()
                if clock.status == Status.RUNNING and not clock.overdue_at
                if clock.due_at <= until
            ]
            if not due:
                return
            ended_at, number, name = min(due)
            looked_at = min(max(_next_minute(ended_at), life.at), until)
            held = self._held(life.runs[number], life, at=looked_at)
            answer = expire(held.procedure, held.before, name, looked_at, held.facts)
            if isinstance(answer, Refusal):
                return
            self._carry_out(life, held, answer, by=SYSTEM, actor=ENGINE, at=looked_at)
            life.at = looked_at
        raise AssertionError(f"More than {MOST_ENDS} limits of one matter ran out at once.")

    def _decide(
        self, life: _Life, held: Held, action: str, form: dict[str, object], *, by: Account,
        at: datetime,
    ) -> None:  # fmt: skip
        actor = held.actor(by)
        above = self._above_of(held.procedure, action, form)
        # What would be asked of the database is taken as not so: nothing of it stands there yet.
        outside = {name: False for name, rule in held.procedure.facts.items() if rule.outside}
        facts = replace(held.facts, above=above, outside=outside)
        answer = decide(held.procedure, held.before, action, form, actor, at, facts)
        if isinstance(answer, Refusal):
            raise refused(answer, held.procedure)
        self._carry_out(life, held, answer, by=by, actor=actor, at=at)

    def _carry_out(
        self, life: _Life, held: Held, answer: Decision, *, by: Account, actor: Actor,
        at: datetime, marks: codec.Json | None = None,
    ) -> None:  # fmt: skip
        """Keep what a decision says, with all it draws along: as `acting.carry_out` writes it."""
        going_on = self._going_on(life, held, answer, at=at) if answer.hands_over_to else None
        target = self._merge_target(life, answer) if answer.merges_into else None
        kept = {
            **(marks or {}),
            **links(going_on and going_on[0], target.matter if target else None),
        }
        openings = [(new_id(), opening) for opening in answer.openings]
        answer = with_child_ids(answer, [run_id for run_id, _ in openings])
        contact = actor.id if actor.who is Who.PERSON else ""
        event = self._keep(life, held, answer, by=by, contact=contact, at=at, marks=kept)
        for run_id, opening in openings:
            self._open_child(life, held, run_id, opening, at=at)
        if answer.done_with is not None and held.run.parent is not None:
            self._tell_parent(life, held.run, answer.done_with, at=at)
        if going_on:
            self._go_on(life, held, *going_on, at=at)
        if target:
            life.matter.merged_into = target.matter
            link = {"matter": str(life.matter.pk), "number": life.matter.number}
            self._record(target.main, MERGED_IN, by=by, at=at, marks=link)
        self._happened.append(
            Happened(
                life.matter, held.run, held.procedure, event, replace(answer, notices=()), at,
                held.before, tuple(life.contacts), by,
            )
        )  # fmt: skip

    def _keep(
        self, life: _Life, held: Held, answer: Decision, *, by: Account, contact: str,
        at: datetime, marks: codec.Json,
    ) -> EventHeader:  # fmt: skip
        run = held.run
        before = run.memory
        if run.events == 0:
            life.runs.append(run)
            self._of_run[run.pk] = life
        rows = drafted(run, held.procedure, answer, by=by, contact=contact, at=at, marks=marks)
        self._events.append(rows.event)
        self._bodies.append(rows.body)
        self._clocks.setdefault(run.pk, {}).update({clock.name: clock for clock in rows.clocks})
        gone, mover = ended_roles(before, run.memory), mover_of(rows.event)
        assigned = self._assignments.setdefault(run.pk, [])
        for given in assigned:
            is_gone = run.is_over or (given.role, str(given.unit_id)) in gone
            if given.to_at is None and is_gone:
                given.to_at = at
            if given.to_at is None and given.moved_at is None and given.unit_id == mover:
                given.moved_at = at
            given.done_at = done_since(run)
            if given.to_at is None:
                given.due_at = run.due_at
        assigned += rows.assignments
        return rows.event

    def _record(
        self, run: Run, kind: str, *, by: Account, at: datetime, contact: str = "",
        marks: codec.Json | None = None,
    ) -> None:  # fmt: skip
        event, body = drafted_record(run, kind, {}, by=by, at=at, contact=contact, marks=marks)
        self._events.append(event)
        self._bodies.append(body)

    def _open_child(
        self, life: _Life, held: Held, run_id: UUID, opening: ChildOpening, *, at: datetime
    ) -> None:
        rules = procedure_of(opening.procedure)
        run = Run(
            pk=run_id, matter=life.matter, procedure=rules.name, version=rules.version,
            parent=held.run, child_name=opening.child,
        )  # fmt: skip
        child = self._held(run, life, at=at, action=opening.action, form=opening.form)
        answer = decide(rules, child.before, opening.action, opening.form, ENGINE, at, child.facts)
        assert isinstance(answer, Decision), answer  # noqa: S101 the checker proves it
        self._carry_out(life, child, answer, by=SYSTEM, actor=ENGINE, at=at)

    def _tell_parent(self, life: _Life, child: Run, result: str, *, at: datetime) -> None:
        assert child.parent is not None  # noqa: S101 asked for before
        above = self._held(child.parent, life, at=at)
        answer = child_done(
            above.procedure, above.before, child.child_name, result, at, above.facts,
            child_id=str(child.pk),
        )  # fmt: skip
        if isinstance(answer, Snapshot):
            answer = Decision(event=noted(answer, child.child_name, result, at), after=answer)
        elif isinstance(answer, Refusal):
            return
        self._carry_out(life, above, answer, by=SYSTEM, actor=ENGINE, at=at)

    def _going_on(
        self, life: _Life, held: Held, answer: Decision, *, at: datetime
    ) -> tuple[Held, Decision]:
        """Return the run in which a matter that is handed over goes on, with its opening."""
        rules = procedure_of(answer.hands_over_to)
        run = Run(pk=new_id(), matter=life.matter, procedure=rules.name, version=rules.version)
        on = self._held(run, life, at=at)
        promised = promised_by(held.procedure, held.before, answer.after)
        on = replace(on, before=replace(on.before, promised=promised))
        opening = opening_for(rules, answer.event.form, life.matter)
        if opening is None:
            raise NobodyTakesItOver(procedure=rules.title.zh)
        form = filled(opening, answer.event.form, life.matter)
        taken = decide(rules, on.before, opening.name, form, ENGINE, at, on.facts)
        if isinstance(taken, Refusal):
            raise refused(taken, rules)
        return on, taken

    def _go_on(self, life: _Life, held: Held, on: Held, taken: Decision, *, at: datetime) -> None:
        matter = life.matter
        matter.is_confidential = matter.is_confidential or on.procedure.confidential
        receipt = {HANDED_FROM: {"procedure": held.procedure.name, "run": str(held.run.pk)}}
        self._carry_out(life, on, taken, by=SYSTEM, actor=ENGINE, at=at, marks=receipt)

    def _merge_target(self, life: _Life, answer: Decision) -> _Life:
        named = answer.merges_into
        other = next((one for one in self._lives if one.matter.number == named), None)
        if other is None or other is life:
            raise MergeUnknown(number=named)
        self._pass(other, answer.event.at)
        return other

    def _held(
        self, run: Run, life: _Life, *, at: datetime, action: str = "", form: Values | None = None
    ) -> Held:
        rules = procedure_of(run.procedure)
        facts = Facts(
            calendar=calendar(),
            limits=self._limits.of(rules, life.matter, at=at),
            above=self._above_of(rules, action, form or {}),
        )
        contacts = tuple(life.contacts)
        return Held(run, life.matter, rules, contacts, self._snapshot(run, life), facts)

    def _above_of(self, rules: Procedure, action: str, form: Values) -> dict[str, str]:
        """Return which unit is above each of those that a form names."""
        named = map(str, units_sent(rules.actions.get(action), form))
        return {one: self._above[one] for one in named if self._above.get(one)}

    def _snapshot(self, run: Run, life: _Life) -> Snapshot:
        return snapshot_of(run, life.matter, procedure_of(run.procedure), life.contacts)


class _Limits:
    """The limits of all days and places, each read once between two changes of any value."""

    def __init__(self) -> None:
        values = TermValue.objects.values_list("valid_from", "valid_to", "place_code")
        rows = list(values)
        self._changes = sorted({day for row in rows for day in row[:2] if day})
        self._is_local = any(row[2] for row in rows)
        self._known: dict[tuple[object, ...], dict[str, Limit]] = {}

    def of(self, rules: Procedure, matter: Matter, *, at: datetime) -> dict[str, Limit]:
        """Return what `limits_for` does."""
        where = matter.place_ids if self._is_local else ()
        key = rules.name, matter.category_id, where, self._span(timezone.localdate(at))
        if key not in self._known:
            self._known[key] = limits_for(rules, matter, at=at)
        return self._known[key]

    def _span(self, day: date) -> int:
        return bisect_right(self._changes, day)


def _next_minute(at: datetime) -> datetime:
    """Return when the clock-keeper, who looks every minute, sees what ended."""
    whole = at.astimezone(UTC).replace(second=0, microsecond=0)
    return whole if whole == at else whole + MINUTE
