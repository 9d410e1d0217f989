"""Finding places by what people type: part of a name, several parts, pinyin, initials, a code.

One inverted index answers everything (`places.keys`); nothing a person types is ever a pattern, so
there is nothing to escape.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID

from django.conf import settings
from django.db import connection

from huiyin.places.keys import CHAIN, GRAM, START, grams, squeeze
from huiyin.places.models import Place, PlaceLevel
from huiyin.places.names import fold

MAX_QUERY = 60  # characters; longer than any way to say a place from the county down
_MAX_PARTS = 6
_SHORT_CHAIN = 3  # letters; fewer would find all that lies in half the places of the city
# What English speakers add to a name in pinyin: "Xiajin County".
_ENGLISH = frozenset(
    {"city", "county", "district", "zone", "town", "township", "subdistrict", "street"}
    | {"village", "community", "grid"}
)
# A subdistrict is often called by its office.
_OFFICE = re.compile("街道办(?:事处)?$")


class Match(IntEnum):
    """How well a place fits what was typed, best first."""

    EXACT = 0
    START = 1
    PART = 2
    WITHIN = 3  # the places above it, said in front, are what fits


@dataclass(frozen=True, slots=True)
class Found:
    """A place that fits, and how well."""

    place: Place
    match: Match


def search(
    text: str,
    *,
    within: Place | Collection[Place] | None = None,
    levels: Collection[PlaceLevel] | None = None,
    limit: int = 20,
) -> list[Found]:
    """Return places of today that fit the text: exact before start before part, higher level first.

    "北城", "夏津 北城", "夏津县北城街道", "beicheng", "bei cheng", "xjbc" and "371427002" all find
    夏津县北城街道. Nothing is found for an empty text or for less than two letters or digits; only
    the first MAX_QUERY characters count. `within` narrows to what lies in these places (pass a
    county and its overlays together to have both), `levels` to these levels.
    """
    joined, parts = _parts(text)
    if not joined or (joined.isascii() and len(joined) < 2):
        return []
    where = _any(_whole(joined))
    if len(parts) > 1:
        own = _any([start for part in parts for start in _own(part)])
        every = " & ".join(_any([*_own(part), *_above(part)]) for part in parts)
        where = f"{where} | ({own} & {every})"
    said = [joined] if len(parts) < 2 else [joined, parts[-1]]
    with connection.cursor() as cursor:
        cursor.execute(
            _SEARCH,
            {
                "where": where,
                "exact": _any(
                    [_lexeme(CHAIN + squeeze(joined)), *(_lexeme(START + word) for word in said)]
                ),
                "start": _any([f"{_lexeme(START + word)}:*" for word in said]),
                "part": _any([_grams(word) for word in said]),
                "within": _ids(within),
                "levels": None if levels is None else [int(level) for level in levels],
                "limit": limit,
            },
        )
        rows = cursor.fetchall()
    places = Place.objects.in_bulk([place_id for place_id, _ in rows])
    return [Found(place=places[place_id], match=Match(match)) for place_id, match in rows]


_SEARCH = """
    SELECT p.id,
      CASE WHEN k.keys @@ %(exact)s::tsquery THEN 0
           WHEN k.keys @@ %(start)s::tsquery THEN 1
           WHEN k.keys @@ %(part)s::tsquery THEN 2
           ELSE 3 END AS match
    FROM places_placekeys AS k JOIN places_place AS p ON p.id = k.place_id
    WHERE k.keys @@ %(where)s::tsquery
      AND p.valid_to IS NULL
      AND (%(levels)s::int[] IS NULL OR p.level = ANY(%(levels)s::int[]))
      AND (%(within)s::uuid[] IS NULL
           OR p.id = ANY(%(within)s::uuid[])
           OR p.city_id = ANY(%(within)s::uuid[])
           OR p.county_id = ANY(%(within)s::uuid[])
           OR p.town_id = ANY(%(within)s::uuid[])
           OR p.village_id = ANY(%(within)s::uuid[]))
    ORDER BY match, p.level, p.code
    LIMIT %(limit)s
"""


def _parts(text: str) -> tuple[str, list[str]]:
    """Return the folded text without spaces, and its folded words."""
    words = [fold(word) for word in text[: MAX_QUERY * 2].split()][:_MAX_PARTS]
    words = [_OFFICE.sub("街道", word) for word in words if word]
    names = [word for word in words if word not in _ENGLISH]
    words = names or words
    joined = _without_city("".join(words))[:MAX_QUERY]
    return joined, words


def _without_city(joined: str) -> str:
    """Drop the city's name in front of something in it: it narrows nothing."""
    city = fold(settings.HUIYIN.city_name)
    for front in (city, city.removesuffix("市")):
        if front and joined.startswith(front) and joined[len(front) :]:
            return joined[len(front) :]
    return joined


def _whole(joined: str) -> list[str]:
    chain = squeeze(joined)
    found = _own(joined)
    if len(chain) >= _SHORT_CHAIN or (len(chain) > 1 and not chain.isascii()):
        found.append(f"{_lexeme(CHAIN + chain)}:*")
    return found


def _own(word: str) -> list[str]:
    return [f"{_lexeme(START + word)}:*", _grams(word)]


def _above(word: str) -> list[str]:
    return [f"{_lexeme(CHAIN + squeeze(word))}:*"]


def _grams(word: str) -> str:
    size = min(len(word), GRAM)
    return (
        "(" + " & ".join(_lexeme(gram) for gram in sorted(grams(word)) if len(gram) == size) + ")"
    )


def _lexeme(text: str) -> str:
    return f"'{text}'"  # folded text: letters and digits only, after our own mark


def _any(queries: list[str]) -> str:
    return "(" + " | ".join(queries) + ")"


def _ids(within: Place | Collection[Place] | None) -> list[UUID] | None:
    if within is None:
        return None
    places = [within] if isinstance(within, Place) else within
    return [place.id for place in places]
