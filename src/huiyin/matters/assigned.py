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
    SELECT max(act.seq) AS seq
    FROM matters_eventheader AS act
    WHERE held.to_at IS NULL AND act.run_id = held.run_id
      AND (act.effects #> '{roles,gone}' ? held.role
           OR act.effects #> '{roles,put}' ? held.role
           AND NOT act.effects #> ARRAY['roles', 'put', held.role] ? held.unit_id::text)
) AS without ON TRUE
LEFT JOIN LATERAL (
    SELECT min(act.seq) AS seq
    FROM matters_eventheader AS act
    WHERE held.to_at IS NULL AND act.run_id = held.run_id AND act.seq > COALESCE(without.seq, 0)
      AND act.effects #> ARRAY['roles', 'put', held.role] ? held.unit_id::text
) AS given ON TRUE
LEFT JOIN LATERAL (
    SELECT act.recorded_at AS at
    FROM matters_eventheader AS act
    WHERE act.run_id = held.run_id AND act.seq >= given.seq
      AND act.unit_id = held.unit_id AND act.from_state <> act.to_state
    ORDER BY act.seq LIMIT 1
) AS moved ON TRUE
WHERE (%(runs)s::uuid[] IS NULL OR held.run_id = ANY (%(runs)s::uuid[]))
  AND (
      held.done_at IS DISTINCT FROM CASE WHEN run.is_done THEN run.done_at END
      OR held.came_in_at <> matter.opened_at
      OR held.to_at IS NULL AND held.due_at IS DISTINCT FROM run.due_at
      OR held.to_at IS NULL AND held.moved_at IS DISTINCT FROM moved.at
  )
ORDER BY held.id
"""


_OTHERWISE: Final = f"""
SELECT run.id, matter.number, run.events
FROM matters_run AS run JOIN matters_matter AS matter ON matter.id = run.matter_id
LEFT JOIN matters_mattertext AS words ON words.matter_id = matter.id
LEFT JOIN matters_eventheader AS opening ON opening.run_id = run.id AND opening.seq = 1
WHERE (%(runs)s::uuid[] IS NULL OR run.id = ANY (%(runs)s::uuid[]))
  AND (
      run.came_in_at <> matter.opened_at
      OR words.came_in_at <> matter.opened_at
      OR run.opener_id IS DISTINCT FROM opening.unit_id
      OR run.urgency_rank <> CASE matter.urgency {_RANKED} END
  )
ORDER BY run.id
"""  # noqa: S608 fixed texts


def differences(run_ids: Sequence[UUID] | None = None) -> list[tuple[UUID, str, int, str]]:
    """Return where an assignment or a run says something else: run, number, last event, in words.

    Of these runs, or of all. When a unit moved a run on, and what is due, is asked of what it still
    holds alone. What came first is told by the order of the events, not by their times: two
    processes may see the clock differently. Two queries.
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
            (run, number, last, "lists have it among those of another day, unit or urgency.")
            for run, number, last in cursor.fetchall()
        ]


_WHAT: Final = {
    "done": "has it as done at another time",
    "moved": "is said to have moved it on at another time",
    "due": "has it as due at another time",
    "came in": "has it as come in at another time",
}
