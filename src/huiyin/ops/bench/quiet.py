"""Waiting until nothing is left of what was measured, so that the next case has the machine.

The worker goes on with notices, exports and counts when nobody asks for anything any more; the
database clears up behind what was changed.
"""

import time
from typing import Final

from django.db import connection
from django.utils import timezone

from huiyin.matters import tallies
from huiyin.notices.models import Notice, NoticeState
from huiyin.notices.tasks import wake
from huiyin.notices.texts import Channel

LOOK_SECONDS: Final = 0.25
# A job that a killed worker has left behind is nobody's; the server's own clearing takes it up.
_AT_WORK: Final = """
SELECT EXISTS (
    SELECT FROM procrastinate_jobs AS job
    WHERE job.status = 'todo' AND (job.scheduled_at IS NULL OR job.scheduled_at <= now())
       OR job.status = 'doing' AND EXISTS (
              SELECT FROM procrastinate_workers AS worker
              WHERE worker.id = job.worker_id
                AND worker.last_heartbeat > now() - interval '30 seconds'
          )
) OR EXISTS (SELECT FROM pg_stat_progress_vacuum WHERE datname = current_database())
  OR EXISTS (SELECT FROM pg_stat_progress_analyze WHERE datname = current_database())
"""


def until_quiet(seconds: float) -> bool:
    """Wait, so long at most, until worker and database are at rest; tell whether they are."""
    until = time.monotonic() + seconds
    while not is_quiet():
        if time.monotonic() >= until:
            return False
        time.sleep(LOOK_SECONDS)
    return True


def is_quiet() -> bool:
    """Tell whether nothing is due any more.

    What the worker would do in the next minute only is begun at once: counts, e-mails. SMS wait
    untried for a gateway that is not there.
    """
    while tallies.roll_up():
        pass
    due = Notice.objects.filter(state=NoticeState.QUEUED, due_at__lte=timezone.now())
    if due.filter(channel=Channel.EMAIL.value).exists():
        wake()
        return False
    with connection.cursor() as cursor:
        cursor.execute(_AT_WORK)
        (is_at_work,) = cursor.fetchone()
    return not is_at_work
