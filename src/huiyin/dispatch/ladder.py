"""Who is told, one after the other, when a unit lets a clock run out: the ladder of escalation.

The rules (`LadderRule`) say when and whom; here the words of the rules become people and units:
the unit's own officers, the unit above, the governance centres from near to far, up to the city. A
target that does not exist, or is accused, is stood in for by the next one above. Where nobody holds
the matter there is no unit to wait for: the rules for that tell the centres at once.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from huiyin.categories.models import Urgency
from huiyin.dispatch import steps as timing
from huiyin.dispatch.models import ClockKind, LadderRule, Phase, Target
from huiyin.dispatch.rungs import Contact, Offices, Rungs
from huiyin.worktime import Calendar, LimitUnit, statutory_calendar

_TARGETS = tuple(Target)
_PHASES = tuple(Phase)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a ladder. `target`: as the rule says; `contact`: who that is here."""

    key: str
    phase: Phase
    number: int
    target: Target
    contact: Contact
    when: timing.When


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps for one unit in one place, in their order.

    `urgency` and `clock_kind` chose the rules. `is_unheld`: nobody holds the matter.
    """

    clock_kind: ClockKind
    urgency: Urgency
    steps: tuple[Step, ...] = field(repr=False)

    @property
    def is_unheld(self) -> bool:
        """Whether it is of a matter that nobody holds; such ones come first."""
        return self.clock_kind == ClockKind.UNHELD

    @property
    def priority(self) -> tuple[bool, bool]:
        """Sort key, first things first: what nobody holds, then what is urgent."""
        return not self.is_unheld, self.urgency != Urgency.URGENT

    def due(
        self,
        times: timing.Times,
        fired: Mapping[str, datetime],
        *,
        now: datetime,
        calendar: Calendar | None = None,
    ) -> timing.Due:
        """Return which steps come now (`timing.steps_due`). Pure."""
        return timing.steps_due(
            self._timed(), times, fired, now=now, calendar=calendar or statutory_calendar()
        )

    def next_at(
        self,
        times: timing.Times,
        fired: Mapping[str, datetime],
        *,
        now: datetime,
        calendar: Calendar | None = None,
    ) -> datetime | None:
        """Return when the next step comes (`timing.next_at`). Pure."""
        return timing.next_at(
            self._timed(), times, fired, now=now, calendar=calendar or statutory_calendar()
        )

    def warned(
        self, whens: Sequence[timing.When], times: timing.Times, *, calendar: Calendar
    ) -> "Ladder":
        """Return this ladder with warnings at these moments in place of its own. Pure.

        Who is warned stays as the ladder has it; where it warns nobody, nobody is warned.
        """
        moments = [(timing.moment_of(when, times, calendar=calendar), when) for when in whens]
        ordered = sorted((at, n, when) for n, (at, when) in enumerate(moments) if at is not None)
        told = [step for step in self.steps if step.phase == Phase.WARNING]
        warnings = [
            replace(
                step,
                key=f"{self.clock_kind}.{self.urgency}.{Phase.WARNING}_{number}.{step.target}",
                number=number,
                when=replace(when, number=number),
            )
            for number, (_at, _n, when) in enumerate(ordered, start=1)
            for step in {one.target: one for one in told}.values()
        ]
        rest = [step for step in self.steps if step.phase != Phase.WARNING]
        return replace(self, steps=(*warnings, *rest))

    def step(self, key: str) -> Step:
        """Return a step by its key. Raises KeyError."""
        for step in self.steps:
            if step.key == key:
                return step
        raise KeyError(key)

    def _timed(self) -> list[timing.Timed]:
        return [
            timing.Timed(step.key, step.when, f"{step.contact.unit_id}/{step.contact.role}")
            for step in self.steps
        ]


@dataclass(frozen=True, slots=True)
class Held:
    """A clock whose ladder is asked for: who holds the matter, where it is, what it accuses.

    `unit_id`: None when nobody holds it (its clock is then UNHELD). `exclude`: accused units;
    neither they nor any below them are told.
    """

    unit_id: UUID | None
    place_id: UUID
    clock_kind: ClockKind = ClockKind.UNIT
    urgency: Urgency = Urgency.NORMAL
    exclude: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules in use, by kind of clock and urgency, and a digest that changes when they do."""

    by_kind: Mapping[tuple[str, str], Sequence[LadderRule]]
    digest: str
    _whens: Mapping[tuple[str, str], tuple[timing.When, ...]] = field(init=False)

    def __post_init__(self) -> None:
        whens = {key: tuple(map(_when, rules)) for key, rules in self.by_kind.items()}
        object.__setattr__(self, "_whens", whens)

    def whens(self, kind: str, urgency: str) -> tuple[timing.When, ...]:
        """Return when steps of such clocks come, whoever is told."""
        return self._whens.get((kind, urgency), ())


