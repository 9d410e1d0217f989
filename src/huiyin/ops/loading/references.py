"""References by code: found in the file, else in the database, else noted as unknown.

When a row's own code is unreadable or mistyped, everything that refers to it would be unknown as
well. Such references are explained by that row and not reported: one fault, one line. A row
explains one code at most, so that other faults are not hidden.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Generic, Protocol, TypeVar

from huiyin.ops.loading.cells import could_mean
from huiyin.ops.loading.rows import Parsed, Row

_NEAR = 2  # slips of the finger that still make it the same code
_MOST_COMPARED = 200_000


@dataclass(frozen=True, slots=True)
class _Missing:
    row: Row
    column: str
    fault: str


class Fit(IntEnum):
    """Whether a code could be the one a row should have."""

    NO = 0
    POSSIBLE = 1
    LIKELY = 2  # the other cells of the row say so


class Entry(Protocol):
    """What an index holds: `row` is None for what is in the database only."""

    code: str
    row: Row | None


E = TypeVar("E", bound=Entry)


@dataclass(slots=True)
class Index(Generic[E]):
    """What can be referred to by a code: entries of the file before those of the database.

    `fits`: whether a code could be that of a row, given the rows that refer to it. `lost`: rows
    whose code is unreadable; `repeated`: pairs of rows with one code, which may be a slip.
    """

    file: dict[str, E]
    database: Mapping[str, E]
    fits: Callable[[Row, str, Sequence[Row]], Fit]
    is_complete: bool = True
    lost: list[Row] = field(default_factory=list)
    repeated: list[tuple[Row, Row]] = field(default_factory=list)
    missing: dict[str, list[_Missing]] = field(default_factory=lambda: defaultdict(list))
    found: set[str] = field(default_factory=set)

    def get(self, code: str | None) -> E | None:
        """Return what has this code, without noting when nothing has."""
        if not code:
            return None
        return self.file.get(code) or self.database.get(code)

    def resolve(self, row: Row, column: str, fault: str) -> E | None:
        """Return what a cell refers to; note it when there is no such thing."""
        code: str | None = row[column]
        found = self.get(code)
        if code and found is not None:
            self.found.add(code)
        elif code and row.is_sound(column):
            self.missing[code].append(_Missing(row, column, fault))
        return found

    def add_rows(
        self,
        parsed: Parsed,
        entry: Callable[[Row], E],
        *,
        is_odd: Callable[[Row], bool] = lambda row: False,
    ) -> None:
        """Take in the rows of a table: report repeated codes, keep those that are unreadable.

        `is_odd`: whether the code does not suit the row; of two rows that one is wrong.
        """
        repeats = set()
        for row, before in list(duplicates(parsed, "code")):
            wrong, right = (before, row) if is_odd(before) and not is_odd(row) else (row, before)
            repeats.add(wrong.at)
            wrong.fault("code", "duplicate", row=right.number, file=parsed.file)
            if row.texts() != before.texts():  # otherwise the row is said twice, nothing is lost
                self.repeated.append((wrong, right))
        rows = [*parsed, *parsed.spoiled]
        self.lost += [row for row in rows if not row.is_sound("code") and row.at not in repeats]
        for row in sorted(rows, key=lambda row: not row.is_sound("code")):
            if row["code"] is not None:
                self.file.setdefault(row["code"], entry(row))

    def report(self) -> None:
        """Report the references that nothing explains."""
        if not self.is_complete:
            return
        explained = self._explained()
        for code, references in self.missing.items():
            if code not in explained:
                for missing in references:
                    missing.row.fault(missing.column, missing.fault)

    def _explained(self) -> set[str]:
        rows = len(self.lost) + len(self.repeated)
        if rows * len(self.missing) > _MOST_COMPARED:
            return set(self.missing)
        explained: set[str] = set()
        lost = list(self.lost)
        for is_like, fit in ((could_mean, Fit.POSSIBLE), (_near, Fit.POSSIBLE), (None, Fit.LIKELY)):
            lost = [row for row in lost if not self._explain(row, is_like, fit, explained)]
        # The code of another row does not show which was meant; then several rows must miss it.
        left = list(self.repeated)
        for is_like, fit in ((_near, Fit.POSSIBLE), (None, Fit.LIKELY), (None, Fit.POSSIBLE)):
            left = [
                pair
                for pair in left
                if not any(self._explain(row, is_like, fit, explained, 2) for row in pair)
            ]
        self._find_slips(explained)
        return explained

    def _explain(
        self,
        row: Row,
        is_like: Callable[[str, str], bool] | None,
        fit: Fit,
        explained: set[str],
        at_least: int = 1,
    ) -> bool:
        """Find the code a row should have had; `is_like` None: by its other cells alone."""
        text = row.raw("code")
        likely = [
            code
            for code, references in self.missing.items()
            if code not in explained
            and len(references) >= at_least
            and (is_like is None or (text and is_like(text, code)))
            and self._fit(row, code) >= fit
        ]
        if not likely:
            return False
        explained.add(max(likely, key=lambda code: len(self.missing[code])))
        return True

    def _find_slips(self, explained: set[str]) -> None:
        """Find rows whose code is readable but wrong: several rows refer to one that is nearly it.

        Nothing refers to the code the row has. Told once, at the row.
        """
        often = [c for c, found in self.missing.items() if c not in explained and len(found) > 1]
        if not often or len(often) * len(self.file) > _MOST_COMPARED:
            return
        for code in often:
            slips = [
                entry.row
                for entry in self.file.values()
                if entry.row is not None
                and entry.code not in self.found
                and _near(entry.code, code)
                and self._fit(entry.row, code)
            ]
            if len(slips) == 1:
                explained.add(code)
                count = len(self.missing[code])
                slips[0].fault("code", "code_not_meant", value=code, count=count)

    def _fit(self, row: Row, code: str) -> Fit:
        return self.fits(row, code, [missing.row for missing in self.missing[code]])


def duplicates(parsed: Parsed, column: str) -> Iterable[tuple[Row, Row]]:
    """Yield each row whose value in a column stood in an earlier row, with that row.

    Cells with another fault count for nothing.
    """
    first: dict[object, Row] = {}
    for row in parsed:
        value = row[column]
        if value is None or not row.is_sound(column):
            continue
        before = first.setdefault(value, row)
        if before is not row:
            yield row, before


def _near(text: str, code: str) -> bool:
    if abs(len(text) - len(code)) > _NEAR:
        return False
    before = list(range(len(code) + 1))
    for at, sign in enumerate(text, 1):
        line = [at]
        for to, other in enumerate(code, 1):
            line.append(min(before[to] + 1, line[-1] + 1, before[to - 1] + (sign != other)))
        before = line
    return before[-1] <= _NEAR
