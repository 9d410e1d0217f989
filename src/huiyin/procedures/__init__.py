"""Procedures as data: what may be done, by whom, from where, by when, under which law.

Pure: no Django, no database, no clock of its own. The language: docs/procedure-language.md.

    decide(procedure, run, action, form, actor, now, facts) → Decision | Refusal
    possible(procedure, run, actor, now, facts)             → every action, open or why not
    expire(procedure, run, clock, now, facts)               → what the end of a limit means
    child_done(procedure, run, child, result, now, facts)   → what the end of a child run means
"""

from huiyin.procedures.deciding import child_done, decide, expire, new_run, possible
from huiyin.procedures.decisions import Decision, Possible, Refusal
from huiyin.procedures.language import Procedure
from huiyin.procedures.reading import ReadingError, read_procedure
from huiyin.procedures.runs import SYSTEM, Actor, Clock, Facts, Snapshot, Who
from huiyin.procedures.timing import due_clocks, terms_of

__all__ = [
    "SYSTEM",
    "Actor",
    "Clock",
    "Decision",
    "Facts",
    "Possible",
    "Procedure",
    "ReadingError",
    "Refusal",
    "Snapshot",
    "Who",
    "child_done",
    "decide",
    "due_clocks",
    "expire",
    "new_run",
    "possible",
    "read_procedure",
    "terms_of",
]
