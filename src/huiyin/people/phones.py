"""Mobile numbers of people: as they are typed, stored, found again, shown."""

import unicodedata

from huiyin.people.refusals import PhoneNotMobile
from huiyin.people.sealing import blind_index
from huiyin.units.phones import is_mobile

_PREFIXES = ("+86", "0086", "86")


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


def is_written(sign: str) -> bool:
    """Tell whether a sign says something: spaces, hyphens and invisible marks do not."""
    return unicodedata.category(sign) not in ("Zs", "Pd", "Cf", "Cc")


def index_of(number: str) -> bytes:
    """Return the blind index under which a normal number is found."""
    return blind_index(number, purpose="account.phone")


def masked(number: str) -> str:
    """Return a number with its middle covered: 138****2607; empty stays empty."""
    return f"{number[:3]}****{number[-4:]}" if number else ""
