"""From cells to values: every cell is read once, and every fault of a cell is noted once.

A faulty cell is marked, so that later checks leave it alone; where it is plain what was meant
(spaces around a code, a date written in another way), the checks go on with that.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from huiyin.ops.loading import cells
from huiyin.ops.loading.faults import Problem, Spoiled, Unfit, shown
from huiyin.ops.loading.headers import resolve
from huiyin.ops.loading.tables import Column, Spec, Table, specs

_NOTHING: frozenset[str] = frozenset()
# Columns whose cells repeat: each text is read once.
_REPEATING = frozenset(
    (
        *("place_kind", "unit_kind", "committee_kind", "level", "urgency", "term_unit", "role"),
        *("crs", "hours", "date", "yes_or_no", "place_code", "unit_code", "category_code"),
        "permission_set",
    )
)


class Row:
    """One row, read. Values that are empty or lost are None; `faulty`: the columns with a fault."""

    __slots__ = ("at", "faulty", "number", "table", "values")

    def __init__(self, table: "Parsed", at: int) -> None:
        self.table = table
        self.at = at
        self.number = table.source.first_row + at
        self.values: dict[str, Any] = {}
        self.faulty: frozenset[str] | set[str] = _NOTHING

    def __getitem__(self, column: str) -> Any:
        return self.values.get(column)

    def raw(self, column: str) -> str:
        """Return what stands in the file."""
        return self.table.source.rows[self.at].get(column, "")

    def texts(self) -> dict[str, str]:
        """Return everything that stands in the file."""
        return dict(self.table.source.rows[self.at])

    def is_sound(self, *columns: str) -> bool:
        """Say whether none of these cells is known to be faulty."""
        return self.faulty.isdisjoint(columns)

    def mark(self, column: str) -> None:
        """Note that this cell is faulty."""
        if not isinstance(self.faulty, set):
            self.faulty = set()
        self.faulty.add(column)

    def fault(self, column: str, code: str, **data: Any) -> None:
        """Report a cell, unless it has been: one fault a cell."""
        if column in self.faulty:
            return
        self.mark(column)
        self.table.problems.append(
            Problem(self.table.file, self.number, column, shown(self.raw(column)), code, data)
        )

    def warn(self, column: str, code: str, **data: Any) -> None:
        """Report something that is loaded all the same."""
        self.table.problems.append(
            Problem(self.table.file, self.number, column, shown(self.raw(column)), code, data)
        )


class Parsed:
    """A table with its rows read, and the problems found in it so far."""

    def __init__(self, spec: Spec, source: Table) -> None:
        self.spec = spec
        self.source = source
        self.file = source.file
        self.problems: list[Problem] = list(source.problems)
        self.columns: frozenset[str] = frozenset()
        self.is_complete = source.complete
        self.rows: list[Row] = []
        self.spoiled: list[Row] = []

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def has(self, column: str) -> bool:
        """Say whether the file has this column; what it has not is left as it is."""
        return column in self.columns


def parse(source: Table) -> Parsed:
    """Read every cell of a table. Raises KeyError for a table that does not exist."""
    parsed = Parsed(specs()[source.name], source)
    names = _columns(parsed)
    columns = {name: parsed.spec.columns[name] for name in parsed.spec.columns if name in names}
    parsed.columns = frozenset(columns)
    required = [column for column in columns.values() if column.required]
    known: dict[str, dict[str, Any]] = {
        column.name: {} for column in columns.values() if column.type in _REPEATING
    }
    for at, given in enumerate(source.rows):
        if not given or not any(given.values()):
            continue
        row = Row(parsed, at)
        is_spoiled = at in source.spoiled
        for name, text in given.items():
            if text and name in columns:
                _read(row, columns[name], text, known.get(name), silent=is_spoiled)
        if is_spoiled:
            parsed.spoiled.append(row)
            continue
        for column in required:
            if column.name not in row.values and column.name not in row.faulty:
                row.fault(column.name, "required", meaning=column.title)
        parsed.rows.append(row)
    if any(
        column.required and column.name not in columns for column in parsed.spec.columns.values()
    ):
        parsed.is_complete = False
        parsed.rows.clear()  # the missing column is the one thing to say
    return parsed


def _columns(parsed: Parsed) -> Sequence[str]:
    source = parsed.source
    if source.columns is not None:
        return source.columns
    seen: dict[str, None] = {}
    for row in source.rows:
        seen.update(dict.fromkeys(row))
    if not seen:
        return list(parsed.spec.columns)
    _, problems = resolve(parsed.spec, list(seen), file=source.file, row=source.first_row - 1)
    parsed.problems += problems
    return [name for name in seen if name in parsed.spec.columns]


def _read(
    row: Row, column: Column, text: str, known: dict[str, Any] | None, *, silent: bool
) -> None:
    if known is not None and type(text) is str and text in known:
        row.values[column.name] = known[text]
        return
    try:
        value = _value(column, text)
    except Unfit as unfit:
        if unfit.value is not None:
            row.values[column.name] = unfit.value
        if silent:
            row.mark(column.name)
        else:
            row.fault(column.name, unfit.code, **_said(unfit))
        return
    row.values[column.name] = value
    if known is not None:
        known[text] = value


def _value(column: Column, text: str) -> Any:
    if isinstance(text, Spoiled):
        raise Unfit(text.code, value=_meant(column, text.value), **text.data)
    bare = cells.spaces_of(text)
    if bare != text:
        raise Unfit("spaces", value=_meant(column, bare), shown=bare)
    if cells.is_formula_error(text):
        raise Unfit("excel_error")
    return column.parse(text)


def _meant(column: Column, text: str | None) -> Any:
    """Return the value that was probably meant, or None."""
    if not text:
        return None
    try:
        return column.parse(text)
    except Unfit as unfit:
        return unfit.value


def _said(unfit: Unfit) -> Mapping[str, Any]:
    data = dict(unfit.data)
    data.setdefault("value", data.pop("shown", "" if unfit.value is None else str(unfit.value)))
    return data
