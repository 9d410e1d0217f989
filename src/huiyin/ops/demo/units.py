"""The units of the demo city, as rows of a `units` load file."""

from collections.abc import Iterator
from functools import cache

from huiyin.ops.demo.departments import BODIES, Body
from huiyin.ops.demo.divisions import CITY, ZONE, Division, divisions
from huiyin.ops.demo.institutions import institutions
from huiyin.ops.demo.names import number, office_line, person
from huiyin.ops.demo.plan import (
    CITY_INDUSTRIES,
    COUNTY_INDUSTRIES,
    PROPERTY_COUNTIES,
    towns_with_committee,
    village_committees,
)
from huiyin.ops.demo.scope import Scope

Row = dict[str, str]

OFFICE_HOURS = "周一至周五 08:30-12:00,14:00-17:30"
CENTRE_HOURS = OFFICE_HOURS + "; 周六 09:00-12:00"
ALWAYS = "24h"
QIHE = "371425000000"  # its enforcement teams work in the towns (BRIEF)

_COLUMNS = (
    "code",
    "name",
    "short_name",
    "kind",
    "function",
    "committee_kind",
    "level",
    "place_code",
    "superior_code",
    "host_code",
    "uscc",
    "phone",
    "address",
    "opening_hours",
    "head_name",
    "head_phone",
    "leader_in_charge_name",
    "leader_in_charge_phone",
    "liaison_name",
    "liaison_phone",
    "valid_from",
    "valid_to",
)
_EMPTY = dict.fromkeys(_COLUMNS, "")
# Who is named beside a unit: every body that work can be sent to has a liaison.
_ALL_OFFICERS = ("head", "leader_in_charge", "liaison")
_HEAD_AND_LIAISON = ("head", "liaison")


def unit_code(prefix: str, place: str, function: str = "") -> str:
    """Return the code of a unit: what it is, where, and for what (`DP-371427-housing`)."""
    head = f"{prefix}-{place_digits(place)}"
    return f"{head}-{function}" if function else head


def place_digits(place: str) -> str:
    """Return a place code without the zeros of the levels below, six digits at least."""
    level = divisions()[place].level
    return place[: {"city": 6, "county": 6, "town": 9, "village": 12}[level]]


@cache
def body_code(body: Body, place: str) -> str:
    """Return the code of a department, office or utility of the city or a county.

    The zone has fewer of them: what it lacks is done by the city's.
    """
    at = CITY if place == ZONE and not body.zone else place
    return unit_code(body.prefix, at, body.function)


def function_code(function: str, place: str) -> str:
    """Return the code of the body with this function that works for the city or a county."""
    return body_code(next(body for body in BODIES if body.function == function), place)


def unit_rows(scope: Scope) -> Iterator[Row]:
    """Give the units of the loaded places, each after its superior and its host."""
    city = divisions()[CITY]
    counties = scope.of_level("county")
    yield from _of_area(city)
    for county in counties:
        yield from _of_area(county)
    for town in scope.of_level("town"):
        yield from _of_town(town)
    for village in scope.of_level("village"):
        yield from _of_village(village)
    for institution in institutions():
        if institution.town in scope.codes and institution.place in scope.codes:
            owner = divisions()[institution.place]
            area = owner.code if owner.level != "town" else owner.parent
            superior = {
                "school": function_code("education", area),
                "hospital": function_code("health", area),
                "enterprise": "",
            }[institution.kind]
            yield _row(
                institution.code,
                institution.name,
                institution.kind,
                owner,
                superior=superior,
                hours=ALWAYS if institution.kind == "hospital" else "",
                officers=("liaison",),
            )


def _row(
    code: str,
    name: str,
    kind: str,
    place: Division,
    *,
    short: str = "",
    function: str = "",
    committee: str = "",
    superior: str = "",
    host: str = "",
    hours: str = OFFICE_HOURS,
    officers: tuple[str, ...] = _ALL_OFFICERS,
) -> Row:
    row = {
        **_EMPTY,
        "code": code,
        "name": name,
        "short_name": short,
        "kind": kind,
        "function": function,
        "committee_kind": committee,
        "level": place.level,
        "place_code": place.code,
        "superior_code": superior,
        "host_code": host,
        "phone": office_line(code),
        "address": _address(code, place),
        "opening_hours": hours,
    }
    for role in officers:
        row[f"{role}_name"] = person(f"{code}/{role}")
        row[f"{role}_phone"] = office_line(f"{code}/{role}")
    return row


def _address(code: str, place: Division) -> str:
    if place.level == "village":
        return f"{divisions()[place.parent].name}{place.stem}党群服务中心"
    return f"{place.name}示例路{number('address/' + code) % 200 + 1}号"


