"""Several people at one moment: threads with connections of their own that begin together."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

from django.db import connection, transaction

from huiyin.matters.acting import hold
from huiyin.procedures.simulation import a_form
from huiyin.ui.refusals import Refusal
from huiyin.units.tests.factories import NOW


class Crowd:
    """So many threads, each of which keeps its connection."""

    def __init__(self, size: int) -> None:
        self.size = size
        self._pool = ThreadPoolExecutor(size)

    def at_once(self, *jobs: Callable[[], Any]) -> list[Any]:
        """Do jobs that all begin at one moment; return what each answered, or its refusal."""
        assert len(jobs) <= self.size
        barrier = Barrier(len(jobs))

        def run(job: Callable[[], Any]) -> Any:
            barrier.wait()
            try:
                return job()
            except Refusal as refusal:
                return refusal

        return list(self._pool.map(run, jobs))

    def forget_connections(self) -> None:
        """Close every thread's connection; the next job opens another one."""
        barrier = Barrier(self.size)

        def close(_number: int) -> None:
            barrier.wait()  # so that each thread takes one
            connection.close()

        list(self._pool.map(close, range(self.size)))

    def end(self) -> None:
        """Let the threads go, their connections first."""
        self.forget_connections()
        self._pool.shutdown()


def at_once(*jobs: Callable[[], Any]) -> list[Any]:
    """Do these jobs at one moment, once."""
    with a_crowd(len(jobs)) as crowd:
        return crowd.at_once(*jobs)


@contextmanager
def a_crowd(size: int = 8) -> Iterator[Crowd]:
    """Yield a crowd; at its end no two of it have waited for each other crosswise."""
    before = deadlocks()
    crowd = Crowd(size)
    try:
        yield crowd
    finally:
        crowd.end()  # a connection that ends tells its counts
    assert deadlocks() == before


def deadlocks() -> int:
    """How many deadlocks the database has had to break."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        (count,) = cursor.fetchone()
    return int(count)


def prepared(city: Any, run_id: Any, action: str, *, at: Any = NOW) -> tuple[Any, Any, int]:
    """Whoever may take an act, its form, and the number of the last event they have seen."""
    with transaction.atomic():
        held = hold(run_id, at=at)
        rule = held.procedure.actions[action]
        actor = city.whoever(held.procedure, rule.by[0], held.before.roles, held.before)
        return actor, city.form(a_form(rule, held.before, at), rule, actor), held.run.events
