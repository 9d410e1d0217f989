"""Programs that call the API as somebody: with a token, over the test client."""

import json
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from huiyin.categories import tree
from huiyin.gateway.models import Right
from huiyin.gateway.tokens import create_token
from huiyin.matters.tests.records import Record, the_record
from huiyin.people.models import Account
from huiyin.people.tests.factories import a_post, an_account
from huiyin.units.models import Unit

API = "/api/v1"
ALL = tuple(Right.values)


class Caller:
    """Somebody with a token."""

    def __init__(self, secret: str = "", language: str = "zh") -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept-Language": language}
        if secret:
            self.headers["Authorization"] = f"Bearer {secret}"

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(API + path, query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.client.post(
            API + path,
            json.dumps(body or {}, default=str),
            content_type="application/json",
            headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )

    def send(self, name: str, content: bytes, **headers: str) -> Any:
        """Send a file in."""
        return self.client.post(
            API + "/files",
            {"file": SimpleUploadedFile(name, content)},
            headers={**self.headers, **{k.replace("_", "-"): v for k, v in headers.items()}},
        )

    def delete(self, path: str) -> Any:
        return self.client.delete(API + path, headers=self.headers)

    def act(self, run: str, action: str, expected: int | None = None, **form: Any) -> Any:
        return self.post(f"/runs/{run}/actions/{action}", {"form": form, "expected": expected})


def a_token(account: Account, post_id: UUID | None = None, rights: Any = ALL) -> str:
    return create_token(
        account_id=account.pk, post_id=post_id, label="Test", rights=rights, days=30,
        at=timezone.now(),
    ).secret  # fmt: skip


def resident(city: Record, **more: Any) -> Caller:
    return Caller(a_token(city.resident), **more)


def stranger(city: Record, **more: Any) -> Caller:
    return Caller(a_token(city.other), **more)


def clerk(unit: Unit, permission_set: str = "department_clerk", **more: Any) -> Caller:
    now = timezone.now()
    account = an_account(f"{permission_set[:8]}{unit.code.lower()}", at=now)
    post = a_post(account, unit, permission_set, at=now)
    rights = more.pop("rights", ALL)
    return Caller(a_token(account, post.pk, rights), **more)


def a_city() -> Record:
    city = the_record()
    assert city.category
    tree.forget()
    return city


def report(city: Record, caller: Caller | None = None, **more: Any) -> Any:
    """A resident reports a street lamp that is out."""
    body = {
        "procedure": "hotline",
        "action": "submit_online",
        "title": "路灯不亮",
        "text": "新华路 3 号门口的路灯坏了三天。",
        "place": city.place.code,
        "category": "01",
        "form": {
            "content": "新华路 3 号门口的路灯坏了三天。",
            "reply": "wanted",
            "keep_secret": False,
        },
        **more,
    }
    return (caller or resident(city)).post("/matters", body)
