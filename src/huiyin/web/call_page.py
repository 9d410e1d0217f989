"""The matter that is open on the call-back list: who to ask, what about, in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from huiyin.matters import calling_back
from huiyin.matters.access import ContactSeen
from huiyin.matters.act_forms import ActForm
from huiyin.matters.afterwards import afterwards
from huiyin.matters.calling_back import Station, Tray, Try
from huiyin.matters.models import Assignment, ContactRole, EventHeader, Run
from huiyin.matters.queries import PossibleAct
from huiyin.matters.scripts import EMPTY, Script, script_for
from huiyin.matters.suggesting import LEAD
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.procedures.language import ActorKind
from huiyin.ui.dates import day_words
from huiyin.web.board_rows import key_of
from huiyin.web.clock_words import Stand, stand_of
from huiyin.web.inbox_rows import title_of, within_city
from huiyin.web.matter_page import MatterPage, ShownEntry


@dataclass(frozen=True, slots=True)
class CallRow:
    """One matter in the list: who did it, how often nobody answered, by when it has to be asked."""

    run_id: UUID
    number: str
    title: str
    place: str
    unit: str
    stand: Stand
    tries: int


def rows_of(runs: Sequence[Run], *, by: Actor, at: datetime) -> list[CallRow]:
    """Return runs as rows, in their order. Two queries, however many."""
    leads = Assignment.objects.filter(run__in=[run.pk for run in runs], role=LEAD, to_at=None)
    units = {row.run_id: row.unit.name for row in leads.select_related("unit")}
    tries = calling_back.tries_of(runs, by)
    return [
        CallRow(
            run_id=run.pk,
            number=run.matter.number,
            title=title_of(run),
            place=within_city(run.matter.place),
            unit=units.get(run.pk, ""),
            stand=stand_of(run.due_at, at=at),
            tries=len(tries[run.pk]),
        )
        for run in runs
    ]


@dataclass(frozen=True, slots=True)
class Ask:
    """How the question of a field is put. `label`: what the field is called in the form."""

    label: str
    words: str


class CallPane:
    """One run on the list with its forms; `m` is all that is known of the matter."""

    def __init__(
        self, m: MatterPage, station: Station, *, action: str = "", form: ActForm | None = None
    ) -> None:
        self.m, self.station = m, station
        self.run = m.chosen
        self._wanted, self._bound = action, form

    # --- acts -------------------------------------------------------------------------------

    @cached_property
    def _names(self) -> dict[str, int]:
        """The acts of the station in the order of the file."""
        return {act.name: number for number, act in enumerate(self.station.acts)}

    @cached_property
    def acts(self) -> list[PossibleAct]:
        """What can be written down now, the outcome first."""
        trying = self._trying
        mine = [act for act in self.m.acts if act.action in self._names and act.action != trying]
        return sorted(mine, key=lambda act: (not act.form, self._names[act.action]))

    @property
    def why_not(self) -> list[PossibleAct]:
        """What cannot be written down now, each with its reason."""
        return [act for act in self.m.closed_acts if act.action in self._names]

    @property
    def _trying(self) -> str:
        act = calling_back.trying(self.station)
        return act.name if act else ""

    @cached_property
    def not_reached(self) -> PossibleAct | None:
        """The act that notes a call nobody answered."""
        found = self.m.act(self._trying) if self._trying else None
        return found if found is not None and found.is_open else None

    @cached_property
    def act(self) -> PossibleAct | None:
        """The act whose form is open."""
        wanted = next((act for act in self.acts if act.action == self._wanted), None)
        return wanted or next(iter(self.acts), None)

    @cached_property
    def form(self) -> ActForm | None:
        """Its form."""
        if self.act is None or (self._bound is not None and self._wanted == self.act.action):
            return self._bound
        return ActForm(self.act.form, people=self.m.people)

    @property
    def key(self) -> str:
        """The key under which the act is done once, however often it is sent."""
        return key_of(self.run, self.act.action) if self.act else ""

    @property
    def try_key(self) -> str:
        """The same of a call nobody answered."""
        return key_of(self.run, self.not_reached.action) if self.not_reached else ""

    @cached_property
    def try_form(self) -> ActForm | None:
        """The form of a call nobody answered."""
        if self.not_reached is None:
            return None
        if self._bound is not None and self._wanted == self.not_reached.action:
            return self._bound
        return ActForm(self.not_reached.form, people=self.m.people, auto_id="try_%s")

    @cached_property
    def follows(self) -> list[str]:
        """What the act will bring about."""
        if self.act is None:
            return []
        act = self.m.rules.actions[self.act.action]
        return afterwards(act, self.m.rules, running=self.m.running)

    # --- what it is about ---------------------------------------------------------------------

    @property
    def is_call(self) -> bool:
        """Whether somebody is called, and not only the work looked at."""
        return self.station.tray is not Tray.CHECK

    @cached_property
    def who(self) -> list[ContactSeen]:
        """Who is called: whoever brought it, covered."""
        return [one for one in self.m.people if one.role == ContactRole.REPORTER]

    @property
    def is_spoken_to(self) -> bool:
        """Whether there is somebody to say anything to."""
        return any(not one.is_anonymous or one.phone for one in self.who)

    @cached_property
    def answer(self) -> ShownEntry | None:
        """What the unit said last: the latest of its acts that moved the run."""
        for entry in self.m.entries:
            act = self.m.rules.actions.get(entry.entry.action)
            if entry.entry.run_id == self.run.pk and act is not None and act.to is not None:
                actors = [self.m.rules.actors[name] for name in act.by]
                if any(one.kind is ActorKind.ASSIGNED and one.role == LEAD for one in actors):
                    return entry
        return None

    @cached_property
    def unit(self) -> str:
        """The unit that did it."""
        row = Assignment.objects.filter(run=self.run, role=LEAD, to_at=None)
        return next((one.unit.name for one in row.select_related("unit")), "")

    @cached_property
    def tries(self) -> list[Try]:
        """The calls nobody answered."""
        return calling_back.tries_of([self.run], self.m.by)[self.run.pk]

    @property
    def next_try(self) -> int:
        """Which call the next one is."""
        return len(self.tries) + 1

    # --- what is said -------------------------------------------------------------------------

    @cached_property
    def script(self) -> Script | None:
        """The words for this state."""
        return script_for(self.run.procedure, self.run.state)

    @property
    def greet(self) -> str:
        """How the call begins."""
        return self._filled(said(self.script.greet)) if self.script else ""

    @property
    def by_result(self) -> str:
        """What is said to what the unit answered."""
        if self.script is None or not self.script.act:
            return ""
        last = (
            EventHeader.objects.filter(run=self.run, action=self.script.act, is_pending=False)
            .select_related("body")
            .order_by("-seq")
            .first()
        )
        body = getattr(last, "body", None)
        value = body.content.get("form", {}).get(self.script.asked, "") if body else ""
        return self._filled(said(self.script.results.get(value, EMPTY)))

    @property
    def asks(self) -> list[Ask]:
        """How the questions of the form are put."""
        if self.script is None or self.act is None:
            return []
        return [
            Ask(said(field.label), self._filled(said(self.script.ask[field.name])))
            for field in self.act.form
            if field.name in self.script.ask
        ]

    @property
    def close(self) -> str:
        """How the call ends."""
        return self._filled(said(self.script.close)) if self.script else ""

    @property
    def never(self) -> str:
        """What is not said."""
        return said(self.script.never) if self.script else ""

    def _filled(self, words: str) -> str:
        matter = self.m.matter
        known: Mapping[str, str] = {
            "city": settings.HUIYIN.city_name,
            "day": day_words(timezone.localdate(matter.opened_at), weekday=False),
            "title": matter.words.title if hasattr(matter, "words") else "",
            "unit": self.unit,
        }
        return words.format(**known)
