"""While somebody reports: what is alike, joining it, rating along."""

from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.matters import PersonIn
from huiyin.gateway.schemas.shared import In


class SimilarIn(In):
    """What somebody is about to report."""

    place: str = Field(max_length=32, description="The code of the place.", examples=["371427002"])
    text: str = Field(max_length=8_000, description="In their own words.", examples=["路灯不亮"])
    category: str | None = Field(None, max_length=16, description="The code of the category.")
    lon: float | None = Field(None, ge=-180, le=180, description="WGS84.")
    lat: float | None = Field(None, ge=-90, le=90, description="WGS84.")


class AlikeOut(Schema):
    """A matter that may be the same thing, in words anybody may read."""

    id: UUID = Field(description="To join it; it is not its number.")
    category: str = Field(description="What it is about, or empty.")
    place: str = Field(description="Where, down to the village.")
    opened_on: str = Field(description="On which day it came in.", examples=["2026-09-30"])
    state: str = Field(description="Where it is.", examples=["已派单"])
    reported_by: int = Field(description="How many have reported it.")
    score: float = Field(description="How alike it is, 0 to 1.")


class SimilarOut(Schema):
    """Matters that may be the same thing, the likeliest first."""

    matters: list[AlikeOut] = Field(description="At most three.")


class JoinIn(In):
    """Who joins: people themselves, or whoever staff enter."""

    person: PersonIn | None = Field(None, description="Who it is, where staff enter it.")


class RateIn(In):
    """How somebody who joined rates the answer."""

    stars: int = Field(ge=1, le=5, description="1 to 5.")
    text: str = Field("", max_length=2_000, description="In their own words.")


class JoinedOut(Schema):
    """The matter somebody belongs to now."""

    number: str = Field(description="Its number.", examples=["3714261112345678"])
    reported_by: int = Field(description="How many have reported it.")
    is_repeat: bool = Field(description="Whether they had done so before.")
