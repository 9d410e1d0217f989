"""The command centre: figures, their lists, dates, tables as files."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest

from huiyin.people.models import Account
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.city import LOADED_AT
from huiyin.web.tests.pages import BEICHENG


@pytest.fixture
def leader(city):
    return client_of(session_of(Account.objects.get(username="leader")))


def linked_figures(page):
    """Every figure that opens a list: its address, and what it says."""
    links = re.findall(r'<a[^>]*href="(/command/[a-z_]+\?[^"]*)"[^>]*>(.*?)</a>', page, re.S)
    for address, inside in links:
        if address.startswith(("/command/wall", "/command/units")):
            continue
        figure = re.search(r"[\d,]+", re.sub(r"<svg.*?</svg>|<[^>]+>", "", inside))
        if figure:
            yield unescape(address), int(figure[0].replace(",", ""))


@pytest.mark.parametrize("query", ["", f"?place={BEICHENG}", "?show=open&day=2026-11-20"])
def test_every_figure_on_the_page_is_the_length_of_the_list_it_opens(leader, query):
    page = leader.get(f"/command{query}").content.decode()

    figures = dict(linked_figures(page))

    assert len(figures) > 25
    assert any(figures.values())
    counted = {address: leader.get(address).context["count"] for address in figures}
    assert counted == figures


def test_what_came_in_is_told_for_the_day_that_is_chosen(leader):
    day = (LOADED_AT - timedelta(days=2, hours=1)).date().isoformat()

    page = leader.get(f"/command?day={day}")

    assert page.context["came"].count == 1
    assert "当天办结" in page.content.decode()
    listed = leader.get(f"/command/came?day={day}")
    assert [row.title for row in listed.context["rows"]] == ["物业停水没有通知"]


@pytest.mark.parametrize("day", ["2999-01-01", "nonsense", ""])
def test_a_day_that_is_none_or_is_to_come_is_today(leader, day):
    assert leader.get(f"/command?day={day}").context["when"].is_today


@pytest.mark.parametrize("name", ["parts", "classes", "days", "units"])
def test_a_table_is_a_file_with_the_same_figures(leader, name):
    page = leader.get("/command").context

    answer = leader.get(f"/command/tables/{name}.csv")

    rows = list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert f"huiyin-{name}-371427000000-" in answer.headers["Content-Disposition"]
    figures = rows[1:]
    if name == "parts":
        assert int(figures[-1][2]) == page["counts"].open
        assert sum(int(row[2]) for row in figures[:-1]) == page["counts"].open
    if name == "classes":
        tops = [row for row in figures if len(row[0]) == 2]
        assert sum(int(row[2]) for row in tops) == page["counts"].open
    if name == "days":
        assert [int(row[2]) for row in figures] == [count for _day, count in page["came"].days]
    if name == "units":
        assert len(figures) == page["units_count"]


def test_a_place_that_is_not_the_readers_is_answered_with_their_own(leader):
    assert leader.get("/command?place=371428000000").context["place"].code == "371427000000"
