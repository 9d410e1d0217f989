"""What assignments repeat of their runs and events, compared: for `huiyin verify`."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection

_DIFFERENT: Final = """
SELECT held.run_id, matter.number, run.events, held.role,
       held.done_at IS DISTINCT FROM CASE WHEN run.is_done THEN run.done_at END
FROM matters_assignment AS held
JOIN matters_run AS run ON run.id = held.run_id
JOIN matters_matter AS matter ON matter.id = run.matter_id
LEFT JOIN LATERAL (
    SELECT min(moved.recorded_at) AS first,
           min(moved.recorded_at) FILTER (WHERE moved.recorded_at > held.from_at) AS later
    FROM matters_eventheader AS moved
    WHERE held.to_at IS NULL AND moved.run_id = held.run_id AND moved.unit_id = held.unit_id
      AND moved.recorded_at >= held.from_at AND moved.from_state <> moved.to_state
) AS acts ON TRUE
WHERE (%(runs)s::uuid[] IS NULL OR held.run_id = ANY (%(runs)s::uuid[]))
  AND (
      held.done_at IS DISTINCT FROM CASE WHEN run.is_done THEN run.done_at END
      OR held.to_at IS NULL
      AND held.moved_at IS DISTINCT FROM acts.first AND held.moved_at IS DISTINCT FROM acts.later
  )
ORDER BY held.id
"""


def differences(run_ids: Sequence[UUID] | None = None) -> list[tuple[UUID, str, int, str]]:
    """Return where an assignment says something else: run, number, its last event, in words.

    Of these runs, or of all. When a unit moved a run on is asked of what it still holds alone; an
    act at the very instant in which it was given the run may have been before or after. One query.
    """
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, {"runs": list(run_ids) if run_ids is not None else None})
        return [
            (run, number, last, f"the unit that is its {role} {_WHAT[is_done]}.")
            for run, number, last, role, is_done in cursor.fetchall()
        ]


_WHAT: Final = {
    True: "has it as done at another time",
    False: "is said to have moved it on at another time",
}
