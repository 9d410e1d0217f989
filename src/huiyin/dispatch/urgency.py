"""How urgent what somebody says is: by its words, and by the class of matter.

Words of danger to life are `categories.emergencies`; a city's own words are added to them here. A
word that carries a number counts only where it is meant: not "怕漏气", not "触电赔偿".
"""

import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from huiyin.categories.emergencies import NUMBERS, emergency_number
from huiyin.categories.models import Category, Urgency
from huiyin.dispatch.models import Level, UrgentWord

FRESH_SECONDS = 30
LONGEST = 2_000  # characters read: as much as a report may have
_CLAUSE = re.compile(r"[，,。.！!？?；;：:\n]")
_CLAUSE_SHOWN = 20
# Put in the place of a city's word: if this would be no alarm there, neither is the word.
_SURE = "着火"


@dataclass(frozen=True, slots=True)
class Word:
    """A word of urgency as `urgency_in` reads it."""

    word: str
    number: str = ""
    hint_zh: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """How urgent it is, which words say so, and what to say at once.

    `number`: to call first; "" when there is none. `hints`: what to do until somebody comes, zh
    and en. `by_category`: the class of matter alone makes it urgent.
    """

    level: Level
    words: tuple[str, ...] = ()
    number: str = ""
    hints: tuple[tuple[str, str], ...] = ()
    by_category: bool = False

    @property
    def urgency(self) -> Urgency:
        """The two grades by which limits and ladders differ."""
        return Urgency.NORMAL if self.level == Level.NORMAL else Urgency.URGENT


def urgency_of(text: str, category: Category | None = None) -> Heard:
    """Return how urgent a report is. One query; for many reports see `known_words`."""
    return urgency_in(text, category, words=known_words())


_kept: tuple[float, tuple[Word, ...]] | None = None


def known_words() -> tuple[Word, ...]:
    """Return the words of urgency in use, longest first; read at most every FRESH_SECONDS."""
    global _kept
    if _kept is None or time.monotonic() - _kept[0] > FRESH_SECONDS:
        _kept = (time.monotonic(), read_words())
    return _kept[1]


def forget_words() -> None:
    """Drop this process's copy, after a change."""
    global _kept
    _kept = None


def read_words() -> tuple[Word, ...]:
    """Read the words of urgency in use, longest first. One query."""
    rows = UrgentWord.objects.filter(active=True).values_list(
        "word", "number", "hint_zh", "hint_en"
    )
    return tuple(
        sorted((Word(*row) for row in rows), key=lambda word: (-len(word.word), word.word))
    )


def urgency_in(text: str, category: Category | None, *, words: Sequence[Word]) -> Heard:
    """Return how urgent a report is, by these words. Pure.

    A word that lies in a longer one that was found counts once. When several numbers are meant the
    order is that of the emergencies: life first.
    """
    plain = text[:LONGEST].casefold()
    found = _found(plain, words)
    alarm = emergency_number(plain)
    dangers = [word for word in found if word.number]
    numbers = [*([alarm] if alarm else []), *(word.number for word in dangers)]
    named = tuple(dict.fromkeys([word.word for word in found] + _alarms(plain, alarm, dangers)))
    hints = tuple(dict.fromkeys((word.hint_zh, word.hint_en) for word in found if word.hint_zh))
    by_category = category is not None and category.urgency == Urgency.URGENT
    level = Level.URGENT if found or by_category else Level.NORMAL
    if numbers:
        level = Level.EMERGENCY
    number = _first(numbers)
    if not number and by_category and category is not None:
        number = category.redirect
    return Heard(level, named, number, hints, by_category=by_category and not (numbers or found))


def _found(plain: str, words: Iterable[Word]) -> list[Word]:
    """Return the words of the list that are said, in the order of the text."""
    taken: list[tuple[int, int, Word]] = []
    for word in words:  # the longest first
        for hit in _hits(plain, word.word):
            inside = any(start <= hit and hit + len(word.word) <= end for start, end, _ in taken)
            if not inside and (not word.number or _is_meant(plain, hit, len(word.word))):
                taken.append((hit, hit + len(word.word), word))
    return list(dict.fromkeys(word for _start, _end, word in sorted(taken, key=lambda at: at[:2])))


def _hits(plain: str, word: str) -> list[int]:
    pattern = rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
    return [hit.start() for hit in re.finditer(pattern, plain)]


def _is_meant(plain: str, start: int, length: int) -> bool:
    return bool(emergency_number(plain[:start] + _SURE + plain[start + length :]))


def _alarms(plain: str, alarm: str, dangers: Sequence[Word]) -> list[str]:
    """Return the clauses that sound the alarm by themselves and hold no word of the list."""
    if not alarm:
        return []
    return [
        clause.strip()[:_CLAUSE_SHOWN]
        for clause in _CLAUSE.split(plain)
        if emergency_number(clause) and not any(word.word in clause for word in dangers)
    ]


def _first(numbers: Sequence[str]) -> str:
    """Return the number to call first: life, then as in the text."""
    for number in NUMBERS:
        if number in numbers:
            return number
    return numbers[0] if numbers else ""
