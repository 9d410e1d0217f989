"""Keyset paging: a page begins after (or ends before) a key, however long the list is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)

PAGE_SIZE = 50


@dataclass(frozen=True)
class Page(Generic[M]):
    """One page of a list; the addresses of the pages beside it are empty where there are none."""

    items: Sequence[M]
    newer: str
    older: str


def page(
    request: HttpRequest,
    rows: QuerySet[M],
    *,
    key: str,
    descending: bool = False,
    size: int = PAGE_SIZE,
    anchor: str = "",
    prefix: str = "",
) -> Page[M]:
    """Return the page of `rows` that `after` or `before` in the address asks for.

    `key` is a unique field: a text, a number, an id in the order of time; one that cannot be read
    begins at the front.
    `anchor` is the part of the page the addresses lead to; `prefix` tells lists of one page apart.
    Costs one query.
    """
    sort = rows.model._meta.get_field(key).get_internal_type()

    def ask(after: str, before: str) -> list[M]:
        backwards, asked = bool(before), rows
        if after or before:
            greater = backwards == descending
            asked = rows.filter(**{f"{key}__{'gt' if greater else 'lt'}": after or before})
        return list(asked.order_by(f"-{key}" if backwards != descending else key)[: size + 1])

    return page_asked(request, ask, key=key, sort=sort, size=size, anchor=anchor, prefix=prefix)


def page_asked(
    request: HttpRequest,
    ask: Callable[[str, str], Sequence[M]],
    *,
    key: str,
    sort: str,
    size: int = PAGE_SIZE,
    anchor: str = "",
    prefix: str = "",
) -> Page[M]:
    """Return a page of what `ask` gives; `page` says the rest.

    `ask`: one row more than a page, after a key or before one, at most one of them given; before
    one, what is next to it first. `sort`: the type of the key, as Django calls its field.
    """
    forward, back = f"{prefix}after", f"{prefix}before"
    after, before = (_readable(sort, request.GET.get(name, "")) for name in (forward, back))
    backwards = bool(before and not after)
    found = list(ask(after, "" if after else before))
    more, items = len(found) > size, found[:size]
    if backwards:
        items.reverse()
    rest = {k: v for k, v in request.GET.items() if k not in (forward, back)}

    def address(name: str, item: M) -> str:
        query = urlencode({**rest, name: str(getattr(item, key))})
        return f"?{query}{'#' + anchor if anchor else ''}"

    has_newer = more if backwards else bool(after)
    has_older = True if backwards else more
    return Page(
        items=items,
        newer=address(back, items[0]) if items and has_newer else "",
        older=address(forward, items[-1]) if items and has_older else "",
    )


def _readable(sort: str, value: str) -> str:
    if sort == "UUIDField":
        return _whole_uuid(value)
    numeric = sort.endswith("AutoField")
    if "\x00" in value or (numeric and not (value.isascii() and value.isdecimal())):
        return ""
    return value[:80]


def _whole_uuid(value: str) -> str:
    try:
        return str(UUID(value))
    except ValueError:
        return ""
