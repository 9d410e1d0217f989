"""What is measured over HTTP, each as a piece of work that one connection does again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from random import Random
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from huiyin.categories.models import Category
from huiyin.gateway.models import Right
from huiyin.gateway.paging import cursor_of
from huiyin.gateway.tokens import create_token
from huiyin.matters.importing import Incoming, import_matters
from huiyin.matters.intake import Said
from huiyin.matters.models import Channel, Matter, Run
from huiyin.ops.bench.client import Answer, Connection
from huiyin.ops.demo.divisions import CITY
from huiyin.ops.demo.units import unit_code
from huiyin.people import signing_in
from huiyin.people.actors import actor_of
from huiyin.people.models import Account, Post
from huiyin.people.sessions import SessionStore
from huiyin.places.models import Place, PlaceLevel
from huiyin.units.models import Unit
from huiyin.units.queries import held_on

Work = Callable[[], str]
API: Final = "/api/v1"
PAGE: Final = 50
DEEP: Final = 1_000  # pages
WORDS: Final = (
    "路灯 不亮", "暖气 不热", "垃圾 没人", "井盖 坏了",
    "楼道 漏水", "噪音 晚上", "停车 占用", "下水 堵了",
)  # fmt: skip
_TEXT: Final = "{place}{road}的路灯坏了三天，晚上孩子放学看不清路，希望尽快派人来修。"
_CATEGORY: Final = "010401"
_FORM: Final = {
    "channel": "phone", "kind": "help", "grade": "ordinary", "content": "路灯坏了三天。",
    "reply": "wanted", "keep_secret": False,
}  # fmt: skip
_ROADS: Final = ("中心路", "新华路", "东风路", "建设街", "幸福街", "学院路", "北园街", "南环路")


@dataclass(frozen=True, slots=True)
class Office:
    """Somebody who works: with a token for programs, with a session for pages."""

    account: Account
    post: Post
    token: str
    session: str

    def api(self, port: int) -> Connection:
        """Return a connection of a program of theirs."""
        return Connection(port, {"Authorization": f"Bearer {self.token}"})

    def pages(self, port: int) -> Connection:
        """Return a connection of their browser."""
        cookie = f"{settings.SESSION_COOKIE_NAME}={self.session}"
        return Connection(port, {"Cookie": cookie, "Accept-Language": "zh"})


class Cases:
    """All cases for a running city. Made before the clock runs; makes no query while it does."""

    def __init__(self, *, port: int, at: datetime, waiting: int = 0) -> None:
        """`waiting`: so many matters have to be there to be acted on."""
        self.port, self._at = port, at
        self.agent = _office(unit_code("HC", CITY), at)
        self._places = list(
            Place.objects.filter(level=PlaceLevel.GRID, valid_to=None).values_list("code", "name")
        )
        self._towns = list(
            Place.objects.filter(level=PlaceLevel.TOWN, valid_to=None).values_list(
                "code", flat=True
            )
        )
        self._departments = [
            str(pk)
            for pk in Unit.objects.filter(kind="department").values_list("pk", flat=True)[:400]
        ]
        self._known = list(
            Matter.objects.filter(runs__procedure="hotline", is_confidential=False)
            .order_by("-opened_at", "-id")
            .values_list("number", flat=True)[:2_000]
        )
        self._deep = self._cursor_of_page(DEEP)
        self._received = self._to_act_on(waiting)

    def _to_act_on(self, many: int) -> list[str]:
        """Return runs that wait to be given to a unit; more are taken in where they are too few."""
        found = Run.objects.filter(procedure="hotline", state="received", is_closed=False)
        missing = many - found.count()
        if missing > 0:
            agent = actor_of(self.agent.account, self.agent.post)
            category = Category.objects.get(code=_CATEGORY)
            place = Place.objects.get(code=self._places[0][0])
            form = {**_FORM, "category": str(category.pk), "place": str(place.pk)}
            rows = (
                Incoming(Said("路灯不亮", "路灯坏了三天。"), place, form, category)
                for _ in range(missing)
            )
            import_matters(
                procedure="hotline", action="accept_call", rows=rows, at=self._at,
                source="benchmark", channel=Channel.CALL, by=agent,
            )  # fmt: skip
        return [str(pk) for pk in found.order_by("-id").values_list("pk", flat=True)[:many]]

    def _cursor_of_page(self, page: int) -> str:
        rows = Matter.objects.order_by("-opened_at", "-id").values_list("opened_at", "id")
        start = min((page - 1) * PAGE, max(rows.count() - PAGE - 1, 0))
        opened_at, pk = rows[start]
        return cursor_of(opened_at, pk)

    # --- writing ---------------------------------------------------------------------------------

    def intake(self, number: int) -> Work:
        """Take a caller's matter in: dispatch question, limits, event, notices, outbox."""
        connection, rng = self.agent.api(self.port), Random(number)  # noqa: S311 a draw

        def do() -> str:
            return _wrong(self._open(connection, rng), HTTPStatus.CREATED)

        return do

    def act(self, number: int) -> Work:
        """Give a received matter to a unit: one act, its event and all that follows."""
        connection, rng = self.agent.api(self.port), Random(1_000 + number)  # noqa: S311 as above
        waiting = self._received  # of all connections; taking one out of a list is atomic

        def do() -> str:
            if not waiting:
                return "nothing left to act on"
            return _wrong(self._dispatch(connection, rng, waiting.pop()))

        return do

    def lifecycle(self, number: int) -> Work:
        """Open, assign, sign for, answer, and find it again by a word of its own."""
        agent, rng = self.agent.api(self.port), Random()  # noqa: S311 as above
        bureau = _office(unit_code("DP", CITY, "housing"), self._at)
        unit, hands = str(bureau.post.unit_id), bureau.api(self.port)

        def do() -> str:
            mark = f"编号{rng.getrandbits(64):016x}"
            opened = self._open(agent, rng, mark=mark)
            if opened.status != HTTPStatus.CREATED:
                return f"open {opened.status}"
            run = opened.json()["run"]["id"]
            for name, answer in (
                ("dispatch", self._dispatch(agent, rng, run, unit=unit)),
                ("acknowledge", _act(hands, run, "acknowledge", handler="王芳")),
                ("answer", _act(hands, run, "answer", **_answered(self._at))),
            ):
                if answer.status != HTTPStatus.OK:
                    return f"{name} {answer.status}"
            found = agent.get(f"{API}/matters?{urlencode({'q': mark})}")
            if found.status != HTTPStatus.OK or len(found.json()["matters"]) != 1:
                return f"search {found.status}"
            return ""

        return do

    # --- reading ---------------------------------------------------------------------------------

    def inbox(self, number: int) -> Work:
        """The first page of what waits for a unit, as its people see it."""
        return self._page(self.agent, lambda rng: "/desk/inbox")

    def matter(self, number: int) -> Work:
        """A matter's page on the desk."""
        return self._page(
            self.agent, lambda rng: f"/desk/matters/{rng.choice(self._known)}", seed=number
        )

    def filter(self, number: int) -> Work:
        """By category, state and town, the latest fifty."""
        return self._listed(
            lambda rng: {
                "category": rng.choice(("01", "02", "03", "05", "15")), "procedure": "hotline",
                "state": "archived", "place": rng.choice(self._towns),
            },
            seed=number,
        )  # fmt: skip

    def search(self, number: int) -> Work:
        """Two words."""
        return self._listed(lambda rng: {"q": rng.choice(WORDS)}, seed=number)

    def deep(self, number: int) -> Work:
        """Page 1,000 of all that somebody sees."""
        return self._listed(lambda rng: {"cursor": self._deep}, seed=number)

    def report(self, number: int) -> Work:
        """Open matters by category and county, in one answer."""
        connection = self.agent.api(self.port)
        by = [("by", "category"), ("by", "county"), ("open", "true"), ("depth", "1")]
        path = f"{API}/figures?{urlencode([*by, ('limit', '1000')])}"
        return lambda: _wrong(connection.get(path))

    # --- inside ----------------------------------------------------------------------------------

    def _page(self, office: Office, path: Callable[[Random], str], *, seed: int = 0) -> Work:
        connection, rng = office.pages(self.port), Random(seed)  # noqa: S311 as above
        return lambda: _wrong(connection.get(path(rng)))

    def _listed(self, wanted: Callable[[Random], dict[str, str]], *, seed: int) -> Work:
        connection, rng = self.agent.api(self.port), Random(seed)  # noqa: S311 as above
        return lambda: _wrong(
            connection.get(f"{API}/matters?{urlencode({**wanted(rng), 'limit': str(PAGE)})}")
        )

    def _open(self, connection: Connection, rng: Random, *, mark: str = "") -> Answer:
        code, name = rng.choice(self._places)
        text = _TEXT.format(place=name, road=rng.choice(_ROADS))
        return connection.post(
            f"{API}/matters",
            {
                "procedure": "hotline", "action": "accept_call", "title": f"路灯不亮{mark}",
                "text": text, "place": code, "category": _CATEGORY, "channel": "call",
                "reporter": {"name": "李娟", "phone": f"154{rng.randrange(10**8):08d}"},
                "form": {**_FORM, "content": text},
            },
        )  # fmt: skip

    def _dispatch(self, connection: Connection, rng: Random, run: str, *, unit: str = "") -> Answer:
        return _act(
            connection, run, "dispatch", to_unit=unit or rng.choice(self._departments),
            basis="functional", grade="ordinary",
        )  # fmt: skip


