"""Numbers of people: as they are typed, stored, found again, shown."""

import re
import unicodedata
from typing import Final

from huiyin.people.refusals import PhoneNotDialled, PhoneNotMobile
from huiyin.people.sealing import blind_index
from huiyin.units.phones import is_mobile

_PREFIXES = ("+86", "0086", "86")
_EXTENSION: Final = re.compile(r"(?:转|分机|[#*;,]|ext|x)[:]?(\d{1,6})$", re.ASCII | re.IGNORECASE)
_DIALLED: Final = re.compile(
    r"""
      1[3-9]\d{9}                   # a mobile
    | (?:0(?:10|2\d|[3-9]\d{2}))?[2-8]\d{6,7}   # a line, with or without its area code
    | [48]00\d{7}                  # paid for by whoever is called
    | 9[56]\d{3,6} | 1\d{4}        # 95598, 10086, 12345
    | 110 | 114 | 119 | 120 | 122
    """,
    re.ASCII | re.VERBOSE,
)
_ABROAD: Final = re.compile(r"(?:\+|00)(?!86)[1-9]\d{6,14}", re.ASCII)


def normal(text: str) -> str:
    """Return the eleven digits of a mainland mobile number, however it is typed.

    Spaces, hyphens, full-width digits and +86, 0086 or 86 in front are understood.
    Raises PhoneNotMobile.
    """
    number = "".join(
        sign
        for sign in unicodedata.normalize("NFKC", text)
        if sign not in "()." and is_written(sign)
    )
    for prefix in _PREFIXES:
        if number.startswith(prefix) and len(number) == len(prefix) + 11:
            number = number.removeprefix(prefix)
            break
    if not is_mobile(number):
        raise PhoneNotMobile()
    return number


def dialled(text: str) -> str:
    """Return a number somebody can be called back under, as it is dialled; an extension after "-".

    Mobiles, lines with and without area code, 400 and 800 numbers, public short numbers; abroad
    with + or 00 before the country. Signs between digits and full-width digits are understood.
    Raises PhoneNotDialled.
    """
    plain = unicodedata.normalize("NFKC", text)
    # "8122345-802": what follows the last hyphen of a whole number is an extension.
    head, _hyphen, tail = re.sub(r"[\u2010-\u2015\u2212]", "-", plain).rpartition("-")
    if head and re.fullmatch(r"\s*\d{1,6}\s*", tail, re.ASCII):
        number = _home(_bare(head))
        is_line = number[:1] in "02345678" or number[:3] in ("400", "800")
        if is_line and _DIALLED.fullmatch(number) and not _DIALLED.fullmatch(_home(_bare(plain))):
            return f"{number}-{tail.strip()}"
    bare = _bare(plain)
    if _ABROAD.fullmatch(bare):
        return bare
    extension = _EXTENSION.search(bare)
    number = _home(bare[: extension.start()] if extension else bare)
    if not _DIALLED.fullmatch(number):
        raise PhoneNotDialled()
    return f"{number}-{extension[1]}" if extension else number


def _bare(text: str) -> str:
    """Return the signs of a number that say something."""
    return "".join(sign for sign in text if sign not in "()." and is_written(sign))


def _home(number: str) -> str:
    """Return a number of this country without the country before it."""
    for prefix in _PREFIXES:
        rest = number.removeprefix(prefix)
        if rest != number and (prefix != "86" or len(rest) == 11):
            is_bare_line = not rest.startswith(("0", "1", "4", "8", "9")) or len(rest) == 10
            return f"0{rest}" if is_bare_line and _DIALLED.fullmatch(f"0{rest}") else rest
    return number


def is_written(sign: str) -> bool:
    """Tell whether a sign says something: spaces, hyphens and invisible marks do not."""
    return unicodedata.category(sign) not in ("Zs", "Pd", "Cf", "Cc")


def index_of(number: str) -> bytes:
    """Return the blind index under which a normal number is found."""
    return blind_index(number, purpose="account.phone")


def masked(number: str) -> str:
    """Return a number with its middle covered: 138****2607; of a shorter one less is left.

    Empty stays empty.
    """
    if not number:
        return ""
    return (
        f"{number[:3]}****{number[-4:]}" if len(number) > 10 else f"{number[:2]}****{number[-2:]}"
    )
