"""What is counted of copies: each movement one number, so that it is sorted and summed as one.

The number holds, from its highest part on, what the counts are kept by, in the order in which they
lie in their index: area, measure, day, kind (procedure, state, category), unit. What is empty comes
last, as in the index.
"""

import struct
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Final

from huiyin.ops.bench.lives import Life

NONE: Final = "\\N"  # no category, no unit
Cell = tuple[str, str, str, str]  # measure, procedure, state, category
FIRST_DAY: Final = date(2000, 1, 1)
DAYS: Final = 20_000  # the last of them stands for no day
_LARGEST: Final = 2**63
_MANY, _KEY, _AMOUNT = 2, 8, 4  # columns of a row; bytes of them


class Cells:
    """What is counted of matters, numbered in the order in which the counts lie in their index."""

    def __init__(
        self, lives: Sequence[Life], units: Iterable[str], more: Iterable[Cell] = ()
    ) -> None:  # fmt: skip
        """Number what lives move, and `more` that is counted already; `units`: all there are."""
        found = {
            (one.measure, one.procedure, one.state, life.category or NONE)
            for life in lives
            for one in life.movements
        }
        found.update(more)
        self.measures = {one: n for n, one in enumerate(sorted({one[0] for one in found}))}
        self.kinds = {one: n for n, one in enumerate(sorted({one[1:] for one in found}))}
        self.units = {one: n for n, one in enumerate(sorted(units))}
        self.units[NONE] = len(self.units)
        # By how much the number grows from one to the next of each part.
        self.kind = len(self.units)
        self.day = self.kind * max(len(self.kinds), 1)
        self.measure = self.day * DAYS
        self.area = self.measure * max(len(self.measures), 1)

    def fits(self, areas: int) -> bool:
        """Tell whether the numbers of so many areas are numbers of PostgreSQL."""
        return self.area * (areas + 1) < _LARGEST

    def base(self, life: Life, at: int, day: date | None) -> int:
        """Return the number of a movement of a life without its area and unit."""
        one = life.movements[at]
        kind = self.kinds[one.procedure, one.state, life.category or NONE]
        passed = (day - FIRST_DAY).days if day else DAYS - 1
        return self.measures[one.measure] * self.measure + passed * self.day + kind * self.kind


class Moves:
    """The movements of a life as rows of `bench_counts`. Filled in place: by one thread."""

    def __init__(self, life: Life, cells: Cells) -> None:
        days = dict(life.days())
        self._cells = cells
        self._dated = [bool(one.day) for one in life.movements]
        self._bases = [
            cells.base(life, at, days.get(one.day)) for at, one in enumerate(life.movements)
        ]
        places = {name: at for at, name in enumerate(life.units.values())}
        self._units = [places[one.unit] if one.unit else -1 for one in life.movements]
        self._values = [
            part for one in life.movements for part in (_MANY, _KEY, 0, _AMOUNT, one.amount)
        ]
        self._pack: Callable[..., bytes] = struct.Struct("!" + "hiqii" * len(life.movements)).pack

    def earlier(self, shift: timedelta) -> list[int]:
        """Return the movements so much earlier, for `rows`."""
        less = shift.days * self._cells.day
        return [
            base - less if dated else base
            for base, dated in zip(self._bases, self._dated, strict=True)
        ]

    def rows(self, bases: Sequence[int], area: int, units: Sequence[int]) -> bytes:
        """Return the movements in an area; `units`: the numbers of its units, and that of none."""
        start = area * self._cells.area
        there = [start + one for one in units]
        values = self._values
        values[2::5] = [base + there[unit] for base, unit in zip(bases, self._units, strict=True)]
        return self._pack(*values)
