"""Rolling rows of deltas up into the counts of their areas."""

from typing import Final

from django.db import connection, transaction

from huiyin.matters.models import Tally
from huiyin.matters.tallies.areas import AREA

BATCH: Final = 5_000
ROLL_UP_LOCK: Final = 0x7A11_1E5  # one roll-up at a time
_NONE: Final = "'00000000-0000-0000-0000-000000000000'::uuid"  # equal to itself, unlike NULL
_SAME: Final = " AND ".join(
    f"coalesce(taken.{name}, {_NONE}) = coalesce(area.{name}, {_NONE})" for name in AREA
)
_ROLL_UP: Final = f"""
WITH taken AS (
    DELETE FROM matters_tallydelta WHERE id IN (
        SELECT id FROM matters_tallydelta ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    RETURNING *
), areas AS (
    INSERT INTO matters_tallyarea (town_id, county_id, overlay_id, city_id)
    SELECT DISTINCT town_id, county_id, overlay_id, city_id FROM taken
    ON CONFLICT (town_id, county_id, overlay_id, city_id) DO UPDATE SET city_id = excluded.city_id
    RETURNING *
), added AS (
    INSERT INTO matters_tally AS held
        (area_id, day, measure, procedure, state, category_id, unit_id, count)
    SELECT area.id, day, measure, procedure, state, category_id, unit_id, sum(delta)
    FROM taken JOIN areas AS area ON {_SAME}
    GROUP BY area.id, day, measure, procedure, state, category_id, unit_id
    HAVING sum(delta) <> 0
    ON CONFLICT (area_id, measure, day, procedure, state, category_id, unit_id)
        DO UPDATE SET count = held.count + excluded.count
)
SELECT count(*) FROM taken
"""  # noqa: S608 names of columns


def roll_up(*, batch: int = BATCH) -> int:
    """Roll up to `batch` rows into the counts of their areas, the oldest first.

    One statement: a kill leaves everything as it was, and nothing is added twice. Returns how many
    rows; 0 when there are none, or somebody else is rolling up.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ROLL_UP_LOCK])
        (is_ours,) = cursor.fetchone()
        if not is_ours:
            return 0
        cursor.execute(_ROLL_UP, [batch])
        (taken,) = cursor.fetchone()
        Tally.objects.filter(count=0).delete()
    return int(taken)
