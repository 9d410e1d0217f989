"""The command centre: figures, their lists, dates, tables as files."""

import csv
import re
from datetime import timedelta
from html import unescape
from io import StringIO

import pytest

from huiyin.matters.acting import act
from huiyin.people.actors import Actor
from huiyin.people.models import Account, AccountKind
from huiyin.places.models import Place, PlaceLevel
from huiyin.web.tests.access_table import client_of, session_of
from huiyin.web.tests.city import LOADED_AT
from huiyin.web.tests.matters_there import an_order, staff_of
from huiyin.web.tests.pages import BEICHENG

HOUR = timedelta(hours=1)


@pytest.fixture
def leader(city):
    return client_of(session_of(Account.objects.get(username="leader")))


@pytest.fixture
def answered(city):
    """The bureau answers six calls, one of them late; five people say what they think of it."""
    at = LOADED_AT - timedelta(days=1)
    place = Place.objects.filter(
        level=PlaceLevel.VILLAGE, county__code="371427000000"
    ).order_by("code")[0]  # fmt: skip
    bureau, head = staff_of("housing", at), staff_of("hotlinehead", at)
    for number in range(6):
        begun = at - timedelta(days=20 * (number == 5))
        run = an_order(place, at=begun, title="路灯不亮", words="村口的路灯坏了三天。",
                       phone=f"1540000020{number}")  # fmt: skip
        act(run.pk, "acknowledge", by=bureau, at=at + HOUR, form={"handler": "张明"})
        form = {"outcome": "solved", "result": "灯修好了。", "told_how": "phone",
                "told_at": (at + 2 * HOUR).isoformat()}  # fmt: skip
        act(run.pk, "answer", by=bureau, at=at + 2 * HOUR, form=form)
        person = Actor(account_id=None, kind=AccountKind.RESIDENT,
                       contact_id=run.matter.contacts.get().pk)  # fmt: skip
        if number:
            said = {"satisfaction": "unsatisfied" if number == 1 else "satisfied"}
            act(run.pk, "rate", by=person, at=at + 3 * HOUR, form=said)
    run = an_order(place, at=at, title="垃圾没人清运", words="垃圾三天没人清运。",
                   phone="15400000210")  # fmt: skip
    act(run.pk, "take_back", by=head, at=at + HOUR, form={"reason": "wrong_unit", "note": "派错"})


NO_LISTS = ("/command/wall", "/command/units?", "/command/screens", "/command/tables", "/command?")


def linked_figures(page):
    """Every figure that opens a list: its address, and what it says."""
    links = re.findall(r'<a[^>]*href="(/command[^"]*)"[^>]*>(.*?)</a>', page, re.S)
    for address, inside in links:
        figure = re.search(r"[\d,]+", re.sub(r"<svg.*?</svg>|<[^>]+>", "", inside))
        if figure and not address.startswith(NO_LISTS):
            yield unescape(address), int(figure[0].replace(",", ""))


def figures_without_a_list(page):
    """Every figure in a table or a sentence of figures, of more than nothing, that opens none."""
    cells = re.findall(r'<td class="figures">(.*?)</td>', page, re.S)
    lead = re.findall(r"<h1>(.*?)</h1>|<p class=\"lead\">(.*?)</p>", page, re.S)
    for cell in [*cells, *("".join(found) for found in lead)]:
        left = re.sub(r"<a\b.*?</a>|<svg.*?</svg>|<[^>]+>", "", cell, flags=re.S)
        # a share has its numbers beside it; dates and places are no figures
        left = re.sub(r"\d+%|\d+ ?(月|日|年|Nov\w*)", "", left)
        yield from (one for one in re.findall(r"[\d,]*[1-9][\d,]*", left))


def length_of(leader, address):
    """How many rows a list has, page after page."""
    rows = 0
    while True:
        context = leader.get(address).context
        rows += len(context["rows"])
        if not context["older"]:
            return rows, context["count"]
        address = address.partition("?")[0] + context["older"]


@pytest.mark.parametrize(
    "address",
    ["/command", f"/command?place={BEICHENG}", "/command?show=open&day=2026-11-20",
     "/command/units"],
)  # fmt: skip
def test_every_figure_is_the_length_of_the_list_it_opens(leader, answered, address):
    page = leader.get(address).content.decode()

    figures = dict(linked_figures(page))

    assert list(figures_without_a_list(page)) == []
    assert any(figures.values())
    counted = {one: length_of(leader, one) for one in figures}
    assert counted == {one: (figure, figure) for one, figure in figures.items()}
    if address == "/command/units":
        opened = {one.partition("?")[0].rpartition("/")[2] for one in figures}
        assert {"open", "met", "all_ended", "gone_back", "satisfied", "rated"} <= opened


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
