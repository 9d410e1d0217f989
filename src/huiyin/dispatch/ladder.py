"""Who is told, one after the other, when a unit lets a clock run out: the ladder of escalation.

The rules (`LadderRule`) say when and whom; here the words of the rules become people and units:
the unit's own officers, the unit above, the governance centres from near to far, up to the city. A
target that does not exist, or is accused, is stood in for by the next one above. Where nobody holds
the matter there is no unit to wait for: the rules for that tell the centres at once.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Case, F, IntegerField, Value, When
from django.utils import timezone

from huiyin.categories.models import Urgency
from huiyin.dispatch import steps as timing
from huiyin.dispatch.models import ClockKind, LadderRule, Phase, Target
from huiyin.dispatch.refusals import PlaceNotKnown, UnitNotKnown
from huiyin.units.models import OfficerRole, UnitOfficer
from huiyin.units.queries import held_on
from huiyin.worktime import Calendar, LimitUnit, statutory_calendar

_OFFICERS = {
    Target.LIAISON: OfficerRole.LIAISON,
    Target.HEAD: OfficerRole.HEAD,
    Target.LEADER_IN_CHARGE: OfficerRole.LEADER_IN_CHARGE,
}
_TARGETS = tuple(Target)


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to tell: a unit, and the officer of it where one is meant and known."""

    unit_id: UUID
    unit_name: str
    level: int
    role: str = ""  # an OfficerRole
    name: str = ""
    phone: str = ""


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

    `unit_id`: who holds it; None when nobody does (`clock_kind` is then UNHELD). `exclude`: accused
    units; neither they nor any below them are told. Three queries.
    Raises UnitNotKnown, PlaceNotKnown.
    """
    if unit_id is None:
        clock_kind = ClockKind.UNHELD
    on = timezone.localdate(at)
    rungs = _rungs(unit_id, place_id, on=on, exclude=exclude)
    rules = LadderRule.objects.filter(active=True, clock_kind=clock_kind, urgency=urgency).order_by(
        _order("phase", Phase.values), "number", _order("target", Target.values)
    )
    return Ladder(clock_kind, urgency, tuple(_steps(rules, rungs)))


def _steps(rules: Iterable[LadderRule], rungs: "_Rungs") -> Iterator[Step]:
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
            when=timing.When(
                phase=Phase(rule.phase),
                number=rule.number,
                share=None if rule.share is None else float(rule.share),
                amount=rule.amount,
                unit=LimitUnit(rule.unit) if rule.unit else None,
            ),
        )


_RUNGS = """
    WITH RECURSIVE above (id, superior_id, step) AS (
        SELECT unit.id, unit.superior_id, 0 FROM units_unit AS unit WHERE unit.id = %(unit)s
        UNION ALL
        SELECT unit.id, unit.superior_id, above.step + 1
        FROM units_unit AS unit JOIN above ON unit.id = above.superior_id
        WHERE above.step < 20
    ), accused (id) AS (
        SELECT given FROM unnest(%(accused)s::uuid[]) AS given
        UNION
        SELECT below.id FROM accused CROSS JOIN LATERAL (
            SELECT unit.id FROM units_unit AS unit WHERE unit.superior_id = accused.id
            UNION ALL
            SELECT unit.id FROM units_unit AS unit WHERE unit.host_id = accused.id
        ) AS below
    ), line (id, step) AS (
        SELECT chain.id, min(chain.step)
        FROM places_place AS asked
        CROSS JOIN LATERAL (VALUES (asked.id, 0), (asked.village_id, 1), (asked.town_id, 2),
                                   (asked.county_id, 3), (asked.city_id, 4)) AS chain (id, step)
        WHERE asked.id = %(place)s AND chain.id IS NOT NULL
        GROUP BY chain.id
    ), rung (sort, step, id) AS (
        SELECT 'unit', above.step, above.id FROM above
        UNION ALL
        SELECT 'centre', line.step, unit.id
        FROM line JOIN units_unit AS unit ON unit.place_id = line.id
        WHERE unit.kind = 'governance_centre'
    )
    SELECT rung.sort, rung.step, unit.id, COALESCE(NULLIF(unit.short_name, ''), unit.name),
           unit.level, unit.id IN (SELECT accused.id FROM accused)
    FROM rung JOIN units_unit AS unit ON unit.id = rung.id
    WHERE (rung.sort = 'unit' AND rung.step = 0) OR (
        (unit.valid_from IS NULL OR unit.valid_from <= %(on)s)
        AND (unit.valid_to IS NULL OR unit.valid_to > %(on)s)
    )
    UNION ALL
    SELECT 'place', line.step, line.id, '', 0, false FROM line WHERE line.id = %(place)s
    ORDER BY 1, 2, 4
