"""Drawing the rows of the inbox."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe

from huiyin.web.inbox_rows import Row
from huiyin.web.moulds import items_of

register = template.Library()


@register.simple_tag
def inbox_items(rows: Iterable[Row], bulk: Sequence[object]) -> SafeString:
    """Draw rows as the items of a list, each as `web/inbox/_item.html` draws it."""
    return mark_safe(items_of(rows, has_bulk=bool(bulk)))  # noqa: S308 escaped by the mould