def rules_in_use() -> Rules:
    """Return the rules of all ladders. One query."""
    found: dict[tuple[str, str], list[LadderRule]] = defaultdict(list)
    seen = hashlib.sha256()
    for rule in sorted(LadderRule.objects.filter(active=True), key=_place):
        found[rule.clock_kind, rule.urgency].append(rule)
    for key in sorted(found):
        for rule in found[key]:
            seen.update(f"{rule} {rule.share} {rule.amount} {rule.unit}\n".encode())
    return Rules(found, seen.hexdigest())


def ladder(
    unit_id: UUID | None,
    place_id: UUID,
    *,
    at: datetime,
    clock_kind: ClockKind = ClockKind.UNIT,
    urgency: Urgency = Urgency.NORMAL,
    exclude: frozenset[UUID] = frozenset(),
) -> Ladder:
    """Return who is told when, for a unit's clock of one kind on a matter in a place.

    Three queries; the parameters are those of `Held`. Raises UnitNotKnown, PlaceNotKnown.
    """
    return ladders([Held(unit_id, place_id, clock_kind, urgency, exclude)], at=at)[0]


def ladders(
    asked: Sequence[Held], *, at: datetime, known: "Rules | None" = None
) -> list[Ladder]:  # fmt: skip
    """Return the ladders of many clocks, in their order; three queries however many.

    `known`: the rules, if they were read already. Raises UnitNotKnown, PlaceNotKnown.
    """
    if not asked:
        return []
    rules = (known or rules_in_use()).by_kind
    offices = Offices(
        on=timezone.localdate(at),
        unit_ids={held.unit_id for held in asked if held.unit_id},
        place_ids={held.place_id for held in asked},
        accused={unit_id for held in asked for unit_id in held.exclude},
    )
    found = []
    for held in asked:
        kind = held.clock_kind if held.unit_id else ClockKind.UNHELD
        rungs = offices.rungs(held.unit_id, held.place_id, exclude=held.exclude)
        steps = tuple(_steps(rules.get((kind, held.urgency), ()), rungs))
        found.append(Ladder(kind, held.urgency, steps))
    return found


def _steps(rules: Iterable[LadderRule], rungs: Rungs) -> Iterator[Step]:
    taken: set[tuple[object, ...]] = set()
    for rule in rules:
        contact = rungs.contact(Target(rule.target))
        if contact is None:
            continue  # nobody above at all
        same = (rule.phase, rule.number, contact.unit_id, contact.role)
        if same in taken:
            continue  # two targets of one rung may be the same body
        taken.add(same)
        yield Step(
            key=str(rule),
            phase=Phase(rule.phase),
            number=rule.number,
            target=Target(rule.target),
            contact=contact,
            when=_when(rule),
        )


def _when(rule: LadderRule) -> timing.When:
    return timing.When(
        phase=Phase(rule.phase),
        number=rule.number,
        share=None if rule.share is None else float(rule.share),
        amount=rule.amount,
        unit=LimitUnit(rule.unit) if rule.unit else None,
    )


def _place(rule: LadderRule) -> tuple[int, int, int]:
    return _PHASES.index(Phase(rule.phase)), rule.number, _TARGETS.index(Target(rule.target))
