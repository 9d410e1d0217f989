"""Figures: how many there are, by whatever they are counted by."""

from datetime import date

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.reference import UnitRefOut
from huiyin.matters.models import Measure


class FigureOut(Schema):
    """One count; what it is not grouped by is none."""

    day: date | None = Field(description="On which day.")
    procedure: str | None = Field(description="Of which procedure.")
    state: str | None = Field(description="In which state.")
    category: str | None = Field(description="The code of the class; none also for no class.")
    county: str | None = Field(description="The code of the county; none also for the whole city.")
    town: str | None = Field(description="The code of the town; none also for all that is above.")
    unit: UnitRefOut | None = Field(description="With which unit; none also for no unit.")
    count: int = Field(description="How many.")


class FiguresOut(Schema):
    """Counts of a place, exact at this moment."""

    measure: Measure = Field(description="What is counted.")
    place: str = Field(description="The code of the place.", examples=["371427002"])
    total: int = Field(description="All of them together.")
    figures: list[FigureOut] = Field(description="A page of the groups, in their order.")
    next: str | None = Field(description="The cursor of the page after; none at the end.")