"""


@dataclass(frozen=True, slots=True)
class _Unit:
    id: UUID
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class _Rungs:
    """The unit with its officers, the units above it, and the centres from near to far."""

    unit: _Unit | None  # None: nobody holds it, or the unit is accused
    above: tuple[_Unit, ...]
    centres: tuple[_Unit, ...]
    officers: Mapping[str, tuple[str, str]]

    def contact(self, target: Target) -> Contact | None:
        """Return who a word of the rules means here, or stands in for it."""
        for candidate in _TARGETS[_TARGETS.index(target) :]:
            found = self._exactly(candidate)
            if found is not None:
                return found
        return None

    def _exactly(self, target: Target) -> Contact | None:
        match target:
            case Target.LIAISON | Target.HEAD | Target.LEADER_IN_CHARGE:
                return self._officer(_OFFICERS[target])
            case Target.SUPERIOR:
                return self._body(self.above, 0)
            case Target.CENTRE:
                return self._body(self.centres, 0)
            case Target.CENTRE_ABOVE:
                return self._body(self.centres, 1)
            case Target.CITY:
                return self._body(self.centres, -1)

    def _officer(self, role: OfficerRole) -> Contact | None:
        """Return an officer of the unit; the unit itself where nobody is entered for the role."""
        if self.unit is None:
            return None
        if role not in self.officers:
            return Contact(self.unit.id, self.unit.name, self.unit.level)
        name, phone = self.officers[role]
        return Contact(self.unit.id, self.unit.name, self.unit.level, role.value, name, phone)

    @staticmethod
    def _body(units: Sequence[_Unit], index: int) -> Contact | None:
        try:
            unit = units[index]
        except IndexError:
            return None
        return Contact(unit.id, unit.name, unit.level)


def _rungs(unit_id: UUID | None, place_id: UUID, *, on: date, exclude: Collection[UUID]) -> _Rungs:
    with connection.cursor() as cursor:
        cursor.execute(
            _RUNGS, {"unit": unit_id, "place": place_id, "accused": list(exclude), "on": on}
        )
        rows = cursor.fetchall()
    if not any(sort == "place" for sort, *_ in rows):
        raise PlaceNotKnown(identifier=str(place_id))
    held: _Unit | None = None
    is_accused = False
    above: list[_Unit] = []
    centres: list[_Unit] = []
    for sort, step, *columns, accused in rows:
        if sort == "place":
            continue
        unit = _Unit(*columns)
        if sort == "unit" and step == 0:
            held, is_accused = unit, accused
        elif not accused:
            (above if sort == "unit" else centres).append(unit)
    if unit_id is not None and held is None:
        raise UnitNotKnown(identifier=str(unit_id))
    if held is not None:  # the centres above the unit: not itself, and none of a lower level
        centres = [
            centre for centre in centres if centre.id != held.id and centre.level <= held.level
        ]
    return _Rungs(
        unit=None if is_accused else held,
        above=tuple(above),
        centres=tuple(centres),
        officers=_officers(unit_id, on=on),
    )


def _officers(unit_id: UUID | None, *, on: date) -> dict[str, tuple[str, str]]:
    """Return name and line by role; the one who came last where two days overlap."""
    if unit_id is None:
        return {}
    found = UnitOfficer.objects.filter(held_on(on), unit=unit_id).order_by(
        F("valid_from").asc(nulls_first=True), "id"
    )
    return {officer.role: (officer.name, officer.phone) for officer in found}


def _order(field_name: str, values: Sequence[Any]) -> Case:
    whens = [When(**{field_name: value}, then=Value(at)) for at, value in enumerate(values)]
    return Case(*whens, default=Value(len(values)), output_field=IntegerField())
