"""What a form takes: texts from pages and JSON values alike; each field's error by itself."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from huiyin.procedures.forms import clean
from huiyin.procedures.language import Field, FieldType, Words
from huiyin.worktime import CITY

NOW = datetime(2026, 2, 10, 9, 30, tzinfo=CITY)
LATE_LOCAL = datetime.fromisoformat("2026-02-10T23:00")
LABEL = Words("一项", "One")
OPTIONS = {"a": LABEL, "b": LABEL}


def a_field(kind, **rule):
    options = OPTIONS if kind in ("choice", "choices") else {}
    return Field("it", LABEL, FieldType(kind), **{"options": options, **rule})


def cleaned(field, raw):
    return clean((field,), {"it": raw}, now=NOW)


@pytest.mark.parametrize(
    ("kind", "rule", "raw", "value"),
    [
        pytest.param("text", {}, "  两行\r\n文字 ", "两行\n文字", id="text-keeps-its-lines"),
        pytest.param("text", {"line": True}, "一\n二  三", "一 二 三", id="one-line"),
        pytest.param("number", {}, "12", 12, id="number-from-a-page"),
        pytest.param("number", {}, 12, 12, id="number-from-json"),
        pytest.param("number", {}, "1,200", 1200, id="grouped"),
        pytest.param("number", {"decimals": 1}, "2.5", Decimal("2.5"), id="decimals"),
        pytest.param("money", {}, "99.9", Decimal("99.90"), id="yuan"),
        pytest.param("flag", {}, "on", True, id="ticked"),
        pytest.param("flag", {}, None, False, id="not-ticked"),
        pytest.param("flag", {}, False, False, id="flag-from-json"),
        pytest.param("choice", {}, "a", "a", id="choice"),
        pytest.param("choices", {}, ["a", "b", "a"], ("a", "b"), id="choices-once-each"),
        pytest.param("choices", {}, "b", ("b",), id="one-of-several"),
        pytest.param("date", {}, "2026-02-10", date(2026, 2, 10), id="date"),
        pytest.param("date", {}, LATE_LOCAL, date(2026, 2, 10), id="date-of-the-citys-own-time"),
        pytest.param("date", {}, LATE_LOCAL.replace(tzinfo=UTC), date(2026, 2, 11), id="of-utc"),
        pytest.param("instant", {}, "2026-02-10T09:00", NOW - timedelta(minutes=30), id="local"),
        pytest.param("instant", {}, "2026-02-10T01:00Z", NOW - timedelta(minutes=30), id="utc"),
        pytest.param("date", {"past": True}, "2026-02-10", date(2026, 2, 10), id="today-is-past"),
        pytest.param("date", {"future": True}, "2026-02-10", date(2026, 2, 10), id="or-future"),
        pytest.param("units", {"at_most": 2}, ["u", "v"], ("u", "v"), id="units"),
        pytest.param("stars", {}, "5", 5, id="stars"),
    ],
)
def test_a_value_is_taken(kind, rule, raw, value):
    answer = cleaned(a_field(kind, **rule), raw)

    assert answer.errors == {}
    assert answer.values == {"it": value}


@pytest.mark.parametrize(
    ("kind", "rule", "raw", "code"),
    [
        ("text", {}, "", "required"),
        ("text", {}, "   ", "required"),
        ("text", {}, 5, "no_text"),
        ("text", {}, "a\x00b", "no_text"),
        ("text", {}, "a\ud800b", "no_text"),
        ("text", {"at_most": 3}, "四个汉字", "too_long"),
        ("text", {"at_least": 3}, "两字", "too_short"),
        ("number", {}, "twelve", "no_number"),
        ("number", {}, "NaN", "no_number"),
        ("number", {}, "1e99", "no_number"),
        ("number", {}, True, "no_number"),
        ("number", {}, "1.5", "too_exact"),
        ("number", {"at_least": 1}, "0", "too_small"),
        ("number", {"at_most": 5}, "6", "too_large"),
        ("money", {}, "0.001", "too_exact"),
        ("flag", {}, "perhaps", "no_flag"),
        ("choice", {}, "c", "no_choice"),
        ("choice", {}, ["a"], "no_choice"),
        ("choices", {}, ["a", "c"], "no_choice"),
        ("choices", {"at_least": 2}, ["a"], "too_few"),
        ("choices", {}, {"a": 1}, "no_list"),
        ("date", {}, "10/2/2026", "no_date"),
        ("date", {}, "2026-02-30", "no_date"),
        ("date", {"past": True}, "2026-02-11", "in_future"),
        ("date", {"future": True}, "2026-02-09", "in_past"),
        ("date", {}, "0206-02-10", "no_year"),
        ("instant", {}, "soon", "no_instant"),
        ("instant", {}, "9999-12-31T23:59Z", "no_year"),
        ("instant", {}, "2026-03-02T09:00+22:06", "no_instant"),
        ("instant", {"past": True}, "2026-02-10T09:31", "in_future"),
        ("unit", {}, "x" * 201, "not_found"),
        ("unit", {}, "a\ud800b", "not_found"),
        ("units", {"at_most": 1}, ["u", "v"], "too_many"),
        ("files", {}, [], "required"),
        ("stars", {}, "6", "no_stars"),
    ],
)
def test_a_fault_is_told_by_its_code(kind, rule, raw, code):
    answer = cleaned(a_field(kind, **rule), raw)

    assert answer.errors["it"].code == code
    assert answer.values == {}


@pytest.mark.parametrize(("kind", "code"), [("number", "no_number"), ("flag", "no_flag")])
def test_a_number_too_long_to_be_written_out_is_a_fault(kind, code):
    assert cleaned(a_field(kind), 10**5_000).errors["it"].code == code


def test_an_optional_field_may_be_left_empty():
    assert cleaned(a_field("text", required=False), "").values == {}


def test_a_field_is_asked_for_only_when_its_condition_holds():
    why = Field("why", LABEL, FieldType.CHOICE, options=OPTIONS)
    where = Field("where", LABEL, FieldType.UNIT, when={"why": ("b",)})

    asked = clean((why, where), {"why": "b"}, now=NOW)
    not_asked = clean((why, where), {"why": "a", "where": "unit"}, now=NOW)

    assert {name: error.code for name, error in asked.errors.items()} == {"where": "required"}
    assert (not_asked.errors, not_asked.values) == ({}, {"why": "a"})


def test_a_field_may_wait_for_a_box_that_is_not_ticked():
    known = Field("known", LABEL, FieldType.FLAG)
    why = Field("why", LABEL, FieldType.TEXT, when={"known": (False,)})

    assert "why" in clean((known, why), {}, now=NOW).errors
    assert clean((known, why), {"known": "on"}, now=NOW).errors == {}


def test_sound_fields_are_kept_beside_faulty_ones():
    first = Field("first", LABEL, FieldType.TEXT)
    second = Field("second", LABEL, FieldType.NUMBER)

    answer = clean((first, second), {"first": "好", "second": "x", "third": "?"}, now=NOW)

    assert answer.values == {"first": "好"}
    assert {name: error.code for name, error in answer.errors.items()} == {
        "second": "no_number", "third": "unknown_field"
    }  # fmt: skip


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes(
        timezones=st.just(UTC)
    ) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip


@given(raw=ANYTHING, kind=st.sampled_from(list(FieldType)))
def test_nothing_that_is_sent_raises(raw, kind):
    answer = cleaned(a_field(kind), raw)

    assert bool(answer.errors) != bool(answer.values) or kind == "flag"
