"""`redact`: what may not stay is deleted under an order; that it was, and under which, stays.

Bodies with their salts, files, the words of a matter with what it is searched by, the people in it,
the digests of requests, and whatever other modules keep (`on_redaction`) go in one transaction.
Headers stay, so that the chain still proves itself; an event names the order and what went.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from huiyin.matters import attachments, codec
from huiyin.matters.models import (
    Contact,
    EventBody,
    EventHeader,
    IdempotencyKey,
    LegalHold,
    Matter,
    MatterText,
    Run,
)
from huiyin.matters.refusals import NotFound, NothingToRedact, NotPermitted, OnHold, OrderIncomplete
from huiyin.matters.writing import record
from huiyin.people.actors import Actor

PERMISSION: Final = "matter.redact"
HOLD: Final = "matter.hold"
REDACTED: Final = "matter.redacted"
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Redaction:
    """What goes: told to whoever keeps something of it, inside the transaction.

    `events`: of each run, the events whose bodies go. `is_whole`: the matter itself, with its
    words; `contacts`: the people who are made nameless.
    """

    matter: Matter
    order: str
    at: datetime
    events: Mapping[UUID, tuple[UUID, ...]] = field(default_factory=dict)
    is_whole: bool = False
    contacts: tuple[UUID, ...] = ()

    @property
    def event_ids(self) -> list[UUID]:
        """The events whose bodies go, of all runs."""
        return [one for events in self.events.values() for one in events]


Hook = Callable[[Redaction], None]
_hooks: Final[list[Hook]] = []


def on_redaction(hook: Hook) -> None:
    """Let a module delete what it keeps of a redacted text: files, search rows, messages."""
    if hook not in _hooks:
        _hooks.append(hook)


def redact(
    subject: Matter | Run | EventHeader, *, order_no: str, legal_basis: str, by: Actor,
    at: datetime, contacts: Sequence[UUID] = (),
) -> list[EventHeader]:  # fmt: skip
    """Redact one event, a run with the runs inside it, or a matter with all its runs and words.

    A child run that an event opened began with a copy of its form: that goes too. `contacts`: the
    people of the matter who are made nameless as well; the row stays, because the run counts on it.

    Writes an event `matter.redacted` on every run that is touched, with order and legal basis.
    Raises NotFound, NotPermitted, OrderIncomplete, OnHold, NothingToRedact.
    """
    if not by.may(PERMISSION):
        raise NotPermitted()
    order, basis = " ".join(order_no.split()), " ".join(legal_basis.split())
    if not (0 < len(order) <= LONGEST and 0 < len(basis) <= LONGEST):
        raise OrderIncomplete()
    with transaction.atomic():
        matter = _locked(subject, by)
        refuse_on_hold(matter, on=timezone.localdate(at))
        chosen = _chosen(subject, matter)
        found = Redaction(
            matter=matter,
            order=order,
            at=at,
            events=_with_bodies(chosen),
            is_whole=isinstance(subject, Matter),
            contacts=tuple(contacts),
        )
        if not found.events and not found.contacts and not _has_words(found):
            raise NothingToRedact()
        return carry_out(found, REDACTED, {"order": order, "basis": basis}, by=by)


def carry_out(found: Redaction, kind: str, marks: codec.Json, *, by: Actor) -> list[EventHeader]:
    """Delete what a redaction names and say so on every run it touches; the matter is locked.

    A redaction that touches no timeline (words, people) is said on the first run.
    """
    event_ids = found.event_ids
    seqs = _numbers(event_ids)
    for hook in _hooks:
        hook(found)
    EventBody.objects.filter(event__in=event_ids).delete()
    attachments.erase(event_ids=event_ids)
    # A digest of the form without a salt: short texts could be guessed from it. The key stays, so
    # that a request (or a row of an import) sent again is refused and not carried out once more.
    IdempotencyKey.objects.filter(event_id__in=event_ids).update(digest=bytes(32))
    if found.is_whole:
        MatterText.objects.filter(matter=found.matter).update(title="", text="", address="")
    Contact.objects.filter(matter=found.matter, pk__in=found.contacts).update(
        account=None, name="", phone="", phone_index=None, is_anonymous=True
    )
    runs = {
        run.pk: run for run in Run.objects.filter(matter=found.matter).order_by("opened_at", "id")
    }
    touched = [pk for pk in runs if pk in found.events] or list(runs)[:1]
    written = []
    for run_id in touched:
        run = runs[run_id]
        numbers = sorted(seqs[one] for one in found.events.get(run_id, ()))
        forget_texts(run)
        said = {**marks, "events": numbers, "words": found.is_whole, "people": len(found.contacts)}
        written.append(record(run, kind, {}, by=by, at=found.at, marks=said))
    return written


def forget_texts(run: Run) -> None:
    """Fold a run anew from what is left of its events: a text that is gone reads as blank."""
    texts = dict(EventBody.objects.filter(event__run=run).values_list("event_id", "content__facts"))
    memory: codec.Json = {}
    for event_id, effects in (
        EventHeader.objects.filter(run=run).order_by("seq").values_list("pk", "effects")
    ):
        memory = codec.applied(memory, codec.with_personal(effects, texts.get(event_id) or {}))
    if memory != run.memory:
        run.memory = memory
        run.save(update_fields=["memory"])


# --- holds --------------------------------------------------------------------------------------


def place_hold(
    matter: Matter, *, reason: str, by: Actor, at: datetime, until: date | None = None
) -> LegalHold:
    """Keep everything of a matter until a day, or until it is lifted.

    Raises NotPermitted, NotFound, OrderIncomplete when there is no reason.
    """
    if not by.may(HOLD):
        raise NotPermitted()
    stated = " ".join(reason.split())[:LONGEST]
    if not stated:
        raise OrderIncomplete()
    with transaction.atomic():
        locked = _locked(matter, by)
        return LegalHold.objects.create(
            matter=locked, reason=stated, placed_at=at, placed_by=by.account_id, until=until
        )


def lift_hold(hold_id: UUID, *, by: Actor, at: datetime) -> LegalHold:
    """End a hold; it stays on record. Raises NotPermitted, NotFound."""
    if not by.may(HOLD):
        raise NotPermitted()
    with transaction.atomic():
        hold = (
            LegalHold.objects.select_for_update(of=("self",), no_key=True)
            .select_related("matter")
            .filter(pk=hold_id, lifted_at=None)
            .first()
        )
        if hold is None or by.unit_id in hold.matter.accused:
            raise NotFound()
        hold.lifted_at, hold.lifted_by = at, by.account_id
        hold.save(update_fields=["lifted_at", "lifted_by"])
        return hold


def holding(*, on: date) -> Q:
    """Return which holds are in force on a day."""
    return Q(lifted_at=None) & (Q(until=None) | Q(until__gte=on))


def refuse_on_hold(matter: Matter, *, on: date) -> None:
    """Raise OnHold when something of this matter must be kept."""
    hold = LegalHold.objects.filter(holding(on=on), matter=matter).order_by("placed_at").first()
    if hold is not None:
        raise OnHold(reason=hold.reason)


# --- what a redaction is about ------------------------------------------------------------------


def _locked(subject: Matter | Run | EventHeader, by: Actor) -> Matter:
    """Lock the matter. To a unit that it accuses it does not exist, whatever that unit may do."""
    if isinstance(subject, Matter):
        matters = Matter.objects.filter(pk=subject.pk)
    elif isinstance(subject, Run):
        matters = Matter.objects.filter(runs=subject.pk)
    else:
        matters = Matter.objects.filter(runs__timeline=subject.pk)
    matter = matters.select_for_update(of=("self",), no_key=True).first()
    if matter is None or by.unit_id in matter.accused:
        raise NotFound()
    return matter


def _chosen(subject: Matter | Run | EventHeader, matter: Matter) -> list[UUID]:
    """Return the events whose bodies are to go."""
    if isinstance(subject, Matter):
        events = EventHeader.objects.filter(run__matter=matter)
        return list(events.values_list("pk", flat=True))
    if isinstance(subject, Run):
        runs = _with_those_inside([subject.pk], matter)
        return list(EventHeader.objects.filter(run__in=runs).values_list("pk", flat=True))
    opened = [UUID(child[1]) for child in _children_put(subject)]
    firsts = EventHeader.objects.filter(run__in=opened, seq=1).values_list("pk", flat=True)
    return [subject.pk, *firsts]


def _children_put(event: EventHeader) -> list[list[str]]:
    return list(event.effects.get("children", {}).get("put", {}).values())


def _with_those_inside(run_ids: Iterable[UUID], matter: Matter) -> list[UUID]:
    """Return runs with all that were opened inside them, at any depth."""
    below: dict[UUID | None, list[UUID]] = {}
    for run_id, parent_id in Run.objects.filter(matter=matter).values_list("pk", "parent_id"):
        below.setdefault(parent_id, []).append(run_id)
    found = list(run_ids)
    for run_id in found:
        found += below.get(run_id, ())
    return found


def _with_bodies(event_ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """Return those of these events that still have a body that says something, by run."""
    found: dict[UUID, tuple[UUID, ...]] = {}
    bodies = EventBody.objects.filter(event__in=list(event_ids)).exclude(content={})
    pairs = bodies.values_list("event__run", "event")
    for run_id, event_id in pairs.order_by("event__run", "event__seq"):
        found[run_id] = (*found.get(run_id, ()), event_id)
    return found


def _numbers(event_ids: Sequence[UUID]) -> dict[UUID, int]:
    return dict(EventHeader.objects.filter(pk__in=event_ids).values_list("pk", "seq"))


def _has_words(found: Redaction) -> bool:
    return (
        found.is_whole
        and MatterText.objects.filter(
            ~Q(title="", text="", address=""), matter=found.matter
        ).exists()
    )
