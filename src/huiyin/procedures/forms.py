"""Forms of actions: what pages and API send becomes typed values, or an error for each field."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final

from huiyin.procedures.language import Field, FieldType
from huiyin.procedures.runs import Values
from huiyin.worktime import CITY

YES: Final = frozenset({"true", "on", "yes", "1"})
NO: Final = frozenset({"false", "off", "no", "0"})
LONGEST_ID: Final = 200
NO_TIME: Final = timedelta(0)
FARTHEST: Final = timedelta(hours=15)  # no clock on Earth is farther from UTC
YEARS: Final = range(
    1900, 2091
)  # beyond these a date is a slip, and limits from it have no calendar
_EMPTY: Final[Mapping[FieldType, object]] = {FieldType.FLAG: False}  # a box that is not ticked
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL and UTF-8 have no place for these
_SPACE = re.compile(r"[^\S\n]+")


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: a code with data (`refusals.sentence` has the words)."""

    code: str
    data: Mapping[str, object] = field(default_factory=dict)


class _Wrong(Exception):
    def __init__(self, code: str, **data: object) -> None:
        self.error = FieldError(code, data)


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The values of a form by field, and what is wrong with it. Values only hold sound fields."""

    values: Values
    errors: Mapping[str, FieldError]


def clean(fields: Sequence[Field], given: Values, *, now: datetime) -> Cleaned:
    """Turn what was sent into typed values.

    Takes texts, as pages send them, and JSON values. Numbers become int or Decimal, dates `date`,
    instants aware `datetime`; several choices, units, parties and files become tuples of texts.
    A flag that is not sent is false. A field whose `when` does not hold is not asked for, and
    what was sent in it is left out.
    """
    values: dict[str, object] = {}
    errors: dict[str, FieldError] = {}
    for rule in fields:
        if not _is_shown(rule, values):
            continue
        raw = given.get(rule.name)
        try:
            value = (
                _EMPTY.get(rule.type) if _is_empty(raw) else _CLEANERS[rule.type](rule, raw, now)
            )
            if value is None or value == ():
                if rule.required:
                    raise _Wrong("required")
                continue
            values[rule.name] = value
        except _Wrong as wrong:
            errors[rule.name] = wrong.error
    known = {rule.name for rule in fields}
    errors |= {name: FieldError("unknown_field") for name in given if name not in known}
    return Cleaned(values, errors)


def _is_shown(rule: Field, values: Values) -> bool:
    for other, wanted in rule.when.items():
        value = values.get(other, False if False in wanted else None)
        if isinstance(value, tuple):
            if not set(value) & set(wanted):
                return False
        elif value not in wanted:
            return False
    return True


def _is_empty(raw: object) -> bool:
    return raw is None or (isinstance(raw, str) and not raw.strip())


def _text(rule: Field, raw: object, now: datetime) -> object:
    if not isinstance(raw, str):
        raise _Wrong("no_text")
    text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
    if _NO_TEXT.search(text):
        raise _Wrong("no_text")
    if rule.line:
        text = _SPACE.sub(" ", text.replace("\n", " "))
    if rule.at_most is not None and len(text) > rule.at_most:
        raise _Wrong("too_long", most=int(rule.at_most), length=len(text))
    if rule.at_least is not None and len(text) < rule.at_least:
        raise _Wrong("too_short", least=int(rule.at_least))
    return text


def _number(rule: Field, raw: object, now: datetime) -> object:
    return _counted(rule, raw, rule.decimals)


def _money(rule: Field, raw: object, now: datetime) -> object:
    return _counted(rule, raw, 2)


def _stars(rule: Field, raw: object, now: datetime) -> object:
    value = _exact(raw, 0)
    if not 1 <= value <= 5:
        raise _Wrong("no_stars")
    return value


def _counted(rule: Field, raw: object, decimals: int) -> object:
    value = _exact(raw, decimals)
    if rule.at_least is not None and value < rule.at_least:
        raise _Wrong("too_small", least=rule.at_least)
    if rule.at_most is not None and value > rule.at_most:
        raise _Wrong("too_large", most=rule.at_most)
    return value


def _exact(raw: object, decimals: int) -> int | Decimal:
    if isinstance(raw, bool) or not isinstance(raw, str | int | float | Decimal):
        raise _Wrong("no_number")
    try:
        value = Decimal(str(raw).strip().replace(",", "").replace("，", ""))
        if not value.is_finite() or value.adjusted() > 15:
            raise _Wrong("no_number")
        if value != round(value, decimals):
            raise _Wrong("too_exact", decimals=decimals)
    except (InvalidOperation, ValueError):  # ValueError: a number too long to be written out
        raise _Wrong("no_number") from None
    return int(value) if decimals == 0 else round(value, decimals)


def _flag(rule: Field, raw: object, now: datetime) -> object:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int):
        raw = {0: "0", 1: "1"}.get(raw)
    word = raw.strip().lower() if isinstance(raw, str) else ""
    if word in YES:
        return True
    if word in NO:
        return False
    raise _Wrong("no_flag")


def _choice(rule: Field, raw: object, now: datetime) -> object:
    if not isinstance(raw, str) or raw not in rule.options:
        raise _Wrong("no_choice", options=tuple(rule.options))
    return raw


def _choices(rule: Field, raw: object, now: datetime) -> object:
    chosen = _several(raw)
    if any(value not in rule.options for value in chosen):
        raise _Wrong("no_choice", options=tuple(rule.options))
    return _counted_many(rule, chosen)


def _date(rule: Field, raw: object, now: datetime) -> object:
    if isinstance(raw, datetime):
        is_local = raw.tzinfo is None or raw.year not in YEARS
        raw = raw.date() if is_local else raw.astimezone(CITY).date()
    try:
        value = raw if isinstance(raw, date) else date.fromisoformat(str(raw).strip())
    except ValueError:
        raise _Wrong("no_date") from None
    if value.year not in YEARS:
        raise _Wrong("no_year", first=YEARS[0], last=YEARS[-1])
    today = now.astimezone(CITY).date()
    if rule.past and value > today:
        raise _Wrong("in_future", today=today)
    if rule.future and value < today:
        raise _Wrong("in_past", today=today)
    return value


def _instant(rule: Field, raw: object, now: datetime) -> object:
    try:
        value = raw if isinstance(raw, datetime) else datetime.fromisoformat(str(raw).strip())
    except ValueError:
        raise _Wrong("no_instant") from None
    if abs(value.utcoffset() or NO_TIME) > FARTHEST:
        raise _Wrong("no_instant")
    if value.year not in YEARS:
        raise _Wrong("no_year", first=YEARS[0], last=YEARS[-1])
    if value.tzinfo is None:
        value = value.replace(tzinfo=CITY)  # what a page sends is the city's own time
    if rule.past and value > now:
        raise _Wrong("in_future", today=now)
    if rule.future and value < now:
        raise _Wrong("in_past", today=now)
    return value


def _one_id(rule: Field, raw: object, now: datetime) -> object:
    text = raw.strip() if isinstance(raw, str) else ""
    if not text or len(text) > LONGEST_ID or _NO_TEXT.search(text):
        raise _Wrong("not_found")
    return text


def _many_ids(rule: Field, raw: object, now: datetime) -> object:
    return _counted_many(rule, tuple(str(_one_id(rule, one, now)) for one in _several(raw)))


def _several(raw: object) -> tuple[str, ...]:
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, list | tuple) or any(not isinstance(one, str) for one in raw):
        raise _Wrong("no_list")
    return tuple(dict.fromkeys(one for one in raw if one.strip()))


def _counted_many(rule: Field, chosen: tuple[str, ...]) -> tuple[str, ...]:
    if chosen and rule.at_least is not None and len(chosen) < rule.at_least:
        raise _Wrong("too_few", least=int(rule.at_least))
    if rule.at_most is not None and len(chosen) > rule.at_most:
        raise _Wrong("too_many", most=int(rule.at_most))
    return chosen


_CLEANERS: Final[Mapping[FieldType, Callable[[Field, object, datetime], object]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.MONEY: _money,
    FieldType.FLAG: _flag,
    FieldType.CHOICE: _choice,
    FieldType.CHOICES: _choices,
    FieldType.DATE: _date,
    FieldType.INSTANT: _instant,
    FieldType.PLACE: _one_id,
    FieldType.UNIT: _one_id,
    FieldType.UNITS: _many_ids,
    FieldType.CATEGORY: _one_id,
    FieldType.PERSON: _one_id,
    FieldType.COLLEAGUE: _one_id,
    FieldType.PARTY: _one_id,
    FieldType.PARTIES: _many_ids,
    FieldType.FILES: _many_ids,
    FieldType.STARS: _stars,
}
