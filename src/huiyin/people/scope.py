"""The one door to the SQL functions that say how far an office reaches.

The functions themselves are in migration 0005; nothing else in the code repeats their rules.
"""

from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL


def units_administered(unit_id: UUID) -> RawSQL:
    """Return a subquery of the units an office of `unit_id` looks after, the unit itself included.

    These are the units that report to it, through any number of levels; and for a governance centre
    also every unit of a lower level in its place, zones on its land included.
    """
    return RawSQL("SELECT found FROM people_units_administered(%s) AS found", [unit_id])


def staff_in_scope(unit_id: UUID | None, *, see_all: bool, on: date) -> RawSQL:
    """Return a subquery of the staff accounts an office sees: by their posts, on a day."""
    return RawSQL(
        "SELECT found FROM people_staff_seen(%s, %s, %s) AS found", [unit_id, see_all, on]
    )


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
