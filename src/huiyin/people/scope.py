"""The one door to the SQL functions that say how far an office reaches.

The functions themselves are in migration 0005; nothing else in the code repeats their rules.
"""

from datetime import date
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import Q
from django.db.models.expressions import RawSQL

from huiyin.ui.among import AmongMany, AnyOf

FEW_UNITS: Final = 100  # so many are looked up one by one; more of them have a good part of all


def looked_after(column: str, unit_id: UUID) -> Q:
    """Return the condition that an office looks after the unit in a column, for lists in an order.

    What belongs to few units is found by them; of that of many the list is walked in its order, and
    whether a unit is among them is asked row by row: what they have is never read whole and sorted.
    One query.
    """
    units = some_units_administered(unit_id, most=FEW_UNITS + 1)
    if len(units) <= FEW_UNITS:
        return Q(**{f"{column}__in": units})
    return Q(AmongMany(column, units_administered(unit_id)))


def units_administered(unit_id: UUID) -> RawSQL:
    """Return a subquery of the units an office of `unit_id` looks after, the unit itself included.

    These are the units that report to it, through any number of levels; and for a governance centre
    also every unit of a lower level in its place, zones on its land included.
    """
    return RawSQL("SELECT found FROM people_units_administered(%s) AS found", [unit_id])


def some_units_administered(unit_id: UUID, *, most: int) -> list[UUID]:
    """Return at most so many of the units an office looks after, its own among them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT found FROM people_units_administered(%s) AS found LIMIT %s", [unit_id, most]
        )
        return [found for (found,) in cursor.fetchall()]


def staff_in_scope(unit_id: UUID, *, on: date, walking: bool = False) -> Q:
    """Return the condition for staff accounts that an office sees: by their posts, on a day.

    `walking`: for a list in the order of user names, by an office that may see many.
    """
    seen = "SELECT found FROM people_staff_seen(%s, FALSE, %s) AS found"
    if walking and len(some_units_administered(unit_id, most=FEW_UNITS + 1)) > FEW_UNITS:
        return Q(AmongMany("pk", RawSQL(seen, [unit_id, on])))  # noqa: S611 fixed text
    return Q(AnyOf("pk", RawSQL(f"ARRAY({seen})", [unit_id, on])))  # noqa: S611 fixed text


def covers(scope_place_id: UUID, target_place_id: UUID) -> bool:
    """Tell whether a place lies in another, zones on its land included."""
    return _says("SELECT people_scope_covers(%s, %s)", scope_place_id, target_place_id)


def administers(unit_id: UUID, target_unit_id: UUID) -> bool:
    """Tell whether an office of one unit looks after another unit."""
    return _says(
        "SELECT EXISTS (SELECT FROM people_units_administered(%s) AS found WHERE found = %s)",
        unit_id,
        target_unit_id,
    )


def _says(query: str, *parameters: UUID) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        (said,) = cursor.fetchone()
    return bool(said)
