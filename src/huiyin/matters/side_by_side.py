"""Work on many rows in chunks, some chunks at the same time.

While one thread waits for the database another decides what is written next.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar
from uuid import UUID

from django.db import connections

T = TypeVar("T")
R = TypeVar("R")


def half_of(pk: UUID) -> int:
    """Return to which half of all something belongs, 0 or 1: by the last bit, which is a draw."""
    return pk.int & 1


def in_chunks(
    rows: Sequence[T], size: int, work: Callable[[Sequence[T]], R], *, threads: int = 1
) -> list[R]:
    """Do a piece of work on every chunk of rows; chunks are begun in order.

    `threads`: how many chunks at the same time, each on a database connection of its own that is
    closed at the end. Where one chunk fails no further one is begun, and its error is raised.
    """
    chunks = [rows[begin : begin + size] for begin in range(0, len(rows), size)]
    if threads == 1 or len(chunks) < 2:
        return [work(chunk) for chunk in chunks]
    waiting, lock = iter(chunks), Lock()

    def taken() -> Iterator[Sequence[T]]:
        while True:
            with lock:
                chunk = next(waiting, None)
            if chunk is None:
                return
            yield chunk

    def one_after_another() -> list[R]:
        found = []
        try:
            for chunk in taken():
                found.append(work(chunk))
        except BaseException:
            with lock:
                for _ in waiting:
                    pass
            raise
        finally:
            connections.close_all()
        return found

    with ThreadPoolExecutor(min(threads, len(chunks))) as pool:
        begun = [pool.submit(one_after_another) for _ in range(min(threads, len(chunks)))]
        return [answer for one in begun for answer in one.result()]
