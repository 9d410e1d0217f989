"""How wide words are and where their lines break, without a font: Han 1 em, Latin about half."""

import unicodedata
from functools import cache

NARROW = frozenset("iljtfrI.,:;'|!()[] /")
WIDE = frozenset("mwMW@%&—…")
NOT_FIRST = frozenset("，。、；：？！）》」』”’…·)%／/,.;:")  # never begin a line
NOT_LAST = frozenset("（《「『“‘(")  # never end one
AFTER_THESE = frozenset("，。、；：？！／,;:/")  # the better places for a new line
GLUE = "\u2060"  # between two characters that stay on one line; it is taken out again


def kept_whole(text: str) -> str:
    """Return a text that no line break divides."""
    return GLUE.join(text)


@cache
def _em(char: str) -> float:
    if char == GLUE:
        return 0.0
    if unicodedata.east_asian_width(char) in "WFA":
        return 1.0
    if char in NARROW:
        return 0.34
    if char in WIDE:
        return 0.95
    return 0.72 if char.isupper() else 0.59


def plain(text: str) -> str:
    """Return a text without the signs that keep it whole."""
    return text.replace(GLUE, "")


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate the width of one line in pixels; rather too wide than too narrow."""
    return sum(map(_em, text)) * size * (1.04 if bold else 1.0)


def wrapped(text: str, size: float, width: float, *, bold: bool = False) -> tuple[str, ...]:
    """Break a text into as few lines as fit, of about the same length.

    A piece that is wider than `width` alone stands on its own line.
    """
    if text_width(text, size, bold=bold) <= width:
        return (plain(text),)
    pieces = [
        part
        for piece in _pieces(text)
        for part in (
            [piece]  # what should stay whole and is too wide for that breaks like the rest
            if text_width(piece.strip(), size, bold=bold) <= width
            else _pieces(plain(piece))
        )
    ]
    wanted = len(_filled(pieces, size, width, bold=bold))
    clauses = _clauses(pieces)
    if len(_filled(clauses, size, width, bold=bold)) == wanted and all(
        text_width(clause.strip(), size, bold=bold) <= width for clause in clauses
    ):
        pieces = clauses
    low = max(text_width(piece.strip(), size, bold=bold) for piece in pieces)
    narrowest = min(low, width)
    while narrowest < width and len(_filled(pieces, size, narrowest, bold=bold)) > wanted:
        narrowest += size / 4
    lines = _filled(pieces, size, min(narrowest, width), bold=bold)
    return tuple(map(plain, lines))


def _filled(pieces: list[str], size: float, width: float, *, bold: bool) -> list[str]:
    lines = [""]
    for piece in pieces:
        if lines[-1] and text_width((lines[-1] + piece).rstrip(), size, bold=bold) > width:
            lines.append("")
        lines[-1] += piece
    return [line.strip() for line in lines]


def _pieces(text: str) -> list[str]:
    """Cut where a line may break: between Han characters, after spaces and hyphens."""
    pieces = [""]
    previous = ""
    for char in text:
        if previous and _may_break(previous, char):
            pieces.append("")
        pieces[-1] += char
        previous = char
    return pieces


def _clauses(pieces: list[str]) -> list[str]:
    """Join pieces up to the next sign after which a sentence breathes."""
    clauses = [""]
    for piece in pieces:
        if clauses[-1] and (clauses[-1].rstrip()[-1] in AFTER_THESE or piece[0] in "（("):
            clauses.append("")
        clauses[-1] += piece
    return clauses


def _may_break(before: str, after: str) -> bool:
    if GLUE in (before, after) or after in NOT_FIRST or before in NOT_LAST or after == " ":
        return False
    if before in " -":
        return True
    if before.isdigit():  # "60日" stays whole
        return False
    return _is_han(before) or _is_han(after)


def _is_han(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
