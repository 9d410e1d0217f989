"""Texts with gaps that are filled in very often: bytes, and which word goes where.

While a life is read, a gap stands in its texts as `gap(name)`; afterwards the gaps are numbered and
a text becomes a `Pattern`, filled out of a list of words by their numbers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Final

# Neither stands in what COPY writes: JSON spells them out, and nobody types them.
_FROM: Final = "\x01"
_TO: Final = "\x02"
_GAP: Final = re.compile(f"{_FROM}([^{_TO}]*){_TO}")


def gap(name: str) -> str:
    """Return how a gap is written in a text."""
    return f"{_FROM}{name}{_TO}"


def gaps_in(text: str) -> list[str]:
    """Return the names of the gaps of a text, in their order."""
    return _GAP.findall(text)


class Pattern:
    """A text with numbered gaps. It is filled in place: by one thread at a time."""

    __slots__ = ("_parts", "_pick")

    def __init__(self, text: str, numbers: Mapping[str, int]) -> None:
        pieces = _GAP.split(text)
        self._parts = [one.encode() for one in pieces]
        self._pick = _picking([numbers[name] for name in pieces[1::2]])

    def filled(self, words: Sequence[bytes]) -> bytes:
        """Return the text with a word in every gap."""
        parts = self._parts
        parts[1::2] = self._pick(words)
        return b"".join(parts)


def _picking(numbers: Sequence[int]) -> Callable[[Sequence[bytes]], Sequence[bytes]]:
    if len(numbers) > 1:
        return itemgetter(*numbers)
    if numbers:
        return itemgetter(slice(numbers[0], numbers[0] + 1))
    return _nothing


def _nothing(words: Sequence[bytes]) -> Sequence[bytes]:
    del words
    return ()
