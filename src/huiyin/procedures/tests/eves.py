"""The eves of four holidays, on which limits in working days are hardest to count; and their rows.

Days off, from the State Council's notices:

- 2025 Spring Festival 28 Jan (Tue) to 4 Feb (Tue); worked: Sun 26 Jan, Sat 8 Feb.
- 2025 National Day and Mid-autumn 1 Oct (Wed) to 8 Oct (Wed); worked: Sun 28 Sep, Sat 11 Oct.
- 2026 Spring Festival 15 Feb (Sun) to 23 Feb (Mon); worked: Sat 14 Feb, Sat 28 Feb.
- 2026 National Day 1 Oct (Thu) to 7 Oct (Wed); worked: Sun 20 Sep, Sat 10 Oct.
"""

from typing import Any

import pytest

MON_BEFORE_SPRING_2025 = "2025-01-27"
TUE_BEFORE_NATIONAL_2025 = "2025-09-30"
FRI_BEFORE_SPRING_2026 = "2026-02-13"
WED_BEFORE_NATIONAL_2026 = "2026-09-30"
EVES = (
    MON_BEFORE_SPRING_2025, TUE_BEFORE_NATIONAL_2025,
    FRI_BEFORE_SPRING_2026, WED_BEFORE_NATIONAL_2026,
)  # fmt: skip


def rows(*what: Any) -> list[Any]:
    """One row for each eve: the clock and what else is named, the start, the last day in time.

    The last argument holds the four last days, the others are the same in every row.
    """
    *named, days = what
    return [
        pytest.param(*named, start, day, id="-".join((*_words(named), start)))
        for start, day in zip(EVES, days, strict=True)
    ]


def _words(named: list[Any]) -> list[str]:
    return [one if isinstance(one, str) else "+".join(one) for one in named if one]


def on_eves(*days: str) -> list[Any]:
    """The last day in time for a start on each of the four eves."""
    return [
        pytest.param(start, day, id=f"from-{start}") for start, day in zip(EVES, days, strict=True)
    ]
