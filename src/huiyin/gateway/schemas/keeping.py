"""Correcting a matter, showing who it is, keeping it and deleting from it."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.shared import In, Json


class ReclassifyIn(In):
    """What a matter is really about; what is left out stays."""

    reason: str = Field(max_length=500, description="Why, in at least five characters.")
    category: str | None = Field(None, max_length=16, description="The code of the category.")
    place: str | None = Field(None, max_length=32, description="The code of the place.")
    accused: list[str] | None = Field(
        None, max_length=20, description="Codes of the units it complains of; all of them."
    )


class WrittenOut(Schema):
    """What was written."""

    number: str = Field(description="Of the matter.")
    run: UUID = Field(description="On which run.")
    event: int = Field(description="The number of the event in its run.")


class RevealIn(In):
    """Why somebody has to be known."""

    purpose: str = Field(max_length=200, description="What for; the person can read it.")


class RevealedOut(Schema):
    """Somebody's clear data."""

    name: str = Field(description="Their name.", examples=["李娟"])
    phone: str = Field(description="Their number.", examples=["15400000001"])


class PhoneIn(In):
    """The number of a caller."""

    phone: str = Field(max_length=40, description="A mobile number.", examples=["15400000001"])
    purpose: str = Field(max_length=200, description="What for; it is written down.")


class HoldIn(In):
    """Why a matter must be kept."""

    reason: str = Field(max_length=200, description="Why.", examples=["行政诉讼正在审理"])
    until: date | None = Field(None, description="The last day; until it is lifted without one.")


class HoldOut(Schema):
    """A hold: nothing of the matter is deleted while it is in force."""

    id: UUID = Field(description="Its id.")
    reason: str = Field(description="Why.")
    placed_at: datetime = Field(description="Since when.")
    until: date | None = Field(description="The last day.")
    lifted_at: datetime | None = Field(description="When it was lifted.")


class HoldsOut(Schema):
    """All holds of a matter, those that are over too; the latest first."""

    holds: list[HoldOut] = Field(description="The holds.")


class RedactIn(In):
    """An order to delete: of one event, of a run, or of the whole matter when neither is named."""

    order_no: str = Field(max_length=200, description="The order.", examples=["夏信法〔2026〕12号"])
    legal_basis: str = Field(
        max_length=200, description="Its basis.", examples=["个人信息保护法第四十七条"]
    )
    run: UUID | None = Field(None, description="Only this run, with those inside it.")
    event: UUID | None = Field(None, description="Only this event, as the timeline names it.")
    contacts: list[UUID] = Field(
        [], max_length=20, description="People of the matter who are made nameless as well."
    )


class RedactedOut(Schema):
    """What tells of the deletion."""

    number: str = Field(description="Of the matter.")
    events: list[UUID] = Field(description="The events that name the order, one on each run.")


class OwnCopyOut(Schema):
    """Everything that is kept about whoever asks."""

    written_at: datetime = Field(description="When it was put together.")
    matters: list[Json] = Field(
        description="Each with `number`, `title`, `text`, `you` and `timeline`."
    )
