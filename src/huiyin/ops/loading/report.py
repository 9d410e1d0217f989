"""What a load did or what is wrong with its files: for people, for programs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from huiyin.ops.loading.apply.session import Counts
from huiyin.ops.loading.faults import Problem
from huiyin.ops.loading.tables import Table


@dataclass(slots=True)
class Report:
    """The outcome of a load. With errors nothing was written; `dry_run`: nothing either way."""

    tables: Sequence[Table] = ()
    counts: dict[str, Counts] = field(default_factory=dict)
    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    dry_run: bool = False
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.errors


def as_json(report: Report) -> dict[str, Any]:
    """Return the report as JSON-ready values."""
    return {
        "ok": report.ok,
        "dry_run": report.dry_run,
        "seconds": round(report.seconds, 1),
        "tables": {name: asdict(counts) for name, counts in report.counts.items()},
        "errors": [problem_values(problem) for problem in report.errors],
        "warnings": [problem_values(problem) for problem in report.warnings],
    }


def problem_values(problem: Problem) -> Mapping[str, Any]:
    """Return a problem as a record."""
    return {
        "file": problem.file,
        "row": problem.row,
        "column": problem.column,
        "found": problem.found,
        "problem": problem.problem,
        "expected": problem.expected,
        "code": problem.code,
    }


def lines(report: Report) -> Iterator[str]:
    """Yield the report as text."""
    for problem in (*report.warnings, *report.errors):
        yield line(problem)
    if report.errors:
        count = len(report.errors)
        yield ngettext(
            "%(count)s error. Nothing was loaded.",
            "%(count)s errors. Nothing was loaded.",
            count,
        ) % {"count": count}
        return
    for name, counts in report.counts.items():
        yield _("%(table)s: %(created)s new, %(changed)s changed, %(unchanged)s unchanged") % {
            "table": name,
            **asdict(counts),
        }
    if report.dry_run:
        yield _("A trial: nothing was written.")


def line(problem: Problem) -> str:
    """Return one problem as one line: where, what was found, what is wrong, what was expected."""
    where = problem.file
    if problem.row:
        where = _("%(file)s row %(row)s") % {"file": problem.file, "row": problem.row}
    if problem.column:
        where = f"{where} {problem.column}"
    found = f" “{problem.found}”" if problem.found else ""
    kind = _("Note") if problem.is_warning else _("Error")
    return _("%(kind)s: %(where)s%(found)s: %(problem)s Expected: %(expected)s") % {
        "kind": kind,
        "where": where,
        "found": found,
        "problem": problem.problem,
        "expected": problem.expected,
    }
