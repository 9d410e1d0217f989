"""What a place is found by, as lexemes of one inverted index. Pure.

    plain   runs of one to three characters of its own name: any part of the name
    ^…      ways to say it from the start: name, pinyin, initials, code, former names
    /…      the same with places above it in front: 夏津北城, xiajinbeicheng, xjbc

A query is folded by the same functions, so that both sides agree on what a letter is.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from huiyin.places.models import PlaceKind
from huiyin.places.names import fold, initials, place_form, readings, short_name, units

START = "^"
CHAIN = "/"
GRAM = 3
_MAX_CHARS = 100  # of a lexeme; a person types less, PostgreSQL allows 2,046 bytes

# Words for the kind of a place that people put in or leave out: 夏津(县)北城(街道)杨庄.
_KIND_WORD = re.compile(r"(?<=..)(?:街道办事处|街道|镇|乡|县|区|市)")


@dataclass(frozen=True, slots=True)
class Said:
    """The ways to say one place, folded: the short and the whole name, their readings."""

    name: str
    short: str
    place: str
    pinyin: tuple[str, ...]
    short_pinyin: tuple[str, ...]
    initials: tuple[str, ...]
    short_initials: tuple[str, ...]


def said(name: str, kind: PlaceKind, *, pinyin: str = "", city: str = "") -> Said:
    """Return the ways to say a place; `pinyin`: the known reading, `city`: its short name."""
    short = short_name(name, kind, city=city)
    place = place_form(name, kind)
    own = readings(name, given=pinyin)
    if short != name and name.endswith(short):  # a zone without the city's name in front
        cut = [reading[len(units(name)) - len(units(short)) :] for reading in own]
    else:
        cut = [reading[: len(units(short))] for reading in own]
    return Said(
        name=fold(name),
        short=fold(short),
        place=fold(place),
        pinyin=_once("".join(reading) for reading in own),
        short_pinyin=_once("".join(reading) for reading in cut),
        initials=_once(initials(reading) for reading in own),
        short_initials=_once(initials(reading) for reading in cut),
    )


def keys_of(
    own: Said, *, code: str, above: Sequence[Said] = (), former: Iterable[str] = ()
) -> list[str]:
    """Return the lexemes of a place; `above`: county, town, village over it, highest first."""
    found = set(grams(own.name))
    found.update(grams(own.short))
    starts = {own.name, own.short, own.place, code.casefold(), *map(fold, former)}
    starts.update(own.pinyin, own.short_pinyin, own.initials, own.short_initials)
    found.update(START + start[:_MAX_CHARS] for start in starts if start)
    for size in range(1, len(above) + 1):
        for over in combinations(above, size):
            found.add(_chain(squeeze("".join(place.short for place in over) + own.place)))
            for turn in (0, 1):  # the proper readings, then the other ones people use
                found.add(
                    _chain(
                        "".join(_turn(place.short_pinyin, turn) for place in over)
                        + _turn(own.pinyin, turn)
                    )
                )
            found.add(_chain("".join(place.short_initials[0] for place in over) + own.initials[0]))
    return sorted(found)


def grams(text: str) -> set[str]:
    """Return every run of one to GRAM characters."""
    return {
        text[at : at + size] for size in range(1, GRAM + 1) for at in range(len(text) - size + 1)
    }


def squeeze(text: str) -> str:
    """Drop the words for kinds of places, where two characters stand before them."""
    return _KIND_WORD.sub("", text)


def tsvector(keys: Iterable[str]) -> str:
    """Return the lexemes as PostgreSQL writes a tsvector. They hold no quote and no backslash."""
    return " ".join(f"'{key}'" for key in keys)


def _chain(text: str) -> str:
    return CHAIN + text[:_MAX_CHARS]


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _turn(values: tuple[str, ...], turn: int) -> str:
    return values[min(turn, len(values) - 1)]
