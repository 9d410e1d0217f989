"""Numbers and names as people read and say them."""

import hashlib
import re
from collections.abc import Iterator

_MASKED = re.compile(r"[*＊•●]+")
_CODE_LETTERS = "23456789ACDEFGHJKMNPQRTUVWXY"  # no sign that sounds or looks like another


def grouped(value: int | str) -> str:
    """Group for reading: "3,512" of a number, "3714 2611 0012 37" of a public number."""
    if isinstance(value, int):
        return f"{value:,}"
    signs = "".join(value.split())
    if signs.isdigit() and len(signs) == 11 and signs.startswith("1"):
        return f"{signs[:3]} {signs[3:7]} {signs[7:]}"
    return " ".join(signs[at : at + 4] for at in range(0, len(signs), 4))


def spoken_code(request_id: str) -> str:
    """Return six signs to read out on the telephone, made from a request's id: "7K4 2M9".

    The same id gives the same code, so that whoever answers finds the request in the log.
    """
    number = int.from_bytes(hashlib.sha256(request_id.encode()).digest()[:8], "big")
    signs = []
    for _place in range(6):
        number, at = divmod(number, len(_CODE_LETTERS))
        signs.append(_CODE_LETTERS[at])
    return "".join(signs[:3]) + " " + "".join(signs[3:])


def masked_pieces(text: str) -> Iterator[str | int]:
    """Yield the clear pieces of a masked text, and how many signs each covered run hides."""
    at = 0
    for run in _MASKED.finditer(text):
        if run.start() > at:
            yield text[at : run.start()]
        yield len(run.group())
        at = run.end()
    if at < len(text):
        yield text[at:]
