"""The header row of a table: which column each of its cells names, and what is wrong with it."""

import difflib
from collections.abc import Sequence

from huiyin.ops.loading.cells import spaces_of
from huiyin.ops.loading.faults import Problem, Spoiled, shown
from huiyin.ops.loading.tables import Spec


def resolve(
    spec: Spec, header: Sequence[str], *, file: str, row: int = 1
) -> tuple[list[str | None], list[Problem]]:
    """Return the column name of each header cell (None: not read), and the problems.

    A name that is nearly that of a column that is missing counts as that column, so that one slip
    is one problem. Cells without a name are left to whoever knows whether values stand below.
    """
    names: list[str | None] = []
    problems: list[Problem] = []
    odd: list[int] = []
    for at, cell in enumerate(header):
        text = spaces_of(cell)
        column = spec.column_of(text) if text else None
        if column is None:
            names.append(None)
            if text:
                odd.append(at)
            continue
        if column.name in names:
            problems.append(Problem(file, row, shown(cell), shown(cell), "duplicate_column"))
            names.append(None)
            continue
        if text != cell:
            data = {"value": text}
            problems.append(Problem(file, row, column.name, shown(cell), "column_spaces", data))
        names.append(column.name)
    missing = [name for name in spec.columns if name not in names]
    for at in odd:
        cell = header[at]
        near = difflib.get_close_matches(spaces_of(cell).casefold(), missing, n=1, cutoff=0.6)
        if near:
            names[at] = near[0]
            missing.remove(near[0])
        problems.append(_odd(spec, cell, near[0] if near else "", file=file, row=row))
    for name in missing:
        if spec.columns[name].required:
            data = {"name": f"{name} ({spec.columns[name].title['zh']})"}
            problems.append(Problem(file, row, name, "", "missing_column", data))
    return names, problems


def _odd(spec: Spec, cell: str, near: str, *, file: str, row: int) -> Problem:
    if isinstance(cell, Spoiled):
        return Problem(file, row, near or shown(cell), shown(cell), cell.code, cell.data)
    if near:
        data = {"name": near}
        return Problem(file, row, shown(cell), shown(cell), "unknown_column_like", data)
    names = {"names": ", ".join(spec.columns)}
    return Problem(file, row, shown(cell), shown(cell), "unknown_column", names)