def _office(code: str, at: datetime) -> Office:
    today = timezone.localdate(at)
    posts = Post.objects.filter(held_on(today), unit__code=code, account__is_active=True)
    post = posts.select_related("account", "unit").order_by("-is_default", "ref").first()
    assert post is not None, code  # noqa: S101 every city has it
    assert post.account is not None  # noqa: S101 it is held
    token = create_token(
        account_id=post.account.pk, post_id=post.pk, label="Benchmark",
        rights=tuple(Right.values), days=30, at=at,
    )  # fmt: skip
    return Office(post.account, post, token.secret, _session(post.account, at))


def _session(account: Account, at: datetime) -> str:
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    request.session = SessionStore()
    signing_in.sign_in(request, account, at=at)
    request.session.save()
    return str(request.session.session_key)


def _act(connection: Connection, run: str, action: str, **form: Any) -> Answer:
    return connection.post(f"{API}/runs/{UUID(run)}/actions/{action}", {"form": form})


def _answered(at: datetime) -> dict[str, Any]:
    return {
        "outcome": "solved", "result": "灯已修好，谢谢您告诉我们。",
        "legal_basis": "城市照明管理规定", "told_how": "phone",
        "told_at": (at + timedelta(seconds=1)).isoformat(),
    }  # fmt: skip


def _wrong(answer: Answer, expected: int = HTTPStatus.OK) -> str:
    return "" if answer.status == expected else str(answer.status)
