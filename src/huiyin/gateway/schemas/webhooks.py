"""Webhooks and their messages."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.models import EventKind, MessageState
from huiyin.gateway.schemas.shared import In, Instant, Json, ProcedureName


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

    since: Instant = Field(description="From then on.")
    until: Instant | None = Field(None, description="Until then; now when left out.")


class ReplayOut(Schema):
    """How much is sent again."""

    count: int = Field(description="How many messages.")
