"""What the page of a matter shows staff: to decide without looking elsewhere.

One of its runs is the one in hand (`chosen`): its acts are the buttons of the page. The others are
shown with their state, their limits and their part of the timeline.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from huiyin.matters import access, numbers, owning
from huiyin.matters.acting import held_by
from huiyin.matters.attachments import attachments_of
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import (
    Assignment,
    Contact,
    EventHeader,
    FileKind,
    Matter,
    Run,
    RunClock,
)
from huiyin.matters.queries import PossibleAct, acts_on
from huiyin.matters.similar import Alike, similar
from huiyin.matters.timeline import Entry, timeline
from huiyin.matters.untold import untold
from huiyin.matters.wording import said
from huiyin.matters.writing import ESCALATED
from huiyin.people.actors import Actor
from huiyin.procedures import Procedure
from huiyin.procedures.language import ActorKind
from huiyin.ui.ready import Ready
from huiyin.units.models import Unit
from huiyin.web.clock_words import Stand, due_day, stand_of
from huiyin.web.inbox_rows import within_city
from huiyin.web.making_public import is_offered

SHOWN_ACTS: Final = 4
PAGES_ON_PAPER: Final = 10  # of the timeline: 300 entries
TOLD_AT_ONCE: Final = 2  # of those the ladder told of a limit, in one entry
MAIN, INSIDE, ORDER = "circle", "square", "diamond"


@dataclass(frozen=True, slots=True)
class ShownRun:
    """A run as the page draws it: `shape` and `lane` tell it from the others in the timeline."""

    run: Run
    title: str
    state: str
    shape: str
    lane: int
    url: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class ShownClock:
    """A limit in the strip on top: whose, until when, how it stands, by which law."""

    label: str
    run: str
    due: str
    stand: Stand
    law: str
    share: int  # percent of its time that has gone
    unit: str
    is_promise: bool


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An event of the timeline with its files and the lanes drawn beside it.

    `same`: what the system did again and again on that day, right before it; all of it is one line.
    """

    entry: Entry
    shape: str
    lane: int
    lanes: Sequence[int]
    files: Sequence[Mapping[str, Any]]
    same: Sequence[Entry] = ()
    untold: Sequence[str] = ()  # what it was to tell a person and did not

    @property
    def times(self) -> int:
        """How often it happened."""
        return len(self.same) + 1

    @property
    def all(self) -> Sequence[Entry]:
        """Each of the times, the latest first."""
        return (self.entry, *self.same)

    @property
    def is_long(self) -> bool:
        """Whether it is a list of whom the system told, longer than anybody reads at once."""
        return self.entry.action == ESCALATED and len(self.entry.details) > TOLD_AT_ONCE


@dataclass(frozen=True, slots=True)
class Holder:
    """A unit that works on it, in which role, how its own limit stands."""

    role: str
    unit: Unit
    run: str
    stand: Stand | None


