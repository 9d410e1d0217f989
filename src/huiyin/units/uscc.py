"""The unified social credit code of organisations (统一社会信用代码, GB 32100). Pure.

Eighteen characters without I, O, Z, S, V; the last one checks the others. The first eight are not
digits only: codes of village collectives start with N, so libraries that ask for digits there
refuse real codes.
"""

import re

LENGTH = 18
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY = re.compile(f"[{ALPHABET}]{{17}}")


def check_character(body: str) -> str:
    """Return the character that follows the first seventeen.

    Raises ValueError when these are not seventeen characters of the code's alphabet.
    """
    if not _BODY.fullmatch(body):
        raise ValueError(f"{body!r} is not the beginning of a unified social credit code")
    total = sum(
        weight * ALPHABET.index(character) for weight, character in zip(_WEIGHTS, body, strict=True)
    )
    return ALPHABET[-total % len(ALPHABET)]


def is_valid(code: str) -> bool:
    """Say whether this is a whole code whose check character is right."""
    return (
        len(code) == LENGTH
        and _BODY.fullmatch(code[:-1]) is not None
        and code[-1] == check_character(code[:-1])
    )
