"""The offices above a unit in a place: its officers, the units above, the centres to the city."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import F

from huiyin.dispatch.models import Target
from huiyin.dispatch.refusals import PlaceNotKnown, UnitNotKnown
from huiyin.units.models import OfficerRole, UnitOfficer
from huiyin.units.queries import held_on

_ROLES = {
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
class _Unit:
    id: UUID
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Rungs:
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
                return self._officer(_ROLES[target])
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


_OFFICES = """
    WITH RECURSIVE above (root, step, id, superior_id) AS (
        SELECT unit.id, 0, unit.id, unit.superior_id
        FROM units_unit AS unit WHERE unit.id = ANY(%(units)s::uuid[])
        UNION ALL
        SELECT above.root, above.step + 1, unit.id, unit.superior_id
        FROM units_unit AS unit JOIN above ON unit.id = above.superior_id
        WHERE above.step < 20
    ), accused (root, id) AS (
        SELECT given, given FROM unnest(%(accused)s::uuid[]) AS given
        UNION
        SELECT accused.root, below.id FROM accused CROSS JOIN LATERAL (
            SELECT unit.id FROM units_unit AS unit WHERE unit.superior_id = accused.id
            UNION ALL  -- a room stationed with the accused is in its house
            SELECT unit.id FROM units_unit AS unit WHERE unit.host_id = accused.id
        ) AS below
    ), line (root, step, id) AS (
        SELECT asked.id, chain.step, chain.id
        FROM places_place AS asked
        CROSS JOIN LATERAL (VALUES (asked.id, 0), (asked.village_id, 1), (asked.town_id, 2),
                                   (asked.county_id, 3), (asked.city_id, 4)) AS chain (id, step)
        WHERE asked.id = ANY(%(places)s::uuid[]) AND (chain.step = 0 OR chain.id <> asked.id)
    ), rung (sort, root, step, id) AS (
        SELECT 'unit', above.root, above.step, above.id FROM above
        UNION ALL
        SELECT 'centre', line.root, line.step, unit.id
        FROM line JOIN units_unit AS unit ON unit.place_id = line.id
        WHERE unit.kind = 'governance_centre'
        UNION ALL
        SELECT 'place', line.root, line.step, NULL FROM line WHERE line.step = 0
    )
    SELECT rung.sort, rung.root, rung.step,
           ARRAY(SELECT accused.root FROM accused WHERE accused.id = unit.id),
           unit.id, COALESCE(NULLIF(unit.short_name, ''), unit.name), unit.level
    FROM rung LEFT JOIN units_unit AS unit ON unit.id = rung.id
    WHERE (rung.sort = 'unit' AND rung.step = 0) OR (
        (unit.valid_from IS NULL OR unit.valid_from <= %(on)s)
        AND (unit.valid_to IS NULL OR unit.valid_to > %(on)s)
    )
    ORDER BY rung.step, unit.code
"""


class Offices:
    """The offices above some units and in some places. Two queries."""

    def __init__(
        self,
        *,
        on: date,
        unit_ids: Collection[UUID],
        place_ids: Collection[UUID],
        accused: Collection[UUID],
    ) -> None:
        self._places: set[UUID] = set()
        self._chains: dict[UUID, list[_Unit]] = defaultdict(list)  # itself first
        self._centres: dict[UUID, list[_Unit]] = defaultdict(list)
        self._accused_by: dict[UUID, frozenset[UUID]] = {}
        with connection.cursor() as cursor:
            cursor.execute(
                _OFFICES,
                {
                    "units": list(unit_ids),
                    "places": list(place_ids),
                    "accused": list(accused),
                    "on": on,
                },
            )
            rows = cursor.fetchall()
        for sort, root, _step, roots, *columns in rows:
            if sort == "place":
                self._places.add(root)
                continue
            unit = _Unit(*columns)
            (self._chains if sort == "unit" else self._centres)[root].append(unit)
            if roots:
                self._accused_by[unit.id] = frozenset(roots)
        self._officers = _officers(unit_ids, on=on)

    def rungs(self, unit_id: UUID | None, place_id: UUID, *, exclude: frozenset[UUID]) -> Rungs:
        """Return who is above a unit on a matter in a place; none of them accused.

        Raises UnitNotKnown, PlaceNotKnown.
        """
        if place_id not in self._places:
            raise PlaceNotKnown(identifier=str(place_id))

        def may_be_told(unit: _Unit) -> bool:
            return self._accused_by.get(unit.id, frozenset()).isdisjoint(exclude)

        centres = filter(may_be_told, self._centres.get(place_id, ()))
        if unit_id is None:
            return Rungs(None, (), tuple(centres), {})
        if unit_id not in self._chains:
            raise UnitNotKnown(identifier=str(unit_id))
        unit, *above = self._chains[unit_id]
        return Rungs(
            unit=unit if may_be_told(unit) else None,
            above=tuple(filter(may_be_told, above)),
            # the centres above the unit: not itself, and none of a lower level
            centres=tuple(
                centre for centre in centres if centre.id != unit.id and centre.level <= unit.level
            ),
            officers=self._officers.get(unit_id, {}),
        )


def _officers(unit_ids: Collection[UUID], *, on: date) -> dict[UUID, dict[str, tuple[str, str]]]:
    """Return name and line by unit and role; whoever came last where two days overlap."""
    found: dict[UUID, dict[str, tuple[str, str]]] = defaultdict(dict)
    for officer in UnitOfficer.objects.filter(held_on(on), unit__in=unit_ids).order_by(
        F("valid_from").asc(nulls_first=True), "id"
    ):
        found[officer.unit_id][officer.role] = (officer.name, officer.phone)
    return found
