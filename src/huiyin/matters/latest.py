"""The latest matters that a post sees and that fit, however little of all there is it sees.

The function `matters_latest` (migration `latest_in_stretches`) walks along what the post's unit
has or had, what it opened and what is of a procedure it looks after, and stops when a page is full.
Words that few matters have are looked up instead.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import partial
from typing import Final
from uuid import UUID

from django.db import connection

from huiyin.matters import access
from huiyin.matters.models import NEVER
from huiyin.people.actors import Actor
from huiyin.places.models import PlaceLevel
from huiyin.ui.kept import Kept
from huiyin.ui.ready import prepared_cursor

# So many matters with some words are looked up and asked one by one; for an office that sees most
# of them so many of a month, for few are asked in vain.
FEW: Final = 2_000
MANY: Final = 40_000
STRETCH: Final = 10  # pages; so far walks go first, and ten times as far whenever it is too little
WORTH: Final = 40  # matters with some words are looked up while a walk asks one for them
# Runs of a procedure beyond which it is quicker to walk a place: so many, or a part of all there
# are, but not so few.
OFTEN: Final = 20_000
OFTEN_PART: Final = 50
SELDOM: Final = 200
LAST: Final = UUID(int=2**128 - 1)
_LATEST: Final = (
    "SELECT matters_latest(%s, %s, %s, %s::uuid, %s::uuid, %s, %s, %s, %s::timestamptz,"
    " %s::timestamptz, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid, %s::text[], %s::text[])"
)
_HAS_MANY: Final = """
    WITH beyond AS (
        SELECT least(%s, greatest(reltuples::bigint / %s, %s)) AS most
        FROM pg_class WHERE oid = 'matters_run'::regclass
    )
    SELECT most < (
        SELECT count(*)
        FROM (SELECT FROM matters_run WHERE procedure = %s LIMIT beyond.most + 1) AS runs
    ) FROM beyond
"""
_oftens: Kept[str, bool] = Kept(600, most=100)


class Along(StrEnum):
    """What is walked: what the post sees, what lies on the land asked for, what the unit had."""

    POST = "post"
    LAND = "land"
    UNIT = "unit"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for; what is left empty does not narrow.

    `words`, and `digits` that may be the end or the beginning of a number instead; `branch`: the
    code of a category, with all below it; `land`: of a place; `unit_id`: had a role in a run;
    `since`, `before`: when it came in; `last`: at `before`, only ids below this one. `along`: what
    is walked.
    """

    words: str = ""
    digits: str = ""
    branch: str = ""
    land: UUID | None = None
    unit_id: UUID | None = None
    procedure: str = ""
    state: str = ""
    is_urgent: bool = False
    since: datetime | None = None
    before: datetime = NEVER
    last: UUID = LAST
    along: Along = Along.POST


def latest(asked: Asked, *, by: Actor, most: int) -> list[UUID]:
    """Return the ids of the latest matters that fit, none of them confidential.

    `by`: a post. One query, and one for each procedure it looks after, every ten minutes.
    """
    often, seldom = _looked_after(by)
    many = MANY if _sees_most(asked, by) else FEW
    with prepared_cursor() as cursor:
        cursor.execute(
            _LATEST,
            [
                asked.words, asked.digits, asked.branch, asked.land, asked.unit_id,
                asked.procedure, asked.state, asked.is_urgent, asked.since or "-infinity",
                asked.before, asked.last, most, asked.along, FEW, many,
                STRETCH * most, WORTH, by.unit_id, by.unit_place_id, often, seldom,
            ],
        )  # fmt: skip
        return [pk for (pk,) in cursor.fetchall()]


def _sees_most(asked: Asked, by: Actor) -> bool:
    """Tell whether a post sees most of what is walked: else what has some words is hardly its own.

    An office of the city or of a county that looks after much, where it does not ask for less.
    """
    is_high = by.level in (PlaceLevel.CITY, PlaceLevel.COUNTY)
    return bool(asked.words) and is_high and asked.along is Along.POST and looks_after_much(by)


def looks_after_much(by: Actor) -> bool:
    """Tell whether a post looks after a procedure by which much of all there is runs."""
    names, confidential = access.looked_after_by(by)
    return any(_runs_often(one) for one in names if one not in confidential)


def _looked_after(by: Actor) -> tuple[list[str], list[str]]:
    """Return the procedures a post looks after: its place is walked for the first, not the second.

    Of an office of the city, and of confidential ones, each is walked itself.
    """
    names, confidential = access.looked_after_by(by)
    if by.level == PlaceLevel.CITY:
        return [], names
    often = [one for one in names if one not in confidential and _runs_often(one)]
    return often, [one for one in names if one not in often]


def _runs_often(procedure: str) -> bool:
    return _oftens.get(procedure, partial(_has_many, procedure))


def _has_many(procedure: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_HAS_MANY, [OFTEN, OFTEN_PART, SELDOM, procedure])
        found: bool = cursor.fetchone()[0]
    return found
