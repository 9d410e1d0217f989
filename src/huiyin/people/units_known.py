"""The units an actor can give posts in: found by what is typed, offered by name."""

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from huiyin.people import scope
from huiyin.people.actors import Actor
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

MOST_OFFERED = 100


def units_of(actor: Actor) -> QuerySet[Unit]:
    """Return the units of today an actor looks after, for seeing or giving posts."""
    units = Unit.objects.filter(held_on(timezone.localdate()))
    if actor.may("people.see_all") or actor.may("people.administer_all"):
        return units
    if actor.unit_id is None:
        return units.none()
    return units.filter(scope.looked_after("pk", actor.unit_id))


def units_offered(actor: Actor) -> list[str]:
    """Return names to choose from while typing, the own unit's level first."""
    names = units_of(actor).order_by("level", "code").values_list("name", flat=True)
    return list(names[:MOST_OFFERED])


def unit_called(text: str, *, by: Actor) -> Unit:
    """Return the unit of this code, name or short name. Raises ValidationError with a sentence."""
    typed = text.strip()
    found = list(
        units_of(by)
        .filter(Q(code=typed) | Q(name=typed) | Q(short_name=typed))
        .order_by("code")[:2]
    )
    if not found:
        raise ValidationError(
            _("No unit you look after is called so. Choose one of the list, or enter its code.")
        )
    if len(found) > 1:
        raise ValidationError(
            _("Several units are called so. Enter the code, such as %(code)s.")
            % {"code": found[0].code}
        )
    return found[0]
