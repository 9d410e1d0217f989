"""One-time links."""

from datetime import datetime

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.reference import ActionOut
from huiyin.gateway.schemas.shared import In, Json


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
