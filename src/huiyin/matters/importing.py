"""Many matters at once, from another system or a spreadsheet: the same rows, written by COPY.

Every matter is decided by the engine like one that is opened by itself, with the same event, hash,
projection and counts. What it does not do is tell people: nobody gets a message because a system
was changed. All rows are taken or none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.dispatch.ladder import Rules
from huiyin.dispatch.urgency import Word, known_words
from huiyin.matters.acting import (
    Held,
    refused,
    snapshot_of,
    superiors_of,
    units_named,
)
from huiyin.matters.copying import copy_rows
from huiyin.matters.effects import carry_out_effects
from huiyin.matters.first_look import known_rules
from huiyin.matters.intake import Person, Said, new_contacts, new_matter, new_words
from huiyin.matters.limits import calendar, limits_for, procedure_of
from huiyin.matters.listening import Happened, tell_all
from huiyin.matters.models import (
    Assignment,
    Channel,
    Contact,
    EventBody,
    EventHeader,
    IdempotencyKey,
    Matter,
    MatterText,
    Run,
    RunClock,
)
from huiyin.matters.references import missing, units_sent
from huiyin.matters.refusals import (
    ImportOpensMore,
    ImportRefused,
    NotYetHappened,
    ProcedureUnknown,
)
from huiyin.matters.writing import Rows, drafted
from huiyin.people.actors import SYSTEM
from huiyin.people.actors import Actor as Account
from huiyin.places.models import Place
from huiyin.procedures import Decision, Facts, Procedure, Refusal, Who, decide
from huiyin.procedures.runs import Values
from huiyin.ui.refusals import Refusal as WhyNot
from huiyin.units.models import Unit
from huiyin.worktime import Limit

BATCH: Final = 1_000
OPERATION: Final = "import"


@dataclass(frozen=True, slots=True)
class Incoming:
    """One matter of an import. `key`: what the other system calls it; taken once only."""

    said: Said
    place: Place
    form: Values = field(default_factory=dict)
    category: Category | None = None
    reporter: Person | None = None
    parties: Sequence[Person] = ()
    accused: Sequence[UUID] = ()
    occurred_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import took: matters opened, and rows that had been taken before."""

    matters: int = 0
    known: int = 0


@dataclass(slots=True)
class _Known:
    """What is read once for all rows: limits, the units that forms name, words of urgency, the
    rules of ladders.
    """

    at: datetime
    units: Mapping[str, Unit]
    words: tuple[Word, ...]
    ladders: Rules
    limits: dict[tuple[str, UUID | None, tuple[str, ...], date], dict[str, Limit]] = field(
        default_factory=dict
    )

    def facts(self, procedure: Procedure, matter: Matter) -> Facts:
        day = timezone.localdate(self.at)
        key = procedure.name, matter.category_id, matter.place_ids, day
        if key not in self.limits:
            self.limits[key] = limits_for(procedure, matter, at=self.at)
        above = superiors_of(self.units)
        return Facts(calendar=calendar(), limits=self.limits[key], above=above)


@dataclass(frozen=True, slots=True)
class _Opened:
    """One matter with all its rows, before they are written."""

    held: Held
    words: MatterText
    decision: Decision
    rows: Rows
    key: str


def import_matters(
    *, procedure: str, action: str, rows: Iterable[Incoming], at: datetime, source: str,
    channel: Channel = Channel.IMPORT, by: Account = SYSTEM, batch: int = BATCH,
) -> Imported:  # fmt: skip
    """Open many matters by an opening action of a procedure, in one transaction.

    `source`: the system they come from; a row whose `key` it has had before is passed over, so that
    an import that was broken off can be run again. `at`: now; when it happened stands in the row.

    Raises ProcedureUnknown; ImportRefused with the number of the first row (from 1) that cannot be
    opened, and why: then nothing has been written.
    """
    try:
        rules = procedure_of(procedure)
    except KeyError:
        raise ProcedureUnknown(procedure=procedure) from None
    matters = known = 0
    with transaction.atomic():
        numbered = enumerate(rows, start=1)
        while chunk := list(islice(numbered, batch)):
            had = _had(source, [row.key for _, row in chunk if row.key])
            fresh: list[tuple[int, Incoming]] = []
            for number, row in chunk:
                if row.key not in had:
                    fresh.append((number, row))
                    had |= {row.key} - {""}
            opened = list(_opened(rules, action, fresh, channel=channel, by=by, at=at))
            _write(opened, source=source, at=at)
            matters += len(opened)
            known += len(chunk) - len(opened)
    return Imported(matters, known)


