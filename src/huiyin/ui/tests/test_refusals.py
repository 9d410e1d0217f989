"""A refusal is a code with data; the sentence is looked up."""

import pickle
from datetime import date

import pytest
from django.utils import translation

from huiyin.ui import refusals
from huiyin.ui.refusals import known_refusals, refusal, sentence_of, sentences

CLOSED = {"unit": "Water", "closed_on": date(2026, 1, 22)}


@pytest.fixture
def window_closed(monkeypatch):
    """A refusal that the rest of the system never hears of."""
    monkeypatch.setattr(refusals, "_made", {})
    monkeypatch.setattr(refusals, "_sentences", {})
    sentences({"tests.window_closed": "%(unit)s could return it until %(closed_on)s."})
    return refusal("tests.window_closed", unit=str, closed_on=date)


def test_refusal_carries_its_code_and_data(window_closed):
    refused = window_closed(**CLOSED)

    assert (refused.code, refused.data, refused.closed_on) == (
        "tests.window_closed",
        CLOSED,
        date(2026, 1, 22),
    )
    assert known_refusals()["tests.window_closed"] is window_closed


def test_refusal_cannot_be_changed(window_closed):
    refused = window_closed(**CLOSED)

    with pytest.raises(AttributeError, match="does not change: closed_on"):
        refused.closed_on = date(2027, 1, 1)
    with pytest.raises(AttributeError, match="colour"):
        _ = refused.colour

    assert refused.data == CLOSED


@pytest.mark.parametrize(
    "data",
    [
        pytest.param({"unit": "Water"}, id="missing"),
        pytest.param({**CLOSED, "more": 1}, id="unknown"),
        pytest.param({**CLOSED, "closed_on": "2026-01-22"}, id="wrong-type"),
    ],
)
def test_refusal_is_a_bug_when_its_data_does_not_fit(window_closed, data):
    with pytest.raises(TypeError, match=r"tests\.window_closed"):
        window_closed(**data)


def test_code_is_given_once(window_closed):
    with pytest.raises(ValueError, match="made twice"):
        refusal("tests.window_closed")


def test_sentence_shows_dates_as_the_reader_writes_them(window_closed):
    refused = window_closed(**CLOSED)

    with translation.override("en"):
        english = sentence_of(refused)
    with translation.override("zh-hans"):
        chinese = sentence_of(refused)

    assert english == "Water could return it until Jan. 22, 2026."
    assert chinese == "Water could return it until 2026年1月22日."


def test_refusal_crosses_processes(window_closed):
    again = pickle.loads(pickle.dumps(window_closed(**CLOSED)))  # noqa: S301 our own bytes

    assert (type(again), again.data) == (window_closed, CLOSED)
