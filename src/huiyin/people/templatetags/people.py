"""Tags for accounts and posts on pages."""

from datetime import date, timedelta

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from huiyin.people import devices, permission_sets
from huiyin.people.models import PermissionSet

register = template.Library()


@register.filter
def zh(value: object) -> SafeString | str:
    """Mark a name from the records as Chinese, so that an English page reads it out rightly."""
    if value is None or value == "":
        return ""
    if (get_language() or "zh").startswith("zh"):
        return str(value)
    return format_html('<span lang="zh-Hans">{}</span>', value)


@register.filter
def set_name(permission_set: PermissionSet) -> str:
    """Return the name of a permission set in the language of the page."""
    return permission_sets.name_of(permission_set)


@register.filter
def device(reading: str) -> str:
    """Return a stored reading of a device in the words of the page: "微信、Android"."""
    return devices.said(reading)


@register.filter
def last_day(valid_to: date | None) -> date | None:
    """Return the last day on which something is held that is over on `valid_to`."""
    return valid_to - timedelta(days=1) if valid_to else None
