"""Place × category → the unit that has to do it, by the lists of powers and duties.

The nearest place upwards wins (grid, village, town, county, city, then the county on whose land a
zone lies), and in one place the nearest category upwards. Accused units and all below them are left
out by the database. Two queries, for one question or for thousands.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import product
from uuid import UUID

from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.categories.tree import Node, tree
from huiyin.dispatch.answers import (
    OF_THE_PLACE,
    Answer,
    Basis,
    Candidate,
    CategoryRef,
    Found,
    PlaceRef,
    Question,
    UnitRef,
)
from huiyin.dispatch.refusals import CategoryNotKnown, FallbackNotPossible, PlaceNotKnown
from huiyin.places.models import PlaceLevel
from huiyin.ui.ready import prepared_cursor
from huiyin.units.kinds import UnitKind
from huiyin.units.queries import Via

# Who may be asked to find out when no list of duties names anybody.
FALLBACKS = frozenset(
    (UnitKind.GOVERNANCE_CENTRE, UnitKind.PETITION_OFFICE, UnitKind.HOTLINE_CENTRE)
)
# Of several units in one place, the one that is named as answering for the place.
_SEAT_ORDER = {kind: order for order, kind in enumerate(OF_THE_PLACE)}


def responsible(
    place_id: UUID,
    category_id: UUID,
    *,
    on: date | None = None,
    at: datetime | None = None,
    exclude: frozenset[UUID] = frozenset(),
    level: int | None = None,
    fallback: UnitKind = UnitKind.GOVERNANCE_CENTRE,
) -> Answer:
    """Return who is responsible for a class of matter in a place on a local date, and why.

    `on` or `at` says when. `exclude`: accused units. `level`: leave out units of lower levels than
    this. `fallback`: who is to find out when no list of duties names anybody.
    Raises PlaceNotKnown, CategoryNotKnown, FallbackNotPossible.
    """
    question = Question(place_id, category_id, exclude, level)
    return responsible_many([question], on=on, at=at, fallback=fallback)[0]


def responsible_many(
    questions: Sequence[Question],
    *,
    on: date | None = None,
    at: datetime | None = None,
    fallback: UnitKind = UnitKind.GOVERNANCE_CENTRE,
) -> list[Answer]:
    """Return the answers to many questions, in their order; two queries however many.

    Raises as `responsible`, for the first question that cannot be answered.
    """
    if (on is None) == (at is None):
        raise TypeError("say when: either on= or at=")
    if fallback not in FALLBACKS:
        raise FallbackNotPossible(kind=fallback)
    if not questions:
        return []
    day = on if on is not None else timezone.localdate(at)
    categories = _categories({question.category_id for question in questions})
    lines = _lines({question.place_id for question in questions})
    units = _Units(
        day,
        places={place.id for line in lines.values() for place in line},
        codes={pk: code for known in categories.values() for pk, code in known.codes.items()},
        kinds={*OF_THE_PLACE, fallback},
        accused={unit_id for question in questions for unit_id in question.exclude},
    )
    return [
        _answer(
            question,
            lines[question.place_id],
            categories[question.category_id],
            units,
            fallback=fallback,
        )
        for question in questions
    ]


def _answer(
    question: Question,
    line: tuple[PlaceRef, ...],
    known: "_Known",
    units: "_Units",
    *,
    fallback: UnitKind,
) -> Answer:
    candidates = tuple(_candidates(question, line, known, units))
    territory = _territory(line)
    territorial = _seat(question, line, units, above=territory)
    functional = next((found for found in candidates if found.unit.basis is Basis.FUNCTIONAL), None)
    unit, how = (candidates[0].unit, Found.DUTY) if candidates else (None, Found.NOBODY)
    if unit is None:
        unit = _centre(question, line, units, fallback)
        how = Found.NOBODY if unit is None else Found.FALLBACK
    return Answer(
        unit=unit,
        found=how,
        candidates=candidates,
        territorial=territorial,
        territory=territory,
        functional=functional,
        category=known.ref,
        line=line,
        fallback=fallback,
    )


def _candidates(
    question: Question, line: Iterable[PlaceRef], known: "_Known", units: "_Units"
) -> Iterator[Candidate]:
    seen: set[UUID] = set()
    for place, code in product(line, known.covering):
        for unit, duty in units.by_duty.get((place.id, code), ()):
            if unit.id in seen or not units.may_answer(unit, question):
                continue
            seen.add(unit.id)
            yield Candidate(
                unit=unit,
                duty_id=duty.id,
                legal_basis=duty.basis,
                item_no=duty.item_no,
                place=place,
                category=known.covering[code],
                exact=code == known.ref.code,
            )


def _territory(line: Sequence[PlaceRef]) -> PlaceRef:
    """Return the place that is named as 属地: the town, else the nearest one that is no grid."""
    own = [place for place in line if place.via is not Via.LAND]
    towns = (place for place in own if place.level == PlaceLevel.TOWN)
    return next(towns, None) or next(
        (place for place in own if place.level < PlaceLevel.TOWN), own[0]
    )


def _seat(
    question: Question, line: Iterable[PlaceRef], units: "_Units", *, above: PlaceRef
) -> UnitRef | None:
    """Return who answers for the place as such: of the town, or of the nearest place above it."""
    for place in line:
        if place.steps < above.steps or place.via is Via.LAND:
            continue
        seats = [
            unit
            for unit in units.by_place.get(place.id, ())
            if unit.kind in OF_THE_PLACE and units.may_answer(unit, question)
        ]
        if seats:
            return min(seats, key=lambda unit: (_SEAT_ORDER[unit.kind], unit.code))
    return None


def _centre(
    question: Question, line: Iterable[PlaceRef], units: "_Units", kind: UnitKind
) -> UnitRef | None:
    """Return the nearest centre of a kind that may answer; the land of a zone comes last."""
    for place in line:
        for unit in units.by_place.get(place.id, ()):
            if unit.kind is kind and units.may_answer(unit, question):
                return unit
    return None


# --- categories ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """A class of matter and, by code, those whose duties cover it: its own, then upwards."""

    ref: CategoryRef
    covering: dict[str, CategoryRef]
    codes: dict[UUID, str]  # by their ids


def _categories(ids: Collection[UUID]) -> dict[UUID, _Known]:
    nodes = tree().by_id
    found = {pk: _known(nodes[pk]) for pk in ids if pk in nodes}
    if lacking := set(ids) - found.keys():  # retired: old matters keep their class
        for category in Category.objects.filter(id__in=lacking):
            ref = _ref(category)
            found[category.id] = _Known(ref, {ref.code: ref}, {category.id: ref.code})
    for category_id in ids:
        if category_id not in found:
            raise CategoryNotKnown(identifier=str(category_id))
    return found


def _known(node: Node) -> _Known:
    """Tell which duties cover a class: for a branch above it, unless another owner is named."""
    covering = [
        over for over in node.path if over is node or over.owner_kind in ("", node.owner_kind)
    ]
    refs = [_ref(over.category) for over in reversed(covering)]
    codes = {over.category.id: over.category.code for over in covering}
    return _Known(refs[0], {ref.code: ref for ref in refs}, codes)


def _ref(category: Category) -> CategoryRef:
    return CategoryRef(category.code, category.name_zh, category.name_en)


# --- places -------------------------------------------------------------------------------------

_LINES = """
    SELECT asked.id, place.id, place.name, place.level, up.steps, up.is_land
    FROM places_place AS asked
    CROSS JOIN LATERAL (
        SELECT chain.id, chain.steps, false AS is_land
        FROM (VALUES (asked.id, 0), (asked.village_id, 1), (asked.town_id, 2),
                     (asked.county_id, 3), (asked.city_id, 4)) AS chain (id, steps)
        WHERE chain.steps = 0 OR chain.id <> asked.id
        UNION ALL
        SELECT zone.overlay_parent_id, 5, true FROM places_place AS zone
        WHERE zone.id IN (asked.id, asked.village_id, asked.town_id, asked.county_id, asked.city_id)
          AND zone.overlay_parent_id IS NOT NULL
    ) AS up
    JOIN places_place AS place ON place.id = up.id
    WHERE asked.id = ANY(%s)
    ORDER BY asked.id, up.steps, place.level DESC
