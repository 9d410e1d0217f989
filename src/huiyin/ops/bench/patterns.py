"""Texts and rows with gaps that are filled in very often: bytes, and which word goes where.

While a life is read, a gap stands in its texts as `gap(name)`; afterwards the gaps are numbered and
a text becomes a `Pattern`, filled out of a list of words by their numbers.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Final

# Neither stands in what is read: JSON spells them out, and nobody types them.
_FROM: Final = "\x01"
_TO: Final = "\x02"
_GAP: Final = re.compile(f"{_FROM}([^{_TO}]*){_TO}")


def gap(name: str) -> str:
    """Return how a gap is written in a text."""
    return f"{_FROM}{name}{_TO}"


def has_gap(text: bytes) -> bool:
    """Tell whether a text has a gap."""
    return _FROM.encode() in text


def pieces_of(text: str) -> list[bytes | str]:
    """Return a text as bytes, and the names of the gaps between them."""
    return [
        one if number % 2 else one.encode()
        for number, one in enumerate(_GAP.split(text))
        if one or number % 2
    ]


class Pattern:
    """Bytes with numbered gaps. It is filled in place: by one thread at a time."""

    __slots__ = ("_parts", "_pick")

    def __init__(self, pieces: Sequence[bytes | str], numbers: Mapping[str, int]) -> None:
        """Make it of bytes and names of gaps; `numbers`: by name."""
        parts, wanted = [b""], []
        for one in pieces:
            if isinstance(one, str):
                wanted.append(numbers[one])
                parts += [b"", b""]
            else:
                parts[-1] += one
        self._parts, self._pick = parts, _picking(wanted)

    def filled(self, words: Sequence[bytes]) -> bytes:
        """Return it with a word in every gap."""
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
