"""A second process for the clock-keeper, while very many limits end at once.

One process decides on one core only. Where more than `MANY` limits wait, a second one takes the
runs of its half while the worker takes the others; it ends with its half, or when the worker that
it belongs to is gone. Nothing is handed from one to the other: every end is read again under its
lock, as always, so that a half that was not finished is found by whoever looks next.

    python -m huiyin.matters.second_keeper 2026-11-26T01:00:00+00:00
"""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

import django
import structlog

MANY: Final = 4_000  # below that the first has finished before a second is ready
FIRST, SECOND = 0, 1  # the halves
STOP_SECONDS: Final = 10.0

log = structlog.get_logger("huiyin.matters")


@contextmanager
def second_keeper(*, at: datetime) -> Iterator[None]:
    """Run the keeper of the second half beside what is done here, and wait for its end."""
    process = subprocess.Popen(  # noqa: S603 ourselves, with a time
        [sys.executable, "-m", "huiyin.matters.second_keeper", at.isoformat()],
        stdin=subprocess.PIPE,  # closed when we are gone, however that came
        env={**os.environ, "MALLOC_ARENA_MAX": "2"},  # as the worker: few threads, little memory
    )
    try:
        yield
        code = process.wait()
        if code:
            log.warning("second_keeper_failed", code=code)
    finally:
        if process.stdin is not None:
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def main(arguments: list[str]) -> None:
    """Keep the limits of the second half up to an instant."""
    threading.Thread(target=_end_with_the_first, daemon=True).start()
    django.setup()
    from huiyin.matters import keeping  # noqa: PLC0415 Django is ready only now

    keeping.keep(at=datetime.fromisoformat(arguments[0]), threads=keeping.THREADS, half=SECOND)


def _end_with_the_first() -> None:
    """End at once when nobody holds the other end: what is not committed is done by others."""
    while os.read(0, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