"""


def _lines(ids: Collection[UUID]) -> dict[UUID, tuple[PlaceRef, ...]]:
    """Return for each place itself and the places above it, then the land its zone lies on."""
    lines: dict[UUID, list[PlaceRef]] = defaultdict(list)
    with prepared_cursor() as cursor:
        cursor.execute(_LINES, [list(ids)])
        for asked, place_id, name, level, _order, is_land in cursor.fetchall():
            line = lines[asked]
            if is_land and any(place.id == place_id for place in line):
                continue
            via = Via.LAND if is_land else (Via.ABOVE if line else Via.HERE)
            # every land is one step further than the city, however many there are
            steps = sum(place.via is not Via.LAND for place in line)
            line.append(PlaceRef(place_id, name, level, steps, via))
    for place_id in ids:
        if place_id not in lines:
            raise PlaceNotKnown(identifier=str(place_id))
    return {place_id: tuple(line) for place_id, line in lines.items()}


# --- units and their duties ---------------------------------------------------------------------

_UNITS = """
    WITH RECURSIVE accused (root, id) AS (
        SELECT given, given FROM unnest(%(accused)s::uuid[]) AS given
        UNION
        SELECT accused.root, below.id FROM accused CROSS JOIN LATERAL (
            SELECT unit.id FROM units_unit AS unit WHERE unit.superior_id = accused.id
            UNION ALL  -- a room stationed with the accused is in its house
            SELECT unit.id FROM units_unit AS unit WHERE unit.host_id = accused.id
        ) AS below
    ), wanted (unit_id, place_id, category_id, duty_id, basis, item_no) AS (
        SELECT duty.unit_id, duty.place_id, duty.category_id, duty.id, duty.basis, duty.item_no
        FROM units_duty AS duty
        WHERE duty.place_id = ANY(%(places)s::uuid[])
          AND duty.category_id = ANY(%(categories)s::uuid[])
          AND (duty.valid_from IS NULL OR duty.valid_from <= %(on)s)
          AND (duty.valid_to IS NULL OR duty.valid_to > %(on)s)
        UNION ALL
        SELECT seat.id, seat.place_id, NULL, NULL, NULL, NULL
        FROM units_unit AS seat
        WHERE seat.place_id = ANY(%(places)s::uuid[]) AND seat.kind = ANY(%(kinds)s)
    )
    SELECT unit.id, unit.code, unit.name, unit.short_name, unit.kind, unit.function, unit.level,
           unit.place_id,
           ARRAY(SELECT accused.root FROM accused WHERE accused.id = unit.id),
           wanted.place_id, wanted.category_id, wanted.duty_id, wanted.basis, wanted.item_no
    FROM wanted JOIN units_unit AS unit ON unit.id = wanted.unit_id
    WHERE (unit.valid_from IS NULL OR unit.valid_from <= %(on)s)
      AND (unit.valid_to IS NULL OR unit.valid_to > %(on)s)
    ORDER BY unit.code, wanted.duty_id
