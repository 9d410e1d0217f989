"""The number of a matter: what people read out on the phone, not to be guessed, hard to mishear.

Sixteen digits in fours: city (4), year and month (4), seven digits that follow no order, and a
check digit (Damm) that finds every single wrong digit and every exchange of neighbours. The seven
come from a counter of the database, taken in blocks and scattered by a keyed permutation: no two
matters of a month are alike, and the next number cannot be told from the last.
"""

import hmac
import os
from collections import deque
from datetime import datetime
from functools import lru_cache
from threading import Lock

from django.conf import settings
from django.db import connection
from django.utils import timezone
from stdnum import damm

MANY = 10_000_000
HALF = 12  # bits of each half: 2^24 is the smallest even power of two above MANY
ROUNDS = 6
BLOCK = 50

_block: deque[int] = deque()
_lock = Lock()
# Two processes must not use up the same block.
os.register_at_fork(after_in_child=_block.clear)


def next_number(*, city_code: str, at: datetime) -> str:
    """Return a fresh number; one query every 50 matters."""
    day = timezone.localdate(at)
    body = f"{city_code[:4]}{day:%y%m}{scattered(_next_count(), settings.HUIYIN.index_key):07d}"
    return f"{body}{damm.calc_check_digit(body)}"


def spoken(number: str) -> str:
    """Return a number in groups of four."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def read(text: str) -> str | None:
    """Return the number that somebody typed or read out, or None when it cannot be one."""
    digits = "".join(sign for sign in text if sign.isdigit())
    return digits if len(digits) == 16 and damm.is_valid(digits) else None


def scattered(count: int, key: bytes) -> int:
    """Return the place of a count under a keyed permutation of 0 to 9,999,999.

    A Feistel network over 24 bits, walked on until the result has seven digits.
    """
    value = count % MANY
    while True:
        left, right = value >> HALF, value & ((1 << HALF) - 1)
        for turn in range(ROUNDS):
            left, right = right, left ^ _mixed(key, turn, right)
        value = (left << HALF) | right
        if value < MANY:
            return value


@lru_cache(maxsize=ROUNDS << HALF)  # every value there is of one key
def _mixed(key: bytes, turn: int, half: int) -> int:
    seed = hmac.digest(key, f"number {turn} {half}".encode(), "sha256")
    return int.from_bytes(seed[:2], "big") >> 4


def _next_count() -> int:
    with _lock:
        if not _block:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT nextval('matters_number') FROM generate_series(1, %s)", [BLOCK]
                )
                _block.extend(int(count) for (count,) in cursor.fetchall())
        return _block.popleft()
