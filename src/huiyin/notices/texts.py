"""The texts of notices as values: what is said over which channel, in Chinese and English."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from string import Formatter

from huiyin.notices.facts import DISCREET, Discreet, said, words_in
from huiyin.procedures.language import Words

LANGUAGES = ("zh-hans", "en")
# Signs of one SMS, and of each part where there are several: UCS-2, and GSM 03.38 for plain Latin.
UCS2, UCS2_PART = 70, 67
GSM, GSM_PART = 160, 153
_GSM_SIGNS = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_DOUBLE = frozenset("^{}\\[~]|€")


class Channel(StrEnum):
    """How somebody is reached."""

    INBOX = "inbox"
    SMS = "sms"
    EMAIL = "email"


OUTSIDE = (Channel.SMS, Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class Text:
    """One text in both languages; {name} stands for a fact."""

    words: Words

    @property
    def needs(self) -> frozenset[str]:
        """The facts it speaks of."""
        return _names_in(self.words.zh)

    def filled(self, facts: Discreet, *, language: str, short: bool = False) -> str:
        """Say it. Raises KeyError when a fact is missing."""
        words = words_in(self.words, language)
        told = said(facts, language=language, short=short, only=_names_in(words))
        return words.format_map(told)


@dataclass(frozen=True, slots=True)
class DiscreetText(Text):
    """A text that speaks of number, days and link only. Raises ValueError for another one."""

    def __post_init__(self) -> None:
        """Look at its placeholders."""
        told = {*placeholders(self.words.zh), *placeholders(self.words.en)} - DISCREET
        if told:
            raise ValueError(f"speaks of {', '.join(sorted(told))}")


@dataclass(frozen=True, slots=True)
class Template:
    """The texts of one notice, or of all whose names match a pattern.

    Each channel has its parts: one text, or subject and body of an e-mail. In a discreet template
    the texts for SMS and e-mail are `DiscreetText`.
    """

    name: str
    channels: Mapping[Channel, tuple[Text, ...]]
    urgent: bool = False
    discreet: bool = False
    version: int = 0  # 0: as shipped; else the version of the city's own text
    file: str = ""
    line: int = 0

    def needs(self, channel: Channel) -> frozenset[str]:
        """The facts its texts for a channel speak of."""
        return frozenset().union(*(text.needs for text in self.channels[channel]))

    def rank(self, name: str) -> tuple[bool, int]:
        """Tell how well it fits: the exact name first, then whoever names more of it."""
        return self.name == name, sum(sign != "*" for sign in self.name)

    def fits(self, name: str) -> bool:
        """Tell whether it is meant for notices of this name."""
        return fnmatchcase(name, self.name)


@lru_cache(maxsize=1_000)
def _names_in(text: str) -> frozenset[str]:
    return frozenset(placeholders(text))


def placeholders(text: str) -> Iterator[str]:
    """Yield the names in braces. Raises ValueError for braces that are none."""
    for _literal, name, spec, conversion in Formatter().parse(text):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(f"{{{name}}} is no placeholder")
        yield name


def segments(text: str) -> int:
    """Return how many SMS a text is sent, and paid, as."""
    if all(sign in _GSM_SIGNS or sign in _GSM_DOUBLE for sign in text):
        length, one, part = len(text) + sum(s in _GSM_DOUBLE for s in text), GSM, GSM_PART
    else:
        length, one, part = len(text.encode("utf-16-le")) // 2, UCS2, UCS2_PART
    return 1 if length <= one else -(-length // part)
