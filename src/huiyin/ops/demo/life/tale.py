"""How a story is told: step by step at believable times, until it reaches the present.

What began more than two days ago is told by a chronicle, afterwards; what is younger is done by the
verbs themselves, as if people had just acted. A story does not know which.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from random import Random
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import transaction

from huiyin.categories.models import Category
from huiyin.matters.acting import act
from huiyin.matters.attachments import attach
from huiyin.matters.chronicle import Chronicle
from huiyin.matters.handing_over import main_run
from huiyin.matters.intake import Person, Said, open_matter
from huiyin.matters.models import Attachment, Channel, Contact, ContactRole, Matter, Run
from huiyin.matters.similar import join
from huiyin.ops.demo.life import hours, texts
from huiyin.ops.demo.life.cast import Cast, Resident
from huiyin.ops.demo.life.pictures import drawn, picture_for
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.ui.identifiers import new_id
from huiyin.ui.refusals import Refusal

_LIES_ABOUT: Final = 8  # days


class Present(Exception):
    """The story has reached the present: what comes next has not happened yet."""


class Teller(Protocol):
    """Who writes a story down."""

    def open(self, **said: Any) -> UUID:
        """Open a matter; return its run."""

    def act(
        self, run_id: UUID, action: str, *, by: Actor, at: datetime, form: dict[str, Any]
    ) -> None:
        """Take an action."""

    def join(self, run_id: UUID, person: Person, *, by: Actor, at: datetime) -> None:
        """Attach somebody who reports the same."""

    def matter(self, run_id: UUID) -> Matter:
        """Return the matter of a run."""

    def main_run(self, run_id: UUID) -> Run:
        """Return the run in which it is now."""

    def child(self, run_id: UUID, name: str) -> Run:
        """Return its latest child run of a name."""

    def run(self, run_id: UUID) -> Run:
        """Return a run."""

    def contacts(self, run_id: UUID) -> list[Contact]:
        """Return the people of the matter of a run."""

    def picture(self, name: str, *, by: Actor, at: datetime) -> UUID:
        """Return a picture that whoever acts has sent in."""


class Past(Chronicle):
    """A chronicle with pictures: each is taken in once, and the same bytes named again."""

    def __init__(self, *, now: datetime) -> None:
        super().__init__(now=now)
        self._pictures: dict[str, Attachment] = {}

    def picture(self, name: str, *, by: Actor, at: datetime) -> UUID:
        """Return a picture that whoever acts has sent in."""
        first = self._pictures.get(name)
        if first is None:
            file = attach(BytesIO(drawn(name)), name=f"{name}.jpg", by=by, at=at)
            self._pictures[name] = file
            return file.pk
        values = {field.attname: getattr(first, field.attname) for field in first._meta.fields}
        again = Attachment(**values | {"id": new_id(), "owner_id": by.account_id, "at": at})
        again.save(force_insert=True)
        return again.pk


class Live:
    """The verbs themselves."""

    def open(self, **said: Any) -> UUID:
        """Open a matter; return its run."""
        return open_matter(**said).run.pk

    def act(
        self, run_id: UUID, action: str, *, by: Actor, at: datetime, form: dict[str, Any]
    ) -> None:
        """Take an action."""
        act(run_id, action, by=by, at=at, form=form)

    def join(self, run_id: UUID, person: Person, *, by: Actor, at: datetime) -> None:
        """Attach somebody who reports the same."""
        join(matter_id=self.matter(run_id).pk, person=person, by=by, at=at)

    def matter(self, run_id: UUID) -> Matter:
        """Return the matter of a run."""
        return Matter.objects.get(runs=run_id)

    def main_run(self, run_id: UUID) -> Run:
        """Return the run in which it is now."""
        return main_run(self.matter(run_id))

    def child(self, run_id: UUID, name: str) -> Run:
        """Return its latest child run of a name."""
        runs = Run.objects.filter(matter__runs=run_id, child_name=name)
        return runs.latest("opened_at", "id")

    def run(self, run_id: UUID) -> Run:
        """Return a run."""
        return Run.objects.get(pk=run_id)

    def contacts(self, run_id: UUID) -> list[Contact]:
        """Return the people of the matter of a run."""
        return list(self.matter(run_id).contacts.order_by("id"))

    def picture(self, name: str, *, by: Actor, at: datetime) -> UUID:
        """Return a picture that whoever acts has sent in."""
        return attach(BytesIO(drawn(name)), name=f"{name}.jpg", by=by, at=at).pk


@dataclass
class Tale:
    """One story on its way: where, about what, by whom, and what time it is in it."""

    teller: Teller
    cast: Cast
    rng: Random
    at: datetime
    now: datetime
    place: Place
    pattern: texts.Pattern
    words: texts.Words
    resident: Resident
    lead: UUID | None = None  # who handles it, where that is settled beforehand
    level: str = ""  # at which level, likewise
    is_calm: bool = False  # nothing out of the ordinary happens
    must: frozenset[str] = frozenset()  # what certainly happens
    until: str = ""  # the act with which the story stands still
    refused: list[str] = field(default_factory=list)
    opened: list[UUID] = field(default_factory=list)

    @property
    def category(self) -> Category:
        """What it is about."""
        return self.cast.categories[self.pattern.category]

    def chance(self, share: float, what: str = "") -> bool:
        """Tell whether something out of the ordinary happens, as in this share of stories.

        `what`: its name, for stories in which it has to (`must`).
        """
        happens = self.rng.random() < share and not self.is_calm
        return happens or (what != "" and what in self.must)

    def is_young(self) -> bool:
        """Tell whether it is so young that it may still lie about; later somebody takes it up."""
        return self.now - self.at < timedelta(days=_LIES_ABOUT)

    def later(self, least: float, most: float, *, in_office: bool = True) -> None:
        """Let some hours pass; of office hours where somebody of an office acts next.

        Raises Present when that is in the future.
        """
        self.at += timedelta(hours=self.rng.uniform(least, most))
        if in_office:
            self.at = hours.opening(self.at)
        if self.at > self.now:
            raise Present

    def open(
        self, procedure: str, action: str, *, by: Actor | None, came: Channel,
        who: Person | None, sides: Sequence[Person] = (), against: Sequence[UUID] = (),
        **form: Any,
    ) -> UUID:  # fmt: skip
        """Open a matter of this story: how it came, who brought it, with the opening's form.

        `sides`: of a dispute; `against`: units it complains of. Returns its run.
        """
        if by is None:
            raise Present
        words = self.words
        run = self.teller.open(
            procedure=procedure, action=action, by=by, channel=came, reporter=who,
            parties=sides, accused=against, at=self.at, form=form, place=self.place,
            category=self.category, said=Said(words.title, words.says, words.address),
        )  # fmt: skip
        self.opened.append(run)
        if action == self.until:
            raise Present
        return run

    def act(self, run_id: UUID, action: str, *, by: Actor | None, **form: Any) -> None:
        """Take an action now; the story ends where nobody is there to take it.

        Raises Present then; what is refused ends the story as well, and is counted.
        """
        if by is None:
            raise Present
        try:
            self.teller.act(run_id, action, by=by, at=self.at, form=form)
        except Refusal as refusal:
            told = ", ".join(refusal.data.get("errors", {}) or {})
            state = self.teller.run(run_id).state
            self.refused.append(f"{action} in {state}: {refusal} {told}")
            raise Present from refusal
        if action == self.until:
            raise Present

    def unit(self) -> UUID:
        """Return who has to do it: the right unit by the lists, or who was settled on."""
        found = self.lead or next(
            iter(self.cast.responsible(self.place, self.pattern.category)), None
        )
        if found is None:
            raise Present
        return found

    def another(self, *than: UUID) -> UUID | None:
        """Return another unit that could be asked: the town's office, the county's bodies."""
        bodies = ("urban_management", "housing", "civil_affairs", "natural_resources")
        found = [self.cast.body(name, self.place) for name in bodies]
        units = [one.pk for one in found if one and self.cast.of(one) and one.pk not in than]
        return self.rng.choice(units) if units else None

    def sent_back(self, right: UUID | None) -> dict[str, str]:
        """Return what a unit says when it sends work back, with the unit it believes right."""
        back = self.say("returns")
        said = {"reason": back["reason"], "basis": back["text"]}
        return said | ({"right_unit": str(right)} if right else {})

    def picture(self, by: Actor, name: str = "") -> list[str]:
        """Return what a form names when a picture goes with it: one that fits, or this one."""
        name = name or picture_for(self.pattern.category)
        return [str(self.teller.picture(name, by=by, at=self.at))]

    def is_own(self, run_id: UUID) -> bool:
        """Tell whether the resident of the story is who brought this matter."""
        own = self.resident.account.pk
        contacts = self.teller.contacts(run_id)
        return any(one.account_id == own and one.role == ContactRole.REPORTER for one in contacts)

    def has_time(self, run_id: UUID, clock: str) -> bool:
        """Tell whether a limit of a run is not over yet."""
        known = self.teller.run(run_id).memory["clocks"].get(clock, {})
        return "due_at" in known and datetime.fromisoformat(known["due_at"]) > self.at

    def say(self, occasion: str) -> Any:
        """Return a sentence for an occasion."""
        return texts.phrase(occasion, self.rng)


def tell(tale: Tale, story: Any) -> None:
    """Tell a story until its end or the present, whichever comes first; all in one transaction."""
    with transaction.atomic(), suppress(Present):
        story(tale)
