"""Whoever asks, and what they were told."""

from datetime import datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.models import Right
from huiyin.gateway.schemas.shared import In


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