class MatterPage:
    """Everything about one matter, read in a fixed number of queries."""

    def __init__(
        self, matter: Matter, *, by: Actor, at: datetime, run_id: UUID | None = None,
        after: UUID | None = None,
    ) -> None:  # fmt: skip
        self.matter, self.by, self.at = matter, by, at
        self._wanted, self._after = run_id, after
        self.spoken = numbers.spoken(matter.number)
        self.place = within_city(matter.place)

    # --- runs -------------------------------------------------------------------------------

    @cached_property
    def runs(self) -> list[Run]:
        """The runs the reader sees, the oldest first."""
        return access.runs_of(self.matter, by=self.by)

    @cached_property
    def chosen(self) -> Run:
        """The run in hand: the one asked for, else one in which the reader is next, else main."""
        by_id = {run.pk: run for run in self.runs}
        if self._wanted in by_id:
            return by_id[self._wanted]
        mine = owning.owned_among([run.pk for run in self.runs], by=self.by)
        order = sorted(
            self.runs,
            key=lambda run: (run.pk in mine, not run.is_over, run.parent_id is None, run.opened_at),
        )
        return order[-1]

    @property
    def offers_answer(self) -> bool:
        """Whether the reader may propose the answer for publication."""
        return is_offered(self.matter, self.chosen, by=self.by)

    @cached_property
    def rules(self) -> Procedure:
        """The procedure of the run in hand."""
        return procedure_of(self.chosen.procedure)

    @cached_property
    def shown_runs(self) -> list[ShownRun]:
        """All runs, with a shape and a lane each."""
        address = reverse("web:matter", args=[self.matter.number])
        return [
            ShownRun(
                run=run,
                title=said(procedure_of(run.procedure).title),
                state=_state(run),
                shape=_shape(run),
                lane=number,
                url=f"{address}?run={run.pk}",
                is_chosen=run.pk == self.chosen.pk,
            )
            for number, run in enumerate(self.runs)
        ]

    @cached_property
    def state(self) -> str:
        return _state(self.chosen)

    @cached_property
    def path(self) -> list[Mapping[str, Any]]:
        """The states the run in hand went through, each once, and where it is now."""
        found: dict[str, datetime] = {}
        for state, when in _MOVED.all(run=self.chosen.pk):
            found.setdefault(state, when)
        names = [name for name in found if name in self.rules.states]
        return [
            {
                "label": said(self.rules.states[name].label),
                "at": found[name],
                "here": name == self.chosen.state,
            }
            for name in names
        ]

    # --- what can be done ---------------------------------------------------------------------

    @cached_property
    def _acts(self) -> list[PossibleAct]:
        contacts = tuple(self._contacts)
        held = held_by(self.chosen, self.matter, contacts, at=self.at)
        return acts_on(held, by=self.by, at=self.at, theirs_only=True)

    @cached_property
    def acts(self) -> list[PossibleAct]:
        """What is open: what moves the run on first, then what ends it without an answer."""
        found = [act for act in self._acts if act.is_open]
        return sorted(
            found,
            key=lambda act: (not act.is_moving, self._gives_up(act), self._is_merging(act)),
        )

    @property
    def lead(self) -> str:
        """The name of the act that is proposed: what moves the run on; nothing for a merge."""
        first = self.acts[0] if self.acts else None
        if first is None or not first.is_moving or self._is_merging(first):
            return ""
        return first.action

    def _is_merging(self, act: PossibleAct) -> bool:
        return bool(self.rules.actions[act.action].merge)

    def _gives_up(self, act: PossibleAct) -> bool:
        """Tell whether an act closes the run at once: it is never the first that is offered."""
        to = self.rules.actions[act.action].to
        states = self.rules.states
        return to is not None and all(states[name].closed for name in to.names if name in states)

    @property
    def first_acts(self) -> list[PossibleAct]:
        """The buttons of the page."""
        return self.acts[:SHOWN_ACTS]

    @property
    def more_acts(self) -> list[PossibleAct]:
        """What stands under "more"."""
        return self.acts[SHOWN_ACTS:]

    @property
    def closed_acts(self) -> list[PossibleAct]:
        """What would be the reader's to do and cannot be done now, each with its reason; nothing
        of a run that is over, where nothing will be possible again.
        """
        if self.chosen.is_over:
            return []
        return [act for act in self._acts if not act.is_open]

    def act(self, name: str) -> PossibleAct | None:
        """Return an action of the run in hand as the reader finds it."""
        return next((act for act in self._acts if act.action == name), None)

    # --- limits -------------------------------------------------------------------------------

    @cached_property
    def _clocks(self) -> list[RunClock]:
        return _CLOCKS.all(runs=[run.pk for run in self.runs])

    @cached_property
    def running(self) -> frozenset[str]:
        """The names of the limits that run in the run in hand."""
        return frozenset(
            clock.name
            for clock in self._clocks
            if clock.run_id == self.chosen.pk and clock.ended_at is None
        )

    @cached_property
    def clocks(self) -> list[ShownClock]:
        """The limits that count now, the promise first."""
        open_ones = [clock for clock in self._clocks if clock.ended_at is None]
        duties = [clock for clock in open_ones if not clock.is_window]
        shown = [self._clock(clock) for clock in duties]
        return sorted(shown, key=lambda clock: not clock.is_promise)

    def _clock(self, clock: RunClock) -> ShownClock:
        run = next(run for run in self.runs if run.pk == clock.run_id)
        rules = procedure_of(run.procedure)
        rule = rules.clocks.get(clock.name)
        whole = (clock.due_at - clock.started_at).total_seconds()
        gone = (self.at - clock.started_at).total_seconds()
        return ShownClock(
            label=said(rule.label) if rule else clock.name,
            run=said(rules.title) if run.parent_id else "",
            due=due_day(clock.due_at),
            stand=stand_of(clock.due_at, at=self.at, is_paused=clock.status == "paused"),
            law=said(rule.law) if rule and rule.law else "",
            share=max(0, min(100, round(100 * gone / whole))) if whole > 0 else 100,
            unit=self._units.get(clock.unit_id, "") if clock.unit_id else "",
            is_promise=clock.kind == "promise",
        )

    # --- people and units ---------------------------------------------------------------------

    @cached_property
    def _contacts(self) -> list[Contact]:
        return _PEOPLE.all(matter=self.matter.pk)

    @cached_property
    def people(self) -> list[access.ContactSeen]:
        """The people of the matter, covered."""
        return [access.contact_seen(row, by=self.by) for row in self._contacts]

    @cached_property
    def _assignments(self) -> list[Assignment]:
        return _ASSIGNMENTS.all(runs=[run.pk for run in self.runs])

    @cached_property
    def _units(self) -> dict[UUID, str]:
        return {row.unit_id: row.unit.name for row in self._assignments}

    @cached_property
    def holders(self) -> list[Holder]:
        """Who works on it now."""
        runs = {run.pk: run for run in self.runs}
        measured = {
            (clock.run_id, clock.unit_id): clock
            for clock in self._clocks
            if clock.unit_id and clock.ended_at is None
        }
        found = []
        for row in self._assignments:
            run = runs[row.run_id]
            if run.is_over:
                continue
            clock = measured.get((row.run_id, row.unit_id))
            found.append(
                Holder(
                    role=_role(procedure_of(run.procedure), row.role),
                    unit=row.unit,
                    run=said(procedure_of(run.procedure).title) if run.parent_id else "",
                    stand=stand_of(clock.due_at, at=self.at) if clock else None,
                )
            )
        return found

    # --- what happened ------------------------------------------------------------------------

    @cached_property
    def _page(self) -> Any:
        return timeline(
            self.matter, by=self.by, after=self._after, runs=self.runs, contacts=self._contacts
        )

    @cached_property
    def whole(self) -> list[Entry]:
        """The timeline from its beginning, for paper; of a very long one the latest part."""
        entries: list[Entry] = []
        after: UUID | None = None
        for _number in range(PAGES_ON_PAPER):
            found = timeline(
                self.matter, by=self.by, after=after, runs=self.runs, contacts=self._contacts
            )
            entries += found.entries
            after = found.older
            if after is None:
                break
        told = (entry for entry in entries if entry.action != ESCALATED)  # reminders, not steps
        return list(told)[::-1]

    @property
    def older(self) -> UUID | None:
        """Where the next page of the timeline begins."""
        older: UUID | None = self._page.older
        return older

    @cached_property
    def entries(self) -> list[ShownEntry]:
        """The timeline, the latest first."""
        lanes = {run.run.pk: run for run in self.shown_runs}
        files = self.files_by_event
        missed = untold([entry.key for entry in self._page.entries], at=self.at)
        shown = []
        for entry, *same in _repeated(self._page.entries):
            own = lanes[entry.run_id]
            open_lanes = [
                one.lane
                for one in self.shown_runs
                if one.run.opened_at <= entry.at
                and (not one.run.is_over or one.run.changed_at >= entry.at)
            ]
            shown.append(
                ShownEntry(
                    entry, own.shape, own.lane, open_lanes, files.get(entry.key, []), same,
                    [each for one in (entry, *same) for each in missed.get(one.key, ())],
                )
            )  # fmt: skip
        return shown

    @cached_property
    def files_by_event(self) -> dict[UUID, list[Mapping[str, Any]]]:
        """The files of the runs by event."""
        used = attachments_of([run.pk for run in self.runs])
        return {
            event: [
                {
                    "id": use.attachment_id,
                    "name": use.attachment.name,
                    "is_picture": use.attachment.kind == FileKind.IMAGE,
                    "is_sound": use.attachment.kind == FileKind.AUDIO,
                    "is_film": use.attachment.kind == FileKind.VIDEO,
                    "url": reverse("web:act_file", args=[use.attachment_id]),
                }
                for use in uses
            ]
            for event, uses in used.items()
        }

    @cached_property
    def files(self) -> list[Mapping[str, Any]]:
        """All files, pictures first."""
        found = [each for files in self.files_by_event.values() for each in files]
        once = {each["id"]: each for each in found}
        return sorted(once.values(), key=lambda each: not each["is_picture"])

    @cached_property
    def alike(self) -> list[tuple[Alike, str]]:
        """Matters that may be the same thing, each with its page where the reader sees it."""
        if self.matter.is_confidential or self.chosen.is_done:
            return []
        words = getattr(self.matter, "words", None)
        text = f"{words.title} {words.text}" if words else ""
        found = similar(
            place=self.matter.place, text=text, at=self.at, category=self.matter.category,
            lon=self.matter.lon, lat=self.matter.lat, most=4,
        )  # fmt: skip
        others = [one for one in found if one.matter_id != self.matter.pk][:3]
        return with_pages(others, by=self.by)


