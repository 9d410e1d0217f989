"""What can be ordered, and when somebody can come. Open to everybody."""

from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Path, Query, Router

from huiyin.gateway import refusals
from huiyin.gateway.api.answers import answers
from huiyin.gateway.door import OpenDoor
from huiyin.gateway.schemas.services import ServicesOut, SlotsOut
from huiyin.matters.wording import language
from huiyin.orders.models import ServiceVersion
from huiyin.orders.slots import free_slots, services_on, version_on

router = Router(tags=["Services"], auth=OpenDoor())


@router.get("/services", response=answers(ServicesOut, signed_in=False), summary="List services")
def list_services(request: HttpRequest) -> Any:
    """Return the catalogue of services that can be ordered today; all are free of charge."""
    return {"services": [_service(one) for one in services_on(timezone.localdate())]}


@router.get(
    "/services/{code}/slots", response=answers(SlotsOut, 404, signed_in=False),
    summary="Times still free",
)  # fmt: skip
def list_slots(
    request: HttpRequest,
    code: Annotated[str, Path(max_length=20, description="Of the service.", example="FW-01")],
    days: Annotated[int, Query(ge=1, le=60, description="So many days ahead.")] = 14,
) -> Any:
    """Return when somebody can come for a service: send a `key` in the field `slot` of an order.

    Nothing is listed where units agree times by phone.
    """
    now = timezone.now()
    version = version_on(code, on=timezone.localdate(now))
    if version is None:
        raise refusals.NothingHere()
    found = free_slots(version, at=now, days=days)
    return {
        "slots": [
            {
                "key": slot.key,
                "unit": slot.unit_name,
                "starts_at": slot.starts_at,
                "ends_at": slot.ends_at,
                "free": slot.free,
            }
            for slot in found
        ]
    }


def _service(version: ServiceVersion) -> dict[str, Any]:
    is_zh = language().startswith("zh")
    return {
        "code": version.service.code,
        "version": version.number,
        "title": version.title_zh if is_zh else version.title_en,
        "mode": version.mode,
        "category": version.category.code if version.category else None,
        "for_whom": version.for_whom,
        "documents": version.documents,
        "promise_days": version.promise_days,
        "slot_minutes": version.slot_minutes,
        "price": version.price,
    }
