"""What changed between two versions of the schema, a line for each change, to be read by people."""

from collections.abc import Iterator
from typing import Any

GONE = object()


def changes(old: Any, new: Any) -> list[str]:
    """Return what is new (+), gone (-) and different (~), each with where it stands."""
    return list(_changes(old, new, ()))


def _changes(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[str]:
    if old == new:
        return
    where = " › ".join(path)
    if old is GONE:
        yield f"+ {where}"
    elif new is GONE:
        yield f"- {where}"
    elif isinstance(old, dict) and isinstance(new, dict):
        for name in dict.fromkeys([*old, *new]):
            yield from _changes(old.get(name, GONE), new.get(name, GONE), (*path, str(name)))
    elif isinstance(old, list) and isinstance(new, list) and _are_named(old + new):
        yield from _changes(
            {_name(one): one for one in old}, {_name(one): one for one in new}, path
        )
    else:
        yield f"~ {where}: {old} → {new}"


def _are_named(items: list[Any]) -> bool:
    """Tell whether the items of a list are known by a name, as parameters are."""
    return bool(items) and all(isinstance(one, str) or _name(one) for one in items)


def _name(item: Any) -> str:
    if isinstance(item, str):
        return item
    return (
        f"{item.get('in', '')} {item['name']}" if isinstance(item, dict) and "name" in item else ""
    )