def _had(source: str, keys: Sequence[str]) -> set[str]:
    """Return those of these keys that an import from a source has brought before."""
    rows = IdempotencyKey.objects.filter(actor=source, operation=OPERATION, key__in=keys)
    return set(rows.values_list("key", flat=True))


def _opened(
    rules: Procedure, action: str, rows: Sequence[tuple[int, Incoming]], *, channel: Channel,
    by: Account, at: datetime,
) -> Iterator[_Opened]:  # fmt: skip
    rule = rules.actions.get(action)
    named = {unit for _, row in rows for unit in units_sent(rule, row.form)}
    known = _Known(at, units_named(sorted(named), at=at), known_words(), known_rules())
    for number, row in rows:
        held = _held(rules, row, channel, known)
        if row.occurred_at and row.occurred_at > at:
            raise ImportRefused(row=number, why=str(NotYetHappened()))
        actor = held.actor(by)
        facts = held.facts_for([rule] if rule else [], by=by)
        answer = decide(rules, held.before, action, row.form, actor, at, facts)
        if isinstance(answer, Refusal):
            raise ImportRefused(row=number, why=_why(refused(answer, rules)))
        if actor.who is not Who.SYSTEM and (wrong := missing(held, answer.event)):
            raise ImportRefused(row=number, why=_why(refused(wrong, rules)))
        if answer.openings or answer.hands_over_to:
            raise ImportRefused(row=number, why=str(ImportOpensMore()))
        words = new_words(held.matter, row.said, known.words)
        drawn = drafted(
            held.run, rules, answer, by=by, contact="", at=at, occurred_at=row.occurred_at,
            ladders=known.ladders,
        )  # fmt: skip
        yield _Opened(held, words, answer, drawn, row.key)


def _why(refusal: WhyNot) -> str:
    """Return a refusal's sentence, with that of each field that is wrong."""
    errors = refusal.data.get("errors", {})
    return "; ".join([str(refusal), *(f"{name}: {told}" for name, told in errors.items())])


def _held(rules: Procedure, row: Incoming, channel: Channel, known: _Known) -> Held:
    matter = new_matter(
        row.place, row.category, channel, row.accused, known.at, row.occurred_at, row.lon, row.lat
    )
    matter.is_confidential = rules.confidential
    contacts = tuple(new_contacts(matter, row.reporter, row.parties))
    run = Run(matter=matter, procedure=rules.name, version=rules.version)
    before = snapshot_of(run, matter, rules, contacts)
    facts = known.facts(rules, matter)
    return Held(run, matter, rules, contacts, before, facts, known.units)


def _write(opened: Sequence[_Opened], *, source: str, at: datetime) -> None:
    """Write the rows of all, table by table, and tell whoever counts."""
    if not opened:
        return
    copy_rows(Matter, [one.held.matter for one in opened])
    copy_rows(MatterText, [one.words for one in opened])
    copy_rows(Contact, [contact for one in opened for contact in one.held.contacts])
    copy_rows(Run, [one.held.run for one in opened])
    copy_rows(EventHeader, [one.rows.event for one in opened])
    copy_rows(EventBody, [one.rows.body for one in opened])
    copy_rows(RunClock, [clock for one in opened for clock in one.rows.clocks])
    copy_rows(Assignment, [given for one in opened for given in one.rows.assignments])
    copy_rows(
        IdempotencyKey,
        [
            IdempotencyKey(
                actor=source, operation=OPERATION, key=one.key, digest=one.rows.event.hash,
                run_id=one.held.run.pk, event_id=one.rows.event.pk, at=at,
            )
            for one in opened
            if one.key
        ],
    )  # fmt: skip
    happened = [_silent(one, at) for one in opened]
    for one in happened:
        carry_out_effects(one)
    tell_all(happened)


def _silent(opened: _Opened, at: datetime) -> Happened:
    """Return what has happened, with nobody to be sent a message."""
    held, decision = opened.held, replace(opened.decision, notices=())
    return Happened(
        held.matter, held.run, held.procedure, opened.rows.event, decision, at, held.before,
        held.contacts,
    )  # fmt: skip
