"""Forgetting: jobs of the worker that are done with.

Some ten thousand a day come by the clock alone. What failed stays until somebody has looked at it.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db import connection

KEPT: Final = timedelta(days=3)  # long enough to see what went on over a weekend
BATCH: Final = 5_000
_FORGET: Final = """
DELETE FROM procrastinate_jobs WHERE id IN (
    SELECT job.id FROM procrastinate_jobs AS job
    WHERE job.status IN ('succeeded', 'cancelled', 'aborted')
      AND (SELECT max(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id)
        < %s
    ORDER BY job.id
    LIMIT %s
)
"""


def forget_jobs(*, at: datetime) -> int:
    """Delete jobs that ended more than three days ago, with their events; return how many.

    In batches, each a transaction of its own: killed at any moment, the next run goes on.
    """
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [at - KEPT, BATCH])
            many = cursor.rowcount
        forgotten += many
        if many < BATCH:
            return forgotten
