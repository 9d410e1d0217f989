"""The check of the HTML finds what is wrong, in what a page really sent."""

import pytest

from huiyin.ui.tests.validity import Documents, listening

pytestmark = pytest.mark.browser

SOUND = b'<!DOCTYPE html><html lang="zh-Hans"><head><meta charset="utf-8"><title>x</title></head>'


@pytest.mark.parametrize(
    ("body", "finding"),
    [
        pytest.param(b"<p id=a>1<p id=a>2", "Duplicate ID", id="an-id-twice"),
        pytest.param(b"<ul><p>1</p></ul>", "not allowed as child", id="what-may-not-be-inside"),
        pytest.param(b"<p hx-get=x>1</p>", "not allowed on element", id="an-attribute-of-nobody"),
        pytest.param(b"<section><p>1</p></section>", "lacks heading", id="a-warning"),
    ],
)
def test_a_fault_is_told(html_checker, body, finding):
    faults = html_checker.faults(SOUND + b"<body>" + body + b"</body></html>")

    assert any(finding in fault for fault in faults)


def test_a_sound_document_has_no_faults(html_checker):
    assert html_checker.faults(SOUND + "<body><h1>您好</h1></body></html>".encode()) == []


def test_whole_documents_are_heard_and_each_is_looked_at_once(client, db):
    with listening() as heard:
        client.get("/ui/display", headers={"Accept-Encoding": "gzip"})
        client.get("/ui/display")
        client.get("/health")

    assert [name for name, _ in heard.take()] == ["GET /ui/display"]
    assert list(heard.take()) == []
    assert isinstance(heard, Documents)
