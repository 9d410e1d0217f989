"""What is measured over HTTP, each as a piece of work that one connection does again and again."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import cached_property
from http import HTTPStatus
from random import Random
from string import ascii_lowercase
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count
from django.db.models.functions import Left
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.gateway.paging import cursor_of
from huiyin.matters.importing import Incoming, import_matters
from huiyin.matters.intake import Said
from huiyin.matters.models import Channel, Matter, Run
from huiyin.ops.bench.client import Answer, Ask, Piece, Voice, Work
from huiyin.ops.bench.offices import Office, browser, offices
from huiyin.ops.demo.divisions import CITY
from huiyin.ops.demo.logins import PRINTED
from huiyin.ops.demo.units import unit_code
from huiyin.people.models import Post
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

API: Final = "/api/v1"
PAGE: Final = 50
DEEP: Final = 1_000  # pages
AGENTS: Final = 32  # as many as the most connections
# What people look for: from words that one matter of 1,500 has to such as one of eleven has.
WORDS: Final = (
    "暖气 不热", "下水 堵了", "垃圾 没人", "小区 业主", "电梯 困住", "路口 红灯",
    "半夜 垃圾", "房东 押金", "胡同 老人",
)  # fmt: skip
COMMON: Final = 100  # pairs of a branch and a town: those that have most
BRANCHES: Final = ("01", "02", "03", "05", "15")
CATEGORY: Final = "010401"
_TEXT: Final = "{place}{road}的路灯坏了三天，晚上孩子放学看不清路，希望尽快派人来修。"
FORM: Final[Mapping[str, Any]] = {
    "channel": "phone", "kind": "help", "grade": "ordinary", "content": "路灯坏了三天。",
    "reply": "wanted", "keep_secret": False,
}  # fmt: skip
_ROADS: Final = ("中心路", "新华路", "东风路", "建设街", "幸福街", "学院路", "北园街", "南环路")
# By which a row of a list is told: on a page of the desk, in an answer of the API.
_ROWS: Final = (b" data-row ", b'"number":')
PROCEDURE: Final = "hotline"
ARCHIVED: Final = "archived"
_TOKEN: Final = re.compile(rb'name="csrfmiddlewaretoken" value="([^"]+)"')
LISTED: Final = 400  # rows of an export: of the latest days of a town that hold as many
# Seconds until somebody looks whether their file is there, each time later, so much at most.
_LOOK_AGAIN, _LOOK_LATER, _LOOK_LATEST = 0.1, 1.5, 1.0


class Cases:
    """All cases for a running city. Made before the clock runs; makes no query while it does."""

    def __init__(self, *, at: datetime, waiting: int = 0, password: str = "") -> None:
        """`waiting`: so many matters have to be there to be acted on; `password`: of the logins."""
        self._at, self._password = at, password
        # As in a hall: everybody asks under their own name. One counter of requests for all would
        # be a queue that no city has.
        centre = unit_code("HC", CITY)
        self.agents = offices(centre, at=at, most=AGENTS, permission="hotline.dispatch")
        self.agent = self.agents[0]
        self.bureaus = offices(unit_code("DP", CITY, "housing"), at=at, most=AGENTS)
        self._places = list(
            Place.objects.filter(level=PlaceLevel.GRID, valid_to=None).values_list("code", "name")
        )
        self._towns = _codes(PlaceLevel.TOWN)
        self._departments = [
            str(pk)
            for pk in Unit.objects.filter(kind="department").values_list("pk", flat=True)[:400]
        ]
        self._known = list(
            Matter.objects.filter(runs__procedure=PROCEDURE, is_confidential=False)
            .order_by("-opened_at", "-id")
            .values_list("number", flat=True)[:2_000]
        )
        self._deep = self._cursor_of_page(DEEP)
        self.common = _common()
        self.rows = 0  # that all lists have shown so far
        self._waiting = self._to_act_on(waiting)
        self._clerks = self._everybody_of(unit_code("HC", CITY))

    def _to_act_on(self, many: int) -> list[str]:
        """Return runs that wait to be given to a unit; more are taken in where they are too few."""
        found = Run.objects.filter(procedure=PROCEDURE, state="received", is_closed=False)
        missing = many - found.count()
        if missing > 0:
            category = Category.objects.get(code=CATEGORY)
            place = Place.objects.get(code=self._places[0][0])
            form = {**FORM, "category": str(category.pk), "place": str(place.pk)}
            rows = (
                Incoming(Said("路灯不亮", "路灯坏了三天。"), place, form, category)
                for _ in range(missing)
            )
            import_matters(
                procedure=PROCEDURE, action="accept_call", rows=rows, at=self._at,
                source="benchmark", channel=Channel.CALL, by=self.agent.actor,
            )  # fmt: skip
        return [str(pk) for pk in found.order_by("-id").values_list("pk", flat=True)[:many]]

    def _cursor_of_page(self, page: int) -> str:
        rows = Matter.objects.order_by("-opened_at", "-id").values_list("opened_at", "id")
        start = min((page - 1) * PAGE, max(rows.count() - PAGE - 1, 0))
        opened_at, pk = rows[start]
        return cursor_of(opened_at, pk)

    def _everybody_of(self, code: str) -> list[Voice]:
        """Return the browsers of all who work in a unit, in that post."""
        posts = Post.objects.filter(
            held_on(timezone.localdate(self._at)), unit__code=code, account__is_active=True
        )
        found = posts.select_related("account").order_by("ref")
        return [browser(one.account, at=self._at, post=str(one.pk)) for one in found if one.account]

    @cached_property
    def _lists(self) -> list[dict[str, str]]:
        """Return what is exported: each town that has any, since when where it has more."""
        towns = Place.objects.filter(level=PlaceLevel.TOWN, valid_to=None).order_by("code")
        have = Matter.objects.filter(runs__procedure=PROCEDURE, is_confidential=False)
        towns = towns.filter(pk__in=have.values("town_id").distinct())
        return [{"place": one.code} | _since(one) for one in towns]

    # --- writing ---------------------------------------------------------------------------------

    def intake(self, number: int) -> Work:
        """Take a caller's matter in: dispatch question, limits, event, notices, outbox."""
        rng = _rng(number)

        def do() -> Piece:
            return _wrong((yield self.opening(rng, number)), HTTPStatus.CREATED)

        return do

    def act(self, number: int) -> Work:
        """Give a received matter to a unit: one act, its event and all that follows."""
        rng, waiting = _rng(1_000 + number), self._waiting

        def do() -> Piece:
            if not waiting:
                return "nothing left to act on"
            return _wrong((yield self._dispatch(rng, waiting.pop(), number)))

        return do

    def lifecycle(self, number: int) -> Work:
        """Open, assign, sign for, answer, and find it again by a word of its own."""
        rng = Random()  # noqa: S311 a draw; its marks may not be those of an earlier run
        agent, bureau = self._of(number).api, self.bureaus[number % len(self.bureaus)]
        hands, unit = bureau.api, str(bureau.post.unit_id)

        def do() -> Piece:
            # Letters alone: of a text's longer numbers search keeps nothing.
            mark = "编号" + "".join(rng.choices(ascii_lowercase, k=14))
            opened = yield self.opening(rng, number, mark=mark)
            if opened.status != HTTPStatus.CREATED:
                return f"open {opened.status}"
            run = opened.json()["run"]["id"]
            for name, ask in (
                ("dispatch", self._dispatch(rng, run, number, unit=unit)),
                ("acknowledge", act_of(hands, run, "acknowledge", handler="王芳")),
                ("answer", act_of(hands, run, "answer", **answered(self._at))),
            ):
                answer = yield ask
                if answer.status != HTTPStatus.OK:
                    return f"{name} {answer.status}"
            found = yield agent.get(f"{API}/matters?{urlencode({'q': mark})}")
            if found.status != HTTPStatus.OK:
                return f"search {found.status}"
            many = len(found.json()["matters"])
            return "" if many == 1 else f"found {many} by a word of its own"

        return do

    def login(self, number: int) -> Work:
        """Sign in as people do: the page with its form, user name and password, a new session."""
        name = PRINTED[number % len(PRINTED)].username

        def do() -> Piece:
            page = yield Voice().get("/sign-in")
            token, cookies = _TOKEN.search(page.body), _cookies(page)
            if page.status != HTTPStatus.OK or token is None:
                return f"page {page.status}"
            fields = {
                "csrfmiddlewaretoken": token[1].decode(), "login": name,
                "password": self._password,
            }  # fmt: skip
            answer = yield Voice({"Cookie": cookies}).form("/sign-in", fields)
            is_in = settings.SESSION_COOKIE_NAME in _cookies(answer)
            return _wrong(answer, HTTPStatus.SEE_OTHER) or ("" if is_in else "no session")

        return do

    def export(self, number: int) -> Work:
        """Have a list of some hundred rows written by the worker, and take the file away.

        A town's latest, as far back as holds four hundred: of the last weeks in a large city, of
        all the time in a small one.
        """
        clerk, rng = self._clerks[number % len(self._clerks)], _rng(number)
        lists = self._lists

        def do() -> Piece:
            wanted = {
                "purpose": "月度核对", "format": "csv", "procedure": PROCEDURE,
                **rng.choice(lists),
            }  # fmt: skip
            asked = yield clerk.post(f"{API}/exports", wanted)
            if wrong := _wrong(asked, HTTPStatus.ACCEPTED):
                return f"ask {wrong}"
            path = f"{API}/exports/{asked.json()['id']}"
            wait = _LOOK_AGAIN
            while True:
                yield wait
                wait = min(wait * _LOOK_LATER, _LOOK_LATEST)
                seen = yield clerk.get(path)
                state = seen.json()["state"] if seen.status == HTTPStatus.OK else str(seen.status)
                if state not in ("waiting", "writing"):
                    break
            if state != "ready":
                return f"state {state}"
            file = yield clerk.get(f"{path}/file")
            return _wrong(file) or ("" if file.body.count(b"\r\n") > 1 else "an empty file")

        return do

    # --- reading ---------------------------------------------------------------------------------

    def inbox(self, number: int) -> Work:
        """The first page of what waits for a unit, as its people see it."""
        pages = self._of(number).pages
        return self._one(lambda rng: pages.get("/desk/inbox"), number)

    def matter(self, number: int) -> Work:
        """A matter's page on the desk."""
        pages, known = self._of(number).pages, self._known
        return self._one(lambda rng: pages.get(f"/desk/matters/{rng.choice(known)}"), number)

    def filter(self, number: int) -> Work:
        """By category, state and town, the latest fifty: of pairs that have as many."""
        return self._one(lambda rng: self._narrowed(number, *rng.choice(self.common)), number)

    def sparse(self, number: int) -> Work:
        """The same for any branch and town: of most there are few, of many none."""
        return self._one(
            lambda rng: self._narrowed(number, rng.choice(BRANCHES), rng.choice(self._towns)),
            number,
        )

    def search(self, number: int) -> Work:
        """Two words."""
        return self._one(lambda rng: self.listing(number, q=rng.choice(WORDS)), number)

    def deep(self, number: int) -> Work:
        """Page 1,000 of all that somebody sees."""
        return self._one(lambda rng: self.listing(number, cursor=self._deep), number)

    def report(self, number: int) -> Work:
        """Open matters by category and county, in one answer."""
        by = [("by", "category"), ("by", "county"), ("open", "true"), ("depth", "1")]
        path = f"{API}/figures?{urlencode([*by, ('limit', '1000')])}"
        return self._one(lambda rng: self._of(number).api.get(path), number)

    def _one(self, ask: Callable[[Random], Ask], number: int) -> Work:
        """Return the work of asking for one thing, and of counting the rows that are shown."""
        rng = _rng(number)

        def do() -> Piece:
            answer = yield ask(rng)
            self.rows += sum(answer.body.count(mark) for mark in _ROWS)
            return _wrong(answer)

        return do

    # --- what is asked ---------------------------------------------------------------------------

    def _of(self, number: int) -> Office:
        """Return the agent at a connection."""
        return self.agents[number % len(self.agents)]

    def listing(self, number: int, **wanted: str) -> Ask:
        """Ask for a page of fifty matters."""
        query = urlencode({**wanted, "limit": str(PAGE)})
        return self._of(number).api.get(f"{API}/matters?{query}")

    def _narrowed(self, number: int, branch: str, town: str) -> Ask:
        """Ask for what is archived of a branch of categories in a town."""
        return self.listing(
            number, category=branch, procedure=PROCEDURE, state=ARCHIVED, place=town
        )

    def opening(self, rng: Random, number: int, *, mark: str = "") -> Ask:
        """Ask to take a caller's matter in."""
        code, name = rng.choice(self._places)
        text = _TEXT.format(place=name, road=rng.choice(_ROADS))
        return self._of(number).api.post(
            f"{API}/matters",
            {
                "procedure": PROCEDURE, "action": "accept_call", "title": f"路灯不亮{mark}",
                "text": text, "place": code, "category": CATEGORY, "channel": "call",
                "reporter": {"name": "李娟", "phone": f"154{rng.randrange(10**8):08d}"},
                "form": {**FORM, "content": text},
            },
        )  # fmt: skip

    def _dispatch(self, rng: Random, run: str, number: int, *, unit: str = "") -> Ask:
        return act_of(
            self._of(number).api, run, "dispatch", to_unit=unit or rng.choice(self._departments),
            basis="functional", grade="ordinary",
        )  # fmt: skip


