"""Jobs of the worker: forgotten when they are done with, taken up again when it was killed.

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
# A job of a worker that is gone belongs to nobody: with a lock, it would keep out all after it.
LEFT_FOR: Final = timedelta(minutes=2)
_TAKE_UP: Final = """
UPDATE procrastinate_jobs AS job
SET status = (
    CASE WHEN job.queueing_lock IS NOT NULL OR EXISTS (
        SELECT FROM procrastinate_jobs AS other
        WHERE other.status = 'todo' AND other.lock = job.lock AND other.task_name = job.task_name
    ) THEN 'aborted' ELSE 'todo' END
)::procrastinate_job_status
WHERE job.status = 'doing' AND job.worker_id IS NULL
  AND (SELECT max(event.at) FROM procrastinate_events AS event WHERE event.job_id = job.id) < %s
"""


def take_up_jobs(*, at: datetime) -> int:
    """Put jobs to work again whose worker was killed over two minutes ago; return how many.

    What is looked for again and again (it has a queueing lock, or the next of its kind waits for
    its lock) is given up instead: the next one does it, at a time of its own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_UP, [at - LEFT_FOR])
        return int(cursor.rowcount)


def forget_jobs(*, at: datetime) -> int:
    """Delete jobs that ended more than three days ago, with their events; return how many.

    In batches, each a transaction of its own: killed at any moment, the next run goes on.
    """
    forgotten = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_FORGET, [at - KEPT, BATCH])
            many = int(cursor.rowcount)
        forgotten += many
        if many < BATCH:
            return forgotten
