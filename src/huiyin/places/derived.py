"""What follows from a place's own name and those above it: full name, reading, ancestors, keys.

`derive` is pure and knows nothing of the database; `refresh` brings the rows below changed places
in line in one statement.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import F, Q

from huiyin.places.keys import Said, keys_of, said, tsvector
from huiyin.places.levels import COLUMN_OF
from huiyin.places.models import Place, PlaceKind, PlaceLevel, PlaceVersion
from huiyin.places.names import full_name, initials, short_name, syllables
from huiyin.places.refusals import ParentMissing, TextTooLong

MAX_FULL_NAME = 240
_MAX_PINYIN = 240
_MAX_INITIALS = 80
_MANY_ROOTS = 50


@dataclass(frozen=True, slots=True)
class Own:
    """What a place is by itself. `pinyin`: the reading given or known; `former`: earlier names."""

    id: UUID
    parent_id: UUID | None
    kind: PlaceKind
    level: PlaceLevel
    code: str
    name: str
    pinyin: str = ""
    former: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """What follows for a place, as stored. `above`: ancestors by level, itself included."""

    above: dict[PlaceLevel, UUID]
    short_name: str
    full_name: str
    pinyin: str
    initials: str
    keys: str


@dataclass(frozen=True, slots=True)
class _Line:
    full_name: str
    names: tuple[str, ...]
    above: dict[PlaceLevel, UUID]
    said: tuple[Said, ...]
    city: str


_NO_LINE = _Line(full_name="", names=(), above={}, said=(), city="")


def derive(places: Iterable[Own]) -> dict[UUID, Derived]:
    """Return what follows for each place; every parent must be among them, or be None.

    Raises ParentMissing for a parent that is not among them, TextTooLong for a full name over 240
    characters.
    """
    lines: dict[UUID, _Line] = {}
    found: dict[UUID, Derived] = {}
    for place in sorted(places, key=lambda place: place.level):
        if place.parent_id is not None and place.parent_id not in lines:
            raise ParentMissing(name=place.name)
        over = lines[place.parent_id] if place.parent_id is not None else _NO_LINE
        found[place.id], lines[place.id] = _derive(place, over)
    return found


def _derive(place: Own, over: _Line) -> tuple[Derived, _Line]:
    short = short_name(place.name, place.kind, city=over.city)
    full = full_name(
        place.name,
        place.kind,
        parent_full=over.full_name,
        parent_names=over.names,
        city=over.city,
    )
    if len(full) > MAX_FULL_NAME:
        raise TextTooLong(text=full, limit=MAX_FULL_NAME)
    reading = syllables(place.name, given=place.pinyin)
    ways = said(place.name, place.kind, pinyin=place.pinyin, city=over.city)
    above = dict(over.above)
    if place.level in COLUMN_OF:
        above[place.level] = place.id
    derived = Derived(
        above=above,
        short_name=short,
        full_name=full,
        # Aids to searching: a name too long for them is still found by its characters.
        pinyin=" ".join(reading)[:_MAX_PINYIN],
        initials=initials(reading)[:_MAX_INITIALS],
        keys=tsvector(keys_of(ways, code=place.code, above=over.said, former=place.former)),
    )
    line = _Line(
        full_name=full,
        names=(place.name, short, ways.place),
        above=above,
        # Nobody says the city in front of a place in it; the search drops it from a query.
        said=over.said if place.level == PlaceLevel.CITY else (*over.said, ways),
        city=short if place.level == PlaceLevel.CITY else over.city,
    )
    return derived, line


def refresh(roots: Sequence[UUID]) -> None:
    """Bring the derived columns and keys of these open places and of all below them in line.

    One statement each for reading and writing, however many places lie below. Takes part in the
    caller's transaction.
    """
    subtree = _subtree(roots)
    ids = {place.id for place in subtree}
    above = owns((place.parent_id for place in subtree if place.parent_id), known=ids)
    found = derive([*subtree, *above])
    rows = [(place_id, found[place_id]) for place_id in ids]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE places_place AS p SET
              city_id = d.city, county_id = d.county, town_id = d.town, village_id = d.village,
              short_name = d.short_name, full_name = d.full_name, pinyin = d.pinyin,
              initials = d.initials
            FROM unnest(%s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::uuid[], %s::text[],
                        %s::text[], %s::text[], %s::text[])
              AS d(id, city, county, town, village, short_name, full_name, pinyin, initials)
            WHERE p.id = d.id
            """,
            [
                [place_id for place_id, _ in rows],
                *([derived.above.get(level) for _, derived in rows] for level in COLUMN_OF),
                [derived.short_name for _, derived in rows],
                [derived.full_name for _, derived in rows],
                [derived.pinyin for _, derived in rows],
                [derived.initials for _, derived in rows],
            ],
        )
        cursor.execute(
            """
            INSERT INTO places_placekeys (place_id, keys)
            SELECT id, keys::tsvector FROM unnest(%s::uuid[], %s::text[]) AS d(id, keys)
            ON CONFLICT (place_id) DO UPDATE SET keys = excluded.keys
            WHERE places_placekeys.keys IS DISTINCT FROM excluded.keys
            """,
            [[place_id for place_id, _ in rows], [derived.keys for _, derived in rows]],
        )


def open_below(roots: Sequence[UUID]) -> Q:
    """Return the condition for these places and all below them, as far as they exist today."""
    here = Q(id__in=roots)
    for column in COLUMN_OF.values():
        here |= Q(**{f"{column}__in": roots})
    return here & Q(valid_to=None)


_COLUMNS = ("id", "parent_id", "kind", "level", "code", "name", "pinyin")


def _subtree(roots: Sequence[UUID]) -> list[Own]:
    # With many roots one pass over the open places is quicker than looking each of them up.
    where = open_below(roots) if len(roots) <= _MANY_ROOTS else Q(valid_to=None)
    rows = list(Place.objects.filter(where).order_by().values_list(*_COLUMNS))
    earlier: dict[UUID, list[str]] = defaultdict(list)
    versions = PlaceVersion.objects.filter(valid_to__isnull=False).exclude(name=F("place__name"))
    if len(roots) <= _MANY_ROOTS:
        versions = versions.filter(place__in=[row[0] for row in rows])
    for place_id, name in versions.order_by().values_list("place_id", "name"):
        earlier[place_id].append(name)
    return [_own(row, tuple(earlier[row[0]]) if row[0] in earlier else ()) for row in rows]


def owns(ids: Iterable[UUID], *, known: Set[UUID] = frozenset()) -> list[Own]:
    """Return these places and all above them, from the database, except those in `known`."""
    found: dict[UUID, Own] = {}
    missing = set(ids) - known
    while missing:  # at most one round a level
        rows = Place.objects.filter(id__in=missing).order_by().values_list(*_COLUMNS)
        more = [_own(row) for row in rows]
        found.update((place.id, place) for place in more)
        missing = {place.parent_id for place in more if place.parent_id} - known - found.keys()
    return list(found.values())


def _own(
    row: tuple[UUID, UUID | None, str, int, str, str, str], former: tuple[str, ...] = ()
) -> Own:
    place_id, parent_id, kind, level, code, name, pinyin = row
    return Own(
        id=place_id,
        parent_id=parent_id,
        kind=PlaceKind(kind),
        level=PlaceLevel(level),
        code=code,
        name=name,
        pinyin=pinyin,
        former=former,
    )
