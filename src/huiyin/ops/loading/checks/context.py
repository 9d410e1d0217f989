"""What the checks share: the tables of the load, what the database has, what codes refer to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from huiyin.categories.models import Category
from huiyin.ops.loading.known import Known
from huiyin.ops.loading.references import Index
from huiyin.ops.loading.rows import Parsed, Row
from huiyin.places.levels import LEVEL_OF
from huiyin.places.models import Place, PlaceKind, PlaceLevel
from huiyin.units.models import Unit, UnitKind


@dataclass(slots=True)
class PlaceEntry:
    """A place that rows can refer to: a row of the file, a place of the database, or both."""

    code: str
    name: str
    kind: PlaceKind | None
    parent_code: str
    overlay_parent_code: str
    valid_from: date | None
    row: Row | None = None
    place: Place | None = None

    @property
    def level(self) -> PlaceLevel | None:
        """The level of its kind; None while its kind is unreadable."""
        return LEVEL_OF[self.kind] if self.kind else None


@dataclass(slots=True)
class UnitEntry:
    """A unit that rows can refer to."""

    code: str
    name: str
    kind: UnitKind | None
    level: int | None
    superior_code: str
    valid_to: date | None
    row: Row | None = None
    unit: Unit | None = None


@dataclass(slots=True)
class CategoryEntry:
    """A category that rows can refer to."""

    code: str
    row: Row | None = None
    category: Category | None = None


@dataclass(slots=True)
class Context:
    """One load."""

    tables: Mapping[str, Parsed]
    known: Known
    today: date
    places: Index[PlaceEntry] = field(init=False)
    units: Index[UnitEntry] = field(init=False)
    categories: Index[CategoryEntry] = field(init=False)
    # By position in the table of places: the place of the database that a row is about.
    same_place: dict[int, Place] = field(default_factory=dict)
    # The outlines that could be read, by position in the table of boundaries.
    outlines: dict[int, dict[str, object]] = field(default_factory=dict)

    def table(self, name: str) -> Parsed | None:
        """Return a table of this load, if the file is there."""
        return self.tables.get(name)

    def place_id(self, code: str | None) -> UUID | None:
        """Return the id of a place of the database by its code."""
        place = self.known.places.get(code) if code else None
        return place.id if place else None


def in_order(since: date | None, until: date | None) -> bool:
    """Say whether a span of days has at least one day."""
    return since is None or until is None or since < until


def check_days(row: Row) -> None:
    """Report a row that ends before it begins."""
    since, until = row["valid_from"], row["valid_to"]
    if row.is_sound("valid_from", "valid_to") and not in_order(since, until):
        row.fault("valid_to", "dates_reversed", since=since)
