"""What the city's administrator sees of the machine; the floor above says how each part is."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Reading:
    """One part of the installation: its name, whether it is well, and what to know about it.

    `url`: the page that says more, where there is one.
    """

    name: str | Promise
    well: bool
    words: str | Promise
    url: str = ""


_sources: list[Callable[[], Sequence[Reading]]] = []


def show(source: Callable[[], Sequence[Reading]]) -> None:
    """Let the administrator's desk ask `source` for readings each time it is opened."""
    if source not in _sources:
        _sources.append(source)


def readings() -> list[Reading]:
    """Return the readings of every source, in the order in which the sources were named."""
    return [reading for source in _sources for reading in source()]
