"""What assignments repeat of their runs and events, and runs of their matters, compared: for
`huiyin verify`.
"""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from django.db import connection

from huiyin.matters.models import RANKS

_RANKED: Final = " ".join(f"WHEN '{level}' THEN {rank}" for level, rank in RANKS.items())
_DIFFERENT: Final = """
SELECT held.run_id, matter.number, run.events, held.role, CASE
           WHEN held.done_at IS DISTINCT FROM CASE WHEN run.is_done THEN run.done_at END THEN 'done'
           WHEN held.came_in_at <> matter.opened_at THEN 'came in'
           WHEN held.to_at IS NULL AND held.due_at IS DISTINCT FROM run.due_at THEN 'due'
           ELSE 'moved'
       END
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
      OR held.came_in_at <> matter.opened_at
      OR held.to_at IS NULL AND held.due_at IS DISTINCT FROM run.due_at
      OR held.to_at IS NULL
      AND held.moved_at IS DISTINCT FROM acts.first AND held.moved_at IS DISTINCT FROM acts.later
  )
ORDER BY held.id
"""


_OTHERWISE: Final = f"""
SELECT run.id, matter.number, run.events
FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
WHERE (%(runs)s::uuid[] IS NULL OR run.id = ANY (%(runs)s::uuid[]))
  AND (
      run.came_in_at <> matter.opened_at
      OR run.urgency_rank <> CASE matter.urgency {_RANKED} END
  )
ORDER BY run.id
"""  # noqa: S608 fixed texts


def differences(run_ids: Sequence[UUID] | None = None) -> list[tuple[UUID, str, int, str]]:
    """Return where an assignment or a run says something else: run, number, last event, in words.

    Of these runs, or of all. When a unit moved a run on, and what is due, is asked of what it still
    holds alone; an act at the very instant in which it was given the run may have been before or
    after. Two queries.
    """
    asked = {"runs": list(run_ids) if run_ids is not None else None}
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENT, asked)
        found = [
            (run, number, last, f"the unit that is its {role} {_WHAT[what]}.")
            for run, number, last, role, what in cursor.fetchall()
        ]
        cursor.execute(_OTHERWISE, asked)
        return found + [
            (run, number, last, "lists have it among those of another day or urgency.")
            for run, number, last in cursor.fetchall()
        ]


_WHAT: Final = {
    "done": "has it as done at another time",
    "moved": "is said to have moved it on at another time",
    "due": "has it as due at another time",
    "came in": "has it as come in at another time",
}
