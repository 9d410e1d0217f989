"""Which of two limits may end later, whatever day they begin on.

A city may set a shorter limit than the law, never a longer one. Limits in different units end in
another order from case to case: what is asked here is whether one can never end after the other.
"""

from typing import Final

from huiyin.worktime.limits import Limit, LimitUnit

_DAY: Final = 24 * 60  # minutes
_SHORTEST: Final = {
    LimitUnit.MINUTE: 1,
    LimitUnit.HOUR: 60,
    LimitUnit.WORKING_HOUR: 60,
    LimitUnit.DAY: _DAY,
    LimitUnit.WORKING_DAY: _DAY,
    LimitUnit.MONTH: 28 * _DAY,
    LimitUnit.YEAR: 365 * _DAY,
}
_LONGEST: Final = {
    LimitUnit.MINUTE: 1,
    LimitUnit.HOUR: 60,
    LimitUnit.DAY: _DAY,
    LimitUnit.MONTH: 31 * _DAY,
    LimitUnit.YEAR: 366 * _DAY,
}
_LONGEST_BREAK_DAYS: Final = 12  # days off in a row around one working day, both sides
_MONTHS_A_YEAR: Final = 12


def never_longer(limit: Limit, than: Limit) -> bool:
    """Tell whether a limit ends no later than another one from every start; unsure is no."""
    limit, than = _in_months(limit), _in_months(than)
    if limit.at_closing != than.at_closing and not limit.at_closing:
        return _longest(limit) + _DAY <= _shortest(than)
    if limit.unit is than.unit:
        return limit.amount <= than.amount
    ends_with_a_day = limit.unit.is_day_like and not than.unit.is_day_like
    return _longest(limit) + (_DAY if ends_with_a_day else 0) <= _shortest(than)


def _in_months(limit: Limit) -> Limit:
    if limit.unit is not LimitUnit.YEAR:
        return limit
    return Limit(limit.amount * _MONTHS_A_YEAR, LimitUnit.MONTH, limit.at_closing)


def _shortest(limit: Limit) -> int:
    return limit.amount * _SHORTEST[limit.unit]


def _longest(limit: Limit) -> int:
    """Return the most minutes a limit lasts, days off at its end left out unless it counts them.

    Whatever else ends with a day is moved off days off too, so these need not be compared; days
    that do not count at all are.
    """
    if limit.unit in (LimitUnit.WORKING_DAY, LimitUnit.WORKING_HOUR):
        return (limit.amount * 2 + _LONGEST_BREAK_DAYS) * _DAY
    return limit.amount * _LONGEST[limit.unit]
