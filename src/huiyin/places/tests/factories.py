"""Places with fixed values: a piece of a city, made through the verbs."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from huiyin.places.bulk import PlaceRow, insert_places
from huiyin.places.models import Place, PlaceKind
from huiyin.places.verbs import register_place


class Recorder:
    """Whoever records; an account that only the history sees."""

    account_id = UUID("018f0000-0000-7000-8000-000000000001")


BY = Recorder()
AT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Dezhou
TODAY = date(2026, 11, 23)

ROWS = (
    PlaceRow("371400000000", "德州市", PlaceKind.CITY),
    PlaceRow("371402000000", "德城区", PlaceKind.DISTRICT, "371400000000"),
    PlaceRow("371402001000", "新湖街道", PlaceKind.SUBDISTRICT, "371402000000"),
    PlaceRow("371427000000", "夏津县", PlaceKind.COUNTY, "371400000000"),
    PlaceRow("371427001000", "银城街道", PlaceKind.SUBDISTRICT, "371427000000"),
    PlaceRow("371427002000", "北城街道", PlaceKind.SUBDISTRICT, "371427000000"),
    PlaceRow("371427002001", "会盟社区居委会", PlaceKind.COMMUNITY, "371427002000"),
    PlaceRow("371427002201", "杨庄村委会", PlaceKind.VILLAGE, "371427002000"),
    PlaceRow("371427002201001", "第一网格", PlaceKind.GRID_BASIC, "371427002201", households=300),
    PlaceRow("371427002201002", "第2网格", PlaceKind.GRID_BASIC, "371427002201"),
    PlaceRow("371427100000", "南城镇", PlaceKind.TOWN, "371427000000"),
    PlaceRow(
        "371471000000", "德州天衢新区", PlaceKind.FUNCTIONAL_ZONE, "371400000000", "371402000000"
    ),
    PlaceRow("371471007000", "长河街道", PlaceKind.SUBDISTRICT, "371471000000"),
    PlaceRow("371481000000", "乐陵市", PlaceKind.COUNTY_CITY, "371400000000"),
    PlaceRow("371481107000", "孔镇", PlaceKind.TOWN, "371481000000"),
    PlaceRow("371481107200", "解庄村委会", PlaceKind.VILLAGE, "371481107000"),
)


def a_city() -> dict[str, Place]:
    """德州 with four counties, a zone on the land of one, two towns with villages; by name."""
    with transaction.atomic():
        places = insert_places(ROWS, by=BY, at=AT)
    return {place.name: place for place in places.values()}


def a_place(
    code: str = "371427003000",
    name: str = "新城街道",
    kind: PlaceKind = PlaceKind.SUBDISTRICT,
    *,
    under: Place | None,
    **fields: Any,
) -> Place:
    """One more place, since nobody knows when unless `valid_from` says."""
    given: dict[str, Any] = {"valid_from": None, "by": BY, "at": AT} | fields
    return register_place(
        code=code, name=name, kind=kind, parent_id=under.id if under else None, **given
    )


def again(place: Place) -> Place:
    """The place as the database has it now."""
    return Place.objects.get(id=place.id)