"""


@dataclass(frozen=True, slots=True)
class _Duty:
    id: int
    basis: str
    item_no: str


class _Units:
    """The units of some places: those with duties there, and those that stand for the place."""

    def __init__(
        self,
        on: date,
        *,
        places: Collection[UUID],
        codes: Mapping[UUID, str],
        kinds: Collection[UnitKind],
        accused: Collection[UUID],
    ) -> None:
        self.by_duty: dict[tuple[UUID, str], list[tuple[UnitRef, _Duty]]] = defaultdict(list)
        self.by_place: dict[UUID, list[UnitRef]] = defaultdict(list)
        self._accused_by: dict[UUID, frozenset[UUID]] = {}
        units: dict[UUID, UnitRef] = {}
        with prepared_cursor() as cursor:
            cursor.execute(
                _UNITS,
                {
                    "on": on,
                    "places": list(places),
                    "categories": list(codes),
                    "kinds": [kind.value for kind in kinds],
                    "accused": list(accused),
                },
            )
            rows = cursor.fetchall()
        for *columns, roots, place_id, category_id, duty_id, basis, item_no in rows:
            unit_id, unit_code, name, short, kind, function, level, stands_in = columns
            unit = units.get(unit_id)
            if unit is None:
                unit = units[unit_id] = UnitRef(
                    unit_id, unit_code, name, short, UnitKind(kind), function, level, stands_in
                )
                if roots:
                    self._accused_by[unit_id] = frozenset(roots)
            if duty_id is None:
                self.by_place[place_id].append(unit)
            else:
                duty = _Duty(duty_id, basis, item_no)
                self.by_duty[place_id, codes[category_id]].append((unit, duty))

    def may_answer(self, unit: UnitRef, question: Question) -> bool:
        """Tell whether a unit is neither accused, nor below an accused one, nor too low."""
        if question.level is not None and unit.level > question.level:
            return False
        return self._accused_by.get(unit.id, frozenset()).isdisjoint(question.exclude)
