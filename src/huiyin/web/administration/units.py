"""Units as the administrator's list shows them: who works there, what they have in hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from huiyin.matters.models import Assignment
from huiyin.matters.unit_work import counts_of
from huiyin.people.models import Post
from huiyin.units.models import Duty, Unit, UnitKind
from huiyin.units.queries import held_on

# Kinds that answer by what they are, not by items of a list of duties.
ANSWERS_BY_DUTY = (
    UnitKind.DEPARTMENT,
    UnitKind.TOWN_OFFICE,
    UnitKind.ENFORCEMENT_TEAM,
    UnitKind.UTILITY,
)
STATES: dict[str, str | Promise] = {
    "": gettext_lazy("In force"),
    "no_duties": gettext_lazy("Without duties"),
    "no_people": gettext_lazy("Without people"),
    "closing": gettext_lazy("Ending"),
    "closed": gettext_lazy("Ended"),
}


@dataclass(frozen=True)
class Row:
    """One unit of the list: how many people hold a post there, how many open runs it has."""

    unit: Unit
    people: int
    work: int


def in_state(state: str, *, on: date) -> QuerySet[Unit]:
    """Return the units of one tab of the list."""
    units = Unit.objects.all()
    if state == "closed":
        return units.filter(valid_to__lte=on)
    units = units.filter(held_on(on))
    match state:
        case "no_duties":
            return units.filter(~Exists(_duties(on)), kind__in=ANSWERS_BY_DUTY)
        case "no_people":
            return units.filter(~Exists(_posts(on)))
        case "closing":
            return units.filter(valid_to__gt=on)
    return units


def helpless(*, on: date) -> QuerySet[Unit]:
    """Return the units that have open matters in hand and nobody who could act on them."""
    waiting = Assignment.objects.filter(unit=OuterRef("pk"), to_at=None, run__is_closed=False)
    return Unit.objects.filter(~Exists(_posts(on)), Exists(waiting))


def rows(units: Sequence[Unit], *, on: date) -> list[Row]:
    """Return units with their figures. Two queries, however many units."""
    ids = [unit.pk for unit in units]
    people: dict[UUID, int] = dict(
        Post.objects.filter(held_on(on), unit__in=ids, account__is_active=True)
        .values_list("unit")
        .annotate(count=Count("account", distinct=True))
        .order_by()
    )
    work = counts_of(ids)
    return [Row(unit, people.get(unit.pk, 0), work.get(unit.pk, 0)) for unit in units]


def _duties(on: date) -> QuerySet[Duty]:
    return Duty.objects.filter(held_on(on), unit=OuterRef("pk"))


def _posts(on: date) -> QuerySet[Post]:
    return Post.objects.filter(held_on(on), Q(account__is_active=True), unit=OuterRef("pk"))
