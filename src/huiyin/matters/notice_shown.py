"""The record that a person was told what is done with their data (PIPL arts. 17, 35)."""

from datetime import datetime
from typing import Final

from huiyin.matters.models import EventHeader, Run
from huiyin.matters.writing import record
from huiyin.people.actors import Actor

NOTICE_SHOWN: Final = "matters.notice_shown"


def note_notice(run: Run, *, notice: str, version: int, by: Actor, at: datetime) -> EventHeader:
    """Record on the timeline which notice, in which version, the person was shown.

    `run`: its matter is locked, or opened in this transaction. Nobody is told of it.
    """
    marks = {"notice": notice, "version": version}
    return record(run, NOTICE_SHOWN, {}, by=by, at=at, marks=marks)
