"""Which part of the city is loaded: all of it, or a corner of it that tests can load in seconds."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from huiyin.ops.demo.divisions import (
    CITY,
    ZONE,
    ZONE_LAND,
    Division,
    children,
    divisions,
    seat_village,
)

Scale = Literal["full", "small"]

XIAJIN = "371427000000"
BEICHENG = "371427002000"  # 夏津县北城街道, where most of the printed logins work

# Town → how many of its villages beside the one where its institutions stand. 银城街道 is the
# seat of 夏津县; 武城县 is the neighbour and 德州天衢新区 the functional zone: other places.
_SMALL_TOWNS = {
    "371427001000": 1,
    BEICHENG: 3,
    "371427101000": 1,
    "371428001000": 1,
    "371471007000": 1,
}


@dataclass(frozen=True, slots=True)
class Scope:
    """The codes that are loaded."""

    codes: frozenset[str]

    def of_level(self, level: str) -> tuple[Division, ...]:
        """Return the loaded divisions of one level, by county, town and code."""
        return tuple(
            found
            for found in divisions().values()
            if found.level == level and found.code in self.codes
        )


@cache
def scope(scale: Scale) -> Scope:
    """Return what is loaded at this scale; the small city is a part of the full one."""
    if scale == "full":
        return Scope(frozenset(divisions()))
    codes = {CITY, ZONE, ZONE_LAND}
    for town, more in _SMALL_TOWNS.items():
        codes |= {divisions()[town].parent, town, *_some_villages(town, more)}
    return Scope(frozenset(codes))


def _some_villages(town: str, more: int) -> Iterable[str]:
    seat = seat_village(town).code
    others = [village for village in children()[town] if village.code != seat]
    # Communities and villages in turn, so that both kinds are there.
    others.sort(key=lambda village: (village.kind == "community", village.code))
    turned = [*others[: (more + 1) // 2], *reversed(others[-(more // 2) :] if more // 2 else [])]
    return [seat, *(village.code for village in turned)]
