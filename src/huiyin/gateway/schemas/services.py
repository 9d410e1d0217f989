"""The catalogue of services and the times that are free."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from ninja import Schema
from pydantic import Field


class ServiceOut(Schema):
    """A service of the catalogue, as it is today."""

    code: str = Field(description="Its code: send it as `item` of an order.", examples=["FW-01"])
    version: int = Field(description="Which version is in force; an order keeps it.")
    title: str = Field(description="What it is.", examples=["上门法律咨询"])
    mode: Literal["online", "visit", "both"] = Field(description="How it is given.")
    category: str | None = Field(description="The code of its class, if it has one.")
    for_whom: str = Field(description="Who it is for, or empty: everybody.")
    documents: str = Field(description="What to have ready, or empty.")
    promise_days: int = Field(description="Within so many working days.")
    slot_minutes: int = Field(description="How long a visit takes.")
    price: Decimal = Field(description="Always 0, in yuan.")


class ServicesOut(Schema):
    """The catalogue."""

    services: list[ServiceOut] = Field(description="By code.")


class SlotOut(Schema):
    """A time that is still free."""

    key: str = Field(description="Send it as `slot`.", examples=["DP-01@2026-12-01T09:00"])
    unit: str = Field(description="Who comes.")
    starts_at: datetime = Field(description="From.")
    ends_at: datetime = Field(description="Until.")
    free: int = Field(description="For how many visits there is room.")


class SlotsOut(Schema):
    """The times of a service that are still free."""

    slots: list[SlotOut] = Field(description="The earliest first.")
