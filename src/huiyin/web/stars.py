"""How people rated the services of an office: only together, never a single rating.

Below LEAST ratings nothing is shown: one could guess who gave them (domain §2c).
"""

from collections import Counter
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import F
from django.db.models.fields.json import KeyTransform

from huiyin.matters.models import Run

PROCEDURE, FACT, ROLE = "orders", "stars", "lead"
LEAST: Final = 5
GOOD: Final = 4  # stars; this and more is a good rating


@dataclass(frozen=True, slots=True)
class Rated:
    """The ratings of an office: how many of each star, all of them, the good ones."""

    by_stars: tuple[tuple[int, int], ...]
    count: int
    good: int


def rated(unit_id: UUID) -> Rated | None:
    """Return how services of a unit were rated; None where too few were. One query."""
    runs = Run.objects.filter(
        procedure=PROCEDURE, memory__facts__has_key=FACT, assignments__unit=unit_id,
        assignments__role=ROLE, assignments__to_at=None,
    )  # fmt: skip
    given = runs.annotate(given=KeyTransform(FACT, KeyTransform("facts", F("memory"))))
    counts = Counter(int(one) for one in given.values_list("given", flat=True) if one is not None)
    count = sum(counts.values())
    if count < LEAST:
        return None
    good = sum(number for stars, number in counts.items() if stars >= GOOD)
    return Rated(tuple((stars, counts[stars]) for stars in range(5, 0, -1)), count, good)
