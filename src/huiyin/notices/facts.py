"""What a notice can speak of: the facts its caller knows, said in a language.

A discreet text gets `Discreet` and nothing else: number, days and a link. So an SMS or an e-mail
about a petition, a mediation or care cannot name subject, place or category, whatever it says.
"""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import lru_cache
from typing import Final, TypeAlias

from django.conf import settings
from django.utils import timezone, translation

from huiyin.procedures.language import Words
from huiyin.ui import dates, numbers

_NUMBER = re.compile(r"(?=(?:.*[0-9]){4})[A-Z0-9]+(?:[ -][A-Z0-9]+)*")
_PATH = re.compile(r"/[A-Za-z0-9/_.~?=&#-]*")
When: TypeAlias = date | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Discreet:
    """What may leave the house about a confidential matter. `link`: a path of this installation."""

    number: str = ""
    due: When = None  # by when: "1 月 22 日（周四）17:00 前"
    on: When = None  # when: "1 月 22 日（周四）"
    link: str = ""

    def __post_init__(self) -> None:
        """Refuse what is none of the four. Raises TypeError, ValueError."""
        if not all(value is None or isinstance(value, date) for value in (self.due, self.on)):
            raise TypeError("due and on are dates or instants")
        if self.number and not _NUMBER.fullmatch(self.number):
            raise ValueError("a public number has digits, and capital letters between them, only")
        if self.link and not _PATH.fullmatch(self.link):
            raise ValueError("a link is a path of this installation in plain letters")


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts(Discreet):
    """Everything a notice can speak of; what is left empty is not known."""

    act: Words | None = None  # what was done, as the procedure calls it
    procedure: Words | None = None
    state: Words | None = None  # the plain sentence of where it is now
    title: str = ""
    place: str = ""
    category: Words | None = None
    unit: str = ""  # who has it, or who did it
    phone: str = ""  # the public phone of that unit
    text: str = ""  # words that somebody wrote

    def discreet(self) -> Discreet:
        """Return what may leave the house."""
        return Discreet(number=self.number, due=self.due, on=self.on, link=self.link)


DISCREET: Final = frozenset(field.name for field in fields(Discreet))
ALL: Final = frozenset(field.name for field in fields(Facts))


def known(facts: Discreet) -> frozenset[str]:
    """Return the names of the facts that are there."""
    return frozenset(field.name for field in fields(facts) if getattr(facts, field.name))


def said(
    facts: Discreet, *, language: str, short: bool = False, only: frozenset[str] = ALL
) -> dict[str, str]:
    """Say every fact that is there, of `only` these names.

    `short` leaves out the spaces of Chinese dates (SMS).
    """
    with translation.override(language):
        found = {name: _said(name, getattr(facts, name), language) for name in known(facts) & only}
    if short and _is_chinese(language):
        for name in ("due", "on"):
            if name in found:
                found[name] = found[name].replace(" ", "")
    return found


def words_in(words: Words, language: str) -> str:
    """Return a label in a language."""
    return words.zh if _is_chinese(language) else words.en


def _is_chinese(language: str) -> bool:
    return not language.startswith("en")


def _said(name: str, value: object, language: str) -> str:
    if isinstance(value, Words):
        return words_in(value, language)
    if name == "number":
        return numbers.grouped(str(value))
    if name == "link":
        return f"{settings.HUIYIN.public_url}{value}"
    if isinstance(value, date):
        if name == "due":
            return _said_before(value, language, timezone.localdate())
        day = dates.day_words(dates.as_date(value))
        return f"{day} {dates.time_words(value)}" if isinstance(value, datetime) else day
    return " ".join(str(value).split())


@lru_cache(maxsize=500)  # thousands of limits end at the same moment
def _said_before(value: date, language: str, today: date) -> str:
    """Return a limit as it is said today in a language, which is the active one."""
    del language, today
    return " ".join(dates.said_before(value).pieces)
