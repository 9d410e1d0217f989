"""The table of who may open what, and the city it is tried in."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from django.test import Client, RequestFactory
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from huiyin.people import signing_in
from huiyin.people.models import Account
from huiyin.people.permission_sets import built_in
from huiyin.people.sessions import SessionStore

FILE = Path(__file__).with_name("access.yaml")
VISITOR, RESIDENT = "visitor", "resident"
PEOPLE = (VISITOR, RESIDENT, *(row["code"] for row in built_in()))
RECORDS = ("own", "other unit", "other place")


@dataclass(frozen=True)
class Route:
    """One address of the installation: its name, its view, the names of its parts."""

    name: str
    view: Any
    parts: tuple[str, ...]


def routes() -> list[Route]:
    """Walk the resolver of the installation."""
    return list(_walk(get_resolver().url_patterns, ()))


def _walk(patterns: list[Any], spaces: tuple[str, ...]) -> Iterator[Route]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            name = ":".join((*spaces, pattern.name or str(pattern.pattern)))
            yield Route(name, pattern.callback, tuple(pattern.pattern.converters))


@dataclass(frozen=True)
class Line:
    """What the table says about a route."""

    record: str
    outcomes: Mapping[str, Any]

    def expected(self, who: str, record: str) -> str:
        """Return the outcome for somebody, with a record of that kind."""
        said = self.outcomes.get(who, self.outcomes.get("all"))
        return str(said[record] if isinstance(said, Mapping) else said)


def table() -> dict[str, Line]:
    """Read the table."""
    read = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    lines = {}
    for name, said in read["routes"].items():
        given = dict(read["classes"][said] if isinstance(said, str) else said)
        record = given.pop("record", "")
        if "as" in given:
            given = {**read["classes"][given.pop("as")], **given}
        lines[name] = Line(record, given)
    return lines


def address(route: Route, record: Mapping[str, Any]) -> str:
    """Return the address of a route for a record. Raises NoReverseMatch when a part is missing."""
    missing = [part for part in route.parts if part not in record]
    if missing:
        raise NoReverseMatch(f"{route.name}: no {missing} among the records of the test")
    return reverse(route.name, kwargs={part: record[part] for part in route.parts})


def session_of(account: Account) -> str:
    """Open a real session for an account and return its key."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    signing_in.sign_in(request, account, at=timezone.now())
    request.session.save()
    return str(request.session.session_key)


def client_of(session_key: str | None) -> Client:
    """Return a client with this session, or a visitor's."""
    client = Client()
    if session_key is not None:
        client.cookies[settings.SESSION_COOKIE_NAME] = session_key
    return client


def outcome(response: Any) -> str:
    """Say what became of a request, in the words of the table."""
    match response.status_code:
        case 301 | 302 | 303:
            went_to, _mark, query = response.headers["Location"].partition("?")
            leads_in = went_to == reverse("people:sign_in") or (
                went_to == reverse("people:resident_sign_in") and "next=" in query
            )
            return "sign-in" if leads_in else "open"
        case 401:
            return "sign-in"  # the API has no page to lead to
        case 403:
            return "refused"
        case 404:
            return "hidden"
        case 410:
            return "gone"
        case 503:
            return "unready"
        case 200 | 204 | 400 | 409 | 422:
            return "open"
    return f"status {response.status_code}"
