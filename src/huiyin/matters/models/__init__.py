"""The record: a matter is what happened, a run is one procedure on it, an event is one act.

The timeline is the truth: events are chained and only ever added. Everything else about a run is a
projection of its events, written by `huiyin.matters.writing` and nowhere else; `huiyin verify`
rebuilds and compares it.
"""

from huiyin.matters.models.clocks import KeeperState, RunClock, StepTaken
from huiyin.matters.models.events import EventBody, EventHeader, IdempotencyKey
from huiyin.matters.models.exports import Export, ExportFormat, ExportState
from huiyin.matters.models.files import Attachment, AttachmentUse, FileKind
from huiyin.matters.models.keeping import Anchor, AnchoredHead, LegalHold, Tombstone
from huiyin.matters.models.matter import Channel, Contact, ContactRole, Matter, MatterText
from huiyin.matters.models.outcome import CallBack, Link, Rating
from huiyin.matters.models.runs import NEVER, NOT_URGENT, RANKS, Assignment, Run
from huiyin.matters.models.tallies import Measure, Tally, TallyArea, TallyDelta

__all__ = [
    "NEVER",
    "NOT_URGENT",
    "RANKS",
    "Anchor",
    "AnchoredHead",
    "Assignment",
    "Attachment",
    "AttachmentUse",
    "CallBack",
    "Channel",
    "Contact",
    "ContactRole",
    "EventBody",
    "EventHeader",
    "Export",
    "ExportFormat",
    "ExportState",
    "FileKind",
    "IdempotencyKey",
    "KeeperState",
    "LegalHold",
    "Link",
    "Matter",
    "MatterText",
    "Measure",
    "Rating",
    "Run",
    "RunClock",
    "StepTaken",
    "Tally",
    "TallyArea",
    "TallyDelta",
    "Tombstone",
]
