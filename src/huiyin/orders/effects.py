"""What acts on an order do to the catalogue's promise and to appointments."""

from datetime import datetime
from uuid import UUID

from django.utils import timezone

from huiyin.matters.effects import at_field, effect, offers
from huiyin.matters.listening import Happened
from huiyin.matters.models import Run
from huiyin.orders import slots
from huiyin.orders.models import Booking, Mode, OrderedService, ServiceVersion
from huiyin.orders.refusals import (
    ModeNotOffered,
    ServiceUnknown,
    SlotNotNeeded,
    SlotTaken,
    SlotUnknown,
)
from huiyin.ui.dates import said_moment


@effect("order_service")
def order_service(happened: Happened) -> None:
    """Keep the version of the service that was ordered, and book the time that was chosen."""
    form = happened.decision.event.form
    code, slot, mode = (str(form.get(name) or "") for name in ("item", "slot", "mode"))
    if not code:
        if slot:
            raise at_field("slot", SlotNotNeeded())
        return
    version = slots.version_on(code, on=timezone.localdate(happened.at))
    if version is None:
        raise at_field("item", ServiceUnknown(code=code))
    if version.mode != Mode.BOTH and mode != version.mode:
        raise at_field("mode", ModeNotOffered(mode=str(Mode(version.mode).label)))
    OrderedService.objects.create(run=happened.run, version=version)
    if slot:
        _choose(happened, version, slot)


@effect("choose_time")
def choose_time(happened: Happened) -> None:
    """Give the agreed time back; the resident may choose another free one of the same unit."""
    slots.release(happened.run, at=happened.at)
    slot = str(happened.decision.event.form.get("slot") or "")
    if not slot:
        return
    version = _version(happened)
    if version is None:
        raise at_field("slot", SlotNotNeeded())
    booking = _choose(happened, version, slot)
    if booking.unit_id != _lead(happened):
        raise at_field("slot", SlotUnknown())


@effect("book_visit")
def book_visit(happened: Happened) -> None:
    """Book the agreed time where the unit offers times for this service; else any time will do."""
    version, unit_id = _version(happened), _lead(happened)
    visit_at = happened.decision.event.form["visit_at"]
    assert isinstance(visit_at, datetime)  # noqa: S101 the form says so
    if version is None or unit_id is None or not slots.has_offer(
        version, unit_id, on=timezone.localdate(happened.at)
    ):  # fmt: skip
        slots.release(happened.run, at=happened.at)
        return
    try:
        slots.book_time(happened.run, version, unit_id, visit_at, at=happened.at)
    except (SlotTaken, SlotUnknown) as why:
        raise at_field("visit_at", why) from None


@effect("keep_time_of_unit")
def keep_time_of_unit(happened: Happened) -> None:
    """Keep the time that was chosen if its unit has the order now; else give it back."""
    held = Booking.objects.filter(run=happened.run, released_at=None).first()
    if held is not None and held.unit_id != _lead(happened):
        slots.release(happened.run, at=happened.at)


@effect("release_time")
def release_time(happened: Happened) -> None:
    """Give the time back: nobody comes."""
    slots.release(happened.run, at=happened.at)


@effect("release_unused_time")
def release_unused_time(happened: Happened) -> None:
    """Give a time back that is not needed any more; one that was used stays on record."""
    slots.release(happened.run, at=happened.at, only_future=True)


@offers("orders", "slot")
def times_to_choose(run: Run, at: datetime) -> list[tuple[str, str]]:
    """Return the times an order can be moved to: those of its unit that are still free."""
    ordered = OrderedService.objects.filter(run=run).select_related("version").first()
    held = run.memory.get("roles", {}).get("lead", ())
    if ordered is None or not held:
        return []
    return [
        (slot.key, f"{' '.join(said_moment(slot.starts_at).pieces)} {slot.unit_name}")
        for slot in slots.free_slots(ordered.version, at=at)
        if str(slot.unit_id) == held[0]
    ]


def _choose(happened: Happened, version: ServiceVersion, slot: str) -> Booking:
    if happened.decision.after.facts.get("mode") != Mode.VISIT:
        raise at_field("slot", SlotNotNeeded())
    try:
        return slots.book(happened.run, version, slot, at=happened.at)
    except (SlotTaken, SlotUnknown) as why:
        raise at_field("slot", why) from None


def _version(happened: Happened) -> ServiceVersion | None:
    ordered = OrderedService.objects.filter(run=happened.run).select_related("version").first()
    return ordered.version if ordered else None


def _lead(happened: Happened) -> UUID | None:
    held = happened.decision.after.roles.get("lead", ())
    return UUID(held[0]) if held else None
