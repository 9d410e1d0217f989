"""Limits as they are written: "5 working days", "30 minutes", "5个工作日"."""

import re
from dataclasses import dataclass
from enum import StrEnum

MOST = 1_000_000  # nothing in law is longer; a slip of the keyboard may be


class LimitUnit(StrEnum):
    """What a limit is counted in. The words are those of the catalogue of terms."""

    MINUTE = "minute"
    HOUR = "hour"
    WORKING_HOUR = "working_hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    YEAR = "year"

    @property
    def is_day_like(self) -> bool:
        """Tell whether limits in this unit end with a day, not at a moment."""
        return self in _DAY_LIKE


_DAY_LIKE = frozenset((LimitUnit.DAY, LimitUnit.WORKING_DAY, LimitUnit.MONTH, LimitUnit.YEAR))
_UNITS_EN = {unit.replace("_", " "): unit for unit in LimitUnit}
_UNITS_ZH = {
    "分钟": LimitUnit.MINUTE,
    "小时": LimitUnit.HOUR,
    "个小时": LimitUnit.HOUR,
    "个工作小时": LimitUnit.WORKING_HOUR,
    "工作小时": LimitUnit.WORKING_HOUR,
    "日": LimitUnit.DAY,
    "天": LimitUnit.DAY,
    "个工作日": LimitUnit.WORKING_DAY,
    "工作日": LimitUnit.WORKING_DAY,
    "个月": LimitUnit.MONTH,
    "年": LimitUnit.YEAR,
}
_WRITTEN_ZH = {
    LimitUnit.MINUTE: "分钟",
    LimitUnit.HOUR: "小时",
    LimitUnit.WORKING_HOUR: "个工作小时",
    LimitUnit.DAY: "日",
    LimitUnit.WORKING_DAY: "个工作日",
    LimitUnit.MONTH: "个月",
    LimitUnit.YEAR: "年",
}
_CLOSING_EN, _CLOSING_ZH = "by closing", "下班前"
_WRITTEN = re.compile(r"(?P<amount>\d+)\s*(?P<unit>\D*)")
_KNOWN = "minutes, hours, working hours, days, working days, months or years"
_EXAMPLE = 'write a number and a unit, such as "5 working days", "30 minutes" or "5个工作日"'


class LimitError(ValueError):
    """A limit that cannot be read; the text says what is wrong and what would be right."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A length of time the law or the city allows.

    `at_closing`: the last day ends when the office closes, not at 24:00 (Civil Code art. 203,
    second paragraph: where there are business hours, when business stops).
    """

    amount: int
    unit: LimitUnit
    at_closing: bool = False

    def __post_init__(self) -> None:
        if isinstance(self.amount, bool) or not isinstance(self.amount, int):
            raise LimitError(f"{self.amount!r} is no whole number: {_EXAMPLE}.")
        if not 1 <= self.amount <= MOST:
            raise LimitError(f"{self.amount} is no length: a limit is from 1 to {MOST}.")
        object.__setattr__(self, "unit", LimitUnit(self.unit))
        if self.at_closing and not self.unit.is_day_like:
            raise LimitError(
                f"a limit in {self.unit.replace('_', ' ')}s ends at a moment, never "
                f'"{_CLOSING_EN}": leave that out, or write days, working days, months or years.'
            )

    def __str__(self) -> str:
        """Return the written form; `parse_limit` reads it back."""
        word = self.unit.replace("_", " ") + ("" if self.amount == 1 else "s")
        return f"{self.amount} {word}" + (f" {_CLOSING_EN}" if self.at_closing else "")

    @property
    def zh(self) -> str:
        """Return the Chinese written form; `parse_limit` reads it back too."""
        return f"{self.amount}{_WRITTEN_ZH[self.unit]}" + (_CLOSING_ZH if self.at_closing else "")


def parse_limit(text: str) -> Limit:
    """Read "5 working days", "1 month", "15 days by closing", "5个工作日", "15日下班前".

    Raises LimitError, which says what is wrong and what would be right.
    """
    words = " ".join(text.split())
    if not words:
        raise LimitError(f"no limit is given: {_EXAMPLE}.")
    lowered = words.lower()
    at_closing = lowered.endswith((_CLOSING_EN, _CLOSING_ZH))
    rest = lowered.removesuffix(_CLOSING_EN).removesuffix(_CLOSING_ZH).strip()
    match = _WRITTEN.fullmatch(rest)
    if match is None:
        raise LimitError(f'"{words}" does not begin with a whole number: {_EXAMPLE}.')
    unit = _unit_of(match["unit"])
    if unit is None:
        what = f'"{match["unit"]}" is no unit' if match["unit"] else f'"{words}" has no unit'
        raise LimitError(f"{what}: use {_KNOWN}, such as {_EXAMPLE.partition('such as ')[2]}.")
    amount = match["amount"]
    return Limit(int(amount) if len(amount) < 20 else MOST + 1, unit, at_closing)


def _unit_of(word: str) -> LimitUnit | None:
    word = word.strip()
    return _UNITS_EN.get(word) or _UNITS_EN.get(word.removesuffix("s")) or _UNITS_ZH.get(word)
