"""What people say in the demo city: patterns of our own, with places, houses and numbers put in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Final

import yaml

_FOLDER: Final = "data/life"
SORTS: Final = ("streets", "living", "grid", "petitions", "disputes", "services")


@dataclass(frozen=True, slots=True)
class Pattern:
    """One thing that somebody says: what it is about, how they say it, how it is answered.

    `more`: what only some sorts have (kind of dispute, amount, function of the unit).
    """

    sort: str
    category: str
    title: str
    says: str
    answer: str
    more: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """A pattern with everything put in."""

    title: str
    says: str
    answer: str
    address: str


@cache
def patterns(sort: str) -> tuple[Pattern, ...]:
    """Return the patterns of a sort, in the order of its file."""
    rows = _read(sort)
    return tuple(
        Pattern(
            sort=sort, category=row["c"], title=row["t"], says=row["s"], answer=row["a"],
            more={name: value for name, value in row.items() if name not in ("c", "t", "s", "a")},
        )
        for row in rows
    )  # fmt: skip


@cache
def phrases() -> Mapping[str, Any]:
    """Return the short sentences by occasion."""
    found: Mapping[str, Any] = _read("phrases")
    return found


def phrase(occasion: str, rng: Random) -> Any:
    """Return a sentence for an occasion."""
    said: Sequence[Any] = phrases()[occasion]
    return rng.choice(said)


def rating(stars: int, rng: Random) -> str:
    """Return how somebody puts a number of stars in words; not everybody does."""
    said: str = rng.choice(phrases()["ratings"][stars])
    return said if rng.random() < 0.8 else ""


def put_in(pattern: Pattern, *, place: str, rng: Random) -> Words:
    """Put a place and invented houses and numbers into a pattern."""
    road, estate = phrase("roads", rng), phrase("estates", rng)
    floor = rng.randint(2, 11)
    slots = {
        "place": place,
        "road": road,
        "estate": estate,
        "no": rng.randint(1, 28),
        "unit": rng.randint(1, 4),
        "floor": floor,
        "n": rng.randint(2, 6),
        "days": rng.choice(("三", "四", "五", "六", "七", "小十")),
        "hour": rng.choice(("九", "十", "十一")),
    }
    house = f"{estate}{slots['no']}号楼{slots['unit']}单元"
    texts = pattern.title + pattern.says
    address = house if "{estate}" in texts or "{no}" in texts else f"{place}{road}"
    return Words(
        title=pattern.title.format(**slots),
        says=pattern.says.format(**slots),
        answer=pattern.answer.format(**slots),
        address=address,
    )


def _read(name: str) -> Any:
    text = (files("huiyin.ops.demo") / _FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    return yaml.safe_load(text)
