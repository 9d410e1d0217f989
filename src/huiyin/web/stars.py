"""How people rated services, by office and by service: only together, never a single rating.

Below LEAST ratings nothing is shown: one could guess who gave them (domain §2c).
"""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import F
from django.db.models.fields.json import KeyTransform

from huiyin.matters.models import Run
from huiyin.orders.models import OrderedService

PROCEDURE, FACT, ROLE = "orders", "stars", "lead"
LEAST: Final = 5
GOOD: Final = 4  # stars; this and more is a good rating
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rated:
    """The ratings of an office: how many of each star, all of them, the good ones."""

    by_stars: tuple[tuple[int, int], ...]
    count: int
    good: int


def rated(unit_id: UUID) -> Rated | None:
    """Return how services of a unit were rated; None where too few were. One query."""
    return rated_together([unit_id]).get(unit_id)


def rated_together(units: Iterable[UUID]) -> dict[UUID, Rated]:
    """Return the ratings of several units, without those that have too few. One query."""
    runs = Run.objects.filter(
        procedure=PROCEDURE, memory__facts__has_key=FACT, assignments__unit__in=list(units),
        assignments__role=ROLE, assignments__to_at=None,
    )  # fmt: skip
    given = runs.annotate(given=KeyTransform(FACT, KeyTransform("facts", F("memory"))))
    return _counted(given.values_list("assignments__unit", "given"))


def rated_services() -> dict[str, Rated]:
    """Return how each service of the catalogue was rated, by its code; not those with too few.

    One query over the rated orders.
    """
    runs = OrderedService.objects.filter(run__procedure=PROCEDURE, run__memory__facts__has_key=FACT)
    given = runs.annotate(given=KeyTransform(FACT, KeyTransform("facts", F("run__memory"))))
    return _counted(given.values_list("version__service__code", "given"))


def _counted(rows: Iterable[tuple[Key, Any]]) -> dict[Key, Rated]:
    counts: dict[Key, Counter[int]] = defaultdict(Counter)
    for key, stars in rows:
        if stars is not None:
            counts[key][int(stars)] += 1
    found = {}
    for key, of in counts.items():
        count = sum(of.values())
        if count >= LEAST:
            good = sum(number for stars, number in of.items() if stars >= GOOD)
            found[key] = Rated(tuple((stars, of[stars]) for stars in range(5, 0, -1)), count, good)
    return found
