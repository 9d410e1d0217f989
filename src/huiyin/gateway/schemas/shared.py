"""What all schemas share: texts, names of procedures, and the one shape of an error."""

from datetime import UTC, datetime
from typing import Annotated, Any

from ninja import Schema
from pydantic import AfterValidator, AwareDatetime, ConfigDict, Field

from huiyin.places.models import PlaceLevel
from huiyin.procedures import library

Json = dict[str, Any]


def _one_of(values: Any) -> dict[str, Any]:
    return {"enum": [str(value) for value in values]}


# A text that may be written down; the parser has refused what is no text.
Line = Annotated[str, Field(min_length=1, max_length=120)]
ProcedureName = Annotated[str, Field(json_schema_extra=_one_of(sorted(library.procedures())))]
Level = Annotated[str, Field(json_schema_extra=_one_of(one.name.lower() for one in PlaceLevel))]


def _in_utc(at: datetime) -> datetime:
    """Return an instant in UTC: not every offset a clock can have is one the database knows."""
    try:
        return at.astimezone(UTC)
    except OverflowError:  # in the first hours of the calendar or the last
        return at.replace(tzinfo=UTC)


Instant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


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
