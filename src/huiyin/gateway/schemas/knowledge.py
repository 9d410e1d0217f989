"""Entries of the knowledge base as the API sends them."""

from datetime import date, datetime
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.reference import UnitRefOut
from huiyin.knowledge.models import Kind, State


class KnowledgeOut(Schema):
    """A question with its answer, as it is in use."""

    id: UUID = Field(description="Its id.")
    code: str = Field(description="Its code, to be read out.", examples=["ZS-7K4M2"])
    kind: Kind = Field(description="What it is for; scripts are sent to staff only.")
    title: str = Field(description="The question.", examples=["打 12345 多久有答复"])
    text: str = Field(description="The answer.")
    categories: list[str] = Field(description="Codes of the classes it answers for.")
    places: list[UUID] = Field(description="Where it holds; none: in the whole city.")
    source: str = Field(description="Law or document it rests on, or empty.")
    owner: UnitRefOut = Field(description="The unit that keeps it right.")
    published_at: datetime = Field(description="When this version came into use.")
    version: int = Field(description="Which version is in use.")
    valid_from: date | None = Field(description="Since when it holds, if not always.")
    valid_to: date | None = Field(description="The first day on which it is over.")
    review_on: date = Field(description="The day by which somebody looks at it again.")
    waits_for_review: bool = Field(description="Whether that day has come.")
    state: State | None = Field(description="Where its latest version stands; for staff only.")


class KnowledgeListOut(Schema):
    """Entries in use: those that fit the words, best first; else all, the newest first."""

    entries: list[KnowledgeOut] = Field(description="At most `limit`.")
    next: str | None = Field(description="Send it as `cursor` for the page after; never of words.")
