"""A small city with units, in plain fixed values."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from huiyin.categories import tree
from huiyin.categories.models import Category
from huiyin.places.bulk import PlaceRow, insert_places
from huiyin.places.models import Place, PlaceKind
from huiyin.units import verbs
from huiyin.units.models import Unit, UnitKind

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 2)  # a Monday
TOMORROW = date(2026, 3, 3)
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)


@dataclass(frozen=True)
class Clerk:
    """Somebody who acts."""

    account_id: UUID | None


CLERK = Clerk(UUID("019cae00-0000-7000-8000-000000000001"))

CITY, COUNTY, ZONE, TOWN, VILLAGE, GRID = (
    *("371400000000", "371402000000", "371471000000"),
    *("371471001000", "371471001001", "371471001001001"),
)
_PLACES = (
    PlaceRow(code=CITY, name="德州市", kind=PlaceKind.CITY),
    PlaceRow(code=COUNTY, name="德城区", kind=PlaceKind.DISTRICT, parent_code=CITY),
    PlaceRow(
        code=ZONE,
        name="德州天衢新区",
        kind=PlaceKind.FUNCTIONAL_ZONE,
        parent_code=CITY,
        overlay_parent_code=COUNTY,
    ),
    PlaceRow(code=TOWN, name="长河街道", kind=PlaceKind.SUBDISTRICT, parent_code=ZONE),
    PlaceRow(code=VILLAGE, name="尚德社区居委会", kind=PlaceKind.COMMUNITY, parent_code=TOWN),
    PlaceRow(code=GRID, name="第1网格", kind=PlaceKind.GRID_BASIC, parent_code=VILLAGE),
)


def the_places() -> dict[str, Place]:
    """A city, a district, a zone on its land, and one line down to a grid."""
    with transaction.atomic():
        made = insert_places(_PLACES, by=CLERK, at=NOW)
    return {code: Place.objects.get(id=place.id) for code, place in made.items()}


def a_unit(
    code: str,
    kind: UnitKind,
    place: Place,
    *,
    name: str = "",
    superior: Unit | None = None,
    **more: Any,
) -> Unit:
    return verbs.register_unit(
        code=code,
        name=name or f"{place.name}{UnitKind(kind).value}",
        kind=kind,
        place_id=place.id,
        superior_id=superior.id if superior else None,
        by=CLERK,
        at=NOW,
        **more,
    )


def a_category(code: str, *, owner_kind: str = "", name: str = "") -> Category:
    made = Category.objects.create(
        code=code,
        parent=Category.objects.filter(code=code[:-2]).first(),
        name_zh=name or f"类{code}",
        name_en=f"Class {code}",
        owner_kind=owner_kind,
    )
    tree.forget()
    return made
