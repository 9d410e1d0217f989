"""Times at which somebody can come: offered with a service, shown while it is waited for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from huiyin.matters.limits import procedure_of
from huiyin.matters.models import Run
from huiyin.orders import slots
from huiyin.orders.models import Booking
from huiyin.orders.slots import Slot
from huiyin.places.models import Place
from huiyin.procedures.language import FieldType
from huiyin.units.models import Unit
from huiyin.web.asking import Asked
from huiyin.web.doors import DOORS
from huiyin.web.stars import Rated, rated_together

AHEAD_DAYS: Final = 21
AGREED: Final = "book_visit"  # the effect of an act that sets a time, and of those that end it
GIVEN_BACK: Final = ("choose_time", "release_time", "release_unused_time")
FIRST_DAYS: Final = 5  # so many days are shown at once; a link leads to the others


@dataclass(frozen=True, slots=True)
class Day:
    """A day on which somebody can come, and at which times. `slots`: the earliest first."""

    on: date
    slots: tuple[Slot, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """Whose times these are: an office, and how its services were rated where enough say so."""

    unit: Unit
    rated: Rated | None


def is_asked(asked: Asked) -> bool:
    """Tell whether a time can be chosen for what was said: the field of the file asks for one."""
    field = asked.door.asks(asked.door.times) if asked.door.times else None
    form = asked.form
    return field is not None and all(form.get(name) in of for name, of in field.when.items())


def free_times(asked: Asked, place: Place, *, at: datetime) -> list[Slot]:
    """Return the times still free, of the offices of this place and of those it lies in.

    Nothing where no service of the catalogue was chosen, or nobody comes. Five queries at most.
    """
    code = next((str(asked.form.get(name) or "") for name in asked.door.offers), "")
    if not code or not is_asked(asked):
        return []
    version = slots.version_on(code, on=timezone.localdate(at))
    if version is None:
        return []
    found = slots.free_slots(version, at=at, days=AHEAD_DAYS)
    near = _near(place, {one.unit_id for one in found}) if found else set()
    return [one for one in found if one.unit_id in near]


def _near(place: Place, units: Iterable[UUID]) -> set[UUID]:
    lines = (place.pk, place.village_id, place.town_id, place.county_id, place.city_id)
    within = [pk for pk in lines if pk]
    return set(Unit.objects.filter(pk__in=units, place__in=within).values_list("pk", flat=True))


def by_day(found: Iterable[Slot]) -> list[Day]:
    """Put times under their days."""
    days = groupby(found, key=lambda one: timezone.localdate(one.starts_at))
    return [Day(on, tuple(of)) for on, of in days]


def offices(found: Iterable[Slot]) -> list[Offer]:
    """Return who would come, and how they were rated. Two queries."""
    units = Unit.objects.in_bulk({one.unit_id for one in found})
    rated = rated_together(units)
    return [Offer(one, rated.get(pk)) for pk, one in sorted(units.items(), key=_by_code)]


def _by_code(item: tuple[UUID, Unit]) -> str:
    return item[1].code


def chosen(body: Mapping[str, Any], asked: Asked, found: Iterable[Slot]) -> Slot | None:
    """Return the time that was chosen, if it is still free."""
    key = body.get("form", {}).get(asked.door.times, "")
    return next((one for one in found if one.key == key), None)


def named(asked: Asked) -> datetime | None:
    """Return the moment that was chosen, as the draft keeps it; whether it is free shows later."""
    key = str(asked.form.get(asked.door.times, ""))
    try:
        return timezone.make_aware(datetime.fromisoformat(key.partition("@")[2]))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Visit:
    """When somebody comes. `unit`: who, where the time is one of those the office offers."""

    starts_at: datetime
    unit: str = ""


def visit(run: Run) -> Visit | None:
    """Return when somebody comes for this run; None where nothing is agreed. Two queries at most.

    A time is booked where the office offers times for the service; any other was agreed by phone.
    """
    if run.procedure not in {door.procedure for door in DOORS.values() if door.times}:
        return None
    booked = Booking.objects.select_related("unit").filter(run=run, released_at=None).first()
    return Visit(booked.starts_at, booked.unit.name) if booked else _agreed(run)


def _agreed(run: Run) -> Visit | None:
    """Return the time that the last act about a visit has set, unless it has given it back."""
    rules = procedure_of(run.procedure).actions
    about = [act.name for act in rules.values() if {AGREED, *GIVEN_BACK} & {*act.effects}]
    event = run.timeline.filter(action__in=about).select_related("body").order_by("-seq").first()
    if event is None or AGREED not in rules[event.action].effects or not hasattr(event, "body"):
        return None
    form = event.body.content.get("form", {})
    names = [one.name for one in rules[event.action].form if one.type is FieldType.INSTANT]
    said = next((str(form[name]) for name in names if form.get(name)), "")
    return Visit(datetime.fromisoformat(said)) if said else None
