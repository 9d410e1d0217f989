"""An answer on its way to the public: which matters offer one, and what it begins with.

Only what was answered and is not confidential; the words are a start for somebody who rewrites
them for everybody, without names, numbers and doors.
"""

from dataclasses import dataclass
from datetime import datetime

from huiyin.knowledge.models import Entry
from huiyin.knowledge.refusals import MatterNotOpen
from huiyin.matters import access
from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Matter, Run
from huiyin.matters.refusals import NotFound
from huiyin.matters.timeline import timeline
from huiyin.people.actors import Actor
from huiyin.web.following import answer_of

READ = 100  # events, the latest first; the answer is among the last of them


@dataclass(frozen=True, slots=True)
class Proposal:
    """A matter with its question and its answer, as they were written; `entry`: made already."""

    matter: Matter
    question: str
    answer: str
    entry: Entry | None


def is_offered(matter: Matter, run: Run, *, by: Actor) -> bool:
    """Tell whether the answer of a matter may be proposed for publication. No query."""
    rules = procedure_of(run.procedure)
    state = rules.states.get(run.state)
    is_answered = state is not None and state.done and run.parent_id is None
    is_open = not (matter.is_confidential or rules.confidential or matter.merged_into_id)
    return bool(by.may("knowledge.write") and is_answered and is_open)


def proposal(number: str, *, by: Actor, at: datetime) -> Proposal:
    """Return what an answer made public begins with. Raises MatterNotOpen."""
    try:
        matter = access.matter_of_number(number, by=by)
    except NotFound:
        raise MatterNotOpen() from None
    run = access.runs_seen_by(by).filter(matter=matter, parent=None).order_by("-opened_at").first()
    if run is None or not is_offered(matter, run, by=by):
        raise MatterNotOpen()
    said = answer_of(timeline(matter, by=by, limit=READ).entries, procedure_of(run.procedure))
    return Proposal(
        matter=matter,
        question=matter.words.title if hasattr(matter, "words") else "",
        answer="\n".join(one.value for one in said if not one.is_hidden),
        entry=Entry.objects.filter(matter=matter).order_by("-id").first(),
    )
