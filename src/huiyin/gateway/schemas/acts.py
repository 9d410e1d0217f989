"""What can be done, and what an act wrote."""

from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.matters import RunOut
from huiyin.gateway.schemas.reference import ActionOut, UnitRefOut
from huiyin.gateway.schemas.shared import Error, In, Instant, Json


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
    occurred_at: Instant | None = Field(
        None, description="When it really happened, of what is entered late."
    )


class ActOut(Schema):
    """What an act wrote."""

    number: str = Field(description="Of the matter.")
    event: int = Field(description="The number of the event in its run.")
    is_repeat: bool = Field(description="Whether the key had given this answer before.")
    run: RunOut = Field(description="The run as it is now.")


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
