"""One load: read every cell, check everything, then write all or nothing in one transaction."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import uuid4

import pghistory
from django.db import connection, transaction
from django.utils import timezone

from huiyin.ops.loading.apply.categories import apply_categories, apply_terms
from huiyin.ops.loading.apply.knowledge import apply_knowledge
from huiyin.ops.loading.apply.people import apply_people
from huiyin.ops.loading.apply.places import apply_boundaries, apply_places
from huiyin.ops.loading.apply.services import apply_services, apply_slots
from huiyin.ops.loading.apply.session import Counts, Session
from huiyin.ops.loading.apply.units import apply_duties, apply_units
from huiyin.ops.loading.checks.boundaries import check_boundaries
from huiyin.ops.loading.checks.categories import check_categories, check_terms, index_categories
from huiyin.ops.loading.checks.context import Context
from huiyin.ops.loading.checks.knowledge import check_knowledge
from huiyin.ops.loading.checks.people import check_people
from huiyin.ops.loading.checks.places import check_places, index_places
from huiyin.ops.loading.checks.points import check_points
from huiyin.ops.loading.checks.services import check_services, check_slots
from huiyin.ops.loading.checks.units import check_duties, check_units, index_units
from huiyin.ops.loading.faults import Problem
from huiyin.ops.loading.known import Known
from huiyin.ops.loading.report import Report
from huiyin.ops.loading.rows import Parsed, parse
from huiyin.ops.loading.tables import Table, specs
from huiyin.ops.loading.writing import analyze
from huiyin.people.models import Account, GridWorker, Mediator, Post
from huiyin.people.posts import lock_people
from huiyin.places.changes import lock_tree
from huiyin.places.models import Place, PlaceKeys, PlaceVersion
from huiyin.ui.acts import By
from huiyin.ui.refusals import Refusal
from huiyin.units.models import Duty, Unit, UnitOfficer
from huiyin.units.verbs import lock_units

Progress = Callable[[str, int, int], None]
Apply = Callable[[Session], Counts]

_CHECKS: tuple[tuple[str, Callable[[Context], None]], ...] = (
    ("boundaries", check_boundaries),
    ("places", check_places),
    ("places", check_points),
    ("units", check_units),
    ("categories", check_categories),
    ("terms", check_terms),
    ("duties", check_duties),
    ("services", check_services),
    ("slots", check_slots),
    ("knowledge", check_knowledge),
    ("people", check_people),
)
_APPLY: tuple[tuple[str, Apply], ...] = (
    ("places", apply_places),
    ("boundaries", apply_boundaries),
    ("units", apply_units),
    ("categories", apply_categories),
    ("terms", apply_terms),
    ("duties", apply_duties),
    ("services", apply_services),
    ("slots", apply_slots),
    ("knowledge", apply_knowledge),
    ("people", apply_people),
)
_LOADED = (
    *(Place, PlaceKeys, PlaceVersion, Unit, UnitOfficer, Duty),
    *(Account, Post, GridWorker, Mediator),
)
_MANY = 1_000  # new rows, from which on the planner should look again


def load(
    tables: Sequence[Table],
    *,
    at: datetime,
    by: By,
    dry_run: bool = False,
    progress: Progress | None = None,
    problems: Sequence[Problem] = (),
) -> Report:
    """Load tables, all or nothing; a second load of the same tables changes nothing.

    Rows are matched by their codes and references; what is in no row stays as it is, and so does
    what a file has no column for. `problems`: what is known to be wrong with the files already.
    With errors nothing is written; `dry_run` writes everything and takes it back, so that it finds
    what only the database can find. History carries the account, the time and one id for the load.
    Raises ValueError when a table comes twice.
    """
    started = time.monotonic()
    report = Report(tables=tables, dry_run=dry_run)
    steps = _Steps(tables, progress)
    parsed: dict[str, Parsed] = {}
    for table in tables:
        if table.name in parsed:
            raise ValueError(f"the table {table.name} comes twice")
        parsed[table.name] = parse(table)
        steps.done(table.name)
    context_of_history = pghistory.context(
        act="load",
        account=str(by.account_id) if by.account_id else "",
        at=at.isoformat(),
        load=str(uuid4()),
    )
    found = list(problems)
    with transaction.atomic():
        _lock()
        today = timezone.localdate(at)
        context = Context(tables=parsed, known=Known(today), today=today)
        _check(context, steps)
        for name in specs():
            if name in parsed:
                found += parsed[name].problems
        report.errors = [problem for problem in found if not problem.is_warning]
        report.warnings = [problem for problem in found if problem.is_warning]
        if report.ok:
            try:
                with transaction.atomic(), context_of_history:
                    report.counts = _apply(Session(context=context, by=by, at=at), steps)
                    connection.check_constraints()  # now, while it can still be taken back
            except Refusal as refused:
                report.counts = {}
                report.errors.append(_refused(refused))
            if dry_run:
                transaction.set_rollback(True)
    report.seconds = time.monotonic() - started
    return report


def _lock() -> None:
    """Let one load, and no other change of the tree, of units and of people, go on at a time."""
    lock_tree()
    lock_units()
    lock_people()


def _check(context: Context, steps: "_Steps") -> None:
    index_places(context)
    index_units(context)
    index_categories(context)
    for name, check in _CHECKS:
        check(context)
        if context.table(name) is not None and check is not check_points:
            steps.done(name)
    context.places.report()
    context.units.report()
    context.categories.report()
    for table in context.tables.values():
        columns = list(table.spec.columns)
        table.problems.sort(
            key=lambda problem: (
                problem.row,
                columns.index(problem.column) if problem.column in columns else -1,
            )
        )


def _apply(session: Session, steps: "_Steps") -> dict[str, Counts]:
    counts: dict[str, Counts] = {}
    for name, apply in _APPLY:
        found = apply(session)
        if session.context.table(name) is not None:
            counts[name] = found
            steps.done(name)
    if sum(found.created for found in counts.values()) >= _MANY:
        analyze(*_LOADED)
    return counts


def _refused(refused: Refusal) -> Problem:
    return Problem("", 0, "", "", "refused", {"sentence": str(refused)})


class _Steps:
    """Tells how far the load is, in rows: each row is read, checked and written."""

    def __init__(self, tables: Sequence[Table], progress: Progress | None) -> None:
        self.sizes = {table.name: len(table.rows) for table in tables}
        self.total = 3 * sum(self.sizes.values())
        self.so_far = 0
        self.progress = progress

    def done(self, name: str) -> None:
        """Tell that one of the three rounds over a table is over."""
        self.so_far += self.sizes[name]
        if self.progress is not None:
            self.progress(name, self.so_far, self.total)
