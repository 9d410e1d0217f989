"""What a grid worker sees on the phone: what waits in their grids, in what order, to do what.

These pages are kept in the phone for when there is no network. So they name class, place and limit
of a matter, and neither what somebody said nor who it was: that is shown apart, with a network.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.grid.models import Visit
from huiyin.grid.visits import due_again, grids_of
from huiyin.matters import access, owning
from huiyin.matters.act_forms import ActForm
from huiyin.matters.acting import held_by
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Contact, Matter, Run
from huiyin.matters.queries import PossibleAct, acts_on
from huiyin.matters.wording import language, said
from huiyin.people.actors import Actor
from huiyin.places.models import Place
from huiyin.procedures.language import Field, FieldType
from huiyin.ui.among import AnyOf
from huiyin.web.clock_words import Stand, due_day, stand_of
from huiyin.web.inbox_rows import within_city

MOST: Final = 30
FORMS: Final = 5
SOON_DAYS: Final = 7
NOTE: Final = "note"
AT_THE_DESK: Final = (
    FieldType.UNIT, FieldType.UNITS, FieldType.PLACE, FieldType.PERSON, FieldType.PARTIES,
    FieldType.COLLEAGUE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """One thing to do on the way: a matter, or a visit that is due again."""

    title: str
    what: str  # what it waits for
    where: str
    stand: Stand
    url: str
    is_overdue: bool = False
    lon: float | None = None
    lat: float | None = None
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class ActShown:
    """An act with its form on the page of a matter."""

    act: PossibleAct
    form: ActForm
    url: str


class Today:
    """What waits for a worker today, what is overdue first."""

    def __init__(self, by: Actor, *, at: datetime) -> None:
        self.by, self.at, self.on = by, at, timezone.localdate(at)

    @cached_property
    def grids(self) -> list[Place]:
        """The grids the worker is entered in."""
        return list(grids_of(self.by, on=self.on)[:10])

    @property
    def here(self) -> str:
        """The first grid as people of the city call it."""
        return within_city(self.grids[0])

    @cached_property
    def runs(self) -> list[Run]:
        """The runs that wait for the worker's office, in the own grids or their village."""
        mine = [grid.pk for grid in self.grids]
        mine += [grid.village_id for grid in self.grids if grid.village_id]
        told = Matter.objects.filter(place__in=mine, is_confidential=False).values("pk")
        open_here = Run.objects.filter(AnyOf("matter_id", told), is_done=False)
        return list(
            owning.owned_of(open_here, by=self.by)
            .select_related("matter__place__village", "matter__category")
            .order_by("due_at", "pk")[:MOST]
        )

    @cached_property
    def visits(self) -> list[Visit]:
        """The visits that are due again within a week."""
        return due_again(by=self.by, until=self.on + timedelta(days=SOON_DAYS))

    @cached_property
    def stops(self) -> list[Stop]:
        """Matters and visits, what is overdue first, then what is due first."""
        found = [(run.due_at, _stop(run, at=self.at)) for run in self.runs]
        found += [(_midnight_after(visit), _visit_stop(visit, at=self.at)) for visit in self.visits]
        far = self.at + timedelta(days=3650)
        return [stop for _due, stop in sorted(found, key=lambda one: one[0] or far)]

    @cached_property
    def first(self) -> "AtTheSpot | None":
        """The first thing, when it is a matter, with its acts."""
        run = self.stops[0].run if self.stops else None
        return AtTheSpot(run, by=self.by, at=self.at) if run else None

    @cached_property
    def overdue(self) -> int:
        """How many are overdue."""
        return sum(stop.is_overdue for stop in self.stops)

    @cached_property
    def due_today(self) -> int:
        """How many have their last day today and are not over yet."""
        ends = [run.due_at for run in self.runs if run.due_at and run.due_at > self.at]
        ends += [_midnight_after(visit) for visit in self.visits if visit.again_on == self.on]
        return sum(timezone.localdate(end - timedelta(seconds=1)) == self.on for end in ends)


def _stop(run: Run, *, at: datetime) -> Stop:
    matter, rules = run.matter, procedure_of(run.procedure)
    state = rules.states.get(run.state)
    lon, lat = _point(matter)
    return Stop(
        title=kind_of(run),
        what=said(state.label) if state else "",
        where=short_place(matter.place),
        stand=stand_of(run.due_at, at=at),
        url=reverse("web:field_matter", args=[matter.number, run.pk]),
        is_overdue=run.due_at is not None and run.due_at <= at,
        lon=lon,
        lat=lat,
        run=run,
    )


def _point(matter: Matter) -> tuple[float | None, float | None]:
    """Return where a matter is, or a point of its grid or village: nothing further off."""
    for thing in (matter, matter.place, matter.place.village):
        if thing is not None and thing.lon is not None:
            return thing.lon, thing.lat
    return None, None