def _of_area(area: Division) -> Iterator[Row]:
    """The units of the city or of a county."""
    place = area.code
    is_city = area.level == "city"
    above = "" if is_city else CITY

    def up(prefix: str) -> str:
        return unit_code(prefix, above) if above else ""

    yield _row(
        unit_code("GC", place),
        f"{area.name}社会治安综合治理中心",
        "governance_centre",
        area,
        short=f"{area.stem}综治中心",
        superior=up("GC"),
        hours=CENTRE_HOURS,
    )
    for body in BODIES:
        if place != ZONE or body.zone:
            yield _of_body(body, area)
    yield _row(
        unit_code("HC", place),
        f"{area.name}12345政务服务便民热线" + ("受理中心" if is_city else "分中心"),
        "hotline_centre",
        area,
        short=f"{area.stem}12345",
        superior=up("HC"),
        hours=ALWAYS,
    )
    yield _row(
        unit_code("PO", place),
        f"{area.name}信访局",
        "petition_office",
        area,
        short=f"{area.stem}信访局",
        superior=up("PO"),
    )
    yield from _industry_committees(area)
    if not is_city:
        yield _row(
            unit_code("ET", place),
            f"{area.name}综合行政执法大队",
            "enforcement_team",
            area,
            short=f"{area.stem}执法大队",
            superior=function_code("urban_management", place),
        )
        # Twelve basic courts, one a county-level unit; the intermediate court is not loaded.
        court = unit_code("CT", place)
        yield _row(
            court,
            f"{area.name}人民法院",
            "court",
            area,
            short=f"{area.stem}法院",
            officers=("liaison",),
        )
        yield _row(
            unit_code("SR", place, "court"),
            f"驻{area.name}人民法院诉前调解室",
            "stationed_room",
            area,
            short=f"驻{area.stem}法院调解室",
            superior=function_code("justice", place),
            host=court,
            officers=(),
        )


def _of_body(body: Body, area: Division) -> Row:
    place = area.code
    is_city = area.level == "city"
    if is_city:
        pattern = body.city
    else:
        pattern = body.zone_name if place == ZONE and body.zone_name else body.county
    short = (body.city_short or body.short) if is_city else body.short
    if not is_city:
        superior = body_code(body, CITY)
    elif body.function == "government" or body.kind == "utility":
        superior = ""
    else:
        superior = function_code("government", CITY)
    return _row(
        body_code(body, place),
        pattern.format(c=area.name, s=area.stem),
        body.kind,
        area,
        short=area.stem + short,
        function=body.function,
        superior=superior,
        hours=ALWAYS if body.always else OFFICE_HOURS,
        officers=("liaison",) if body.kind == "utility" else _ALL_OFFICERS,
    )


def industries_of(place: str) -> dict[str, str]:
    """Return the industry committees of the city or a county: function and name."""
    if place == CITY:
        return CITY_INDUSTRIES
    more = {"property_management": "物业纠纷"} if place in PROPERTY_COUNTIES else {}
    return {**COUNTY_INDUSTRIES, **more}


def _industry_committees(area: Division) -> Iterator[Row]:
    for function, name in industries_of(area.code).items():
        yield _row(
            unit_code("MI", area.code, function),
            f"{area.name}{name}人民调解委员会",
            "mediation_committee",
            area,
            short=f"{area.stem}{name.removesuffix('纠纷')}调委会",
            function=function,
            committee="industry",
            superior=function_code("justice", area.code),
            officers=_HEAD_AND_LIAISON,
        )


def _of_town(town: Division) -> Iterator[Row]:
    county = town.parent
    place = town.code
    label = town.name.removesuffix("服务管理办公室") if town.kind == "town_like" else town.name
    office = unit_code("TO", place)
    yield _row(
        office,
        _office_name(town),
        "town_office",
        town,
        short=town.name,
        superior=function_code("government", county),
    )
    yield _row(
        unit_code("GC", place),
        f"{label}社会治安综合治理中心",
        "governance_centre",
        town,
        short=f"{label}综治中心",
        superior=unit_code("GC", county),
        hours=CENTRE_HOURS,
    )
    justice = unit_code("JO", place)
    yield _row(
        justice,
        f"{label}司法所",
        "justice_office",
        town,
        superior=function_code("justice", county),
        officers=_HEAD_AND_LIAISON,
    )
    police = unit_code("PS", place)
    yield _row(
        police,
        f"{label}派出所",
        "police_station",
        town,
        superior=function_code("public_security", county),
        hours=ALWAYS,
        officers=_HEAD_AND_LIAISON,
    )
    if county == QIHE:
        yield _row(
            unit_code("ET", place),
            f"{label}综合行政执法中队",
            "enforcement_team",
            town,
            superior=unit_code("ET", county),
            officers=_HEAD_AND_LIAISON,
        )
    if place in towns_with_committee():
        committee = unit_code("MC", place)
        yield _row(
            committee,
            f"{label}人民调解委员会",
            "mediation_committee",
            town,
            short=f"{label}调委会",
            committee="town",
            superior=justice,
            officers=_HEAD_AND_LIAISON,
        )
        yield _row(
            unit_code("SR", place),
            f"驻{label}派出所人民调解室",
            "stationed_room",
            town,
            superior=committee,
            host=police,
            officers=(),
        )


def _office_name(town: Division) -> str:
    if town.kind == "town_like":
        return divisions()[town.parent].name + town.name
    return town.name + ("办事处" if town.kind == "subdistrict" else "人民政府")


def _of_village(village: Division) -> Iterator[Row]:
    town = village.parent
    is_community = village.kind == "community"
    yield _row(
        unit_code("VC", village.code),
        village.stem + ("居民委员会" if is_community else "村民委员会"),
        "village_committee",
        village,
        short=village.stem,
        superior=unit_code("TO", town),
        officers=("head",),
    )
    if is_community:
        # In a village the committee itself is the centre; a community with its many grids has one.
        yield _row(
            unit_code("GC", village.code),
            f"{village.stem}综治中心",
            "governance_centre",
            village,
            superior=unit_code("GC", town),
            officers=("head",),
        )
    if village.code in village_committees():
        at_town = unit_code("MC", town) if town in towns_with_committee() else unit_code("JO", town)
        yield _row(
            unit_code("MC", village.code),
            f"{village.stem}人民调解委员会",
            "mediation_committee",
            village,
            short=f"{village.stem}调委会",
            committee="village",
            superior=at_town,
            officers=("head",),
        )
