"""A small city with duties, in plain fixed values; made by the real verbs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from huiyin.categories import tree
from huiyin.categories.models import Category
from huiyin.places.models import Place
from huiyin.units import verbs
from huiyin.units.models import Duty, OfficerRole, Unit, UnitKind
from huiyin.units.tests.factories import (
    CITY,
    CLERK,
    COUNTY,
    GRID,
    NOW,
    SHANGHAI,
    TODAY,
    TOMORROW,
    TOWN,
    VILLAGE,
    ZONE,
    a_category,
    a_unit,
    the_places,
)

__all__ = (
    "CITY",
    "CLERK",
    "COUNTY",
    "GRID",
    "NOW",
    "SHANGHAI",
    "TODAY",
    "TOMORROW",
    "TOWN",
    "VILLAGE",
    "ZONE",
    "a_category",
    "a_unit",
    "the_places",
)


def a_duty(
    unit: Unit,
    category: Category,
    place: Place,
    *,
    basis: str = "天衢新区权责清单",
    item_no: str = "12",
    **more: Any,
) -> Duty:
    return verbs.add_duty(
        unit_id=unit.id,
        category_id=category.id,
        place_id=place.id,
        basis=basis,
        item_no=item_no,
        by=CLERK,
        at=NOW,
        **more,
    )


def an_officer(unit: Unit, role: OfficerRole, name: str, phone: str = "") -> None:
    verbs.set_officer(
        unit_id=unit.id, role=role, name=name, phone=phone, on=TODAY, by=CLERK, at=NOW
    )


@dataclass
class City:
    """Offices of a city, a district, a zone on its land, a town and a village in the zone.

    Street lights (0202) belong to the zone's housing bureau; its branch (02) to the city's.
    """

    places: dict[str, Place]
    units: dict[str, Unit] = field(default_factory=dict)
    lights: Category = field(init=False)
    roads: Category = field(init=False)

    def __getitem__(self, code: str) -> Unit:
        return self.units[code]


def the_city() -> City:
    places = the_places()
    city = City(places)
    a_category("02", name="市政设施", owner_kind="department:housing")
    city.lights = a_category("0202", name="路灯不亮")
    city.roads = a_category("0201", name="道路破损")
    tree.forget()
    made = city.units

    def unit(code: str, kind: UnitKind, place: str, name: str, **more: Any) -> None:
        made[code] = a_unit(code, kind, places[place], name=name, **more)

    unit("GC-1", UnitKind.GOVERNANCE_CENTRE, CITY, "市综治中心")
    unit("GC-Z", UnitKind.GOVERNANCE_CENTRE, ZONE, "天衢综治中心", superior=made["GC-1"])
    unit("GC-D", UnitKind.GOVERNANCE_CENTRE, COUNTY, "德城综治中心", superior=made["GC-1"])
    unit("GC-T", UnitKind.GOVERNANCE_CENTRE, TOWN, "长河综治中心", superior=made["GC-Z"])
    unit("HC-1", UnitKind.HOTLINE_CENTRE, CITY, "市12345")
    unit("PO-Z", UnitKind.PETITION_OFFICE, ZONE, "天衢信访办")
    unit("HB-1", UnitKind.DEPARTMENT, CITY, "市住建局", function="housing")
    unit("HB-Z", UnitKind.DEPARTMENT, ZONE, "天衢建设局", function="housing", superior=made["HB-1"])
    unit("HB-M", UnitKind.DEPARTMENT, ZONE, "天衢市政科", superior=made["HB-Z"])
    unit("TO", UnitKind.TOWN_OFFICE, TOWN, "长河街道办")
    unit("VC", UnitKind.VILLAGE_COMMITTEE, VILLAGE, "尚德居委会", superior=made["TO"])
    a_duty(made["HB-Z"], city.lights, places[ZONE])
    a_duty(made["HB-1"], city.lights.parent, places[CITY], basis="市权责清单第3条", item_no="3")
    return city


def at_local(day: int, hour: int, minute: int = 0, *, month: int = 3) -> datetime:
    """An instant of 2026 in the city; 2 March is a Monday."""
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)
