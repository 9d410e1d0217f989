"""References by code: found in the file, else in the database, else noted as unknown.

When a row's own code is unreadable, everything that refers to it would be unknown as well. Such
references are explained by that row and not reported: one fault, one line.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from huiyin.ops.loading.cells import could_mean
from huiyin.ops.loading.rows import Parsed, Row

E = TypeVar("E")
_NEAR = 2  # slips of the finger that still make it the same code
_MOST_COMPARED = 200_000


@dataclass(frozen=True, slots=True)
class _Missing:
    row: Row
    column: str
    fault: str


@dataclass(slots=True)
class Lost:
    """A row whose code is unreadable. `fits`: whether a code could be the one it should have."""

    row: Row
    fits: Callable[[str, Sequence[Row]], bool]
    is_duplicate: bool = False


@dataclass(slots=True)
class Index(Generic[E]):
    """What can be referred to by a code: entries of the file before those of the database."""

    file: dict[str, E]
    database: Mapping[str, E]
    is_complete: bool = True
    lost: list[Lost] = field(default_factory=list)
    missing: dict[str, list[_Missing]] = field(default_factory=lambda: defaultdict(list))

    def get(self, code: str | None) -> E | None:
        """Return what has this code, without noting when nothing has."""
        if not code:
            return None
        return self.file.get(code) or self.database.get(code)

    def resolve(self, row: Row, column: str, fault: str) -> E | None:
        """Return what a cell refers to; note it when there is no such thing."""
        code: str | None = row[column]
        found = self.get(code)
        if found is None and code and row.is_sound(column):
            self.missing[code].append(_Missing(row, column, fault))
        return found

    def report(self, expected: Mapping[str, str] | None = None) -> None:
        """Report the references that nothing explains."""
        if not self.is_complete:
            return
        explained = self._explained()
        for code, references in self.missing.items():
            if code not in explained:
                for missing in references:
                    missing.row.fault(missing.column, missing.fault, **(expected or {}))

    def _explained(self) -> set[str]:
        explained: set[str] = set()
        if len(self.lost) * len(self.missing) > _MOST_COMPARED:
            return set(self.missing)
        rounds: tuple[Callable[[Lost, str], bool], ...] = (
            lambda lost, code: could_mean(lost.row.raw("code"), code),
            lambda lost, code: len(lost.row.raw("code")) > 0 and _near(lost.row.raw("code"), code),
            lambda lost, code: not lost.row.raw("code"),
        )
        left = list(self.lost)
        for is_like in rounds:
            still = []
            for lost in left:
                likely = [
                    code
                    for code, references in self.missing.items()
                    if code not in explained
                    and is_like(lost, code)
                    and len(references) > lost.is_duplicate
                    and lost.fits(code, [missing.row for missing in references])
                ]
                if likely:
                    explained.add(max(likely, key=lambda code: len(self.missing[code])))
                else:
                    still.append(lost)
            left = still
        return explained


def duplicates(parsed: Parsed, column: str) -> Iterable[tuple[Row, Row]]:
    """Yield each row whose value in a column stood in an earlier row, with that row."""
    first: dict[object, Row] = {}
    for row in parsed:
        value = row[column]
        if value is None:
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
