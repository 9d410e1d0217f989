"""Places, categories, units and procedures as the API sends them."""

from typing import Any
from uuid import UUID

from ninja import Schema
from pydantic import Field

from huiyin.gateway.schemas.shared import Level, ProcedureName
from huiyin.places.models import PlaceKind
from huiyin.procedures.language import ClockKind, FieldType
from huiyin.units.models import UnitKind


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
    colleague_of: str = Field(
        description="Of a colleague: the field that names their unit; empty: your own unit."
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
