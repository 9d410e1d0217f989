"""A run inside another one as a page of its own shows it: what happened in it, what can be done.

For whistles and supervision orders, which have two sides: whoever asked, and whoever was asked.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from huiyin.matters.attachments import attachments_of
from huiyin.matters.models import FileKind, Matter, Run
from huiyin.matters.queries import PossibleAct
from huiyin.matters.timeline import Entry, timeline
from huiyin.people.actors import Actor
from huiyin.web.matter_page import MatterPage

MOST: Final = 200  # events of a run; none has had more than a few dozen


@dataclass(frozen=True, slots=True)
class Shown:
    """An event with the files that came with it."""

    entry: Entry
    files: Sequence[tuple[UUID, str, bool]]  # id, name, whether it is a picture


@dataclass(frozen=True, slots=True)
class Inside:
    """A run with its events, the oldest first, and the acts of whoever reads.

    `lead`: the one act of whoever has to act next that ends the limit which runs. Where there are
    several (to accept or to send back) none is put before the others; nor is what others may do
    meanwhile, such as calling it off.
    """

    run: Run
    events: Sequence[Shown]
    acts: Sequence[PossibleAct]
    closed_acts: Sequence[PossibleAct]
    lead: str


def insides(of: Matter, runs: Collection[Run], *, by: Actor, at: datetime) -> dict[UUID, Inside]:
    """Return runs of a matter the reader sees, by their id."""
    ids = [run.pk for run in runs]
    page = timeline(of, by=by, limit=MOST, within=ids)
    files = {
        event: [
            (use.attachment_id, use.attachment.name, use.attachment.kind == FileKind.IMAGE)
            for use in uses
        ]
        for event, uses in attachments_of(ids).items()
    }
    found = {}
    for run in runs:
        events = [
            Shown(entry, files.get(entry.key, []))
            for entry in reversed(page.entries)
            if entry.run_id == run.pk
        ]
        its = MatterPage(of, by=by, at=at, run_id=run.pk)
        lead = _lead(its)
        acts = sorted(its.acts, key=lambda act: act.action != lead)
        found[run.pk] = Inside(run, events, acts, its.closed_acts, lead)
    return found


def _lead(page: MatterPage) -> str:
    """Return the one open act by which a running limit is kept; "" when none or several are.

    It is an act of whoever the state waits for: taking an order or a call back ends its limit too,
    and is nothing to propose.
    """
    rules = page.rules.actions
    waits_for = page.rules.states[page.chosen.state].owner
    keeping = [
        act.action
        for act in page.acts
        if page.running.intersection(rules[act.action].clocks.stop)
        and waits_for in rules[act.action].by
    ]
    return keeping[0] if len(keeping) == 1 else ""