def act_of(voice: Voice, run: str, action: str, **form: Any) -> Ask:
    """Ask to take an action of a run."""
    return voice.post(f"{API}/runs/{run}/actions/{action}", {"form": form})


def answered(at: datetime) -> dict[str, Any]:
    """Return the form of a unit's answer."""
    return {
        "outcome": "solved", "result": "灯已修好，谢谢您告诉我们。",
        "legal_basis": "城市照明管理规定", "told_how": "phone",
        "told_at": (at + timedelta(seconds=1)).isoformat(),
    }  # fmt: skip


def _common() -> list[tuple[str, str]]:
    """Return the branches and towns, as codes, of which most is archived."""
    towns = dict(Place.objects.filter(level=PlaceLevel.TOWN).values_list("pk", "code"))
    archived = Run.objects.filter(procedure=PROCEDURE, state=ARCHIVED, matter__town_id__in=towns)
    pairs = archived.values_list(Left("matter__category__code", 2), "matter__town_id")
    most = pairs.annotate(many=Count("pk")).order_by("-many")[:COMMON]
    return [(branch, towns[town]) for branch, town, _ in most]


def _since(town: Place) -> dict[str, str]:
    """Return from which day on a town has as many rows as an export should have."""
    open_ones = Matter.objects.filter(town_id=town.pk, is_confidential=False)
    came = open_ones.filter(runs__procedure=PROCEDURE).order_by("-opened_at")
    earliest = list(came.values_list("opened_at", flat=True)[LISTED : LISTED + 1])
    return {"since": timezone.localdate(earliest[0]).isoformat()} if earliest else {}


def _rng(seed: int) -> Random:
    return Random(seed)  # noqa: S311 a draw, no secret


def _codes(level: PlaceLevel) -> list[str]:
    found = Place.objects.filter(level=level, valid_to=None).order_by("code")
    return list(found.values_list("code", flat=True))


def _cookies(answer: Answer) -> str:
    """Return the cookies an answer sets, as a browser sends them back."""
    return "; ".join(one.split(";", 1)[0] for one in answer.headers("set-cookie"))


def _wrong(answer: Answer, expected: int = HTTPStatus.OK) -> str:
    return "" if answer.status == expected else f"{answer.status} {code_of(answer)}".strip()


def code_of(answer: Answer) -> str:
    """Return the code of an error of the API, and which fields it is about; empty of a page."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    return f"{body.get('code', '')} {body.get('data', '') or ''}".strip()[:160]
