"""`huiyin worker`."""

import os
from typing import Final

import click

from huiyin.ops import prepared
from huiyin.ops.installation import with_django
from huiyin.ops.processes import collect_seldom, keep_memory_small
from huiyin.ops.progress import say

BEHIND: Final = 5  # where every core is busy, those who wait for a page come first


@click.command("worker", short_help="Run the background worker.", epilog="Example: huiyin worker")
@click.option(
    "--concurrency",
    type=click.IntRange(1, 64),
    default=2,
    show_default=True,
    help="Jobs at the same time.",
)
def command(*, concurrency: int) -> None:
    """Run background work until told to stop: messages, clocks, clearing up.

    It shows itself in the database every ten seconds; /ready looks for that.
    """
    keep_memory_small()
    os.nice(BEHIND)
    with with_django("app") as found:
        prepared.refuse_unmigrated(found.urls.app)
        from procrastinate.contrib.django import app  # noqa: PLC0415 Django is ready only now
        from procrastinate.contrib.django.django_connector import (  # noqa: PLC0415 as above
            DjangoConnector,
        )

        connector = app.connector
        assert isinstance(connector, DjangoConnector)  # noqa: S101 what its Django app sets up
        _try_gateways()
        collect_seldom()
        with app.replace_connector(connector.get_worker_connector()) as own:
            say("Worker started.")
            own.run_worker(concurrency=concurrency, shutdown_graceful_timeout=10)


def _try_gateways() -> None:
    """Let what rested try at once: whoever starts the worker may have mended it."""
    from django.db import connection  # noqa: PLC0415 Django is ready only now
    from django.utils import timezone  # noqa: PLC0415 as above

    from huiyin.notices import outage  # noqa: PLC0415 as above

    outage.try_all_at_once(at=timezone.now())
    connection.close()
