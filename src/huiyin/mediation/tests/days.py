"""The dates on which the limits of mediation are worked out, and their rows.

The four eves and their days off: procedures/tests/eves.py.
"""

import pytest

from huiyin.procedures.tests.eves import EVES

# working days after them, 1 to 10
WORKING = {
    1: ("Wed 2025-02-05", "Thu 2025-10-09", "Sat 2026-02-14", "Thu 2026-10-08"),
    2: ("Thu 2025-02-06", "Fri 2025-10-10", "Tue 2026-02-24", "Fri 2026-10-09"),
    3: ("Fri 2025-02-07", "Sat 2025-10-11", "Wed 2026-02-25", "Sat 2026-10-10"),
    7: ("Wed 2025-02-12", "Thu 2025-10-16", "Mon 2026-03-02", "Thu 2026-10-15"),
    10: ("Mon 2025-02-17", "Tue 2025-10-21", "Thu 2026-03-05", "Tue 2026-10-20"),
}
# days whose last one falls into a holiday: start, and the working day it moves to
THREE_DAYS = (
    ("2025-01-27", "Wed 2025-02-05"),  # Thu 30 Jan
    ("2025-09-30", "Thu 2025-10-09"),  # Fri 3 Oct
    ("2026-02-13", "Tue 2026-02-24"),  # Mon 16 Feb
    ("2026-09-30", "Thu 2026-10-08"),  # Sat 3 Oct
)
SEVEN_DAYS = (
    ("2025-01-24", "Wed 2025-02-05"),  # Fri 31 Jan
    ("2025-09-25", "Thu 2025-10-09"),  # Thu 2 Oct
    ("2026-02-13", "Tue 2026-02-24"),  # Fri 20 Feb
    ("2026-09-24", "Thu 2026-10-08"),  # Thu 1 Oct
)
FIFTEEN_DAYS = (
    ("2025-01-13", "Wed 2025-02-05"),  # Tue 28 Jan
    ("2025-09-16", "Thu 2025-10-09"),  # Wed 1 Oct
    ("2026-02-02", "Tue 2026-02-24"),  # Tue 17 Feb
    ("2026-09-16", "Thu 2026-10-08"),  # Thu 1 Oct
)
TWENTY_FIVE_DAYS = (
    ("2025-01-03", "Wed 2025-02-05"),  # Tue 28 Jan
    ("2025-09-08", "Thu 2025-10-09"),  # Fri 3 Oct
    ("2026-01-22", "Tue 2026-02-24"),  # Mon 16 Feb
    ("2026-09-07", "Thu 2026-10-08"),  # Fri 2 Oct
)
THIRTY_DAYS = (
    ("2025-01-02", "Wed 2025-02-05"),  # Sat 1 Feb
    ("2025-09-05", "Thu 2025-10-09"),  # Sun 5 Oct
    ("2026-01-16", "Tue 2026-02-24"),  # Sun 15 Feb
    ("2026-09-02", "Thu 2026-10-08"),  # Fri 2 Oct
)
ONE_MONTH = (
    ("2025-01-02", "Wed 2025-02-05"),  # Sun 2 Feb
    ("2025-09-01", "Thu 2025-10-09"),  # Wed 1 Oct
    ("2026-01-16", "Tue 2026-02-24"),  # Mon 16 Feb
    ("2026-09-02", "Thu 2026-10-08"),  # Fri 2 Oct
    ("2025-10-31", "Mon 2025-12-01"),  # there is no 31 Nov: Sun 30 Nov
)


def rows(pairs):
    """One row for each start, with the last day in time."""
    return [pytest.param(start, day, id=f"from-{start}") for start, day in pairs]


def on_eves(working_days):
    """One row for each eve, with the last day in time."""
    return rows(zip(EVES, WORKING[working_days], strict=True))
