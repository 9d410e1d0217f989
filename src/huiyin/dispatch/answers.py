"""What `responsible` answers: who has it, by which kind of responsibility, and why. Data only.

The sentences for it are in `wording`; both can be made again from `as_data` years later.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from huiyin.units.kinds import UnitKind
from huiyin.units.queries import Via

# Units that answer for a place as such; all others answer for a subject.
OF_THE_PLACE = (UnitKind.TOWN_OFFICE, UnitKind.VILLAGE_COMMITTEE, UnitKind.GOVERNANCE_CENTRE)


class Basis(StrEnum):
    """The two kinds of responsibility (domain §1.2)."""

    TERRITORIAL = "territorial"  # 属地
    FUNCTIONAL = "functional"  # 属事


class Found(StrEnum):
    """How the unit was found."""

    DUTY = "duty"  # the list of powers and duties names it
    FALLBACK = "fallback"  # it names nobody; the nearest centre finds out
    NOBODY = "nobody"  # and there is no centre either


@dataclass(frozen=True, slots=True)
class UnitRef:
    """A unit, as far as dispatch looks at it."""

    id: UUID
    code: str
    name: str
    short_name: str
    kind: UnitKind
    function: str
    level: int
    place_id: UUID

    @property
    def called(self) -> str:
        """What people call it."""
        return self.short_name or self.name

    @property
    def basis(self) -> Basis:
        """Whether it answers for places or for a subject."""
        return Basis.TERRITORIAL if self.kind in OF_THE_PLACE else Basis.FUNCTIONAL


@dataclass(frozen=True, slots=True)
class PlaceRef:
    """A place in the line from the asked one upwards. `steps`: how many up; 0 is the place."""

    id: UUID
    name: str
    level: int
    steps: int
    via: Via


@dataclass(frozen=True, slots=True)
class CategoryRef:
    """A class of matter with its names."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit whose duties cover the question. `exact`: the duty names this very class."""

    unit: UnitRef
    duty_id: int
    legal_basis: str
    item_no: str
    place: PlaceRef
    category: CategoryRef
    exact: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: whose is this class of matter in this place.

    `exclude`: accused units; they and all below them never answer. `level`: the matter was taken
    up to this level (AdminLevel), so units of lower ones are left out.
    """

    place_id: UUID
    category_id: UUID
    exclude: frozenset[UUID] = frozenset()
    level: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Who is responsible, and everything that says why.

    `candidates`: all whose duties cover it, the nearest first. `territorial`: who answers for the
    place whatever it is about; `functional`: the first that answers for the subject; either may be
    `unit`, or nobody. `line`: from the place to the city, then the land of a zone.
    """

    unit: UnitRef | None
    found: Found
    candidates: tuple[Candidate, ...]
    territorial: UnitRef | None
    territory: PlaceRef
    functional: Candidate | None
    category: CategoryRef
    line: tuple[PlaceRef, ...] = field(repr=False)
    fallback: UnitKind = UnitKind.GOVERNANCE_CENTRE

    @property
    def chosen(self) -> Candidate | None:
        """The candidate that was taken; None when no list of duties names anybody."""
        return self.candidates[0] if self.candidates else None

    def as_data(self) -> dict[str, Any]:
        """Return the answer as plain data, for the record and for JSON."""
        return {
            "found": self.found.value,
            "unit": _unit(self.unit),
            "territorial": {
                "place": {"id": str(self.territory.id), "name": self.territory.name},
                "unit": _unit(self.territorial),
            },
            "functional": _candidate(self.functional),
            "category": _category(self.category),
            "candidates": [_candidate(candidate) for candidate in self.candidates],
        }


def _unit(unit: UnitRef | None) -> dict[str, Any] | None:
    if unit is None:
        return None
    return {
        "id": str(unit.id),
        "code": unit.code,
        "name": unit.name,
        "kind": unit.kind.value,
        "level": unit.level,
    }


def _category(category: CategoryRef) -> dict[str, str]:
    return {
        "code": category.code,
        "name_zh": category.name_zh,
        "name_en": category.name_en,
    }


def _candidate(candidate: Candidate | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    return {
        "unit": _unit(candidate.unit),
        "basis": candidate.unit.basis.value,
        "duty": candidate.duty_id,
        "legal_basis": candidate.legal_basis,
        "item_no": candidate.item_no,
        "place": {"id": str(candidate.place.id), "name": candidate.place.name},
        "steps": candidate.place.steps,
        "via": candidate.place.via.value,
        "category": _category(candidate.category),
        "exact": candidate.exact,
    }
