"""Finding entries by people's own words, in one query, over two inverted indexes.

The question and its other wordings count in full, the answer a quarter. Rare pieces weigh more than
common ones, pairs more than single characters: the search of categories, in the database. Letters
are also read as pinyin.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import connection

from huiyin.categories.search import SINGLE, pieces
from huiyin.knowledge import keys
from huiyin.knowledge.models import PUBLIC_KINDS, Entry, Kind, grace
from huiyin.places.models import Place

LONGEST = 120  # characters of what is typed that count
WEAKEST = 0.2  # below this share of what was asked nothing is shown
IN_TEXT = 0.25  # what the answer weighs against the question
ENOUGH = 8  # rare pairs; a long story is not asked for more than a question has
LEAST = 200  # entries; of a few everything is common, and that would say nothing
BRANCH = 0.15  # what the right class of matter adds


@dataclass(frozen=True, slots=True)
class Found:
    """An entry that fits; `score`: the share of the question it explains, 1 or a little more."""

    entry: Entry
    score: float


def find(
    text: str, *, on: date, kinds: Collection[Kind] = PUBLIC_KINDS, category: str = "",
    place: Place | None = None, is_public: bool = True, limit: int = 5, weakest: float = WEAKEST,
) -> list[Found]:  # fmt: skip
    """Return the entries in use that fit words, best first. Two queries, none for no words.

    `category`: the code of a class; entries of it come first. `place`: leaves out what holds
    elsewhere only. `is_public`: leaves out what has waited too long for its review.
    """
    asked, threes, firsts = _asked(text)
    if not asked and not threes:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            _FIND,
            {
                "asked": asked, "threes": threes, "firsts": firsts, "single": SINGLE,
                "in_text": IN_TEXT, "branch": BRANCH, "enough": ENOUGH, "least": LEAST,
                "weakest": weakest, "on": on,
                "stale": on - grace() if is_public else None,
                "kinds": [str(kind) for kind in kinds],
                "codes": [category[:end] for end in range(2, len(category) + 1, 2)],
                "places": _line(place), "limit": limit,
            },
        )  # fmt: skip
        rows = cursor.fetchall()
    known = Entry.objects.select_related("shown", "owner").in_bulk([pk for pk, _ in rows])
    return [Found(known[pk], float(score)) for pk, score in rows]


def of_class(
    category: str, *, kind: Kind, on: date, place: Place | None = None, limit: int = 3
) -> list[Entry]:
    """Return entries in use for a class of matter or one above it, the closest first. One query."""
    codes = [category[:end] for end in range(2, len(category) + 1, 2)]
    rows = Entry.objects.filter(kind=kind, shown__categories__overlap=codes)
    found = [one for one in rows.select_related("shown", "owner")[:50] if _holds(one, on, place)]
    return sorted(found, key=lambda one: -_depth(one, codes))[:limit]


def _depth(entry: Entry, codes: Sequence[str]) -> int:
    own = entry.shown.categories if entry.shown else []
    return max((len(code) for code in own if code in codes), default=0)


def _holds(entry: Entry, on: date, place: Place | None) -> bool:
    shown = entry.shown
    if shown is None or (shown.valid_from and shown.valid_from > on):
        return False
    if shown.valid_to and shown.valid_to <= on:
        return False
    line = _line(place)
    return not shown.places or line is None or any(one in line for one in shown.places)


def _asked(text: str) -> tuple[list[str], list[str], list[str]]:
    plain = text.replace("\x00", "")[:LONGEST]
    asked = [one[: keys.LONGEST] for one in dict.fromkeys(pieces(plain))]
    return asked, *keys.spelled(plain)


def _line(place: Place | None) -> list[UUID] | None:
    """Return a place and those above it; also the county on whose land a zone lies."""
    if place is None:
        return None
    line = (
        place.pk, place.village_id, place.town_id, place.county_id, place.city_id,
        place.overlay_parent_id,
    )  # fmt: skip
    return [one for one in line if one]


_FIND = """
    WITH whole_base AS (
        SELECT greatest(count(*), %(least)s)::float AS size FROM knowledge_entry
    ), asked AS (
        SELECT piece, CASE WHEN length(piece) = 1 THEN %(single)s::float ELSE 1.0 END AS share
        FROM unnest(%(asked)s::text[]) AS piece
    ), counted AS (
        SELECT piece, share, (
            SELECT count(*) FROM knowledge_version AS v
            WHERE v.title_keys @> ARRAY[piece]::varchar[]
        ) AS times FROM asked
    ), weights AS (
        SELECT piece, share * ln(1 + (SELECT size FROM whole_base) / (1.0 + times))
            AS weight FROM counted
    ), whole AS (
        SELECT greatest(0.0001, least(
            sum(weight), %(enough)s * ln(1 + (SELECT size FROM whole_base))
        )) AS weight FROM weights
    ), hits AS (
        SELECT v.id, sum(w.weight) AS got FROM weights AS w
        JOIN knowledge_version AS v ON v.title_keys @> ARRAY[w.piece]::varchar[] GROUP BY v.id
        UNION ALL
        SELECT v.id, %(in_text)s * sum(w.weight) FROM weights AS w
        JOIN knowledge_version AS v ON v.text_keys @> ARRAY[w.piece]::varchar[] GROUP BY v.id
        UNION ALL
        SELECT v.id, (SELECT weight FROM whole) FROM knowledge_version AS v
        WHERE (cardinality(%(threes)s::varchar[]) > 0 AND v.title_keys @> %(threes)s::varchar[])
           OR (cardinality(%(firsts)s::varchar[]) > 0 AND v.title_keys @> %(firsts)s::varchar[])
    ), scored AS (
        SELECT id, sum(got) / (SELECT weight FROM whole) AS score FROM hits GROUP BY id
    )
    SELECT e.id, s.score + CASE
        WHEN v.categories && %(codes)s::varchar[] THEN %(branch)s::float ELSE 0 END AS fit
    FROM scored AS s
    JOIN knowledge_version AS v ON v.id = s.id
    JOIN knowledge_entry AS e ON e.shown_id = v.id
    WHERE s.score >= %(weakest)s
      AND e.kind = ANY(%(kinds)s::varchar[])
      AND (v.valid_from IS NULL OR v.valid_from <= %(on)s)
      AND (v.valid_to IS NULL OR v.valid_to > %(on)s)
      AND (%(stale)s::date IS NULL OR e.review_on > %(stale)s::date)
      AND (cardinality(v.places) = 0 OR %(places)s::uuid[] IS NULL
           OR v.places && %(places)s::uuid[])
    ORDER BY fit DESC, e.id DESC
    LIMIT %(limit)s
"""
