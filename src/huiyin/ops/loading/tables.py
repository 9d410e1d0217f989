"""The tables of a load, typed: what tables.yaml says, with a parser for each column.

Templates, the documentation and every check read the columns from here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import yaml
from django.utils.translation import get_language

from huiyin.ops.loading.cells import TEXTS, Parser, parser_of
from huiyin.ops.loading.faults import Problem

FILE = Path(__file__).parent / "tables.yaml"


@dataclass(frozen=True, slots=True)
class Both:
    """A text in both languages; as a string it is in the language in use."""

    zh: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.zh if (get_language() or "zh").startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    type: str
    required: bool
    limit: int
    title: Both
    meaning: Both
    parse: Parser = field(compare=False)

    @property
    def is_text(self) -> bool:
        """Whether a number in a workbook stands for a text here, such as a code or a phone."""
        return self.type in TEXTS


@dataclass(frozen=True, slots=True)
class Spec:
    """One table: its columns in order, and example rows that load."""

    name: str
    title: Both
    meaning: Both
    columns: Mapping[str, Column]
    examples: Sequence[Mapping[str, str]]

    def column_of(self, header: str) -> Column | None:
        """Return the column that a header names: by its name or by its Chinese title."""
        plain = header.strip().casefold()
        found = self.columns.get(plain)
        if found is not None:
            return found
        return next((c for c in self.columns.values() if c.title["zh"].casefold() == plain), None)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as they come in. `first_row`: the number of the first one, as a spreadsheet counts.

    A row that is blank in the file is an empty mapping. Cells that the reader of the file found
    faulty are `faults.Spoiled`; rows whose cells may be shifted are `spoiled` (by position).
    `complete`: whether every row of the file is here; `problems`: what the reader found.
    """

    name: str
    file: str
    rows: Sequence[Mapping[str, str]]
    first_row: int = 2
    columns: Sequence[str] | None = None  # None: those of the rows
    spoiled: frozenset[int] = frozenset()
    complete: bool = True
    problems: Sequence[Problem] = ()


@cache
def specs() -> Mapping[str, Spec]:
    """Return every table in the order in which they are loaded."""
    found = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: _spec(name, given) for name, given in found.items()}


def _spec(name: str, given: Mapping[str, object]) -> Spec:
    columns: object = given["columns"]
    examples: object = given["examples"]
    assert isinstance(columns, dict)  # noqa: S101 our own file
    assert isinstance(examples, list)  # noqa: S101 as above
    return Spec(
        name=name,
        title=_both(given),
        meaning=_both(given["meaning"]),
        columns={column: _column(column, about) for column, about in columns.items()},
        examples=[{column: str(row.get(column, "")) for column in columns} for row in examples],
    )


def _column(name: str, about: Mapping[str, object]) -> Column:
    limit = int(str(about.get("limit", 0)))
    kind = str(about["type"])
    return Column(
        name=name,
        type=kind,
        required=bool(about.get("required", False)),
        limit=limit,
        title=_both(about),
        meaning=_both(about["meaning"]),
        parse=parser_of(kind, limit=limit, least=int(str(about.get("least", 0)))),
    )


def _both(texts: object) -> Both:
    assert isinstance(texts, dict)  # noqa: S101 our own file
    return Both(zh=str(texts["zh"]), en=str(texts["en"]))
