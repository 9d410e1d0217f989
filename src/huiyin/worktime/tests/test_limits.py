"""Limits as people write them, in English and Chinese."""

import pytest

from huiyin.worktime import Limit, LimitError, LimitUnit, parse_limit


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5 working days", Limit(5, LimitUnit.WORKING_DAY)),
        ("1 working day", Limit(1, LimitUnit.WORKING_DAY)),
        ("15 days", Limit(15, LimitUnit.DAY)),
        ("30 minutes", Limit(30, LimitUnit.MINUTE)),
        ("2 hours", Limit(2, LimitUnit.HOUR)),
        ("4 working hours", Limit(4, LimitUnit.WORKING_HOUR)),
        ("1 month", Limit(1, LimitUnit.MONTH)),
        ("2 years", Limit(2, LimitUnit.YEAR)),
        ("15 days by closing", Limit(15, LimitUnit.DAY, at_closing=True)),
        ("  15   Days ", Limit(15, LimitUnit.DAY)),
        ("5个工作日", Limit(5, LimitUnit.WORKING_DAY)),
        ("15日", Limit(15, LimitUnit.DAY)),
        ("15天", Limit(15, LimitUnit.DAY)),
        ("30分钟", Limit(30, LimitUnit.MINUTE)),
        ("2小时", Limit(2, LimitUnit.HOUR)),
        ("4个工作小时", Limit(4, LimitUnit.WORKING_HOUR)),
        ("1个月", Limit(1, LimitUnit.MONTH)),
        ("2年", Limit(2, LimitUnit.YEAR)),
        ("5 个工作日下班前", Limit(5, LimitUnit.WORKING_DAY, at_closing=True)),
    ],
)
def test_a_written_limit_is_read(text, limit):
    assert parse_limit(text) == limit


@pytest.mark.parametrize("amount", [1, 5])
@pytest.mark.parametrize("unit", LimitUnit)
@pytest.mark.parametrize("at_closing", [False, True], ids=["midnight", "closing"])
def test_both_written_forms_are_read_back(amount, unit, at_closing):
    limit = Limit(amount, unit, at_closing and unit.is_day_like)

    assert parse_limit(str(limit)) == limit
    assert parse_limit(limit.zh) == limit


EXAMPLE = '"5 working days", "30 minutes" or "5个工作日".'
WRITE = f"write a number and a unit, such as {EXAMPLE}"
USE = f"use minutes, hours, working hours, days, working days, months or years, such as {EXAMPLE}"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"no limit is given: {WRITE}"),
        ("five days", f'"five days" does not begin with a whole number: {WRITE}'),
        ("1.5 days", f'"1.5 days" does not begin with a whole number: {WRITE}'),
        ("-3 days", f'"-3 days" does not begin with a whole number: {WRITE}'),
        ("5", f'"5" has no unit: {USE}'),
        ("5 fortnights", f'"fortnights" is no unit: {USE}'),
        ("5月", f'"月" is no unit: {USE}'),  # May, not five months
        ("0 days", "0 is no length: a limit is from 1 to 1000000."),
        ("9" * 5_000 + " days", "1000001 is no length: a limit is from 1 to 1000000."),
        (
            "2 working hours by closing",
            (
                'a limit in working hours ends at a moment, never "by closing": leave that out, '
                "or write days, working days, months or years."
            ),
        ),
    ],
    ids=lambda text: text[:20] or "empty",
)
def test_what_cannot_be_read_is_told_with_what_would_be_right(text, sentence):
    with pytest.raises(LimitError) as refused:
        parse_limit(text)

    assert str(refused.value) == sentence


@pytest.mark.parametrize("amount", [True, 1.0, "5"])
def test_a_length_is_a_whole_number(amount):
    with pytest.raises(LimitError, match="is no whole number"):
        Limit(amount, LimitUnit.DAY)
