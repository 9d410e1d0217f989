"""Who answers for a kind of matter at a place, and why: for reading, not for dispatch.

The lists of duties decide (`units.queries.responsible`). Where none names anybody, the nearest
unit of the kind that usually owns such matters is shown, and is said to be only that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Case, IntegerField, QuerySet, When
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.categories.tree import Node
from huiyin.places.models import Place
from huiyin.units import wording
from huiyin.units.models import Unit
from huiyin.units.queries import held_on
from huiyin.units.queries import responsible as by_duty
from huiyin.web.functions import owner_words

MOST = 4


@dataclass(frozen=True)
class Answer:
    """The unit that answers, others with the same duty, the reason, whether its door is open."""

    unit: Unit | None
    others: tuple[Unit, ...]
    why: str
    named: bool  # by a list of duties; otherwise only likely
    open_words: str = ""


def responsible(node: Node, place: Place, *, at: datetime) -> Answer:
    """Return who answers for this kind of matter at this place. At most four queries."""
    on = timezone.localdate(at)
    found = by_duty(category=node.category, place=place, on=on)
    if found:
        first = found[0]
        equal = [other.unit for other in found[1:] if other.steps == first.steps]
        return Answer(
            unit=first.unit,
            others=tuple(equal[: MOST - 1]),
            why=wording.reason_words(first),
            named=True,
            open_words=wording.open_words(first.unit.opening_hours, at),
        )
    likely = _likely(node.owner_kind, place, on=on).first()
    if likely is None:
        words = _("12345 finds out who it is, and keeps hold of the matter until then.")
        return Answer(unit=None, others=(), why=words, named=False)
    words = _(
        "No list of duties names anybody for this here. Such matters usually go to an office of"
        " this kind (%(kind)s), and this is the nearest one; 12345 can confirm it."
    )
    return Answer(
        unit=likely,
        others=(),
        why=words % {"kind": owner_words(node.owner_kind)},
        named=False,
        open_words=wording.open_words(likely.opening_hours, at),
    )


def _likely(owner_kind: str, place: Place, *, on: date) -> QuerySet[Unit]:
    """Return the units of the kind that usually answers, the nearest first."""
    kind, _colon, function = owner_kind.partition(":")
    line = [place.pk, place.village_id, place.town_id, place.county_id, place.city_id]
    upwards = list(dict.fromkeys(pk for pk in line if pk))
    units = Unit.objects.filter(held_on(on), kind=kind, place__in=upwards)
    if function:
        units = units.filter(function=function)
    return units.annotate(near=_order(upwards)).order_by("near", "code")


def _order(ids: Sequence[object]) -> Case:
    whens = [When(place=pk, then=number) for number, pk in enumerate(ids)]
    return Case(*whens, default=len(ids), output_field=IntegerField())