def with_pages(found: Sequence[Alike], *, by: Actor) -> list[tuple[Alike, str]]:
    """Return alike matters, each with its page where the reader sees it. One query, or none."""
    if not found:
        return []
    seen = access.matters_seen_by(by).filter(pk__in=[one.matter_id for one in found])
    numbers_of = dict(seen.values_list("pk", "number"))
    return [
        (one, reverse("web:matter", args=[number]) if number else "")
        for one in found
        for number in [numbers_of.get(one.matter_id)]
    ]


_MOVED: Ready[tuple[str, datetime]] = Ready(
    lambda run: (
        EventHeader.objects.filter(run_id=run)
        .order_by("seq")
        .values_list("to_state", "recorded_at")
    )
)
_CLOCKS: Ready[RunClock] = Ready(
    lambda runs: RunClock.objects.filter(run_id__one_of=runs).order_by("due_at")
)
_PEOPLE: Ready[Contact] = Ready(
    lambda matter: Contact.objects.filter(matter_id=matter).order_by("id")
)
_ASSIGNMENTS: Ready[Assignment] = Ready(
    lambda runs: (
        Assignment.objects.filter(run_id__one_of=runs, to_at=None)
        .select_related("unit")
        .order_by("from_at", "pk")
    )
)


def _repeated(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    """Yield entries one by one, but together what the system told again on the same day."""
    for (action, *_rest), group in groupby(entries, key=_kind):
        if action == ESCALATED:
            yield list(group)
        else:
            yield from ([entry] for entry in group)


def _kind(entry: Entry) -> tuple[str, UUID, date]:
    return entry.action, entry.run_id, timezone.localdate(entry.at)


def _state(run: Run) -> str:
    rules = procedure_of(run.procedure)
    return said(rules.states[run.state].label) if run.state in rules.states else run.state


def _shape(run: Run) -> str:
    if run.parent_id is None:
        return MAIN
    rules = procedure_of(run.procedure)
    sent = any(
        rule.role == "lead" and rule.kind is ActorKind.SENDER_OF for rule in rules.actors.values()
    )
    return ORDER if sent else INSIDE


def _role(rules: Procedure, role: str) -> str:
    """Say what a role is called: by the actor that holds it."""
    named = [
        rule
        for rule in rules.actors.values()
        if rule.role == role and rule.kind is ActorKind.ASSIGNED
    ]
    plain = [rule for rule in named if not rule.permission] or named
    return said(plain[0].label) if plain else _("Takes part")
