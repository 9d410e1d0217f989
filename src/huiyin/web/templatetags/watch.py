"""What the pages of whistles, orders and rosters look up while they are drawn."""

from collections.abc import Mapping
from uuid import UUID

from django import template

from huiyin.dispatch.office_hours import OnDuty

register = template.Library()


@register.simple_tag
def on_duty_of(duty: Mapping[UUID, OnDuty], unit: UUID) -> OnDuty | None:
    """Return who is there in a unit; None where nobody has looked."""
    return duty.get(unit)
