"""Chinese first, English complete: no page mixes them, but for names that say what they are."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from django.conf import settings

from huiyin.people.models import Account
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.pages import pages

CHINESE = re.compile(r"[㐀-鿿]")
LATIN = re.compile(r"[A-Za-z]{2,}")
# Words that a Chinese page says in Latin letters.
ALLOWED = {
    "EN", "GPS", "WGS", "GCJ", "JavaScript", "Enter", "Tab", "xiajin", "xj", "huiyin", "worker",
    "migrate",
}  # fmt: skip
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "rect", "circle", "source"}
# A title cannot say in which language a part of it is.
SILENT = {"script", "style", "kbd", "code", "title"}
SHOWN = ("title", "placeholder", "aria-label", "alt")
# What is not language: keys, codes, addresses, user names.
NO_LANGUAGE = re.compile(r"\b[a-z]+\.[a-z_]+\b|\b[A-Z]{2}-\d+\S*|https?://\S+|\b\d\S*")


class Words(HTMLParser):
    """Collects the words of a page with the language they are marked with."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._stack: list[tuple[str, str, bool]] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        lang = given.get("lang") or (self._stack[-1][1] if self._stack else "")
        silent = (
            tag in SILENT
            or given.get("aria-hidden") == "true"
            or given.get("translate") == "no"
            or bool(self._stack and self._stack[-1][2])
        )
        if not silent:
            self.found += [(lang, given[name] or "") for name in SHOWN if name in given]
        if tag not in VOID:
            self._stack.append((tag, lang, silent))

    def handle_endtag(self, tag):
        while self._stack and self._stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and self._stack and not self._stack[-1][2]:
            self.found.append((self._stack[-1][1], " ".join(data.split())))


def words_of(html: str) -> Iterator[tuple[str, str]]:
    reader = Words()
    reader.feed(html)
    return iter(reader.found)


def foreign(html: str, language: str) -> list[str]:
    """The words of a page that are in the other language and do not say so."""
    if language == "en":
        return [text for lang, text in words_of(html) if lang == "en" and CHINESE.search(text)]
    return [
        text
        for lang, text in words_of(html)
        if lang == "zh-Hans" and set(LATIN.findall(NO_LANGUAGE.sub("", text))) - ALLOWED
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_mixes_languages(city, language):
    sessions = {
        page.who: session_of(Account.objects.get(username=page.who)) for page in pages() if page.who
    }
    mixed = {}
    for page in pages():
        client = client_of(sessions.get(page.who))
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        response = client.get(page.path)
        assert response.status_code in (200, 403, 404, 410), page
        found = foreign(response.content.decode(), language)
        if found:
            mixed[page.name] = found

    assert mixed == {}


def test_the_reader_finds_chinese_on_an_english_page():
    page = '<html lang="en"><p title="夏津">At <span lang="zh-Hans">夏津</span> 县</p></html>'

    assert foreign(page, "en") == ["夏津", "县"]


def test_the_reader_finds_english_on_a_chinese_page():
    page = '<html lang="zh-Hans"><p>夏津 county <span lang="en">MIT</span> GPS</p></html>'

    assert foreign(page, "zh-hans") == ["夏津 county"]
