"""What the API sends and takes. Labels are in the language of the request."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Schema
from pydantic import AwareDatetime, ConfigDict, Field

from huiyin.dispatch.models import Level as HowUrgent
from huiyin.gateway.models import EventKind, MessageState, Right
from huiyin.matters.inbox import Tray
from huiyin.matters.models import Channel
from huiyin.places.models import PlaceKind, PlaceLevel
from huiyin.procedures import library
from huiyin.procedures.language import ClockKind, FieldType
from huiyin.procedures.runs import Outcome, Status
from huiyin.units.models import UnitKind

Json = dict[str, Any]


def _one_of(values: Any) -> dict[str, Any]:
    return {"enum": [str(value) for value in values]}


# A text that may be written down; the parser has refused what is no text.
Line = Annotated[str, Field(min_length=1, max_length=120)]
ProcedureName = Annotated[str, Field(json_schema_extra=_one_of(sorted(library.procedures())))]
Level = Annotated[str, Field(json_schema_extra=_one_of(one.name.lower() for one in PlaceLevel))]


class In(Schema):
    """What is sent: an unknown name is a mistake and not passed over."""

    model_config = ConfigDict(extra="forbid")


class Alternative(Schema):
    """Something that can be done instead."""

    action: str = Field(description="The name of the action.", examples=["remind"])
    label: str = Field(description="What it is called.", examples=["催办"])


class Error(Schema):
    """Why not: the one shape of every error."""

    code: str = Field(description="For programs; it does not change.", examples=["run.not_yours"])
    message: str = Field(
        description="For people, in the language asked for: what happened and what to do next.",
        examples=["“派单”由派单员办理，请联系对方。"],
    )
    data: Json = Field(
        description="What the code is about; `errors` has one sentence for each wrong field.",
        examples=[{}],
    )
    alternatives: list[Alternative] = Field(
        description="What whoever asks can do with this run now.", examples=[[]]
    )


# --- reference ----------------------------------------------------------------------------------


class PlaceOut(Schema):
    """A place of the city."""

    id: UUID = Field(description="The id forms take.")
    code: str = Field(description="Its code of today.", examples=["371427002"])
    name: str = Field(description="Its name.", examples=["北城街道"])
    full_name: str = Field(description="Its name with those above it.")
    level: Level = Field(description="Its level.")
    kind: PlaceKind = Field(description="What kind of place it is.")
    parent: str | None = Field(description="The code of the place above it.")


class PlacesOut(Schema):
    """Places that fit, the best first."""

    places: list[PlaceOut] = Field(description="At most `limit`.")


class CategoryOut(Schema):
    """What a matter can be about."""

    id: UUID = Field(description="The id forms take.")
    code: str = Field(description="Its code; the codes below it begin with it.", examples=["0101"])
    name: str = Field(description="Its name.", examples=["路灯不亮"])
    parent: str | None = Field(description="The code of the class above it.")
    is_leaf: bool = Field(description="Whether a matter can be of this class itself.")
    call_first: str = Field(
        description="A number to call before anything else, or empty.", examples=["119"]
    )


class CategoriesOut(Schema):
    """Categories: all of them by code, or those that fit the words, the best first."""

    categories: list[CategoryOut] = Field(description="The categories.")


class UnitRefOut(Schema):
    """A unit, named."""

    id: UUID = Field(description="The id forms take.")
    code: str = Field(description="The city's own key of it.")
    name: str = Field(description="Its name.", examples=["夏津县住房和城乡建设局"])


class UnitOut(UnitRefOut):
    """A unit that works on matters."""

    kind: UnitKind = Field(description="What kind of unit it is.")
    function: str = Field(description="What it works on, of departments.", examples=["housing"])
    place: str = Field(description="The code of its place.")
    phone: str = Field(description="Its public line, or empty.")
    address: str = Field(description="Where it is, or empty.")


class UnitsOut(Schema):
    """Units that fit, the best first."""

    units: list[UnitOut] = Field(description="At most `limit`.")


class ResponsibleOut(Schema):
    """Who is responsible, and why."""

    unit: UnitRefOut | None = Field(description="The unit; none when somebody has to decide.")
    found: str = Field(description="How it was found: `duty`, `fallback` or `nobody`.")
    reason: str = Field(description="Why, in one sentence.")
    others: list[str] = Field(description="Other units with a duty here, the nearest first.")


class Option(Schema):
    """One value to choose."""

    value: str = Field(description="What is sent.")
    label: str = Field(description="What it is called.")


class FormField(Schema):
    """One field of a form, with everything its value has to be."""

    name: str = Field(description="Its name in `form`.")
    label: str = Field(description="What it is called.")
    type: FieldType = Field(description="What it takes; ids of units and others as texts.")
    required: bool = Field(description="Whether it has to be filled in, when it is shown.")
    hint: str = Field(description="What to write there, or empty.")
    options: list[Option] = Field(description="Of a choice.")
    at_least: float | None = Field(description="Smallest number, length or count.")
    at_most: float | None = Field(description="Largest number, length or count.")
    decimals: int = Field(description="How many decimals a number may have.")
    one_line: bool = Field(description="Whether a text has one line.")
    past: bool = Field(description="Whether it must not be after now.")
    future: bool = Field(description="Whether it must not be before now.")
    accept: list[str] = Field(description="Kinds of files.")
    personal: bool = Field(description="Whether it may hold personal data.")
    when: dict[str, list[Any]] = Field(
        description="It is asked for only when these fields have one of these values."
    )


class ActionOut(Schema):
    """One thing a procedure allows."""

    name: str = Field(description="Its name.", examples=["dispatch"])
    label: str = Field(description="What it is called.", examples=["派单"])
    hint: str = Field(description="What to know before, or empty.")
    law: str = Field(description="The article it rests on, or empty.")
    by: list[str] = Field(description="Whose act it is.")
    form: list[FormField] = Field(description="What has to be filled in.")


class ProcedureAction(ActionOut):
    """An action with the states it is taken in."""

    from_states: list[str] = Field(description="In which states; `new` opens a matter.")
    bulk: bool = Field(description="Whether it can be done to many runs at once.")


class StateOut(Schema):
    """Where a run can be."""

    name: str = Field(description="Its name.", examples=["dispatched"])
    label: str = Field(description="What it is called.", examples=["已派单"])
    plain: str = Field(description="What the resident reads, or empty.")
    owner: str = Field(description="Who has to act next, or empty at the end.")
    is_done: bool = Field(description="Whether the service has been delivered.")
    is_closed: bool = Field(description="Whether only rating, reopening and filing are left.")
    is_end: bool = Field(description="Whether nothing more is possible.")


class ClockRuleOut(Schema):
    """A limit of a procedure."""

    name: str = Field(description="Its name.", examples=["promise"])
    label: str = Field(description="What it is called.")
    law: str = Field(description="The article that fixes it; empty where the city does.")
    kind: ClockKind = Field(description="What it measures.")
    is_right: bool = Field(description="Whether a right ends with it, rather than a duty.")


class ProcedureRef(Schema):
    """A procedure, named."""

    name: ProcedureName = Field(description="Its name.")
    version: int = Field(description="Its version.")
    title: str = Field(description="What it is called.", examples=["12345 热线工单"])
    is_child: bool = Field(description="Whether it only runs inside another one.")
    is_confidential: bool = Field(description="Whether its matters are found by number only.")


class ProceduresOut(Schema):
    """All procedures."""

    procedures: list[ProcedureRef] = Field(description="By name.")


class ProcedureOut(ProcedureRef):
    """A whole procedure."""

    law: str = Field(description="The law it follows, or empty.")
    states: list[StateOut] = Field(description="In the order of the file.")
    clocks: list[ClockRuleOut] = Field(description="In the order of the file.")
    actions: list[ProcedureAction] = Field(description="In the order of the file.")


# --- matters ------------------------------------------------------------------------------------


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
    occurred_at: AwareDatetime | None = Field(
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


# --- acts ---------------------------------------------------------------------------------------


class Why(Schema):
    """The one reason against an action."""

    code: str = Field(description="For programs.", examples=["run.not_from_here"])
    message: str = Field(description="For people.")


class PossibleOut(ActionOut):
    """An action as whoever asks finds it now."""

    is_open: bool = Field(description="Whether it can be done now.")
    why_not: Why | None = Field(description="The reason against it, when it cannot.")


class ActionsOut(Schema):
    """Every action of a run, in the order of the procedure: open, or why not."""

    run: UUID = Field(description="The run.")
    events: int = Field(description="The number of its last event: send it as `expected`.")
    actions: list[PossibleOut] = Field(description="The actions.")


class SuggestedAct(Schema):
    """An act by which a unit can be given the run now."""

    action: str = Field(description="Which act.", examples=["dispatch"])
    field: str = Field(description="The field of its form for the unit.", examples=["to_unit"])


class SuggestionOut(Schema):
    """Which unit a run should go to."""

    unit: UnitRefOut | None = Field(description="The unit; none when somebody has to decide.")
    found: str = Field(
        description="How it was found: `duty`, `fallback`, `nobody`; empty without a class."
    )
    reason: str = Field(description="Why, in one sentence.")
    others: list[str] = Field(description="Other units with a duty here, the nearest first.")
    data: Json = Field(description="The whole answer: candidates, duties, places.")
    acts: list[SuggestedAct] = Field(description="What whoever asks could do about it.")


class ActIn(In):
    """An act."""

    form: Json = Field(
        {}, max_length=100, description="What is filled in, by the names of the fields.",
        examples=[{"note": "已联系物业。"}],
    )  # fmt: skip
    expected: int | None = Field(
        None, ge=0, le=2_000_000_000,
        description="The number of the last event seen; refused when there is a later one.",
    )  # fmt: skip
    occurred_at: AwareDatetime | None = Field(
        None, description="When it really happened, of what is entered late."
    )


class ActOut(Schema):
    """What an act wrote."""

    number: str = Field(description="Of the matter.")
    event: int = Field(description="The number of the event in its run.")
    is_repeat: bool = Field(description="Whether the key had given this answer before.")
    run: RunOut = Field(description="The run as it is now.")


class ServiceOut(Schema):
    """A service of the catalogue, as it is today."""

    code: str = Field(description="Its code: send it as `item` of an order.", examples=["FW-01"])
    version: int = Field(description="Which version is in force; an order keeps it.")
    title: str = Field(description="What it is.", examples=["上门法律咨询"])
    mode: Literal["online", "visit", "both"] = Field(description="How it is given.")
    category: str | None = Field(description="The code of its class, if it has one.")
    for_whom: str = Field(description="Who it is for, or empty: everybody.")
    documents: str = Field(description="What to have ready, or empty.")
    promise_days: int = Field(description="Within so many working days.")
    slot_minutes: int = Field(description="How long a visit takes.")
    price: Decimal = Field(description="Always 0, in yuan.")


class ServicesOut(Schema):
    """The catalogue."""

    services: list[ServiceOut] = Field(description="By code.")


class SlotOut(Schema):
    """A time that is still free."""

    key: str = Field(description="Send it as `slot`.", examples=["DP-01@2026-12-01T09:00"])
    unit: str = Field(description="Who comes.")
    starts_at: datetime = Field(description="From.")
    ends_at: datetime = Field(description="Until.")
    free: int = Field(description="For how many visits there is room.")


class SlotsOut(Schema):
    """The times of a service that are still free."""

    slots: list[SlotOut] = Field(description="The earliest first.")


class LinkIn(In):
    """What is said by a one-time link."""

    form: Json = Field(
        {}, max_length=100, description="What is filled in, by the names of the fields.",
        examples=[{"satisfaction": "satisfied"}],
    )  # fmt: skip


class LinkOut(Schema):
    """What a one-time link shows."""

    number: str = Field(description="Of the matter.")
    state: str = Field(description="Where it is, in plain words; empty of a confidential matter.")
    promised_at: datetime | None = Field(description="Until when an answer is promised.")
    expires_at: datetime = Field(description="When the link ends.")
    action: ActionOut | None = Field(description="Its one act; none of a link that only shows.")


class LinkActOut(Schema):
    """What came of a one-time link."""

    number: str = Field(description="Of the matter.")
    event: int = Field(description="The number of the event in its run.")


class CallFirst(Schema):
    """Whom to call before anything else, and what to do until somebody comes."""

    number: str = Field(description="The number to call at once.", examples=["119"])
    advice: list[str] = Field(description="What to do meanwhile.")


class OpenedOut(ActOut):
    """A matter that was opened. Taken in it is in any case."""

    call_first: CallFirst | None = Field(description="In danger: whom to call first.")


class ActsIn(In):
    """One action on many runs."""

    runs: list[UUID] = Field(min_length=1, max_length=200, description="Which runs.")
    action: str = Field(max_length=60, description="Which action.", examples=["dispatch"])
    form: Json = Field({}, max_length=100, description="What is filled in, for all alike.")


class ActsOne(Schema):
    """What became of one of the runs."""

    run: UUID = Field(description="The run.")
    is_done: bool = Field(description="Whether it was done.")
    state: str | None = Field(description="The state after it.")
    event: int | None = Field(description="The number of the event.")
    error: Error | None = Field(description="Why not.")


class ActsOut(Schema):
    """What became of each run, in the order they were named."""

    runs: list[ActsOne] = Field(description="The runs.")


# --- own ----------------------------------------------------------------------------------------


class PostOut(Schema):
    """A post somebody can work in."""

    key: str = Field(description="For the header Huiyin-Post.", examples=["post:01989f4e-…"])
    title: str = Field(description="What it is called.")
    unit: str = Field(description="Its unit.")
    acting_for: str = Field(description="Whose post it is, while acting for them; or empty.")
    is_current: bool = Field(description="Whether this request was made in it.")


class MeOut(Schema):
    """Whoever asks."""

    account: UUID = Field(description="The account.")
    kind: str = Field(description="`staff` or `resident`.")
    name: str = Field(description="The name.")
    permissions: list[str] = Field(description="What the post may do.")
    posts: list[PostOut] = Field(description="The posts to choose from; of a token its own.")
    rights: list[Right] = Field(description="What the token may be used for; all in a session.")
    token_expires_at: datetime | None = Field(description="When the token ends.")


class NoticeOut(Schema):
    """Something whoever asks was told."""

    id: UUID = Field(description="Its id.")
    subject: str = Field(description="In a few words; may be empty.")
    body: str = Field(description="The text.")
    at: datetime = Field(description="Since when it is there.")
    link: str = Field(description="The page it leads to, or empty.")
    is_read: bool = Field(description="Whether whoever asks has read it.")


class NoticesOut(Schema):
    """A page of notices, the latest first."""

    notices: list[NoticeOut] = Field(description="The notices.")
    unread: int = Field(description="How many are not read; counted up to 100.")
    next: str | None = Field(description="The cursor of the page after; none at the end.")


class ReadIn(In):
    """Which notices were read."""

    ids: list[UUID] = Field(min_length=1, max_length=100, description="Which ones.")


class ReadOut(Schema):
    """How many were marked."""

    marked: int = Field(description="How many had not been read before.")


# --- webhooks -----------------------------------------------------------------------------------


class WebhookIn(In):
    """A webhook to be added."""

    url: str = Field(
        max_length=500, description="A public https address.",
        examples=["https://example.com/huiyin"],
    )  # fmt: skip
    kinds: list[EventKind] = Field(min_length=1, description="What to tell of.")
    procedures: list[ProcedureName] = Field(
        [], max_length=40, description="Only of these; empty: of all that are not confidential."
    )
    place: str | None = Field(None, max_length=32, description="Only in the place of this code.")


class WebhookOut(Schema):
    """A webhook."""

    id: UUID = Field(description="Its id.")
    url: str = Field(description="Where it goes.")
    kinds: list[EventKind] = Field(description="What it tells of.")
    procedures: list[str] = Field(description="Only of these; empty: of all.")
    place: str | None = Field(description="Only in the place of this code.")
    created_at: datetime = Field(description="Since when.")
    failing_since: datetime | None = Field(description="Since when nothing arrives.")
    is_disabled: bool = Field(description="Whether it was disabled after failing for long.")


class NewWebhookOut(WebhookOut):
    """A new webhook with its secret, which is shown this once."""

    secret: str = Field(description="Signs what is sent; keep it.", examples=["whsec_…"])


class WebhooksOut(Schema):
    """The webhooks of the token."""

    webhooks: list[WebhookOut] = Field(description="The first first.")


class MessageOut(Schema):
    """One message of a webhook."""

    id: UUID = Field(description="The webhook-id it is sent under.")
    kind: EventKind = Field(description="What it tells of.")
    payload: Json = Field(description="What is sent.")
    state: MessageState = Field(description="How it stands.")
    put_at: datetime = Field(description="When it happened.")
    due_at: datetime = Field(description="When it is tried next, while it waits.")
    tries: int = Field(description="How often it was tried.")
    last_status: int | None = Field(description="The last status of HTTP; none: no answer.")
    delivered_at: datetime | None = Field(description="When it was taken.")


class MessagesOut(Schema):
    """A page of messages, the latest first."""

    messages: list[MessageOut] = Field(description="The messages.")
    next: str | None = Field(description="The cursor of the page after; none at the end.")


class ReplayIn(In):
    """What to send again."""

    since: AwareDatetime = Field(description="From then on.")
    until: AwareDatetime | None = Field(None, description="Until then; now when left out.")


class ReplayOut(Schema):
    """How much is sent again."""

    count: int = Field(description="How many messages.")