def _visit_stop(visit: Visit, *, at: datetime) -> Stop:
    due = _midnight_after(visit)
    is_overdue = due <= at
    stand = stand_of(due, at=at)
    if not is_overdue and stand.state != "soon":
        stand = Stand("plain", _("by %(day)s") % {"day": due_day(due)})
    return Stop(
        title=visit.words,
        what=_("Visit again"),
        where=short_place(visit.grid),
        stand=stand,
        url=f"{reverse('web:field_visits')}?after={visit.pk}",
        is_overdue=is_overdue,
        lon=visit.grid.lon,
        lat=visit.grid.lat,
    )


def _midnight_after(visit: Visit) -> datetime:
    """Return when the day of the next visit is over."""
    day = (visit.again_on or visit.on) + timedelta(days=1)
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def kind_of(run: Run) -> str:
    """Return what a matter is about, without a word of whoever brought it."""
    category = run.matter.category
    if category is None:
        return said(procedure_of(run.procedure).title)
    name: str = category.name_zh if language().startswith("zh") else category.name_en
    return name


def short_place(place: Place) -> str:
    """Return a place as people on the spot call it."""
    village = place.village
    return f"{village.short_name}{place.short_name}" if village and village != place else place.name


class AtTheSpot:
    """One run as the phone shows it: what it is about, and the acts that can be done there."""

    def __init__(self, run: Run, *, by: Actor, at: datetime) -> None:
        self.run, self.by, self.at = run, by, at
        self.stop = _stop(run, at=at)
        self.number = run.matter.number

    @cached_property
    def _contacts(self) -> tuple[Contact, ...]:
        return tuple(Contact.objects.filter(matter=self.run.matter_id).order_by("id"))

    @cached_property
    def acts(self) -> list[PossibleAct]:
        """The open acts of the worker whose forms need no looking up, what moves it on first."""
        held = held_by(self.run, self.run.matter, self._contacts, at=self.at)
        found = [
            act
            for act in acts_on(held, by=self.by, at=self.at)
            if act.is_open and act.is_theirs and (act.is_moving or act.action == NOTE)
        ]
        there = [act for act in found if not self._is_for_the_desk(act)]
        return sorted(there, key=self._order)[:FORMS]

    @property
    def lead(self) -> PossibleAct | None:
        """The one act to propose; never one that ends a matter which others could go on with."""
        first = self.acts[0] if self.acts else None
        return first if first is not None and not self._is_ending(first) else None

    @property
    def has_one_way(self) -> bool:
        """Tell whether the act to propose is the only one, and not one outcome of several."""
        return sum(self._is_awaited(act) for act in self.acts if act.is_moving) == 1

    def _order(self, act: PossibleAct) -> tuple[bool, bool, bool]:
        """Put first what the matter waits for, and what ends it after what goes on with it."""
        return not act.is_moving, not self._is_awaited(act), self._is_ending(act)

    def _is_ending(self, act: PossibleAct) -> bool:
        """Tell whether an act leads to nothing but ends."""
        rules = procedure_of(self.run.procedure)
        to = rules.actions[act.action].to
        states = [rules.states[name] for name in to.names if name in rules.states] if to else []
        return bool(states) and all(state.closed or state.end for state in states)

    def _is_for_the_desk(self, act: PossibleAct) -> bool:
        """Tell whether an act needs a unit, a person or another matter or procedure chosen."""
        rule = procedure_of(self.run.procedure).actions[act.action]
        is_chosen = any(_is_chosen(field) for field in act.form)
        return bool(rule.hand_over or rule.merge or is_chosen)

    def _is_awaited(self, act: PossibleAct) -> bool:
        """Tell whether it is an act of whoever the state waits for."""
        rules = procedure_of(self.run.procedure)
        state = rules.states.get(self.run.state)
        return state is not None and state.owner in rules.actions[act.action].by

    def act(self, name: str) -> PossibleAct | None:
        """Return an act that can be done on the spot."""
        return next((act for act in self.acts if act.action == name), None)

    def shown(self, refused: ActForm | None = None, named: str = "") -> list[ActShown]:
        """Return the acts with their forms; `refused`: the form of `named` as it came back."""
        return [
            ActShown(
                act,
                refused
                if refused is not None and act.action == named
                else ActForm(act.form, auto_id=f"{act.action}_%s"),
                reverse("web:field_act", args=[self.number, self.run.pk, act.action]),
            )
            for act in self.acts
        ]


def _is_chosen(field: Field) -> bool:
    return field.type in AT_THE_DESK


def files_field(fields: Sequence[Field], sent: Any) -> str:
    """Return the field that takes the photos, given what else is chosen; "" when none does."""
    for field in fields:
        if field.type is not FieldType.FILES:
            continue
        chosen = {name: str(sent.get(name, "")) for name in field.when}
        if all(chosen[name] in map(str, wanted) for name, wanted in field.when.items()):
            return field.name
    return ""


def run_seen(number: str, run_id: UUID, *, by: Actor) -> Run | None:
    """Return a run of a matter in the worker's sight, or None; confidential ones never."""
    runs = access.runs_seen_by(by).filter(pk=run_id, matter__number=number)
    return (
        runs.filter(matter__is_confidential=False)
        .select_related("matter__place__village", "matter__category")
        .first()
    )
