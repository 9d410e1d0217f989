"""The same work inside one process: without the wire, with its statements counted.

`asked` sends the requests of a case through the whole stack of the server in this process;
`functions` calls the verbs and lists themselves, with nothing of HTTP around them.
"""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final

from django.db import connection
from django.test import Client
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.matters import inbox, tallies
from huiyin.matters.acting import act
from huiyin.matters.inbox import Tray
from huiyin.matters.intake import Person, Said, open_matter
from huiyin.matters.models import Channel, Matter, Measure, Run
from huiyin.matters.search import Key, Wanted, search
from huiyin.ops.bench.cases import ARCHIVED, CATEGORY, DEEP, FORM, PAGE, PROCEDURE, WORDS, Cases
from huiyin.ops.bench.client import NOTHING, Answer, Ask, Work, share_of
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit

WARM: Final = 2
TIMES: Final = 30


@dataclass(frozen=True, slots=True)
class Inside:
    """One thing measured in this process: milliseconds, and statements sent to the database."""

    name: str
    p50: float
    p95: float
    cpu_ms: float
    statements: int


@contextmanager
def counting() -> Iterator[list[str]]:
    """Yield a list into which every statement of this connection goes."""
    found: list[str] = []

    def wrapper(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        found.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield found


def asked(work: Work) -> int:
    """Return how many statements one piece of a case sends; warm, the transaction's own aside."""
    client = Client(SERVER_NAME="localhost", raise_request_exception=False)
    logging.disable(logging.CRITICAL)  # a line for each request, among those of the benchmark
    try:
        _through(work, client)
        with counting() as found:
            _through(work, client)
    finally:
        logging.disable(logging.NOTSET)
    return len(found)


def _through(work: Work, client: Client) -> None:
    piece = work()
    try:
        ask = next(piece)
        while True:
            ask = piece.send(_answer(ask, client) if isinstance(ask, Ask) else NOTHING)
    except StopIteration:
        return


def _answer(ask: Ask, client: Client) -> Answer:
    lines = (line.partition(": ") for line in ask.head.split("\r\n") if line)
    headers = {name: value for name, _, value in lines if name != "Host"}
    found = client.generic(
        ask.method, ask.path, ask.body, content_type=ask.kind or "text/plain", headers=headers
    )
    body = b"".join(found.streaming_content) if found.streaming else found.content  # type: ignore[attr-defined]
    head = "\r\n".join(["", *(f"{name}: {value}" for name, value in found.headers.items())])
    cookies = "".join(f"\r\nSet-Cookie: {one.OutputString()}" for one in found.cookies.values())
    client.cookies.clear()
    return Answer(found.status_code, (head + cookies).encode(), body)


# --- functions -----------------------------------------------------------------------------------


def functions(cases: Cases, *, times: int = TIMES) -> list[Inside]:
    """Measure the verbs and lists behind the cases, one after the other, warm."""
    return [_measured(name, call, times) for name, call in _calls(cases).items()]


def _measured(name: str, call: Callable[[], object], times: int) -> Inside:
    for _ in range(WARM):
        call()
    took, cpu = [], []
    for _ in range(times):
        begun, worked = time.perf_counter(), time.thread_time()
        call()
        cpu.append(time.thread_time() - worked)
        took.append(time.perf_counter() - begun)
    with counting() as found:
        call()
    return Inside(
        name, round(1_000 * share_of(took, 0.5), 2), round(1_000 * share_of(took, 0.95), 2),
        round(1_000 * share_of(cpu, 0.5), 2), len(found),
    )  # fmt: skip


def _calls(cases: Cases) -> dict[str, Callable[[], object]]:
    rng = Random("inside")  # noqa: S311 a draw, no secret
    by, at = cases.agent.actor, timezone.now()
    category = Category.objects.get(code=CATEGORY)
    places = list(Place.objects.filter(level=PlaceLevel.GRID, valid_to=None)[:500])
    towns = {one.code: one for one in Place.objects.filter(level=PlaceLevel.TOWN, valid_to=None)}
    counties = list(Place.objects.filter(level=PlaceLevel.COUNTY, valid_to=None))
    branches = {one.code: one for one in Category.objects.filter(parent=None)}
    units = list(Unit.objects.filter(kind="department").values_list("pk", flat=True)[:400])
    opened: list[Run] = []
    deep = Matter.objects.order_by("-opened_at", "-id").values_list("opened_at", "id")
    start = min((DEEP - 1) * PAGE, max(deep.count() - PAGE - 1, 0))
    after = Key(*deep[start])

    def take_in() -> None:
        place = rng.choice(places)
        form = {**FORM, "category": str(category.pk), "place": str(place.pk)}
        done = open_matter(
            procedure="hotline", action="accept_call", by=by, at=timezone.now(), form=form,
            said=Said("路灯不亮", "路灯坏了三天。"), place=place, channel=Channel.CALL,
            category=category, reporter=Person("李娟", f"154{rng.randrange(10**8):08d}"),
        )  # fmt: skip
        opened.append(done.run)

    def give() -> None:
        act(
            opened.pop().pk, "dispatch", by=by, at=timezone.now() + timedelta(seconds=1),
            form={"to_unit": str(rng.choice(units)), "basis": "functional", "grade": "ordinary"},
        )  # fmt: skip

    def narrowed() -> None:
        branch, town = rng.choice(cases.common)
        wanted = Wanted(
            category=branches[branch], place=towns[town], procedure=PROCEDURE, state=ARCHIVED
        )
        search(wanted, by=by, limit=PAGE)

    return {
        "open_matter": take_in,
        "act": give,
        "inbox.tray": lambda: inbox.tray(
            Tray.TO_DO, by=by, at=at, limit=PAGE, for_desk=True
        ),
        "inbox.counts": lambda: inbox.counts(by=by, at=at),
        "search, filtered": narrowed,
        "search, two words": lambda: search(Wanted(text=rng.choice(WORDS)), by=by, limit=PAGE),
        "search, page 1,000": lambda: search(Wanted(), by=by, after=after, limit=PAGE),
        "tallies.counted": lambda: [
            tallies.counted(Measure.IN_STATE, place_id=one.pk, by=("category_id",))
            for one in counties
        ],
    }  # fmt: skip
