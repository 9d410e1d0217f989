"""The rows of an exported list: what its owner sees of each run, as plain texts.

    for row in rows_of(ids, by=by, at=at, is_clear=False): …      # under heading()

Three queries for a chunk, of the columns that are written and no others: a list may have twenty
thousand rows, and what one of them costs is what an export costs.
"""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from huiyin.matters import access
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Assignment, Channel
from huiyin.matters.wording import said
from huiyin.people.actors import Actor
from huiyin.ui.ready import Ready

_NUMBERS: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:(?:\+?86[- ]?)?1[3-9]\d{9}|\d{17}[0-9Xx])(?![0-9A-Za-z])"
)
_COLUMNS: Final = (
    "pk", "matter_id", "procedure", "state", "is_done", "opened_at", "due_at", "done_at",
    "matter__number", "matter__is_confidential", "matter__channel", "matter__place__name",
    "matter__category__name_zh", "matter__category__name_en", "matter__words__title",
)  # fmt: skip


def heading() -> list[str]:
    """Return the names of the columns, in the language of the moment."""
    return [
        _("Number"), _("Procedure"), _("State"), _("Category"), _("Place"), _("Channel"),
        _("Opened"), _("Due"), _("Done at"), _("Overdue"), _("Unit"), _("Title"), _("Reporter"),
        _("Phone"),
    ]  # fmt: skip


def rows_of(
    ids: Sequence[UUID], *, by: Actor, at: datetime, is_clear: bool
) -> Iterator[list[str]]:  # fmt: skip
    """Yield the rows of those runs that a post still sees, in order. Three queries.

    `is_clear`: with names, numbers and titles as they are. Of a confidential matter nothing of
    these goes out otherwise; it is found by its number.
    """
    kind, known = access.sight(by)
    found = {run[0]: run for run in _runs_of(kind, *known).all(ids=list(ids), **known)}
    units: dict[UUID, list[str]] = {}
    for run_id, short, name in _UNITS.all(runs=list(found)):
        units.setdefault(run_id, []).append(short or name)
    reporters = access.reporters_listed(
        {run[1] for run in found.values()}, by=by, is_clear=is_clear
    )  # fmt: skip
    words = _Words()
    for pk in ids:
        run = found.get(pk)
        if run is None:
            continue
        (
            _pk, matter_id, procedure, state, is_done, opened_at, due_at, done_at, number,
            is_confidential, channel, place, category_zh, category_en, title,
        ) = run  # fmt: skip
        name, phone = reporters.get(matter_id, ("", ""))
        if not is_clear:
            if is_confidential:
                title = name = phone = ""
            elif title:
                title = covered(title)
        yield [
            number,
            words.title(procedure),
            words.state(procedure, state),
            (category_en if words.is_english else category_zh) or "",
            place,
            words.channels.get(channel, channel),
            words.local(opened_at),
            words.local(due_at),
            words.local(done_at),
            words.yes if due_at and due_at <= at and not is_done else words.no,
            "、".join(units.get(pk, ())),
            title or "",
            name,
            phone,
        ]


@cache
def _runs_of(kind: str, *names: str) -> Ready[tuple[Any, ...]]:
    return Ready(
        lambda ids, **known: (
            access.runs_in_sight(kind, **known).filter(pk__one_of=ids).values_list(*_COLUMNS)
        ),
        names=("ids", *names),
    )


_UNITS: Ready[tuple[UUID, str, str]] = Ready(
    lambda runs: (
        Assignment.objects.filter(run__one_of=runs, role="lead", to_at=None)
        .order_by("pk")
        .values_list("run_id", "unit__short_name", "unit__name")
    )
)


class _Words:
    """What stands in many rows, in the language of the moment: looked up once for a chunk."""

    def __init__(self) -> None:
        self.is_english = (get_language() or "zh").startswith("en")
        self.yes, self.no = _("yes"), _("no")
        self.channels = {str(value): str(label) for value, label in Channel.choices}
        self._zone: tzinfo = timezone.get_current_timezone()
        self._titles: dict[str, str] = {}
        self._states: dict[tuple[str, str], str] = {}

    def title(self, procedure: str) -> str:
        """Return what a procedure is called."""
        known = self._titles.get(procedure)
        if known is None:
            known = self._titles[procedure] = said(procedure_of(procedure).title)
        return known

    def state(self, procedure: str, state: str) -> str:
        """Return what a state is called; one that the file does not know, by its key."""
        known = self._states.get((procedure, state))
        if known is None:
            found = procedure_of(procedure).states.get(state)
            known = self._states[procedure, state] = said(found.label) if found else state
        return known

    def local(self, instant: datetime | None) -> str:
        """Return an instant as the clock on the wall shows it; nothing for none."""
        return instant.astimezone(self._zone).strftime("%Y-%m-%d %H:%M") if instant else ""


def covered(text: str) -> str:
    """Return a text with phone and identity numbers in it covered."""
    return _NUMBERS.sub(lambda it: f"{it[0][:3]}{'*' * (len(it[0]) - 5)}{it[0][-2:]}", text)
