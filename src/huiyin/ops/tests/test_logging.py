"""Logs hold no personal data: numbers are masked, addresses are routes, rows are not quoted."""

import logging

import pytest

from huiyin.ops.logging import WithoutAddress, line, mask
from huiyin.ops.masking import masked


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("call 13905340001 now", "call 139******01 now", id="mobile"),
        pytest.param("+8613905340001", "+86*********01", id="with-country-code"),
        pytest.param("371427199001011234", "371*************34", id="identity-card"),
        pytest.param("37142719900101123X。", "371*************3X。", id="identity-card-with-x"),
        pytest.param("电话13905340001。", "电话139******01。", id="between-chinese"),
        pytest.param("run 12345", "run 12345", id="hotline"),
        pytest.param("0192a7c0139053400010", "0192a7c0139053400010", id="part-of-an-id"),
        pytest.param("ms=1769466848", "ms=1769466848", id="a-time"),
        pytest.param(
            "duplicate key\nDETAIL:  Key (name)=(王芳) already exists.",
            "duplicate key\nDETAIL: (cut)",
            id="row-quoted-by-the-database",
        ),
    ],
)
def test_numbers_of_people_are_masked(text, shown):
    assert masked(text) == shown


def test_every_value_of_a_line_is_masked():
    event = {"event": "x", "to": ["13905340001"], "nested": {"id": 371427199001011234}, "ms": 7}

    assert mask(None, "info", event) == {
        "event": "x",
        "to": ["139******01"],
        "nested": {"id": "371*************34"},
        "ms": 7,
    }


def test_a_failed_request_is_logged_without_its_address():
    record = logging.LogRecord("django.request", 40, "", 0, "Error: %s", ("/link/secret",), None)

    assert WithoutAddress().filter(record)
    assert record.getMessage() == "request failed"


def test_a_request_is_one_readable_line():
    event = {
        "timestamp": "12:30:05",
        "level": "info",
        "logger": "huiyin.request",
        "event": "request",
        "method": "GET",
        "route": "sign-in",
        "status": 200,
        "ms": 35,
        "request_id": "9b646abd0ff54d53",
    }

    assert line(None, "info", event) == "12:30:05 GET sign-in 200 35 ms"


def test_an_error_keeps_its_id_and_its_trace():
    event = {
        "timestamp": "12:30:05",
        "level": "error",
        "logger": "django.request",
        "event": "request failed",
        "request_id": "9b646abd0ff54d53",
        "exception": "Traceback …",
    }

    assert line(None, "error", event) == (
        "12:30:05 ERROR request failed request_id=9b646abd0ff54d53\nTraceback …"
    )
