"""Matters, their people, runs, limits and timeline."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.dispatch.models import Level as HowUrgent
from huiyin.gateway.schemas.files import FileOut
from huiyin.gateway.schemas.reference import CategoryOut, PlaceOut, ProcedureRef, UnitRefOut
from huiyin.gateway.schemas.shared import In, Instant, Json, Line, ProcedureName
from huiyin.matters.inbox import Tray
from huiyin.matters.models import Channel
from huiyin.procedures.language import ClockKind
from huiyin.procedures.runs import Outcome, Status


class PersonIn(In):
    """Somebody a matter is about."""

    name: str = Field("", max_length=60, description="Their name, as far as they gave it.")
    phone: str = Field("", max_length=40, description="A mobile number.", examples=["15400000001"])
    side: str = Field("", max_length=20, description="Of a dispute: `applicant`, `respondent`.")
    is_anonymous: bool = Field(False, description="Whether they do not want to be named.")
    wants_secrecy: bool = Field(False, description="Whether not even the unit may know them.")


class MatterIn(In):
    """A matter to be opened."""

    procedure: ProcedureName = Field(description="In which procedure.", examples=["hotline"])
    action: str = Field(
        max_length=60, description="An action of it that opens.", examples=["accept_call"]
    )
    title: Line = Field(description="In a few words.", examples=["路灯不亮"])
    text: str = Field("", max_length=8_000, description="In the person's own words.")
    address: str = Field("", max_length=200, description="Where exactly.")
    place: str = Field(max_length=32, description="The code of the place.", examples=["371427002"])
    category: str | None = Field(None, max_length=16, description="The code of the category.")
    channel: Channel = Field(
        Channel.ONLINE, description="How it came; of people themselves it is always `online`."
    )
    occurred_at: Instant | None = Field(
        None, description="When it came in, of what is entered late."
    )
    lon: float | None = Field(None, ge=-180, le=180, description="WGS84.")
    lat: float | None = Field(None, ge=-90, le=90, description="WGS84.")
    reporter: PersonIn | None = Field(
        None, description="Who brought it, where staff enter it; people are it themselves."
    )
    parties: list[PersonIn] = Field([], max_length=20, description="The sides of a dispute.")
    accused: list[str] = Field(
        [], max_length=20, description="Codes of the units it complains of; they never see it."
    )
    form: Json = Field(
        {},
        description="The form of the opening action. `place` and `category` are filled in from "
        "above where they are left out.",
        max_length=100,
    )


class StateRef(Schema):
    """A state, named."""

    name: str = Field(description="Its name.", examples=["dispatched"])
    label: str = Field(description="What it is called.", examples=["已派单"])
    plain: str = Field(description="What it means to the resident, or empty.")
    owner: str = Field(description="Who has to act next, or empty.")


class ClockOut(Schema):
    """A limit of a run."""

    name: str = Field(description="Its name.", examples=["promise"])
    label: str = Field(description="What it is called.", examples=["承诺办结时间"])
    kind: ClockKind = Field(description="What it measures.")
    status: Status = Field(description="How it stands.")
    started_at: datetime = Field(description="Since when it counts.")
    due_on: date = Field(description="The last day in time, in the city.")
    due_at: datetime = Field(description="The instant it is over.")
    is_provisional: bool = Field(description="Whether the calendar of that year is not out yet.")
    is_right: bool = Field(description="Whether a right ends with it, rather than a duty.")
    overdue_at: datetime | None = Field(description="When its end was recorded as a fault.")
    ended_at: datetime | None = Field(description="When it ended.")
    outcome: Outcome | None = Field(description="Why it ended.")


class AssignmentOut(Schema):
    """A unit that holds a role in a run now."""

    role: str = Field(description="Which role.", examples=["lead"])
    unit: UnitRefOut = Field(description="Which unit.")
    since: datetime = Field(description="Since when.")


class RunOut(Schema):
    """One procedure on a matter."""

    id: UUID = Field(description="Its id.")
    procedure: ProcedureRef = Field(description="Which procedure.")
    parent: UUID | None = Field(description="The run it is part of.")
    state: StateRef = Field(description="Where it is.")
    events: int = Field(description="The number of its last event: send it as `expected`.")
    opened_at: datetime = Field(description="When it began.")
    changed_at: datetime = Field(description="When something was last done.")
    done_at: datetime | None = Field(description="When the service was first delivered.")
    due_at: datetime | None = Field(description="The nearest end of a duty.")
    is_done: bool = Field(description="Whether the service has been delivered.")
    is_closed: bool = Field(description="Whether it is closed.")
    is_over: bool = Field(description="Whether nothing more is possible.")
    clocks: list[ClockOut] = Field(description="Its limits, the nearest first.")
    assignments: list[AssignmentOut] = Field(description="Which units have it now.")


class ContactOut(Schema):
    """A person of a matter, as far as whoever asks may see them."""

    id: UUID = Field(description="The id forms take.")
    role: str = Field(description="`reporter` or `party`.")
    side: str = Field(description="Of a dispute, or empty.")
    name: str = Field(description="Their name, covered for others.", examples=["李**"])
    phone: str = Field(description="Their number, covered for others.", examples=["154****0001"])
    is_own: bool = Field(description="Whether it is whoever asks.")
    is_hidden: bool = Field(description="Whether nothing of them is shown.")


class MatterRef(Schema):
    """A matter in a list."""

    number: str = Field(description="Its number for life.", examples=["3714261112345678"])
    title: str = Field(description="In a few words.", examples=["路灯不亮"])
    channel: Channel = Field(description="How it came.")
    opened_at: datetime = Field(description="When it was recorded.")
    occurred_at: datetime | None = Field(description="When it came in, of what was entered late.")
    place: PlaceOut = Field(description="Where.")
    category: CategoryOut | None = Field(description="What it is about.")
    is_confidential: bool = Field(description="Whether it is found by its number only.")
    urgency: HowUrgent | None = Field(description="How urgent it is, as staff see it.")


class MatterOut(MatterRef):
    """A whole matter."""

    spoken: str = Field(
        description="The number as it is read out.", examples=["3714 2611 1234 5678"]
    )
    text: str = Field(description="In the person's own words.")
    address: str = Field(description="Where exactly.")
    urgent_words: list[str] = Field(description="The words that make it urgent; to staff.")
    call_first: str = Field(description="The number that comes first, or empty.")
    lon: float | None = Field(description="WGS84.")
    lat: float | None = Field(description="WGS84.")
    contacts: list[ContactOut] = Field(description="Its people, as far as they may be seen.")
    runs: list[RunOut] = Field(description="Its runs, the first first.")


class MattersOut(Schema):
    """A page of matters, the latest first."""

    matters: list[MatterRef] = Field(description="The matters.")
    next: str | None = Field(description="The cursor of the page after; none at the end.")


class DetailOut(Schema):
    """One value that was written in a form."""

    label: str = Field(description="What it is called.")
    value: str = Field(description="As it is shown; empty when it is not for whoever asks.")
    is_hidden: bool = Field(description="Whether there is a value that is not shown.")


class EntryOut(Schema):
    """One event."""

    id: UUID = Field(description="Its id.")
    run: UUID = Field(description="Of which run.")
    procedure: str = Field(description="Of which procedure.")
    action: str | None = Field(description="Which action; none when a clock went by itself.")
    sentence: str = Field(description="What happened, in one sentence.")
    who: str = Field(description="Who did it.")
    state: str = Field(description="The state after it.")
    recorded_at: datetime = Field(description="When it was recorded.")
    occurred_at: datetime | None = Field(description="When it happened, of what came late.")
    details: list[DetailOut] = Field(description="What was written.")
    files: list[FileOut] = Field(description="What was sent in with it, as far as it may be had.")
    is_redacted: bool = Field(description="Whether what was written has been deleted.")
    is_pending: bool = Field(description="Whether others still have to agree.")
    is_own: bool = Field(description="Whether whoever asks did it.")


class TimelineOut(Schema):
    """A page of the timeline, the latest first."""

    entries: list[EntryOut] = Field(description="The events.")
    next: str | None = Field(description="The cursor of the page after; none at the end.")


class TrayCount(Schema):
    """How much lies in a tray."""

    tray: Tray = Field(description="Which tray.")
    count: int = Field(description="How many runs.")


class InboxOut(Schema):
    """The desk of a post."""

    trays: list[TrayCount] = Field(description="All trays, in the order of the desk.")


class TrayRun(Schema):
    """A run on the desk."""

    number: str = Field(description="The number of its matter.")
    title: str = Field(description="What it is about, in a few words.")
    urgency: HowUrgent = Field(description="How urgent it is.")
    run: RunOut = Field(description="The run.")


class TrayOut(Schema):
    """A page of a tray: what is due first comes first, of what is done the latest."""

    runs: list[TrayRun] = Field(description="The runs.")
    next: str | None = Field(description="The cursor of the page after; none at the end.")
