"""Residents at the pages, as plain forms send it: what, where, who; and the unit's side of it."""

import re
from typing import Any

from django.test import Client

from huiyin.categories import tree
from huiyin.categories.models import Category
from huiyin.matters.models import Matter
from huiyin.matters.tests.records import Record, the_record
from huiyin.people.models import Account
from huiyin.web.tests.access_table import client_of, session_of

WORDS = "新华路路灯不亮，三天了。晚上看不清路。"
PHONE = "15400000077"


def a_city() -> Record:
    """A city with offices that take matters in, and a kind of matter that words find."""
    city = the_record()
    Category.objects.create(code="02", name_zh="道路照明", name_en="Street lighting")
    lighting = Category.objects.get(code="02")
    Category.objects.create(
        code="0201", name_zh="路灯不亮", name_en="Street lamp out", parent=lighting,
        phrase_1="路灯坏了",
    )  # fmt: skip
    for kind in ("hotline_centre", "petition_office", "mediation_committee", "governance_centre"):
        city.unit(kind)
    tree.forget()
    return city


def a_resident(account: Account | None = None) -> Client:
    """A browser; signed in with an account, or a visitor's."""
    return client_of(session_of(account) if account else None)


def say(client: Client, door: str = "report", **more: Any) -> Any:
    """Fill in the first screen."""
    form = {"report": {"content": WORDS}}.get(door, {})
    return client.post(f"/{door}/what", {**form, **more})


def choose_place(client: Client, code: str, door: str = "report", address: str = "") -> Any:
    """Fill in the second screen."""
    client.post(f"/{door}/where", {"place": code})
    return client.post(f"/{door}/where", {"address": address})


def up_to_who(client: Client, city: Record, door: str = "report", **more: Any) -> None:
    """Fill in two screens of a report."""
    say(client, door, **more)
    choose_place(client, city.place.code, door, "3 号门口")
    if door == "report":
        client.post("/report/same", {"joins": ""})


def send(client: Client, door: str = "report", **more: Any) -> Any:
    """Fill in the third screen, as somebody who is signed in."""
    return client.post(f"/{door}/who", {"how": "phone", "keep_secret": "no", **more})


def digits_in(gateway: Any) -> str:
    """Return the code of the last message."""
    found = re.search(r"\d{6}", gateway.messages[-1]["text"])
    assert found is not None
    return found.group()


def last_matter() -> Matter:
    """Return the matter that was opened last."""
    return Matter.objects.select_related("words", "category", "place").latest("opened_at", "id")


def reported(city: Record, client: Client, **more: Any) -> Matter:
    """Let a signed-in resident report, and return the matter."""
    up_to_who(client, city, **more)
    answer = send(client)
    assert answer.headers["Location"] == "/report/sent", answer.content.decode()
    return last_matter()


def answered(city: Record, matter: Matter) -> Any:
    """Let the offices handle a matter until it is called back; return its run."""
    run = matter.runs.get()
    city.act(run.pk, "dispatch", at=run.changed_at)
    city.act(run.pk, "acknowledge", at=run.changed_at)
    city.act(run.pk, "answer", at=run.changed_at, told_at=run.changed_at.isoformat())
    city.act(run.pk, "audit", at=run.changed_at, told=True, really_done=True, to_the_point=True)
    city.act(run.pk, "call_back", at=run.changed_at)
    run.refresh_from_db()
    return run


def text(response: Any) -> str:
    """Return the page."""
    return str(response.content.decode())


def main(response: Any) -> str:
    """Return what stands between the bars of a page."""
    page = text(response)
    return page[page.index("<main") : page.index("</main>")]
