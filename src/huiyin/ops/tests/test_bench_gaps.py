"""What is other in every copy is found in the columns of a row, and filled in at its length."""

from itertools import count
from uuid import UUID

from huiyin.ops.bench.binary import DAY, HEADER, INSTANT, Gap, parts_of, rows_as, rows_in
from huiyin.ops.bench.gaps import (
    DATE,
    JSONB,
    STEM,
    TEXT,
    TIMESTAMPTZ,
    UUID_,
    UUID_LIST,
    Gaps,
    both,
    raw,
)
from huiyin.ops.bench.patterns import Pattern, gap

HERE, THERE, OTHER = (f"01a21afa-982c-744a-963f-{n:012x}" for n in (1, 2, 3))
END = b"\xff\xff"
BOOLEAN = 16
MANY = 5


def listed(*ids):
    """Return ids as PostgreSQL's binary list of them."""
    head = b"".join(one.to_bytes(4, "big") for one in (1, 0, UUID_, len(ids), 1))
    return head + b"".join(b"\0\0\0\x10" + UUID(one).bytes for one in ids)


def filled(gaps, columns, words):
    """Return a row after its gaps were filled, as what reads a binary COPY finds it."""
    pieces, alone = parts_of([gaps.column(*one) for one in columns], map(str, count()))
    names = [*words, *alone]
    numbers = {name: n for n, name in enumerate(names)}
    values = list(words.values())
    for parts in alone.values():
        pattern = Pattern([one.name if isinstance(one, Gap) else one for one in parts], numbers)
        found = pattern.filled(values)
        values.append(len(found).to_bytes(4, "big") + found)
    pattern = Pattern([one.name if isinstance(one, Gap) else one for one in pieces], numbers)
    (row,) = rows_in(HEADER + pattern.filled(values) + END)
    return row


def test_rows_are_read_as_they_were_written():
    rows = [[b"", None, b"\xff" * MANY], [None], [b"x" * 70_000]]

    assert list(rows_in(HEADER + rows_as(rows) + END)) == rows


def test_ids_are_others_wherever_they_stand_and_what_is_no_gap_stays():
    gaps = Gaps()
    gaps.add(HERE, "m")
    row = [
        (UUID_, UUID(HERE).bytes), (UUID_, UUID(OTHER).bytes), (UUID_, None),
        (UUID_LIST, listed(OTHER, HERE)), (BOOLEAN, b"\1"),
        (JSONB, f'\x01{{"id": "{HERE}", "of": "{OTHER}"}}'.encode()),
    ]  # fmt: skip
    written, sixteen = both(THERE)

    assert filled(gaps, row, {"m": written, raw("m"): sixteen}) == [
        UUID(THERE).bytes, UUID(OTHER).bytes, None, listed(OTHER, THERE), b"\1",
        f'\x01{{"id": "{THERE}", "of": "{OTHER}"}}'.encode(),
    ]  # fmt: skip


def test_instants_and_days_are_gaps_that_say_what_stood_there():
    gaps = Gaps()
    row = [(TIMESTAMPTZ, INSTANT.pack(-MANY)), (DATE, DAY.pack(MANY)), (TEXT, b"by 2026-01-05")]

    found = filled(gaps, row, {
        f"@{-MANY}": INSTANT.pack(7), f"#{MANY}": DAY.pack(8), "d0": b"2025-12-31",
    })  # fmt: skip

    assert found == [INSTANT.pack(7), DAY.pack(8), b"by 2025-12-31"]
    assert gaps.days() == ["2026-01-05"]


def test_words_of_any_length_make_a_column_of_that_length():
    told = f"在{gap(STEM)}，{gap(STEM)}东".encode()

    for name in ("村", "很长的一个名字"):
        words = {STEM: name.encode()}
        assert filled(Gaps(), [(TEXT, told), (TEXT, b"")], words) == [
            f"在{name}，{name}东".encode(), b""
        ]  # fmt: skip
