"""Anchors: what somebody who may change every row of the database still cannot change unseen.

Once a day the head of every chain that has grown is written down, with one hash over all of them
and over the anchor before. The hash goes also into a file the application opens for adding only;
where the operator gives that file the append-only attribute, or to another user by a copy taken
away every day, a rewritten history no longer matches what was seen before.
"""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction

from huiyin.matters.models import Anchor, Run

NOTHING = bytes(32)  # what stands before the first anchor
CHUNK = 2_000
_LOCK = 371_400_021  # any fixed number of ours: two anchors are never written side by side

_GROWN = """
    INSERT INTO matters_anchoredhead (anchor_id, run_id, seq, hash)
    SELECT %s, r.id, r.events, r.head FROM matters_run r
     WHERE NOT EXISTS (
        SELECT 1 FROM matters_anchoredhead a WHERE a.run_id = r.id AND a.seq = r.events)
     ORDER BY r.id
"""
_HEADS = """
    SELECT anchor_id, run_id, seq, hash FROM matters_anchoredhead
     WHERE %s::int IS NULL OR anchor_id = %s::int
     ORDER BY anchor_id, run_id
"""
_CHANGED = """
    SELECT a.anchor_id, a.run_id, a.seq, e.hash IS NULL, m.number
      FROM matters_anchoredhead a
      LEFT JOIN matters_eventheader e ON e.run_id = a.run_id AND e.seq = a.seq
      LEFT JOIN matters_run r ON r.id = a.run_id
      LEFT JOIN matters_matter m ON m.id = r.matter_id
     WHERE e.hash IS DISTINCT FROM a.hash
     ORDER BY a.anchor_id, a.run_id
     LIMIT 100
"""


@dataclass(frozen=True, slots=True)
class AnchorDifference:
    """What does not agree with an anchor; of a run where one can be named."""

    where: str
    text: str
    run_id: UUID | None = None
    seq: int = 0


def anchor(*, at: datetime) -> Anchor:
    """Write an anchor over all chains, into the table and into the file.

    Also when nothing has grown: that it was looked at is worth a line. A line that a crash kept
    from the file is added now.
    """
    with _alone("pg_advisory_lock", "pg_advisory_unlock"):
        with transaction.atomic():
            last = Anchor.objects.order_by("-number").first()
            number = last.number + 1 if last else 1
            with connection.cursor() as cursor:
                cursor.execute(_GROWN, [number])
                heads = cursor.rowcount
            runs = Run.objects.count()
            made = Anchor(number=number, at=at, heads=heads, runs=runs)
            made.hash = _hash(made, bytes(last.hash) if last else NOTHING)
            made.save(force_insert=True)  # its key is looked at when the transaction ends
        _bring_file_up_to_date()
    return made


@contextmanager
def unchanged() -> Iterator[None]:
    """Keep anchors from being written, so that table and file can be compared."""
    with _alone("pg_advisory_lock_shared", "pg_advisory_unlock_shared"):
        yield


@contextmanager
def _alone(lock: str, unlock: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {lock}(%s)", [_LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {unlock}(%s)", [_LOCK])


def count() -> int:
    """Return how many anchors there are."""
    return Anchor.objects.count()


def differences() -> Iterator[AnchorDifference]:
    """Yield what does not agree: chains with anchors, anchors with each other and with the file."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        for number, run_id, seq, is_gone, matter in cursor.fetchall():
            wrong = "is gone" if is_gone else "is not the same"
            text = f"it {wrong}; anchor {number} holds what was there."
            yield AnchorDifference(matter or f"anchor {number}", text, run_id, seq)
    before = NOTHING
    for number, one in enumerate(Anchor.objects.order_by("number").iterator(CHUNK), start=1):
        if one.number != number:
            yield AnchorDifference(f"anchor {number}", f"it is missing: {one.number} is next.")
            return
        if bytes(one.hash) != _hash(one, before):
            yield AnchorDifference(f"anchor {number}", "it was changed after it was written.")
            return
        before = bytes(one.hash)
    yield from _file_differences()


def _hash(one: Anchor, before: bytes) -> bytes:
    """Return the hash of an anchor, over its rows as they are."""
    covered = hashlib.sha256(before)
    at = one.at.astimezone(UTC).isoformat(timespec="microseconds")
    covered.update(f"{one.number} {at} {one.heads} {one.runs}".encode())
    with connection.chunked_cursor() as cursor:
        cursor.execute(_HEADS, [one.number, one.number])
        while rows := cursor.fetchmany(CHUNK):
            for _, run_id, seq, head in rows:
                covered.update(run_id.bytes + seq.to_bytes(4, "big") + bytes(head))
    return covered.digest()


# --- the file -----------------------------------------------------------------------------------


def file() -> Path:
    """Return where the lines are: one folder of their own, so that it can lie elsewhere."""
    path: Path = settings.HUIYIN.var / "anchors" / "anchors.log"
    return path


def line_of(one: Anchor) -> str:
    """Return the line of an anchor: number, instant, heads, runs, hash."""
    at = one.at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{one.number} {at} {one.heads} {one.runs} {bytes(one.hash).hex()}"


def _lines() -> list[str]:
    try:
        return file().read_text(encoding="ascii").splitlines()
    except FileNotFoundError:
        return []


def _bring_file_up_to_date() -> None:
    """Add the lines that are not there yet; what is there is never touched."""
    there = len(_lines())
    missing = [line_of(one) for one in Anchor.objects.filter(number__gt=there).order_by("number")]
    if not missing:
        return
    file().parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(file(), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        os.write(handle, "".join(f"{line}\n" for line in missing).encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def _file_differences() -> Iterator[AnchorDifference]:
    lines = iter(_lines())
    for one in Anchor.objects.order_by("number").iterator(CHUNK):
        line = next(lines, None)
        where = f"anchor {one.number}"
        if line is None:
            yield AnchorDifference(where, f"{file()} does not hold it.")
            return
        if line != line_of(one):
            yield AnchorDifference(where, f"{file()} holds another one.")
            return
    surplus = next(lines, None)
    if surplus is not None:
        number = surplus.split(" ", 1)[0]
        yield AnchorDifference(
            f"anchor {number}", f"only {file()} holds it, the database does not."
        )
